"""Scripts that misbehave, and what callers learn of them."""

from typing import Any

import pytest

from rc_integrations_plugin.integrations.history import CallOutcome
from tests.hooks import Hook, Stage


def script_hook(stage: Stage, body: str, **fields: Any) -> Hook:
    source = f"class Script {{\n  process_incoming_request({{ request }}) {{\n{body}\n  }}\n}}"
    return stage.hook(script=source, **fields)


@pytest.mark.real_scripts
@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("while (1) {}", "ran too long"),
        ("const all = []; while (1) all.push(new Array(100000).fill(7));", "too much memory"),
        ("const f = () => f(); f();", "failed"),
        ("return { content: { text: 'x'.repeat(50000000) } };", ""),
    ],
    ids=["endless loop", "memory bomb", "endless recursion", "endless text"],
)
def test_a_runaway_script_ends_and_the_server_goes_on(stage: Stage, body: str, words: str) -> None:
    runaway, fine = script_hook(stage, body), script_hook(stage, "return {content: {text: 'y'}};")

    answer = runaway.post(text="x")

    assert answer.status_code == 400
    assert answer.json is not None
    assert answer.json["error"] == "error-running-script"
    assert words in answer.json["message"]
    assert "'CI'" in answer.json["message"]
    assert runaway.call().outcome is CallOutcome.SCRIPT_FAILED
    assert fine.post(text="x").status_code == 200
    assert stage.texts() == ["y"]


@pytest.mark.real_scripts
@pytest.mark.parametrize(
    "body",
    [
        "throw new Error('hunter2');",
        "hunter2();",
        "null.hunter2;",
        "return hunter2 + ;",
        "throw 'hunter2';",
        "throw { toString() { throw 'hunter2' } };",
        "return new Proxy({}, { get() { throw 'hunter2' } });",
    ],
)
def test_no_caller_reads_a_script_or_its_exceptions(stage: Stage, body: str) -> None:
    hook = script_hook(stage, body)

    answer = hook.post(text="x")

    assert answer.status_code == 400
    assert "hunter2" not in answer.text
    assert stage.messages() == []


@pytest.mark.real_scripts
@pytest.mark.parametrize(
    "result",
    [
        "{ content: { text: 'a\\u0000b' } }",
        "{ content: { text: 'x', channel: '\\ud800' } }",
        "{ content: { text: NaN } }",
        "{ content: { text: { toString: 1 } } }",
        "{ content: { text: 'x' }, user: '\\ud800' }",
        "{ content: { text: 'x' }, user: { _id: { $ne: null } } }",
        "{ content: [] }",
        "{ content: function () {} }",
        "{ error: '\\ud800' }",
        "{ error: { a: { b: [NaN, Infinity, 1n] } } }",
        "(() => { const a = {}; a.a = a; return a; })()",
        "Symbol('x')",
    ],
)
def test_a_strange_result_is_refused_and_changes_nothing(stage: Stage, result: str) -> None:
    hook = script_hook(stage, f"return {result};", override_destination=True)

    answer = hook.post(text="x")

    assert answer.status_code == 400
    assert answer.json is not None
    assert answer.json["success"] is False
    assert stage.messages() == []
    assert hook.call().status == 400


@pytest.mark.real_scripts
def test_half_a_character_from_a_script_is_replaced(stage: Stage) -> None:
    content = "{ text: 'a\\ud800', alias: 'b\\ud800', attachments: [{ title: 'c\\udc00' }] }"
    hook = script_hook(stage, f"return {{ content: {content} }};")

    answer = hook.post(text="x")

    assert answer.status_code == 200
    message = stage.message()
    assert (message["msg"], message["alias"]) == ("a\ufffd", "b\ufffd")
    assert message["attachments"] == [{"title": "c\ufffd"}]


@pytest.mark.parametrize(
    "user",
    [
        "alice",
        {"username": "alice"},
        {"_id": "alice-id"},
        {"_id": "unknown", "username": "rocket.cat"},
        {"username": "nobody"},
        {"name": "Alice"},
        ["alice"],
        7,
        True,
    ],
    ids=str,
)
def test_a_script_speaks_for_nobody_but_bots(stage: Stage, user: Any) -> None:
    if user == {"_id": "alice-id"}:
        user = {"_id": stage.user_id("alice"), "username": "rocket.cat"}
    hook = stage.hook(answer={"content": {"text": "x"}, "user": user})

    answer = hook.post()

    assert answer.status_code == 400
    assert stage.messages() == []


def test_a_script_does_not_speak_for_a_deactivated_bot(stage: Stage) -> None:
    stage.add_bot("retired.bot")
    stage.deactivate("retired.bot")
    hook = stage.hook(answer={"content": {"text": "x"}, "user": "retired.bot"})

    answer = hook.post()

    assert answer.status_code == 400
    assert answer.json is not None
    assert answer.json["error"] == "error-invalid-user"


def test_a_name_that_breaks_headers_stays_in_the_body(stage: Stage) -> None:
    hook = stage.hook(answer={"error": {"message": "a\r\nSet-Cookie: b=c"}}, name="a\r\nX: y")

    answer = hook.post()

    assert "Set-Cookie" not in answer.headers
    assert "X" not in answer.headers
