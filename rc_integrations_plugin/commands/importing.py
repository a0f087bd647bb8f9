"""`import-rocketchat`: integrations of a Rocket.Chat server, with their ids and tokens."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Any

import click

from rc_integrations_plugin.commands.acting import Actor, Ended, managing
from rc_integrations_plugin.commands.output import (
    counted,
    name_of,
    print_json,
    print_line,
    progress,
)
from rc_integrations_plugin.errors import IntegrationsError
from rc_integrations_plugin.integrations.permissions import type_of
from rc_integrations_plugin.management.descriptions import TYPE_WORDS
from rc_integrations_plugin.management.importing import build_imported, is_same
from rc_integrations_plugin.management.saved import editor_of
from rc_integrations_plugin.schemas.rocketchat import (
    ExportFault,
    read_documents,
    read_exported,
)


class State(StrEnum):
    """What becomes of an integration of the file."""

    IMPORTED = "imported"
    OFF = "off"
    """Imported, and switched off because something in it cannot work here."""
    THERE = "there"
    """Imported before: nothing changes."""
    REFUSED = "refused"


_COLOURS: Mapping[str, str] = MappingProxyType(
    {State.IMPORTED: "green", State.OFF: "yellow", State.REFUSED: "red"}
)


@click.command("import-rocketchat")
@click.argument("file", type=click.File(encoding="utf-8-sig"))
@click.option("--dry-run", is_flag=True, help="Only say what would be done.")
@managing
def import_rocketchat(actor: Actor, *, file: Any, dry_run: bool, as_json: bool) -> None:
    """Take over the integrations in FILE: an answer of `integrations.list`, or a MongoDB export.

    Ids and tokens stay, so that the URLs of senders go on working. What needs rooms or users that
    are not here is switched off, with the reason. What is here already stays as it is. Exit status
    1 says that some could not be taken over.
    """
    try:
        documents = read_documents(file.read())
    except (ExportFault, UnicodeDecodeError) as error:
        reason = error if isinstance(error, ExportFault) else "is not in UTF-8"
        raise click.UsageError(f"{name_of(file)} {reason}") from error
    results: list[Mapping[str, Any]]
    if as_json:
        with progress(documents, "Importing") as some:
            results = list(_import_all(actor, some, dry_run=dry_run))
        print_json(results)
    else:
        results = [_tell(one) for one in _import_all(actor, documents, dry_run=dry_run)]
    states = Counter(result["state"] for result in results)
    told = ", ".join(f"{states[state]} {state}" for state in State)
    click.echo(f"{told}{' (nothing was stored)' if dry_run else ''}", err=True)
    if states[State.REFUSED]:
        raise Ended(f"{counted(states[State.REFUSED], 'integration')} could not be taken over")


def _import_all(
    actor: Actor, documents: Iterable[Any], *, dry_run: bool
) -> Iterator[dict[str, Any]]:
    seen: set[str] = set()
    for document in documents:
        known = document if isinstance(document, dict) else {}
        result = {"_id": known.get("_id"), "type": known.get("type"), "name": known.get("name")}
        try:
            state, reasons = _import(actor, document, seen, dry_run=dry_run)
        except (ExportFault, IntegrationsError) as error:
            state, reasons = State.REFUSED, (" ".join(str(error).split()),)
        yield {**result, "state": state.value, "reasons": list(reasons)}


def _import(
    actor: Actor, document: Any, seen: set[str], *, dry_run: bool
) -> tuple[State, tuple[str, ...]]:
    exported = read_exported(document)
    if exported.id in seen:
        raise ExportFault("its _id is in the file twice")
    seen.add(exported.id)
    imported = build_imported(actor.services, actor.user, exported)
    here = actor.services.integrations.find_any(exported.id)
    if here is not None:
        if is_same(here, imported.integration):
            return State.THERE, ()
        word = TYPE_WORDS[type_of(here)]
        raise ExportFault(f"its _id belongs to an {word} integration here, with another token")
    if not dry_run:
        by = editor_of(actor.user)
        actor.services.integrations.add(imported.integration, by=by, imported=True)
    return (State.OFF if imported.reasons else State.IMPORTED), imported.reasons


def _tell(result: Mapping[str, Any]) -> Mapping[str, Any]:
    state = result["state"]
    click.echo(click.style(f"{state:<9}", fg=_COLOURS.get(state)), nl=False)
    print_line(f"{result['_id'] or '-'}  {result['name'] or '-'}")
    for reason in result["reasons"]:
        print_line(f"{'':<9}  {reason}")
    return result
