"""Makes the HTTP calls of scripts: under the same guard and limits as deliveries."""

from collections.abc import Sequence

from rc_integrations_plugin.delivery.http import HttpFailure, HttpRequest, HttpResponse
from rc_integrations_plugin.delivery.sender import HttpSender
from rc_integrations_plugin.scripting.protocol import ScriptHttpRequest, ScriptHttpResponse


class SenderGateway:
    """Fills `HttpGateway` with real calls."""

    def __init__(self, sender: HttpSender) -> None:
        self._sender = sender

    def send(self, request: ScriptHttpRequest) -> ScriptHttpResponse:
        """Make the call; whatever goes wrong is told as `error`."""
        return _response_of(self._sender.send(_request_of(request)))

    def send_all(self, requests: Sequence[ScriptHttpRequest]) -> Sequence[ScriptHttpResponse]:
        """Make calls side by side."""
        answers = self._sender.send_all([_request_of(request) for request in requests])
        return [_response_of(answer) for answer in answers]


def _request_of(request: ScriptHttpRequest) -> HttpRequest:
    return HttpRequest(
        method=request.method,
        url=request.url,
        headers=request.headers,
        body=None if request.body is None else _as_utf8(request.body),
        timeout_seconds=request.timeout_seconds,
        follow_redirects=request.follow_redirects,
    )


def _response_of(answer: HttpResponse | HttpFailure) -> ScriptHttpResponse:
    if isinstance(answer, HttpFailure):
        return ScriptHttpResponse(error=answer.message)
    return ScriptHttpResponse(
        status=answer.status,
        headers=answer.headers,
        content=answer.text,
        url=answer.url,
        redirected=answer.redirected,
    )


def _as_utf8(text: str) -> bytes:
    """Encode as JavaScript does: half a surrogate pair becomes U+FFFD."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace").encode()
