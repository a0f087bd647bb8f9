"""What scripts call goes out by the sender, under its rules."""

import threading
from collections.abc import Iterator
from typing import Any

import pytest

from host_stub.app import create_app
from rc_integrations_plugin.script_http import SenderGateway
from rc_integrations_plugin.scripting.protocol import (
    HttpGateway,
    Script,
    ScriptHttpRequest,
    ScriptHttpResponse,
)
from rc_integrations_plugin.scripting.runner import ProcessScriptRunner
from rc_integrations_plugin.services import EXTENSION, Services
from rc_integrations_plugin.settings import Settings
from tests.receivers import Answer, Receiver, receiver
from tests.senders import THIS_MACHINE, sender

pytestmark = pytest.mark.integration


@pytest.fixture
def server() -> Iterator[Receiver]:
    with receiver() as running:
        yield running


@pytest.fixture
def gateway() -> Iterator[HttpGateway]:
    with sender(*THIS_MACHINE) as made:
        yield SenderGateway(made)


def request(url: str, **given: object) -> ScriptHttpRequest:
    fields = {"method": "GET", "headers": {}, "body": None, "timeout_seconds": 5.0, **given}
    return ScriptHttpRequest(url=url, **fields)  # type: ignore[arg-type]


def test_a_call_goes_out_and_its_answer_comes_back(server: Receiver, gateway: HttpGateway) -> None:
    server.answers["/"] = Answer(
        status=404, headers=(("Content-Type", "text/plain; charset=latin1"),), body=b"\xfc"
    )

    answer = gateway.send(
        request(f"{server.url}/", method="POST", headers={"X-A": "b"}, body="ü\ud83d\ude00\ud800")
    )

    [got] = server.received
    assert (got.method, got.headers["x-a"]) == ("POST", "b")
    assert got.body.decode() == "ü\U0001f600\ufffd"
    assert answer.error is None
    assert (answer.status, answer.content, answer.url) == (404, "ü", f"{server.url}/")
    assert answer.headers["content-type"] == "text/plain; charset=latin1"
    assert answer.redirected is False


def test_redirects_are_followed_unless_the_script_says_no(
    server: Receiver, gateway: HttpGateway
) -> None:
    server.answers["/"] = Answer(status=302, headers=(("Location", "/next"),))

    followed = gateway.send(request(f"{server.url}/"))
    not_followed = gateway.send(request(f"{server.url}/", follow_redirects=False))

    assert (followed.status, followed.redirected) == (200, True)
    assert (not_followed.status, not_followed.redirected) == (302, False)


@pytest.mark.parametrize(
    ("url", "error"),
    [
        ("http://10.0.0.1/", "calls to this address are refused: private"),
        ("ftp://example.com/", "the URL must begin with http:// or https://"),
    ],
)
def test_what_goes_wrong_is_told_as_text(gateway: HttpGateway, url: str, error: str) -> None:
    assert gateway.send(request(url)) == ScriptHttpResponse(error=error)


def test_a_script_may_not_wait_longer_than_it_has(server: Receiver, gateway: HttpGateway) -> None:
    server.answers["/"] = Answer(wait=threading.Event())

    answer = gateway.send(request(f"{server.url}/", timeout_seconds=0.1))

    assert answer.error == "there was no whole answer within 0.1 s"


def test_a_real_script_calls_a_real_server(server: Receiver, gateway: HttpGateway) -> None:
    server.answers["/items?q=a%20b"] = Answer(
        headers=(("Content-Type", "application/json"),), body=b'{"items": [1, 2]}'
    )
    source = """
        class Script {
          process_incoming_request() {
            const found = HTTP.get(this.base() + '/items', {query: 'q=a%20b', auth: 'me:pass'});
            const refused = HTTP('GET', 'http://169.254.169.254/latest/');
            return {content: {text: found.data.items.length + ' ' + refused.error.message}};
          }
          base() { return 'URL'; }
        }
    """.replace("URL", server.url)
    runner = ProcessScriptRunner(Settings(), http=gateway)
    try:
        run = runner.call(
            Script(integration_id="i", name="n", version="1", source=source),
            "process_incoming_request",
            {},
        )
    finally:
        runner.close()

    assert run.fault is None
    assert run.value["content"]["text"] == "2 calls to this address are refused: cloud metadata"
    assert server.received[0].headers["authorization"] == "Basic bWU6cGFzcw=="


def test_what_a_script_fetches_together_is_under_way_together(
    server: Receiver, gateway: HttpGateway
) -> None:
    """Three answers that come only when all three have been asked for."""
    all_asked = threading.Event()
    for name in "abc":
        server.answers[f"/{name}"] = Answer(wait=all_asked, body=name.encode())
    source = f"""class Script {{ run() {{
        return Promise.all(['a', 'b', 'c'].map(name => fetch('{server.url}/' + name)
            .then(response => response.text())));
    }} }}"""

    def open_when_all_have_asked() -> None:
        while len(server.received) < 3 and not all_asked.wait(0.01):
            pass
        all_asked.set()

    watcher = threading.Thread(target=open_when_all_have_asked)
    watcher.start()
    runner = ProcessScriptRunner(Settings(script_http_seconds=5.0), http=gateway)
    try:
        script = Script(integration_id="i", name="n", version="1", source=source)
        run = runner.call(script, "run", None)
    finally:
        all_asked.set()
        watcher.join()
        runner.close()

    assert run.fault is None
    assert run.value == ["a", "b", "c"]


@pytest.mark.parametrize(
    ("opened", "says"),
    [("", "calls to this address are refused: loopback"), ("127.0.0.1, ::1", "200")],
)
def test_the_settings_of_the_server_decide_what_its_scripts_may_call(
    config: dict[str, Any], opened: str, says: str, server: Receiver
) -> None:
    source = f"""
        class Script {{
          process_incoming_request() {{
            const {{error, result}} = HTTP('GET', '{server.url}/');
            return error ? error.message : String(result.statusCode);
          }}
        }}
    """
    app = create_app({**config, "RC_INTEGRATIONS_ALLOWED_NETWORKS": opened})
    services: Services = app.extensions[EXTENSION]
    try:
        run = services.scripts.call(
            Script(integration_id="i", name="n", version="1", source=source),
            "process_incoming_request",
            {},
        )
    finally:
        services.scripts.close()
        services.sender.close()
        with app.app_context():
            app.extensions["sqlalchemy"].engine.dispose()

    assert run.value == says
