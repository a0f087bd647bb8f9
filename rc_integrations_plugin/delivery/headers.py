"""The headers of a call: what may be sent at all, and what another origin may not see."""

import re
from collections.abc import Mapping

from rc_integrations_plugin.delivery.http import FailureKind, HttpFailure, HttpRequest

_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,256}")
_NOT_IN_VALUES = re.compile(r"[\x00-\x08\x0a-\x1f\x7f\ud800-\udfff]")
_MOST_BYTES = 64 * 1024
_FORBIDDEN_METHODS = frozenset({"CONNECT", "TRACE", "TRACK"})
# The sender sets these itself, from the URL and the body. Scripts often give a Content-Length that
# counts characters instead of bytes.
_SENDERS_OWN = frozenset(
    {
        "accept-encoding",
        "connection",
        "content-length",
        "expect",
        "host",
        "keep-alive",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
    }
)
_SECRET_WORDS = re.compile(
    r"auth|cookie|credential|passw|secret|session|token|(api|access|private)[-_]?key",
    re.IGNORECASE,
)


def refusal_of_request(request: HttpRequest) -> HttpFailure | None:
    """Return why method and headers make no HTTP request, or None."""
    if not _TOKEN.fullmatch(request.method) or request.method.upper() in _FORBIDDEN_METHODS:
        return _invalid("the method is not one that can be sent")
    size = 0
    for name, value in request.headers.items():
        if not _TOKEN.fullmatch(name):
            return _invalid("a header's name holds a character that no name may hold")
        if _NOT_IN_VALUES.search(value):
            return _invalid(f"the header {name} holds a character that no header may hold")
        size += len(name) + len(value.encode())
    return _invalid("the headers are too large") if size > _MOST_BYTES else None


def sendable_headers(headers: Mapping[str, str]) -> dict[str, str]:
    """Return the headers without those that the sender decides on."""
    return {
        name: value
        for name, value in headers.items()
        if name.lower() not in _SENDERS_OWN and not name.lower().startswith("proxy-")
    }


def headers_for_another_origin(
    headers: Mapping[str, str], *, secret: frozenset[str]
) -> dict[str, str]:
    """Return the headers without credentials: known ones, and those that `secret` names."""
    names = {name.lower() for name in secret}
    return {
        name: value
        for name, value in headers.items()
        if name.lower() not in names and not _SECRET_WORDS.search(name)
    }


def _invalid(message: str) -> HttpFailure:
    return HttpFailure(kind=FailureKind.INVALID_REQUEST, message=message)
