"""Tests that are kept with scripts, and versions of scripts, by REST."""

from collections.abc import Callable
from typing import Any

import pytest

from rc_integrations_plugin.scripting.protocol import ScriptRun
from tests.callers import OUTGOING_OWN, OWN, Caller, Server, change_body, refused, told
from tests.fakes import ScriptedRunner

FIRST, SECOND = "class Script { /* 1 */ }", "class Script { /* 2 */ }"
TEST = {"request": {"content": {}}, "expected": {"result": 1}}
GETS = ("listTests", "listScriptVersions", "getScriptVersion")
POSTS = ("keepTest", "removeTest", "runTests", "rollBackScript")


@pytest.fixture
def hook(admin: Caller) -> dict[str, Any]:
    """Has had two scripts."""
    made = admin.create(script=FIRST, scriptEnabled=True)
    told(admin.send("update", change_body(made, script=SECOND)))
    return made


def keep(caller: Caller, hook: dict[str, Any], **fields: Any) -> Any:
    body = {"integrationId": hook["_id"], "name": "disk-full", "test": TEST}
    return caller.send("keepTest", body | fields)


def test_a_test_is_kept_listed_and_removed(admin: Caller, hook: dict[str, Any]) -> None:
    kept = told(keep(admin, hook))["test"]

    assert (kept["name"], kept["test"]) == ("disk-full", TEST)
    assert kept["_createdBy"]["username"] == "admin"
    listed = told(admin.get("listTests", integrationId=hook["_id"]))
    assert listed["tests"] == [kept]
    body = {"integrationId": hook["_id"], "testId": kept["_id"]}
    assert told(admin.send("removeTest", body))["test"] == kept
    assert told(admin.get("listTests", integrationId=hook["_id"]))["total"] == 0
    assert refused(admin.send("removeTest", body))["error"].startswith("There is no such test")


def test_a_test_is_changed_as_a_whole(admin: Caller, hook: dict[str, Any]) -> None:
    kept = told(keep(admin, hook))["test"]
    other = {"argument": {"x": 1}, "expected": {"ok": False}}

    changed = told(keep(admin, hook, testId=kept["_id"], name="other", test=other))["test"]

    assert changed == {**kept, "name": "other", "test": other}
    assert refused(keep(admin, hook, testId="nothing"))["error"].startswith("There is no such test")


def test_tests_are_listed_in_parts(admin: Caller, hook: dict[str, Any]) -> None:
    for number in range(3):
        told(keep(admin, hook, name=f"test {number}"))

    part = told(admin.get("listTests", integrationId=hook["_id"], offset=1, count=1))

    assert [one["name"] for one in part["tests"]] == ["test 1"]
    assert (part["offset"], part["count"], part["items"], part["total"]) == (1, 1, 1, 3)


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"test": []}, "test must be object"),
        ({"test": {}}, "expected must say"),
        ({"test": {**TEST, "script": "x"}}, "there is no key script"),
        ({"test": {**TEST, "argument": 1}}, "both request and argument"),
        ({"test": {**TEST, "http": [1]}}, "http"),
        ({"test": {"request": {"n": 2**70}, "expected": {"ok": True}}}, "64 bits"),
        ({"test": {"request": {"s": "\ud800"}, "expected": {"ok": True}}}, "surrogate"),
        ({"test": {"request": {"s": "x" * 300_000}, "expected": {"ok": True}}}, "256 KB"),
        ({"name": " "}, "needs a name"),
        ({"name": "x" * 201}, "at most 200 characters"),
        ({"name": 1}, "name must be string"),
        ({"_createdBy": {"_id": "x"}}, "additional properties"),
        ({"testId": None}, "testId must be string"),
    ],
    ids=[str(number) for number in range(13)],
)
def test_what_is_no_test_is_not_kept(
    admin: Caller, hook: dict[str, Any], fields: dict[str, Any], says: str
) -> None:
    answer = refused(keep(admin, hook, **fields))

    assert answer["errorType"] == "invalid-params"
    assert says in answer["error"]
    assert told(admin.get("listTests", integrationId=hook["_id"]))["total"] == 0


def test_two_tests_do_not_share_a_name(admin: Caller, hook: dict[str, Any]) -> None:
    told(keep(admin, hook))

    assert "already" in refused(keep(admin, hook))["error"]


def test_tests_of_another_integration_are_not_there(admin: Caller, hook: dict[str, Any]) -> None:
    kept, other = told(keep(admin, hook))["test"], admin.create()
    body = {"integrationId": other["_id"], "testId": kept["_id"]}

    for answer in (keep(admin, other, testId=kept["_id"]), admin.send("removeTest", body)):
        assert refused(answer)["error"].startswith("There is no such test")
    assert told(admin.get("listTests", integrationId=hook["_id"]))["tests"] == [kept]


def test_tests_are_run_with_the_stored_script(
    admin: Caller, hook: dict[str, Any], scripted: ScriptedRunner
) -> None:
    told(keep(admin, hook))
    told(keep(admin, hook, name="other", test={**TEST, "expected": {"result": 2}}))
    scripted.answer = lambda _argument: ScriptRun(value=1, value_type="number")

    run = told(admin.send("runTests", {"integrationId": hook["_id"]}))

    assert (run["passed"], run["failed"]) == (1, 1)
    first, second = run["tests"]
    assert (first["name"], first["passed"], first["differences"]) == ("disk-full", True, [])
    assert second["passed"] is False
    assert "+1" in second["differences"][0]
    assert scripted.tried[-1][0].script.source == SECOND
    scripted.available = False
    answer = admin.send("runTests", {"integrationId": hook["_id"]})
    assert refused(answer, 503)["errorType"] == "error-scripts-unavailable"
    assert answer.headers["Retry-After"]


def test_versions_are_listed_the_newest_first(admin: Caller, hook: dict[str, Any]) -> None:
    listed = told(admin.get("listScriptVersions", integrationId=hook["_id"]))

    assert [(one["version"], one["current"]) for one in listed["versions"]] == [
        (2, True),
        (1, False),
    ]
    assert listed["versions"][0]["savedBy"]["username"] == "admin"
    assert listed["versions"][0]["savedAt"].endswith("Z")
    part = told(admin.get("listScriptVersions", integrationId=hook["_id"], offset=1))
    assert [one["version"] for one in part["versions"]] == [1]
    assert part["total"] == 2


def test_a_version_is_shown_with_what_differs(admin: Caller, hook: dict[str, Any]) -> None:
    plain = told(admin.get("getScriptVersion", integrationId=hook["_id"], version=1))
    shown = told(admin.get("getScriptVersion", integrationId=hook["_id"], version=2, compareTo=1))

    assert (plain["version"]["script"], plain["version"]["current"]) == (FIRST, False)
    assert "difference" not in plain
    assert (shown["version"]["script"], shown["version"]["current"]) == (SECOND, True)
    difference = shown["difference"]
    assert (difference["old"], difference["new"], difference["cut"]) == (1, 2, False)
    assert [(one["kind"], one["text"]) for one in difference["lines"]] == [
        ("removed", FIRST),
        ("added", SECOND),
    ]


def test_a_version_that_is_not_there_is_not_found(admin: Caller, hook: dict[str, Any]) -> None:
    for query in ({"version": 3}, {"version": 0}, {"version": 1, "compareTo": 999_999_999}):
        answer = refused(admin.get("getScriptVersion", integrationId=hook["_id"], **query))
        assert answer["error"] == "There is no such version of the script."
    for wrong in ("x", "-1", "1.5", ""):
        answer = refused(admin.get("getScriptVersion", integrationId=hook["_id"], version=wrong))
        assert answer["errorType"] == "invalid-params"


def test_an_old_version_becomes_the_next_one(admin: Caller, hook: dict[str, Any]) -> None:
    back = told(admin.send("rollBackScript", {"integrationId": hook["_id"], "version": 1}))

    assert back["version"] == 3
    assert back["integration"]["script"] == FIRST
    again = admin.send("rollBackScript", {"integrationId": hook["_id"], "version": 3})
    assert "is the script" in refused(again)["error"]


def test_a_version_that_breaks_a_test_is_put_back_by_force_only(
    admin: Caller, hook: dict[str, Any], scripted: ScriptedRunner
) -> None:
    told(keep(admin, hook))
    scripted.answer = lambda _argument: ScriptRun(value=2, value_type="number")
    body = {"integrationId": hook["_id"], "version": 1}

    answer = refused(admin.send("rollBackScript", body))
    back = told(admin.send("rollBackScript", {**body, "forceScript": True}))

    assert answer["errorType"] == "error-script-tests-failed"
    assert answer["details"]["tests"][0]["name"] == "disk-full"
    assert back["integration"]["script"] == FIRST


@pytest.mark.parametrize("version", [0, -1, 2**31, 1.5, "1", True, None], ids=str)
def test_a_version_is_a_number(admin: Caller, hook: dict[str, Any], version: Any) -> None:
    body = {"integrationId": hook["_id"], "version": version}

    assert refused(admin.send("rollBackScript", body))["errorType"] == "invalid-params"


def asked(call: str, integration_id: str) -> Callable[[Caller], Any]:
    """Return a call that asks for something of an integration."""
    values: dict[str, Any] = {"integrationId": integration_id}
    more: dict[str, dict[str, Any]] = {
        "keepTest": {"name": "x", "test": TEST},
        "removeTest": {"testId": "x"},
        "rollBackScript": {"version": 1},
        "getScriptVersion": {"version": 1},
    }
    values |= more.get(call, {})
    if call in GETS:
        return lambda caller: caller.get(call, **values)
    return lambda caller: caller.send(call, values)


@pytest.mark.parametrize("call", [*GETS, *POSTS])
def test_nobody_learns_of_integrations_of_others(
    server: Server, hook: dict[str, Any], call: str
) -> None:
    ann = server.caller("ann", OWN, OUTGOING_OWN)

    theirs, nothing = (refused(asked(call, one)(ann)) for one in (hook["_id"], "nothing"))

    assert theirs == nothing == {"error": "No integration found.", "success": False}


@pytest.mark.parametrize("call", [*GETS, *POSTS])
def test_it_takes_a_permission(stranger: Caller, hook: dict[str, Any], call: str) -> None:
    assert asked(call, hook["_id"])(stranger).status_code == 403
