import dataclasses
import gzip
import json
import logging
from typing import Any

import pytest

from rc_integrations_plugin.integrations.history import CallOutcome, IncomingCall
from rc_integrations_plugin.management.samples import send_call
from rc_integrations_plugin.schemas.trials import SampleCall
from rc_integrations_plugin.scripting.protocol import (
    ConsoleLine,
    FaultKind,
    ScriptFault,
    ScriptRun,
)
from rc_integrations_plugin.services import EXTENSION
from rc_integrations_plugin.storage.tables import calls
from tests.hooks import JSON, SCRIPT, Stage

SUCCESS = {"success": True, "ok": True}


def test_a_message_goes_to_the_room_of_the_integration(stage: Stage) -> None:
    hook = stage.hook(alias="CI", emoji=":ghost:")

    answer = hook.post(text="Hello")

    assert (answer.status_code, answer.json) == (200, SUCCESS)
    message = stage.message()
    assert message["msg"] == "Hello"
    assert message["u"]["username"] == "rocket.cat"
    assert message["alias"] == "CI"
    assert message["emoji"] == ":ghost:"
    assert message["bot"] == {"i": hook.integration.id}


@pytest.mark.parametrize("field", ["id", "token"])
def test_a_wrong_id_or_token_is_not_found_and_not_remembered(stage: Stage, field: str) -> None:
    hook = stage.hook()
    known = hook.integration
    url = f"/hooks/x/{known.token}" if field == "id" else f"/hooks/{known.id}/{known.token[:-1]}"

    answer = hook.send('{"text":"x"}', JSON, url=url)

    assert answer.status_code == 404
    assert answer.json == {
        "success": False,
        "error": "Invalid integration id or token provided.",
        "message": "Invalid integration id or token provided.",
    }
    assert hook.calls() == []
    assert stage.messages() == []


def test_without_its_user_a_hook_is_refused(stage: Stage) -> None:
    hook = stage.hook(user_id="gone")

    answer = hook.post(text="x")

    assert answer.status_code == 401
    assert answer.json is not None
    assert answer.json["error"] == "You must be logged in to do this."
    assert hook.call().error_code == "error-invalid-post-as-user"


def test_nobody_posts_as_a_deactivated_user(stage: Stage) -> None:
    hook = stage.hook()
    stage.deactivate("rocket.cat")

    answer = hook.post(text="x")

    assert answer.status_code == 401
    assert stage.messages() == []


def test_a_hook_that_is_off_is_unavailable(stage: Stage) -> None:
    hook = stage.hook(enabled=False)

    answer = hook.post(text="x")

    assert answer.status_code == 503
    assert answer.json is not None
    assert answer.json["error"] == "Service Unavailable"
    assert "Retry-After" not in answer.headers
    assert hook.call().outcome is CallOutcome.REFUSED


def test_a_user_without_the_permission_is_not_posted_as(stage: Stage) -> None:
    hook = stage.hook(user_id=stage.user_id("alice"))

    answer = hook.post(text="x")

    assert answer.status_code == 400
    assert answer.json is not None
    assert answer.json["error"] == "error-user-lacks-message-impersonate-permission"
    assert stage.messages() == []


def test_malformed_json_posts_nothing_and_says_where_it_breaks(stage: Stage) -> None:
    hook = stage.hook()

    answer = hook.send('{"text": "x",}', JSON)

    assert answer.status_code == 400
    assert answer.json == {
        "success": False,
        "error": "error-invalid-request",
        "message": "The body is not valid JSON: trailing comma is not allowed "
        "at line 1, column 13 (character 12)",
    }
    assert stage.messages() == []
    call = hook.call()
    assert (call.outcome, call.status, call.body) == (CallOutcome.REFUSED, 400, '{"text": "x",}')


@pytest.mark.parametrize("body", ["", "{}", " \n"])
def test_an_empty_body_posts_nothing(stage: Stage, body: str) -> None:
    hook = stage.hook()

    answer = hook.send(body, JSON)

    assert (answer.status_code, answer.json) == (200, SUCCESS)
    assert stage.messages() == []
    assert hook.call().outcome is CallOutcome.NOTHING_TO_POST


def test_an_empty_message_is_refused(stage: Stage) -> None:
    hook = stage.hook()

    answer = hook.post(text="", other="field")

    assert answer.status_code == 400
    assert answer.json is not None
    assert answer.json["error"] == "error-message-empty"
    assert stage.messages() == []


def test_a_packed_body_is_unpacked(stage: Stage) -> None:
    hook = stage.hook()

    answer = hook.send(
        gzip.compress(b'{"text":"packed"}'), JSON, headers={"Content-Encoding": "gzip"}
    )

    assert answer.status_code == 200
    assert stage.texts() == ["packed"]
    assert hook.call().body == '{"text":"packed"}'


def test_the_destination_is_fixed_unless_the_integration_allows_more(stage: Stage) -> None:
    fixed, free = stage.hook(), stage.hook(override_destination=True)

    refused, allowed = fixed.post(text="a", channel="#alerts"), free.post(text="b", roomId="alerts")

    assert refused.status_code == 400
    assert refused.json is not None
    assert refused.json["error"] == (
        "overriding destination channel is disabled for this integration"
    )
    assert allowed.status_code == 200
    assert stage.texts("alerts") == ["b"]
    assert stage.texts("general") == []


def test_nothing_is_posted_if_one_of_the_rooms_is_closed(stage: Stage) -> None:
    hook = stage.hook(channels=("#general", "#secret"))

    answer = hook.post(text="x")

    assert answer.status_code == 400
    assert answer.json is not None
    assert answer.json["error"] == "error-not-allowed"
    assert answer.json["message"].startswith("#secret: ")
    assert stage.messages() == []
    (result,) = hook.call().results
    assert (result["channel"], result["error"]) == ("#secret", "error-not-allowed")


def test_separate_responses_tell_of_each_room(stage: Stage) -> None:
    hook = stage.hook(channels=("#general", "#secret"))

    answer = hook.post(text="Example", separateResponse=True)

    assert answer.status_code == 200
    assert answer.json is not None
    posted, refused = answer.json["responses"]
    assert posted["channel"] == "#general"
    assert posted["message"]["msg"] == "Example"
    assert posted["message"]["md"][0]["type"] == "PARAGRAPH"
    assert refused == {"channel": "#secret", "error": "error-not-allowed"}
    assert (answer.json["success"], answer.json["ok"]) == (True, True)
    call = hook.call()
    assert call.outcome is CallOutcome.PARTLY_POSTED
    assert [result["channel"] for result in call.results] == ["#general", "#secret"]
    assert call.results[1]["error"] == "error-not-allowed"


def test_separate_responses_without_a_success_are_a_failure(stage: Stage) -> None:
    hook = stage.hook(channels=("#secret", "#nowhere"))

    answer = hook.post(text="x", separateResponse=True)

    assert answer.status_code == 400
    assert answer.json is not None
    assert answer.json["success"] is False
    assert "ok" not in answer.json
    assert [part["channel"] for part in answer.json["responses"]] == ["#secret", "#nowhere"]
    assert hook.call().outcome is CallOutcome.REFUSED


def test_a_script_is_given_the_request(stage: Stage) -> None:
    hook = stage.hook(answer={"content": {"text": "from the script"}})
    token, hook_id = hook.integration.token, hook.integration.id

    answer = hook.send(
        '{"text":"in"}', "Application/JSON", query="via=x", headers={"X-Event": "push"}
    )

    assert answer.status_code == 200
    assert stage.texts() == ["from the script"]
    script, method, _ = stage.scripted.calls[0]
    assert (script.integration_id, script.source, method) == (
        hook_id,
        SCRIPT,
        "process_incoming_request",
    )
    argument = stage.script_argument()
    headers = argument.pop("headers")
    assert headers["content-type"] == "Application/JSON"
    assert headers["x-event"] == "push"
    raw = f"http://localhost{hook.url}?via=x"
    assert argument == {
        "url": {
            "hash": "",
            "search": "?via=x",
            "query": {"via": "x"},
            "pathname": hook.url,
            "path": raw,
        },
        "url_raw": raw,
        "url_params": {"integrationId": hook_id, "token": token},
        "content": {"text": "in"},
        "content_raw": '{"text":"in"}',
        "body": {"text": "in"},
        "user": {
            "_id": stage.user_id("rocket.cat"),
            "name": "Rocket.Cat",
            "username": "rocket.cat",
        },
    }


def test_other_text_reaches_a_script_and_no_room(stage: Stage) -> None:
    scripted = stage.hook(answer={"content": {"text": "read"}})
    plain = stage.hook()

    answer, refused = (
        scripted.send("disk full", "text/plain"),
        plain.send("disk full", "text/plain"),
    )

    assert answer.status_code == 200
    argument = stage.script_argument()
    assert (argument["content"], argument["content_raw"]) == ({}, "disk full")
    assert refused.status_code == 400
    assert refused.json is not None
    assert "Send a JSON object" in refused.json["message"]
    assert stage.texts() == ["read"]


def test_a_script_runs_for_an_empty_body(stage: Stage) -> None:
    hook = stage.hook(answer={"content": {"text": "ping"}})

    hook.send()

    assert (stage.script_argument()["content"], stage.texts()) == ({}, ["ping"])


def test_malformed_json_never_reaches_a_script(stage: Stage) -> None:
    hook = stage.hook(answer={"content": {"text": "x"}})

    answer = hook.send("{oops", JSON)

    assert answer.status_code == 400
    assert stage.scripted.calls == []


def test_a_script_that_is_off_or_broken_does_not_run(stage: Stage) -> None:
    off = stage.hook(script=SCRIPT, script_enabled=False)
    broken = stage.hook(script=SCRIPT, script_compiled=None)

    answers = [off.post(text="off"), broken.post(text="broken"), broken.send()]

    assert [answer.status_code for answer in answers] == [200, 200, 200]
    assert stage.texts() == ["off", "broken"]
    assert stage.scripted.calls == []


def test_a_script_that_returns_nothing_posts_nothing(stage: Stage) -> None:
    hook = stage.hook(answer=ScriptRun())

    answer = hook.post(text="x")

    assert (answer.status_code, answer.json) == (200, SUCCESS)
    assert stage.messages() == []
    assert hook.call().outcome is CallOutcome.NOTHING_TO_POST


@pytest.mark.parametrize(
    ("error", "body"),
    [
        ({"success": True, "message": "No"}, {"success": False, "message": "No"}),
        ("No", {"success": False, "error": "No"}),
        (["a"], {"success": False, "error": ["a"]}),
    ],
)
def test_the_error_of_a_script_is_the_answer(stage: Stage, error: Any, body: Any) -> None:
    hook = stage.hook(answer={"error": error})

    answer = hook.post(text="x")

    assert (answer.status_code, answer.json) == (400, body)
    call = hook.call()
    assert call.outcome is CallOutcome.SCRIPT_REFUSED
    assert call.error == json.dumps(error)


@pytest.mark.parametrize(
    ("response", "body"),
    [
        ({"a": 1}, {"a": 1, "success": True, "ok": True}),
        ({"ok": False, "success": False}, {"ok": False, "success": True}),
        ("thanks", "thanks"),
        ([1], [1]),
    ],
)
def test_the_response_of_a_script_is_the_answer(stage: Stage, response: Any, body: Any) -> None:
    hook = stage.hook(answer={"content": {"text": "x"}, "response": response})

    answer = hook.post()

    assert (answer.status_code, answer.json) == (200, body)
    assert stage.texts() == ["x"]


def test_the_response_of_a_script_never_hides_a_failure(stage: Stage) -> None:
    content = {"text": "x", "separateResponse": True}
    hook = stage.hook(answer={"content": content, "response": {"a": 1}}, channels=("#secret",))

    answer = hook.post()

    assert answer.status_code == 400
    assert answer.json is not None
    assert answer.json["success"] is False


def test_a_script_asks_for_separate_responses_if_the_request_did(stage: Stage) -> None:
    hook = stage.hook(answer={"content": {"text": "x"}})

    asked, not_quite = hook.post(separateResponse=True), hook.post(separateResponse="true")

    assert asked.json is not None
    assert asked.json["responses"][0]["channel"] == "#general"
    assert not_quite.json == SUCCESS


def test_the_override_switch_holds_for_scripts_too(stage: Stage) -> None:
    hook = stage.hook(answer={"content": {"text": "x", "channel": "#alerts"}})

    answer = hook.post()

    assert answer.status_code == 400
    assert answer.json is not None
    assert "overriding destination channel" in answer.json["error"]
    assert stage.messages("alerts") == []


@pytest.mark.parametrize("named", ["helper.bot", "@helper.bot", {"username": "helper.bot"}, "id"])
def test_a_script_may_name_another_bot_as_author(stage: Stage, named: Any) -> None:
    helper = stage.add_bot("helper.bot")
    hook = stage.hook(
        answer={"content": {"text": "x"}, "user": {"_id": helper} if named == "id" else named}
    )

    answer = hook.post()

    assert answer.status_code == 200
    assert stage.message()["u"]["username"] == "helper.bot"


def test_a_script_may_name_its_own_user(stage: Stage) -> None:
    user = {"_id": stage.user_id("rocket.cat"), "username": "rocket.cat", "name": "x"}
    hook = stage.hook(answer={"content": {"text": "x"}, "user": user})

    answer = hook.post()

    assert answer.status_code == 200
    assert stage.message()["u"]["username"] == "rocket.cat"


def test_a_failing_script_is_named_with_its_line_and_never_quoted(stage: Stage) -> None:
    fault = ScriptFault(
        kind=FaultKind.EXCEPTION, name="TypeError", message="hunter2 is not", line=3, column=9
    )
    run = ScriptRun(
        fault=fault, console=(ConsoleLine("log", "here"),), duration_ms=2.5, fresh_instance=True
    )
    hook = stage.hook(answer=run)

    answer = hook.post(text="x")

    assert answer.status_code == 400
    assert answer.json == {
        "success": False,
        "error": "error-running-script",
        "message": "The script of the integration 'CI' failed in line 3",
    }
    call = hook.call()
    assert call.outcome is CallOutcome.SCRIPT_FAILED
    where = "TypeError: hunter2 is not (line 3, column 9)"
    assert call.error == f"The script of the integration 'CI' failed: {where}"
    assert call.console == ({"level": "log", "text": "here"},)
    assert (call.script_duration_ms, call.script_restarted) == (2.5, True)


def test_a_script_without_the_method_leaves_a_note(stage: Stage) -> None:
    fault = ScriptFault(kind=FaultKind.NO_METHOD, name="TypeError", message="m")
    hook = stage.hook(answer=ScriptRun(fault=fault))

    answer = hook.post(text="x")

    assert (answer.status_code, answer.json) == (200, SUCCESS)
    call = hook.call()
    assert call.outcome is CallOutcome.NOTHING_TO_POST
    assert call.error == "The script's class has no method process_incoming_request"


def test_without_script_processes_the_caller_is_asked_to_come_again(stage: Stage) -> None:
    hook = stage.hook(script=SCRIPT)
    stage.scripted.available = False

    answer = hook.post(text="x")

    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "5"
    assert answer.json is not None
    assert answer.json["error"] == "error-scripts-unavailable"
    assert hook.call().outcome is CallOutcome.SCRIPT_FAILED


def test_the_history_remembers_a_call_with_its_secrets_masked(stage: Stage) -> None:
    hook = stage.hook()
    token = hook.integration.token

    hook.send(
        json.dumps({"text": "x", "password": "hunter2"}),
        JSON,
        query="token=hunter2&a=1",
        headers={"X-Gitlab-Token": "hunter2", "Referer": f"http://localhost{hook.url}"},
    )

    call = hook.call()
    kept = repr(call)
    assert "hunter2" not in kept
    assert token not in kept
    assert json.loads(call.body) == {"text": "x", "password": "***"}
    assert call.query == "token=***&a=1"
    assert (call.method, call.status, call.outcome) == ("POST", 200, CallOutcome.POSTED)
    assert call.results == (
        {
            "channel": "#general",
            "room_id": stage.room_id("general"),
            "message_id": stage.message()["_id"],
        },
    )
    assert call.duration_ms > 0
    assert call.remote_address == "127.0.0.1"
    assert call.console == ()
    assert call.script_duration_ms is None


def test_what_a_script_prints_is_masked(stage: Stage) -> None:
    hook = stage.hook()
    run = ScriptRun(console=(ConsoleLine("log", f"url {hook.url} secret: 'abc'"),))
    scripted = stage.hook(answer=run, token=hook.integration.token)

    scripted.post(text="x")

    assert scripted.call().console[0]["text"] == f"url /hooks/{hook.integration.id}/*** secret: ***"


def test_the_history_remembers_the_message_with_its_secrets_masked(stage: Stage) -> None:
    hook = stage.hook(alias="CI", emoji=":cat:")
    field = {"title": "t", "value": f"see {hook.url}", "short": False}

    hook.post(text=f"password: hunter2 {hook.integration.token}", attachments=[{"fields": [field]}])

    assert hook.integration.token in stage.message()["msg"]
    assert hook.call().message == {
        "text": "password: *** ***",
        "u": {
            "_id": stage.user_id("rocket.cat"),
            "username": "rocket.cat",
            "name": "Rocket.Cat",
        },
        "alias": "CI",
        "emoji": ":cat:",
        "attachments": [{"fields": [{**field, "value": f"see /hooks/{hook.integration.id}/***"}]}],
    }


@pytest.mark.parametrize("channel", ["#secret", "#nowhere"])
def test_a_message_that_is_refused_is_remembered(stage: Stage, channel: str) -> None:
    hook = stage.hook(channels=(channel,))

    hook.post(text="Hello")

    call = hook.call()
    assert call.outcome is CallOutcome.REFUSED
    assert call.message is not None
    assert call.message["text"] == "Hello"


def test_what_a_script_made_of_a_call_is_remembered_with_its_author(stage: Stage) -> None:
    bot = stage.add_bot("other")
    hook = stage.hook(answer={"content": {"text": "By the script"}, "user": {"_id": bot}})

    hook.post(text="sent")

    message = hook.call().message
    assert message is not None
    assert (message["text"], message["u"]["_id"]) == ("By the script", bot)


@pytest.mark.parametrize("body", [b"", b"{", b'{"text": 1e999}', b'{"text": ""}'])
def test_where_there_is_no_message_none_is_remembered(stage: Stage, body: bytes) -> None:
    hook = stage.hook()

    hook.send(body, JSON)

    assert hook.call().message is None


def test_no_more_of_a_message_is_kept_than_of_a_body(stage: Stage) -> None:
    limit = 50
    settings = dataclasses.replace(stage.services.settings, history_body_bytes=limit)
    stage.app.extensions[EXTENSION] = dataclasses.replace(stage.services, settings=settings)
    hook = stage.hook()

    hook.post(text="x" * 100, attachments=[{"text": "a"}])

    message = hook.call().message
    assert message is not None
    assert message["text"] == "x" * limit
    assert message["leftOut"] == {"text": True, "attachments": 1}


def test_a_long_body_is_cut_in_the_history(stage: Stage) -> None:
    hook = stage.hook()
    body = json.dumps({"text": "x", "rest": "y" * 100_000})

    hook.send(body, JSON)

    call = hook.call()
    assert len(call.body) == stage.services.settings.history_body_bytes
    assert call.body_bytes == len(body)


def test_a_body_that_no_database_stores_is_remembered(stage: Stage) -> None:
    hook = stage.hook()

    answer = hook.send(b'{"text":"\0 \xed\xa0\x80', JSON, query="a=\0%00")

    assert answer.status_code == 400
    assert "\ufffd" in hook.call().body


def test_a_history_that_fails_does_not_fail_the_message(
    stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    hook = stage.hook()
    with stage.app.app_context(), stage.app.extensions["sqlalchemy"].engine.begin() as connection:
        calls.drop(connection)

    answer = hook.post(text="Hello")

    assert (answer.status_code, answer.json) == (200, SUCCESS)
    assert stage.texts() == ["Hello"]
    (record,) = caplog.records
    assert hook.integration.id in record.getMessage()
    assert hook.integration.token not in caplog.text


def test_each_call_is_told_its_own_row_where_another_one_came_between(stage: Stage) -> None:
    hook = stage.hook(script=SCRIPT)
    ids = {}

    def send(text: str) -> None:
        call = SampleCall(body=json.dumps({"text": text}))
        ids[text] = send_call(stage.services, hook.integration, call).call_id

    def answer(_: Any) -> ScriptRun:
        stage.scripted.answer = lambda _: ScriptRun(value={"content": {"text": "x"}})
        send("second")
        return ScriptRun(value={"content": {"text": "x"}})

    stage.scripted.answer = answer
    with stage.app.app_context():
        send("first")

    assert {call.id: json.loads(call.body)["text"] for call in hook.calls()} == {
        ids["first"]: "first",
        ids["second"]: "second",
    }


def test_a_fault_of_ours_is_logged_remembered_and_answered(
    stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    def crash(_: Any) -> ScriptRun:
        raise ZeroDivisionError("planted")

    hook = stage.hook(script=SCRIPT)
    stage.scripted.answer = crash

    with caplog.at_level(logging.INFO):
        answer = hook.post(text="x")

    assert answer.status_code == 500
    assert answer.json is not None
    assert answer.json["error"] == "error-internal"
    assert "planted" not in answer.text
    assert "ZeroDivisionError: planted" in caplog.text
    assert hook.integration.token not in caplog.text
    call: IncomingCall = hook.call()
    assert (call.outcome, call.status) == (CallOutcome.FAILED, 500)
    assert call.error == "ZeroDivisionError"
