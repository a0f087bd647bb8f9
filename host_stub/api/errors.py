"""Answers that say no, in Rocket.Chat's shape."""

from typing import Any

from flask import Flask, jsonify, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException

from host_stub.chat.refusals import ChatRefused


def register_errors(app: Flask) -> None:
    """Let every refusal of the chat, and of Flask below `/api`, be answered as JSON."""
    app.register_error_handler(ChatRefused, show_refusal)
    app.register_error_handler(HTTPException, show_http_error)


def show_refusal(refusal: ChatRefused) -> ResponseReturnValue:
    """Answer for a refusal."""
    body: dict[str, Any] = {"success": False, "error": refusal.reason}
    if refusal.status == 401:
        body |= {"status": "error", "message": refusal.reason}
    elif refusal.code != refusal.reason:
        body["error"] = f"{refusal.reason} [{refusal.code}]"
        body["errorType"] = refusal.code
    return jsonify(body), refusal.status


def show_http_error(error: HTTPException) -> ResponseReturnValue:
    """Answer for a request that Flask refuses; pages get Flask's own answer."""
    if error.code is None or error.code < 400 or not request.path.startswith("/api/"):
        return error
    answer = jsonify({"success": False, "error": error.description or error.name})
    allowed = dict(error.get_headers()).get("Allow")
    if allowed is not None:
        answer.headers["Allow"] = allowed
    return answer, error.code
