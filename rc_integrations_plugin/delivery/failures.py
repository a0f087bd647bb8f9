"""Turns what aiohttp and the system raise into a failure that says what happened to whom it may."""

import socket

import aiohttp

from rc_integrations_plugin.delivery.connections import AddressRefused
from rc_integrations_plugin.delivery.http import FailureKind, HttpFailure

_MESSAGES = {
    FailureKind.NAME_NOT_FOUND: "the host's name has no address",
    FailureKind.CONNECTION: "no connection could be made, or it broke before the answer",
    FailureKind.BAD_ANSWER: "what came back is not HTTP, or its body is damaged",
    FailureKind.INVALID_REQUEST: "the request cannot be sent",
}


def failure_of(error: Exception) -> HttpFailure:
    """Return the failure for an error that a call ended with."""
    cause = getattr(error, "os_error", error)
    match error, cause:
        case _, AddressRefused():
            return HttpFailure(
                kind=FailureKind.ADDRESS_REFUSED,
                message=f"calls to this address are refused: {cause}",
            )
        case (aiohttp.ClientConnectorDNSError(), _) | (_, socket.gaierror()):
            kind = FailureKind.NAME_NOT_FOUND
        case aiohttp.ClientSSLError(), _:
            return _tls_failure(error)
        case aiohttp.ClientHttpProxyError(status=status), _:
            return HttpFailure(
                kind=FailureKind.CONNECTION, message=f"the proxy refused with status {status}"
            )
        case (aiohttp.InvalidURL(), _):
            kind = FailureKind.INVALID_REQUEST
        case (aiohttp.ClientPayloadError() | aiohttp.ClientResponseError(), _):
            kind = FailureKind.BAD_ANSWER
        case (aiohttp.ClientError() | OSError(), _):
            kind = FailureKind.CONNECTION
        case _:
            kind = FailureKind.INVALID_REQUEST
    words = getattr(cause, "strerror", None)
    return HttpFailure(kind=kind, message=f"{_MESSAGES[kind]}{f' ({words})' if words else ''}")


def _tls_failure(error: Exception) -> HttpFailure:
    cause = getattr(error, "certificate_error", None) or getattr(error, "os_error", error)
    words = getattr(cause, "verify_message", None) or getattr(cause, "reason", None) or "failed"
    return HttpFailure(kind=FailureKind.TLS, message=f"TLS: {words}")
