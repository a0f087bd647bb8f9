"""Calls of hooks as real programs sent them, recorded byte by byte."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.hooks import Hook, Stage

SAMPLES = Path(__file__).parent / "samples" / "hook-calls.jsonl"
CALLS: list[dict[str, Any]] = [json.loads(line) for line in SAMPLES.read_text().splitlines()]


def send(hook: Hook, call: dict[str, Any]) -> Any:
    return hook.send(call["body"], headers=dict(call["headers"]), query=call["query"])


def call_of(client: str, *, nth: int = 0) -> dict[str, Any]:
    return [call for call in CALLS if call["client"].startswith(client)][nth]


@pytest.fixture
def hook(stage: Stage) -> Hook:
    return stage.hook(override_destination=True)


@pytest.mark.parametrize(
    "call", [pytest.param(call, id=f"{nth} {call['client']}") for nth, call in enumerate(CALLS, 1)]
)
def test_each_program_is_answered_as_it_needs(hook: Hook, call: dict[str, Any]) -> None:
    answer = send(hook, call)

    assert answer.json is not None
    # Alertmanager's generic form is for scripts: it holds no message
    if "webhook" in call["query"]:
        assert (answer.status_code, answer.json["error"]) == (400, "error-message-empty")
    else:
        assert (answer.status_code, answer.json) == (200, {"success": True, "ok": True})


def test_rockethook_posts_line_breaks_and_an_attachment(stage: Stage, hook: Hook) -> None:
    send(hook, call_of("rockethook"))

    message = stage.message()
    assert message["msg"] == "line1\nline 2 é & =+"
    assert message["avatar"] == "http://a.test/i.png"
    assert message["attachments"] == [
        {
            "title": "Attach",
            "title_link": "http://e.test",
            "image_url": "http://e.test/i.png",
            "color": "#ff0000",
        }
    ]


@pytest.mark.parametrize("nth", [0, 2], ids=["without a channel", "to #general"])
def test_apprise_posts_with_its_picture(stage: Stage, hook: Hook, nth: int) -> None:
    send(hook, call_of("apprise 2.2.0 (PyPI) webhook", nth=nth))

    message = stage.message()
    assert message["msg"].splitlines() == ["Title", "Body *x*"]
    assert message["avatar"].startswith("https://github.com/caronc/apprise/")


def test_apprise_posts_to_a_person(stage: Stage, hook: Hook) -> None:
    send(hook, call_of("apprise 2.2.0 (PyPI) webhook", nth=1))

    (text,) = stage.direct_texts("bob")
    assert text.splitlines() == ["Title", "Body *x*"]
    assert stage.messages() == []


def test_slack_sdk_posts_text_and_attachment(stage: Stage, hook: Hook) -> None:
    send(hook, call_of("slack_sdk"))

    message = stage.message()
    assert message["msg"] == "hi from slack_sdk"
    (attachment,) = message["attachments"]
    assert attachment["text"] == "a"
    assert attachment["fields"] == [{"title": "Owner", "value": "J", "short": True}]


@pytest.mark.parametrize(
    ("nth", "text"), [(1, "load is 9 > 5 & rising"), (2, "load ok")], ids=["firing", "resolved"]
)
def test_alertmanager_posts_to_the_room_it_names(
    stage: Stage, hook: Hook, nth: int, text: str
) -> None:
    send(hook, call_of("prometheus-alertmanager", nth=nth))

    message = stage.message("alerts")
    assert message["alias"] == "alertmanager"
    assert message["emoji"] == ":fire:"
    assert message["attachments"][0]["text"] == text
    assert message["attachments"][0]["fields"][0]["value"] == "critical"


def test_alertmanager_s_own_form_reaches_a_script_with_its_query(stage: Stage) -> None:
    hook = stage.hook(script="class Script {}")

    answer = send(hook, call_of("prometheus-alertmanager"))

    assert answer.status_code == 200
    argument = stage.script_argument()
    assert argument["content"]["alerts"][0]["annotations"]["summary"] == "load is 9 > 5 & rising"
    assert argument["url"]["query"] == {"via": "webhook"}


def test_symfony_s_doubly_wrapped_attachments_are_shown(stage: Stage, hook: Hook) -> None:
    send(hook, call_of("php-symfony"))

    message = stage.message("ops")
    assert message["msg"] == "hello from symfony"
    assert [attachment["title"] for attachment in message["attachments"]] == ["T"]


def test_curl_without_a_header_posts_json(stage: Stage, hook: Hook) -> None:
    send(hook, call_of("curl", nth=1))

    assert stage.texts() == ["no content type"]


def test_superrocket_posts_form_fields(stage: Stage, hook: Hook) -> None:
    send(hook, call_of("superrocket"))

    message = stage.message()
    assert message["msg"] == "proc died & gone"
    assert (message["alias"], message["emoji"]) == ("superrocket", ":rocket:")


def test_where_the_destination_is_fixed_a_named_room_is_refused(stage: Stage) -> None:
    fixed = stage.hook()

    answers = [send(fixed, call) for call in CALLS if "channel" in call["body"]]

    assert {answer.status_code for answer in answers} == {400}
    assert stage.messages("alerts") == []
