import dataclasses
from typing import Any

import pytest

from rc_integrations_plugin.integrations.deliveries import (
    Delivery,
    DeliveryAttempt,
    DeliveryOutcome,
    Replay,
)
from rc_integrations_plugin.outgoing.steps import Step
from rc_integrations_plugin.services import EXTENSION
from tests.callers import OUTGOING_ALL, OUTGOING_OWN, Caller, Server, change_body
from tests.factories import NOON, make_attempt, make_delivery
from tests.fakes import RecordingWakeUp

CALLED = (Step.START, Step.MAPPED_DATA, Step.PREPARED, Step.BEFORE_CALL, Step.AFTER_CALL)
SENT = {"method": "PUT", "url": "https://other.test", "headers": {"A": "b"}, "data": {"x": [1]}}


@pytest.fixture
def bell(server: Server) -> RecordingWakeUp:
    bell = RecordingWakeUp()
    server.app.extensions[EXTENSION] = dataclasses.replace(server.services, wake_up=bell)
    return bell


def add(
    server: Server, document: dict[str, Any], **fields: Any
) -> tuple[DeliveryAttempt, Delivery]:
    """Store a delivery that is finished, and its attempt."""
    delivery = make_delivery(
        integration_id=document["_id"],
        trigger_word="hello",
        depth=2,
        attempts=3,
        outcome=DeliveryOutcome.FAILED,
        finished_at=NOON,
    )
    attempt = make_attempt(delivery, **{"steps": CALLED} | fields)
    server.services.deliveries.open([delivery], attempts=[attempt])
    return attempt, delivery


def replay(caller: Caller, document: dict[str, Any], history_id: str) -> Any:
    body = {"integrationId": document["_id"], "historyId": history_id}
    return caller.send("replayOutgoing", body)


def due(server: Server) -> list[Delivery]:
    """Return what a worker would take now."""
    return server.services.deliveries.lease(
        now=NOON.replace(year=2999),
        lease="test",
        lease_seconds=1,
        limit=10,
        per_integration=10,
    )


@pytest.mark.parametrize("sent", [None, SENT], ids=["the default request", "a script's"])
def test_exactly_what_was_sent_is_to_be_sent_again(
    server: Server, admin: Caller, bell: RecordingWakeUp, sent: Any
) -> None:
    document = admin.create_outgoing()
    attempt, delivery = add(server, document, sent=sent)

    response = replay(admin, document, attempt.id)

    assert (response.status_code, response.json) == (200, {"success": True})
    (again,) = due(server)
    assert again.id != delivery.id
    assert again.webhook_id == delivery.webhook_id
    assert again.replay == Replay(attempt_id=attempt.id, sent=sent)
    for name in ("integration_id", "event", "url", "trigger_word", "data", "depth"):
        assert getattr(again, name) == getattr(delivery, name)
    assert (again.attempts, again.outcome, again.finished_at) == (0, None, None)
    assert bell.rings == 1


def test_what_is_changed_since_changes_nothing_of_it(
    server: Server, admin: Caller, bell: RecordingWakeUp
) -> None:
    document = admin.create_outgoing(token="old")
    attempt, delivery = add(server, document)
    admin.send("update", change_body(document, token="new", urls=["http://new.test"]))

    replay(admin, document, attempt.id)

    (again,) = due(server)
    assert (again.url, again.data) == (delivery.url, delivery.data)


def refusal(
    server: Server, bell: RecordingWakeUp, caller: Caller, document: Any, history_id: str
) -> dict[str, Any]:
    response = replay(caller, document, history_id)
    assert response.status_code == 400
    assert due(server) == []
    assert bell.rings == 0
    body: dict[str, Any] = response.json
    assert body["details"] == {"method": "replayOutgoingIntegration"}
    return body


def test_an_attempt_that_is_not_there_cannot_be_repeated(
    server: Server, admin: Caller, bell: RecordingWakeUp
) -> None:
    document, other = admin.create_outgoing(), admin.create_outgoing()
    foreign, _ = add(server, other)

    for history_id in ("unknown", foreign.id, "", "\N{SNOWMAN}"):
        body = refusal(server, bell, admin, document, history_id)
        assert body["error"] == "Invalid Integration History [error-invalid-integration-history]"


def test_an_integration_that_is_not_there_makes_no_calls(
    server: Server, admin: Caller, bell: RecordingWakeUp
) -> None:
    attempt, _ = add(server, admin.create_outgoing())
    incoming = admin.create()

    for document in ({"_id": "unknown"}, incoming):
        body = refusal(server, bell, admin, document, attempt.id)
        assert body["error"] == "Invalid integration [error-invalid-integration]"


def test_repeating_does_not_tell_which_integrations_there_are(
    server: Server, admin: Caller, bell: RecordingWakeUp
) -> None:
    foreign = admin.create_outgoing()
    attempt, _ = add(server, foreign)
    owner = server.caller("ann", OUTGOING_OWN)

    answers = {
        str(refusal(server, bell, owner, document, attempt.id))
        for document in (foreign, {"_id": "unknown"})
    }

    assert len(answers) == 1


def test_repeating_takes_a_permission(
    server: Server, admin: Caller, stranger: Caller, bell: RecordingWakeUp
) -> None:
    document = admin.create_outgoing()
    attempt, _ = add(server, document)
    other = server.caller("ann", "manage-incoming-integrations")

    for caller in (stranger, other):
        assert refusal(server, bell, caller, document, attempt.id)["errorType"] == "not_authorized"


def test_who_may_manage_all_repeats_those_of_others(
    server: Server, admin: Caller, bell: RecordingWakeUp
) -> None:
    document = admin.create_outgoing()
    attempt, _ = add(server, document)

    assert replay(server.caller("ann", OUTGOING_ALL), document, attempt.id).status_code == 200


def test_what_is_off_repeats_nothing(server: Server, admin: Caller, bell: RecordingWakeUp) -> None:
    document = admin.create_outgoing(enabled=False)
    attempt, _ = add(server, document)

    body = refusal(server, bell, admin, document, attempt.id)

    assert body["errorType"] == "error-integration-disabled"


def test_where_nothing_was_sent_nothing_can_be_repeated(
    server: Server, admin: Caller, bell: RecordingWakeUp
) -> None:
    document = admin.create_outgoing()
    attempt, _ = add(
        server,
        document,
        steps=(Step.START, Step.PREPARED, Step.PREPARED_NOTHING),
        outcome=DeliveryOutcome.NOT_SENT,
    )

    body = refusal(server, bell, admin, document, attempt.id)

    assert body["error"] == "Nothing was sent then [error-invalid-integration-history]"


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"integrationId": "x"},
        {"historyId": "x"},
        {"integrationId": 1, "historyId": "x"},
        {"integrationId": "x", "historyId": ["x"]},
        {"integrationId": "x", "historyId": "\x00"},
        {"integrationId": "x", "historyId": "x" * 1001},
        {"integrationId": "x", "historyId": "x", "url": "http://evil.test"},
    ],
    ids=str,
)
def test_repeating_takes_a_body_of_its_form(admin: Caller, body: dict[str, Any]) -> None:
    response = admin.send("replayOutgoing", body)

    assert response.status_code == 400
    assert response.json is not None
    assert response.json["errorType"] == "invalid-params"
