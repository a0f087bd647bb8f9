"""HTTP for scripts: the calls of one run, counted and timed, and gateways that need no network."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from http.client import responses
from math import inf
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

    def send_all(self, requests: Sequence[ScriptHttpRequest]) -> Sequence[ScriptHttpResponse]:
        """Refuse."""
        return [self.send(request) for request in requests]


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

    def send_all(self, requests: Sequence[ScriptHttpRequest]) -> Sequence[ScriptHttpResponse]:
        """Answer one after the other: no answer has to be waited for."""
        return [self.send(request) for request in requests]


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
        self,
        gateway: HttpGateway,
        settings: Settings,
        *,
        now: Callable[[], float] = monotonic,
        latest: float = inf,
    ) -> None:
        self._gateway = gateway
        self._now = now
        self._calls_left = settings.script_http_calls
        self._seconds_left = min(settings.script_http_seconds, latest - now())
        self._settings = settings
        self.seconds_waited = 0.0
        """How long the calls took that were made."""

    def answer(self, order: Any) -> bytes:
        """Make what a script's process asks for, and return what it gets to read.

        Args:
            order: one call, or a list of calls that are made side by side.
        """
        if isinstance(order, list):
            return json.dumps([_document(response) for response in self._answer(order)]).encode()
        return json.dumps(_document(self._answer([order])[0])).encode()

    def _answer(self, orders: Sequence[Any]) -> Sequence[ScriptHttpResponse]:
        checked = [self._check(order) for order in orders]
        requests = [request for request in checked if isinstance(request, ScriptHttpRequest)]
        started = self._now()
        answers = iter(self._send(requests))
        if requests:
            seconds = self._now() - started
            self._seconds_left -= seconds
            self.seconds_waited += seconds
        return self._within_limit(
            one if isinstance(one, ScriptHttpResponse) else next(answers) for one in checked
        )

    def _send(self, requests: Sequence[ScriptHttpRequest]) -> Sequence[ScriptHttpResponse]:
        match requests:
            case []:
                return []
            case [request]:
                return [self._gateway.send(request)]
        return self._gateway.send_all(requests)

    def _within_limit(self, responses: Iterable[ScriptHttpResponse]) -> list[ScriptHttpResponse]:
        """Return the responses; what is too much for the script to read becomes an error."""
        limit = room = self._settings.script_input_bytes
        kept = []
        for response in responses:
            room -= len(response.content)
            too_large = ScriptHttpResponse(error=f"the answer is larger than {limit} bytes")
            kept.append(response if room >= 0 else too_large)
        return kept

    def _check(self, order: Any) -> ScriptHttpRequest | ScriptHttpResponse:
        """Return the call that may be made, or why it may not."""
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
        return request or ScriptHttpResponse(error="the request cannot be understood")


def _document(response: ScriptHttpResponse) -> dict[str, Any]:
    if response.error is not None:
        return {"error": response.error}
    return {
        "status": response.status,
        "reason": responses.get(response.status, ""),
        "headers": {name.lower(): value for name, value in response.headers.items()},
        "content": response.content,
        "url": response.url,
        "redirected": response.redirected,
    }


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
            wished = isinstance(wish, int | float) and 0 < wish < seconds_left * 1000
            seconds = wish / 1000 if wished else seconds_left
            return ScriptHttpRequest(
                method=method.upper(),
                url=url,
                headers={str(name): str(value) for name, value in headers.items()},
                body=body,
                timeout_seconds=seconds,
                follow_redirects=order.get("follow_redirects") is not False,
            )
    return None
