"""`create` and `update`: integrations from options, in the API's names."""

import json
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import click

from rc_integrations_plugin.commands import ids
from rc_integrations_plugin.commands.acting import TYPES, Actor, managing
from rc_integrations_plugin.commands.documents import shown_document
from rc_integrations_plugin.commands.output import print_json, print_line, tell_broken
from rc_integrations_plugin.host.events import EventName
from rc_integrations_plugin.integrations.permissions import type_of
from rc_integrations_plugin.integrations.records import (
    IncomingIntegration,
    IntegrationType,
    OutgoingIntegration,
)
from rc_integrations_plugin.integrations.text import shown_name
from rc_integrations_plugin.management.descriptions import DEFAULTS
from rc_integrations_plugin.management.incoming import create_incoming, update_incoming
from rc_integrations_plugin.management.outgoing import create_outgoing, update_outgoing
from rc_integrations_plugin.management.saved import Integration, Saved
from rc_integrations_plugin.management.tokens import hook_url
from rc_integrations_plugin.schemas.incoming import read_changed_incoming, read_new_incoming
from rc_integrations_plugin.schemas.outgoing import read_changed_outgoing, read_new_outgoing

_TEXTS = frozenset({"token", "basicAuth"})
_NUMBERS = frozenset({"retryCount", "timeout", "callsAtOnce"})
_FLAGS: Mapping[str, Any] = MappingProxyType({"true": True, "false": False})
_FIELDS: Mapping[str, str] = MappingProxyType(
    {"channel": "channel", "username": "username", "event": "event", "alias": "alias"}
)
_EVENT = click.Choice([name.value for name in EventName])


def _field_options(command: Any) -> Any:
    """Add the options for usual fields, and those for all others."""
    for option in reversed(
        (
            click.option("--channel", help="#room, @person; several with commas."),
            click.option("--username", help="Who posts."),
            click.option("--event", type=_EVENT, help="Outgoing: what it is told of."),
            click.option("--url", "urls", multiple=True, help="Outgoing: may be repeated."),
            click.option("--trigger-word", "words", multiple=True, help="May be repeated."),
            click.option("--alias", help="The name that stands over its messages."),
            click.option("--script", type=click.File(encoding="utf-8"), help="A file; - is stdin."),
            click.option("--enabled/--disabled", default=None, help="Whether it is on."),
            click.option(
                "--set", "given", metavar="KEY=VALUE", multiple=True, help="Any field of the API."
            ),
            click.option(
                "--set-file",
                "files",
                metavar="KEY=FILE",
                multiple=True,
                help="The same, for secrets: other people see a process's arguments.",
            ),
        )
    ):
        command = option(command)
    return command


@click.command()
@click.argument("kind", metavar="TYPE", type=click.Choice(list(TYPES)))
@click.argument("name")
@_field_options
@managing
def create(actor: Actor, kind: str, name: str, *, as_json: bool, **options: Any) -> None:
    """Make an integration; TYPE is incoming or outgoing.

    The URL of a hook, or a signing secret that was made, is printed. Failed calls of an outgoing
    one are made again, unless --set retryFailedCalls=false says otherwise.
    """
    wanted = TYPES[kind]
    body: dict[str, Any] = {"enabled": True, "scriptEnabled": bool(options["script"])}
    if wanted is IntegrationType.OUTGOING:
        body["retryFailedCalls"] = True  # as in the form; Rocket.Chat's API has it off
    body |= {"type": wanted.value, "name": name, **_read_fields(wanted, options)}
    saved = _create(actor, wanted, body)
    _tell(actor, saved, "is made", as_json=as_json)


def _create(actor: Actor, kind: IntegrationType, body: dict[str, Any]) -> Saved[Any]:
    manager = actor.manager(kind)
    if kind is IntegrationType.OUTGOING:
        return create_outgoing(actor.services, manager, read_new_outgoing(body))
    return create_incoming(actor.services, manager, read_new_incoming(body))


@click.command()
@click.argument("integration_id", metavar="ID", type=ids.ANY)
@click.option("--name", help="Another name.")
@click.option("--force", is_flag=True, help="Also store a script that breaks its tests.")
@_field_options
@managing
def update(actor: Actor, integration_id: str, *, as_json: bool, **options: Any) -> None:
    """Change fields of an integration; all others stay as they are."""
    old = actor.find(integration_id)
    kind = type_of(old)
    fields = _read_fields(kind, options)
    if options["name"] is not None:
        fields["name"] = options["name"]
    if not fields:
        raise click.UsageError("nothing is to be changed")
    body = {
        "type": kind.value,
        "integrationId": old.id,
        "name": old.name,
        "enabled": old.enabled,
        "channel": ",".join(old.channels),
        "scriptEnabled": old.script_enabled,
    }
    saved = _update(actor, old, body | fields | {"forceScript": options["force"]})
    _tell(actor, saved, "is changed", as_json=as_json)


def _update(actor: Actor, old: Integration, body: dict[str, Any]) -> Saved[Any]:
    """Change what was looked at; what somebody else changed since then is not undone."""
    manager, version = actor.manager_of(old), old.updated_at
    if isinstance(old, OutgoingIntegration):
        changed = read_changed_outgoing(body)
        return update_outgoing(actor.services, manager, changed, version=version)
    form = read_changed_incoming(body)
    return update_incoming(actor.services, manager, form, version=version)


def _read_fields(kind: IntegrationType, options: Mapping[str, Any]) -> dict[str, Any]:
    fields = {name: options[key] for key, name in _FIELDS.items() if options[key] is not None}
    if options["enabled"] is not None:
        fields["enabled"] = options["enabled"]
    if options["urls"]:
        fields["urls"] = list(options["urls"])
    if options["words"]:
        fields["triggerWords"] = list(options["words"])
    if options["script"] is not None:
        fields["script"] = options["script"].read()
    for text in options["given"]:
        name, value = _split(text, "--set")
        fields[name] = _read_value(kind, name, value)
    for text in options["files"]:
        name, path = _split(text, "--set-file")
        fields[name] = _read_value(kind, name, _read_file(path))
    unknown = sorted(set(fields) - set(DEFAULTS[kind]) - {"name"})
    if unknown:
        raise click.UsageError(f"{kind.value} integrations have no field {', '.join(unknown)}")
    return fields


def _split(text: str, option: str) -> tuple[str, str]:
    name, sign, value = text.partition("=")
    if not sign or not name:
        raise click.BadParameter("it is of the form KEY=VALUE", param_hint=f"'{option}'")
    return name, value


def _read_file(path: str) -> str:
    try:
        with click.open_file(path, encoding="utf-8") as file:
            return str(file.read()).rstrip("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise click.BadParameter(f"{path} cannot be read", param_hint="'--set-file'") from error


def _read_value(kind: IntegrationType, name: str, text: str) -> Any:
    """Return what the API takes for a field, from a text."""
    if text == "null":
        return None
    if name in _TEXTS:
        return text
    if isinstance(DEFAULTS[kind].get(name), bool):
        # of a signing secret, true makes a new one
        return _FLAGS.get(text, text)
    if name in _NUMBERS or name == "headers":
        try:
            return json.loads(text)
        except ValueError as error:
            raise click.BadParameter(f"{name} is no JSON", param_hint="'--set'") from error
    return text


def _tell(actor: Actor, saved: Saved[Any], what: str, *, as_json: bool) -> None:
    made: Integration = saved.integration
    new_hook = made if isinstance(made, IncomingIntegration) and what == "is made" else None
    site_url = actor.services.host.site_url
    document = shown_document(made, site_url=site_url, secrets=False)
    if new_hook is not None:
        document |= {"token": new_hook.token, "url": hook_url(site_url, new_hook)}
    if saved.signing_secret is not None:
        document["signingSecret"] = saved.signing_secret
    if as_json:
        print_json(document)
    else:
        print_line(f"{made.id} {shown_name(made.name)} {what}")
        if new_hook is not None:
            print_line(f"url: {document['url']}")
        if saved.signing_secret is not None:
            print_line(f"signingSecret: {saved.signing_secret}")
    tell_broken(saved.broken_tests)
    for finding in saved.findings or ():
        place = f"script:{finding.line}:{finding.column}"
        print_line(f"{place}: {finding.severity}: {finding.message} [{finding.code}]", err=True)
