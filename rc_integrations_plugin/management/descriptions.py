"""Integrations described for people and for git: by names, without secrets. Values only.

A description has the API's names for fields. Where a secret is, it holds `true` (or, for headers,
the names), or where else it is to be found; in a URL it holds `***` in its place, and in a script
`<<token>>` and the like.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from rc_integrations_plugin.errors import InvalidParams
from rc_integrations_plugin.integrations.channels import EVENTS_WITH_CHANNELS, split_channels
from rc_integrations_plugin.integrations.permissions import type_of
from rc_integrations_plugin.integrations.records import IntegrationType, OutgoingIntegration
from rc_integrations_plugin.integrations.text import quoted_name
from rc_integrations_plugin.management.given import Given, GivenFault, take_given
from rc_integrations_plugin.management.outgoing_checks import USUAL_RETRIES
from rc_integrations_plugin.management.saved import Integration
from rc_integrations_plugin.management.script_tests import check_tests
from rc_integrations_plugin.management.secrets import masked_script, masked_url, whole_script
from rc_integrations_plugin.outgoing.matching import (
    EVENTS_WITH_TRIGGER_WORDS,
)
from rc_integrations_plugin.schemas.documents import integration_document
from rc_integrations_plugin.schemas.incoming import read_new_incoming
from rc_integrations_plugin.schemas.outgoing import read_new_outgoing

Description = Mapping[str, Any]
TYPE_WORDS: Mapping[IntegrationType, str] = MappingProxyType(
    {IntegrationType.INCOMING: "incoming", IntegrationType.OUTGOING: "outgoing"}
)
SECRET_FIELDS = ("token", "signingSecret", "basicAuth", "headers")
_ALWAYS = ("name", "type", "id", "enabled", "username")
_BOTH: Mapping[str, Any] = MappingProxyType(
    {
        "alias": "",
        "avatar": "",
        "emoji": "",
        "scriptEnabled": False,
        "scriptEngine": "isolated-vm",
        "skipTranspile": False,
        "script": "",
    }
)
DEFAULTS: Mapping[IntegrationType, Mapping[str, Any]] = MappingProxyType(
    {
        IntegrationType.INCOMING: {
            "enabled": True,
            "username": "",
            "channel": (),
            "overrideDestinationChannelEnabled": False,
            "allowGet": False,
            **_BOTH,
        },
        IntegrationType.OUTGOING: {
            "enabled": True,
            "username": "",
            "event": "",
            "channel": (),
            "urls": (),
            "token": False,
            "signingSecret": False,
            "basicAuth": False,
            "headers": (),
            "triggerWords": (),
            "triggerWordAnywhere": False,
            "targetRoom": "",
            "runOnEdits": False,
            "impersonateUser": False,
            "retryFailedCalls": False,
            "retryCount": USUAL_RETRIES,
            "retryDelay": "powers-of-ten",
            "retryOn": "any",
            "timeout": None,
            "callsAtOnce": None,
            **_BOTH,
        },
    }
)
"""The fields of each type; what a description leaves out is so."""
_LISTS = frozenset({"channel", "urls", "triggerWords", "headers"})


class DescriptionFault(ValueError):
    """A description cannot be understood; the text says where."""


@dataclass(frozen=True)
class Entry:
    """One described integration."""

    type: IntegrationType
    name: str
    id: str | None
    """On the server that it was exported from."""
    fields: Description
    """All of the type, those that were left out too."""
    given: Given = field(default_factory=Given)
    """Secrets that the file has the places of."""
    tests: tuple[Description, ...] | None = None
    """Of its script: a name and the keys of a sample each; None leaves those that it has."""

    @property
    def title(self) -> str:
        """What people call it."""
        return f"{TYPE_WORDS[self.type]} {quoted_name(self.name)}"


def describe(integration: Integration) -> Description:
    """Return all fields of an integration, without secrets."""
    document = integration_document(integration)
    fields = {
        name: document.get(name, default) or default
        for name, default in DEFAULTS[type_of(integration)].items()
    }
    fields["enabled"] = integration.enabled
    fields["channel"] = integration.channels
    fields["script"] = masked_script(integration.script or "", integration)
    if isinstance(integration, OutgoingIntegration):
        fields |= {
            "urls": tuple(masked_url(url, integration) for url in integration.urls),
            "triggerWords": integration.trigger_words,
            "token": bool(integration.token),
            "signingSecret": integration.signing_secret is not None,
            "basicAuth": integration.basic_auth is not None,
            "headers": tuple(sorted(integration.headers)),
        }
    return fields


def export_entry(
    integration: Integration, *, tests: Sequence[Description] = (), with_id: bool = True
) -> dict[str, Any]:
    """Return what a file says of an integration: what is usual is left out."""
    kind = type_of(integration)
    head = {"name": integration.name, "type": TYPE_WORDS[kind], "id": integration.id}
    fields = describe(integration)
    told = {
        name: list(value) if isinstance(value, tuple) else value
        for name, value in fields.items()
        if name in _ALWAYS or value != DEFAULTS[kind][name]
    }
    if tests:
        told["tests"] = masked_tests(tests, integration)
    return {key: value for key, value in (head | told).items() if key != "id" or with_id}


def masked_tests(tests: Sequence[Description], integration: Integration) -> list[dict[str, Any]]:
    """Return tests with `<<token>>` and the like in place of their integration's secrets."""
    return [_each_text(one, lambda text: masked_script(text, integration)) for one in tests]


def whole_tests(
    tests: Sequence[Description], integration: Integration | None
) -> list[dict[str, Any]]:
    """Return tests with their integration's secrets in their places, as far as it has them."""
    return [_each_text(one, lambda text: whole_script(text, integration)) for one in tests]


def _each_text(value: Any, change: Callable[[str], str]) -> Any:
    match value:
        case str():
            return change(value)
        case list() | tuple():
            return [_each_text(one, change) for one in value]
        case Mapping():
            return {key: _each_text(one, change) for key, one in value.items()}
    return value


def read_entries(data: Any) -> list[Entry]:
    """Return the integrations that a file describes.

    Raises:
        DescriptionFault: it describes none, or one cannot be understood.
    """
    match data:
        case {"integrations": list(entries), **rest} if not rest:
            return _all_different(
                _read_entry(entry, number) for number, entry in enumerate(entries, start=1)
            )
    raise DescriptionFault("there must be a list, integrations, and nothing beside it")


def _all_different(entries: Iterable[Entry]) -> list[Entry]:
    read, known = list(entries), set()
    for entry in read:
        key = entry.id or (entry.type, entry.name)
        if key in known:
            raise DescriptionFault(f"{entry.title} is there twice; an id tells them apart")
        known.add(key)
    return read


def _read_entry(data: Any, number: int) -> Entry:
    if not isinstance(data, dict):
        raise DescriptionFault(f"integration {number} must have fields such as name and type")
    place = f"integration {number} ({data.get('name', 'without name')})"
    kinds = {word: kind for kind, word in TYPE_WORDS.items()}
    kind = kinds.get(str(data.get("type")))
    if kind is None:
        raise DescriptionFault(f"{place}: type must be incoming or outgoing")
    unknown = sorted(map(str, set(data) - {"name", "type", "id", "tests", *DEFAULTS[kind]}))
    if unknown:
        raise DescriptionFault(f"{place}: there is no field {', '.join(unknown)}")
    try:
        plain, given = take_given(data)
        fields = _complete(kind, plain)
        tests = _tests(kind, data)
        entry = Entry(kind, _text(data, "name"), _text(data, "id") or None, fields, given, tests)
        check_body(kind, to_body(entry) | given.body())
    except (InvalidParams, DescriptionFault, GivenFault) as error:
        raise DescriptionFault(f"{place}: {' '.join(str(error).split())}") from error
    return entry


def check_body(kind: IntegrationType, body: Mapping[str, Any]) -> None:
    """Do nothing if the API would read this body.

    Raises:
        InvalidParams: it would not.
    """
    if kind is IntegrationType.OUTGOING:
        read_new_outgoing(body)
    else:
        read_new_incoming(body)


def to_body(entry: Entry) -> dict[str, Any]:
    """Return the body of `integrations.create` for what is described, without secrets."""
    fields = {
        name: list(value) if isinstance(value, tuple) else value
        for name, value in entry.fields.items()
        if name not in SECRET_FIELDS and value is not None
    }
    fields["channel"] = ",".join(entry.fields["channel"])
    return {"type": entry.type.value, "name": entry.name, **fields}


def _complete(kind: IntegrationType, data: Mapping[str, Any]) -> dict[str, Any]:
    """Return all fields, in the form that they are stored in."""
    fields = {
        name: default if data.get(name) is None else data[name]
        for name, default in DEFAULTS[kind].items()
    }
    for name in _LISTS & fields.keys():
        fields[name] = _texts(name, fields[name])
    for name in ("token", "signingSecret", "basicAuth"):
        if not isinstance(fields.get(name, False), bool):
            raise DescriptionFault(f"{name} must be true or false: secrets do not belong here")
    if kind is IntegrationType.OUTGOING:
        _settle(fields)
    return fields


def _settle(fields: dict[str, Any]) -> None:
    """Write down what the server makes of what it is given."""
    if not isinstance(fields["event"], str):
        raise DescriptionFault("event must be a text")
    if fields["event"] not in EVENTS_WITH_CHANNELS:
        fields["channel"] = ()
    if fields["event"] not in EVENTS_WITH_TRIGGER_WORDS:
        fields["triggerWords"] = ()
    for name in ("channel", "urls", "triggerWords"):
        fields[name] = tuple(dict.fromkeys(fields[name]))
    fields["headers"] = tuple(sorted(fields["headers"]))
    for name in ("targetRoom", "retryDelay"):
        if isinstance(fields[name], str):
            fields[name] = fields[name].strip()
    count = fields["retryCount"]
    if isinstance(count, int | float) and not isinstance(count, bool):
        fields["retryCount"] = int(count) if int(count) > 0 else USUAL_RETRIES


def _texts(name: str, value: Any) -> tuple[str, ...]:
    items = split_channels(value) if isinstance(value, str) else value
    if not isinstance(items, list | tuple) or not all(isinstance(one, str) for one in items):
        raise DescriptionFault(f"{name} must be a list of texts (quote what begins with # or @)")
    return tuple(stripped for one in items if (stripped := one.strip()))


def _tests(kind: IntegrationType, data: Mapping[str, Any]) -> tuple[Description, ...] | None:
    tests = data.get("tests")
    if tests is None:
        return None
    if not isinstance(tests, list) or not all(isinstance(one, dict) for one in tests):
        raise DescriptionFault("tests must be a list of objects, each with a name")
    check_tests(kind, tests)
    return tuple(tests)


def _text(data: Mapping[str, Any], name: str) -> str:
    value = data.get(name, "")
    if not isinstance(value, str):
        raise DescriptionFault(f"{name} must be a text")
    return value
