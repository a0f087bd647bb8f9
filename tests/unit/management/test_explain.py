"""Sentences for each way that a line of the history can come about."""

from typing import Any

import pytest

from rc_integrations_plugin.integrations.deliveries import DeliveryOutcome
from rc_integrations_plugin.integrations.history import CallOutcome
from rc_integrations_plugin.management.explain import explain
from rc_integrations_plugin.outgoing.steps import Step, going_to_retry


def attempt(**fields: Any) -> dict[str, Any]:
    values = {
        "type": "outgoing-webhook",
        "event": "sendMessage",
        "data": {},
        "integration": {"username": "rocket.cat"},
        "outcome": "delivered",
        "steps": [Step.START, Step.MAPPED_DATA],
        "results": [],
        "duration": 3.0,
        "attempt": 0,
    }
    return values | fields


@pytest.mark.parametrize("step", list(Step), ids=str)
def test_no_step_is_told_by_its_bare_name(step: Step) -> None:
    assert step not in explain(attempt(steps=[Step.START, step]))


@pytest.mark.parametrize("outcome", list(DeliveryOutcome), ids=str)
def test_each_outcome_of_an_attempt_ends_with_a_sentence(outcome: DeliveryOutcome) -> None:
    assert explain(attempt(outcome=outcome))[-1].startswith(("It ", "The ", "Nothing "))


@pytest.mark.parametrize("outcome", list(CallOutcome), ids=str)
def test_each_outcome_of_a_call_is_a_sentence(outcome: CallOutcome) -> None:
    call = {"type": "incoming-webhook", "method": "POST", "outcome": outcome, "status": 400}

    told = explain(call | {"error": "a reason"})

    assert told[-1] == "The caller got 400."
    assert outcome not in told[-2].split()[0]


def test_the_author_that_a_script_chose_is_told() -> None:
    call = {
        "type": "incoming-webhook",
        "method": "POST",
        "outcome": "posted",
        "integration": {"username": "rocket.cat"},
        "message": {"u": {"_id": "u", "username": "other"}},
        "results": [{"channel": "#ops", "message_id": "m"}],
    }

    assert "Posted as other into #ops." in explain(call)
    assert "Posted as rocket.cat into #ops." in explain(call | {"message": {"text": "x"}})


def test_a_retry_a_replay_and_a_chain_are_told() -> None:
    told = explain(
        attempt(
            outcome="retrying",
            attempt=1,
            depth=2,
            replayOf="h1",
            nextAttemptAt="2026-03-01T12:00:00.000Z",
            failure="timeout",
            steps=[Step.BEFORE_CALL, Step.AFTER_CALL, going_to_retry(2)],
            errorStack="it took\ntoo long",
        )
    )

    assert told[1:] == [
        "Integrations had answered each other 2 times before.",
        "Somebody had it made again (history h1).",
        "This is try 2.",
        "Called POST None",
        "There was no answer (timeout).",
        "The reason: it took too long",
        "It failed, and is tried again at 2026-03-01T12:00:00.000Z.",
    ]


def test_what_a_script_did_is_told() -> None:
    told = explain(
        attempt(
            scriptDuration=4.2,
            scriptRestarted=True,
            console=[{"level": "log", "text": "x"}],
            steps=[Step.BEFORE_PREPARE, Step.PREPARED, Step.PREPARED_MESSAGE_SENT],
            results=[{"phase": "prepare", "channel": "#a", "message_id": "m"}],
            integration={"username": "rocket.cat", "impersonateUser": True},
            data={"user_name": "alice"},
        )
    )

    assert told[1:6] == [
        "The script ran for 4 ms, on a new instance.",
        "It wrote 1 line to the console.",
        "The script's prepare_outgoing_request was called.",
        "It wanted a message to be posted.",
        "Posted as alice into #a.",
    ]


def test_the_room_of_the_event_is_told_by_its_name() -> None:
    told = explain(
        attempt(
            steps=[Step.ANSWER_MESSAGE_SENT],
            results=[
                {"phase": "answer", "channel": "#general-id", "message_id": "m"},
                {"phase": "answer", "channel": "#other-id", "message_id": "n"},
            ],
            integration={"username": "rocket.cat"},
            data={"channel_id": "general-id", "channel_name": "general"},
        )
    )

    assert "Posted as rocket.cat into #general." in told
    assert "Posted as rocket.cat into #other-id." in told


def test_a_step_of_a_later_release_is_told_as_it_is() -> None:
    assert "something-new" in explain(attempt(steps=["something-new"]))
