"""Field types for JSON that has no form of its own, beside those of `fields`."""

import json
from typing import Any

import orjson
from marshmallow import fields

from rc_integrations_plugin.integrations.text import is_storable
from rc_integrations_plugin.schemas.fields import STORABLE, Text, TextMap

_NAMES = {dict: "object", list: "array"}


class Data(fields.Field[Any]):
    """A JSON object or a list, with anything in it that can be sent and stored as it is."""

    default_error_messages = {  # noqa: RUF012 marshmallow's way
        "required": "must have required property",
        "null": "must be {name}",
        "invalid": "must be {name}",
        "unusable": (
            "must be nested at most 250 levels deep, with numbers of 64 bits and no half of a"
            " surrogate pair"
        ),
    }

    def __init__(self, kind: type[dict[str, Any]] | type[list[Any]], **options: Any) -> None:
        super().__init__(**options)
        self.kind = kind

    def _deserialize(self, value: Any, *_given: Any, **_options: Any) -> Any:
        if not isinstance(value, self.kind):
            raise self.make_error("invalid")
        if not _is_usable(value):
            raise self.make_error("unusable")
        return value

    def make_error(self, key: str, **options: Any) -> Any:
        """Return the error with this key."""
        return super().make_error(key, name=_NAMES[self.kind], **options)

    def describe(self) -> dict[str, Any]:
        """Return what it takes as JSON Schema."""
        return {"type": _NAMES[self.kind], **self.metadata.get("schema", {})}


class Body(Text):
    """The body of an HTTP message: a text as it is, or JSON."""

    default_error_messages = {  # noqa: RUF012 marshmallow's way
        "invalid": "must be string, object or array",
        "null": "must be string, object or array",
        "unusable": Data.default_error_messages["unusable"],
    }

    def _deserialize(self, value: Any, *given: Any, **options: Any) -> str:
        if not isinstance(value, dict | list):
            return super()._deserialize(value, *given, **options)
        if not _is_usable(value):
            raise self.make_error("unusable")
        return json.dumps(value, ensure_ascii=False)

    def describe(self) -> dict[str, Any]:
        """Return what it takes as JSON Schema."""
        text = {"type": "string", "maxLength": self.most, "pattern": STORABLE}
        return {"anyOf": [text, {"type": "object"}, {"type": "array"}]}


class Headers(TextMap):
    """Headers of an HTTP message."""

    default_error_messages = {  # noqa: RUF012 marshmallow's way
        "unstorable": "must not hold NUL or half of a surrogate pair",
    }

    def _deserialize(self, value: Any, *given: Any, **options: Any) -> dict[str, str]:
        headers: dict[str, str] = super()._deserialize(value, *given, **options)
        if not all(map(is_storable, (*headers, *headers.values()))):
            raise self.make_error("unstorable")
        return headers

    def describe(self) -> dict[str, Any]:
        """Return what it takes as JSON Schema."""
        text = {"type": "string", "pattern": STORABLE}
        return {
            "type": "object",
            "additionalProperties": text,
            "propertyNames": text,
            "maxProperties": self.most,
        }


class WholeNumber(fields.Field[int]):
    """A whole JSON number between two bounds."""

    default_error_messages = {  # noqa: RUF012 marshmallow's way
        "required": "must have required property",
        "null": "must be integer",
        "invalid": "must be integer",
        "bounds": "must be from {least} to {most}",
    }

    def __init__(self, *, least: int, most: int, **options: Any) -> None:
        super().__init__(**options)
        self.least, self.most = least, most

    def _deserialize(self, value: Any, *_given: Any, **_options: Any) -> int:
        # JSON knows one kind of numbers: 2.0 is whole
        is_float = isinstance(value, float) and value.is_integer()
        if isinstance(value, bool) or not (isinstance(value, int) or is_float):
            raise self.make_error("invalid")
        if not self.least <= value <= self.most:
            raise self.make_error("bounds", least=self.least, most=self.most)
        return int(value)

    def describe(self) -> dict[str, Any]:
        """Return what it takes as JSON Schema."""
        return {"type": "integer", "minimum": self.least, "maximum": self.most}


def _is_usable(value: Any) -> bool:
    try:
        # what is no number of JSON comes back as null
        return bool(orjson.loads(orjson.dumps(value)) == value)
    except (TypeError, ValueError):
        return False
