"""`explain`, `test` and `tail`: why something happened, making it happen, and seeing it happen."""

import itertools
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import click

from rc_integrations_plugin.commands import ids
from rc_integrations_plugin.commands.acting import Actor, Ended, NothingThere, managing
from rc_integrations_plugin.commands.output import counted, print_json, print_line
from rc_integrations_plugin.commands.reading import WAITING, find_history, history_row
from rc_integrations_plugin.incoming.script import METHOD
from rc_integrations_plugin.integrations.masks import Mask
from rc_integrations_plugin.integrations.records import IncomingIntegration, OutgoingIntegration
from rc_integrations_plugin.management import samples
from rc_integrations_plugin.management.explain import explain as explain_document
from rc_integrations_plugin.management.saved import Integration
from rc_integrations_plugin.management.secrets import secrets_of
from rc_integrations_plugin.outgoing.steps import PREPARE
from rc_integrations_plugin.scripting.bench import ScriptReport, run_script

_LONGEST = timedelta(minutes=5)
"""How long something may take that is stored when it has ended."""
_PAUSE_SECONDS = 1.0
_MOST = 500
_ALL = 1_000_000


@click.command()
@click.argument("integration_id", metavar="ID", type=ids.ANY)
@click.argument("history_id", metavar="HISTORY_ID")
@managing
def explain(actor: Actor, integration_id: str, history_id: str, *, as_json: bool) -> None:
    """Say why a line of the history came out as it did, step by step."""
    actor.find(integration_id)
    for document in find_history(actor, integration_id, count=_ALL):
        if document["_id"] == history_id:
            break
    else:
        raise NothingThere("No such line in the history")
    lines = explain_document(document)
    if as_json:
        print_json(lines)
        return
    for line in lines:
        print_line(line)


@click.command()
@click.argument("integration_id", metavar="ID", type=ids.ANY)
@click.option("--body", type=click.File("rb"), help="What an incoming one is sent; - is stdin.")
@click.option("--dry-run", is_flag=True, help="Only run the script; nothing reaches others.")
@managing
def test(actor: Actor, integration_id: str, *, body: Any, dry_run: bool, as_json: bool) -> None:
    """Try an integration out: call the hook, or open a delivery of a sample event.

    Exit status 1 says that the call was refused, or the script failed.
    """
    found = actor.find(integration_id)
    raw = samples.SAMPLE if body is None else body.read()
    if dry_run:
        _run_only(actor, found, raw, as_json=as_json)
    elif isinstance(found, OutgoingIntegration):
        _open_sample(actor, found, as_json=as_json)
    else:
        _call(actor, found, raw, as_json=as_json)


def _call(actor: Actor, found: IncomingIntegration, body: bytes, *, as_json: bool) -> None:
    answer = samples.call_hook(actor.services, found, body)
    if as_json:
        print_json({"status": answer.status, "body": answer.body})
    else:
        latest = find_history(actor, found.id, count=1)
        for line in explain_document(latest[0]) if latest else ():
            print_line(line)
    if answer.status >= 400:
        raise Ended(f"The hook answered {answer.status}")


def _open_sample(actor: Actor, found: OutgoingIntegration, *, as_json: bool) -> None:
    opened = samples.open_sample(actor.services, found)
    if as_json:
        print_json([{"deliveryId": delivery.id} for delivery in opened])
    else:
        number = counted(len(opened), "delivery").replace("deliverys", "deliveries")
        print_line(f"{number} opened; `tail {found.id}` shows what comes of it")


def _run_only(actor: Actor, found: Integration, body: bytes, *, as_json: bool) -> None:
    if not (found.script or "").strip():
        raise Ended("The integration has no script to run")
    if isinstance(found, OutgoingIntegration):
        method, argument = PREPARE, samples.outgoing_argument(actor.services, found)
    else:
        method, argument = METHOD, samples.incoming_argument(actor.services, found, body)
    skip = found.skip_transpile
    report = run_script(found.script or "", method, argument, skip_transpile=skip)
    _tell_report(report, Mask(*secrets_of(found).values()), as_json=as_json)
    if not report.ok:
        raise Ended("The script failed")


def _tell_report(report: ScriptReport, mask: Mask, *, as_json: bool) -> None:
    if as_json:
        print_json(_masked(report.to_json(), mask))
        return
    for line in report.console:
        print_line(f"console.{line['level']}: {mask.text(line['text'])}", err=True)
    for call in report.http:
        print_line(f"http (not made): {call['method']} {mask.text(call['url'])}", err=True)
    if report.error is not None:
        print_line(f"{report.error['name']}: {mask.text(report.error['message'])}", err=True)
    else:
        print_json(_masked(report.result, mask))
    click.echo(f"{report.duration_ms:.1f} ms", err=True)


def _masked(value: Any, mask: Mask) -> Any:
    """Return JSON data with the integration's secrets masked."""
    match value:
        case str():
            return mask.text(value)
        case Mapping():
            return {key: _masked(one, mask) for key, one in value.items()}
        case list():
            return [_masked(one, mask) for one in value]
    return value


@click.command()
@click.argument("integration_ids", metavar="[ID]...", nargs=-1, type=ids.ANY)
@managing
def tail(actor: Actor, integration_ids: Sequence[str], *, as_json: bool) -> None:
    """Show what integrations do, as it happens, until Ctrl-C; all of them, or those of these ids.

    With --json each is one line of JSON.
    """
    for integration_id in integration_ids:
        actor.find(integration_id)
    try:
        for document in follow(actor, integration_ids, pause=_pauses()):
            if as_json:
                print_json(document, indent=None)
            else:
                print_line("  ".join((document["integrationId"], *history_row(document))))
    except KeyboardInterrupt:
        click.echo(err=True)


def _pauses() -> Callable[[], bool]:
    """Return what waits a moment; the first time it says that from now on all is shown."""
    numbers = itertools.count()

    def pause() -> bool:
        if next(numbers) == 0:
            click.echo("Waiting for something to happen; Ctrl-C ends this", err=True)
        time.sleep(_PAUSE_SECONDS)  # noqa: TID251 a person watches
        return True

    return pause


def follow(
    actor: Actor, integration_ids: Sequence[str], *, pause: Callable[[], bool]
) -> Iterator[Mapping[str, Any]]:
    """Yield documents of the history that are new, the oldest first.

    Args:
        actor: who looks.
        integration_ids: whose history; none for all that he may manage.
        pause: waits, and returns whether to look again.
    """
    started_at = datetime.now(UTC)
    seen = {one["_id"] for one in _recent(actor, integration_ids, started_at)}
    while pause():
        for document in _recent(actor, integration_ids, datetime.now(UTC)):
            if document["_id"] not in seen:
                seen.add(document["_id"])
                yield document


def _recent(
    actor: Actor, integration_ids: Sequence[str], now: datetime
) -> Sequence[Mapping[str, Any]]:
    since = now - _LONGEST
    active = actor.services.state.active_since(since)
    wanted = [one for one in integration_ids or sorted(active) if one in active]
    found = [
        document
        for one in wanted
        for document in find_history(actor, one, count=_MOST, since=since)
        if document["outcome"] != WAITING
    ]
    return sorted(found, key=lambda document: (document["_createdAt"], document["_id"]))
