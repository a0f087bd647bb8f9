import pytest

from rc_integrations_plugin.delivery.headers import (
    headers_for_another_origin,
    refusal_of_request,
    sendable_headers,
)
from rc_integrations_plugin.delivery.http import FailureKind, HttpRequest


def request(method: str = "POST", **headers: str) -> HttpRequest:
    return HttpRequest(method=method, url="http://example.com/", headers=headers)


@pytest.mark.parametrize("method", ["GET", "POST", "put", "DELETE", "M-SEARCH", "PROPFIND"])
def test_a_usual_method_passes(method: str) -> None:
    assert refusal_of_request(request(method)) is None


@pytest.mark.parametrize(
    "method", ["", "GET /x HTTP/1.1\r\nX:", "G T", "CONNECT", "trace", "TRACK", "GÉT", "G\x00"]
)
def test_a_method_that_makes_trouble_is_refused(method: str) -> None:
    refusal = refusal_of_request(request(method))

    assert refusal is not None
    assert refusal.kind is FailureKind.INVALID_REQUEST


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("X-A", "b\r\nX-Injected: 1"),
        ("X-A", "b\nX-Injected: 1"),
        ("X-A", "b\r"),
        ("X-A", "b\x00"),
        ("X-A", "b\x7f"),
        ("X-A", "\ud800"),
        ("X-A\r\nX-Injected", "1"),
        ("X A", "1"),
        ("X-A:", "1"),
        ("", "1"),
        ("X-Ä", "1"),
        ("X-A", "a" * 70_000),
    ],
)
def test_a_header_that_could_become_two_is_refused(name: str, value: str) -> None:
    refusal = refusal_of_request(request(**{name: value}))

    assert refusal is not None
    assert refusal.kind is FailureKind.INVALID_REQUEST


def test_a_refusal_does_not_repeat_a_header_s_value() -> None:
    refusal = refusal_of_request(request(Authorization="Bearer secret\n"))

    assert refusal is not None
    assert "secret" not in refusal.message


def test_tabs_and_letters_of_all_languages_may_stand_in_a_value() -> None:
    assert refusal_of_request(request(**{"X-A": "a\tü 日本"})) is None


def test_what_the_sender_decides_on_is_not_taken_from_the_request() -> None:
    given = {
        "Host": "internal.example",
        "content-length": "3",
        "Transfer-Encoding": "chunked",
        "Connection": "upgrade",
        "Proxy-Authorization": "Basic x",
        "Accept-Encoding": "br",
        "Accept": "text/plain",
    }

    assert sendable_headers(given) == {"Accept": "text/plain"}


@pytest.mark.parametrize(
    "name",
    [
        "Authorization",
        "authorization",
        "Cookie",
        "X-Auth-Token",
        "PRIVATE-TOKEN",
        "X-Api-Key",
        "apikey",
        "X-Gitlab-Token",
        "X-Secret",
        "X-Session-Id",
        "X-Password",
        "X-Amz-Security-Token",
    ],
)
def test_a_credential_is_not_for_another_origin(name: str) -> None:
    assert headers_for_another_origin({name: "x", "Accept": "y"}, secret=frozenset()) == {
        "Accept": "y"
    }


def test_what_the_operator_calls_secret_is_not_for_another_origin() -> None:
    headers = {"X-Custom": "x", "Content-Type": "application/json", "webhook-signature": "v1,x"}

    assert headers_for_another_origin(headers, secret=frozenset({"x-CUSTOM"})) == {
        "Content-Type": "application/json",
        "webhook-signature": "v1,x",
    }
