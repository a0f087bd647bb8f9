"""What each change of an integration leaves behind: who, what, before and after, without secrets.

Fields have the management API's names. Of a secret a row says whether there is one; of a script
its version and size. Where nothing that may be shown differs, `after` says "changed".
"""

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from rc_integrations_plugin.integrations.masks import Mask
from rc_integrations_plugin.integrations.permissions import type_of
from rc_integrations_plugin.integrations.records import (
    Editor,
    IncomingIntegration,
    IntegrationType,
    OutgoingIntegration,
)
from rc_integrations_plugin.integrations.tokens import new_id

Integration = IncomingIntegration | OutgoingIntegration
Fields = Mapping[str, Any]
SET, NOT_SET, CHANGED = "set", "not set", "changed"

_NAMES: Mapping[str, str] = MappingProxyType(
    {
        "name": "name",
        "enabled": "enabled",
        "disabled_reason": "disabledReason",
        "event": "event",
        "username": "username",
        "user_id": "userId",
        "channels": "channel",
        "channel_ids": "channelIds",
        "bound_to_rooms": "boundToRooms",
        "urls": "urls",
        "trigger_words": "triggerWords",
        "trigger_word_anywhere": "triggerWordAnywhere",
        "target_room": "targetRoom",
        "token": "token",
        "previous_token_until": "previousTokenUntil",
        "signing_secret": "signingSecret",
        "headers": "headers",
        "basic_auth": "basicAuth",
        "override_destination": "overrideDestinationChannelEnabled",
        "allow_get": "allowGet",
        "run_on_edits": "runOnEdits",
        "impersonate_user": "impersonateUser",
        "alias": "alias",
        "avatar": "avatar",
        "emoji": "emoji",
        "retry_failed_calls": "retryFailedCalls",
        "retry_count": "retryCount",
        "retry_delay": "retryDelay",
        "retry_on": "retryOn",
        "timeout_seconds": "timeout",
        "calls_at_once": "callsAtOnce",
        "script_enabled": "scriptEnabled",
        "script_engine": "scriptEngine",
        "skip_transpile": "skipTranspile",
    }
)
"""What of the records is told, but for the script."""
_SECRETS = ("token", "signing_secret", "basic_auth")
_OF_SWITCH = {"enabled", "disabledReason", "channelIds", "userId", "boundToRooms"}
"""Rooms and users may have other ids when it is switched on again, and another owner."""
_OF_TOKEN = {"token", "previousTokenUntil"}


class AuditAction(StrEnum):
    """What was done."""

    CREATED = "created"
    IMPORTED = "imported"
    UPDATED = "updated"
    ENABLED = "enabled"
    DISABLED = "disabled"
    TOKEN_RENEWED = "token-renewed"  # noqa: S105 - is none
    HISTORY_CLEARED = "history-cleared"
    TESTS_CHANGED = "tests-changed"
    REMOVED = "removed"


@dataclass(frozen=True, kw_only=True)
class AuditEntry:
    """One change."""

    id: str = field(default_factory=new_id)
    integration_id: str
    at: datetime
    action: AuditAction
    type: IntegrationType
    name: str
    """Of the integration, after the change."""
    by: Editor | None
    """None where the server did it."""
    before: Fields = field(default_factory=dict)
    after: Fields = field(default_factory=dict)


@dataclass(frozen=True)
class ScriptChange:
    """What is told of a script before and after a change; None where there was or is none."""

    before: Fields | None = None
    after: Fields | None = None
    broken_tests: Sequence[str] = ()
    """Names of the tests that it breaks, where it was stored all the same."""


def describe_script(source: str, *, version: int, same_as: int | None = None) -> Fields:
    """Return what is told of a script.

    Args:
        source: its text.
        version: its number.
        same_as: the earlier version that was put back.
    """
    told = {"version": version, "characters": len(source)}
    return told if same_as is None else {**told, "sameAs": same_as}


def entry_of_new(
    new: Integration, *, at: datetime, by: Editor | None, imported: bool, script: ScriptChange
) -> AuditEntry:
    """Return the entry of an integration that was made, or came from another server."""
    action = AuditAction.IMPORTED if imported else AuditAction.CREATED
    _, after = _differences(None, new)
    after |= _told("script", script.after) | _told_broken(script)
    return _entry(new, action, at, by, after=after)


def entry_of_change(
    old: Integration, new: Integration, *, script: ScriptChange
) -> AuditEntry | None:
    """Return the entry of a change, or None where nothing differs that anybody could have meant."""
    before, after = _differences(old, new)
    before |= _told("script", script.before)
    after |= _told("script", script.after) | _told_broken(script)
    if not before and not after:
        return None
    action = _action(new, before.keys() | after.keys())
    return _entry(new, action, new.updated_at, new.updated_by, before=before, after=after)


def entry_of_removal(
    old: Integration, *, at: datetime, by: Editor | None, script: ScriptChange
) -> AuditEntry:
    """Return the entry of an integration that is no more."""
    before, _ = _differences(old, None)
    before |= _told("script", script.before)
    return _entry(old, AuditAction.REMOVED, at, by, before=before)


def entry_of_clearing(integration: Integration, *, at: datetime, by: Editor) -> AuditEntry:
    """Return the entry of an integration whose history is forgotten."""
    return _entry(integration, AuditAction.HISTORY_CLEARED, at, by)


def entry_of_tests(
    integration: Integration,
    *,
    at: datetime,
    by: Editor,
    before: Fields | None = None,
    after: Fields | None = None,
) -> AuditEntry:
    """Return the entry of an integration whose script got other tests."""
    return _entry(integration, AuditAction.TESTS_CHANGED, at, by, before=before, after=after)


def entry_of_switch_off(
    integration_id: str, kind: IntegrationType, name: str, *, reason: str, at: datetime
) -> AuditEntry:
    """Return the entry of an integration that the server switched off."""
    return AuditEntry(
        integration_id=integration_id,
        at=at,
        action=AuditAction.DISABLED,
        type=kind,
        name=name,
        by=None,
        before={"enabled": True},
        after={"enabled": False, "disabledReason": Mask().text(reason)},
    )


def _entry(
    integration: Integration,
    action: AuditAction,
    at: datetime,
    by: Editor | None,
    *,
    before: Fields | None = None,
    after: Fields | None = None,
) -> AuditEntry:
    return AuditEntry(
        integration_id=integration.id,
        at=at,
        action=action,
        type=type_of(integration),
        name=integration.name,
        by=by,
        before=before or {},
        after=after or {},
    )


def _action(new: Integration, changed: set[str]) -> AuditAction:
    if "enabled" in changed and changed <= _OF_SWITCH:
        return AuditAction.ENABLED if new.enabled else AuditAction.DISABLED
    if isinstance(new, IncomingIntegration) and "token" in changed and changed <= _OF_TOKEN:
        return AuditAction.TOKEN_RENEWED
    return AuditAction.UPDATED


def _told(name: str, value: Any) -> dict[str, Any]:
    return {} if value is None else {name: value}


def _told_broken(script: ScriptChange) -> dict[str, Any]:
    return {"brokenTests": list(script.broken_tests)} if script.broken_tests else {}


def _differences(
    old: Integration | None, new: Integration | None
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the fields that differ, before and after; what is not there has what is usual."""
    mask = Mask(*_secrets_of(old), *_secrets_of(new))
    before: dict[str, Any] = {}
    after: dict[str, Any] = {}
    for name, was, becomes in _differing(old, new):
        told = _NAMES[name]
        before[told], after[told] = _shown(name, was, mask), _shown(name, becomes, mask)
        if before[told] == after[told]:
            after[told] = CHANGED
    return before, after


def _differing(
    old: Integration | None, new: Integration | None
) -> Iterator[tuple[str, object, object]]:
    known = {one.name: one for one in dataclasses.fields(OutgoingIntegration)}
    known |= {one.name: one for one in dataclasses.fields(IncomingIntegration)}
    for name in _NAMES:
        usual = known[name].default
        was, becomes = (_value(one, name, usual) for one in (old, new))
        if was != becomes:
            yield name, was, becomes


def _value(integration: Integration | None, name: str, usual: object) -> object:
    """Return a field's value; None for an empty text or list, which says no more."""
    value = getattr(integration, name, None if usual is dataclasses.MISSING else usual)
    return None if value in ("", (), {}) else value


def _shown(name: str, value: Any, mask: Mask) -> Any:
    if name in _SECRETS:
        return NOT_SET if value is None else SET
    if name == "headers":
        return sorted(value or ())
    return _json(value, mask)


def _json(value: Any, mask: Mask) -> Any:
    match value:
        case StrEnum():
            value = value.value
        case str():
            value = mask.text(value)
        case tuple():
            value = [mask.text(one) for one in value]
        case datetime():
            value = value.isoformat(timespec="seconds")
        case Mapping():
            value = dict(value)
    return value


def _secrets_of(integration: Integration | None) -> Iterator[str]:
    for name in (*_SECRETS, "previous_token"):
        yield getattr(integration, name, None) or ""
    if isinstance(integration, OutgoingIntegration):
        yield (integration.basic_auth or "").partition(":")[2]
        yield from integration.headers.values()
