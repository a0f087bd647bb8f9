"""A script that breaks the tests that live with its integration, by `integrations.update`."""

from typing import Any

import pytest

from rc_integrations_plugin.integrations.permissions import Operator, read_manager, type_of
from rc_integrations_plugin.management.script_tests import set_tests
from rc_integrations_plugin.outgoing.steps import PREPARE
from rc_integrations_plugin.scripting.protocol import ScriptRun
from tests.callers import Caller, Server, change_body, new_body
from tests.fakes import ScriptedRunner

INCOMING = {"name": "hello", "request": {}, "expected": {"result": 1}}
OUTGOING = {"name": "hello", "argument": {}, "expected": {"result": 1}}


@pytest.fixture
def admin(server: Server) -> Caller:
    return server.caller("admin")


@pytest.fixture(params=["incoming", "outgoing"])
def made(
    request: pytest.FixtureRequest, server: Server, admin: Caller, scripted: ScriptedRunner
) -> dict[str, Any]:
    """An integration whose script passes its test no more."""
    fields = {"script": "class Script {}", "scriptEnabled": True}
    is_incoming = request.param == "incoming"
    document = admin.create(**fields) if is_incoming else admin.create_outgoing(**fields)
    with server.app.app_context():
        found = server.services.integrations.find_any(document["_id"])
        assert found is not None
        manager = read_manager(server.services.host, Operator(), type_of(found))
        set_tests(server.services, manager, found, [INCOMING if is_incoming else OUTGOING])
    scripted.answer = lambda _argument: ScriptRun(value=2, value_type="number")
    return document


def test_it_is_refused_and_the_details_say_why(
    admin: Caller, made: dict[str, Any], scripted: ScriptedRunner
) -> None:
    answer = admin.send("update", change_body(made, script="class Script { /* new */ }"))

    assert answer.status_code == 400
    assert answer.json is not None
    assert answer.json["errorType"] == "error-script-tests-failed"
    (told,) = answer.json["details"]["tests"]
    assert told["name"] == "hello"
    assert "-1" in told["differences"][0]
    assert "+2" in told["differences"][0]
    assert scripted.tried[-1][1] in {PREPARE, "process_incoming_request"}


def test_it_is_stored_by_force(admin: Caller, made: dict[str, Any]) -> None:
    body = change_body(made, script="class Script { /* new */ }", forceScript=True)

    answer = admin.send("update", body)

    assert answer.status_code == 200, answer.json
    assert answer.json is not None
    assert answer.json["integration"]["script"] == "class Script { /* new */ }"
    assert "forceScript" not in answer.json["integration"]


def test_other_changes_are_not_held_up(admin: Caller, made: dict[str, Any]) -> None:
    assert admin.send("update", change_body(made, name="Another")).status_code == 200


def test_nothing_is_forced_when_an_integration_is_made(admin: Caller) -> None:
    assert admin.send("create", new_body(forceScript=True)).status_code == 400
