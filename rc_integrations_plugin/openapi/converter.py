"""From our marshmallow schemas to JSON Schema; the only module that knows apispec."""

from typing import Any

from apispec import APISpec
from apispec.ext.marshmallow import MarshmallowPlugin
from marshmallow import Schema, fields

from rc_integrations_plugin.openapi.either import Either
from rc_integrations_plugin.schemas.fields import StrictSchema

VERSION = "3.1.1"
Converter = Any
"""apispec's, which turns schemas into parts of the description; its methods have no types."""
_BY_METADATA = ("description", "pattern", "enum", "examples", "contentMediaType", "contentSchema")


def new_spec(**info: Any) -> tuple[APISpec, Converter]:
    """Return a description without operations, and what turns schemas into parts of it."""
    plugin = MarshmallowPlugin(schema_name_resolver=_name)
    spec = APISpec(openapi_version=VERSION, plugins=[plugin], **info)
    converter: Converter = plugin.converter
    converter.add_attribute_function(describe_field)
    return spec, converter


def component(converter: Converter, schema: type[Schema]) -> dict[str, Any]:
    """Return a reference to a schema, which is in the description then."""
    reference: dict[str, Any] = converter.resolve_nested_schema(schema)
    return reference


def parameters(converter: Converter, schema: type[Schema]) -> list[dict[str, Any]]:
    """Return what a query may hold."""
    found: list[dict[str, Any]] = converter.schema2parameters(schema(), location="query")
    for parameter in found:
        _without_null(parameter["schema"])
    return found


def add_rules(document: dict[str, Any], schemas: list[type[Schema]]) -> None:
    """Add to each object what none of its fields says, and that it takes no other fields."""
    components = document["components"]["schemas"]
    for schema in schemas:
        if issubclass(schema, StrictSchema) and schema.__name__ in components:
            components[schema.__name__] |= schema.rules
            components[schema.__name__]["description"] = (schema.__doc__ or "").split("\n")[0]


def describe_field(converter: Any, field: fields.Field[Any], ret: Any) -> dict[str, Any]:
    """Return what a field adds to what apispec knows of it; apispec calls this for each."""
    if ret.get("default", 0) in (None, "", ()):
        # not worth telling
        del ret["default"]
    if isinstance(field, Either):
        return {"oneOf": [converter.resolve_nested_schema(one) for one in field.schemas]}
    describe = getattr(field, "describe", None)
    if describe is None:
        return {}
    described: dict[str, Any] = describe()
    described |= {key: field.metadata[key] for key in _BY_METADATA if key in field.metadata}
    if "anyOf" in described:
        ret.pop("type", None)
    enum = described.get("enum", ret.get("enum"))
    if enum is not None:
        ret.pop("pattern", None)
        described = {"type": "string", "enum": list(enum)} | {
            key: value for key, value in described.items() if key == "description"
        }
    return _nullable(described) if field.allow_none else described


def _nullable(described: dict[str, Any]) -> dict[str, Any]:
    if "anyOf" in described:
        return {**described, "anyOf": [*described["anyOf"], {"type": "null"}]}
    nullable = {**described, "type": [described["type"], "null"]}
    if "enum" in nullable and None not in nullable["enum"]:
        nullable["enum"] = [*nullable["enum"], None]
    return nullable


def _without_null(schema: dict[str, Any]) -> None:
    """Take null away, which no query string can say."""
    kinds = schema.get("type")
    if isinstance(kinds, list):
        schema["type"] = next(kind for kind in kinds if kind != "null")
    if "enum" in schema:
        schema["enum"] = [value for value in schema["enum"] if value is not None]


def _name(schema: Any) -> str:
    """Return the name that a schema has in the description: that of its class."""
    kind = schema if isinstance(schema, type) else type(schema)
    return kind.__name__
