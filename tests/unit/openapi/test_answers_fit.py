"""What the views answer is what the description says, and its examples work."""

from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from rc_integrations_plugin.integrations.deliveries import DeliveryOutcome
from rc_integrations_plugin.integrations.history import CallOutcome
from rc_integrations_plugin.openapi.description import OPERATIONS
from rc_integrations_plugin.outgoing.steps import Step
from rc_integrations_plugin.scripting.protocol import (
    ConsoleLine,
    FaultKind,
    ScriptFault,
    ScriptRun,
)
from tests.callers import Caller, Server, change_body, outgoing_body
from tests.factories import make_attempt, make_call, make_delivery
from tests.fakes import ScriptedRunner
from tests.unit.openapi.validating import faults_of_answer, operations

API = "/api/v1/integrations."
SCRIPT = "class Script { process_incoming_request() {} }"
FULL = {
    "alias": "Robot",
    "avatar": "/robot.png",
    "emoji": ":robot:",
    "script": SCRIPT,
    "scriptEnabled": True,
}
FULL_OUTGOING = {
    **FULL,
    "triggerWords": ["x"],
    "targetRoom": "#general",
    "token": "abc",
    "timeout": 5,
    "callsAtOnce": 3,
    "headers": {"X-Colour": "green"},
    "basicAuth": "me:secret",
    "signingSecret": True,
}


def body_examples(description: dict[str, Any], path: str, method: str) -> list[Any]:
    media = operations(description)[path, method]["requestBody"]["content"]["application/json"]
    named = [one["value"] for one in media.get("examples", {}).values()]
    return named + ([media["example"]] if "example" in media else [])


def call(caller: Caller, path: str, method: str, **options: Any) -> TestResponse:
    client = caller.app.test_client()
    return client.open(path, method=method.upper(), headers=caller.headers, **options)


def test_what_is_made_and_changed_fits(description: dict[str, Any], admin: Caller) -> None:
    for document in (admin.create(**FULL), admin.create_outgoing(**FULL_OUTGOING)):
        again = admin.send("update", change_body(document, script=SCRIPT))
        one = admin.get("get", integrationId=document["_id"])

        assert faults_of_answer(description, f"{API}update", "put", again) == []
        assert faults_of_answer(description, f"{API}get", "get", one) == []


def test_a_signing_secret_and_warnings_are_described(
    description: dict[str, Any], admin: Caller
) -> None:
    answer = admin.send("create", outgoing_body(**FULL_OUTGOING))

    assert answer.json is not None
    assert {"signingSecret", "hasSigningSecret"} <= set(answer.json["integration"])
    assert faults_of_answer(description, f"{API}create", "post", answer) == []


def test_lists_fit(description: dict[str, Any], admin: Caller) -> None:
    admin.create(**FULL)
    admin.create_outgoing(**FULL_OUTGOING)

    answer = admin.get("list", sort='{"name": 1}', count=5)

    assert answer.json is not None
    assert answer.json["total"] == 2
    assert faults_of_answer(description, f"{API}list", "get", answer) == []


def test_what_hooks_did_fits(description: dict[str, Any], server: Server, admin: Caller) -> None:
    hook = admin.create(**FULL)
    results = [{"channel": "#general", "error": "error-not-allowed", "reason": "no"}]
    full = make_call(
        integration_id=hook["_id"],
        outcome=CallOutcome.SCRIPT_FAILED,
        results=tuple(results),
        console=({"level": "log", "text": "x"},),
        script_duration_ms=1.5,
        error_code="error-running-script",
        error="x",
        message={
            "text": "x",
            "u": {"_id": "u", "username": "ann", "name": "Ann"},
            "alias": "a",
            "avatar": "https://a.test/",
            "emoji": ":cat:",
            "attachments": [{"text": "x", "fields": [{"title": "t", "value": 1}]}],
            "tmid": "t",
            "customFields": {"n": 1},
            "topic": "t",
            "parseUrls": True,
            "groupable": True,
            "leftOut": {"text": True, "attachments": 1, "customFields": True},
        },
    )
    server.services.calls.add(full)
    server.app.test_client().post(f"/hooks/{hook['_id']}/{hook['token']}", json={"text": "x"})

    answer = admin.get("history", id=hook["_id"])

    assert answer.json is not None
    assert answer.json["total"] == 2
    assert faults_of_answer(description, f"{API}history", "get", answer) == []


def test_what_outgoing_integrations_did_fits(
    description: dict[str, Any], server: Server, admin: Caller
) -> None:
    made = admin.create_outgoing(**FULL_OUTGOING)
    delivery = make_delivery(integration_id=made["_id"], trigger_word="x")
    attempts = [
        make_attempt(
            delivery,
            steps=(Step.START, Step.PREPARED, Step.BEFORE_CALL),
            status=200,
            response_headers={"x": "y"},
            response_body="{}",
            response_bytes=2,
            results=({"phase": "answer", "channel": "#a", "room_id": "r", "message_id": "m"},),
            console=({"level": "log", "text": "x"},),
            messages={"prepare": {"text": "x"}, "answer": {"attachments": [{"text": "x"}]}},
            sent={"method": "POST", "url": "https://a.test", "headers": {"a": "b"}, "data": {}},
        ),
        make_attempt(delivery, number=1, failure="timeout", error="too slow"),
    ]
    waiting = make_delivery(integration_id=made["_id"])
    server.services.deliveries.open([delivery, waiting], attempts=attempts)

    answer = admin.get("history", id=made["_id"])

    assert answer.json is not None
    assert answer.json["total"] >= len(attempts)
    assert faults_of_answer(description, f"{API}history", "get", answer) == []


def fail(server: Server, made: dict[str, Any]) -> str:
    """Store a call that failed for good, and return its id in the history."""
    delivery = make_delivery(integration_id=made["_id"], outcome=DeliveryOutcome.FAILED)
    attempt = make_attempt(
        delivery, outcome=DeliveryOutcome.FAILED, steps=(Step.START, Step.BEFORE_CALL)
    )
    server.services.deliveries.open([delivery], attempts=[attempt])
    return attempt.id


def test_what_is_tried_fits(
    description: dict[str, Any], server: Server, admin: Caller, scripted: ScriptedRunner
) -> None:
    hook, bridge = admin.create(**FULL), admin.create_outgoing(**FULL_OUTGOING)
    replied = {"status": 200, "body": {"text": "x", "attachments": [{"text": "y"}]}}
    about = {"text": "x", "channel_id": server.room_id("general")}
    event = {"data": about, "answer": replied}
    fault = ScriptFault(kind=FaultKind.EXCEPTION, name="TypeError", message="no", line=1)
    runs = (
        ScriptRun(),
        ScriptRun(fault=fault, console=(ConsoleLine("log", "x"),)),
        ScriptRun(value={"content": {"text": "x", "channel": "#none"}}, value_type="object"),
        ScriptRun(value={"message": {"text": "x"}}, value_type="object"),
        ScriptRun(value={"error": {"success": False}}, value_type="object"),
    )

    for run in runs:
        scripted.answer = lambda _argument, run=run: run
        for name, body in (
            ("try", {"integrationId": hook["_id"]}),
            ("try", {"integrationId": hook["_id"], "script": ""}),
            ("try", {"integrationId": bridge["_id"], "event": event}),
            ("try", {"integrationId": bridge["_id"], "event": event, "script": ""}),
            ("sendTest", {"integrationId": hook["_id"]}),
            ("sendTest", {"integrationId": bridge["_id"]}),
        ):
            answer = admin.send(name, body)
            assert answer.status_code == 200, answer.json
            assert faults_of_answer(description, f"{API}{name}", "post", answer) == []


def test_what_is_told_of_scripts_fits(
    description: dict[str, Any], server: Server, admin: Caller
) -> None:
    hook = admin.create(**FULL)
    admin.send("update", change_body(hook, script=f"{SCRIPT} // 2"))
    one = {"integrationId": hook["_id"]}
    test = {"request": {}, "expected": {"result": 1}}
    kept = admin.send("keepTest", {**one, "name": "x", "test": test})
    test_id = kept.get_json()["test"]["_id"]
    calls = [
        ("post", "keepTest", kept),
        ("get", "listTests", admin.get("listTests", **one)),
        ("post", "runTests", admin.send("runTests", one)),
        ("post", "removeTest", admin.send("removeTest", {**one, "testId": test_id})),
        ("get", "listScriptVersions", admin.get("listScriptVersions", **one)),
        ("get", "getScriptVersion", admin.get("getScriptVersion", **one, version=1, compareTo=2)),
        ("post", "rollBackScript", admin.send("rollBackScript", {**one, "version": 1})),
        ("post", "checkScript", admin.send("checkScript", {"script": "syntax error"})),
    ]

    for method, name, answer in calls:
        assert answer.status_code == 200, answer.json
        assert faults_of_answer(description, f"{API}{name}", method, answer) == []


def test_what_repairs_fits(description: dict[str, Any], server: Server, admin: Caller) -> None:
    hook, bridge = admin.create(**FULL), admin.create_outgoing(**FULL_OUTGOING)
    off = admin.create_outgoing(enabled=False)
    server.services.integrations.disable(bridge["_id"], reason="gone")
    admin.send("update", change_body(bridge))
    line, since = fail(server, bridge), {"since": "2001-01-01"}
    fail(server, off)
    one = {"integrationId": hook["_id"]}
    calls = [
        ("get", "overview", admin.get("overview")),
        ("get", "changes", admin.get("changes")),
        ("get", "explain", admin.get("explain", integrationId=bridge["_id"], historyId=line)),
        ("get", "failedCalls", admin.get("failedCalls", **since)),
        ("post", "recover", admin.send("recover", since)),
        ("post", "renewToken", admin.send("renewToken", {**one, "overlap": 60})),
        ("post", "renewToken", admin.send("renewToken", one)),
    ]

    for method, name, answer in calls:
        assert answer.status_code == 200, answer.json
        assert faults_of_answer(description, f"{API}{name}", method, answer) == []


@pytest.mark.parametrize(
    ("method", "name"),
    [(operation.method, operation.path.removeprefix(API)) for operation in OPERATIONS],
)
def test_refusals_fit(
    description: dict[str, Any], server: Server, admin: Caller, method: str, name: str
) -> None:
    nobody = Caller(server.app, "", "", {})
    powerless = server.caller("bob")
    long = {"data": b"x" * 2_000_000} if method != "get" else {"query_string": {"count": "x"}}

    for caller, options in ((nobody, {}), (powerless, {}), (admin, {}), (admin, long)):
        answer = call(caller, f"{API}{name}", method, **options)

        assert faults_of_answer(description, f"{API}{name}", method, answer) == []


def test_examples_of_the_management_api_work(
    description: dict[str, Any], server: Server, admin: Caller
) -> None:
    for body in body_examples(description, f"{API}create", "post"):
        made = call(admin, f"{API}create", "post", json=body)
        assert made.status_code == 200, made.json
        document = made.json["integration"]  # type: ignore[index]
        examples = body_examples(description, f"{API}update", "put")
        changes = next(one for one in examples if one["type"] == document["type"])
        changed = call(
            admin, f"{API}update", "put", json={**changes, "integrationId": document["_id"]}
        )
        assert changed.status_code == 200, changed.json

    first, second = body_examples(description, f"{API}remove", "post")
    listed = admin.get("list", type=first["type"]).json["integrations"]  # type: ignore[index]
    by_id = {**first, "integrationId": listed[0]["_id"]}
    assert call(admin, f"{API}remove", "post", json=by_id).status_code == 200
    assert call(admin, f"{API}remove", "post", json=second).status_code == 200


def test_examples_of_hooks_work(app: Flask, description: dict[str, Any], admin: Caller) -> None:
    hook = admin.create(username="admin")
    client = app.test_client()
    for rest in ("{token}", "{userId}/{token}"):
        path = f"/hooks/{{integrationId}}/{rest}"
        url = f"/hooks/{hook['_id']}/{rest}".replace("{token}", hook["token"])
        body = operations(description)[path, "post"]["requestBody"]["content"]
        for form, media in body.items():
            values = [one["value"] for one in media.get("examples", {}).values()]
            for value in values or [media["example"]]:
                key = "json" if form == "application/json" else "data"
                answer = client.post(url, content_type=form, **{key: value})
                assert answer.status_code == 200, answer.json
                assert faults_of_answer(description, path, "post", answer) == []


def test_examples_of_subscriptions_work(
    app: Flask, description: dict[str, Any], admin: Caller
) -> None:
    hook = admin.create(username="admin")
    client = app.test_client()

    for action in ("add", "remove"):
        path = f"/hooks/{action}/{{integrationId}}/{{token}}"
        (body,) = body_examples(description, path, "post")
        answer = client.post(f"/hooks/{action}/{hook['_id']}/{hook['token']}", json=body)

        assert answer.status_code == 200, answer.json
        assert faults_of_answer(description, path, "post", answer) == []


@pytest.mark.parametrize("what", ["info", "sample"])
def test_answers_of_hooks_fit(
    app: Flask, description: dict[str, Any], admin: Caller, what: str
) -> None:
    hook = admin.create()
    path = f"/hooks/{what}/{{integrationId}}/{{token}}"
    client = app.test_client()

    for token, status in ((hook["token"], 200), ("wrong", 404)):
        answer = client.get(f"/hooks/{what}/{hook['_id']}/{token}")
        assert answer.status_code == status
        assert faults_of_answer(description, path, "get", answer) == []
