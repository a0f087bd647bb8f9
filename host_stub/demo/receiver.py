"""A small server that the demo's outgoing integrations call.

It stands in for what operators call in earnest: a list of pull requests as GitHub has it, a service
that answers into the room, and one that fails at first.
"""

import hmac
import json
import threading
from collections import OrderedDict
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypedDict

from flask import Flask, Response, abort, jsonify, request, url_for
from standardwebhooks import Webhook, WebhookVerificationError

from host_stub.demo.names import ECHO, FLAKY, PULLS_OF

FAILURES = 2
"""So many calls of one delivery fail at the flaky path."""

_REMEMBERED = 1000
_BODY_BYTES = 1024 * 1024


class Pull(TypedDict):
    """A pull request of the repository that does not exist."""

    number: int
    state: str
    title: str


_PULLS = (
    Pull(number=12, state="open", title="Start in half the time"),
    Pull(number=11, state="open", title="Say which file is missing"),
    Pull(number=9, state="closed", title="Mend a typo in the tour"),
)


def create_receiver(config_file: str) -> Flask:
    """Return the server; what it knows of its callers is in the demo's configuration."""
    config: dict[str, Any] = json.loads(Path(config_file).read_bytes())
    return build_receiver(**config["receiver"])


def build_receiver(*, token: str, signing_secret: str) -> Flask:
    """Return a server that lets in who has the token and signs with the secret."""
    app = Flask("host_stub.demo.receiver", static_folder=None, template_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = _BODY_BYTES
    _serve_pulls(app)
    _serve_answers(app, _Callers(token, Webhook(signing_secret)))
    return app


def _serve_pulls(app: Flask) -> None:
    @app.get(PULLS_OF)
    def repository() -> Response:
        return jsonify(full_name="demo/app", pulls_url=url_for("pulls", _external=True))

    @app.get(f"{PULLS_OF}/pulls")
    def pulls() -> Response:
        wanted = request.args.get("state", "open")
        found = [pull for pull in _PULLS if wanted in {"all", pull["state"]}]
        return jsonify([_document(pull) for pull in found])

    @app.get("/demo/app/pull/<int:number>")
    def pull(number: int) -> Response:
        found = next((pull for pull in _PULLS if pull["number"] == number), None)
        if found is None:
            abort(404)
        return Response(f"#{number} ({found['state']}): {found['title']}\n", mimetype="text/plain")


def _serve_answers(app: Flask, callers: "_Callers") -> None:
    failures = _Failures()

    @app.post(ECHO)
    def echo() -> Response:
        event = callers.checked_event()
        return jsonify(text=f"You said: {_said(event)}")

    @app.post(FLAKY)
    def flaky() -> Response | tuple[Response, int]:
        event = callers.checked_event()
        if failures.count(request.headers["webhook-id"]) <= FAILURES:
            return jsonify(error="not now"), 503
        return jsonify(text=f"It took {FAILURES + 1} calls to hear: {_said(event)}")


class _Callers:
    """Who may call."""

    def __init__(self, token: str, webhook: Webhook) -> None:
        self._token = token.encode()
        self._webhook = webhook

    def checked_event(self) -> Mapping[str, Any]:
        """Return what the caller says happened; anybody else gets 401."""
        try:
            event = self._webhook.verify(request.get_data(), dict(request.headers))
        except (WebhookVerificationError, ValueError):
            abort(401)
        if not isinstance(event, dict):
            abort(400)
        if not hmac.compare_digest(str(event.get("token")).encode(), self._token):
            abort(401)
        return event


class _Failures:
    """Counts the calls of each delivery, and forgets the oldest."""

    def __init__(self) -> None:
        self._calls: OrderedDict[str, int] = OrderedDict()
        self._lock = threading.Lock()

    def count(self, webhook_id: str) -> int:
        """Return how many calls there were, this one included."""
        with self._lock:
            calls = self._calls.pop(webhook_id, 0) + 1
            self._calls[webhook_id] = calls
            if len(self._calls) > _REMEMBERED:
                self._calls.popitem(last=False)
            return calls


def _document(pull: Pull) -> dict[str, Any]:
    url = f"{request.host_url}demo/app/pull/{pull['number']}"
    return {**pull, "html_url": url}


def _said(event: Mapping[str, Any]) -> str:
    """Return the message without the trigger word."""
    return str(event.get("text", "")).removeprefix(str(event.get("trigger_word", ""))).strip()
