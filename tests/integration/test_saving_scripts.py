"""The management API with the real script processes."""

from pathlib import Path

import pytest
from flask import Flask

from tests.callers import Caller, Server, change_body, new_body
from tests.databases import restore_server

pytestmark = [pytest.mark.integration, pytest.mark.real_scripts]

SCRIPT = "class Script {\n  process_incoming_request({ request }) {\n    return {};\n  }\n}\n"


@pytest.fixture
def admin(app: Flask, server_database: Path) -> Caller:
    restore_server(app, server_database)
    return Server(app).caller("admin")


def test_a_script_that_compiles_is_saved(admin: Caller) -> None:
    document = admin.create(scriptEnabled=True, script=SCRIPT)

    assert document["scriptCompiled"].startswith("/*compiled ")
    assert "process_incoming_request" in document["scriptCompiled"]
    assert "scriptError" not in document


def test_a_script_that_does_not_compile_is_refused_with_line_and_column(admin: Caller) -> None:
    broken = SCRIPT.replace("return {};", "return {;")

    response = admin.send("create", new_body(scriptEnabled=True, script=broken))

    assert response.status_code == 400
    assert response.json is not None
    assert response.json["errorType"] == "error-script-syntax"
    assert response.json["details"]["name"] == "SyntaxError"
    assert response.json["details"]["line"] == 3
    assert response.json["details"]["column"] > 0


def test_a_script_is_not_run_when_it_is_saved(admin: Caller) -> None:
    document = admin.create(scriptEnabled=True, script="throw new Error('run');\n" + SCRIPT)

    assert "scriptError" not in document


def test_a_broken_script_that_is_off_tells_its_error(admin: Caller) -> None:
    document = admin.create(script="class {")

    assert document["scriptError"]["name"] == "SyntaxError"
    assert admin.send("update", change_body(document, scriptEnabled=True)).status_code == 400


def test_warnings_come_with_the_answer(admin: Caller) -> None:
    script = SCRIPT.replace("return {};", "msg = request.content;\n    return Users.find(msg);")

    answer = admin.send("create", new_body(scriptEnabled=True, script=script)).json

    assert answer is not None
    found = [
        (warning["code"], warning["name"], warning["line"]) for warning in answer["scriptWarnings"]
    ]
    assert found == [("implicit-global", "msg", 3), ("removed-global", "Users", 4)]


ODD = {
    "parentheses": "(" * 100_000,
    "long name": "x" * 1_000_000,
    "templates": "`${" * 10_000,
    "comment": "/*",
    "byte order mark": "\ufeff",
    "line separator": "class Script {}\u2028",
}


@pytest.mark.parametrize("script", ODD.values(), ids=ODD.keys())
def test_odd_scripts_are_saved_or_refused_clearly(admin: Caller, script: str) -> None:
    response = admin.send("create", new_body(scriptEnabled=True, script=script))

    assert response.status_code in {200, 400}
