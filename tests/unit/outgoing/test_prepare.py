from typing import Any

import pytest

from rc_integrations_plugin.outgoing.prepare import Plan, plan_request
from rc_integrations_plugin.outgoing.reply import build_reply
from rc_integrations_plugin.outgoing.request import default_request
from rc_integrations_plugin.outgoing.steps import Step
from rc_integrations_plugin.scripting.protocol import FaultKind, ScriptFault, ScriptRun
from tests.factories import make_outgoing

INTEGRATION = make_outgoing(script="class Script {}")
DATA = {"channel_id": "r-gen", "user_id": "u-ann", "message_id": "m1"}
DEFAULT = default_request(INTEGRATION, url="https://receiver.test/hook", data=DATA)
RAN = (Step.BEFORE_PREPARE, Step.PREPARED)
REQUEST = {"url": "https://other.test", "method": "GET"}


def plan(value: Any) -> Plan:
    return plan_request(ScriptRun(value=value), INTEGRATION, default=DEFAULT)


def test_without_a_script_the_default_request_is_sent() -> None:
    assert plan_request(None, INTEGRATION, default=DEFAULT) == Plan(
        steps=(Step.PREPARED,), request=DEFAULT
    )


@pytest.mark.parametrize("value", [None, False, "", 0, 0.0])
def test_a_falsy_result_cancels_the_request(value: Any) -> None:
    assert plan(value) == Plan(steps=RAN, last_step=Step.PREPARED_NOTHING)


@pytest.mark.parametrize(
    "value",
    [
        {},
        [],
        "text",
        True,
        7,
        {"url": "https://a.test"},
        {"method": "GET"},
        {"url": "", "method": "GET"},
        {"url": "https://a.test", "method": None},
        {"request": REQUEST},
        {"error": "no"},
        {"message": "", "url": None},
    ],
    ids=str,
)
def test_without_url_and_method_there_is_no_request(value: Any) -> None:
    assert plan(value) == Plan(steps=RAN, last_step=Step.PREPARED_NO_REQUEST)


def test_the_result_replaces_the_request() -> None:
    assert plan(REQUEST) == Plan(steps=RAN, request=REQUEST)
    assert plan(DEFAULT) == Plan(steps=RAN, request=DEFAULT)


@pytest.mark.parametrize(
    ("message", "content"),
    [
        ({"text": "help"}, {"text": "help"}),
        ("help", {"text": "help"}),
        ({}, {}),
    ],
    ids=["object", "text", "empty: posting it will fail"],
)
def test_a_message_is_posted_in_place_of_a_request(message: Any, content: dict[str, Any]) -> None:
    assert plan({"message": message}) == Plan(
        steps=RAN,
        message=build_reply(content, INTEGRATION, DATA),
        last_step=Step.PREPARED_NO_REQUEST,
    )


def test_a_message_is_posted_before_the_request() -> None:
    result = {"message": {"text": "wait"}, **REQUEST}

    assert plan(result) == Plan(
        steps=RAN, message=build_reply({"text": "wait"}, INTEGRATION, DATA), request=result
    )


@pytest.mark.parametrize("message", [True, 7, ["text"]])
def test_a_message_that_is_none_stops_the_delivery(message: Any) -> None:
    found = plan({"message": message, **REQUEST})

    assert (found.request, found.message) == (None, None)
    assert found.last_step is Step.PREPARED_MESSAGE_FAILED
    assert found.error == "message must be an object with a text, or a text"


@pytest.mark.parametrize(
    ("kind", "step", "sends"),
    [
        (FaultKind.NO_METHOD, Step.NO_PREPARE, True),
        (FaultKind.SYNTAX, Step.GETTING_SCRIPT, False),
        (FaultKind.EVALUATION, Step.GETTING_SCRIPT, False),
        (FaultKind.NO_CLASS, Step.GETTING_SCRIPT, False),
        (FaultKind.EXCEPTION, Step.PREPARE_FAILED, False),
        (FaultKind.BAD_RESULT, Step.PREPARE_FAILED, False),
        (FaultKind.TIMEOUT, Step.PREPARE_FAILED, False),
        (FaultKind.MEMORY, Step.PREPARE_FAILED, False),
        (FaultKind.OUTPUT, Step.PREPARE_FAILED, False),
        (FaultKind.INPUT, Step.PREPARE_FAILED, False),
        (FaultKind.CRASH, Step.PREPARE_FAILED, False),
    ],
)
def test_a_script_that_fails_sends_nothing_and_one_without_the_method_sends_the_default(
    kind: FaultKind, step: Step, *, sends: bool
) -> None:
    fault = ScriptFault(kind=kind, name="TypeError", message="no", line=3, column=5)

    found = plan_request(ScriptRun(fault=fault), INTEGRATION, default=DEFAULT)

    assert found.steps == (Step.BEFORE_PREPARE, step, Step.PREPARED)
    assert found.request == (DEFAULT if sends else None)
    assert found.last_step == (None if sends else Step.PREPARED_NOTHING)
    assert found.error == (None if sends else "TypeError: no (line 3, column 5)")
