import json
from datetime import timedelta
from typing import Any

import pytest

from rc_integrations_plugin.delivery.http import FailureKind, HttpFailure, HttpResponse
from rc_integrations_plugin.integrations.records import OutgoingIntegration, RetryOn
from rc_integrations_plugin.outgoing.outcome import (
    Attempt,
    Decision,
    DisableIntegration,
    Done,
    GiveUp,
    PostReply,
    RetryLater,
    blames_receiver,
    decide,
)
from rc_integrations_plugin.outgoing.reply import build_reply
from rc_integrations_plugin.outgoing.steps import Step
from rc_integrations_plugin.scripting.protocol import FaultKind, ScriptFault, ScriptRun
from tests.factories import NOON, make_outgoing
from tests.unit.outgoing.answers import make_answer, make_failure

DATA = {"channel_id": "r-gen", "user_id": "u-ann", "message_id": "m1"}
PLAIN = make_outgoing()
RETRYING = make_outgoing(retry_failed_calls=True, retry_count=3)
CAREFUL = make_outgoing(retry_failed_calls=True, retry_count=3, retry_on=RetryOn.TRANSIENT)
TENTH = timedelta(seconds=0.1)
SCRIPT_RAN = (Step.AFTER_CALL, Step.BEFORE_PROCESS)


def after(
    answer: HttpResponse | HttpFailure,
    integration: OutgoingIntegration = PLAIN,
    *,
    number: int = 0,
    run: ScriptRun | None = None,
) -> Decision:
    attempt = Attempt(
        integration=integration, data=DATA, number=number, answer=answer, ended_at=NOON, run=run
    )
    return decide(attempt)


def answered(body: Any, status: int = 200) -> HttpResponse:
    return make_answer(status, json.dumps(body))


@pytest.mark.parametrize("status", [200, 201, 202, 203, 204, 206, 299])
@pytest.mark.parametrize("body", ["", "ok", "{}"], ids=["empty", "text", "object"])
def test_every_2xx_is_a_success(status: int, body: str) -> None:
    assert after(make_answer(status, body), RETRYING) == Done(steps=(Step.AFTER_CALL,))


@pytest.mark.parametrize(
    "body",
    [
        {"text": ""},
        {"text": " \n"},
        {"text": None},
        {"text": 0},
        {"text": "", "attachments": []},
        {"attachments": None},
        {"ok": True},
        {"msg": "Rocket.Chat looks at text only"},
        [{"text": "hello"}],
        "hello",
        7,
        None,
    ],
    ids=json.dumps,
)
def test_an_answer_without_a_message_posts_nothing(body: Any) -> None:
    assert after(answered(body)) == Done(steps=(Step.AFTER_CALL,))


@pytest.mark.parametrize(
    "body",
    [
        {"text": "hello"},
        {"text": 7},
        {"attachments": [{"text": "a"}]},
        {"text": "", "attachments": [{"text": "a"}]},
        {"text": "hello", "username": "CI", "icon_url": "https://a.test/i.png"},
        {"response_type": "in_channel", "text": "Slack's"},
        {"blocks": [{"type": "section", "text": {"type": "mrkdwn", "text": "Slack's"}}]},
        {"text": "Mattermost's", "response_type": "comment", "props": {}},
    ],
    ids=json.dumps,
)
@pytest.mark.parametrize("status", [200, 201, 202, 206])
def test_an_answer_with_a_message_is_posted_whole(body: dict[str, Any], status: int) -> None:
    assert after(answered(body, status)) == PostReply(
        steps=(Step.AFTER_CALL,),
        reply=build_reply(body, PLAIN, DATA),
        sent_step=Step.ANSWER_MESSAGE_SENT,
        failed_step=Step.ANSWER_MESSAGE_FAILED,
    )


def test_a_comment_goes_below_the_message() -> None:
    decision = after(answered({"text": "hello", "response_type": "comment"}))

    assert isinstance(decision, PostReply)
    assert decision.reply.content["tmid"] == "m1"


def test_a_message_in_an_answer_that_says_it_is_no_json_is_not_posted() -> None:
    answer = make_answer(body='{"text":"hello"}', content_type="text/plain")

    assert after(answer) == Done(steps=(Step.AFTER_CALL,))


FAILURES: list[tuple[HttpResponse | HttpFailure, str, bool, bool]] = [
    # what came, its name, is it retried when all are, and when transient ones are
    *((make_answer(status), str(status), True, False) for status in (400, 401, 403, 404, 409, 422)),
    *((make_answer(status), str(status), True, False) for status in (300, 301, 304, 307)),
    *((make_answer(status), str(status), True, True) for status in (408, 425, 429)),
    *((make_answer(status), str(status), True, True) for status in (500, 501, 502, 503, 504, 599)),
    (make_answer(400, '{"text":"no"}'), "400 with a body", True, False),
    (make_answer(500, '{"text":"no"}'), "500 with a body", True, True),
    (make_failure(FailureKind.CONNECTION), "connection", True, True),
    (make_failure(FailureKind.NAME_NOT_FOUND), "name", True, True),
    (make_failure(FailureKind.TIMEOUT), "timeout", True, True),
    (make_failure(FailureKind.TLS), "TLS", True, True),
    (make_failure(FailureKind.BAD_ANSWER), "bad answer", True, True),
    (make_failure(FailureKind.TOO_LARGE), "too large", True, False),
    (make_failure(FailureKind.TOO_MANY_REDIRECTS), "redirects", True, False),
    (make_failure(FailureKind.ADDRESS_REFUSED), "address", True, False),
    (make_failure(FailureKind.INVALID_REQUEST), "no request", False, False),
]


@pytest.mark.parametrize(
    ("answer", "on_any", "on_transient"),
    [pytest.param(answer, any_, some, id=name) for answer, name, any_, some in FAILURES],
)
def test_this_is_what_is_retried(
    answer: HttpResponse | HttpFailure, *, on_any: bool, on_transient: bool
) -> None:
    assert isinstance(after(answer, RETRYING), RetryLater) is on_any
    assert isinstance(after(answer, CAREFUL), RetryLater) is on_transient
    assert isinstance(after(answer, PLAIN), GiveUp)


@pytest.mark.parametrize("body", ["", "gone"], ids=["empty", "with a body"])
@pytest.mark.parametrize("integration", [PLAIN, RETRYING, CAREFUL], ids=["no", "any", "transient"])
def test_gone_switches_the_integration_off(body: str, integration: OutgoingIntegration) -> None:
    assert after(make_answer(410, body), integration) == DisableIntegration(
        steps=(Step.AFTER_CALL, Step.GONE), reason="The receiver answered 410: it is gone for good"
    )


@pytest.mark.parametrize(
    ("fields", "number", "last_step", "delay"),
    [
        pytest.param({"retry_failed_calls": False}, 0, Step.NO_RETRIES, None, id="off"),
        pytest.param({"retry_count": 0}, 0, Step.NO_RETRIES, None, id="none"),
        pytest.param({"retry_count": -1}, 0, Step.NO_RETRIES, None, id="less than none"),
        pytest.param({}, 0, "going-to-retry-1", 0.1, id="first"),
        pytest.param({}, 1, "going-to-retry-2", 1, id="second"),
        pytest.param({}, 2, "going-to-retry-3", 10, id="third"),
        pytest.param({}, 3, Step.TOO_MANY_RETRIES, None, id="after four calls"),
        pytest.param({"retry_count": 1}, 2, Step.TOO_MANY_RETRIES, None, id="fewer since then"),
        pytest.param({"retry_delay": "powers-of-two"}, 2, "going-to-retry-3", 8, id="2, 4, 8"),
        pytest.param({"retry_delay": "increments-of-two"}, 2, "going-to-retry-3", 6, id="2, 4, 6"),
        pytest.param({"retry_delay": "soon"}, 0, Step.RETRY_DELAY_INVALID, None, id="no formula"),
        pytest.param({"retry_delay": ""}, 0, Step.TOO_MANY_RETRIES, None, id="empty formula"),
    ],
)
def test_retries_follow_the_integration(
    fields: dict[str, Any], number: int, last_step: str, delay: float | None
) -> None:
    integration = make_outgoing(**{"retry_failed_calls": True, "retry_count": 3, **fields})

    decision = after(make_failure(), integration, number=number)

    assert isinstance(decision, RetryLater | GiveUp)
    assert decision.steps == (Step.AFTER_CALL, last_step)
    assert "nobody listens there" in decision.error
    wait = decision.delay.total_seconds() if isinstance(decision, RetryLater) else None
    assert wait == delay


def test_an_invalid_formula_is_named_in_rocket_chat_s_words() -> None:
    integration = make_outgoing(retry_failed_calls=True, retry_delay="soon")

    assert after(make_answer(404), integration) == GiveUp(
        steps=(Step.AFTER_CALL, Step.RETRY_DELAY_INVALID),
        error="the answer had status 404; The integration's retryDelay setting is invalid.",
    )


def test_500_is_marked_before_it_is_retried() -> None:
    assert after(make_answer(500), RETRYING) == RetryLater(
        steps=(Step.AFTER_CALL, Step.SERVER_ERROR, "going-to-retry-1"),
        delay=TENTH,
        error="the answer had status 500",
    )


@pytest.mark.parametrize(
    ("value", "seconds"),
    [("30", 30), ("Sun, 01 Mar 2026 12:00:45 GMT", 45), ("0", 0.1), ("soon", 0.1)],
)
@pytest.mark.parametrize("status", [429, 503, 302])
def test_retry_after_is_honoured(status: int, value: str, seconds: float) -> None:
    decision = after(make_answer(status, retry_after=value), RETRYING)

    assert isinstance(decision, RetryLater)
    assert decision.delay == timedelta(seconds=seconds)


def test_chance_makes_a_wait_longer() -> None:
    attempt = Attempt(
        integration=RETRYING, data=DATA, number=0, answer=make_failure(), ended_at=NOON
    )

    decision = decide(attempt, chance=1.0)

    assert isinstance(decision, RetryLater)
    assert decision.delay == TENTH * 1.1


@pytest.mark.parametrize("status", [200, 204, 404, 410, 500])
def test_a_script_that_returns_false_ends_it(status: int) -> None:
    run = ScriptRun(value=False)

    assert after(answered({"text": "x"}, status), RETRYING, run=run) == Done(
        steps=(*SCRIPT_RAN, Step.PROCESSED_FALSE)
    )


@pytest.mark.parametrize("status", [200, 204, 404, 410, 500])
@pytest.mark.parametrize(
    ("content", "posted"),
    [({"text": "mine"}, {"text": "mine"}), ("mine", {"text": "mine"}), ({}, {})],
    ids=["object", "text", "empty: posting it will fail"],
)
def test_a_script_s_content_is_posted_whatever_the_status(
    status: int, content: Any, posted: dict[str, Any]
) -> None:
    run = ScriptRun(value={"content": content, "response": "ignored"})

    assert after(answered({"text": "x"}, status), RETRYING, run=run) == PostReply(
        steps=SCRIPT_RAN,
        reply=build_reply(posted, RETRYING, DATA),
        sent_step=Step.PROCESSED_MESSAGE_SENT,
        failed_step=Step.PROCESSED_MESSAGE_FAILED,
    )


@pytest.mark.parametrize("content", [True, 7, ["text"]])
def test_content_that_is_no_message_is_not_posted(content: Any) -> None:
    assert after(answered({}), run=ScriptRun(value={"content": content})) == Done(
        steps=(*SCRIPT_RAN, Step.PROCESSED_MESSAGE_FAILED),
        error="content must be an object with a text, or a text",
    )


@pytest.mark.parametrize(
    "value",
    [
        None,
        "",
        0,
        True,
        "text",
        [],
        {},
        {"content": None},
        {"content": ""},
        {"content": False},
        {"message": {"text": "x"}},
        {"error": "x"},
        {"request": {}},
    ],
    ids=str,
)
def test_any_other_result_goes_on_as_usual(value: Any) -> None:
    run = ScriptRun(value=value)

    posted = after(answered({"text": "hello"}), run=run)
    failed = after(make_answer(404), RETRYING, run=run)

    assert isinstance(posted, PostReply)
    assert (posted.steps, posted.sent_step) == (SCRIPT_RAN, Step.ANSWER_MESSAGE_SENT)
    assert isinstance(failed, RetryLater)
    assert failed.steps == (*SCRIPT_RAN, "going-to-retry-1")


@pytest.mark.parametrize(
    ("kind", "step"),
    [
        (FaultKind.NO_METHOD, Step.NO_PROCESS),
        (FaultKind.SYNTAX, Step.GETTING_SCRIPT),
        (FaultKind.EVALUATION, Step.GETTING_SCRIPT),
        (FaultKind.NO_CLASS, Step.GETTING_SCRIPT),
        (FaultKind.EXCEPTION, Step.PROCESS_FAILED),
        (FaultKind.BAD_RESULT, Step.PROCESS_FAILED),
        (FaultKind.TIMEOUT, Step.PROCESS_FAILED),
        (FaultKind.MEMORY, Step.PROCESS_FAILED),
        (FaultKind.OUTPUT, Step.PROCESS_FAILED),
        (FaultKind.INPUT, Step.PROCESS_FAILED),
        (FaultKind.CRASH, Step.PROCESS_FAILED),
    ],
)
def test_after_a_script_that_failed_it_goes_on_as_usual_and_says_why(
    kind: FaultKind, step: Step
) -> None:
    run = ScriptRun(fault=ScriptFault(kind=kind, name="TypeError", message="no", line=3))
    words = None if kind is FaultKind.NO_METHOD else "TypeError: no (line 3)"

    done = after(make_answer(204), run=run)
    posted = after(answered({"text": "hello"}), run=run)
    failed = after(make_answer(404), RETRYING, run=run)

    assert done == Done(steps=(*SCRIPT_RAN, step), error=words)
    assert isinstance(posted, PostReply)
    assert (posted.steps, posted.error) == ((*SCRIPT_RAN, step), words)
    assert isinstance(failed, RetryLater)
    assert failed.error == "; ".join(filter(None, ["the answer had status 404", words]))


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (make_answer(204), False),
        (make_answer(404), True),
        (make_answer(410), True),
        (make_failure(FailureKind.TIMEOUT), True),
        (make_failure(FailureKind.INVALID_REQUEST), False),
    ],
    ids=["204", "404", "410", "timeout", "nothing was sent"],
)
def test_what_counts_against_a_receiver(
    answer: HttpResponse | HttpFailure, *, expected: bool
) -> None:
    assert blames_receiver(answer) is expected
