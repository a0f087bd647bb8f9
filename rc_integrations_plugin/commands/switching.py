"""`enable`, `disable` and `remove`."""

from collections.abc import Sequence
from typing import Any

import click

from rc_integrations_plugin.commands import ids
from rc_integrations_plugin.commands.acting import Actor, Ended, managing, said
from rc_integrations_plugin.commands.output import print_json, print_line, printable
from rc_integrations_plugin.errors import IntegrationsError
from rc_integrations_plugin.integrations.text import shown_name
from rc_integrations_plugin.management import switching

_ids = click.argument("integration_ids", metavar="ID...", nargs=-1, required=True, type=ids.ANY)


@click.command()
@_ids
@managing
def enable(actor: Actor, integration_ids: Sequence[str], *, as_json: bool) -> None:
    """Switch integrations on; rooms and users that are gone are found out now."""
    _switch(actor, integration_ids, enabled=True, as_json=as_json)


@click.command()
@_ids
@managing
def disable(actor: Actor, integration_ids: Sequence[str], *, as_json: bool) -> None:
    """Switch integrations off: a hook answers 503, and nothing is called any more."""
    _switch(actor, integration_ids, enabled=False, as_json=as_json)


def _switch(actor: Actor, wanted: Sequence[str], *, enabled: bool, as_json: bool) -> None:
    """Switch each; one that cannot be does not stop the others."""
    state = "on" if enabled else "off"
    results: list[dict[str, Any]] = []
    failed = None
    for integration_id in dict.fromkeys(wanted):
        try:
            found, changed = switching.set_enabled(
                actor.services, actor.user, integration_id, enabled=enabled
            )
        except IntegrationsError as error:
            if len(wanted) == 1:
                raise
            failed = Ended("Some of them could not be switched")
            results.append({"_id": integration_id, "error": said(error)})
            print_line(f"{integration_id}: {said(error)}", err=True)
            continue
        results.append(
            {"_id": found.id, "name": found.name, "enabled": enabled, "changed": changed}
        )
        if not as_json:
            word = "is now" if changed else "was already"
            print_line(f"{found.id} {shown_name(found.name)} {word} {state}")
    if as_json:
        print_json(results)
    if failed is not None:
        raise failed


@click.command()
@click.argument("integration_id", metavar="ID", type=ids.ANY)
@click.option("--yes", is_flag=True, help="Do not ask for its name.")
@managing
def remove(actor: Actor, integration_id: str, *, yes: bool, as_json: bool) -> None:
    """Remove an integration, its history and what it has still to deliver."""
    found = actor.find(integration_id)
    if not yes:
        # nobody removes one by Enter alone
        what, expected = ("name", found.name) if found.name.strip() else ("id", found.id)
        shown = printable(expected)
        asked = f'Type the {what} "{shown}" to remove it'
        if click.prompt(asked, err=True, default="", show_default=False) not in {expected, shown}:
            raise Ended(f"That is not its {what}: nothing was removed")
    switching.remove(actor.services, actor.user, found.id)
    if as_json:
        print_json({"_id": found.id, "name": found.name, "removed": True})
    else:
        print_line(f"{found.id} {shown_name(found.name)} is removed")
