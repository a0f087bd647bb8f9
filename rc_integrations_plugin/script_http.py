"""Makes the HTTP calls of scripts: under the same guard and limits as deliveries."""

from rc_integrations_plugin.delivery.http import HttpFailure, HttpRequest
from rc_integrations_plugin.delivery.sender import HttpSender
from rc_integrations_plugin.scripting.protocol import ScriptHttpRequest, ScriptHttpResponse


class SenderGateway:
    """Fills `HttpGateway` with real calls."""

    def __init__(self, sender: HttpSender) -> None:
        self._sender = sender

    def send(self, request: ScriptHttpRequest) -> ScriptHttpResponse:
        """Make the call; whatever goes wrong is told as `error`."""
        answer = self._sender.send(
            HttpRequest(
                method=request.method,
                url=request.url,
                headers=request.headers,
                body=None if request.body is None else _as_utf8(request.body),
                timeout_seconds=request.timeout_seconds,
                follow_redirects=request.follow_redirects,
            )
        )
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
