"""The whole description."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from marshmallow import Schema

from rc_integrations_plugin.openapi import (
    answers,
    history,
    hooks,
    integrations,
    management,
    repairs,
    scripts,
    trials,
)
from rc_integrations_plugin.openapi.converter import add_rules, new_spec
from rc_integrations_plugin.openapi.operation import JSON, PREFIX, Operation, document
from rc_integrations_plugin.schemas import (
    incoming,
    outgoing,
    queries,
    repairs as repair_bodies,
    scripts as script_bodies,
    subscriptions,
    trials as trial_bodies,
)

OPENAPI_PATH = f"{PREFIX}openapi"
_ABOUT = (
    "Rocket.Chat's calls to manage integrations, calls of ours to try, test, watch and repair them,"
    " and the URLs of incoming hooks.\n\n"
    'A failure is answered in JSON with `"success": false`. Of the management API, `error` is'
    " for people and `errorType` is the code; of hooks, `error` is the code, or Rocket.Chat's"
    " text where it has none, and `message` is for people.\n\n"
    "Every path below `/hooks/` that is not listed answers 404, and `OPTIONS` of any of them 204:"
    " any web page may call a hook."
)
OPERATIONS: Sequence[Operation] = (
    *management.OPERATIONS,
    *trials.OPERATIONS,
    *scripts.OPERATIONS,
    *repairs.OPERATIONS,
)
"""Of the management API."""
_TAGS: Mapping[str, str] = {
    management.MANAGING: "Make, change, list and remove integrations.",
    management.HISTORY: "What integrations did.",
    trials.TRYING: "See what integrations and scripts would do, before they do it.",
    scripts.TESTS: "Samples of a script, and what must come of them.",
    scripts.VERSIONS: "The scripts that an integration had.",
    repairs.REPAIRING: "What happened and why, and what to do about it.",
    hooks.HOOKS: "Post messages from outside. The URL is all that a sender needs.",
    hooks.SUBSCRIPTIONS: "Let a service subscribe and unsubscribe by itself.",
    "Description": "This description.",
}
_SECURITY: Mapping[str, Mapping[str, str]] = {
    "userId": {
        "type": "apiKey",
        "in": "header",
        "name": "X-User-Id",
        "description": "The id of a user of the chat server; together with `X-Auth-Token`.",
    },
    "authToken": {
        "type": "apiKey",
        "in": "header",
        "name": "X-Auth-Token",
        "description": "A token of the user that `X-User-Id` names.",
    },
    "session": {
        "type": "apiKey",
        "in": "cookie",
        "name": "session",
        "description": "Or however else the chat server knows who calls: its own session cookie,"
        " whose name is up to it.",
    },
}


def describe_api(root: str) -> dict[str, Any]:
    """Return the description of the API of a server whose paths begin with `root`."""
    return {**_describe(), "servers": [{"url": root or "/"}]}


@cache
def _describe() -> dict[str, Any]:
    spec, converter = new_spec(
        title="Integrations",
        version="1.0.0",
        info={"description": _ABOUT, "license": {"name": "MIT", "identifier": "MIT"}},
        tags=[{"name": name, "description": text} for name, text in _TAGS.items()],
    )
    for name, scheme in _SECURITY.items():
        spec.components.security_scheme(name, dict(scheme))
    for operation in OPERATIONS:
        spec.path(
            path=operation.path, operations={operation.method: document(operation, converter)}
        )
    for path, operations in hooks.hook_paths(converter):
        shared = operations.pop("parameters")
        spec.path(path=path, operations=operations, parameters=shared)
    spec.path(path=OPENAPI_PATH, operations={"get": _OF_ITSELF})
    described: dict[str, Any] = spec.to_dict()
    add_rules(described, _schemas())
    return described


_OF_ITSELF: Mapping[str, Any] = {
    "operationId": "describeApi",
    "summary": "Show this description",
    "tags": ["Description"],
    "security": [],
    "responses": {
        "200": {
            "description": "OpenAPI 3.1; the same for everybody.",
            "content": {
                JSON: {"schema": {"type": "object", "required": ["openapi", "info", "paths"]}}
            },
        },
        "304": {"description": "It is still the one that `If-None-Match` names."},
    },
}


def _schemas() -> list[type[Schema]]:
    shown = (answers, history, integrations, trials, scripts, repairs)
    taken = (incoming, outgoing, queries, trial_bodies, script_bodies, repair_bodies, subscriptions)
    found = [
        one for module in (*shown, *taken) for one in vars(module).values() if isinstance(one, type)
    ]
    return [one for one in found if issubclass(one, Schema)]
