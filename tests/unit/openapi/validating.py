"""Whether an answer is as the description says."""

from typing import Any

from jsonschema import Draft202012Validator
from referencing import Registry
from referencing.jsonschema import DRAFT202012
from werkzeug.test import TestResponse

_URI = "urn:api"


def operations(description: dict[str, Any]) -> dict[tuple[str, str], dict[str, Any]]:
    """Return all operations by path and method."""
    return {
        (path, method): operation
        for path, item in description["paths"].items()
        for method, operation in item.items()
        if method != "parameters"
    }


def faults(description: dict[str, Any], schema: dict[str, Any], value: Any) -> list[str]:
    """Return what in a value the schema does not allow."""
    resource = DRAFT202012.create_resource(description)
    registry: Registry[Any] = Registry().with_resource(_URI, resource)
    rooted = _with_uri(schema)
    validator = Draft202012Validator(
        rooted, registry=registry, format_checker=Draft202012Validator.FORMAT_CHECKER
    )
    return [f"{error.json_path}: {error.message}" for error in validator.iter_errors(value)]


def faults_of_answer(
    description: dict[str, Any], path: str, method: str, answer: TestResponse
) -> list[str]:
    """Return how an answer differs from what is described."""
    responses = operations(description)[path, method]["responses"]
    described = responses.get(str(answer.status_code))
    if described is None:
        return [f"status {answer.status_code} is not described"]
    content = described["content"].get(answer.mimetype)
    if content is None:
        return [f"{answer.mimetype} is not described"]
    return faults(description, content["schema"], answer.json)


def _with_uri(schema: Any) -> Any:
    if isinstance(schema, dict):
        return {
            key: f"{_URI}{value}" if key == "$ref" else _with_uri(value)
            for key, value in schema.items()
        }
    return [_with_uri(one) for one in schema] if isinstance(schema, list) else schema
