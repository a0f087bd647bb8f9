"""An operation of the API, and how it becomes a part of the description."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from marshmallow import Schema

from rc_integrations_plugin.errors import (
    BodyTooLarge,
    IntegrationsError,
    NotLoggedIn,
    PermissionMissing,
    ScriptsUnavailable,
)
from rc_integrations_plugin.openapi.answers import Failure, LoginNeeded
from rc_integrations_plugin.openapi.converter import Converter, component, parameters

JSON = "application/json"
PREFIX = "/api/v1/integrations."
INTEGRATION_ID = "aobEdbYhXfu5hkeqG"
ENTRY_ID = "mB3gQb3kXcQpsuKzN"
PARAMS = "invalid-params"
RETRY_AFTER: Mapping[str, Any] = {
    "description": "Seconds.",
    "schema": {"type": "integer", "minimum": 1},
}
LOGIN: Sequence[Mapping[str, Any]] = (
    {"userId": [], "authToken": []},
    {"session": []},
)


@dataclass(frozen=True, kw_only=True)
class Operation:
    """A call of the management API."""

    method: str
    path: str
    id: str
    summary: str
    description: str = ""
    tag: str
    query: type[Schema] | None = None
    query_examples: Mapping[str, Any] = field(default_factory=dict)
    """For parameters whose schema has none that works."""
    bodies: tuple[type[Schema], ...] = ()
    body_examples: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    answer: type[Schema]
    answer_example: Mapping[str, Any] = field(default_factory=dict)
    codes: tuple[str, ...]
    """All that `errorType` may be where the status is 400."""
    errors: tuple[type[IntegrationsError], ...] = (NotLoggedIn,)
    """What is answered with other statuses."""
    links: Mapping[str, Any] = field(default_factory=dict)


def document(operation: Operation, converter: Converter) -> dict[str, Any]:
    """Return an operation as OpenAPI has it."""
    answer: dict[str, Any] = {"schema": component(converter, operation.answer)}
    if operation.answer_example:
        answer["example"] = dict(operation.answer_example)
    responses: dict[str, Any] = {
        "200": {"description": _first_line(operation.answer), "content": {JSON: answer}},
        "400": _refusals(operation.codes, converter),
    }
    if operation.links:
        responses["200"]["links"] = dict(operation.links)
    for error in operation.errors:
        responses[str(error.status)] = failure(error, converter)
    described: dict[str, Any] = {
        "operationId": operation.id,
        "summary": operation.summary,
        "tags": [operation.tag],
        "security": [dict(one) for one in LOGIN],
        "responses": responses,
    }
    if operation.description:
        described["description"] = operation.description
    if operation.query is not None:
        described["parameters"] = _query(operation, operation.query, converter)
    if operation.bodies:
        described["requestBody"] = _body(operation, converter)
    return described


def failure(error: type[IntegrationsError], converter: Converter) -> dict[str, Any]:
    """Return the response that tells an error of the management API."""
    if error is NotLoggedIn:
        return {
            "description": _first_line(error),
            "content": {JSON: {"schema": component(converter, LoginNeeded)}},
        }
    told: dict[str, Any] = {"schema": component(converter, Failure)}
    response: dict[str, Any] = {"description": _first_line(error), "content": {JSON: told}}
    if error is BodyTooLarge:
        told["schema"] = _with_codes(told["schema"], [error.code])
    if error is ScriptsUnavailable:
        told["schema"] = _with_codes(told["schema"], [error.code, "integration-scripts-disabled"])
        response["headers"] = {"Retry-After": dict(RETRY_AFTER)}
    return response


def _refusals(codes: Sequence[str], converter: Converter) -> dict[str, Any]:
    return {
        "description": "The call cannot be understood, or makes no sense here.",
        "content": {JSON: {"schema": _with_codes(component(converter, Failure), codes)}},
    }


def _with_codes(schema: Mapping[str, Any], codes: Sequence[str]) -> dict[str, Any]:
    return {"allOf": [schema], "properties": {"errorType": {"enum": list(codes)}}}


def _query(
    operation: Operation, schema: type[Schema], converter: Converter
) -> list[dict[str, Any]]:
    found = parameters(converter, schema)
    for parameter in found:
        if parameter["name"] in operation.query_examples:
            parameter["example"] = operation.query_examples[parameter["name"]]
    return found


def _body(operation: Operation, converter: Converter) -> dict[str, Any]:
    schemas = [component(converter, body) for body in operation.bodies]
    schema = schemas[0] if len(schemas) == 1 else {"oneOf": schemas}
    examples = {
        name: {"summary": name, "value": dict(value)}
        for name, value in operation.body_examples.items()
    }
    return {"required": True, "content": {JSON: {"schema": schema, "examples": examples}}}


def _first_line(documented: type) -> str:
    return (documented.__doc__ or "").split("\n")[0]


READING = (NotLoggedIn,)
LISTING = (NotLoggedIn, PermissionMissing)
WRITING = (NotLoggedIn, BodyTooLarge)
REMOVING = (NotLoggedIn, PermissionMissing, BodyTooLarge)
SAVING = (NotLoggedIn, BodyTooLarge, ScriptsUnavailable)
RUNNING = (NotLoggedIn, PermissionMissing, BodyTooLarge, ScriptsUnavailable)
