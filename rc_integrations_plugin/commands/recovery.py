"""`replay` and `recover`: calls that are made again."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import click

from rc_integrations_plugin.commands import ids
from rc_integrations_plugin.commands.acting import Actor, Ended, Moment, NothingThere, managing
from rc_integrations_plugin.commands.output import (
    counted,
    print_json,
    print_line,
    print_table,
    progress,
)
from rc_integrations_plugin.integrations.records import IntegrationType, OutgoingIntegration
from rc_integrations_plugin.management.history_lines import find_line
from rc_integrations_plugin.management.recovery import (
    Lost,
    find_lost,
    lost_document,
    try_again,
)
from rc_integrations_plugin.management.replay import open_replay

_HEAD = ("INTEGRATION", "NAME", "HISTORY ID", "WHY", "NOW")


@click.command()
@click.argument("integration_id", metavar="ID", type=ids.OUTGOING)
@click.argument("history_id", metavar="HISTORY_ID", type=ids.HISTORY)
@managing
def replay(actor: Actor, integration_id: str, history_id: str, *, as_json: bool) -> None:
    """Make a call of an outgoing integration again, exactly as it was made."""
    found = actor.find(integration_id)
    if not isinstance(found, OutgoingIntegration):
        raise Ended("Only calls of outgoing integrations can be made again")
    manager = actor.manager(IntegrationType.OUTGOING)
    if find_line(actor.services, manager, found, history_id) is None:
        raise NothingThere("No such line in the history")
    delivery = open_replay(actor.services, manager, integration_id, history_id)
    if as_json:
        print_json({"deliveryId": delivery.id, "replayOf": history_id})
    else:
        print_line(f"Delivery {delivery.id} waits for a worker")


@click.command()
@click.option("--since", type=Moment(), required=True, help="2h, 3d, or an ISO time.")
@click.option(
    "--integration",
    "only",
    metavar="ID",
    type=ids.OUTGOING,
    multiple=True,
    help="Only of this one; may be repeated.",
)
@click.option("--dry-run", is_flag=True, help="Only say what would be done.")
@managing
def recover(
    actor: Actor, *, since: datetime, only: Sequence[str], dry_run: bool, as_json: bool
) -> None:
    """Make all calls again that failed since a time, the oldest first.

    Those that were made again already are left out, so this may be repeated. Exit status 1 says
    that some could not be.
    """
    some = [_outgoing(actor, one) for one in only] if only else None
    lost = find_lost(actor.services, actor.user, since=since, integrations=some)
    results = [lost_document(one, one.reason, is_made=False) for one in lost]
    if not dry_run:
        results = _make_all_again(actor, lost)
    if as_json:
        print_json(results)
    elif results:
        print_table(_HEAD, [_row(one) for one in results], cut=("NAME", "WHY", "NOW"))
    refused = sum(one["error"] is not None for one in results)
    told = "failed" if dry_run else "failed and will be made again"
    click.echo(f"{counted(len(results) - refused, 'call')} {told}", err=True)
    if refused:
        raise Ended(f"{counted(refused, 'call')} cannot be made again")


def _outgoing(actor: Actor, integration_id: str) -> OutgoingIntegration:
    found = actor.find(integration_id)
    if not isinstance(found, OutgoingIntegration):
        raise click.BadParameter(f"{integration_id} calls nobody", param_hint="'--integration'")
    return found


def _make_all_again(actor: Actor, lost: Sequence[Lost]) -> list[dict[str, Any]]:
    with progress(lost, "Making calls again") as some:
        return [
            lost_document(one, try_again(actor.services, actor.user, one), is_made=True)
            for one in some
        ]


def _row(result: dict[str, Any]) -> Sequence[str]:
    return (
        result["integrationId"],
        result["name"],
        result["historyId"],
        str(result["status"] or result["failure"] or "-"),
        result["error"] or ("again" if result["replayed"] else "could be"),
    )
