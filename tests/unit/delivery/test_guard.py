from ipaddress import ip_address

import pytest

from rc_integrations_plugin.delivery.guard import (
    AddressGuard,
    embedded_ipv4,
    is_localhost,
    kind_of,
)
from rc_integrations_plugin.errors import SettingsError

CLOSED = AddressGuard()


@pytest.mark.parametrize(
    ("address", "kind"),
    [
        ("127.0.0.1", "loopback"),
        ("10.1.2.3", "private"),
        ("100.64.0.1", "shared (CGNAT)"),
        ("169.254.1.1", "link-local"),
        ("169.254.169.254", "cloud metadata"),
        ("168.63.129.16", "cloud metadata"),
        ("224.0.0.1", "multicast"),
        ("255.255.255.255", "reserved"),
        ("0.0.0.0", "unspecified"),  # noqa: S104 - an address to refuse
        ("::1", "loopback"),
        ("fe80::1", "link-local"),
        ("fc00::1", "private"),
        ("ff02::1", "multicast"),
        ("4000::1", "reserved"),
    ],
)
def test_a_refused_address_has_a_word(address: str, kind: str) -> None:
    assert kind_of(ip_address(address)) == kind


@pytest.mark.parametrize(
    "address",
    [
        "1.1.1.1",
        "9.255.255.255",
        "11.0.0.0",
        "100.63.255.255",
        "100.128.0.0",
        "126.255.255.255",
        "128.0.0.0",
        "172.15.255.255",
        "172.32.0.0",
        "192.167.255.255",
        "192.169.0.0",
        "198.17.255.255",
        "198.20.0.0",
        "223.255.255.255",
        "2606:4700:4700::1111",
        "2a00:1450:4001:800::200e",
        "2001:4860:4860::8888",
    ],
)
def test_a_public_address_passes(address: str) -> None:
    assert CLOSED.refusal_of_address(address) is None


@pytest.mark.parametrize(
    ("outer", "inner"),
    [
        ("::ffff:10.0.0.1", "10.0.0.1"),
        ("::10.0.0.1", "10.0.0.1"),
        ("::ffff:0:10.0.0.1", "10.0.0.1"),
        ("64:ff9b::10.0.0.1", "10.0.0.1"),
        ("64:ff9b:1::10.0.0.1", "10.0.0.1"),
        ("2002:a00:1::", "10.0.0.1"),
        ("2001:0:4136:e378:8000:63bf:f5ff:fffe", "10.0.0.1"),
        ("2a00:1::5efe:10.0.0.1", "10.0.0.1"),
        ("2a00:1::200:5efe:10.0.0.1", "10.0.0.1"),
    ],
)
def test_an_ipv4_address_inside_is_found(outer: str, inner: str) -> None:
    assert embedded_ipv4(ip_address(outer)) == ip_address(inner)


@pytest.mark.parametrize("address", ["::", "::1", "10.0.0.1", "2606:4700:4700::1111", "fc00::1"])
def test_no_ipv4_address_is_seen_where_none_is(address: str) -> None:
    assert embedded_ipv4(ip_address(address)) is None


def test_an_opened_network_opens_its_addresses_and_no_others() -> None:
    guard = AddressGuard.from_entries(["10.20.0.0/16", "fd00:1::/32", "127.0.0.1"])

    assert guard.refusal_of_address("10.20.255.255") is None
    assert guard.refusal_of_address("fd00:1:2::3") is None
    assert guard.refusal_of_address("127.0.0.1") is None
    assert guard.refusal_of_address("10.21.0.0") == "private"
    assert guard.refusal_of_address("fd00:2::1") == "private"
    assert guard.refusal_of_address("127.0.0.2") == "loopback"


def test_an_opened_translator_opens_only_public_addresses_behind_it() -> None:
    guard = AddressGuard.from_entries(["64:ff9b::/96"])

    assert guard.refusal_of_address("64:ff9b::8.8.8.8") is None
    assert guard.refusal_of_address("64:ff9b::127.0.0.1") == "loopback (IPv4 inside IPv6)"


def test_an_opened_ipv4_network_does_not_open_its_ipv6_disguises() -> None:
    guard = AddressGuard.from_entries(["127.0.0.0/8"])

    assert guard.refusal_of_address("::ffff:127.0.0.1") == "IPv4-mapped"


def test_a_mapped_public_address_is_refused_too() -> None:
    assert CLOSED.refusal_of_address("::ffff:8.8.8.8") == "IPv4-mapped"


def test_a_zone_is_refused_even_where_all_is_open() -> None:
    guard = AddressGuard.from_entries(["::/0"])

    assert guard.refusal_of_address("fe80::1%eth0") == "link-local"


def test_what_is_no_address_is_refused() -> None:
    assert CLOSED.refusal_of_address("0177.0.0.1") == "not in the usual spelling"
    assert CLOSED.refusal_of_address("") == "not in the usual spelling"


def test_an_opened_name_is_opened_alone() -> None:
    guard = AddressGuard.from_entries(["Jira.Example.com.", "bücher.example"])

    assert guard.opens_name("jira.example.com")
    assert guard.opens_name("xn--bcher-kva.example")
    assert not guard.opens_name("a.jira.example.com")
    assert not guard.opens_name("xjira.example.com")
    assert not guard.opens_name("example.com")


def test_a_star_opens_all_names_below_and_not_the_name_itself() -> None:
    guard = AddressGuard.from_entries(["*.corp.example"])

    assert guard.opens_name("a.corp.example")
    assert guard.opens_name("a.b.corp.example")
    assert not guard.opens_name("corp.example")
    assert not guard.opens_name("acorp.example")


def test_names_of_metadata_services_are_refused_unless_opened() -> None:
    guard = AddressGuard.from_entries(["metadata.google.internal"])

    assert CLOSED.refusal_of_name("metadata.google.internal") == "cloud metadata"
    assert guard.refusal_of_name("metadata.google.internal") is None


def test_of_other_names_the_address_decides() -> None:
    assert CLOSED.refusal_of_name("example.com") is None
    assert CLOSED.refusal_of_name("localhost") is None


@pytest.mark.parametrize(
    "entry",
    [
        "10.0.0.1/8",
        "10.0.0.0/33",
        "127.1",
        "0x7f000001",
        "2130706433",
        "http://example.com",
        "example.com:80",
        "exa mple.com",
        "user@example.com",
        "*",
        "*.",
        "a..b",
        ".example.com",
        "x" * 300,
        "\x00",
        "\ud800.com",
    ],
)
def test_an_entry_that_opens_nothing_sensible_stops_the_start(entry: str) -> None:
    with pytest.raises(SettingsError, match="RC_INTEGRATIONS_ALLOWED_NETWORKS"):
        AddressGuard.from_entries([entry])


@pytest.mark.parametrize(
    ("host", "is_it"),
    [
        ("localhost", True),
        ("a.b.localhost", True),
        ("localhost.localdomain", True),
        ("localhost.example.com", False),
        ("notlocalhost", False),
    ],
)
def test_localhost_has_several_names(host: str, *, is_it: bool) -> None:
    assert is_localhost(host) is is_it
