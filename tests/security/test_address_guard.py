"""Ways to make a chat server call what stands behind the firewall; none of them may connect.

A trap listens on all loopback addresses of IPv4, on a free port; it must get nothing.
"""

import asyncio
from collections.abc import Iterator

import aiohttp
import pytest

from rc_integrations_plugin.delivery.connections import AddressRefused, Connections
from rc_integrations_plugin.delivery.guard import AddressGuard
from rc_integrations_plugin.delivery.http import FailureKind, HttpFailure
from rc_integrations_plugin.delivery.rules import read_tls
from rc_integrations_plugin.delivery.sender import HttpSender
from tests.receivers import Answer, Receiver, receiver
from tests.senders import NameServer, answered, failed, get, sender

# a second and a third address of this machine, to be opened while the others stay closed
pytestmark = pytest.mark.allow_hosts(["127.0.0.1", "127.0.0.2", "127.0.0.3", "::1"])

HOSTS = [
    # this machine, in all the spellings that some library somewhere understands
    "127.0.0.1",
    "127.0.0.2",
    "127.255.255.254",
    "127.1",
    "127.0.1",
    "0",
    "0.0.0.0",  # noqa: S104 - an address to refuse
    "0.0.0.1",
    "2130706433",
    "0x7f000001",
    "0x7f.1",
    "0x7f.0x0.0x0.0x1",
    "017700000001",
    "0177.0.0.1",
    "0177.0.0.01",
    "127.0.0.0x1",
    "127.000.000.001",
    "4294967296",
    "127.0.0.1.",
    "127.0.0.1..",
    "%31%32%37.0.0.1",
    "127%2e0%2e0%2e1",
    "\uff11\uff12\uff17.\uff10.\uff10.\uff11",
    "127\u30020\u30020\u30021",
    "\u2460\u2461\u2466.\u24ea.\u24ea.\u2460",
    "[::1]",
    "[::]",
    "[0:0:0:0:0:0:0:1]",
    "[0000:0000:0000:0000:0000:0000:0000:0001]",
    "[::1%25lo]",
    "[::127.0.0.1]",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "[::ffff:0:127.0.0.1]",
    "[64:ff9b::127.0.0.1]",
    "[64:ff9b:1::7f00:1]",
    "[2002:7f00:1::]",
    "[2001:0:4136:e378:8000:63bf:80ff:fffe]",
    "[2a00::5efe:127.0.0.1]",
    # names for it
    "localhost",
    "LOCALHOST",
    "localhost.",
    "localhost..",
    "localhost.localdomain",
    "anything.localhost",
    "\u24db\u24de\u24d2\u24d0\u24db\u24d7\u24de\u24e2\u24e3",
    "loc\u00adalhost",
    # the networks beside it
    "10.0.0.1",
    "10.255.255.255",
    "172.16.0.1",
    "172.31.255.255",
    "192.168.0.1",
    "192.168.1.1.",
    "100.64.0.1",
    "100.127.255.255",
    "169.254.1.1",
    "[fe80::1]",
    "[fe80::1%25eth0]",
    "[fec0::1]",
    "[fc00::1]",
    "[fd12:3456:789a::1]",
    "[::ffff:10.0.0.1]",
    "[::ffff:192.168.0.1]",
    "[64:ff9b::10.0.0.1]",
    "[2002:c0a8:1::1]",
    # metadata of clouds
    "169.254.169.254",
    "2852039166",
    "0xa9fea9fe",
    "0251.0376.0251.0376",
    "169.254.170.2",
    "168.63.129.16",
    "192.0.0.192",
    "100.100.100.200",
    "[fd00:ec2::254]",
    "[fd20:ce::254]",
    "[::ffff:169.254.169.254]",
    "[64:ff9b::a9fe:a9fe]",
    "[2002:a9fe:a9fe::]",
    "metadata.google.internal",
    "metadata.google.internal.",
    "METADATA.GOOGLE.INTERNAL",
    "metadata",
    "metadata.goog",
    "instance-data",
    # multicast, reserved, documentation
    "224.0.0.1",
    "239.255.255.250",
    "240.0.0.1",
    "255.255.255.255",
    "192.0.2.1",
    "192.88.99.1",
    "198.18.0.1",
    "198.51.100.1",
    "203.0.113.1",
    "[ff02::1]",
    "[ff0e::1]",
    "[100::1]",
    "[2001:db8::1]",
    "[2001:20::1]",
    "[3fff::1]",
    "[5f00::1]",
    "[4000::1]",
]
REFUSED = {FailureKind.ADDRESS_REFUSED, FailureKind.INVALID_REQUEST}


@pytest.fixture
def trap() -> Iterator[Receiver]:
    with receiver("0.0.0.0") as running:  # noqa: S104 - all of 127.0.0.0/8
        yield running


@pytest.fixture(scope="module")
def closed() -> Iterator[HttpSender]:
    """Lets nothing through but public addresses, and no name server is asked."""
    with sender(lookup=NameServer()) as made:
        yield made


@pytest.mark.parametrize("host", HOSTS)
def test_a_hostile_host_is_refused(closed: HttpSender, trap: Receiver, host: str) -> None:
    assert failed(closed.send(get(f"http://{host}:{trap.port}/"))) in REFUSED
    assert trap.received == []


@pytest.mark.parametrize(
    "address",
    [host.strip("[]").replace("%25", "%") for host in HOSTS if host[0] == "["]
    + [host for host in HOSTS if host.count(".") == 3 and host.replace(".", "").isdigit()],
)
def test_a_name_with_a_hostile_address_is_refused(trap: Receiver, address: str) -> None:
    names = NameServer(evil_example=[[address]])

    with sender(lookup=names) as guarded:
        found = guarded.send(get(f"http://evil.example:{trap.port}/"))

    assert names.asked == ["evil.example"]
    assert failed(found) is FailureKind.ADDRESS_REFUSED
    assert trap.received == []


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com@127.0.0.1:{port}/",
        "http://example.com:80@127.0.0.1:{port}/",
        "http://example.com%40127.0.0.1:{port}/",
        "http://example.com#@127.0.0.1:{port}/",
        "http://127.0.0.1:{port}#@example.com/",
        "http://127.0.0.1:{port}?@example.com/",
        "http://127.0.0.1:{port}\\@example.com/",
        "http://example.com\\@127.0.0.1:{port}/",
        "http://a@b@127.0.0.1:{port}/",
        "http://[::1]@127.0.0.1:{port}/",
        "http://[example.com]@127.0.0.1:{port}/",
        "http:127.0.0.1:{port}/",
        "http:/127.0.0.1:{port}/",
        "http:///127.0.0.1:{port}/",
        "http:\\\\127.0.0.1:{port}/",
        "//127.0.0.1:{port}/",
        "\thttp://127.0.0.1:{port}/",
        "ht\ntp://127.0.0.1:{port}/",
        "http://127.0.0.1\t:{port}/",
        "http://127.0.0.1\x00.example.com:{port}/",
        "http://127.0.0.1 .example.com:{port}/",
        "http://127.0.0.1:{port}\r\n.example.com/",
        "HTTP://127.0.0.1:{port}/",
        "gopher://127.0.0.1:{port}/_INFO",
        "dict://127.0.0.1:{port}/INFO",
        "file:///etc/passwd",
        "ws://127.0.0.1:{port}/",
        "tcp://127.0.0.1:{port}/",
        "unix:///var/run/docker.sock",
        "jar:http://127.0.0.1:{port}/!/",
    ],
)
def test_a_url_that_hides_its_host_is_refused(trap: Receiver, url: str) -> None:
    names = NameServer()

    with sender(lookup=names) as guarded:
        found = guarded.send(get(url.format(port=trap.port)))

    # example.com is what the URL says in one case: it is asked for, and is not known
    assert failed(found) in REFUSED | {FailureKind.NAME_NOT_FOUND}
    assert trap.received == []


def test_a_name_that_changes_its_address_after_the_question_is_refused(trap: Receiver) -> None:
    """Rebinding: the name is harmless when it is checked, and hostile when it is connected to."""
    names = NameServer(evil_example=[["127.0.0.2"], ["127.0.0.1"]])
    hop = Answer(status=307, headers=(("Location", f"http://evil.example:{trap.port}/"),))

    with (
        receiver("127.0.0.2") as harmless,
        sender("127.0.0.2", lookup=names) as guarded,
    ):
        # another port, so that the connection to it is a new one
        harmless.answers["/"] = hop
        found = guarded.send(get(f"http://evil.example:{harmless.port}/"))

    assert names.asked == ["evil.example", "evil.example"]
    assert failed(found) is FailureKind.ADDRESS_REFUSED
    assert trap.received == []


def test_of_several_addresses_only_those_that_may_be_called_are_tried() -> None:
    names = NameServer(mixed_example=[["127.0.0.1", "10.0.0.1", "127.0.0.3"]])

    with receiver("127.0.0.1") as refused, sender("127.0.0.3", lookup=names) as guarded:
        found = guarded.send(get(f"http://mixed.example:{refused.port}/"))

    # nobody listens on the one that is open
    assert failed(found) is FailureKind.CONNECTION
    assert refused.received == []


def test_no_name_server_is_asked_about_localhost(trap: Receiver) -> None:
    names = NameServer(localhost=[["127.0.0.3"]])

    with sender("127.0.0.3", lookup=names) as guarded:
        found = guarded.send(get(f"http://localhost:{trap.port}/"))

    assert names.asked == []
    assert failed(found) is FailureKind.ADDRESS_REFUSED


async def _call_past_the_client(url: str) -> None:
    connections = Connections.open(AddressGuard(), tls=read_tls(""))
    try:
        async with connections.guarded.get(url):
            pass
    finally:
        await connections.close()


@pytest.mark.parametrize("host", ["127.0.0.1", "[::1]", "[::ffff:127.0.0.1]", "localhost"])
def test_no_socket_is_opened_even_if_nobody_asked_about_the_host_before(
    trap: Receiver, host: str
) -> None:
    with pytest.raises(aiohttp.ClientConnectorError) as caught:
        asyncio.run(_call_past_the_client(f"http://{host}:{trap.port}/"))

    assert isinstance(caught.value.os_error, AddressRefused)
    assert trap.received == []


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize(
    "location",
    [
        "http://127.0.0.1:{port}/",
        "//127.0.0.1:{port}/",
        "http://localhost:{port}/",
        "http://2130706433:{port}/",
        "http://[::ffff:127.0.0.1]:{port}/",
        "http://169.254.169.254/latest/meta-data/",
        "http://metadata.google.internal/",
        "file:///etc/passwd",
    ],
)
def test_a_redirect_to_a_hostile_address_is_refused(
    trap: Receiver, status: int, location: str
) -> None:
    with receiver("127.0.0.2") as first, sender("127.0.0.2") as guarded:
        place = location.format(port=trap.port)
        first.answers["/"] = Answer(status=status, headers=(("Location", place),))
        found = guarded.send(get(f"{first.url}/"))

    assert failed(found) in REFUSED
    assert len(first.received) == 1
    assert trap.received == []


def test_a_second_redirect_is_looked_at_like_the_first(trap: Receiver) -> None:
    with receiver("127.0.0.2") as first, sender("127.0.0.2") as guarded:
        first.answers["/"] = Answer(status=302, headers=(("Location", "/again"),))
        trap_url = f"http://127.0.0.1:{trap.port}/"
        first.answers["/again"] = Answer(status=302, headers=(("Location", trap_url),))
        found = guarded.send(get(f"{first.url}/"))

    assert failed(found) is FailureKind.ADDRESS_REFUSED
    assert trap.received == []


def test_an_opened_name_does_not_open_the_address_it_has(trap: Receiver) -> None:
    names = NameServer(open_example=[["127.0.0.1"]], evil_example=[["127.0.0.1"]])

    with sender("open.example", lookup=names) as guarded:
        answered(guarded.send(get(f"http://open.example:{trap.port}/")))
        for host in ("127.0.0.1", "evil.example", "sub.open.example"):
            assert isinstance(guarded.send(get(f"http://{host}:{trap.port}/")), HttpFailure)

    assert len(trap.received) == 1


def test_a_kept_connection_of_an_opened_name_serves_no_other_name(trap: Receiver) -> None:
    """Both go to the same address and port; the second is not let in by the first's connection."""
    names = NameServer(open_example=[["127.0.0.1"]])

    with sender("open.example", lookup=names) as guarded:
        answered(guarded.send(get(f"http://open.example:{trap.port}/")))
        found = guarded.send(
            get(f"http://127.0.0.1:{trap.port}/", headers={"Host": "open.example"})
        )

    assert failed(found) is FailureKind.ADDRESS_REFUSED


def test_the_proxy_of_the_environment_is_no_way_around_the_guard(trap: Receiver) -> None:
    names = NameServer(evil_example=[["10.0.0.1"]])

    with receiver() as proxy, sender(lookup=names, proxies={"http": proxy.url}) as guarded:
        for host in ("127.0.0.1", "localhost", "evil.example", "metadata.google.internal"):
            found = guarded.send(get(f"http://{host}:{trap.port}/"))
            assert failed(found) is FailureKind.ADDRESS_REFUSED

    assert proxy.received == []
    assert trap.received == []


def test_a_refusal_tells_nobody_which_address_a_name_has(trap: Receiver) -> None:
    names = NameServer(internal_example=[["10.11.12.13"]])

    with sender(lookup=names) as guarded:
        found = guarded.send(get(f"http://internal.example:{trap.port}/?token=secret"))

    assert isinstance(found, HttpFailure)
    assert found.message == "calls to this address are refused: private"
