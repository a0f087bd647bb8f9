"""`test --dry-run`, with real script processes."""

import json
from pathlib import Path

import pytest
from flask import Flask

from tests.callers import Server
from tests.databases import restore_server

pytestmark = [pytest.mark.integration, pytest.mark.real_scripts]

INCOMING = """class Script {
  process_incoming_request({ request }) {
    console.log('by', request.url_params.token);
    HTTP.post('https://other.example/');
    return { content: { text: request.content.text.toUpperCase() } };
  }
}"""
OUTGOING = """class Script {
  prepare_outgoing_request({ request }) {
    const { token, user_name: who } = request.data;
    return { url: request.url, method: 'GET', token, who };
  }
}"""


@pytest.fixture
def server(app: Flask, server_database: Path) -> Server:
    restore_server(app, server_database)
    return Server(app)


def test_a_dry_run_of_a_hook_runs_its_script_and_posts_nothing(server: Server) -> None:
    one = server.caller("admin").create(script=INCOMING, scriptEnabled=True)
    runner = server.app.test_cli_runner()

    result = runner.invoke(
        args=["integrations", "test", one["_id"], "--dry-run", "--body", "-"],
        input='{"text": "hello"}',
    )

    assert result.exit_code == 0, result.output
    told = json.loads(result.stdout)
    assert told["message"]["text"] == "HELLO"
    assert told["message"]["rooms"] == [{"channel": "#general", "roomName": "general"}]
    assert told["answer"]["status"] == 200
    assert "console.log: by ***" in result.stderr
    assert "http (not made): POST https://other.example/" in result.stderr
    history = runner.invoke(args=["integrations", "history", one["_id"]])
    assert history.exit_code == 3


def test_a_dry_run_of_an_outgoing_one_shows_its_request(server: Server) -> None:
    one = server.caller("admin").create_outgoing(
        script=OUTGOING, scriptEnabled=True, token="sesame-open"
    )

    result = server.app.test_cli_runner().invoke(
        args=["integrations", "test", one["_id"], "--dry-run", "--json"]
    )

    assert result.exit_code == 0, result.output
    told = json.loads(result.stdout)
    assert (told["request"]["method"], told["request"]["url"]) == (
        "GET",
        "https://receiver.test/hook",
    )
    assert told["script"][0]["result"] == {
        "url": "https://receiver.test/hook",
        "method": "GET",
        "token": "***",
        "who": "rocket.cat",
    }


def test_a_script_that_fails_ends_with_1(server: Server) -> None:
    script = "class Script { process_incoming_request() { throw new TypeError('no') } }"
    one = server.caller("admin").create(script=script, scriptEnabled=True)

    result = server.app.test_cli_runner().invoke(
        args=["integrations", "test", one["_id"], "--dry-run"]
    )

    assert result.exit_code == 1
    fault, _duration, error = result.stderr.splitlines()
    assert fault.startswith("TypeError: no (line 1, column ")
    assert error == "Error: The script failed"
