"""The hooks' URLs. What a call does is in `flow`."""

import contextlib
import json
import logging
from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, Response, request
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from rc_integrations_plugin.errors import HookNotFound, IntegrationsError, InvalidRequest
from rc_integrations_plugin.incoming import answers
from rc_integrations_plugin.incoming.answers import Answer
from rc_integrations_plugin.incoming.flow import handle_hook
from rc_integrations_plugin.incoming.request import HookRequest
from rc_integrations_plugin.services import current_services

# Flask answers nothing by itself: an answer of its own would be HTML
_ALL_METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
_HEADERS = {
    "Content-Type": "application/json",
    "Cache-Control": "no-store",
    "Pragma": "no-cache",
    "Access-Control-Allow-Origin": "*",
}
_PREFLIGHT_HEADERS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Methods": "GET, POST, OPTIONS",
    "Access-Control-Allow-Headers": "*",
    "Access-Control-Max-Age": "86400",
    "Cache-Control": "no-store",
}
_DISCARDED = 16
"""How many times the limit a body may be and still be read to its end."""

logger = logging.getLogger(__name__)


def build_blueprint() -> Blueprint:
    """Return the blueprint of `/hooks/`."""
    hooks = Blueprint("rc_integrations_hooks", __name__, url_prefix="/hooks")
    # the longer forms' fixed first part wins over an id
    for rule, view in (
        ("/<integration_id>/<token>", receive_hook),
        ("/<integration_id>/<user_id>/<token>", receive_hook),
        ("/info/<integration_id>/<token>", show_info),
        ("/info/<integration_id>/<_user_id>/<token>", show_info),
        ("/sample/<integration_id>/<token>", show_sample),
        ("/sample/<integration_id>/<_user_id>/<token>", show_sample),
        ("/", refuse_url),
        ("/<path:_rest>", refuse_url),
    ):
        methods = ["GET"] if view in {show_info, show_sample} else _ALL_METHODS
        hooks.add_url_rule(rule, view_func=view, methods=methods, provide_automatic_options=False)
    hooks.before_request(answer_preflight)
    hooks.register_error_handler(IntegrationsError, show_error)
    hooks.register_error_handler(HTTPException, show_http_error)
    hooks.register_error_handler(Exception, show_fault)
    return hooks


def answer_preflight() -> Response | None:
    """Tell a browser that any page may call a hook: who knows the URL may use it."""
    if request.method == "OPTIONS":
        answer = Response(status=204, headers=_PREFLIGHT_HEADERS)
        del answer.content_type
        return answer
    return None


def receive_hook(integration_id: str, token: str, user_id: str | None = None) -> Response:
    """Handle a call of a hook."""
    services = current_services()
    call = HookRequest.from_http(
        request.method,
        (request.scheme, request.root_path + request.path, _query()),
        request.headers.items(),
        _load_body(services.settings.max_body_bytes),
        remote_address=request.remote_addr or "",
        user_id=user_id,
    )
    return respond(handle_hook(services, integration_id, token, call))


def show_info(integration_id: str, token: str, _user_id: str | None = None) -> Response:
    """Tell that id and token are right."""
    current_services().integrations.incoming_by_token(integration_id, token)
    return respond(answers.SUCCESS)


def show_sample(integration_id: str, token: str, _user_id: str | None = None) -> Response:
    """Return samples of what outgoing integrations send."""
    current_services().integrations.incoming_by_token(integration_id, token)
    return respond(answers.samples(datetime.now(UTC)))


def refuse_url(_rest: str = "") -> Response:
    """Answer for URLs that are no hook's."""
    raise HookNotFound("The URL of a hook is /hooks/, its id, / and its token")


def show_error(error: IntegrationsError) -> Response:
    """Return the answer for an error that no integration's history can tell."""
    return respond(answers.refusal(error))


def show_http_error(error: HTTPException) -> Response:
    """Return the answer for what Flask and werkzeug refuse."""
    refused = InvalidRequest(error.description or error.name, status=error.code)
    return respond(answers.refusal(refused))


def show_fault(error: Exception) -> Response:
    """Return the answer for a fault of ours and log it: Flask itself would log the token."""
    logger.error("A call of a hook failed", exc_info=error)
    fault = IntegrationsError(
        "Something went wrong on the server; its log tells what", code="error-internal", status=500
    )
    return respond(answers.refusal(fault))


def _load_body(limit: int) -> bytes | None:
    """Return the body, or None if it is too large to be read."""
    # one more than allowed, because werkzeug cuts a body of unknown length without a word
    request.max_content_length = limit + 1
    try:
        body = request.get_data(cache=False)
    except RequestEntityTooLarge:
        body = None
    if body is not None and len(body) <= limit:
        return body
    _discard_body(already=len(body or b""), at_most=limit * _DISCARDED)
    return None


def _discard_body(*, already: int, at_most: int) -> None:
    """Read what a sender goes on sending, or he would meet a reset instead of the answer."""
    stream, length = request.environ["wsgi.input"], request.content_length
    left = at_most if length is None else min(length - already, at_most)
    with contextlib.suppress(OSError):
        while left > 0 and (chunk := stream.read(min(left, 65536))):
            left -= len(chunk)


def _query() -> str:
    return request.query_string.decode("utf-8", "replace")


def respond(answer: Answer) -> Response:
    """Return Flask's response for an answer."""
    body: Any = json.dumps(answer.body)
    return Response(body, status=answer.status, headers={**_HEADERS, **answer.headers})
