"""Deliveries through the whole flow: the rows of Rocket.Chat's rules, one by one."""

import json
import logging
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError

from rc_integrations_plugin.delivery.http import FailureKind
from rc_integrations_plugin.errors import ScriptsUnavailable
from rc_integrations_plugin.integrations.deliveries import DeliveryOutcome, Posted, Replay
from rc_integrations_plugin.integrations.records import OutgoingIntegration, RetryOn
from rc_integrations_plugin.outgoing.steps import Step
from rc_integrations_plugin.outgoing.stopping import USER_GONE
from rc_integrations_plugin.scripting.protocol import FaultKind, ScriptFault, ScriptRun
from rc_integrations_plugin.settings import ScriptsAllowed, Settings
from tests.factories import make_delivery
from tests.unit.messages.memory_host import BOT
from tests.unit.outgoing.answers import make_answer, make_failure
from tests.unit.outgoing.deliveries import DATA, ROOM, SCRIPT, Way, body, plain, same_request

BEGUN = (Step.START, Step.MAPPED_DATA)
PLAIN = (*BEGUN, Step.PREPARED, Step.BEFORE_CALL, Step.AFTER_CALL)
SCRIPTED = (*BEGUN, Step.BEFORE_PREPARE, Step.PREPARED)
CALLED = (*SCRIPTED, Step.BEFORE_CALL, Step.AFTER_CALL, Step.BEFORE_PROCESS)
HELLO = make_answer(body=body(text="hello"))
OTHER = {"url": "https://other.test/", "method": "GET"}


@pytest.fixture
def way() -> Way:
    return Way()


def fault(kind: FaultKind) -> ScriptRun:
    return ScriptRun(fault=ScriptFault(kind=kind, name="TypeError", message="no", line=3))


def database_away() -> OperationalError:
    return OperationalError("SELECT 's3cret-token'", {}, Exception("s3cret-token: locked"))


# What is called


def test_a_plain_delivery_sends_the_data_and_is_done(way: Way) -> None:
    attempt = way.attempt(plain())

    (request,) = way.sent
    assert (request.method, request.url) == ("POST", "https://receiver.test/hook")
    assert json.loads(request.body or b"") == DATA
    assert (attempt.outcome, attempt.steps) == (DeliveryOutcome.DELIVERED, PLAIN)
    assert (attempt.status, attempt.error, attempt.sent) == (200, None, None)
    assert way.posted == []


def test_a_plain_delivery_needs_no_thread_once_the_user_is_known(way: Way) -> None:
    way.run(plain())
    way.run(plain())

    assert way.worked == 1
    assert way.host.asked["find_user"] == 1


def test_each_attempt_has_the_same_webhook_id(way: Way) -> None:
    delivery = make_delivery(data=DATA)
    way.run(plain(), delivery)
    way.run(plain(), replace(delivery, attempts=1))

    assert {request.headers["webhook-id"] for request in way.sent} == {delivery.webhook_id}


# 5.6: what prepare_outgoing_request returns


@pytest.mark.parametrize(
    ("value", "steps", "outcome"),
    [
        (None, (Step.PREPARED_NOTHING,), DeliveryOutcome.NOT_SENT),
        (False, (Step.PREPARED_NOTHING,), DeliveryOutcome.NOT_SENT),
        ({}, (Step.PREPARED_NO_REQUEST,), DeliveryOutcome.NOT_SENT),
        ({"url": "https://a.test"}, (Step.PREPARED_NO_REQUEST,), DeliveryOutcome.NOT_SENT),
        ({"method": "GET"}, (Step.PREPARED_NO_REQUEST,), DeliveryOutcome.NOT_SENT),
        (
            {"message": {"text": "help"}},
            (Step.PREPARED_MESSAGE_SENT, Step.PREPARED_NO_REQUEST),
            DeliveryOutcome.NOT_SENT,
        ),
        ({"message": {}}, (Step.PREPARED_MESSAGE_FAILED,), DeliveryOutcome.FAILED),
        ({"message": 7, **OTHER}, (Step.PREPARED_MESSAGE_FAILED,), DeliveryOutcome.FAILED),
        (
            {"message": {"text": "x", "channel": "#nowhere"}, **OTHER},
            (Step.PREPARED_MESSAGE_FAILED,),
            DeliveryOutcome.FAILED,
        ),
    ],
    ids=str,
)
def test_a_script_that_gives_no_request_ends_it(
    way: Way, value: Any, steps: tuple[str, ...], outcome: DeliveryOutcome
) -> None:
    result = way.run(way.returns(prepare=value))

    assert result.attempt is not None
    assert result.attempt.steps == (*SCRIPTED, *steps)
    assert result.attempt.outcome is outcome
    assert (result.receiver_failed, result.next_attempt_at, way.sent) == (None, None, [])


def test_a_message_is_posted_before_the_call(way: Way) -> None:
    attempt = way.attempt(way.returns(prepare={"message": "wait", **OTHER}))

    assert way.posted == [(ROOM, "wait")]
    assert [request.url for request in way.sent] == ["https://other.test/"]
    assert attempt.steps == (
        *SCRIPTED,
        Step.PREPARED_MESSAGE_SENT,
        Step.BEFORE_CALL,
        Step.AFTER_CALL,
        Step.BEFORE_PROCESS,
    )
    assert attempt.results == (
        {"phase": "prepare", "channel": f"#{ROOM}", "room_id": ROOM, "message_id": "m1"},
    )


def test_a_message_that_a_dead_worker_posted_is_not_posted_again(way: Way) -> None:
    integration = way.returns(prepare={"message": "wait", **OTHER})

    attempt = way.attempt(integration, make_delivery(data=DATA, posted=Posted.PREPARE))

    assert (way.posted, len(way.sent)) == ([], 1)
    assert Step.PREPARED_MESSAGE_SENT in attempt.steps


def test_what_the_script_returns_is_sent(way: Way) -> None:
    options = {**OTHER, "headers": {"X-A": "1"}, "auth": "ann:pw", "timeout": 500}

    attempt = way.attempt(way.returns(prepare=options))

    (request,) = way.sent
    assert (request.method, request.url, request.body) == ("GET", "https://other.test/", None)
    assert request.headers["Authorization"] == "Basic YW5uOnB3"
    assert request.timeout_seconds == 0.5
    assert (attempt.sent, attempt.url) == (options, "https://other.test/")


def test_data_needs_no_headers_and_makes_the_content_type(way: Way) -> None:
    options = {"url": "https://other.test/", "method": "POST", "data": {"a": 1}}

    way.attempt(way.returns(prepare=options))
    way.attempt(way.returns(prepare={**options, "headers": {"content-type": "text/plain"}}))

    for request in way.sent:
        assert request.body == b'{"a":1}'
        assert request.headers["Content-Type"] == "application/json"


def test_what_has_no_meaning_changes_nothing(way: Way) -> None:
    options = {
        **OTHER,
        "params": {"a": 1},
        "query": "a=1",
        "content": "x",
        "followRedirects": False,
        "npmRequestOptions": {},
    }

    way.attempt(way.returns(prepare=options))

    (request,) = way.sent
    assert (request.url, request.body) == ("https://other.test/", None)
    assert request.follow_redirects


def test_a_script_that_changes_nothing_leaves_nothing_to_keep(way: Way) -> None:
    assert way.attempt(way.returns(prepare=same_request)).sent is None


def test_numbers_that_python_takes_for_true_are_a_change(way: Way) -> None:
    def changed(argument: Any) -> Any:
        request = argument["request"]
        return {**request, "data": {**request["data"], "bot": 0}}

    sent = way.attempt(way.returns(prepare=changed)).sent

    assert sent is not None
    assert sent["data"]["bot"] == 0


@pytest.mark.parametrize(
    "options",
    [
        {"auth": "hunter2"},
        {"data": {"a": 1}},
        {"url": 7},
        {"headers": "none"},
    ],
    ids=["auth", "GET with data", "url", "headers"],
)
def test_a_request_that_is_none_is_no_call_and_is_not_made_again(
    way: Way, options: dict[str, Any]
) -> None:
    integration = way.returns(prepare={**OTHER, **options})
    retrying = replace(integration, retry_failed_calls=True, retry_count=3)

    result = way.run(retrying)

    assert result.attempt is not None
    assert (result.attempt.outcome, result.receiver_failed) == (DeliveryOutcome.FAILED, None)
    assert result.attempt.failure == FailureKind.INVALID_REQUEST
    assert (way.sent, result.next_attempt_at) == ([], None)


@pytest.mark.parametrize(
    ("kind", "step"),
    [
        (FaultKind.EXCEPTION, Step.PREPARE_FAILED),
        (FaultKind.TIMEOUT, Step.PREPARE_FAILED),
        (FaultKind.SYNTAX, Step.GETTING_SCRIPT),
        (FaultKind.NO_CLASS, Step.GETTING_SCRIPT),
    ],
)
def test_a_script_that_fails_sends_nothing(way: Way, kind: FaultKind, step: Step) -> None:
    attempt = way.attempt(way.returns(prepare=fault(kind)))

    assert attempt.steps == (
        *BEGUN, Step.BEFORE_PREPARE, step, Step.PREPARED, Step.PREPARED_NOTHING
    )  # fmt: skip
    assert (attempt.outcome, way.sent) == (DeliveryOutcome.FAILED, [])
    assert attempt.error == "TypeError: no (line 3)"


def test_a_script_without_the_methods_does_as_none(way: Way) -> None:
    missing = fault(FaultKind.NO_METHOD)
    way.answers = [HELLO]

    attempt = way.attempt(way.returns(prepare=missing, process=missing))

    assert way.posted == [(ROOM, "hello")]
    assert attempt.steps == (
        *BEGUN,
        Step.BEFORE_PREPARE,
        Step.NO_PREPARE,
        Step.PREPARED,
        Step.BEFORE_CALL,
        Step.AFTER_CALL,
        Step.BEFORE_PROCESS,
        Step.NO_PROCESS,
        Step.ANSWER_MESSAGE_SENT,
    )
    assert (attempt.outcome, attempt.error) == (DeliveryOutcome.DELIVERED, None)


def test_where_scripts_are_off_the_default_request_is_sent(way: Way) -> None:
    way.settings = Settings(scripts=ScriptsAllowed.OFF)

    attempt = way.attempt(way.returns(prepare=None, process=False))

    assert (attempt.steps, attempt.outcome) == (PLAIN, DeliveryOutcome.DELIVERED)
    assert (len(way.sent), way.local_scripts.calls) == (1, [])


# 5.8: what becomes of the answer


@pytest.mark.parametrize(
    ("answer", "posted", "steps"),
    [
        (make_answer(), [], ()),
        (make_answer(204), [], ()),
        (make_answer(201, body(text="made")), ["made"], (Step.ANSWER_MESSAGE_SENT,)),
        (make_answer(200, "hello", content_type="text/plain"), [], ()),
        (make_answer(200, body(text="x"), content_type="text/plain"), [], ()),
        (make_answer(200, body(text="")), [], ()),
        (make_answer(200, body(text="  ")), [], ()),
        (make_answer(200, body(other=1)), [], ()),
        (make_answer(200, "[1]"), [], ()),
        (make_answer(200, "{"), [], ()),
        (HELLO, ["hello"], (Step.ANSWER_MESSAGE_SENT,)),
        (
            make_answer(200, body(attachments=[{"text": "a"}])),
            [""],
            (Step.ANSWER_MESSAGE_SENT,),
        ),
        (
            make_answer(200, body(text="x", channel="#nowhere")),
            [],
            (Step.ANSWER_MESSAGE_FAILED,),
        ),
        (make_answer(200, body(text=["x"])), [], (Step.ANSWER_MESSAGE_FAILED,)),
    ],
    ids=[
        "empty",
        "204",
        "201",
        "a text",
        "JSON that says it is a text",
        "empty text",
        "blank text",
        "no text",
        "a list",
        "broken JSON",
        "a message",
        "attachments",
        "a room that is none",
        "a text that is none",
    ],
)
def test_a_success_is_posted_where_it_is_a_message(
    way: Way, answer: Any, posted: list[str], steps: tuple[str, ...]
) -> None:
    way.answers = [answer]

    result = way.run(plain())

    assert result.attempt is not None
    assert [text for _, text in way.posted] == posted
    assert result.attempt.steps == (*PLAIN, *steps)
    assert result.attempt.outcome is DeliveryOutcome.DELIVERED
    assert result.receiver_failed is False


@pytest.mark.parametrize(
    ("answer", "steps", "error"),
    [
        (make_answer(404), (Step.NO_RETRIES,), "the answer had status 404"),
        (make_answer(302), (Step.NO_RETRIES,), "the answer had status 302"),
        (
            make_answer(500),
            (Step.SERVER_ERROR, Step.NO_RETRIES),
            "the answer had status 500",
        ),
        (make_failure(FailureKind.TIMEOUT), (Step.NO_RETRIES,), "nobody listens there"),
    ],
    ids=["404", "302", "500", "timeout"],
)
def test_without_retries_a_failure_ends_it(
    way: Way, answer: Any, steps: tuple[str, ...], error: str
) -> None:
    way.answers = [answer]

    result = way.run(plain())

    assert result.attempt is not None
    assert result.attempt.steps == (*PLAIN, *steps)
    assert (result.attempt.outcome, result.attempt.error) == (DeliveryOutcome.FAILED, error)
    assert (result.receiver_failed, result.next_attempt_at) == (True, None)


def test_gone_switches_the_integration_off_and_its_owner_is_told_once(way: Way) -> None:
    way.host.users.append(replace(BOT, id="admin-id", username="admin"))
    integration = plain(retry_failed_calls=True)
    way.answers = [make_answer(410), make_answer(410)]

    attempt = way.attempt(integration)
    way.attempt(integration)

    reason = "The receiver answered 410: it is gone for good"
    assert way.integrations.disabled == {integration.id: reason}
    assert (attempt.steps, attempt.error) == ((*PLAIN, Step.GONE), reason)
    assert attempt.outcome is DeliveryOutcome.FAILED
    assert way.posted == [
        ("d-u-bot-admin-id", f"The integration Bridge is switched off. {reason}."),
    ]


@pytest.mark.parametrize("status", [200, 404, 410, 500])
def test_false_ends_it_whatever_the_status(way: Way, status: int) -> None:
    way.answers = [make_answer(status, body(text="x"))]

    result = way.run(way.returns(prepare=same_request, process=False))

    assert result.attempt is not None
    assert result.attempt.steps == (*CALLED, Step.PROCESSED_FALSE)
    assert result.attempt.outcome is DeliveryOutcome.DELIVERED
    assert (result.receiver_failed, way.posted) == (False, [])
    assert way.integrations.disabled == {}


@pytest.mark.parametrize("status", [200, 404, 500])
def test_a_script_s_content_is_posted_whatever_the_status(way: Way, status: int) -> None:
    way.answers = [make_answer(status)]

    attempt = way.attempt(way.returns(prepare=same_request, process={"content": "done"}))

    assert way.posted == [(ROOM, "done")]
    assert attempt.steps == (*CALLED, Step.PROCESSED_MESSAGE_SENT)
    assert (attempt.outcome, attempt.status) == (DeliveryOutcome.DELIVERED, status)


@pytest.mark.parametrize("content", [7, {"text": "x", "channel": "#nowhere"}, {"a": 1}])
def test_content_that_cannot_be_posted_ends_it_too(way: Way, content: Any) -> None:
    attempt = way.attempt(way.returns(prepare=same_request, process={"content": content}))

    assert attempt.steps == (*CALLED, Step.PROCESSED_MESSAGE_FAILED)
    assert (attempt.outcome, way.posted) == (DeliveryOutcome.DELIVERED, [])
    assert attempt.error


@pytest.mark.parametrize("value", [None, True, "text", {}, {"content": ""}, 0])
def test_anything_else_leaves_it_to_the_usual_way(way: Way, value: Any) -> None:
    way.answers = [HELLO]

    attempt = way.attempt(way.returns(prepare=same_request, process=value))

    assert way.posted == [(ROOM, "hello")]
    assert attempt.steps == (*CALLED, Step.ANSWER_MESSAGE_SENT)


def test_a_method_that_throws_leaves_it_to_the_usual_way_and_says_so(way: Way) -> None:
    way.answers = [HELLO]

    attempt = way.attempt(way.returns(prepare=same_request, process=fault(FaultKind.EXCEPTION)))

    assert way.posted == [(ROOM, "hello")]
    assert attempt.steps == (*CALLED, Step.PROCESS_FAILED, Step.ANSWER_MESSAGE_SENT)
    assert attempt.error == "TypeError: no (line 3)"


def test_a_script_sees_the_request_as_it_returned_it_and_the_answer(way: Way) -> None:
    way.answers = [make_answer(404, body(a=1))]

    way.run(way.returns(prepare=OTHER))

    _, method, argument = way.local_scripts.calls[-1]
    assert method == "process_outgoing_response"
    assert argument["request"] == OTHER
    assert argument["response"]["status_code"] == 404
    assert argument["response"]["content"] == {"a": 1}
    assert argument["response"]["content_raw"] == '{"a": 1}'


def test_without_an_answer_the_script_is_not_asked(way: Way) -> None:
    way.answers = [make_failure()]

    attempt = way.attempt(way.returns(prepare=same_request, process={"content": "x"}))

    assert [method for _, method, _ in way.local_scripts.calls] == ["prepare_outgoing_request"]
    assert (attempt.failure, attempt.status) == ("connection", None)


# 5.11: retries

RETRYING = plain(retry_failed_calls=True, retry_count=3)


@pytest.mark.parametrize(
    ("integration", "number", "answer", "delay"),
    [
        (RETRYING, 0, make_answer(404), 0.1),
        (RETRYING, 1, make_answer(404), 1),
        (RETRYING, 2, make_failure(), 10),
        (replace(RETRYING, retry_delay="powers-of-two"), 0, make_answer(503), 2),
        (replace(RETRYING, retry_delay="powers-of-two"), 2, make_answer(503), 8),
        (replace(RETRYING, retry_delay="increments-of-two"), 2, make_answer(503), 6),
        (RETRYING, 0, make_answer(429, retry_after="7"), 7),
        (replace(RETRYING, retry_on=RetryOn.TRANSIENT), 0, make_answer(503), 0.1),
    ],
)
def test_a_failure_is_tried_again_later(
    way: Way, integration: OutgoingIntegration, number: int, answer: Any, delay: float
) -> None:
    way.answers = [answer]
    before = datetime.now(UTC)

    result = way.run(integration, make_delivery(data=DATA, attempts=number))

    after = datetime.now(UTC)
    assert result.attempt is not None
    assert result.attempt.steps[-1] == f"going-to-retry-{number + 1}"
    assert (result.attempt.outcome, result.attempt.number) == (DeliveryOutcome.RETRYING, number)
    assert result.next_attempt_at == result.attempt.next_attempt_at
    assert result.next_attempt_at is not None
    assert before + timedelta(seconds=delay) <= result.next_attempt_at
    assert result.next_attempt_at <= after + timedelta(seconds=delay * 1.1)
    assert (result.receiver_failed, result.counts) == (True, True)


@pytest.mark.parametrize(
    ("integration", "number", "answer", "step"),
    [
        (RETRYING, 3, make_answer(404), Step.TOO_MANY_RETRIES),
        (replace(RETRYING, retry_delay=""), 0, make_answer(404), Step.TOO_MANY_RETRIES),
        (replace(RETRYING, retry_delay="never"), 0, make_answer(404), Step.RETRY_DELAY_INVALID),
        (replace(RETRYING, retry_count=0), 0, make_answer(404), Step.NO_RETRIES),
        (replace(RETRYING, retry_on=RetryOn.TRANSIENT), 0, make_answer(400), Step.NO_RETRIES),
    ],
    ids=["used up", "no formula", "no such formula", "none", "not for this"],
)
def test_some_failures_are_not_tried_again(
    way: Way, integration: OutgoingIntegration, number: int, answer: Any, step: Step
) -> None:
    way.answers = [answer]

    result = way.run(integration, make_delivery(data=DATA, attempts=number))

    assert result.attempt is not None
    assert (result.attempt.steps[-1], result.next_attempt_at) == (step, None)
    assert result.attempt.outcome is DeliveryOutcome.FAILED


def test_a_retry_asks_the_script_as_it_is_now(way: Way) -> None:
    way.returns(prepare={"message": "again", **OTHER})
    integration = plain(script=SCRIPT)

    way.run(integration, make_delivery(data=DATA, attempts=1))

    assert (way.posted, len(way.sent)) == ([(ROOM, "again")], 1)


# What stops a delivery


def test_of_an_integration_that_is_gone_nothing_is_sent(way: Way) -> None:
    attempt = way.attempt(None)

    assert (attempt.outcome, attempt.steps[-1]) == (
        DeliveryOutcome.STOPPED,
        Step.INTEGRATION_REMOVED,
    )
    assert (way.sent, attempt.url) == ([], "https://receiver.test/hook")


def test_of_an_integration_that_is_off_nothing_is_sent(way: Way) -> None:
    attempt = way.attempt(plain(enabled=False, disabled_reason="Because"))

    assert (attempt.outcome, attempt.error) == (DeliveryOutcome.STOPPED, "Because")
    assert (way.sent, attempt.steps[-1]) == ([], Step.INTEGRATION_OFF)


def test_a_retry_goes_to_the_url_that_took_the_place_of_a_wrong_one(way: Way) -> None:
    way.run(plain(urls=("https://corrected.test/",)), make_delivery(data=DATA, attempts=1))

    assert [request.url for request in way.sent] == ["https://corrected.test/"]


def test_a_url_that_was_removed_from_several_is_not_called(way: Way) -> None:
    attempt = way.attempt(plain(urls=("https://one.test/", "https://two.test/")))

    assert (attempt.outcome, attempt.steps[-1]) == (DeliveryOutcome.STOPPED, Step.URL_REMOVED)
    assert way.sent == []


@pytest.mark.parametrize("is_replay", [False, True], ids=["waiting", "again"])
@pytest.mark.parametrize("data", [DATA, {**DATA, "channel_id": None}], ids=["room", "no room"])
def test_an_event_of_a_room_that_it_is_no_longer_about_is_not_told(
    way: Way, data: dict[str, Any], *, is_replay: bool
) -> None:
    narrowed = replace(way.returns(prepare=OTHER), **about("r-ops"))
    again = Replay(attempt_id="a1", sent=OTHER) if is_replay else None

    attempt = way.attempt(narrowed, make_delivery(data=data, replay=again))

    assert (attempt.outcome, attempt.steps[-1]) == (DeliveryOutcome.STOPPED, Step.ROOM_REMOVED)
    assert (way.sent, way.local_scripts.calls) == ([], [])


def test_an_event_of_a_room_that_it_is_still_about_is_told(way: Way) -> None:
    way.run(plain(**about(ROOM)))
    way.run(plain(channels=("#ops",), listens_to=("#ops",)))

    assert len(way.sent) == 2


def about(room_id: str) -> dict[str, Any]:
    """Return the fields of an integration that is about one room alone."""
    place = f"#{room_id}"
    return {"channels": ("#x",), "channel_ids": {"#x": room_id}, "listens_to": (place,)}


@pytest.mark.parametrize("token", ["new-token", None])
def test_a_retry_tells_the_token_of_now(way: Way, token: str | None) -> None:
    way.run(plain(token=token), make_delivery(data=DATA, attempts=1))

    assert json.loads(way.sent[0].body or b"").get("token") == token


@pytest.mark.parametrize(
    "changed",
    [{"urls": ("https://corrected.test/",)}, {"token": "new-token"}, {"token": None}],
    ids=["URL", "token", "no token"],
)
def test_what_was_sent_with_a_later_url_or_token_is_replayed_so(
    way: Way, changed: dict[str, Any]
) -> None:
    delivery = make_delivery(data=DATA, attempts=1)
    attempt = way.attempt(plain(**changed), delivery)

    replay = Replay(attempt_id=attempt.id, sent=attempt.sent)
    way.run(plain(), replace(delivery, replay=replay))

    first, again = way.sent
    assert (again.method, again.url, again.body) == (first.method, first.url, first.body)


@pytest.mark.parametrize("users", [[], [replace(BOT, is_active=False)]], ids=["gone", "inactive"])
def test_an_integration_whose_user_is_gone_is_switched_off(way: Way, users: list[Any]) -> None:
    way.host.users = users
    integration = plain()

    attempt = way.attempt(integration)

    assert way.integrations.disabled == {integration.id: USER_GONE}
    assert (attempt.outcome, attempt.error) == (DeliveryOutcome.STOPPED, USER_GONE)
    assert (way.sent, attempt.steps[-1]) == ([], Step.USER_GONE)


def test_what_another_worker_finished_is_not_sent_again(way: Way) -> None:
    result = way.run(plain(), make_delivery(data=DATA, posted=Posted.ANSWER))

    assert result.attempt is not None
    assert (result.attempt.outcome, result.attempt.steps[-1]) == (
        DeliveryOutcome.DELIVERED,
        Step.POSTED_BEFORE,
    )
    assert (way.sent, result.receiver_failed) == ([], None)


# Replays


def replay_of(sent: Any, **fields: Any) -> Any:
    return make_delivery(
        data=DATA, webhook_id="first-id", replay=Replay(attempt_id="a1", sent=sent), **fields
    )


def test_a_replay_sends_what_was_sent_then_without_the_script(way: Way) -> None:
    options = {**OTHER, "method": "PUT", "data": {"a": 1}}
    integration = way.returns(prepare={"message": "no", **OTHER}, process={"content": "done"})

    attempt = way.attempt(integration, replay_of(options))

    (request,) = way.sent
    assert (request.method, request.url, request.body) == ("PUT", OTHER["url"], b'{"a":1}')
    assert request.headers["webhook-id"] == "first-id"
    assert request.headers["webhook-replay"] == "true"
    assert way.posted == [(ROOM, "done")]
    assert attempt.sent == options
    assert [method for _, method, _ in way.local_scripts.calls] == ["process_outgoing_response"]


def test_a_replay_of_the_default_request_sends_that(way: Way) -> None:
    attempt = way.attempt(way.returns(prepare=None), replay_of(None))

    (request,) = way.sent
    assert json.loads(request.body or b"") == DATA
    assert attempt.sent is None


def test_a_first_call_is_no_replay(way: Way) -> None:
    way.run(plain())

    assert "webhook-replay" not in way.sent[0].headers


# Faults


class Broken(Exception):
    pass


def test_a_fault_of_ours_is_told_to_the_log_without_secrets(
    way: Way, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(_: Any) -> Any:
        raise Broken(DATA["token"])

    with caplog.at_level(logging.ERROR):
        result = way.run(way.returns(prepare=fail))

    assert result.attempt is not None
    assert result.attempt.outcome is DeliveryOutcome.FAILED
    assert result.attempt.steps[-1] == Step.OUR_FAULT
    assert result.attempt.error == "A fault of this server (Broken); its log has more"
    assert (result.next_attempt_at, result.counts) == (None, True)
    assert "Broken" in caplog.text
    assert "in fail" in caplog.text
    assert "s3cret-token" not in caplog.text


def test_a_fault_while_posting_does_not_undo_the_call(way: Way) -> None:
    way.host.failing[ROOM] = Broken("s3cret-token")
    way.answers = [HELLO]

    attempt = way.attempt(plain())

    assert attempt.outcome is DeliveryOutcome.DELIVERED
    assert attempt.steps == (*PLAIN, Step.ANSWER_MESSAGE_FAILED)
    assert attempt.error == "The chat server: Broken"
    assert attempt.results[0]["error"] == "error-internal"


def test_no_process_for_the_script_puts_it_off(way: Way) -> None:
    integration = way.returns(prepare=same_request)
    way.local_scripts.available = False
    delivery = make_delivery(data=DATA, created_at=datetime.now(UTC))

    result = way.run(integration, delivery)

    assert (result.attempt, result.counts) == (None, False)
    assert result.next_attempt_at is not None
    assert result.next_attempt_at > datetime.now(UTC)


def test_but_not_for_ever(way: Way) -> None:
    integration = way.returns(prepare=same_request)
    way.local_scripts.available = False
    delivery = make_delivery(data=DATA, created_at=datetime.now(UTC) - timedelta(hours=2))

    result = way.run(integration, delivery)

    assert result.attempt is not None
    assert result.attempt.error == "A fault of this server (ScriptsUnavailable); its log has more"


def test_no_process_for_the_answer_leaves_it_to_the_usual_way(way: Way) -> None:
    def unavailable(_: Any) -> Any:
        raise ScriptsUnavailable("No process can be had to run the script in")

    way.answers = [HELLO]

    attempt = way.attempt(way.returns(prepare=same_request, process=unavailable))

    assert way.posted == [(ROOM, "hello")]
    assert attempt.steps[-2:] == (Step.PROCESS_FAILED, Step.ANSWER_MESSAGE_SENT)
    assert attempt.error == ("ScriptsUnavailable: No process can be had to run the script in")


def test_a_database_that_is_away_puts_it_off(way: Way, caplog: pytest.LogCaptureFixture) -> None:
    way.host.failing[ROOM] = database_away()
    way.answers = [HELLO]
    delivery = make_delivery(data=DATA, created_at=datetime.now(UTC))

    result = way.run(plain(), delivery)

    assert (result.attempt, result.counts) == (None, False)
    assert result.next_attempt_at is not None
    assert "s3cret-token" not in caplog.text


def test_that_nobody_knows_the_user_now_stops_nothing(
    way: Way, caplog: pytest.LogCaptureFixture
) -> None:
    way.host.failing_look_up = database_away()

    attempt = way.attempt(plain())

    assert (attempt.outcome, len(way.sent)) == (DeliveryOutcome.DELIVERED, 1)
    assert "s3cret-token" not in caplog.text
