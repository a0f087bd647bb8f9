"""Integrations as Rocket.Chat's REST list and exports of its database hold them."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any

from rc_integrations_plugin.integrations.records import IntegrationType
from rc_integrations_plugin.integrations.text import is_storable
from rc_integrations_plugin.schemas.incoming import IncomingForm, read_new_incoming
from rc_integrations_plugin.schemas.outgoing import read_new_outgoing
from rc_integrations_plugin.schemas.outgoing_form import OutgoingForm

LONGEST_ID = 64
_COMMON = ("name", "username", "alias", "avatar", "emoji", "script", "scriptEngine")
_INCOMING_FLAGS = ("enabled", "scriptEnabled", "skipTranspile", "overrideDestinationChannelEnabled")
_OUTGOING_FLAGS = (
    *("enabled", "scriptEnabled", "skipTranspile", "triggerWordAnywhere", "runOnEdits"),
    *("impersonateUser", "retryFailedCalls"),
)
_OUTGOING = ("event", "token", "targetRoom", "retryDelay")
_NAMELESS = "(without name)"


class ExportFault(ValueError):
    """A file is no export, or one integration in it cannot be read; the text says why."""


@dataclass(frozen=True, kw_only=True)
class Exported:
    """One integration of another server."""

    id: str
    type: IntegrationType
    token: str | None = field(repr=False)
    form: IncomingForm | OutgoingForm
    user_id: str
    """The one that it posts as had there."""
    created_at: datetime | None
    creator_id: str
    creator: str


def read_documents(text: str) -> list[Any]:
    """Return the documents of a REST answer, a JSON list, or of one JSON object in a line.

    MongoDB's extended JSON is turned into plain JSON.

    Raises:
        ExportFault: it is something else.
    """
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        data = _read_lines(text)
    match data:
        case {"integrations": list(documents)} | list(documents):
            return [_plain(document) for document in documents]
        case {"_id": _}:
            return [_plain(data)]
    raise ExportFault("is neither an answer of integrations.list nor an export of MongoDB")


def _read_lines(text: str) -> list[Any]:
    try:
        return [json.loads(line) for line in text.splitlines() if line.strip()]
    except (ValueError, RecursionError) as error:
        raise ExportFault("is no JSON that can be read") from error


def _plain(value: Any) -> Any:
    """Return extended JSON without its types: `{"$numberInt": "5"}` is 5."""
    if isinstance(value, list):
        return [_plain(one) for one in value]
    if not isinstance(value, dict):
        return value
    plain = {key: _plain(one) for key, one in value.items()}
    kind = next(iter(plain)) if len(plain) == 1 else ""
    read = _EXTENDED.get(kind)
    return plain if read is None else read(plain[kind])


def _number(text: Any, kind: type[int] | type[float]) -> Any:
    try:
        return kind(text)
    except (TypeError, ValueError):
        return text


def _date(milliseconds: Any) -> Any:
    """Return ISO 8601, which new exports hold already."""
    try:
        return datetime.fromtimestamp(milliseconds / 1000, UTC).isoformat()
    except (TypeError, ValueError, OverflowError, OSError):
        return milliseconds


_EXTENDED: Mapping[str, Callable[[Any], Any]] = MappingProxyType(
    {
        "$oid": str,
        "$symbol": str,
        "$date": _date,
        "$numberInt": lambda number: _number(number, int),
        "$numberLong": lambda number: _number(number, int),
        "$numberDouble": lambda number: _number(number, float),
        "$numberDecimal": lambda number: _number(number, float),
        "$undefined": lambda _: None,
    }
)


def read_exported(document: Any) -> Exported:
    """Return one integration; what Rocket.Chat left out is as usual there.

    Raises:
        ExportFault: it has no id, no type or no token, or a field cannot be understood.
        InvalidParams: as `read_new_incoming` and `read_new_outgoing`.
    """
    if not isinstance(document, dict):
        raise ExportFault("is no object")
    integration_id: Any = document.get("_id")
    if not _is_text(integration_id) or len(integration_id) > LONGEST_ID:
        raise ExportFault(f"its _id must be a text of at most {LONGEST_ID} characters")
    kind, token = _read_type(document), document.get("token")
    if kind is IntegrationType.INCOMING and not _is_text(token):
        raise ExportFault("it has no token: was it hidden from who asked for the list?")
    creator = document.get("_createdBy")
    creator = creator if isinstance(creator, dict) else {}
    return Exported(
        id=integration_id,
        type=kind,
        token=token if _is_text(token) else None,
        form=_read_form(kind, document),
        user_id=_text(document.get("userId") or ""),
        created_at=_moment(document.get("_createdAt")),
        creator_id=_text(creator.get("_id") or ""),
        creator=_text(creator.get("username") or ""),
    )


def _read_type(document: Mapping[str, Any]) -> IntegrationType:
    try:
        return IntegrationType(str(document.get("type")))
    except ValueError:
        raise ExportFault("its type is neither webhook-incoming nor webhook-outgoing") from None


def _read_form(kind: IntegrationType, document: Mapping[str, Any]) -> IncomingForm | OutgoingForm:
    is_outgoing = kind is IntegrationType.OUTGOING
    body = {name: document.get(name) for name in _COMMON}
    flags = _OUTGOING_FLAGS if is_outgoing else _INCOMING_FLAGS
    body |= {name: _flag(document.get(name)) for name in flags}
    body |= {"type": kind.value, "channel": _joined(document.get("channel"))}
    body["name"] = body["name"] or _NAMELESS
    body["username"] = body["username"] or ""
    if body["scriptEngine"] == "":
        body["scriptEngine"] = None
    if not is_outgoing:
        return read_new_incoming(body)
    body |= {name: document.get(name) for name in _OUTGOING}
    body |= {name: _listed(document.get(name)) for name in ("urls", "triggerWords")}
    body["retryCount"] = _count(document.get("retryCount"))
    return read_new_outgoing(body)


def _flag(value: Any) -> bool:
    return value is True or value in ("true", "on", 1)


def _joined(value: Any) -> Any:
    is_list = isinstance(value, list) and all(isinstance(one, str) for one in value)
    return ",".join(value) if is_list else value or ""


def _listed(value: Any) -> Any:
    # early releases stored one text
    return [] if value is None else value


def _count(value: Any) -> Any:
    return _number(value, int) if isinstance(value, str) and value else value or None


def _moment(value: Any) -> datetime | None:
    if not isinstance(value, str):
        return None
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip()) and is_storable(value)


def _text(value: Any) -> str:
    return value if isinstance(value, str) and is_storable(value) else ""
