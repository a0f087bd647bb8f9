"""`script run`, `test` and `check`, with real script processes."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from flask import Flask

from rc_integrations_plugin.__main__ import main
from rc_integrations_plugin.services import Services
from tests.factories import make_incoming

pytestmark = pytest.mark.integration

Command = Callable[..., Result]

SCRIPT = """class Script {
  process_incoming_request({ request }) {
    console.log('title', request.content.title);
    return { content: { text: `*${request.content.title}*` } };
  }
  add(number) { this.sum = (this.sum || 0) + number; return this.sum; }
  world() { return [Date.now(), Math.random(), new Date(2024, 0, 1).getTimezoneOffset()]; }
  ask() { return HTTP.get('https://api.example/users/5').data; }
  fail() { throw new TypeError('no'); }
  nothing() {}
  sloppy() { implicit = 1; return implicit; }
}
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "script.js").write_text(SCRIPT)
    return tmp_path


@pytest.fixture
def script(folder: Path) -> Command:
    """Runs a command in a folder with `script.js`; files are given as JSON."""

    def command(*arguments: str, stdin: str | None = None, **files: Any) -> Result:
        for name, value in files.items():
            (folder / f"{name}.json").write_text(json.dumps(value))
        return CliRunner().invoke(main, ["script", *arguments], input=stdin)

    return command


def test_run_prints_the_result(script: Command) -> None:
    outcome = script(
        "run", "script.js", "--argument", "a.json", a={"request": {"content": {"title": "Fire"}}}
    )

    assert outcome.exit_code == 0
    assert json.loads(outcome.stdout) == {"content": {"text": "*Fire*"}}
    assert outcome.stderr == "console.log: title Fire\n"


def test_run_prints_all_that_is_known_as_json(script: Command) -> None:
    outcome = script("run", "script.js", "--method", "ask", "--json")

    assert outcome.exit_code == 0
    document = json.loads(outcome.stdout)
    assert set(document) == {
        *("ok", "type", "result", "error", "console", "http", "store", "duration_ms"),
    }
    assert document["result"] == {"ok": True}
    assert document["http"][0]["url"] == "https://api.example/users/5"


def test_run_takes_all_its_options(script: Command) -> None:
    before = [["add", 1], {"method": "add", "argument": 2}]
    answers = [{"match": "users", "result": {"data": {"name": "Cat"}}}]
    world = ["--now", "2024-05-01T12:00:00Z", "--random", "0.25", "--tz", "Europe/Berlin"]

    added = script("run", "script.js", "--method", "add", "--argument", "-", "--before", "b.json",
                   stdin="39", b=before)  # fmt: skip
    asked = script("run", "script.js", "--method", "ask", "--http", "h.json", h=answers)
    seen = script("run", "script.js", "--method", "world", *world)
    strict = script("run", "script.js", "--method", "sloppy", "--skip-transpile")

    assert json.loads(added.stdout) == 42
    assert json.loads(asked.stdout) == {"name": "Cat"}
    assert json.loads(seen.stdout) == [1714564800000, 0.25, -60]
    assert strict.exit_code == 1


def test_run_tells_undefined_from_null(script: Command) -> None:
    assert script("run", "script.js", "--method", "nothing").stdout == "undefined\n"


@pytest.mark.parametrize("json_option", [[], ["--json"]], ids=["text", "json"])
def test_run_of_a_script_that_fails_ends_with_1(script: Command, json_option: list[str]) -> None:
    outcome = script("run", "script.js", "--method", "fail", *json_option)

    assert outcome.exit_code == 1
    assert "TypeError" in outcome.output
    assert "no" in outcome.output


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["nothing.js"], "does not exist"),
        (["script.js", "--now", "soon"], "now must be"),
        (["script.js", "--random", "3"], "random must be"),
        (["script.js", "--tz", "Mars"], "no time zone"),
        (["script.js", "--argument", "script.js"], "script.js is not JSON"),
        (["script.js", "--before", "object.json"], "object.json must be a list"),
        (["script.js", "--http", "object.json"], "object.json must be a list"),
        (["script.js", "--http", "list.json"], "answer 1"),
    ],
)
def test_run_of_what_cannot_be_used_ends_with_2(
    script: Command, arguments: list[str], reason: str
) -> None:
    outcome = script("run", *arguments, object={}, list=[{"match": 1}])

    assert outcome.exit_code == 2
    assert reason in outcome.stderr
    assert "Traceback" not in outcome.output


def sample(folder: Path, name: str, **files: Any) -> None:
    (folder / name).mkdir()
    for file, value in files.items():
        (folder / name / f"{file}.json").write_text(json.dumps(value))


def test_a_folder_of_samples_is_run(script: Command, folder: Path) -> None:
    sample(
        folder,
        "fire",
        request={"content": {"title": "Fire"}},
        expected={"result": {"content": {"text": "*Fire*"}}, "console": ["title Fire"]},
    )
    sample(folder, "failure", argument=1, options={"method": "fail"}, expected={"ok": False})

    outcome = script("test", ".")

    assert outcome.exit_code == 0, outcome.output
    assert outcome.stdout.splitlines() == ["ok    failure", "ok    fire", "2 of 2 samples passed"]


def test_a_sample_that_fails_shows_the_difference(script: Command, folder: Path) -> None:
    sample(folder, "add", argument=1, options={"method": "add"}, expected={"result": 2})
    sample(folder, "broken", argument=1, options={"speed": 1}, expected={})
    sample(folder, "good", argument=1, options={"method": "add"}, expected={"result": 1})

    outcome = script("test", ".")

    assert outcome.exit_code == 1
    lines = outcome.stdout.splitlines()
    assert lines[:2] == ["FAIL  add", "      result"]
    assert "      -2" in lines
    assert "      +1" in lines
    assert lines[-2:] == ["ok    good", "1 of 3 samples passed"]
    assert "there is no option speed" in outcome.stdout


def test_samples_are_told_as_json(script: Command, folder: Path) -> None:
    sample(folder, "add", argument=1, options={"method": "add"}, expected={"result": 2})

    (told,) = json.loads(script("test", ".", "--json").stdout)

    assert told["name"] == "add"
    assert told["ok"] is False
    assert len(told["differences"]) == 1


def test_an_update_writes_what_came(script: Command, folder: Path) -> None:
    sample(folder, "add", argument=1, options={"method": "add"}, expected={"result": 2})
    sample(folder, "fail", argument=1, options={"method": "fail"})

    updated = script("test", ".", "--update")
    again = script("test", ".")

    assert updated.stdout.splitlines() == ["new   add", "new   fail", "2 of 2 samples passed"]
    assert again.exit_code == 0
    assert json.loads((folder / "add" / "expected.json").read_text())["result"] == 1
    error = json.loads((folder / "fail" / "expected.json").read_text())["error"]
    assert (error["name"], error["line"]) == ("TypeError", 9)


def test_a_folder_without_samples_is_an_error(script: Command) -> None:
    outcome = script("test", ".")

    assert outcome.exit_code == 2
    assert "no samples" in outcome.stderr


def test_check_lists_what_may_not_work(script: Command) -> None:
    outcome = script("check", "script.js")

    assert outcome.exit_code == 0
    lines = outcome.stdout.splitlines()
    assert lines[0].startswith("script.js:8:18: warning: HTTP works here")
    assert lines[0].endswith("[old-http]")
    assert "script.js:11:14: warning: implicit is assigned" in outcome.stdout


def test_check_is_as_strict_as_it_is_told(script: Command) -> None:
    assert script("check", "script.js", "--strict").exit_code == 1
    strict = script("check", "script.js", "--skip-transpile")
    assert "error: implicit is assigned" in strict.stdout


def test_check_of_a_clean_script_says_so(script: Command, folder: Path) -> None:
    (folder / "clean.js").write_text("class Script { process_incoming_request() {} }")

    outcome = script("check", "clean.js", "--strict")

    assert outcome.exit_code == 0
    assert outcome.stdout == "clean.js: nothing found\n"


def test_check_of_a_script_that_cannot_run_ends_with_1(script: Command, folder: Path) -> None:
    (folder / "broken.js").write_text("class Script {\n  run() { a = ; }\n}")

    told = script("check", "broken.js")
    document = json.loads(script("check", "broken.js", "--json").stdout)

    assert told.exit_code == 1
    assert told.stdout.startswith("broken.js:2:")
    assert "SyntaxError" in told.stdout
    assert document["ok"] is False
    assert document["error"]["line"] == 2
    assert document["warnings"] == []


def test_check_without_a_chat_server_knows_files_only(script: Command) -> None:
    outcome = script("check", "some-id")

    assert outcome.exit_code == 2
    assert "there is no file some-id" in outcome.stderr


def flask(app: Flask, *arguments: str) -> "subprocess.CompletedProcess[str]":
    environment = os.environ | {
        "FLASK_SQLALCHEMY_DATABASE_URI": app.config["SQLALCHEMY_DATABASE_URI"]
    }
    command = [sys.executable, "-m", "flask", "--app", "host_stub.app", "integrations", "script"]
    return subprocess.run(
        [*command, *arguments], env=environment, capture_output=True, text=True, check=False
    )


def test_check_of_an_integration_reads_its_script(app: Flask, services: Services) -> None:
    sloppy = make_incoming(script=SCRIPT, skip_transpile=True)
    services.integrations.add(sloppy)

    outcome = flask(app, "check", sloppy.id, "--json")

    assert outcome.returncode == 0, outcome.stderr
    found = {warning["code"] for warning in json.loads(outcome.stdout)["warnings"]}
    assert found == {"old-http", "strict-assignment"}


def test_check_of_an_unknown_integration_ends_with_2(app: Flask, services: Services) -> None:
    without = make_incoming()
    services.integrations.add(without)

    for integration_id, reason in (("no-such-id", "neither a file nor"), (without.id, "no script")):
        outcome = flask(app, "check", integration_id)
        assert outcome.returncode == 2
        assert reason in outcome.stderr


def test_run_works_through_the_chat_server_s_command_line(app: Flask, folder: Path) -> None:
    (folder / "a.json").write_text('{"request": {"content": {"title": "Fire"}}}')

    outcome = flask(app, "run", "script.js", "--argument", "a.json", "--json")

    assert outcome.returncode == 0, outcome.stderr
    assert json.loads(outcome.stdout)["result"] == {"content": {"text": "*Fire*"}}
