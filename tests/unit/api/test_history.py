from datetime import timedelta
from typing import Any

import pytest

from rc_integrations_plugin.integrations.history import CallOutcome
from tests.callers import ALL, OWN, Caller, Server
from tests.factories import NOON, make_call


def add_calls(server: Server, document: dict[str, Any], *ids: str, **fields: Any) -> None:
    for number, call_id in enumerate(ids):
        called_at = NOON + timedelta(minutes=number)
        call = make_call(
            **{"id": call_id, "integration_id": document["_id"], "called_at": called_at} | fields
        )
        server.services.calls.add(call)


def ids(caller: Caller, document: dict[str, Any], **query: Any) -> list[str]:
    response = caller.get("history", id=document["_id"], **query)
    assert response.status_code == 200, response.json
    return [call["_id"] for call in response.json["history"]]  # type: ignore[index]


def test_a_call_can_be_read(server: Server, admin: Caller) -> None:
    document = admin.create(scriptEnabled=True, script="class Script {}")
    add_calls(
        server,
        document,
        "c1",
        outcome=CallOutcome.SCRIPT_FAILED,
        status=400,
        results=(),
        console=({"level": "log", "text": "hello"},),
        error="TypeError (line 3)",
        error_code="error-running-script",
        script_duration_ms=2.5,
        script_restarted=True,
        message={"text": "Hello", "u": {"_id": "u", "username": "rocket.cat"}},
    )

    response = admin.get("history", id=document["_id"])

    body = response.json
    assert body is not None
    (call,) = body.pop("history")
    assert body == {"offset": 0, "items": 1, "count": 1, "total": 1, "success": True}
    shown = call.pop("integration")
    assert call == {
        "_id": "c1",
        "type": "incoming-webhook",
        "integrationId": document["_id"],
        "outcome": "script-failed",
        "finished": True,
        "status": 400,
        "results": [],
        "message": {"text": "Hello", "u": {"_id": "u", "username": "rocket.cat"}},
        "console": [{"level": "log", "text": "hello"}],
        "error": "TypeError (line 3)",
        "errorType": "error-running-script",
        "duration": 1.5,
        "scriptDuration": 2.5,
        "scriptRestarted": True,
        "method": "POST",
        "query": "",
        "headers": {"content-type": "application/json"},
        "body": '{"text":"hello"}',
        "bodyBytes": 16,
        "remoteAddress": "127.0.0.1",
        "_createdAt": "2026-03-01T12:00:00.000Z",
        "_updatedAt": "2026-03-01T12:00:00.000Z",
    }
    assert shown["name"] == "CI"
    assert document["token"] not in response.text
    assert "class Script" not in response.text


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({}, ["c", "b", "a"]),
        ({"offset": 1, "count": 1}, ["b"]),
        ({"sort": '{"_updatedAt": 1}'}, ["a", "b", "c"]),
        ({"sort": '{"_createdAt": 1}'}, ["a", "b", "c"]),
        ({"sort": '{"step": 1}'}, ["c", "b", "a"]),
        ({"query": '{"_id": "a"}'}, ["c", "b", "a"]),
        ({"outcome": "refused"}, []),
        ({"outcome": "posted"}, ["c", "b", "a"]),
        ({"oldest": "2026-03-01T12:01:00.000Z"}, ["c", "b"]),
        ({"latest": "2026-03-01T12:01"}, ["a"]),
        ({"oldest": "2026-03-01T14:00:01+02:00", "latest": "2026-03-01T12:02Z"}, ["b"]),
        ({"oldest": "2026-03-01T12:01", "outcome": "refused"}, []),
    ],
    ids=str,
)
def test_calls_come_newest_first_unless_asked(
    server: Server, admin: Caller, query: dict[str, Any], expected: list[str]
) -> None:
    document = admin.create()
    add_calls(server, document, "a", "b", "c")

    assert ids(admin, document, **query) == expected


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ({}, "must have required property 'id'"),
        ({"id": " "}, "Invalid integration id."),
        ({"id": ""}, "Invalid integration id."),
        ({"id": "x", "outcome": "nice"}, "outcome must be equal to one of the allowed values"),
        ({"id": "x", "oldest": "yesterday"}, "oldest must be a time in ISO 8601"),
        ({"id": "x", "latest": "0001-01-01T00:00+14:00"}, "latest must be a time in ISO 8601"),
    ],
)
def test_a_query_of_another_form_is_refused(
    admin: Caller, query: dict[str, str], message: str
) -> None:
    response = admin.get("history", **query)

    assert response.status_code == 400
    assert response.json is not None
    assert response.json["error"] == message


def test_unknown_integrations_and_those_of_others_have_no_history(
    server: Server, admin: Caller
) -> None:
    foreign = admin.create()
    add_calls(server, foreign, "a")
    owner = server.caller("ann", OWN)

    answers = {owner.get("history", id=known).data for known in (foreign["_id"], "unknown")}

    assert len(answers) == 1
    assert ids(owner, foreign) == []


def test_owners_read_their_own_and_managers_all(server: Server) -> None:
    owner, manager = server.caller("ann", OWN), server.caller("ben", ALL)
    server.invite("ann", "general")
    document = owner.create()
    add_calls(server, document, "a")

    assert ids(owner, document) == ["a"]
    assert ids(manager, document) == ["a"]


def test_a_history_can_be_cleared(server: Server, admin: Caller) -> None:
    document, other = admin.create(), admin.create()
    add_calls(server, document, "a")
    add_calls(server, other, "b")

    response = admin.send("clearHistory", {"integrationId": document["_id"]})

    assert response.json == {"success": True}
    assert ids(admin, document) == []
    assert ids(admin, other) == ["b"]


def test_clearing_takes_a_permission(server: Server, admin: Caller, stranger: Caller) -> None:
    document = admin.create()
    add_calls(server, document, "a")

    response = stranger.send("clearHistory", {"integrationId": document["_id"]})

    assert response.status_code == 400
    assert response.json is not None
    assert response.json["errorType"] == "not_authorized"
    assert ids(admin, document) == ["a"]


def test_clearing_does_not_tell_which_integrations_there_are(server: Server, admin: Caller) -> None:
    document = admin.create()
    add_calls(server, document, "a")
    owner = server.caller("ann", OWN)

    answers = {
        owner.send("clearHistory", {"integrationId": known}).data
        for known in (document["_id"], "unknown")
    }

    assert len(answers) == 1
    assert b"Invalid integration [error-invalid-integration]" in answers.pop()
    assert ids(admin, document) == ["a"]


@pytest.mark.parametrize("body", [{}, {"integrationId": 1}, {"integrationId": "x", "y": 1}])
def test_clearing_takes_a_body_of_its_form(admin: Caller, body: dict[str, Any]) -> None:
    response = admin.send("clearHistory", body)

    assert response.status_code == 400
    assert response.json is not None
    assert response.json["errorType"] == "invalid-params"
