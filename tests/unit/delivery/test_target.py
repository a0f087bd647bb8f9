import ipaddress

import pytest
from hypothesis import given, strategies as st

from rc_integrations_plugin.delivery.guard import AddressGuard, is_name
from rc_integrations_plugin.delivery.http import FailureKind, HttpFailure
from rc_integrations_plugin.delivery.target import Target, follow_location, read_target


def target(url: str) -> Target:
    found = read_target(url)
    assert isinstance(found, Target)
    return found


@pytest.mark.parametrize(
    ("url", "sent", "host"),
    [
        ("http://example.com", "http://example.com/", "example.com"),
        ("HTTPS://EXAMPLE.com:443/A?b=%2F#c", "https://example.com/A?b=%2F", "example.com"),
        (
            "http://a.example?s=%2b%2F&t=ü <",
            "http://a.example/?s=%2b%2F&t=%C3%BC%20%3C",
            "a.example",
        ),
        (
            "http://a.example/?u=a@b.example/?x#y?z",
            "http://a.example/?u=a@b.example/?x",
            "a.example",
        ),
        ("http://example.com./", "http://example.com/", "example.com"),
        (" http://example.com/a b\n", "http://example.com/a%20b", "example.com"),
        ("http://bücher.example/ü", "http://xn--bcher-kva.example/%C3%BC", "xn--bcher-kva.example"),
        ("http://[2606:4700::1]:8080/", "http://[2606:4700::1]:8080/", "2606:4700::1"),
        ("http://a_b.example/", "http://a_b.example/", "a_b.example"),
        ("http://\uff11.\uff11.\uff11.\uff11/", "http://1.1.1.1/", "1.1.1.1"),
    ],
)
def test_a_url_is_read(url: str, sent: str, host: str) -> None:
    found = target(url)

    assert str(found.url) == sent
    assert found.host == host


@pytest.mark.parametrize(
    "url",
    [
        "",
        "example.com",
        "//example.com/",
        "/path",
        "ftp://example.com/",
        "file:///etc/passwd",
        "gopher://example.com/",
        "javascript:alert(1)",
        "unix:///var/run/docker.sock",
        "http://",
        "http:///path",
        "http://example.com:0/",
        "http://example.com:65536/",
        "http://example.com:port/",
        "http://exa\nmple.com/",
        "http://example.com/\r\nHost: other",
        "http://example.com\x00.evil.example/",
        "http://example.com\\@evil.example/",
        "http://[::1/",
        "http://[::1]evil/",
        "http://example.com/\ud800",
        "http://example.com/" + "a" * 20_000,
    ],
)
def test_what_is_no_url_of_a_server_is_an_invalid_request(url: str) -> None:
    found = read_target(url)

    assert isinstance(found, HttpFailure)
    assert found.kind is FailureKind.INVALID_REQUEST


def test_a_failure_does_not_repeat_the_url() -> None:
    found = read_target("ftp://user:secret@example.com/?token=secret")

    assert isinstance(found, HttpFailure)
    assert "secret" not in found.message


def test_user_and_password_become_a_header() -> None:
    found = target("https://me:p%40ss@example.com/")

    assert str(found.url) == "https://example.com/"
    assert found.authorization == "Basic bWU6cEBzcw=="


def test_a_url_without_user_makes_no_header() -> None:
    assert target("https://example.com/").authorization is None


@pytest.mark.parametrize(
    ("location", "url"),
    [
        ("/next", "https://example.com:8443/next"),
        ("next", "https://example.com:8443/a/next"),
        ("/a?b=%2f", "https://example.com:8443/a?b=%2f"),
        ("?x=1", "https://example.com:8443/a/b?x=1"),
        ("//other.example/x", "https://other.example/x"),
        ("http://other.example/x", "http://other.example/x"),
    ],
)
def test_a_redirect_may_be_relative(location: str, url: str) -> None:
    found = follow_location(target("https://example.com:8443/a/b?c=d"), location)

    assert isinstance(found, Target)
    assert str(found.url) == url


@pytest.mark.parametrize(
    "location", ["ftp://example.com/", "javascript:1", "http://[", "http://a\\b/", "/a\x00"]
)
def test_a_redirect_must_lead_to_a_server(location: str) -> None:
    found = follow_location(target("https://example.com/"), location)

    assert isinstance(found, HttpFailure)
    assert found.kind is FailureKind.INVALID_REQUEST


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("http://example.com/a", "http://EXAMPLE.com:80/b", True),
        ("http://example.com/", "https://example.com/", False),
        ("http://example.com/", "http://example.com:81/", False),
        ("http://example.com/", "http://www.example.com/", False),
    ],
)
def test_scheme_host_and_port_make_an_origin(one: str, other: str, *, same: bool) -> None:
    assert (target(one).origin == target(other).origin) is same


WORDS = [
    "http://",
    "https://",
    "127.0.0.1",
    "::1",
    "%25lo",
    "0x7f",
    "2130706433",
    "localhost",
    "80",
]
CHARACTERS = "/:@[]%?#.\\ü\u3002\uff11\u00ad\ud800\x00\t "


@given(
    st.lists(st.sampled_from([*WORDS, *CHARACTERS]) | st.text(max_size=3), max_size=12).map("".join)
)
def test_any_text_is_a_target_with_one_plain_host_or_a_failure(url: str) -> None:
    found = read_target(url)

    if isinstance(found, Target):
        assert found.url.raw_host == found.host
        assert found.url.user is None
        assert is_name(found.host) or str(ipaddress.ip_address(found.host)) == found.host


@given(st.ip_addresses().filter(lambda address: not address.is_global))
def test_no_address_that_python_calls_private_passes(
    address: ipaddress.IPv4Address | ipaddress.IPv6Address,
) -> None:
    assert AddressGuard().refusal_of_address(str(address)) is not None
