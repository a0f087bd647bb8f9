from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest

from rc_integrations_plugin.integrations.deliveries import (
    Delivery,
    DeliveryAttempt,
    DeliveryOutcome,
    Replay,
)
from rc_integrations_plugin.outgoing.steps import Step, going_to_retry
from tests.callers import OUTGOING_ALL, OUTGOING_OWN, OWN, Caller, Server
from tests.factories import NOON, make_attempt, make_delivery

CALLED = (Step.START, Step.MAPPED_DATA, Step.PREPARED, Step.BEFORE_CALL, Step.AFTER_CALL)
SECRET = "whsec_" + "A" * 32
DATA = {"token": "token-of-mine", "bot": False, "text": "hello"}


def add(
    server: Server,
    document: Mapping[str, Any],
    *,
    delivery: Mapping[str, Any] | None = None,
    **fields: Any,
) -> tuple[DeliveryAttempt, Delivery]:
    """Store what came of one attempt."""
    values = {"integration_id": document["_id"], "data": DATA, "attempts": 1}
    made = make_delivery(**values | dict(delivery or {}))
    attempt = make_attempt(made, **{"steps": CALLED, "number": 0} | fields)
    server.services.deliveries.open([made], attempts=[attempt])
    return attempt, made


def history(caller: Caller, document: Mapping[str, Any], **query: Any) -> list[dict[str, Any]]:
    response = caller.get("history", id=document["_id"], **query)
    assert response.status_code == 200, response.json
    found: list[dict[str, Any]] = response.json["history"]  # type: ignore[index]
    return found


def only(caller: Caller, document: Mapping[str, Any]) -> dict[str, Any]:
    (line,) = history(caller, document)
    return line


def test_an_attempt_has_rocket_chat_s_shape_and_ours(server: Server, admin: Caller) -> None:
    document = admin.create_outgoing(
        token="token-of-mine", script="class Script {}", scriptEnabled=True
    )
    attempt, delivery = add(
        server,
        document,
        delivery={"trigger_word": "hello", "depth": 2},
        steps=(*CALLED, Step.ANSWER_MESSAGE_SENT),
        duration_ms=1500.0,
        results=({"phase": "answer", "channel": "#general", "room_id": "r1", "message_id": "m1"},),
        console=({"level": "log", "text": "hi"},),
        response_body='{"text":"ok"}',
        response_bytes=13,
        script_duration_ms=2.5,
        script_restarted=True,
        messages={"answer": {"text": "ok", "u": {"_id": "u"}}},
    )

    response = admin.get("history", id=document["_id"])

    body = response.json
    assert body is not None
    (line,) = body.pop("history")
    assert body == {"offset": 0, "items": 1, "count": 1, "total": 1, "success": True}
    shown = line.pop("integration")
    assert line == {
        "_id": attempt.id,
        "type": "outgoing-webhook",
        "step": "url-response-sent-message",
        "event": "sendMessage",
        "data": {"token": "***", "bot": False, "text": "hello"},
        "triggerWord": "hello",
        "ranPrepareScript": True,
        "resultMessage": [{"channel": "#general", "message": {"_id": "m1", "rid": "r1"}}],
        "finished": True,
        "url": delivery.url,
        "httpCallData": {"token": "***", "bot": False, "text": "hello"},
        "httpResult": '"{\\"text\\":\\"ok\\"}"',
        "_createdAt": "2026-03-01T12:00:00.000Z",
        "_updatedAt": "2026-03-01T12:00:01.500Z",
        "integrationId": document["_id"],
        "deliveryId": delivery.id,
        "webhookId": delivery.webhook_id,
        "attempt": 0,
        "outcome": "delivered",
        "steps": [*CALLED, "url-response-sent-message"],
        "status": 200,
        "responseHeaders": {"content-type": "text/plain"},
        "responseBody": '{"text":"ok"}',
        "responseBytes": 13,
        "results": [
            {"phase": "answer", "channel": "#general", "room_id": "r1", "message_id": "m1"}
        ],
        "messages": {"answer": {"text": "ok", "u": {"_id": "u"}}},
        "console": [{"level": "log", "text": "hi"}],
        "duration": 1500.0,
        "scriptDuration": 2.5,
        "scriptRestarted": True,
        "depth": 2,
    }
    assert shown["name"] == "Bridge"
    assert shown.keys().isdisjoint({"token", "script", "scriptCompiled", "signingSecret"})
    assert "token-of-mine" not in response.text
    assert "class Script" not in response.text


def test_a_failure_says_why_and_when_it_goes_on(server: Server, admin: Caller) -> None:
    document = admin.create_outgoing()
    add(
        server,
        document,
        steps=(*CALLED, going_to_retry(1)),
        outcome=DeliveryOutcome.RETRYING,
        status=None,
        response_headers=None,
        response_body=None,
        response_bytes=None,
        failure="timeout",
        error="there was no answer within 10 s",
        next_attempt_at=NOON + timedelta(seconds=2),
    )

    line = only(admin, document)

    assert line["step"] == "going-to-retry-1"
    assert line["error"] is True
    assert line["errorStack"] == "there was no answer within 10 s"
    assert line["httpError"] == {"code": "timeout", "message": line["errorStack"]}
    assert line["httpResult"] == "null"
    assert line["failure"] == "timeout"
    assert line["nextAttemptAt"] == "2026-03-01T12:00:02.000Z"
    assert "finished" not in line
    assert "status" not in line


@pytest.mark.parametrize(
    ("step", "phase", "name"),
    [
        (Step.PREPARED_MESSAGE_SENT, "prepare", "prepareSentMessage"),
        (Step.PROCESSED_MESSAGE_SENT, "answer", "processSentMessage"),
        (Step.ANSWER_MESSAGE_SENT, "answer", "resultMessage"),
    ],
)
def test_messages_have_rocket_chat_s_names(
    server: Server, admin: Caller, step: Step, phase: str, name: str
) -> None:
    document = admin.create_outgoing()
    sent = {"phase": phase, "channel": "#a", "room_id": "r", "message_id": "m"}
    refused = {"phase": phase, "channel": "#b", "error": "error-not-allowed", "reason": "No"}
    add(server, document, steps=(*CALLED, step), results=(sent, refused))

    line = only(admin, document)

    names = {"prepareSentMessage", "processSentMessage", "resultMessage"}
    assert names & line.keys() == {name}
    assert line[name] == [{"channel": "#a", "message": {"_id": "m", "rid": "r"}}]
    assert line["results"] == [sent, refused]


def test_what_was_not_called_has_no_call(server: Server, admin: Caller) -> None:
    document = admin.create_outgoing()
    add(
        server,
        document,
        steps=(Step.START, Step.CHAIN_TOO_LONG),
        outcome=DeliveryOutcome.STOPPED,
        status=None,
        response_headers=None,
        response_body=None,
        error="integrations answer each other",
    )

    line = only(admin, document)

    assert (line["outcome"], line["step"]) == ("stopped", "stopped-chain-too-long")
    assert line["error"] is True
    assert line.keys().isdisjoint({"httpCallData", "httpResult", "ranPrepareScript", "httpError"})


def test_a_request_that_a_script_made_is_shown_without_secrets(
    server: Server, admin: Caller
) -> None:
    document = admin.create_outgoing(
        token="token-of-mine",
        signingSecret=SECRET,
        basicAuth="user:pass-of-mine",
        headers={"X-Custom": "custom-of-mine"},
    )
    sent = {
        "method": "PUT",
        "url": "https://me:pass-of-url@other.test/x?token=token-of-mine",
        "headers": {
            "Authorization": "Bearer abcdef",
            "X-Plain": "plain",
            "X-Number": 3,
            "X-Mine": "custom-of-mine",
        },
        "data": {
            "plain": "text",
            "password": "hidden-by-name",
            "list": [SECRET, "pass-of-mine", 1, None, True],
        },
    }
    add(server, document, sent=sent, url="https://***@other.test/x?token=***")

    response = admin.get("history", id=document["_id"])

    line = response.json["history"][0]  # type: ignore[index]
    assert line["request"] == {
        "method": "PUT",
        "url": "https://***@other.test/x?token=***",
        "headers": {
            "authorization": "***",
            "x-plain": "plain",
            "x-number": "3",
            "x-mine": "***",
        },
    }
    assert line["httpCallData"] == {
        "plain": "text",
        "password": "***",
        "list": ["***", "***", 1, None, True],
    }
    for secret in (
        *(SECRET, "token-of-mine", "pass-of-mine", "custom-of-mine", "pass-of-url"),
        *("abcdef", "hidden-by-name"),
    ):
        assert secret not in response.text


@pytest.mark.parametrize("data", ["text with token-of-mine", "", None, [], 0, 1.5, True, ["a"]])
def test_a_script_may_send_anything(server: Server, admin: Caller, data: Any) -> None:
    document = admin.create_outgoing(token="token-of-mine")
    add(server, document, sent={"method": "POST", "url": "http://a.test", "data": data})

    shown = only(admin, document).get("httpCallData")

    assert shown == ("text with ***" if data == "text with token-of-mine" else data)


@pytest.mark.parametrize("token", ["true", "null", "1234", '"}', "\\u00e9", "text"])
def test_a_token_that_looks_like_json_spoils_nothing(
    server: Server, admin: Caller, token: str
) -> None:
    document = admin.create_outgoing(token=token)
    data = {"number": 1234, "flag": True, "none": None, "text": "text true"}
    add(server, document, sent={"method": "POST", "url": "http://a.test", "data": data})

    response = admin.get("history", id=document["_id"])

    assert response.status_code == 200


@pytest.mark.parametrize(
    "sent",
    [
        {"method": 1, "url": None, "headers": "none"},
        {"method": "POST", "url": "http://a.test", "headers": {"A": None, "B": {"c": 1}}},
        {},
    ],
)
def test_a_script_s_nonsense_can_be_shown(
    server: Server, admin: Caller, sent: dict[str, Any]
) -> None:
    document = admin.create_outgoing()
    add(server, document, sent=sent)

    assert only(admin, document)["request"].keys() == {"method", "url", "headers"}


def test_a_replay_says_what_it_repeats(server: Server, admin: Caller) -> None:
    document = admin.create_outgoing()
    add(server, document, delivery={"replay": Replay(attempt_id="first")})

    assert only(admin, document)["replayOf"] == "first"


def test_attempts_come_newest_first_unless_asked(server: Server, admin: Caller) -> None:
    document = admin.create_outgoing()
    for number in range(3):
        add(server, document, id=str(number), started_at=NOON + timedelta(minutes=number))

    def ids(**query: Any) -> list[str]:
        return [line["_id"] for line in history(admin, document, **query)]

    assert ids() == ["2", "1", "0"]
    assert ids(sort='{"_createdAt": 1}') == ["0", "1", "2"]
    assert ids(offset=1, count=1) == ["1"]


def test_the_integration_beside_is_shown_without_the_secrets_in_its_urls(
    server: Server, admin: Caller
) -> None:
    url = "https://me:hunter2@receiver.test/hook?api_key=abc123&at=token-of-mine"
    document = admin.create_outgoing(token="token-of-mine", urls=[url])
    add(server, document)

    line = only(admin, document)

    assert line["integration"]["urls"] == ["https://***@receiver.test/hook?api_key=***&at=***"]


def test_what_nobody_was_called_for_yet_is_there_too(server: Server, admin: Caller) -> None:
    document = admin.create_outgoing(token="token-of-mine")
    waiting = make_delivery(
        integration_id=document["_id"],
        data=DATA,
        trigger_word="hello",
        url="https://receiver.test/hook?key=token-of-mine",
    )
    server.services.deliveries.open([waiting])

    response = admin.get("history", id=document["_id"])

    assert response.json is not None
    assert response.json["total"] == 1
    (line,) = response.json["history"]
    del line["integration"]
    assert line == {
        "_id": waiting.id,
        "type": "outgoing-webhook",
        "step": "start-execute-trigger-url",
        "event": "sendMessage",
        "data": {"token": "***", "bot": False, "text": "hello"},
        "triggerWord": "hello",
        "url": "https://receiver.test/hook?key=***",
        "_createdAt": "2026-03-01T12:00:00.000Z",
        "_updatedAt": "2026-03-01T12:00:00.000Z",
        "integrationId": document["_id"],
        "deliveryId": waiting.id,
        "webhookId": waiting.id,
        "attempt": 0,
        "outcome": "waiting",
        "steps": ["start-execute-trigger-url"],
        "results": [],
        "console": [],
        "duration": 0.0,
        "scriptRestarted": False,
        "depth": 0,
    }


def test_what_waits_is_newer_than_all_attempts_page_by_page(server: Server, admin: Caller) -> None:
    document = admin.create_outgoing()
    for number in range(3):
        add(server, document, id=f"a{number}", started_at=NOON + timedelta(minutes=number))
        moment = NOON + timedelta(seconds=number)
        waiting = make_delivery(id=f"w{number}", integration_id=document["_id"], created_at=moment)
        server.services.deliveries.open([waiting])

    def pages(**query: Any) -> list[list[str]]:
        return [
            [line["_id"] for line in history(admin, document, offset=offset, count=2, **query)]
            for offset in (0, 2, 4, 6)
        ]

    assert pages() == [["w2", "w1"], ["w0", "a2"], ["a1", "a0"], []]
    oldest_first = pages(sort='{"_createdAt": 1}')
    assert oldest_first == [["a0", "a1"], ["a2", "w0"], ["w1", "w2"], []]


def test_attempts_can_be_chosen_by_outcome(server: Server, admin: Caller) -> None:
    document, incoming = admin.create_outgoing(), admin.create()
    server.services.deliveries.open([make_delivery(id="waiting", integration_id=document["_id"])])
    for outcome in DeliveryOutcome:
        if outcome is not DeliveryOutcome.WAITING:
            add(server, document, id=outcome.value, outcome=outcome)

    for outcome in DeliveryOutcome:
        assert [line["_id"] for line in history(admin, document, outcome=outcome.value)] == [
            outcome.value
        ]
    # an outcome of the other type
    assert history(admin, document, outcome="posted") == []
    assert history(admin, incoming, outcome="delivered") == []


def test_who_may_read_what(server: Server, admin: Caller, stranger: Caller) -> None:
    owner, manager = server.caller("ann", OUTGOING_OWN), server.caller("ben", OUTGOING_ALL)
    other = server.caller("eve", OWN)
    own, foreign = owner.create_outgoing(channel=""), admin.create_outgoing()
    for document in (own, foreign):
        add(server, document)

    seen = {
        caller.username: [len(history(caller, document)) for document in (own, foreign)]
        for caller in (owner, manager, other)
    }

    assert seen == {"ann": [1, 0], "ben": [1, 1], "eve": [0, 0]}
    assert stranger.get("history", id=own["_id"]).status_code == 403
    unknown = owner.get("history", id="unknown").data
    assert owner.get("history", id=foreign["_id"]).data == unknown


def test_clearing_forgets_what_was_and_leaves_what_is_to_come(
    server: Server, admin: Caller
) -> None:
    document, other = admin.create_outgoing(), admin.create_outgoing()
    add(server, document, outcome=DeliveryOutcome.RETRYING)
    add(server, other)
    waiting = make_delivery(integration_id=document["_id"])
    server.services.deliveries.open([waiting])

    response = admin.send("clearHistory", {"integrationId": document["_id"]})

    assert response.json == {"success": True}
    assert only(admin, document)["_id"] == waiting.id
    assert len(history(admin, other)) == 1


def test_clearing_does_not_tell_which_integrations_there_are(server: Server, admin: Caller) -> None:
    foreign = admin.create_outgoing()
    add(server, foreign)
    owner = server.caller("ann", OUTGOING_OWN)

    answers = {
        owner.send("clearHistory", {"integrationId": known}).data
        for known in (foreign["_id"], "unknown")
    }

    assert len(answers) == 1
    assert len(history(admin, foreign)) == 1


def test_calls_and_what_waits_are_found_by_their_time(server: Server, admin: Caller) -> None:
    document = admin.create_outgoing()
    hour = timedelta(hours=1)
    made = [add(server, document, started_at=NOON + number * hour)[0].id for number in range(3)]
    waiting = [
        make_delivery(integration_id=document["_id"], created_at=NOON + number * hour)
        for number in range(3)
    ]
    server.services.deliveries.open(waiting)
    query = {"oldest": (NOON + hour).isoformat(), "latest": "2026-03-01T14:00Z"}

    found = [line["_id"] for line in history(admin, document, **query)]

    assert found == [waiting[1].id, made[1]]
