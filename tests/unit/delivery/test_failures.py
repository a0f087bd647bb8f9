import socket
import ssl
from types import SimpleNamespace
from typing import Any

import aiohttp
import pytest

from rc_integrations_plugin.delivery.connections import AddressRefused
from rc_integrations_plugin.delivery.failures import failure_of
from rc_integrations_plugin.delivery.http import FailureKind

KEY: Any = SimpleNamespace(host="secret.example", port=80, ssl=True)


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (AddressRefused("private"), FailureKind.ADDRESS_REFUSED),
        (aiohttp.ClientConnectorDNSError(KEY, AddressRefused("private")), "address-refused"),
        (aiohttp.ClientConnectorError(KEY, AddressRefused("private")), "address-refused"),
        (aiohttp.ClientConnectorDNSError(KEY, OSError(None, "no")), "name-not-found"),
        (socket.gaierror(-2, "Name or service not known"), "name-not-found"),
        (aiohttp.ClientConnectorError(KEY, ConnectionRefusedError(111, "refused")), "connection"),
        (aiohttp.ClientConnectorError(KEY, TimeoutError(110, "timed out")), "connection"),
        (aiohttp.ServerDisconnectedError(), "connection"),
        (ConnectionResetError(104, "reset"), "connection"),
        (aiohttp.ClientConnectorSSLError(KEY, ssl.SSLError(1, "bad")), "tls"),
        (aiohttp.ClientPayloadError("cut"), "bad-answer"),
        (aiohttp.InvalidURL("http://secret"), "bad-request"),
        (ValueError("secret"), "bad-request"),
    ],
)
def test_each_error_has_its_kind_and_no_secret(error: Exception, kind: str) -> None:
    failure = failure_of(error)

    assert failure.kind == kind
    assert failure.message
    assert "secret" not in failure.message
