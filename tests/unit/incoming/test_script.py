from dataclasses import replace
from typing import Any

import pytest

from rc_integrations_plugin.errors import ScriptFailed
from rc_integrations_plugin.incoming.script import (
    Content,
    NothingToPost,
    Refusal,
    Verdict,
    find_script,
    read_result,
)
from rc_integrations_plugin.scripting.protocol import (
    FaultKind,
    Script,
    ScriptFault,
    ScriptRun,
    describe_fault,
)
from tests.factories import NOON, make_incoming

THE_SCRIPT = Script(integration_id="i", name="CI", version="1", source="class Script {}")


def read(value: Any, *, separate_response: bool = False) -> Verdict:
    return read_result(ScriptRun(value=value), THE_SCRIPT, separate_response=separate_response)


@pytest.mark.parametrize("value", [None, False, "", 0, 0.0])
def test_a_falsy_result_means_nothing_to_post(value: Any) -> None:
    assert read(value) == NothingToPost()


@pytest.mark.parametrize("error", [{"message": "no"}, "no", {}, [], True, 7])
def test_a_truthy_error_refuses_the_call(error: Any) -> None:
    assert read({"error": error, "content": {"text": "x"}}) == Refusal(error)


def test_a_falsy_error_is_no_error() -> None:
    assert read({"error": "", "content": {"text": "x"}}) == Content(body={"text": "x"})


@pytest.mark.parametrize(
    "value", [{}, [], "text", 1, True, {"content": None}, {"content": "x"}, {"content": ["x"]}]
)
def test_a_result_without_content_is_a_failure(value: Any) -> None:
    with pytest.raises(ScriptFailed, match="returned neither content") as caught:
        read(value)

    assert caught.value.code == "error-running-script"


def test_a_result_that_is_nested_too_deeply_is_a_failure() -> None:
    value: Any = {}
    for _ in range(101):
        value = {"content": value}

    with pytest.raises(ScriptFailed, match="nested too deeply"):
        read(value)


def test_user_and_response_count_when_they_are_truthy() -> None:
    value = {"content": {}, "user": {"username": "bob"}, "response": []}

    assert read(value) == Content(body={}, user={"username": "bob"}, response=[])
    assert read({"content": {}, "user": "", "response": 0}) == Content(body={})


@pytest.mark.parametrize(
    ("content", "asked", "separate"),
    [({}, True, True), ({}, False, None), ({"separateResponse": False}, True, False)],
    ids=["copied", "not asked", "the script decides"],
)
def test_separate_response_is_taken_from_the_request(
    content: dict[str, Any], *, asked: bool, separate: bool | None
) -> None:
    verdict = read({"content": content}, separate_response=asked)

    assert isinstance(verdict, Content)
    assert verdict.body.get("separateResponse") is separate


@pytest.mark.parametrize(
    ("kind", "code", "words"),
    [
        (FaultKind.SYNTAX, "error-evaluating-script", "does not compile in line 7"),
        (FaultKind.EVALUATION, "error-evaluating-script", "failed in line 7"),
        (FaultKind.NO_CLASS, "error-evaluating-script", "defines no class Script"),
        (FaultKind.EXCEPTION, "error-running-script", "failed in line 7"),
        (FaultKind.BAD_RESULT, "error-running-script", "not data"),
        (FaultKind.TIMEOUT, "error-running-script", "ran too long"),
        (FaultKind.MEMORY, "error-running-script", "too much memory"),
        (FaultKind.OUTPUT, "error-running-script", "returned too much"),
        (FaultKind.INPUT, "error-running-script", "as large as this"),
        (FaultKind.CRASH, "error-running-script", "ended its process"),
    ],
)
def test_a_fault_names_integration_and_line_but_not_what_the_script_said(
    kind: FaultKind, code: str, words: str
) -> None:
    fault = ScriptFault(kind=kind, name="Error", message="hunter2", line=7, stack="hunter2")

    with pytest.raises(ScriptFailed) as caught:
        read_result(ScriptRun(fault=fault), THE_SCRIPT, separate_response=False)

    assert caught.value.code == code
    assert words in caught.value.reason
    assert "'CI'" in caught.value.reason
    assert "hunter2" not in caught.value.reason


def test_the_script_of_an_integration_without_a_name_is_told_without_quotes() -> None:
    fault = ScriptFault(kind=FaultKind.EXCEPTION, name="Error", message="m", line=7)

    with pytest.raises(ScriptFailed, match=r"^The integration's script failed in line 7$"):
        read_result(ScriptRun(fault=fault), replace(THE_SCRIPT, name=""), separate_response=False)


def test_a_missing_method_posts_nothing() -> None:
    fault = ScriptFault(kind=FaultKind.NO_METHOD, name="TypeError", message="m")

    verdict = read_result(ScriptRun(fault=fault), THE_SCRIPT, separate_response=False)

    assert verdict == NothingToPost("The script's class has no method process_incoming_request")


@pytest.mark.parametrize(
    ("line", "column", "text"),
    [(None, None, "E: m"), (3, None, "E: m (line 3)"), (3, 5, "E: m (line 3, column 5)")],
)
def test_a_fault_is_described_for_the_history(
    line: int | None, column: int | None, text: str
) -> None:
    fault = ScriptFault(kind=FaultKind.EXCEPTION, name="E", message="m", line=line, column=column)

    assert describe_fault(fault) == text


@pytest.mark.parametrize(
    "off",
    [
        pytest.param({"script_enabled": False}, id="switched off"),
        pytest.param({"script": None}, id="none"),
        pytest.param({"script": " \n"}, id="blank"),
        pytest.param({"script_compiled": None}, id="not compiled"),
        pytest.param({"script_compiled": " "}, id="compiled to nothing"),
    ],
)
def test_a_script_runs_only_if_it_is_on_and_compiles(off: dict[str, Any]) -> None:
    on = {"script_enabled": True, "script": "class Script {}", "script_compiled": "class Script {}"}

    assert find_script(make_incoming(**(on | off))) is None


def test_a_script_that_is_saved_again_has_another_version() -> None:
    script = find_script(make_incoming(id="i", name="CI", script="class Script {}"))

    assert script == Script(
        integration_id="i",
        name="CI",
        version=NOON.isoformat(),
        source="class Script {}",
        compiled="class Script {}",
    )
