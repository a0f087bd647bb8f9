"""`list`, `show` and `history`: looking, without changing anything."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Any

import click

from rc_integrations_plugin.commands import ids
from rc_integrations_plugin.commands.acting import (
    TYPES,
    Actor,
    Moment,
    NothingThere,
    managing,
)
from rc_integrations_plugin.commands.documents import shown_document
from rc_integrations_plugin.commands.output import (
    print_json,
    print_line,
    print_table,
    short_time,
)
from rc_integrations_plugin.integrations.deliveries import DeliveryOutcome
from rc_integrations_plugin.integrations.history import CallOutcome
from rc_integrations_plugin.integrations.permissions import type_of
from rc_integrations_plugin.integrations.records import OutgoingIntegration
from rc_integrations_plugin.integrations.text import shown_name
from rc_integrations_plugin.management.listing import list_history
from rc_integrations_plugin.management.saved import Integration
from rc_integrations_plugin.schemas.queries import HistoryQuery, Paging
from rc_integrations_plugin.storage.integration_filter import FAILURES, LAST_AT, IntegrationFilter
from rc_integrations_plugin.storage.overview import recent

OUTCOMES = sorted({outcome.value for outcome in (*CallOutcome, *DeliveryOutcome)})
_BATCH = 200
_ALL = 1_000_000
WAITING = "waiting"
SORTS: Mapping[str, str] = MappingProxyType(
    {
        "created": "created_at",
        "changed": "updated_at",
        "name": "name",
        "last": LAST_AT,
        "failed": FAILURES,
    }
)
"""What commands call each key of `SORTABLE`."""
_HEAD = ("ID", "TYPE", "ON", "NAME", "WHERE", "LAST (UTC)", "FAILED")
_HISTORY_HEAD = ("ID", "WHEN (UTC)", "OUTCOME", "HTTP", "MS", "WHAT")


@click.command("list")
@click.option("--type", "kind", type=click.Choice(list(TYPES)), help="Only those of this type.")
@click.option("--name", metavar="PART", help="Only those whose name holds this, in any case.")
@click.option("--enabled/--disabled", default=None, help="Only those that are on, or off.")
@click.option(
    "--failing",
    is_flag=True,
    help="Only those whose last call failed, or that failed within 24 hours, or whose receiver is"
    " left alone for a while.",
)
@click.option("--switched-off", is_flag=True, help="Only those that the server switched off.")
@click.option(
    "--sort",
    type=click.Choice([*SORTS, *(f"-{key}" for key in SORTS)]),
    default="created",
    show_default=True,
    help="With a minus, downwards.",
)
@managing
def list_command(
    actor: Actor, *, kind: str | None, name: str | None, sort: str, as_json: bool, **wanted: Any
) -> None:
    """List integrations.

    FAILED counts what failed within the last 24 hours. Exit status 3 says that there are none.
    """
    described = IntegrationFilter(
        name_part=name,
        type=None if kind is None else TYPES[kind],
        made_by=actor.made_by,
        **wanted,
    )
    order = (SORTS[sort.removeprefix("-")], -1 if sort.startswith("-") else 1)
    # at once: the order changes with each call of an integration
    found, _total = actor.services.integrations.page(described, sort=[order], offset=0, count=_ALL)
    if as_json:
        print_json([_shown(actor, one) for one in found])
    if not found:
        raise NothingThere("No integrations found")
    if not as_json:
        print_table(_HEAD, list(_rows(actor, found)), cut=("NAME", "WHERE"))


def all_integrations(actor: Actor, wanted: IntegrationFilter) -> Iterator[Integration]:
    """Yield all that are wanted, the oldest first."""
    offset = 0
    while True:
        found, _total = actor.services.integrations.page(
            wanted, sort=[("created_at", 1)], offset=offset, count=_BATCH
        )
        yield from found
        if len(found) < _BATCH:
            return
        offset += _BATCH


def _rows(actor: Actor, found: Sequence[Integration]) -> Iterator[Sequence[str]]:
    since, made_by = recent(), actor.made_by
    for start in range(0, len(found), _BATCH):
        some = found[start : start + _BATCH]
        pasts = actor.services.overview.of_all(
            [one.id for one in some], since=since, made_by=made_by
        )
        for one in some:
            past = pasts[one.id]
            yield (
                one.id,
                word_of_type(one),
                "yes" if one.enabled else "no",
                shown_name(one.name),
                _where(one),
                short_time(past.last_at),
                str(past.failures),
            )


def word_of_type(integration: Integration) -> str:
    """Return what commands call the type of an integration."""
    return type_of(integration).value.removeprefix("webhook-")


def _where(integration: Integration) -> str:
    if isinstance(integration, OutgoingIntegration) and not integration.channels:
        return integration.event.value
    return ",".join(integration.channels)


def _shown(actor: Actor, integration: Integration, *, secrets: bool = False) -> dict[str, Any]:
    site_url = actor.services.host.site_url
    return shown_document(integration, site_url=site_url, secrets=secrets)


@click.command()
@click.argument("integration_id", metavar="ID", type=ids.ANY)
@click.option("--secrets", is_flag=True, help="Show token, signing secret and the like.")
@managing
def show(actor: Actor, integration_id: str, *, secrets: bool, as_json: bool) -> None:
    """Show all of an integration, in the names of the REST API; secrets are masked."""
    document = _shown(actor, actor.find(integration_id), secrets=secrets)
    if as_json:
        print_json(document)
        return
    script = document.pop("script", None)
    width = max(map(len, document))
    for name, value in document.items():
        print_line(f"{name:<{width}}  {_plain(value)}")
    if script:
        print_line("script")
        for line in str(script).splitlines():
            print_line(f"    {line}")


def _plain(value: Any) -> str:
    match value:
        case bool():
            return "yes" if value else "no"
        case list():
            return ", ".join(map(_plain, value)) or "-"
        case dict():
            return ", ".join(f"{key}={_plain(one)}" for key, one in value.items())
        case _:
            return str(value)


@click.command()
@click.argument("integration_id", metavar="ID", type=ids.ANY)
@click.option("--outcome", type=click.Choice(OUTCOMES), help="Only what ended so.")
@click.option("--since", type=Moment(), help="Only what is newer: 2h, 3d, or an ISO time.")
@click.option(
    "--count", type=click.IntRange(min=1), default=20, show_default=True, help="At most so many."
)
@managing
def history(actor: Actor, integration_id: str, *, as_json: bool, count: int, **wanted: Any) -> None:
    """List what an integration did, the newest first; secrets are masked.

    Exit status 3 says that there is nothing.
    """
    actor.find(integration_id)
    found = find_history(actor, integration_id, count=count, **wanted)
    if as_json:
        print_json(found)
    if not found:
        raise NothingThere("Nothing found in the history")
    if not as_json:
        print_table(_HISTORY_HEAD, [history_row(one) for one in found], cut=("WHAT",))


def find_history(
    actor: Actor,
    integration_id: str,
    *,
    count: int,
    outcome: str | None = None,
    since: datetime | None = None,
) -> list[Mapping[str, Any]]:
    """Return documents of the history, the newest first."""
    found: list[Mapping[str, Any]] = []
    while len(found) < count:
        batch = min(_BATCH, count - len(found))
        paging = Paging(offset=len(found), count=batch, sort=())
        query = HistoryQuery(paging, integration_id, outcome, since=since)
        documents, _total = list_history(actor.services, actor.user, query)
        found += documents
        if len(documents) < batch:
            break
    return found


def time_of(document: Mapping[str, Any]) -> datetime:
    """Return when what a document of the history tells of began."""
    return datetime.fromisoformat(document["_createdAt"])


def history_row(document: Mapping[str, Any]) -> Sequence[str]:
    """Return a line of the table for a document of the history."""
    return (
        document["_id"],
        short_time(time_of(document)),
        document["outcome"],
        str(document.get("status", "-")),
        f"{document['duration']:.0f}",
        _what(document),
    )


def _what(document: Mapping[str, Any]) -> str:
    error = document.get("error") if document["type"] == "incoming-webhook" else None
    told = error or document.get("errorStack") or document.get("url") or ""
    return str(told or ", ".join(str(one.get("channel")) for one in document["results"]))
