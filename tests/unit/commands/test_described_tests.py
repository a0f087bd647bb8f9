"""Tests of scripts in `export`, `plan` and `apply`, and `script test` of an integration."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from rc_integrations_plugin.integrations.permissions import Operator, read_manager, type_of
from rc_integrations_plugin.management.script_tests import describe_tests, set_tests
from rc_integrations_plugin.scripting.protocol import ScriptRun
from tests.callers import Server
from tests.fakes import ScriptedRunner
from tests.unit.commands.conftest import Console

SCRIPT = "class Script {}"
HELLO: dict[str, Any] = {
    "name": "hello",
    "request": {"content": {"at": "2026-03-01", "n": 1.5, "lines": "a\nb"}},
    "expected": {"result": {"content": {"text": "Hello"}}},
}


@pytest.fixture(autouse=True)
def hello(scripted: ScriptedRunner) -> None:
    say(scripted, "Hello")


def say(scripted: ScriptedRunner, text: str) -> None:
    value = {"content": {"text": text}}
    scripted.answer = lambda _argument: ScriptRun(value=value, value_type="object")


@pytest.fixture
def hook(server: Server) -> dict[str, Any]:
    """A hook with a test."""
    made = server.caller("admin").create(name="CI", script=SCRIPT, scriptEnabled=True)
    keep(server, made["_id"], HELLO)
    return made


def keep(server: Server, integration_id: str, *tests: dict[str, Any]) -> None:
    with server.app.app_context():
        found = server.services.integrations.find_any(integration_id)
        assert found is not None
        manager = read_manager(server.services.host, Operator(), type_of(found))
        set_tests(server.services, manager, found, tests)


def kept(server: Server, integration_id: str) -> list[dict[str, Any]]:
    return describe_tests(server.services.script_tests.of(integration_id))


def described(console: Console, path: Path, **fields: Any) -> str:
    """Export, change the fields of the only integration, and return the file's name."""
    data = yaml.safe_load(console.ok("export"))
    data["integrations"][0] |= fields
    return written(path, data)


def written(path: Path, data: Any) -> str:
    file = path / "integrations.yaml"
    file.write_text(yaml.safe_dump(data))
    return str(file)


@pytest.mark.usefixtures("hook")
def test_export_carries_tests_and_plan_of_it_is_empty(console: Console) -> None:
    exported = console.ok("export")

    assert yaml.safe_load(exported)["integrations"][0]["tests"] == [HELLO]
    result = console.run("plan", "-", stdin=exported)
    assert (result.exit_code, result.stdout) == (0, "")


def test_no_secret_is_in_an_exported_test_and_it_comes_back_whole(
    console: Console, server: Server, hook: dict[str, Any], tmp_path: Path
) -> None:
    secret = {**HELLO, "request": {"content": {"seen": hook["token"]}}}
    keep(server, hook["_id"], secret)
    exported = console.ok("export")
    assert hook["token"] not in exported
    assert "<<token>>" in exported

    other = {**yaml.safe_load(exported)["integrations"][0]["tests"][0], "name": "other"}
    console.ok("apply", described(console, tmp_path, tests=[other]))

    assert kept(server, hook["_id"]) == [{**secret, "name": "other"}]


def test_apply_changes_tests_and_leaves_them_where_the_file_says_nothing(
    console: Console, server: Server, hook: dict[str, Any], tmp_path: Path
) -> None:
    changed = {**HELLO, "name": "other"}
    file = described(console, tmp_path, tests=[changed])
    assert "tests: hello -> other" in console.run("plan", file).stdout
    console.ok("apply", file)
    assert kept(server, hook["_id"]) == [changed]

    console.ok("apply", described(console, tmp_path, tests=None))
    assert kept(server, hook["_id"]) == [changed]
    console.ok("apply", described(console, tmp_path, tests=[]))
    assert kept(server, hook["_id"]) == []


@pytest.mark.usefixtures("hook")
def test_a_new_integration_gets_the_tests_of_the_file(
    console: Console, server: Server, tmp_path: Path
) -> None:
    data = yaml.safe_load(console.ok("export", "--no-ids"))
    data["integrations"].append({**data["integrations"][0], "name": "New"})

    console.ok("apply", written(tmp_path, data))

    (made,) = [one for one in console.json("list") if one["name"] == "New"]
    assert kept(server, made["_id"]) == [HELLO]


@pytest.mark.parametrize("kind", ["incoming", "outgoing"])
def test_a_new_integration_that_breaks_the_tests_of_the_file_is_made_only_by_force(
    console: Console, server: Server, scripted: ScriptedRunner, tmp_path: Path, kind: str
) -> None:
    method = "process_incoming_request"
    if kind == "outgoing":
        method = "prepare_outgoing_request"
    test = {**HELLO, "argument": {}, "options": {"method": method}}
    del test["request"]
    new = {"type": kind, "name": "New", "username": "rocket.cat", "channel": ["#general"]}
    new |= {"event": "sendMessage", "urls": ["https://r.test/"]} if kind == "outgoing" else {}
    file = written(
        tmp_path,
        {"integrations": [{**new, "script": SCRIPT, "scriptEnabled": True, "tests": [test]}]},
    )
    say(scripted, "Good bye")

    assert "tests: none -> hello" in console.run("plan", file).stdout
    assert "breaks 1 of 1 test: hello" in console.fails(1, "apply", file)
    assert console.run("list").exit_code == 3
    forced = console.run("apply", file, "--force")

    assert forced.exit_code == 0
    assert "stored, though it breaks hello" in forced.stderr
    (made,) = console.json("list")
    assert kept(server, made["_id"]) == [test]
    (entry,) = [one for one in console.json("changes") if one["action"] == "created"]
    assert entry["after"]["brokenTests"] == ["hello"]


def test_apply_and_update_store_what_breaks_a_test_only_by_force(
    console: Console,
    server: Server,
    hook: dict[str, Any],
    scripted: ScriptedRunner,
    tmp_path: Path,
) -> None:
    say(scripted, "Good bye")
    file = described(console, tmp_path, script="class Script { /* new */ }")

    assert "breaks 1 of 1 test: hello" in console.fails(1, "apply", file)
    forced = console.run("apply", file, "--force", "--json")
    assert json.loads(forced.stdout)[0]["brokenTests"] == ["hello"]
    found = server.services.integrations.find(hook["_id"])
    assert found is not None
    assert found.script == "class Script { /* new */ }"

    source = tmp_path / "script.js"
    source.write_text(SCRIPT)
    update = ("update", hook["_id"], "--script", str(source))
    refused = console.fails(1, *update)
    assert "breaks 1 of 1 test: hello" in refused
    assert '      +    "text": "Good bye"\n' in refused
    assert "though it breaks hello" in console.run(*update, "--force").stderr
    lines = [line.split() for line in console.ok("changes", hook["_id"]).splitlines()]
    assert lines.count(["brokenTests", "-", "hello"]) == 2


def test_script_and_tests_that_fit_are_applied_together(
    console: Console, server: Server, hook: dict[str, Any], scripted: ScriptedRunner, tmp_path: Path
) -> None:
    say(scripted, "Good bye")
    bye = {**HELLO, "expected": {"result": {"content": {"text": "Good bye"}}}}

    console.ok("apply", described(console, tmp_path, script="class Script { }", tests=[bye]))

    assert kept(server, hook["_id"]) == [bye]


@pytest.mark.parametrize(
    ("tests", "said"),
    [
        ("none", "tests must be a list"),
        ([1], "tests must be a list"),
        ([{"name": "x"}], "expected must say"),
        ([HELLO, HELLO], "Two tests have one name"),
    ],
    ids=["text", "number", "incomplete", "twice"],
)
def test_what_is_no_test_is_told(
    console: Console,
    server: Server,
    hook: dict[str, Any],
    tmp_path: Path,
    tests: Any,
    said: str,
) -> None:
    assert said in console.fails(2, "apply", described(console, tmp_path, tests=tests))
    assert kept(server, hook["_id"]) == [HELLO]


def test_script_test_runs_those_of_an_integration(
    console: Console, server: Server, hook: dict[str, Any], scripted: ScriptedRunner
) -> None:
    assert console.ok("script", "test", hook["_id"]) == "ok    hello\n1 of 1 samples passed\n"

    say(scripted, "Good bye")
    failed = console.run("script", "test", hook["_id"])

    assert failed.exit_code == 1
    assert "FAIL  hello" in failed.stdout
    assert '+    "text": "Good bye"' in failed.stdout
    assert "neither a folder nor" in console.fails(2, "script", "test", "missing")
    keep(server, hook["_id"])
    assert "no tests kept with" in console.fails(2, "script", "test", hook["_id"])
