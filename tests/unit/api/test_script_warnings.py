"""Whoever saves a script learns what in it may not work; nobody is kept from saving it."""

import pytest

from rc_integrations_plugin.scripting.protocol import Finding, Severity
from tests.callers import Caller, change_body, new_body
from tests.fakes import ScriptedRunner

FINDING = Finding(
    code="implicit-global",
    severity=Severity.WARNING,
    name="msg",
    line=3,
    column=5,
    lines=(3, 7),
    message="msg is assigned without being declared.",
    advice="Declare it.",
)


@pytest.fixture
def scripted() -> ScriptedRunner:
    return ScriptedRunner(findings=(FINDING,))


@pytest.mark.parametrize("enabled", [True, False], ids=["script on", "script off"])
def test_the_answer_lists_what_was_found(admin: Caller, enabled: bool) -> None:  # noqa: FBT001
    answer = admin.send("create", new_body(scriptEnabled=enabled, script="msg = 1")).json

    assert answer is not None
    assert answer["success"] is True
    assert answer["scriptWarnings"] == [
        {
            "code": "implicit-global",
            "severity": "warning",
            "name": "msg",
            "line": 3,
            "column": 5,
            "lines": [3, 7],
            "message": "msg is assigned without being declared.",
            "advice": "Declare it.",
        }
    ]


def test_a_changed_script_is_looked_through_again(admin: Caller) -> None:
    document = admin.create(scriptEnabled=True, script="let a;")

    answer = admin.send("update", change_body(document, script="let b;")).json

    assert answer is not None
    assert [warning["code"] for warning in answer["scriptWarnings"]] == ["implicit-global"]


def test_a_script_that_stays_is_not_looked_through_again(admin: Caller) -> None:
    document = admin.create(scriptEnabled=True, script="let a;")

    answer = admin.send("update", change_body(document, name="Other")).json

    assert answer is not None
    assert answer["success"] is True
    assert "scriptWarnings" not in answer


def test_without_a_script_there_is_no_list(admin: Caller) -> None:
    answer = admin.send("create", new_body()).json

    assert answer is not None
    assert "scriptWarnings" not in answer


def test_the_integration_itself_is_as_rocket_chat_has_it(admin: Caller) -> None:
    document = admin.create(scriptEnabled=True, script="msg = 1")

    assert "scriptWarnings" not in document
