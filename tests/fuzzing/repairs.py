"""What Schemathesis loads: calls that are meant to be right name things that are there.

A schema can say what a room's name looks like, not which rooms there are; so where a call is made
to be accepted, its ids, rooms, persons and scripts become those of the server that is tested.
Calls that are made to be refused stay as they are.
"""

import json
import os
import uuid
from typing import Any

import requests
import schemathesis
from schemathesis.core.parameters import ParameterLocation

from tests.fuzzing.stage import KEPT_TEST

STAGE: dict[str, Any] = json.loads(os.environ["RC_FUZZED_STAGE"])
_API = f"{STAGE['url']}/api/v1/integrations."
_MESSAGE = {
    "text": "Hello",
    "msg": "Hello",
    "attachments": [{"text": "Hello"}],
    "blocks": [],
    "channel": "#general",
    "roomId": "#general",
    "username": "Robot",
    "alias": "Robot",
    "icon_url": "/robot.png",
    "avatar": "https://chat.example/robot.png",
    "icon_emoji": ":robot:",
    "emoji": ":robot:",
    "tmid": None,
    "parseUrls": True,
    "groupable": False,
    "customFields": {"priority": 1},
    "separateResponse": True,
}
_SAVED = {
    "username": STAGE["username"],
    "channel": STAGE["channel"],
    "targetRoom": "#general",
    "event": "sendMessage",
    "urls": ["https://receiver.example/hook"],
    "avatar": "/robot.png",
    "retryDelay": "powers-of-two",
    "headers": {"X-Colour": "green"},
    "script": "class Script { process_incoming_request() {} }",
}
_TIME = "2026-03-01T12:00:00Z"
_QUERIES: dict[str, dict[str, Any]] = {
    "explain": {"integrationId": STAGE["replayed"], "historyId": STAGE["history_id"]},
    "listFailedCalls": {"integrationId": STAGE["replayed"]},
    "getScriptVersion": {"integrationId": STAGE["versioned"], "version": 1, "compareTo": 2},
}
_made: dict[str, str] = {}
"""Ids of what was made in this run, and is there still, with their types."""


def _call(method: str, call: str, body: dict[str, Any]) -> Any:
    answer = requests.request(method, _API + call, json=body, headers=STAGE["headers"], timeout=30)
    answer.raise_for_status()
    return answer.json()


def _new(kind: str, url: str = "https://receiver.example/hook") -> str:
    body = {"type": kind, "name": "x", "enabled": False, "scriptEnabled": False}
    body |= {"username": STAGE["username"], "channel": STAGE["channel"]}
    if kind == "webhook-outgoing":
        body |= {"event": "sendMessage", "urls": [url]}
    made: str = _call("POST", "create", body)["integration"]["_id"]
    return made


def _repair_saved(body: dict[str, Any]) -> None:
    body |= {name: value for name, value in _SAVED.items() if body.get(name) is not None}
    if "integrationId" in body or "target_url" in body:
        kind = body["type"]
        body.pop("target_url", None)
        if _made.get(body.get("integrationId") or "") != kind:
            body["integrationId"] = STAGE[kind]


def _repair_removal(body: dict[str, Any]) -> None:
    kind = body["type"]
    if "target_url" in body:
        body["target_url"] = f"https://receiver.example/{uuid.uuid4()}"
        _new(kind, body["target_url"])
    elif _made.pop(body["integrationId"], None) != kind:
        body["integrationId"] = _new(kind)


def _repair_clearing(body: dict[str, Any]) -> None:
    if body["integrationId"] not in _made:
        body["integrationId"] = STAGE["webhook-incoming"]


def _repair_replay(body: dict[str, Any]) -> None:
    body |= {"integrationId": STAGE["replayed"], "historyId": STAGE["history_id"]}


def _repair_subscription(body: dict[str, Any]) -> None:
    body["target_url"] = "https://receiver.example/hook"
    in_room = body["event"] == "newMessageOnChannel"
    where = {"channel_name": "general"} if in_room else {"username": STAGE["subscriber"]}
    body["data"] = {**body["data"], **where}


def _repair_unsubscription(body: dict[str, Any]) -> None:
    body["target_url"] = f"https://receiver.example/{uuid.uuid4()}"
    data = {"channel_name": "general"}
    made = {"name": "x", "event": "newMessageOnChannel", "data": data, **body}
    address = f"{STAGE['url']}/hooks/add/{STAGE['hook']}/{STAGE['token']}"
    requests.post(address, json=made, timeout=30).raise_for_status()


def _repair_message(body: dict[str, Any]) -> None:
    if "payload" in body:
        body["payload"] = json.dumps({"text": "Hello"})
    body |= {name: value for name, value in _MESSAGE.items() if name in body}
    body["text"] = "Hello"


def _repair_sample(body: dict[str, Any]) -> None:
    """Let one sample be there, with JSON that each server can hold."""
    event = body.get("event", {})
    if event:
        body.pop("call", None)
        event["data"] = STAGE["event"]
        event |= {"url": "https://receiver.test/hook"} if "url" in event else {}
    for one in (body.get("call", {}), event.get("answer", {})):
        if not isinstance(one.get("body", ""), str):
            one["body"] = {"text": "Hello"}
    if "call" in body or event:
        body.pop("historyId", None)


def _repair_trial(body: dict[str, Any]) -> None:
    _repair_sample(body)
    body["integrationId"] = STAGE["scripted" if "call" in body else "replayed"]
    if "historyId" in body:
        body["historyId"] = STAGE["history_id"]
    if body.get("script"):
        body["script"] = _SAVED["script"]
    if body.get("http"):
        body["http"] = [{"match": "/users", "result": {"statusCode": 404, "content": "none"}}]
        body.pop("realHttp", None)


def _repair_kept_test(body: dict[str, Any]) -> None:
    body |= {"integrationId": STAGE["scripted"], "name": str(uuid.uuid4()), "test": KEPT_TEST}
    if "testId" in body:
        body["testId"] = STAGE["test_id"]


def _repair_removed_test(body: dict[str, Any]) -> None:
    new = {"integrationId": STAGE["scripted"], "name": str(uuid.uuid4()), "test": KEPT_TEST}
    body["integrationId"] = STAGE["scripted"]
    body["testId"] = _call("POST", "keepTest", new)["test"]["_id"]


def _repair_roll_back(body: dict[str, Any]) -> None:
    body["integrationId"] = STAGE["scripted"]
    address = f"{_API}listScriptVersions"
    query = {"integrationId": STAGE["scripted"]}
    answer = requests.get(address, query, headers=STAGE["headers"], timeout=30)
    # two scripts take turns
    body["version"] = answer.json()["versions"][1]["version"]


def _repair_recovery(body: dict[str, Any]) -> None:
    body["since"] = _TIME
    if "integrationId" in body:
        body["integrationId"] = STAGE["replayed"]


_REPAIRS = {
    "createIntegration": _repair_saved,
    "updateIntegration": _repair_saved,
    "removeIntegration": _repair_removal,
    "clearHistory": _repair_clearing,
    "replayOutgoing": _repair_replay,
    "tryIntegration": _repair_trial,
    "sendTest": _repair_trial,
    "keepTest": _repair_kept_test,
    "removeTest": _repair_removed_test,
    "runTests": _repair_clearing,
    "rollBackScript": _repair_roll_back,
    "recover": _repair_recovery,
    "renewToken": _repair_clearing,
    "setEnabled": _repair_clearing,
    "subscribe": _repair_subscription,
    "unsubscribe": _repair_unsubscription,
    "callHook": _repair_message,
}


@schemathesis.hook
def before_call(context: Any, case: Any, kwargs: Any) -> None:
    """Let a call that is meant to be right name what is there."""
    if case.meta is None:
        return
    name = case.operation.definition.raw["operationId"].removesuffix("WithUserId")
    if case.path_parameters and not case.meta.is_negative_at(ParameterLocation.PATH):
        case.path_parameters["integrationId"] = STAGE["hook"]
        case.path_parameters["token"] = STAGE["token"]
    if case.query and not case.meta.is_negative_at(ParameterLocation.QUERY):
        _repair_query(case.query)
        case.query.update(
            {key: one for key, one in _QUERIES.get(name, {}).items() if key in case.query}
        )
    is_right = isinstance(case.body, dict) and not case.meta.is_negative_at(ParameterLocation.BODY)
    if is_right and name in _REPAIRS:
        _REPAIRS[name](case.body)


def _repair_query(query: dict[str, Any]) -> None:
    for key in {"integrationId", "id"} & set(query):
        if query[key] not in _made:
            query[key] = STAGE["webhook-incoming"]
    for key in {"oldest", "latest", "since"} & set(query):
        query[key] = _TIME
    if "createdBy" in query:
        query["createdBy"] = STAGE["user_id"]
    if "sort" in query:
        query["sort"] = json.dumps({"name": len(query["sort"]) % 2 or -1})


@schemathesis.hook
def after_call(context: Any, case: Any, response: Any) -> None:
    """Remember what was made, and forget what was removed."""
    name = case.operation.definition.raw["operationId"]
    is_answer = response.status_code == 200 and response.request.method in {"POST", "PUT"}
    if is_answer and name == "keepTest" and response.json()["test"]["_id"] != STAGE["test_id"]:
        # an integration has so many tests, and no more
        removed = {"integrationId": STAGE["scripted"], "testId": response.json()["test"]["_id"]}
        _call("POST", "removeTest", removed)
    if not is_answer or name not in {"createIntegration", "removeIntegration"}:
        return
    integration = response.json()["integration"]
    if name == "createIntegration":
        _made[integration["_id"]] = integration["type"]
    else:
        _made.pop(integration["_id"], None)
