"""From an integration to the texts in a form, and from the texts to what the API takes.

Secrets that are stored never become texts: a form says what shall be done with each.
"""

import math
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from rc_integrations_plugin.admin.form_field import Field, Kind
from rc_integrations_plugin.admin.form_fields import fields_of
from rc_integrations_plugin.integrations.permissions import type_of
from rc_integrations_plugin.integrations.records import (
    IncomingIntegration,
    IntegrationType,
    OutgoingIntegration,
)
from rc_integrations_plugin.integrations.tokens import new_token

Integration = IncomingIntegration | OutgoingIntegration
Values = Mapping[str, str]

YES = "yes"
MASK = "***"
"""In place of a header's stored value."""
KEEP, MAKE, SET, REMOVE, NONE = "keep", "make", "set", "remove", "none"
_HIDDEN = ("token", "signingSecret", "basicAuth")

_READERS: Mapping[str, Callable[[Any], Any]] = MappingProxyType(
    {
        "enabled": lambda one: one.enabled,
        "name": lambda one: one.name,
        "channel": lambda one: ", ".join(one.channels),
        "username": lambda one: one.username,
        "alias": lambda one: one.alias,
        "avatar": lambda one: one.avatar,
        "emoji": lambda one: one.emoji,
        "overrideDestinationChannelEnabled": lambda one: one.override_destination,
        "allowGet": lambda one: one.allow_get,
        "scriptEnabled": lambda one: one.script_enabled,
        "script": lambda one: one.script,
        "skipTranspile": lambda one: one.skip_transpile,
        "event": lambda one: one.event.value,
        "triggerWords": lambda one: ", ".join(one.trigger_words),
        "targetRoom": lambda one: one.target_room,
        "urls": lambda one: "\n".join(one.urls),
        "impersonateUser": lambda one: one.impersonate_user,
        "retryFailedCalls": lambda one: one.retry_failed_calls,
        "retryCount": lambda one: one.retry_count,
        "retryDelay": lambda one: one.retry_delay,
        "retryOn": lambda one: one.retry_on.value,
        "triggerWordAnywhere": lambda one: one.trigger_word_anywhere,
        "runOnEdits": lambda one: one.run_on_edits,
        "timeout": lambda one: one.timeout_seconds,
        "callsAtOnce": lambda one: one.calls_at_once,
        "headers": lambda one: "\n".join(f"{name}: {MASK}" for name in one.headers),
    }
)


class Unreadable(Exception):
    """A text is not what its field takes; `faults` has a sentence for each such field."""

    def __init__(self, faults: Mapping[str, str]) -> None:
        super().__init__(", ".join(faults))
        self.faults = faults


def usual_values(kind: IntegrationType) -> Values:
    """Return what is in a new form."""
    return {one.name: one.usual for one in fields_of(kind)}


def values_of(integration: Integration) -> Values:
    """Return what is in the form of an integration; secrets are left out."""
    return {
        one.name: _text(_READERS[one.name](integration))
        for one in fields_of(type_of(integration))
        if one.kind is not Kind.SECRET
    }


def typed_values(kind: IntegrationType, form: Mapping[str, str]) -> Values:
    """Return what somebody typed; what is done with a secret is at its name and `_action`."""
    names = [one.name for one in fields_of(kind)]
    names += [f"{name}_action" for name in _HIDDEN if name in names]
    # browsers send line ends as \r\n, whatever was there
    return {name: _lines(form.get(name, "")) for name in names}


def build_body(kind: IntegrationType, values: Values, stored: Integration | None) -> dict[str, Any]:
    """Return the body that creates or, with `stored`, updates an integration.

    Raises:
        Unreadable: a number is none, or a header has no value.
    """
    faults: dict[str, str] = {}
    body: dict[str, Any] = {"type": kind.value}
    for one in fields_of(kind):
        try:
            body |= _entry(one, values, stored)
        except ValueError as error:
            faults[one.name] = str(error)
    if faults:
        raise Unreadable(faults)
    if stored is None:
        said = {name: value for name, value in body.items() if value is not None and value != ""}
        return {"name": "", **said}
    return body | {"integrationId": stored.id}


def _entry(one: Field, values: Values, stored: Integration | None) -> dict[str, Any]:
    text = values.get(one.name, "")
    if one.needed and not text.strip():
        raise ValueError("This is needed.")
    if one.kind is Kind.SECRET:
        return _secret(one, text, values.get(f"{one.name}_action", ""))
    return {one.name: _value(one, text, stored)}


def _value(one: Field, text: str, stored: Integration | None) -> Any:
    match one.kind, one.name:
        case Kind.FLAG, _:
            value: Any = text == YES
        case Kind.NUMBER, _:
            value = _number(text)
        case _, "headers":
            value = _headers(text, stored) or None
        case _, "script":
            value = _script(text, stored)
        case _, "channel":
            value = ",".join(part.strip() for part in text.split(","))
        case _:
            value = text if one.kind is Kind.LINES else text.strip()
    return value


def _secret(one: Field, text: str, action: str) -> dict[str, Any]:
    text = text.strip()
    # without scripts the text may be filled in beside another choice
    if text:
        return {one.name: text}
    if action == SET:
        raise ValueError("Type it, or make another choice.")
    if action == MAKE and one.can_be_made:
        return {one.name: new_token() if one.name == "token" else True}
    if action == REMOVE and one.can_be_removed:
        return {one.name: None}
    return {}


def _number(text: str) -> float | None:
    if not text.strip():
        return None
    try:
        number = float(text.replace(",", "."))
    except ValueError:
        raise ValueError("This must be a number.") from None
    if not math.isfinite(number):
        raise ValueError("This must be a number.")
    return number


def _headers(text: str, stored: Integration | None) -> dict[str, str]:
    kept = dict(stored.headers) if isinstance(stored, OutgoingIntegration) else {}
    known = {name.lower(): value for name, value in kept.items()}
    headers: dict[str, str] = {}
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        name, colon, value = (part.strip() for part in line.partition(":"))
        if not colon or not name:
            raise ValueError(f"Line {number} is not of the form “Name: value”.")
        if name in headers:
            raise ValueError(f"{name} is there twice.")
        if value == MASK:
            if name.lower() not in known:
                raise ValueError(f"No value of {name} is stored: type it.")
            value = known[name.lower()]
        headers[name] = value
    return headers


def _script(text: str, stored: Integration | None) -> str:
    before = (stored.script if stored else None) or ""
    # another end of lines is no change
    return before if _lines(before) == text else text


def _lines(text: str) -> str:
    return text.replace("\r\n", "\n")


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return YES if value else ""
    if isinstance(value, float):
        return f"{value:g}"
    return "" if value is None else _lines(str(value))
