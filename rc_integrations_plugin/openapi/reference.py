"""The description as people read it: operations and schemas as rows of tables."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

_REFERENCE = "#/components/schemas/"
_NAMES = {"array": "list", "null": "null"}
Json = Mapping[str, Any]


@dataclass(frozen=True)
class Field:
    """A parameter, or a field of an object."""

    name: str
    kind: str
    needed: bool
    text: str
    schema: str | None
    """Which schema it or its items have."""
    values: Sequence[str] = ()
    """All that it may be, if they can be listed."""


@dataclass(frozen=True)
class Fields:
    """The fields of an object."""

    name: str
    text: str
    fields: Sequence[Field]
    is_open: bool
    """Whether further fields are ignored rather than refused."""


@dataclass(frozen=True)
class Reply:
    """What a status means."""

    status: str
    text: str
    schemas: Sequence[str]
    codes: Sequence[str]


@dataclass(frozen=True)
class Example:
    """A body that works."""

    name: str
    text: str


@dataclass(frozen=True)
class Call:
    """An operation."""

    id: str
    method: str
    path: str
    tag: str
    summary: str
    text: str
    takes_login: bool
    parameters: Sequence[Field]
    forms: Sequence[str]
    """Media types of its body."""
    bodies: Sequence[Fields]
    examples: Sequence[Example]
    replies: Sequence[Reply]


def read_calls(description: Json) -> list[Call]:
    """Return all operations, in the order of the description."""
    schemas = description["components"]["schemas"]
    return [
        _call(method, path, {**operation, "shared": item.get("parameters", [])}, schemas)
        for path, item in description["paths"].items()
        for method, operation in item.items()
        if method != "parameters"
    ]


def read_answers(description: Json) -> list[Fields]:
    """Return all schemas that answers have, each with its fields."""
    schemas = description["components"]["schemas"]
    wanted = [
        name for call in read_calls(description) for reply in call.replies for name in reply.schemas
    ]
    found: dict[str, Fields] = {}
    while wanted:
        name = wanted.pop(0)
        if name not in found:
            found[name] = read_fields(name, schemas[name])
            wanted += [
                part for one in found[name].fields if one.schema for part in one.schema.split()
            ]
    return list(found.values())


def read_fields(name: str, schema: Json) -> Fields:
    """Return the fields of an object's schema."""
    needed = schema.get("required", [])
    return Fields(
        name=name,
        text=schema.get("description", ""),
        fields=[
            _field(key, each, needed=key in needed)
            for key, each in schema.get("properties", {}).items()
        ],
        is_open=schema.get("additionalProperties") is not False,
    )


def _call(method: str, path: str, operation: Json, schemas: Json) -> Call:
    content: Json = operation.get("requestBody", {}).get("content", {})
    parameters = [*operation["shared"], *operation.get("parameters", [])]
    first: Json = next(iter(content.values()), {})
    return Call(
        id=operation["operationId"],
        method=method.upper(),
        path=path,
        tag=operation["tags"][0],
        summary=operation["summary"],
        text=operation.get("description", ""),
        takes_login=bool(operation["security"]),
        parameters=[
            _field(
                one["name"],
                {**one["schema"], "description": one.get("description", "")},
                needed=one.get("required", False),
            )
            for one in parameters
        ],
        forms=list(content),
        bodies=list(_bodies(first.get("schema", {}), schemas)),
        examples=list(_examples(first)),
        replies=[_reply(status, one) for status, one in operation["responses"].items()],
    )


def _bodies(schema: Json, schemas: Json) -> Iterator[Fields]:
    """Yield each object that a body may be, and then those that stand in it."""
    waiting, seen = list(_alternatives(schema)), set()
    while waiting:
        name, one = waiting.pop(0)
        if name and name in seen:
            continue
        seen.add(name)
        fields = read_fields(name, schemas.get(name, one))
        yield fields
        inside = " ".join(field.schema or "" for field in fields.fields).split()
        waiting += [(part, schemas[part]) for part in inside]


def _alternatives(schema: Json) -> Iterator[tuple[str, Json]]:
    """Yield name and schema of each object that may stand here."""
    if "$ref" in schema:
        yield schema["$ref"].removeprefix(_REFERENCE), schema
    elif "properties" in schema and "allOf" not in schema:
        yield "", schema
    for word in ("oneOf", "anyOf", "allOf"):
        for one in schema.get(word, []):
            yield from _alternatives(one)
    if "items" in schema:
        yield from _alternatives(schema["items"])


def _examples(media: Json) -> Iterator[Example]:
    examples = media.get("examples", {})
    for name, one in examples.items():
        yield Example(name if len(examples) > 1 else "", _text_of(one["value"]))
    if "example" in media:
        yield Example("", _text_of(media["example"]))


def _text_of(value: Any) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False)


def _reply(status: str, response: Json) -> Reply:
    content: Json = response.get("content", {})
    first: Json = next(iter(content.values()), {})
    schema: Json = first.get("schema", {})
    codes = schema.get("properties", {}).get("errorType", {}).get("enum", [])
    names = [name for name, _ in _alternatives(schema) if name]
    return Reply(status, response["description"], names, codes)


def _field(name: str, schema: Json, *, needed: bool) -> Field:
    return Field(
        name=name,
        kind=_kind(schema),
        needed=needed,
        text=schema.get("description", ""),
        schema=" ".join(part for part, _ in _alternatives(schema) if part) or None,
        values=[_word(value) for value in schema.get("enum", []) if value is not None],
    )


def _word(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _kind(schema: Json) -> str:
    """Return type and limits in words."""
    if "anyOf" in schema or "oneOf" in schema:
        kinds = [_kind(one) for one in schema.get("anyOf") or schema["oneOf"]]
        return " or ".join(dict.fromkeys(kinds))
    if "$ref" in schema:
        return "object"
    if schema.get("format") == "date-time":
        return "time"
    given = schema.get("type", "anything")
    names = [_NAMES.get(one, one) for one in ([given] if isinstance(given, str) else given)]
    if "items" in schema:
        inner = _kind(schema["items"]).partition(",")[0]
        names = [f"list of {inner}s" if name == "list" else name for name in names]
    return ", ".join([" or ".join(names), *_limits(schema)])


def _limits(schema: Json) -> Iterator[str]:
    if "maxLength" in schema:
        yield f"at most {schema['maxLength']} characters"
    if "maxItems" in schema:
        yield f"at most {schema['maxItems']}"
    if "maxProperties" in schema:
        yield f"at most {schema['maxProperties']}"
    if "minimum" in schema and "maximum" in schema:
        yield f"from {schema['minimum']} to {schema['maximum']}"
    if "default" in schema:
        yield f"{_word(schema['default'])} if it is not given"
