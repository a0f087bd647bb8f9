"""HTTP for scripts: the calls of one run, counted and timed, and gateways that need no network."""

import json
from collections.abc import Callable, Mapping, Sequence
from time import monotonic
from typing import Any

from rc_integrations_plugin.scripting.protocol import (
    HttpGateway,
    ScriptHttpRequest,
    ScriptHttpResponse,
)
from rc_integrations_plugin.settings import Settings


class NoHttp:
    """Refuses all calls: for servers that let no script call out."""

    def send(self, request: ScriptHttpRequest) -> ScriptHttpResponse:  # noqa: ARG002 - refuses any
        """Refuse."""
        return ScriptHttpResponse(error="scripts may make no HTTP calls on this server")


class CannedHttp:
    """Answers from a list, by a part of the URL: for trying scripts out."""

    def __init__(self, answers: Sequence[Mapping[str, Any]] = ()) -> None:
        self._answers = answers
        self.requests: list[ScriptHttpRequest] = []

    def send(self, request: ScriptHttpRequest) -> ScriptHttpResponse:
        """Return the first answer whose `match` is in the URL, or 200 with `{"ok": true}`."""
        self.requests.append(request)
        for answer in self._answers:
            if answer["match"] in request.url:
                return _canned(answer["result"], request.url)
        return _canned({"data": {"ok": True}}, request.url)


def _canned(result: Mapping[str, Any], url: str) -> ScriptHttpResponse:
    if result.get("error") is not None:
        return ScriptHttpResponse(error=result["error"])
    headers = {name.lower(): str(value) for name, value in (result.get("headers") or {}).items()}
    content = result.get("content")
    if not content and result.get("data") is not None:
        content = result["data"]
        headers.setdefault("content-type", "application/json")
    if not isinstance(content, str):
        content = "" if content is None else json.dumps(content)
    return ScriptHttpResponse(
        status=result.get("statusCode", 200), headers=headers, content=content, url=url
    )


class RunHttp:
    """The HTTP calls of one run: so many of them, and so much time in all."""

    def __init__(
        self, gateway: HttpGateway, settings: Settings, *, now: Callable[[], float] = monotonic
    ) -> None:
        self._gateway = gateway
        self._now = now
        self._calls_left = settings.script_http_calls
        self._seconds_left = settings.script_http_seconds
        self._settings = settings

    def answer(self, order: Any) -> bytes:
        """Make the call that a script's process asks for, and return what it gets to read."""
        started = self._now()
        response = self._send(order)
        self._seconds_left -= self._now() - started
        if len(response.content) > self._settings.script_input_bytes:
            response = ScriptHttpResponse(
                error=f"the answer is larger than {self._settings.script_input_bytes} bytes"
            )
        if response.error is not None:
            return json.dumps({"error": response.error}).encode()
        document = {
            "status": response.status,
            "headers": {name.lower(): value for name, value in response.headers.items()},
            "content": response.content,
            "url": response.url,
            "redirected": response.redirected,
        }
        return json.dumps(document).encode()

    def _send(self, order: Any) -> ScriptHttpResponse:
        self._calls_left -= 1
        if self._calls_left < 0:
            limit = self._settings.script_http_calls
            return ScriptHttpResponse(
                error=f"the script made more than {limit} HTTP calls in one run"
            )
        if self._seconds_left <= 0:
            limit_seconds = self._settings.script_http_seconds
            return ScriptHttpResponse(
                error=f"the script's HTTP calls took more than {limit_seconds:g} s in one run"
            )
        request = _read_request(order, self._seconds_left)
        if request is None:
            return ScriptHttpResponse(error="the request cannot be understood")
        return self._gateway.send(request)


def _read_request(order: Any, seconds_left: float) -> ScriptHttpRequest | None:
    """Return the request that a script's process sent, which may be in the script's hands."""
    match order:
        case {
            "method": str(method),
            "url": str(url),
            "headers": {**headers},
            "body": None | str() as body,
        } if method.isalpha() and all(isinstance(value, str) for value in headers.values()):
            wish = order.get("timeout_ms")
            seconds = wish / 1000 if isinstance(wish, int | float) and wish > 0 else seconds_left
            return ScriptHttpRequest(
                method=method.upper(),
                url=url,
                headers={str(name): str(value) for name, value in headers.items()},
                body=body,
                timeout_seconds=min(seconds, seconds_left),
                follow_redirects=order.get("follow_redirects") is not False,
            )
    return None
