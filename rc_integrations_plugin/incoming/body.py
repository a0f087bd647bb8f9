"""The body of a call, in any of the forms that senders use; docs/incoming.md lists them."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from io import BytesIO
from typing import Any
from urllib.parse import parse_qsl, unquote_plus

import orjson
from werkzeug.exceptions import HTTPException
from werkzeug.formparser import FormDataParser
from werkzeug.http import parse_options_header

from rc_integrations_plugin.errors import InvalidRequest
from rc_integrations_plugin.incoming.encoding import decode_text
from rc_integrations_plugin.integrations.nesting import is_deeper

MAX_DEPTH = 100
MAX_FIELDS = 1000
PAYLOAD_NOT_OBJECT = "Integration payload must be a JSON object, not an array or primitive"
EXPECTED = (
    'Send a JSON object such as {"text": "Hello"}, form fields such as text=Hello, '
    "or a form field payload that holds the JSON object"
)

FORM = "application/x-www-form-urlencoded"
_JSON_TYPES = frozenset({"application/json", "text/json", "application/x-json"})
_USUAL_MISTAKES = frozenset({"", FORM, "text/plain"})
"""What the types of JSON bodies are instead, by default of curl and other clients."""


@dataclass(frozen=True, kw_only=True)
class HookBody:
    """What a call carries."""

    content: dict[str, Any] = field(default_factory=dict)
    """Empty where there is nothing, or nothing but text."""
    raw: str = ""
    problem: InvalidRequest | None = None
    """Why `content` is empty although the body is not: no message, but a script may read `raw`."""


def read_body(data: bytes, content_type: str) -> HookBody:
    """Return what a body holds.

    Raises:
        InvalidRequest: it was meant to be JSON or a form, and is not.
    """
    if not data:
        return HookBody()
    kind, options = parse_options_header(content_type)
    kind = kind.lower()
    if kind == "multipart/form-data":
        return _read_multipart(data, kind, options)
    return _read_text(decode_text(data, options.get("charset", "utf-8")), kind)


def _read_text(raw: str, kind: str) -> HookBody:
    text = raw.strip()
    if not text:
        return HookBody(raw=raw)
    if _is_meant_as_json(kind, text):
        return _from_value(read_json(text, whole=raw), raw)
    if (kind == FORM and "=" in text) or text.startswith(("payload=", "%7B", "%7b")):
        return _read_form(text, raw)
    return _read_other(text, raw)


def _is_meant_as_json(kind: str, text: str) -> bool:
    if kind in _JSON_TYPES or kind.endswith("+json"):
        return True
    return kind in _USUAL_MISTAKES and text.startswith("{")


def read_json(text: str, *, whole: str, what: str = "The body") -> Any:
    """Return the value of a JSON text; of equal keys the last one counts.

    Args:
        text: without blanks around it.
        whole: the text with the blanks, from whose beginning positions are counted.
        what: what to call it in an error.

    Raises:
        InvalidRequest: it is no JSON, or nested too deeply; the reason names the position.
    """
    try:
        value = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        # only now is it worth counting the blanks before the text
        at = error.pos + whole.find(text)
        line = whole.count("\n", 0, at) + 1
        column = at - whole.rfind("\n", 0, at)
        raise InvalidRequest(
            f"{what} is not valid JSON: {error.msg} at line {line}, column {column} "
            f"(character {at})"
        ) from None
    # every level of depth needs a bracket: counting them is much faster than walking
    if text.count("{") + text.count("[") > MAX_DEPTH and is_deeper(value, MAX_DEPTH):
        raise InvalidRequest(f"{what} is nested more than {MAX_DEPTH} levels deep")
    return value


def _from_value(value: Any, raw: str) -> HookBody:
    if isinstance(value, dict):
        return HookBody(content=value, raw=raw)
    found = "an array" if isinstance(value, list) else "a single value"
    return HookBody(
        raw=raw, problem=InvalidRequest(f"The body is {found}, not an object. {EXPECTED}")
    )


def _read_form(text: str, raw: str) -> HookBody:
    if text.startswith("payload="):
        # Not encoded at all? Then plus, percent and ampersand mean themselves.
        literal = text.removeprefix("payload=").strip()
        if literal.startswith("{"):
            try:
                return HookBody(content=_read_payload(literal), raw=raw)
            except InvalidRequest:
                if "&" not in literal and "%" not in literal:
                    raise
    elif text[:3] in {"%7B", "%7b"}:
        plain = unquote_plus(text).strip()
        return _from_value(read_json(plain, whole=plain), raw)
    fields = _parse_fields(text)
    return replace(_from_fields(fields), raw=raw)


def _parse_fields(text: str) -> dict[str, str]:
    try:
        return dict(
            parse_qsl(text, keep_blank_values=True, errors="replace", max_num_fields=MAX_FIELDS)
        )
    except ValueError:
        raise InvalidRequest(f"The form has more than {MAX_FIELDS} fields") from None


def _from_fields(fields: dict[str, str]) -> HookBody:
    """Return the fields as content, or the JSON in the field `payload`."""
    payload = fields.get("payload")
    if payload is None or not payload.strip():
        return HookBody(content=dict(fields))
    try:
        return HookBody(content=_read_payload(payload))
    except InvalidRequest:
        # a form of its own, which happens to have a field of this name
        if fields.keys() & {"text", "msg", "attachments"}:
            return HookBody(content=dict(fields))
        raise


def _read_payload(text: str) -> dict[str, Any]:
    value = read_json(text.strip(), whole=text, what="The field payload")
    if not isinstance(value, dict):
        raise InvalidRequest(PAYLOAD_NOT_OBJECT, code=PAYLOAD_NOT_OBJECT)
    return value


def _read_multipart(data: bytes, kind: str, options: Mapping[str, str]) -> HookBody:
    parser = FormDataParser(
        stream_factory=_open_in_memory,
        max_form_memory_size=None,
        max_form_parts=MAX_FIELDS,
        silent=False,
    )
    try:
        _, form, files = parser.parse(BytesIO(data), kind, len(data), dict(options))
    except (ValueError, HTTPException):
        raise InvalidRequest("The multipart form is damaged or has too many parts") from None
    fields = {name: form.getlist(name)[-1] for name in form}
    if "payload" in files and "payload" not in fields:
        # curl -F payload=@message.json
        fields["payload"] = decode_text(files["payload"].read())
    return replace(_from_fields(fields), raw=decode_text(data))


def _open_in_memory(*_: object, **_named: object) -> BytesIO:
    """Return where a file's bytes go; werkzeug's own way would open temporary files."""
    return BytesIO()


def _read_other(text: str, raw: str) -> HookBody:
    """Read what its sender calls neither JSON nor a form: perhaps it is JSON all the same."""
    if not text.startswith(("{", "[")):
        return HookBody(
            raw=raw,
            problem=InvalidRequest(f"The body is text, neither JSON nor a form. {EXPECTED}"),
        )
    try:
        return _from_value(read_json(text, whole=raw), raw)
    except InvalidRequest as problem:
        return HookBody(raw=raw, problem=problem)
