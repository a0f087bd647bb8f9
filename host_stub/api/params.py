"""Reads what a request brings: JSON, a form or a query string, checked for types.

Nothing that gets past here holds NUL or half of a surrogate pair, or is nested absurdly deep.
"""

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, NoReturn

from flask import request

from host_stub.chat.refusals import ChatRefused, invalid_params
from host_stub.chat.server import current_chat
from host_stub.chat.text import is_storable

DEFAULT_COUNT = 50
COUNT_LIMIT = 1000
OFFSET_LIMIT = 2**31
_DEPTH_LIMIT = 32


class Params:
    """Named values of one request. Each reader raises ChatRefused for a value of a wrong type."""

    def __init__(self, values: Mapping[str, Any]) -> None:
        self.values = values

    def find_text(self, *names: str) -> str | None:
        """Return the first of these that is given and not blank."""
        for name in names:
            value = self.values.get(name)
            if value is None or value == "":
                continue
            if not isinstance(value, str):
                raise invalid_params(f"must be string: '{name}'")
            return value
        return None

    def text(self, *names: str) -> str:
        """Return the first of these that is given and not blank, or refuse."""
        found = self.find_text(*names)
        if found is None:
            raise invalid_params(f"must have required property '{names[0]}'")
        return found

    def flag(self, name: str, *, default: bool = False) -> bool:
        """Return a boolean; forms write it as a word."""
        value = self.values.get(name)
        if value is None or value == "":
            return default
        if isinstance(value, bool):
            return value
        words = {"true": True, "1": True, "false": False, "0": False}
        if not isinstance(value, str) or value.lower() not in words:
            raise invalid_params(f"must be boolean: '{name}'")
        return words[value.lower()]

    def texts(self, name: str) -> list[str]:
        """Return a list of texts, also if it is written as one text with commas."""
        value = self.values.get(name)
        if value is None:
            return []
        if isinstance(value, str):
            value = value.split(",")
        if not isinstance(value, list) or not all(isinstance(part, str) for part in value):
            raise invalid_params(f"must be a list of strings: '{name}'")
        return [part.strip() for part in value if part.strip()]

    def objects(self, name: str) -> list[dict[str, Any]]:
        """Return a list of objects."""
        value = self.values.get(name)
        if value is None:
            return []
        if not isinstance(value, list) or not all(isinstance(part, dict) for part in value):
            raise invalid_params(f"must be a list of objects: '{name}'")
        return value

    def find_object(self, name: str) -> dict[str, Any] | None:
        """Return an object, or None where it is not given."""
        value = self.values.get(name)
        if value is not None and not isinstance(value, dict):
            raise invalid_params(f"must be object: '{name}'")
        return value

    def find_time(self, name: str) -> datetime | None:
        """Return a time, written as in JSON's dates."""
        value = self.find_text(name)
        if value is None:
            return None
        try:
            time = datetime.fromisoformat(value)
            return (time if time.tzinfo else time.replace(tzinfo=UTC)).astimezone(UTC)
        except (ValueError, OverflowError):
            raise invalid_params(f"must be a date: '{name}'") from None

    def page(self) -> tuple[int, int]:
        """Return offset and count of a list; a count of 0 asks for as many as there may be."""
        offset = self._number("offset", default=0, limit=OFFSET_LIMIT)
        count = self._number("count", default=DEFAULT_COUNT, limit=COUNT_LIMIT)
        return offset, count or COUNT_LIMIT

    def _number(self, name: str, *, default: int, limit: int) -> int:
        value = self.values.get(name)
        if value is None or value == "":
            return default
        if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
            return min(value, limit)
        digits = value if isinstance(value, str) else ""
        if not (digits.isascii() and digits.isdigit() and len(digits) < 20):
            raise invalid_params(f"must be a number from 0 on: '{name}'")
        return min(int(digits), limit)


def read_query() -> Params:
    """Return the parameters of the query string."""
    return _checked(_fields(request.args))


def read_body() -> Params:
    """Return the parameters of a body: JSON whatever the header says, or a form."""
    request.max_content_length = current_chat().settings.body_bytes
    if request.mimetype == "multipart/form-data":
        return read_form(limit=current_chat().settings.body_bytes)
    raw = request.get_data()
    if not raw.strip():
        return Params({})
    is_form = request.mimetype == "application/x-www-form-urlencoded"
    if is_form and not raw.lstrip().startswith(b"{"):
        return _checked(_fields(request.form))
    values = _parse_json(raw)
    if not isinstance(values, dict):
        raise invalid_params("must be object")
    return _checked(values)


def read_form(*, limit: int) -> Params:
    """Return the fields of a form that may bring files."""
    request.max_content_length = limit
    return _checked(_fields(request.form))


def _fields(form: Mapping[str, str]) -> dict[str, Any]:
    lists = getattr(form, "lists", None)
    pairs = lists() if lists else form.items()
    # a name that ends in [] may come several times: usernames[]=a&usernames[]=b
    return {
        name.removesuffix("[]"): list(given) if name.endswith("[]") else given[0]
        for name, given in pairs
    }


def _parse_json(raw: bytes) -> Any:
    try:
        return json.loads(raw.decode(), parse_constant=_no_constant)
    except (ValueError, RecursionError):
        raise ChatRefused("invalid-params", "The body is not JSON") from None


def _no_constant(name: str) -> NoReturn:
    raise ValueError(name)


def _checked(values: dict[str, Any]) -> Params:
    for depth, text in _texts(values):
        if depth > _DEPTH_LIMIT:
            raise invalid_params("The body is nested too deep")
        if not is_storable(text):
            raise invalid_params("The body holds a character that is not text")
    return Params(values)


def _texts(root: Any) -> Iterator[tuple[int, str]]:
    """Yield every text, keys too, with its depth; a container that is too deep ends the walk."""
    waiting = [(0, root)]
    while waiting:
        depth, value = waiting.pop()
        if isinstance(value, str):
            yield depth, value
        elif isinstance(value, dict | list):
            if depth > _DEPTH_LIMIT:
                yield depth, ""
            parts = [*value, *value.values()] if isinstance(value, dict) else value
            waiting += [(depth + 1, part) for part in parts]
