"""Whatever a script returns or a receiver answers: a decision, and never an exception."""

import json
from dataclasses import asdict, replace
from typing import Any

from hypothesis import given, settings, strategies as st

from rc_integrations_plugin.delivery.http import HttpFailure
from rc_integrations_plugin.outgoing.data import build_data
from rc_integrations_plugin.outgoing.matching import ListenerIndex, select
from rc_integrations_plugin.outgoing.outcome import Attempt, decide
from rc_integrations_plugin.outgoing.prepare import plan_request
from rc_integrations_plugin.outgoing.request import build_request, default_request
from rc_integrations_plugin.outgoing.steps import Step
from rc_integrations_plugin.scripting.protocol import ScriptRun
from tests.factories import NOON, make_outgoing
from tests.unit.outgoing.answers import make_answer
from tests.unit.outgoing.chat import make_event, make_message
from tests.unit.outgoing.deliveries import Way

TEXTS = st.text(st.characters(exclude_categories=()), max_size=6)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | TEXTS,
    lambda children: st.lists(children, max_size=2) | st.dictionaries(TEXTS, children, max_size=2),
    max_leaves=4,
)
KEYS = st.sampled_from(
    [
        "url",
        "method",
        "headers",
        "data",
        "auth",
        "timeout",
        "message",
        "content",
        "text",
        "attachments",
        "channel",
        "roomId",
        "tmid",
        "response_type",
    ]
)
RESULTS = VALUES | st.dictionaries(KEYS, VALUES | st.dictionaries(KEYS, VALUES, max_size=2))
INTEGRATION = make_outgoing(
    retry_failed_calls=True,
    trigger_words=("a",),
    trigger_word_anywhere=True,
    headers={"X-A": "1"},
    basic_auth="a:b",
    signing_secret="whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
)
DATA = {"channel_id": "r", "user_id": "u", "message_id": "m"}
DEFAULT = default_request(INTEGRATION, url="https://receiver.test/hook", data=DATA)


@given(RESULTS)
@settings(max_examples=50, deadline=None)
def test_any_result_of_a_script_makes_a_plan(value: Any) -> None:
    plan = plan_request(ScriptRun(value=value), INTEGRATION, default=DEFAULT)

    if plan.request is None:
        assert plan.last_step is not None
    else:
        build_request(plan.request, INTEGRATION, delivery_id="d", sent_at=NOON)


@given(st.fixed_dictionaries({"url": TEXTS, "method": TEXTS}, optional={
    "headers": st.dictionaries(TEXTS, VALUES, max_size=2),
    "data": VALUES,
    "auth": TEXTS,
    "timeout": st.integers() | st.floats(allow_nan=False),
}))  # fmt: skip
@settings(max_examples=50, deadline=None)
def test_any_options_make_a_request_or_say_why_not(options: dict[str, Any]) -> None:
    request = build_request(options, INTEGRATION, delivery_id="d", sent_at=NOON)

    if isinstance(request, HttpFailure):
        assert request.message
    else:
        assert request.headers["webhook-id"] == "d"


@given(RESULTS, RESULTS, st.integers(100, 999))
@settings(max_examples=50, deadline=None)
def test_any_answer_and_any_result_make_a_decision(body: Any, result: Any, status: int) -> None:
    attempt = Attempt(
        integration=INTEGRATION,
        data=DATA,
        number=0,
        answer=make_answer(status, json.dumps(body)),
        ended_at=NOON,
        run=ScriptRun(value=result),
    )

    assert decide(attempt).steps


@given(prepared=RESULTS, processed=RESULTS, answer=RESULTS, status=st.integers(100, 999))
@settings(max_examples=100, deadline=None)
def test_any_delivery_ends_as_one_that_can_be_stored(
    prepared: Any, processed: Any, answer: Any, status: int
) -> None:
    way = Way()
    integration = way.returns(prepare=prepared, process=processed)
    way.answers = [make_answer(status, json.dumps(answer))]

    result = way.run(replace(integration, retry_failed_calls=True))

    assert result.attempt is not None
    assert result.attempt.steps[-1] != Step.OUR_FAULT
    assert all(row.get("error") != "error-internal" for row in result.attempt.results)
    json.dumps(asdict(result.attempt), default=str)


@given(TEXTS)
@settings(max_examples=50, deadline=None)
def test_any_text_is_told(text: str) -> None:
    event = make_event(message=make_message("a" + text))

    (selected,) = select(ListenerIndex.build([INTEGRATION]), event)
    data = build_data(event, selected.integration, site_url="")

    assert data["text"] == "a" + text
