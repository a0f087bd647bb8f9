"""Certificates of an authority of our own, and proxies."""

import ssl
from collections.abc import Iterator
from pathlib import Path

import pytest
import trustme

from rc_integrations_plugin.delivery.http import FailureKind, HttpFailure
from rc_integrations_plugin.delivery.proxies import Proxies
from rc_integrations_plugin.delivery.rules import read_rules
from rc_integrations_plugin.errors import SettingsError
from rc_integrations_plugin.settings import Settings
from tests.receivers import Answer, Receiver, receiver
from tests.senders import THIS_MACHINE, NameServer, answered, failed, get, sender

pytestmark = pytest.mark.integration


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def ca_file(authority: trustme.CA, tmp_path: Path) -> str:
    path = tmp_path / "authority.pem"
    authority.cert_pem.write_to_path(path)
    return str(path)


@pytest.fixture
def server(authority: trustme.CA) -> Iterator[Receiver]:
    with receiver(tls=_served(authority, "127.0.0.1", "known.example")) as running:
        yield running


def _served(authority: trustme.CA, *names: str) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(*names).configure_cert(context)
    return context


def test_an_authority_of_one_s_own_is_trusted(server: Receiver, ca_file: str) -> None:
    with sender(*THIS_MACHINE, ca_file=ca_file) as calls:
        assert answered(calls.send(get(f"{server.url}/"))).status == 200


def test_a_certificate_of_an_unknown_authority_is_refused(server: Receiver) -> None:
    with sender(*THIS_MACHINE) as calls:
        found = calls.send(get(f"{server.url}/"))

    assert failed(found) is FailureKind.TLS
    assert isinstance(found, HttpFailure)
    assert "certificate" in found.message
    assert server.received == []


def test_a_certificate_must_name_the_host(server: Receiver, ca_file: str) -> None:
    names = NameServer(known_example=[["127.0.0.1"]], unknown_example=[["127.0.0.1"]])

    with sender(*THIS_MACHINE, lookup=names, ca_file=ca_file) as calls:
        known = calls.send(get(f"https://known.example:{server.port}/"))
        unknown = calls.send(get(f"https://unknown.example:{server.port}/"))

    assert answered(known).status == 200
    assert failed(unknown) is FailureKind.TLS


def test_https_to_a_server_without_it_is_a_failure() -> None:
    with receiver() as plain, sender(*THIS_MACHINE) as calls:
        assert failed(calls.send(get(f"https://127.0.0.1:{plain.port}/"))) is FailureKind.TLS


def test_credentials_do_not_go_from_https_to_http(server: Receiver, ca_file: str) -> None:
    with receiver() as plain, sender(*THIS_MACHINE, ca_file=ca_file) as calls:
        server.answers["/"] = Answer(status=307, headers=(("Location", f"{plain.url}/"),))
        answered(calls.send(get(f"{server.url}/", headers={"Authorization": "Bearer x"})))

    assert "authorization" not in plain.received[0].headers


@pytest.mark.parametrize("content", [None, "", "no certificate"])
def test_a_file_without_certificates_stops_the_start(tmp_path: Path, content: str | None) -> None:
    path = tmp_path / "authority.pem"
    if content is not None:
        path.write_text(content)

    with pytest.raises(SettingsError, match="RC_INTEGRATIONS_CA_FILE"):
        read_rules(Settings(ca_file=str(path)))


def test_a_call_goes_through_the_proxy_of_its_scheme() -> None:
    names = NameServer(far_example=[["93.184.215.14"]])

    with receiver() as proxy, sender(lookup=names, proxies={"http": proxy.url}) as calls:
        proxy.answers["http://far.example/x?y=z"] = Answer(body=b"from the proxy")
        answer = answered(calls.send(get("http://far.example/x?y=z")))

    [got] = proxy.received
    assert answer.text == "from the proxy"
    assert got.headers["host"] == "far.example"


def test_a_name_that_only_the_proxy_knows_is_the_proxy_s_to_look_up() -> None:
    with receiver() as proxy, sender(lookup=NameServer(), proxies={"http": proxy.url}) as calls:
        assert answered(calls.send(get("http://far.example/"))).status == 200

    assert len(proxy.received) == 1


def test_a_refusing_proxy_is_a_failure() -> None:
    names = NameServer(far_example=[["93.184.215.14"]])

    with receiver() as proxy, sender(lookup=names, proxies={"https": proxy.url}) as calls:
        found = calls.send(get("https://far.example/"))

    # the receiver knows no CONNECT
    assert failed(found) is FailureKind.CONNECTION
    assert isinstance(found, HttpFailure)
    assert found.message == "the proxy refused with status 501"


def test_hosts_of_no_proxy_are_called_directly() -> None:
    with (
        receiver() as proxy,
        receiver() as near,
        sender(*THIS_MACHINE, proxies={"http": proxy.url, "no": "127.0.0.1"}) as calls,
    ):
        answered(calls.send(get(f"{near.url}/")))

    assert len(near.received) == 1
    assert proxy.received == []


def test_the_environment_is_read_only_if_the_operator_says_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    with receiver() as proxy, receiver() as near:
        monkeypatch.setenv("http_proxy", proxy.url)
        for switch in (False, True):
            with sender(*THIS_MACHINE, http_proxy_from_environment=switch) as calls:
                answered(calls.send(get(f"{near.url}/")))

    assert len(near.received) == 1
    assert [got.path for got in proxy.received] == [f"{near.url}/"]


@pytest.mark.parametrize("url", ["socks5://127.0.0.1:1080", "ftp://x", "http://", "http://["])
def test_a_proxy_that_cannot_be_used_stops_the_start(url: str) -> None:
    with pytest.raises(SettingsError, match="proxy"):
        Proxies({"http": url})


def test_a_proxy_may_be_given_without_scheme() -> None:
    with receiver() as proxy, receiver() as near:
        bare = proxy.url.removeprefix("http://")
        with sender(*THIS_MACHINE, proxies={"all": bare}) as calls:
            answered(calls.send(get(f"{near.url}/")))

    assert len(proxy.received) == 1
