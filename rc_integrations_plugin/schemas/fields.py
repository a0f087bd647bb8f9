"""Field types that take JSON's types and nothing near them, and say what is wrong as Ajv does.

Rocket.Chat checks with Ajv; programs that were written against it look at these phrases. What a
type takes, its `describe` says as JSON Schema; the description of the API is made of that.
"""

import math
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, ClassVar

from marshmallow import Schema, ValidationError, fields

from rc_integrations_plugin.errors import InvalidParams
from rc_integrations_plugin.integrations.text import is_storable
from rc_integrations_plugin.integrations.times import read_time

LONGEST = 10_000
STORABLE = r"^[^\u0000]*$"
"""As a pattern; JSON Schema has no words for halves of surrogate pairs."""
_WHOLE = re.compile("[0-9]{1,9}")
_REQUIRED = "must have required property"
_UNKNOWN = "must NOT have additional properties"


def about(description: str, **schema: Any) -> dict[str, Any]:
    """Return a field's option that tells people what it is for, and more of JSON Schema."""
    return {"metadata": {"description": description, **schema}}


class Text(fields.String):
    """A JSON string that every database can hold."""

    default_error_messages = {  # noqa: RUF012 marshmallow's way
        "required": _REQUIRED,
        "null": "must be string",
        "invalid": "must be string",
        "unstorable": "must not hold NUL or half of a surrogate pair",
        "too_long": "must NOT have more than {most} characters",
    }

    def __init__(self, *, most: int = LONGEST, **options: Any) -> None:
        super().__init__(**options)
        self.most = most

    def _deserialize(self, value: Any, *given: Any, **options: Any) -> str:
        text: str = super()._deserialize(value, *given, **options)
        if len(text) > self.most:
            raise self.make_error("too_long", most=self.most)
        if not is_storable(text):
            raise self.make_error("unstorable")
        return text

    def describe(self) -> dict[str, Any]:
        """Return what it takes as JSON Schema."""
        return {"type": "string", "maxLength": self.most, "pattern": STORABLE}


class Flag(fields.Boolean):
    """A JSON boolean; `"true"` and 1 are none."""

    default_error_messages = {  # noqa: RUF012 marshmallow's way
        "required": _REQUIRED,
        "null": "must be boolean",
        "invalid": "must be boolean",
    }

    def _deserialize(self, value: Any, *_given: Any, **_options: Any) -> bool:
        if not isinstance(value, bool):
            raise self.make_error("invalid")
        return value


class Whole(fields.Field[int]):
    """A whole number in a query string."""

    default_error_messages = {  # noqa: RUF012 marshmallow's way
        "required": _REQUIRED,
        "invalid": "must be integer",
    }

    def _deserialize(self, value: Any, *_given: Any, **_options: Any) -> int:
        if not (isinstance(value, str) and _WHOLE.fullmatch(value)):
            raise self.make_error("invalid")
        return int(value)

    def describe(self) -> dict[str, Any]:
        """Return what it takes as JSON Schema."""
        return {"type": "integer", "minimum": 0, "maximum": 999_999_999}


class Moment(fields.Field[datetime]):
    """A time in ISO 8601; in UTC unless it says."""

    default_error_messages = {  # noqa: RUF012 marshmallow's way
        "required": _REQUIRED,
        "null": "must be a time in ISO 8601",
        "invalid": "must be a time in ISO 8601",
    }

    def _deserialize(self, value: Any, *_given: Any, **_options: Any) -> datetime:
        try:
            if isinstance(value, str):
                return read_time(value)
        except ValueError as error:
            raise self.make_error("invalid") from error
        raise self.make_error("invalid")

    def describe(self) -> dict[str, Any]:
        """Return what it takes as JSON Schema, as far as a pattern can tell a time."""
        times = ["2026-03-01", "2026-03-01T12:00:00Z"]
        return {"type": "string", "pattern": r"^\s*[0-9]{4}[0-9W-][\s\S]*$", "examples": times}


class Number(fields.Field[float]):
    """A JSON number between two bounds."""

    default_error_messages = {  # noqa: RUF012 marshmallow's way
        "required": _REQUIRED,
        "null": "must be number",
        "invalid": "must be number",
        "bounds": "must be from {least} to {most}",
    }

    def __init__(self, *, least: float, most: float, **options: Any) -> None:
        super().__init__(**options)
        self.least, self.most = least, most

    def _deserialize(self, value: Any, *_given: Any, **_options: Any) -> float:
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        if not is_number or (isinstance(value, float) and math.isnan(value)):
            raise self.make_error("invalid")
        if not self.least <= value <= self.most:
            raise self.make_error("bounds", least=self.least, most=self.most)
        return float(value)

    def describe(self) -> dict[str, Any]:
        """Return what it takes as JSON Schema."""
        return {"type": "number", "minimum": self.least, "maximum": self.most}


class Texts(fields.Field[tuple[str, ...]]):
    """A JSON list of strings, or one string that `split` makes a list of."""

    default_error_messages = {  # noqa: RUF012 marshmallow's way
        "required": _REQUIRED,
        "null": "must be array",
        "invalid": "must be array",
        "too_many": "must NOT have more than {most} items",
    }

    def __init__(self, *, most: int, split: Callable[[str], Sequence[str]], **options: Any) -> None:
        super().__init__(**options)
        self.most, self.split = most, split
        self.item = Text()

    def _deserialize(self, value: Any, *_given: Any, **_options: Any) -> tuple[str, ...]:
        items = self.split(self.item.deserialize(value)) if isinstance(value, str) else value
        if not isinstance(items, list | tuple):
            raise self.make_error("invalid")
        if isinstance(value, list) and len(value) > self.most:
            raise self.make_error("too_many", most=self.most)
        texts = [text for item in items if (text := self.item.deserialize(item) or "").strip()]
        if len(texts) > self.most:
            raise self.make_error("too_many", most=self.most)
        return tuple(dict.fromkeys(texts))

    def describe(self) -> dict[str, Any]:
        """Return what it takes as JSON Schema."""
        item = self.item.describe()
        listed = {"type": "array", "items": item, "maxItems": self.most}
        return {"anyOf": [listed, {**item, "description": "The same as one text."}]}


class TextMap(fields.Field[dict[str, str]]):
    """A JSON object whose values are strings."""

    default_error_messages = {  # noqa: RUF012 marshmallow's way
        "null": "must be object",
        "invalid": "must be an object of strings",
        "too_many": "must NOT have more than {most} properties",
    }

    def __init__(self, *, most: int, **options: Any) -> None:
        super().__init__(**options)
        self.most = most

    def _deserialize(self, value: Any, *_given: Any, **_options: Any) -> dict[str, str]:
        if not isinstance(value, dict) or any(not isinstance(one, str) for one in value.values()):
            raise self.make_error("invalid")
        if len(value) > self.most:
            raise self.make_error("too_many", most=self.most)
        return value

    def describe(self) -> dict[str, Any]:
        """Return what it takes as JSON Schema."""
        texts = {"type": "string"}
        return {"type": "object", "additionalProperties": texts, "maxProperties": self.most}


class StrictSchema(Schema):
    """A JSON object with these keys and no others."""

    error_messages = {"unknown": _UNKNOWN, "type": "must be object"}  # noqa: RUF012
    rules: ClassVar[Mapping[str, Any]] = {}
    """What no single field says, as JSON Schema."""

    class Meta:
        """Unknown keys are errors."""

        unknown = "raise"


class OpenSchema(StrictSchema):
    """An object whose further keys do not matter."""

    class Meta:
        """Unknown keys are ignored."""

        unknown = "exclude"


def load(schema: Schema, data: Any, *, one_of: bool = False) -> Any:
    """Return what the schema makes of the data.

    Args:
        schema: what the data must look like.
        data: JSON or a query string's fields.
        one_of: whether Rocket.Chat's schema has alternatives, which its answer then mentions.

    Raises:
        InvalidParams: it says every fault, in the order of the fields.
    """
    try:
        return schema.load(data)
    except ValidationError as error:
        phrases = _phrases(error.messages_dict)
        if one_of:
            phrases.append("must match exactly one schema in oneOf")
        raise InvalidParams("\n ".join(phrases)) from error


def _phrases(messages: Mapping[str, Any]) -> list[str]:
    phrases: list[str] = []
    for name, texts in messages.items():
        # an object inside has messages of its own
        phrases += _phrases(texts) if isinstance(texts, dict) else [_phrase(name, texts[0])]
    return list(dict.fromkeys(phrases))


def _phrase(name: str, text: str) -> str:
    if name == "_schema" or text == _UNKNOWN:
        return text
    return f"{text} '{name}'" if text == _REQUIRED else f"{name} {text}"
