"""JSON in text columns, with whatever a chat or a script puts into it."""

import json
from collections.abc import Mapping
from typing import Any

import orjson


def to_json(value: Any) -> str:
    """Return the value as JSON that every database takes: NUL and such are escaped."""
    try:
        return orjson.dumps(value, default=_plain).decode()
    except TypeError:
        # orjson knows no halves of surrogate pairs, and no numbers beyond 64 bits
        return json.dumps(value, default=_plain)


def from_json(text: str) -> Any:
    """Return what the JSON says."""
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        return json.loads(text)


def to_json_or_none(value: Any) -> str | None:
    """Return the value as JSON, or None for None."""
    return None if value is None else to_json(value)


def from_json_or_none(text: str | None) -> Any:
    """Return what the JSON says, or None where there is none."""
    return None if text is None else from_json(text)


def _plain(value: object) -> object:
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"{type(value).__name__} is not JSON")
