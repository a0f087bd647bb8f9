"""Answers in the stub's rooms: each once, whatever happens to the worker, and no circles.

All of it on SQLite and on PostgreSQL.
"""

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask

from host_stub.chat import members
from rc_integrations_plugin.integrations.deliveries import DeliveryOutcome, Posted
from rc_integrations_plugin.integrations.records import Editor
from rc_integrations_plugin.outgoing.steps import Step
from tests.bridges import LATER, Bridge, bridge as bridge_of, steps_of
from tests.fakes import ScriptedRunner
from tests.hooks import Stage
from tests.postgresql import new_database

pytestmark = [pytest.mark.integration, pytest.mark.real_scripts]


@pytest.fixture(params=["sqlite", "postgresql"])
def config(request: pytest.FixtureRequest, config: dict[str, Any]) -> dict[str, Any]:
    if request.param == "postgresql":
        address = new_database(request.getfixturevalue("postgresql"))
        config = {**config, "SQLALCHEMY_DATABASE_URI": address}
    return {**config, "RC_INTEGRATIONS_ALLOWED_NETWORKS": ["127.0.0.1"]}


@pytest.fixture
def stage(app: Flask, scripted: ScriptedRunner) -> Stage:
    stage = Stage(app, scripted)
    stage.fill()
    return stage


@pytest.fixture
def bridge(stage: Stage) -> Iterator[Bridge]:
    with bridge_of(stage) as running:
        yield running


def test_an_answer_is_posted_once_though_its_worker_died(bridge: Bridge) -> None:
    bridge.listen()
    bridge.answer({"text": "done"})
    bridge.say("hello")
    (leased,) = bridge.lease()
    bridge.run(leased)

    (attempt,) = bridge.deliver(after=LATER)

    assert attempt.outcome is DeliveryOutcome.DELIVERED
    assert attempt.steps[-1] == Step.POSTED_BEFORE
    assert bridge.stage.texts() == ["hello", "done"]
    assert len(bridge.receiver.received) == 1


def test_a_message_before_the_call_is_posted_once_though_its_worker_died(bridge: Bridge) -> None:
    bridge.listen_with_script(
        "prepare_outgoing_request({ request }) { return { message: 'wait', ...request }; }"
    )
    bridge.say("hello")
    (leased,) = bridge.lease()
    bridge.run(leased)
    stored = bridge.services.deliveries.find(leased.id)
    assert stored is not None
    assert stored.posted is Posted.PREPARE

    (attempt,) = bridge.deliver(after=LATER)

    assert attempt.outcome is DeliveryOutcome.DELIVERED
    assert bridge.stage.texts() == ["hello", "wait"]
    assert len({call.headers["webhook-id"] for call in bridge.receiver.received}) == 1


def test_who_was_too_slow_leaves_the_answer_to_the_next(bridge: Bridge) -> None:
    bridge.listen()
    bridge.answer({"text": "done"})
    bridge.say("hello")
    (slow,) = bridge.lease()
    (quick,) = bridge.lease(after=LATER)

    assert bridge.run(slow).attempt is None
    assert bridge.stage.texts() == ["hello"]

    assert bridge.run(quick).attempt is not None
    assert bridge.stage.texts() == ["hello", "done"]


def test_an_integration_does_not_answer_itself(bridge: Bridge) -> None:
    bridge.listen()
    bridge.answer({"text": "done"})
    bridge.say("hello")
    bridge.deliver()

    assert bridge.lease() == []


def test_two_that_answer_each_other_come_to_an_end(bridge: Bridge) -> None:
    for name in ("A", "B"):
        bridge.listen(name=name, urls=(f"{bridge.receiver.url}/{name}",))
        bridge.answer({"text": name}, path=f"/{name}")
    bridge.say("hello")

    rounds = 0
    while bridge.deliver():
        rounds += 1

    # two chains, as both are told of the first message; each of 5 answers
    assert rounds == 5
    assert bridge.stage.texts()[0] == "hello"
    assert len(bridge.stage.texts()) == 1 + 2 * 5


def test_gone_switches_it_off_and_its_owner_is_told(bridge: Bridge) -> None:
    owner = Editor(bridge.stage.user_id("alice"), "alice")
    integration = bridge.listen(created_by=owner)
    bridge.answer("gone", status=410)
    bridge.say("hello")

    assert steps_of(bridge.deliver()) == [Step.GONE]
    found = bridge.services.integrations.find_outgoing(integration.id)
    assert found is not None
    assert found.disabled_reason == "The receiver answered 410: it is gone for good"
    assert bridge.stage.direct_texts("alice") == [
        "The integration Bridge is switched off. The receiver answered 410: it is gone for good."
    ]


def test_one_whose_user_is_deactivated_is_switched_off(bridge: Bridge) -> None:
    integration = bridge.listen()
    bridge.say("hello")
    bridge.stage.deactivate("rocket.cat")

    assert steps_of(bridge.deliver()) == [Step.USER_GONE]
    found = bridge.services.integrations.find_outgoing(integration.id)
    assert found is not None
    assert not found.enabled
    assert bridge.receiver.received == []


def test_where_the_bot_may_not_write_the_history_says_so(bridge: Bridge) -> None:
    bridge.listen(channels=("#team",))
    bridge.answer({"text": "done"})
    bridge.say("hello", room="team")
    with bridge.transaction():
        members.remove_member(bridge.chat, bridge.user("rocket.cat"), bridge.room("team"))

    (attempt,) = bridge.deliver()

    assert attempt.steps[-1] == Step.ANSWER_MESSAGE_FAILED
    assert attempt.results[0]["error"] == "error-not-allowed"
    assert bridge.stage.texts("team") == ["hello"]
