"""`explain` and `tail`: why something happened, and seeing it happen."""

import itertools
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import click

from rc_integrations_plugin.commands import ids
from rc_integrations_plugin.commands.acting import Actor, NothingThere, managing
from rc_integrations_plugin.commands.output import print_json, print_line
from rc_integrations_plugin.commands.reading import WAITING, find_history, history_row
from rc_integrations_plugin.integrations.text import shown_name
from rc_integrations_plugin.management.explain import explain as explain_document
from rc_integrations_plugin.management.history_lines import find_line

_LONGEST = timedelta(minutes=5)
"""How long something may take that is stored when it has ended."""
_PAUSE_SECONDS = 1.0
_MOST = 500


@click.command()
@click.argument("integration_id", metavar="ID", type=ids.ANY)
@click.argument("history_id", metavar="HISTORY_ID", type=ids.HISTORY)
@managing
def explain(actor: Actor, integration_id: str, history_id: str, *, as_json: bool) -> None:
    """Say why a line of the history came out as it did, step by step."""
    found = actor.find(integration_id)
    document = find_line(actor.services, actor.manager_of(found), found, history_id)
    if document is None:
        raise NothingThere("No such line in the history")
    lines = explain_document(document)
    if as_json:
        print_json(lines)
        return
    for line in lines:
        print_line(line)


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
                print_line(tail_line(document))
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
    """Yield documents of the history that are new, the oldest first, with `integrationName`.

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
                found = actor.services.integrations.find_any(document["integrationId"])
                yield {**document, "integrationName": "" if found is None else found.name}


def tail_line(document: Mapping[str, Any]) -> str:
    """Return a new line of a history with whose it is."""
    name = shown_name(document["integrationName"])
    return "  ".join((document["integrationId"], name, *history_row(document)))


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
