"""`export`, `plan` and `apply`: integrations as a YAML file without secrets, to keep in git."""

import difflib
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Any

import click

from rc_integrations_plugin.commands.acting import DIFFERENT, Actor, Ended, managing
from rc_integrations_plugin.commands.output import (
    counted,
    name_of,
    print_json,
    print_line,
    progress,
    tell_broken,
    tell_differences,
)
from rc_integrations_plugin.commands.reading import all_integrations
from rc_integrations_plugin.commands.yaml_files import read_yaml, write_yaml
from rc_integrations_plugin.errors import IntegrationsError
from rc_integrations_plugin.integrations.records import IncomingIntegration
from rc_integrations_plugin.management.applying import Applied, apply_change
from rc_integrations_plugin.management.descriptions import (
    TYPE_WORDS,
    DescriptionFault,
    export_entry,
    read_entries,
)
from rc_integrations_plugin.management.planning import Change, Plan, make_plan
from rc_integrations_plugin.management.saved import Integration
from rc_integrations_plugin.management.script_tests import describe_tests, list_tests
from rc_integrations_plugin.management.tokens import hook_url
from rc_integrations_plugin.storage.integration_filter import IntegrationFilter

_SIGNS = {"create": "+", "update": "~", "remove": "-"}
_COLOURS = {"create": "green", "update": "yellow", "remove": "red"}
_file = click.argument("file", type=click.File(encoding="utf-8"))
_prune = click.option("--prune", is_flag=True, help="Remove what is not in the file.")


@click.command()
@click.option("--output", type=click.File("w", encoding="utf-8"), default="-", help="A file.")
@click.option("--no-ids", is_flag=True, help="For another server: names tell them apart.")
@managing
def export(actor: Actor, *, output: Any, no_ids: bool, as_json: bool) -> None:
    """Describe all integrations as YAML, without secrets."""
    found = all_integrations(actor, IntegrationFilter(made_by=actor.made_by))
    entries = [export_entry(one, tests=_tests_of(actor, one), with_id=not no_ids) for one in found]
    if as_json:
        print_json({"integrations": entries})
    else:
        write_yaml(output, {"integrations": entries}, site_url=actor.services.host.site_url)


@click.command()
@_file
@_prune
@managing
def plan(actor: Actor, *, file: Any, prune: bool, as_json: bool) -> None:
    """Show what `apply` would do; FILE may be - for stdin.

    Exit status 4 says that there are differences.
    """
    wanted = _plan(actor, file, prune=prune)
    if as_json:
        print_json([_document(change) for change in wanted.changes])
    else:
        _tell_plan(wanted)
    _tell_rest(wanted, prune=prune)
    if wanted.changes:
        click.get_current_context().exit(DIFFERENT)


@click.command()
@_file
@_prune
@click.option("--yes", is_flag=True, help="Do not ask before something is removed.")
@click.option("--force", is_flag=True, help="Also store scripts that break their tests.")
@managing
def apply(actor: Actor, *, file: Any, prune: bool, yes: bool, force: bool, as_json: bool) -> None:
    """Make integrations as FILE describes them; what is so already stays untouched.

    Secrets stay as they are, but for those that FILE has from the environment. Those of new
    integrations are made, and printed.
    """
    wanted = _plan(actor, file, prune=prune)
    if wanted.unknown:
        title, what, place = wanted.unknown[0]
        raise click.UsageError(f"{place} is not set: {title} has its {what} from there")
    doomed = sum(change.entry is None for change in wanted.changes)
    if doomed and not yes:
        click.confirm(f"Remove {counted(doomed, 'integration')}?", abort=True, err=True)
    if as_json:
        with progress(wanted.changes, "Applying") as changes:
            results = [_apply(actor, change, force=force, quiet=True) for change in changes]
        print_json(results)
    else:
        results = [_apply(actor, change, force=force, quiet=False) for change in wanted.changes]
    _tell_rest(wanted, prune=prune)
    failed = sum("error" in result for result in results)
    click.echo(f"{counted(len(results) - failed, 'change')} made", err=True)
    if failed:
        raise Ended(f"{counted(failed, 'change')} could not be made")


def _plan(actor: Actor, file: Any, *, prune: bool) -> Plan:
    existing = list(all_integrations(actor, IntegrationFilter(made_by=actor.made_by)))
    try:
        entries = read_entries(read_yaml(file))
        tests_of = partial(_tests_of, actor)
        return make_plan(entries, existing, prune=prune, tests_of=tests_of)
    except DescriptionFault as error:
        raise click.UsageError(f"{name_of(file)}: {error}") from error


def _tests_of(actor: Actor, integration: Integration) -> list[dict[str, Any]]:
    manager = actor.manager_of(integration)
    return describe_tests(list_tests(actor.services, manager, integration))


def _tell_plan(wanted: Plan) -> None:
    for change in wanted.changes:
        _tell_title(change)
        _tell_fields(change)


def _tell_fields(change: Change) -> None:
    for name, (is_now, will_be) in change.differences.items():
        for line in _difference(name, is_now, will_be):
            print_line(f"    {line}")


def _tell_title(change: Change) -> None:
    sign = click.style(_SIGNS[change.action], fg=_COLOURS[change.action])
    click.echo(f"{sign} ", nl=False)
    print_line(change.title)


def _difference(name: str, is_now: Any, will_be: Any) -> Iterator[str]:
    if name == "tests":
        yield f"tests: {_names(is_now)} -> {_names(will_be)}"
        return
    if name != "script":
        yield f"{name}: {_plain(is_now)} -> {_plain(will_be)}"
        return
    yield "script:"
    lines = difflib.unified_diff(is_now.splitlines(), will_be.splitlines(), lineterm="", n=2)
    for line in lines:
        if not line.startswith(("---", "+++")):
            yield f"  {line}"


def _names(tests: Sequence[Mapping[str, Any]]) -> str:
    """Return the names of tests."""
    return ", ".join(str(one.get("name")) for one in tests) or "none"


def _plain(value: Any) -> str:
    match value:
        case bool():
            return "yes" if value else "no"
        case tuple():
            return ", ".join(value) or "none"
        case None | "":
            return "none"
    return str(value)


def _tell_rest(wanted: Plan, *, prune: bool) -> None:
    for title, what, place in wanted.unknown:
        print_line(f"? {title}: {what} cannot be compared: {place} is not set", err=True)
    for title, what in wanted.missing:
        print_line(f"! {title} needs {what}: set it with `flask integrations update`", err=True)
    if wanted.undescribed and not prune:
        number = counted(len(wanted.undescribed), "integration")
        click.echo(f"{number} not in the file; --prune removes such", err=True)


def _apply(actor: Actor, change: Change, *, force: bool, quiet: bool) -> dict[str, Any]:
    """Make one change, and tell what came of it; one that fails does not stop the others."""
    document = _document(change)
    if not quiet:
        _tell_title(change)
    try:
        applied = apply_change(actor.services, actor.user, change, is_forced=force)
    except IntegrationsError as error:
        tell_differences(error, indent="    ")
        print_line(f"    Error: {change.title}: {error.reason}", err=True)
        return document | {"error": error.reason}
    secrets = _new_secrets(actor, applied)
    if not quiet:
        _tell_fields(change)
        for name, secret in secrets.items():
            print_line(f"    {name}: {secret}")
        tell_broken(applied.broken_tests, indent="    ")
    broken = {"brokenTests": list(applied.broken_tests)} if applied.broken_tests else {}
    return document | {"id": applied.integration.id, "secrets": secrets} | broken


def _new_secrets(actor: Actor, applied: Applied) -> dict[str, str]:
    made = applied.integration
    if applied.secrets and isinstance(made, IncomingIntegration):
        return {"url": hook_url(actor.services.host.site_url, made)}
    return applied.secrets


def _document(change: Change) -> dict[str, Any]:
    return {
        "action": change.action,
        "type": TYPE_WORDS[change.type],
        "name": change.name,
        "id": None if change.old is None else change.old.id,
        "changes": {name: list(pair) for name, pair in change.differences.items()},
    }
