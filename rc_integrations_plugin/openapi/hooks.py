"""The operations below `/hooks`."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from marshmallow import Schema

from rc_integrations_plugin.openapi.answers import HookFailure, HookSuccess, Sample, Subscription
from rc_integrations_plugin.openapi.converter import Converter, component
from rc_integrations_plugin.openapi.hook_body import CONTENT
from rc_integrations_plugin.openapi.operation import JSON, RETRY_AFTER
from rc_integrations_plugin.schemas.subscriptions import Subscribe, Unsubscribe

HOOKS, SUBSCRIPTIONS = "Hooks", "Subscriptions"
_FAILURES: Mapping[int, str] = {
    400: "The body cannot be understood, the message cannot be posted, or the script says no.",
    401: "The user that the integration posts as is gone or deactivated.",
    404: "No integration has this id and token.",
    405: "The hook does not take this method; `Allow` lists what it takes.",
    413: "The body is larger than the server takes.",
    415: "The body is packed in an unknown way.",
    429: "More calls than the budget allows; `Retry-After` says when there is a new one.",
    500: "A fault of ours; the server's log has it.",
    503: "The integration is switched off, or no process can be had for its script.",
}
_WITH_RETRY_AFTER = frozenset({429, 503})
_LOOKING = (404, 500)
_SUBSCRIBING = (400, 401, 404, 413, 429, 500, 503)
_RECEIVER = "https://receiver.example/hook"


@dataclass(frozen=True, kw_only=True)
class HookOperation:
    """What may be done with a hook's URL."""

    method: str
    first: str = ""
    """What the path has before the id."""
    id: str
    summary: str
    description: str = ""
    tag: str = HOOKS
    body: type[Schema] | Mapping[str, Any] | None = None
    body_example: Mapping[str, Any] = field(default_factory=dict)
    answer: type[Schema]
    many: bool = False
    free: bool = False
    """Whether a script may answer with something else."""
    statuses: tuple[int, ...]


OPERATIONS: Sequence[HookOperation] = (
    HookOperation(
        method="post",
        id="callHook",
        summary="Post a message",
        description=(
            "All forms that senders use are understood, whatever the `Content-Type` says. A"
            " script of the integration may read something else out of the body, and answer in"
            " its own way."
        ),
        body=CONTENT,
        answer=HookSuccess,
        free=True,
        statuses=(*_SUBSCRIBING, 415),
    ),
    HookOperation(
        method="get",
        id="callHookByGet",
        summary="Call a hook that has allowGet",
        description=(
            "For services that cannot POST. The script runs with an empty body and finds the"
            " query in `request.url.query`; without a script nothing is posted."
        ),
        answer=HookSuccess,
        free=True,
        statuses=(*_SUBSCRIBING, 405),
    ),
    HookOperation(
        method="get",
        first="info/",
        id="showHookInfo",
        summary="Ask whether id and token are right",
        answer=HookSuccess,
        statuses=_LOOKING,
    ),
    HookOperation(
        method="get",
        first="sample/",
        id="showSamples",
        summary="Show samples of what outgoing integrations send",
        answer=Sample,
        many=True,
        statuses=_LOOKING,
    ),
    HookOperation(
        method="post",
        first="add/",
        id="subscribe",
        summary="Make an outgoing integration",
        description=(
            "For services that subscribe by themselves. It works only where two users hold a"
            " permission to manage outgoing integrations: the hook's maker, and the user it posts"
            " as. The new one belongs to the latter."
        ),
        tag=SUBSCRIPTIONS,
        body=Subscribe,
        body_example={
            "name": "Zap",
            "event": "newMessageOnChannel",
            "target_url": _RECEIVER,
            "data": {"channel_name": "general", "trigger_words": "deploy,release"},
        },
        answer=Subscription,
        statuses=_SUBSCRIBING,
    ),
    HookOperation(
        method="post",
        first="remove/",
        id="unsubscribe",
        summary="Remove the outgoing integration that calls a URL",
        description="Only what belongs to the user that the hook posts as.",
        tag=SUBSCRIPTIONS,
        body=Unsubscribe,
        body_example={"target_url": _RECEIVER},
        answer=HookSuccess,
        statuses=_SUBSCRIBING,
    ),
)


def _parameter(name: str, description: str, example: str) -> dict[str, Any]:
    return {
        "name": name,
        "in": "path",
        "required": True,
        "description": description,
        "schema": {"type": "string", "minLength": 1},
        "example": example,
    }


_ID = _parameter("integrationId", "The incoming integration's id.", "aobEdbYhXfu5hkeqG")
_USER = _parameter("userId", "For senders of old; it means nothing.", "rocket.cat")
_TOKEN = _parameter(
    "token",
    "The integration's token. Who knows it may post: keep it like a password.",
    "the-token-of-the-integration",
)


def hook_paths(converter: Converter) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield each path with its operations, in both forms that hooks' URLs have."""
    for first in dict.fromkeys(operation.first for operation in OPERATIONS):
        here = [operation for operation in OPERATIONS if operation.first == first]
        short: dict[str, Any] = {one.method: document(one, converter) for one in here}
        short["parameters"] = [_ID, _TOKEN]
        yield f"/hooks/{first}{{integrationId}}/{{token}}", short
        legacy: dict[str, Any] = {
            one.method: _of_legacy_form(document(one, converter)) for one in here
        }
        legacy["parameters"] = [_ID, _USER, _TOKEN]
        yield f"/hooks/{first}{{integrationId}}/{{userId}}/{{token}}", legacy


def document(operation: HookOperation, converter: Converter) -> dict[str, Any]:
    """Return an operation as OpenAPI has it."""
    described: dict[str, Any] = {
        "operationId": operation.id,
        "summary": operation.summary,
        "description": operation.description,
        "tags": [operation.tag],
        # the token in the path is all that it takes
        "security": [],
        "responses": {
            "200": _success(operation, converter),
            **{str(status): _failure(status, converter) for status in sorted(operation.statuses)},
        },
    }
    if isinstance(operation.body, type):
        told = {"schema": component(converter, operation.body), "example": operation.body_example}
        described["requestBody"] = {"required": True, "content": {JSON: told}}
    elif operation.body is not None:
        described["requestBody"] = {"content": operation.body}
    return described


def _success(operation: HookOperation, converter: Converter) -> dict[str, Any]:
    schema = component(converter, operation.answer)
    if operation.many:
        schema = {"type": "array", "items": schema}
    if operation.free:
        schema = {"anyOf": [schema, {"description": "What the script returned as `response`."}]}
    summary = (operation.answer.__doc__ or "").split("\n")[0]
    return {"description": summary, "content": {JSON: {"schema": schema}}}


def _failure(status: int, converter: Converter) -> dict[str, Any]:
    response: dict[str, Any] = {
        "description": _FAILURES[status],
        "content": {JSON: {"schema": component(converter, HookFailure)}},
    }
    if status in _WITH_RETRY_AFTER:
        response["headers"] = {"Retry-After": dict(RETRY_AFTER)}
    return response


def _of_legacy_form(described: dict[str, Any]) -> dict[str, Any]:
    name = f"{described['operationId']}WithUserId"
    summary = f"{described['summary']} (the URL's old form)"
    return {**described, "operationId": name, "summary": summary}
