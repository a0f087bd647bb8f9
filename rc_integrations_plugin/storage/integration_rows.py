"""Integrations as rows: what both types have in columns, the rest of outgoing ones as JSON."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Row, null, select

from rc_integrations_plugin.host.events import EventName
from rc_integrations_plugin.integrations.records import (
    Editor,
    IncomingIntegration,
    IntegrationType,
    OutgoingIntegration,
    RetryOn,
    ScriptError,
)
from rc_integrations_plugin.storage.json_text import from_json, to_json
from rc_integrations_plugin.storage.tables import integrations

Integration = IncomingIntegration | OutgoingIntegration

_SPECIAL = {"token", "channels", "channel_ids", "created_by", "updated_by", "script_error"}
_IN_COLUMNS = [
    name
    for name in OutgoingIntegration.__dataclass_fields__
    if name in integrations.c and name not in _SPECIAL
]
"""What both types have under the same name, as it is."""
_FLAGS = ("override_destination", "allow_get")
_FORMER = ("previous_token", "previous_token_until")
_ONLY_INCOMING = (*_FLAGS, *_FORMER)
_ONLY_OUTGOING = [
    name
    for name in OutgoingIntegration.__dataclass_fields__
    if name not in integrations.c and name not in _SPECIAL
]
_LISTS = ("urls", "listens_to", "trigger_words")
_COLUMNS = [column for column in integrations.c if column.name != "name_folded"]
_COLUMN_NAMES = [column.name for column in _COLUMNS]

SELECT = select(*_COLUMNS)
"""What `from_row` reads."""
_SCRIPTS = {"script", "script_compiled", "script_error"}
SELECT_WITHOUT_SCRIPTS = select(
    *(null().label(one.name) if one.name in _SCRIPTS else one for one in _COLUMNS)
)
"""The same, without what may be large."""


def to_row(integration: Integration) -> dict[str, Any]:
    """Return the row of an integration."""
    row = {name: getattr(integration, name) for name in _IN_COLUMNS}
    editor, error = integration.updated_by, integration.script_error
    row |= {
        "name_folded": integration.name.casefold(),
        "channels": to_json(integration.channels),
        "channel_ids": to_json(integration.channel_ids) if integration.channel_ids else None,
        "created_by_id": integration.created_by.id,
        "created_by_username": integration.created_by.username,
        "updated_by_id": editor and editor.id,
        "updated_by_username": editor and editor.username,
        "script_error": error
        and to_json({"name": error.name, "message": error.message, "stack": error.stack}),
    }
    return row | _of_type(integration)


def _of_type(integration: Integration) -> dict[str, Any]:
    match integration:
        case IncomingIntegration():
            return {
                "type": IntegrationType.INCOMING.value,
                "token": integration.token,
                "outgoing": None,
                **{name: getattr(integration, name) for name in _ONLY_INCOMING},
            }
        case OutgoingIntegration():
            only_here = {name: getattr(integration, name) for name in _ONLY_OUTGOING}
            return {
                "type": IntegrationType.OUTGOING.value,
                # the column takes no NULL, and an empty token says no more than none
                "token": integration.token or "",
                "outgoing": to_json(only_here),
                **dict.fromkeys(_FLAGS, False),
                **dict.fromkeys(_FORMER),
            }


def from_row(row: Row[Any]) -> Integration:
    """Return the integration of a row."""
    values: dict[str, Any] = dict(zip(_COLUMN_NAMES, row, strict=True))
    kind, outgoing = values.pop("type"), values.pop("outgoing")
    editor_id, editor_name = values.pop("updated_by_id"), values.pop("updated_by_username")
    channels, channel_ids = values.pop("channels"), values.pop("channel_ids")
    error = values.pop("script_error")
    values |= {
        "created_by": Editor(values.pop("created_by_id"), values.pop("created_by_username")),
        "updated_by": None if editor_id is None else Editor(editor_id, editor_name),
        "channels": tuple(from_json(channels)),
        "channel_ids": {} if channel_ids is None else from_json(channel_ids),
        "script_error": None if error is None else ScriptError(**from_json(error)),
    }
    if kind == IntegrationType.INCOMING.value:
        return IncomingIntegration(**values)
    return _outgoing(values, from_json(outgoing))


def _outgoing(values: dict[str, Any], only_here: Mapping[str, Any]) -> OutgoingIntegration:
    for name in _ONLY_INCOMING:
        del values[name]
    values |= only_here
    values |= {name: tuple(values[name]) for name in _LISTS}
    values["token"] = values["token"] or None
    values["event"] = EventName(values["event"])
    values["retry_on"] = RetryOn(values["retry_on"])
    return OutgoingIntegration(**values)
