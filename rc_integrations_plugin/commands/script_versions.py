"""`script versions`, `script diff` and `script rollback`: the scripts that an integration had."""

from collections.abc import Callable, Sequence
from typing import Any

import click

from rc_integrations_plugin.commands import ids
from rc_integrations_plugin.commands.acting import Actor, NothingThere, managing
from rc_integrations_plugin.commands.output import (
    print_json,
    print_line,
    print_table,
    printable,
    short_time,
)
from rc_integrations_plugin.integrations.script_diff import DiffLine, LineKind, diff_scripts
from rc_integrations_plugin.integrations.text import shown_name
from rc_integrations_plugin.management.script_versions import (
    difference_document,
    list_versions,
    load_version,
    roll_back,
    version_document,
)
from rc_integrations_plugin.storage.script_versions import ScriptVersion

_HEAD = ("VERSION", "SAVED (UTC)", "BY", "CHARACTERS", "")
_SIGNS = {LineKind.SAME: " ", LineKind.REMOVED: "-", LineKind.ADDED: "+"}
_COLOURS = {LineKind.REMOVED: "red", LineKind.ADDED: "green"}
_id = click.argument("integration_id", metavar="ID", type=ids.ANY)


def _number(name: str, metavar: str, *, required: bool = True) -> Callable[..., Any]:
    return click.argument(name, metavar=metavar, type=click.IntRange(min=1), required=required)


@click.command("versions")
@_id
@managing
def versions(actor: Actor, integration_id: str, *, as_json: bool) -> None:
    """List the scripts that an integration had, the newest first; the first is what it has.

    Exit status 3 says that it never had one.
    """
    integration = actor.find(integration_id)
    found = list_versions(actor.services, actor.manager_of(integration), integration)
    if as_json:
        print_json([version_document(one, is_current=one is found[0]) for one in found])
    if not found:
        raise NothingThere("The integration never had a script")
    if not as_json:
        print_table(_HEAD, [_row(one, is_current=one is found[0]) for one in found])


@click.command("diff")
@_id
@_number("old", "[N]", required=False)
@_number("new", "[M]", required=False)
@managing
def diff(
    actor: Actor, integration_id: str, old: int | None, new: int | None, *, as_json: bool
) -> None:
    """Show what differs from version N to version M of an integration's script.

    Without M it is the script now, without N the version before that.
    """
    one = actor.find(integration_id)
    manager = actor.manager_of(one)
    found = [version.number for version in list_versions(actor.services, manager, one)]
    old = old or next(iter(found[1:]), 0)
    new = new or next(iter(found), 0)
    _, before = load_version(actor.services, manager, one, old)
    _, after = load_version(actor.services, manager, one, new)
    told = diff_scripts(before, after)
    if as_json:
        print_json(difference_document(told, old=old, new=new))
        return
    click.echo(f"--- version {old}\n+++ version {new}")
    ends_in_gap = bool(told.lines) and told.lines[-1].kind is LineKind.GAP
    for line in told.lines[:-1] if ends_in_gap else told.lines:
        click.secho(_text(line), fg=_COLOURS.get(line.kind))
    if told.is_cut:
        click.echo("There is more that differs.", err=True)


@click.command("rollback")
@_id
@_number("number", "N")
@click.option("--force", is_flag=True, help="Also store a script that breaks its tests.")
@managing
def rollback(actor: Actor, integration_id: str, number: int, *, force: bool, as_json: bool) -> None:
    """Make version N the script of an integration again, as its next version.

    It is checked as any change is. Exit status 1 says that it was refused.
    """
    one = actor.find(integration_id)
    manager = actor.manager_of(one)
    stored = roll_back(actor.services, manager, one, number, is_forced=force)
    version = list_versions(actor.services, manager, stored)[0].number
    if as_json:
        print_json({"_id": stored.id, "name": stored.name, "version": version, "sameAs": number})
    else:
        name = shown_name(stored.name)
        print_line(f"{stored.id} {name} has version {number} again, as version {version}")


def _text(line: DiffLine) -> str:
    return "@@" if line.kind is LineKind.GAP else printable(f"{_SIGNS[line.kind]}{line.text}")


def _row(version: ScriptVersion, *, is_current: bool) -> Sequence[str]:
    return (
        str(version.number),
        short_time(version.saved_at),
        version.saved_by.username,
        str(version.characters),
        "the script now" if is_current else "",
    )
