"""`integrations.try`, `integrations.sendTest` and `integrations.checkScript`."""

import dataclasses
import json
from typing import Any

import pytest
from sqlalchemy import select

from host_stub.models.messages import Message
from rc_integrations_plugin.integrations.history import CallOutcome
from rc_integrations_plugin.scripting.protocol import (
    ConsoleLine,
    FaultKind,
    ScriptFault,
    ScriptRun,
)
from rc_integrations_plugin.services import EXTENSION
from rc_integrations_plugin.settings import ScriptsAllowed
from rc_integrations_plugin.storage.calls import CallFilter
from tests.callers import OUTGOING_OWN, OWN, Caller, Server, refused, told
from tests.factories import make_attempt, make_call, make_delivery
from tests.fakes import RecordingWakeUp, ScriptedRunner

SCRIPT = "class Script { process_incoming_request() {} }"
CALL = {"body": '{"text": "Hello"}'}


def posted(server: Server) -> list[str]:
    with server.app.app_context(), server.chat.transaction() as session:
        return [one.text for one in session.scalars(select(Message))]


def calls_of(server: Server, document: dict[str, Any]) -> int:
    wanted = CallFilter(integration_id=document["_id"])
    return server.services.calls.page(wanted, offset=0, count=1)[1]


def test_a_call_is_tried_and_nothing_is_posted_or_remembered(server: Server, admin: Caller) -> None:
    hook = admin.create(alias="CI", enabled=False)

    tried = told(admin.send("try", {"integrationId": hook["_id"], "call": CALL}))

    assert tried["outcome"] == CallOutcome.POSTED
    assert tried["answer"]["status"] == 200
    assert (tried["message"]["text"], tried["message"]["alias"]) == ("Hello", "CI")
    assert tried["message"]["rooms"] == [{"channel": "#general", "roomName": "general"}]
    assert (tried["type"], tried["cut"], tried["script"]) == ("webhook-incoming", False, [])
    assert posted(server) == []
    assert calls_of(server, hook) == 0


@pytest.mark.parametrize(
    ("call", "text"),
    [
        ({"body": {"text": "As JSON"}}, "As JSON"),
        ({"body": "text=A+form", "contentType": "application/x-www-form-urlencoded"}, "A form"),
        (None, "Example message"),
    ],
    ids=["an object", "a form", "the usual sample"],
)
def test_a_body_may_be_given_in_each_way(admin: Caller, call: Any, text: str) -> None:
    body = {"integrationId": admin.create()["_id"]} | ({} if call is None else {"call": call})

    assert told(admin.send("try", body))["message"]["text"] == text


def test_a_script_that_is_not_stored_is_tried(admin: Caller, scripted: ScriptedRunner) -> None:
    hook = admin.create(script=SCRIPT, scriptEnabled=True)
    scripted.answer = lambda _argument: ScriptRun(
        value={"content": {"text": "From the script"}},
        value_type="object",
        console=(ConsoleLine("log", "here"),),
    )
    answers = [{"match": "/users", "result": {"data": {"name": "Octo"}}}]
    body = {"integrationId": hook["_id"], "call": CALL, "script": f"{SCRIPT} // new"}

    tried = told(admin.send("try", {**body, "http": answers, "skipTranspile": True}))

    (trial, method, _argument) = scripted.tried[-1]
    assert (trial.script.source, trial.script.skip_transpile) == (f"{SCRIPT} // new", True)
    assert trial.answers == tuple(answers)
    assert tried["message"]["text"] == "From the script"
    (made,) = tried["script"]
    assert (made["method"], made["ok"], made["error"]) == (method, True, None)
    assert made["result"] == {"content": {"text": "From the script"}}
    assert made["console"] == [{"level": "log", "text": "here"}]
    assert made["argument"]["request"]["content"] == {"text": "Hello"}
    assert hook["token"] not in json.dumps(tried)
    assert admin.get("get", integrationId=hook["_id"]).json["integration"]["script"] == SCRIPT  # type: ignore[index]


def test_no_script_runs_where_none_is_wanted(admin: Caller, scripted: ScriptedRunner) -> None:
    hook = admin.create(script=SCRIPT, scriptEnabled=True)

    told(admin.send("try", {"integrationId": hook["_id"], "script": ""}))

    assert scripted.tried == []


def test_http_calls_are_made_for_real_where_that_is_wanted(
    admin: Caller, scripted: ScriptedRunner
) -> None:
    hook = admin.create(script=SCRIPT, scriptEnabled=True)

    told(admin.send("try", {"integrationId": hook["_id"], "realHttp": True}))

    assert scripted.tried[-1][0].answers is None


def test_a_fault_is_told_with_its_line(admin: Caller, scripted: ScriptedRunner) -> None:
    hook = admin.create(script=SCRIPT, scriptEnabled=True)
    fault = ScriptFault(kind=FaultKind.EXCEPTION, name="TypeError", message="no", line=3, column=7)
    scripted.answer = lambda _argument: ScriptRun(fault=fault)

    tried = told(admin.send("try", {"integrationId": hook["_id"]}))

    assert tried["outcome"] == CallOutcome.SCRIPT_FAILED
    assert "TypeError: no" in tried["error"]
    error = tried["script"][0]["error"]
    assert (error["kind"], error["line"], error["column"]) == ("exception", 3, 7)


def test_a_recorded_call_is_tried(server: Server, admin: Caller) -> None:
    hook = admin.create()
    call = make_call(integration_id=hook["_id"], body='{"text": "Recorded"}')
    server.services.calls.add(call)
    body = {"integrationId": hook["_id"], "historyId": call.id}

    assert told(admin.send("try", body))["message"]["text"] == "Recorded"
    for wrong in ("nothing", "", "\N{SNOWMAN}"):
        answer = refused(admin.send("try", {**body, "historyId": wrong}))
        assert answer["errorType"] == "error-invalid-integration-history"


def test_an_event_is_tried_with_an_answer(server: Server, admin: Caller) -> None:
    bridge = admin.create_outgoing(
        token="sesame-open", basicAuth="u:passw0rd", headers={"X-Key": "k3y-of-it"}
    )
    event = {
        "data": {"text": "told", "channel_id": server.room_id("general")},
        "answer": {"status": 200, "body": {"text": "thanks"}},
    }

    answer = admin.send("try", {"integrationId": bridge["_id"], "event": event})

    tried = told(answer)
    assert tried["request"]["url"] == "https://receiver.test/hook"
    assert json.loads(tried["request"]["body"])["token"] == "***"
    assert "the message below would be posted" in tried["answered"]
    assert tried["message"]["text"] == "thanks"
    assert tried["type"] == "webhook-outgoing"
    for secret in ("sesame-open", "passw0rd", "k3y-of-it"):
        assert secret not in answer.text


def test_the_usual_event_and_a_recorded_one_are_tried(server: Server, admin: Caller) -> None:
    bridge = admin.create_outgoing(token="sesame-open")
    data = {"text": "Recorded", "channel_id": server.room_id("general")}
    delivery = make_delivery(integration_id=bridge["_id"], data=data)
    attempt = make_attempt(delivery, status=200, response_body="")
    server.services.deliveries.open([delivery], attempts=[attempt])

    usual = admin.send("try", {"integrationId": bridge["_id"]})
    recorded = admin.send("try", {"integrationId": bridge["_id"], "historyId": attempt.id})

    assert json.loads(told(usual)["request"]["body"])["text"] == "Example message"
    assert "sesame-open" not in usual.text
    assert json.loads(told(recorded)["request"]["body"])["text"] == "Recorded"
    assert "delivered" in told(recorded)["answered"]


@pytest.mark.parametrize(
    ("kind", "wanted", "says"),
    [
        ("incoming", {"event": {"data": {}}}, "event is for outgoing"),
        ("outgoing", {"call": {}}, "call is for incoming"),
        ("incoming", {"call": {}, "historyId": "x"}, "exclude"),
        ("outgoing", {"event": {"data": {}}, "historyId": "x"}, "exclude"),
        ("outgoing", {"event": {"data": {}, "url": "https://evil.test/"}}, "none of the URLs"),
        ("incoming", {"http": [{"match": "x"}]}, "answer 1 of http"),
        ("incoming", {"http": [1]}, "answer 1 of http"),
        ("incoming", {"http": [{"match": "x", "result": {}}], "realHttp": True}, "exclude"),
        ("incoming", {"call": {"method": "PUT"}}, "method must be equal"),
        ("incoming", {"call": {"body": 1}}, "body must be string, object or array"),
        ("incoming", {"call": {"headers": {"a": 1}}}, "headers must be an object of strings"),
        ("incoming", {"call": {"headers": {"a": "\x00"}}}, "must not hold NUL"),
        ("incoming", {"call": {"token": "x"}}, "additional properties"),
        ("outgoing", {"event": {"data": []}}, "data must be object"),
        ("outgoing", {"event": {}}, "must have required property 'data'"),
        ("outgoing", {"event": {"data": {"n": 2**70}}}, "64 bits"),
        ("outgoing", {"event": {"data": {"s": "\ud800"}}}, "surrogate"),
        ("outgoing", {"event": {"data": {}, "answer": {"status": 99}}}, "from 100 to 599"),
        ("outgoing", {"event": {"data": {}, "answer": {"status": True}}}, "must be integer"),
        ("incoming", {"script": None}, "script must be string"),
        ("incoming", {"scriptCompiled": "x"}, "additional properties"),
        ("incoming", {"enabled": True}, "additional properties"),
    ],
    ids=str,
)
def test_what_makes_no_sense_is_refused(
    admin: Caller, kind: str, wanted: dict[str, Any], says: str
) -> None:
    made = admin.create() if kind == "incoming" else admin.create_outgoing()

    answer = refused(admin.send("try", {"integrationId": made["_id"], **wanted}))

    assert answer["errorType"] == "invalid-params"
    assert says in answer["error"]


@pytest.mark.parametrize("number", ["NaN", "Infinity", "1e999"])
def test_what_is_no_number_of_json_is_refused(admin: Caller, number: str) -> None:
    bridge = admin.create_outgoing()
    body = json.dumps({"integrationId": bridge["_id"], "event": {"data": {"n": "N"}}})

    answer = admin.send("try", body.replace('"N"', number))
    assert refused(answer)["errorType"] == "invalid-params"


def test_deep_nesting_is_refused_or_answered(admin: Caller) -> None:
    bridge = admin.create_outgoing(channel="all_public_channels")
    for depth, status in ((200, 200), (255, 400), (900, 400)):
        data = '{"a":' * depth + "1" + "}" * depth
        body = f'{{"integrationId": "{bridge["_id"]}", "event": {{"data": {data}}}}}'
        assert admin.send("try", body).status_code == status, depth


@pytest.mark.parametrize("kind", ["incoming", "outgoing"])
def test_who_finds_no_place_is_told_when_to_come_again(
    admin: Caller, scripted: ScriptedRunner, kind: str
) -> None:
    fields = {"script": SCRIPT, "scriptEnabled": True}
    made = admin.create(**fields) if kind == "incoming" else admin.create_outgoing(**fields)
    scripted.available = False

    answer = admin.send("try", {"integrationId": made["_id"]})

    assert refused(answer, 503)["errorType"] == "error-scripts-unavailable"
    assert int(answer.headers["Retry-After"]) > 0


def test_where_scripts_are_frozen_only_the_stored_one_is_tried(
    server: Server, admin: Caller
) -> None:
    hook = admin.create(script=SCRIPT, scriptEnabled=True)
    services = server.services
    frozen = dataclasses.replace(services.settings, scripts=ScriptsAllowed.FROZEN)
    server.app.extensions[EXTENSION] = dataclasses.replace(services, settings=frozen)
    body = {"integrationId": hook["_id"]}

    assert admin.send("try", body).status_code == 200
    answer = refused(admin.send("try", {**body, "script": "class Script {}"}))
    assert answer["errorType"] == "integration-scripts-disabled"


def test_a_test_is_sent_to_a_hook(server: Server, admin: Caller) -> None:
    hook = admin.create()

    sent = told(admin.send("sendTest", {"integrationId": hook["_id"], "call": CALL}))

    assert sent["answer"]["status"] == 200
    assert "Hello" in posted(server)
    (line,) = sent["historyIds"]
    assert server.services.calls.find(hook["_id"], line) is not None
    assert hook["token"] not in json.dumps(sent)


def test_a_test_is_sent_to_each_url(server: Server, admin: Caller) -> None:
    bell = RecordingWakeUp()
    server.app.extensions[EXTENSION] = dataclasses.replace(server.services, wake_up=bell)
    urls = ["https://one.test/", "https://two.test/"]
    bridge = admin.create_outgoing(urls=urls, token="sesame-open")
    about = {"channel_id": server.room_id("general"), "text": "told"}
    event = {"data": {**about, "token": "forged"}}

    sent = told(admin.send("sendTest", {"integrationId": bridge["_id"], "event": event}))

    opened = [server.services.deliveries.find(one) for one in sent["deliveryIds"]]
    assert [one.url for one in opened if one] == urls
    assert [dict(one.data) for one in opened if one] == [{**about, "token": "sesame-open"}] * 2
    assert bell.rings == 1
    assert set(sent) == {"success", "deliveryIds"}


@pytest.mark.parametrize("elsewhere", [{}, {"channel_id": "another"}, {"channel_id": ["odd"]}])
def test_no_test_is_tried_or_sent_that_would_never_arrive(
    server: Server, admin: Caller, elsewhere: dict[str, Any]
) -> None:
    bridge = admin.create_outgoing()
    wanted = {"integrationId": bridge["_id"], "event": {"data": {"text": "told", **elsewhere}}}

    for call in ("try", "sendTest"):
        answer = refused(admin.send(call, wanted))

        assert answer["errorType"] == "error-invalid-channel"
        assert "channel_id of the event" in answer["error"]
    assert server.services.deliveries.next_due() is None


MESSAGE = {"channel_id", "channel_name", "message_id", "text"}
DOCUMENTS = {"channel_id", "channel_name", "room", "user"}


@pytest.mark.parametrize(
    ("event", "fields"),
    [
        ("sendMessage", MESSAGE | {"siteUrl"}),
        ("fileUploaded", MESSAGE | DOCUMENTS | {"message"}),
        ("roomArchived", DOCUMENTS),
        ("roomCreated", DOCUMENTS - {"user"} | {"owner"}),
        ("roomJoined", DOCUMENTS),
        ("roomLeft", DOCUMENTS),
        ("userCreated", {"user"}),
    ],
)
def test_the_usual_test_event_has_the_fields_of_its_kind(
    server: Server, admin: Caller, event: str, fields: set[str]
) -> None:
    listening = {} if event in {"roomCreated", "userCreated"} else {"channel": "#general"}
    bridge = admin.create_outgoing(
        event=event, targetRoom="#general", triggerWords=[], **{"channel": ""} | listening
    )

    (opened,) = told(admin.send("sendTest", {"integrationId": bridge["_id"]}))["deliveryIds"]

    delivery = server.services.deliveries.find(opened)
    assert delivery is not None
    about_all = {"bot", "timestamp", "token", "user_id", "user_name"}
    assert set(delivery.data) | {"token"} == fields | about_all


def test_what_is_off_is_sent_nothing(server: Server, admin: Caller) -> None:
    bridge = admin.create_outgoing(enabled=False)
    hook = admin.create(enabled=False)

    answer = refused(admin.send("sendTest", {"integrationId": bridge["_id"]}))
    sent = told(admin.send("sendTest", {"integrationId": hook["_id"]}))

    assert answer["errorType"] == "error-integration-disabled"
    assert sent["answer"]["status"] == 503
    assert posted(server) == []


def test_a_sent_test_has_no_other_script_and_no_answer(admin: Caller) -> None:
    bridge = admin.create_outgoing()
    event = {"data": {}, "answer": {"status": 200}}

    for more in ({"script": SCRIPT}, {"event": event}, {"realHttp": True}):
        answer = refused(admin.send("sendTest", {"integrationId": bridge["_id"], **more}))
        assert answer["errorType"] == "invalid-params"


def test_a_script_is_checked(admin: Caller, scripted: ScriptedRunner) -> None:
    good = told(admin.send("checkScript", {"script": SCRIPT}))
    bad = told(admin.send("checkScript", {"script": "syntax error", "skipTranspile": True}))

    assert good["scriptWarnings"] == []
    (warning,) = bad["scriptWarnings"]
    assert (warning["code"], warning["line"], warning["column"]) == ("syntax", 1, 1)
    scripted.available = False
    answer = admin.send("checkScript", {"script": SCRIPT})
    assert refused(answer, 503)["errorType"] == "error-scripts-unavailable"
    assert answer.headers["Retry-After"]


@pytest.mark.parametrize("call", ["try", "sendTest"])
@pytest.mark.parametrize("kind", ["incoming", "outgoing"])
def test_nobody_learns_of_integrations_of_others(
    server: Server, admin: Caller, call: str, kind: str
) -> None:
    made = admin.create() if kind == "incoming" else admin.create_outgoing()
    ann = server.caller("ann", OWN, OUTGOING_OWN)

    theirs, nothing = (ann.send(call, {"integrationId": one}) for one in (made["_id"], "nothing"))

    assert (
        refused(theirs) == refused(nothing) == {"error": "No integration found.", "success": False}
    )
    assert posted(server) == []


@pytest.mark.parametrize("call", ["try", "sendTest", "checkScript"])
def test_it_takes_a_permission(stranger: Caller, call: str) -> None:
    assert stranger.send(call, {"integrationId": "x"}).status_code == 403
