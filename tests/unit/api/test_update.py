import dataclasses
from collections.abc import Callable
from typing import Any

import pytest

from rc_integrations_plugin.scripting.protocol import ScriptFault
from rc_integrations_plugin.services import EXTENSION
from tests.callers import ALL, OWN, Caller, Server, change_body
from tests.fakes import ScriptedRunner

FULL = {
    "alias": "Build",
    "avatar": "https://example.org/a.png",
    "emoji": ":ghost:",
    "overrideDestinationChannelEnabled": True,
    "allowGet": True,
    "scriptEnabled": True,
    "script": "class Script {}",
    "skipTranspile": True,
}


def change(caller: Caller, document: dict[str, Any], **fields: Any) -> dict[str, Any]:
    """Make a change that must be accepted and return the new document."""
    response = caller.send("update", change_body(document, **fields))
    assert response.status_code == 200, response.json
    changed: dict[str, Any] = response.json["integration"]  # type: ignore[index]
    return changed


def refusal(
    server: Server, caller: Caller, document: dict[str, Any], **fields: Any
) -> dict[str, Any]:
    """Return the answer to a change that must be refused, and see that nothing changed."""
    before = server.stored(document)
    response = caller.send("update", change_body(document, **fields))
    assert response.status_code == 400
    assert server.stored(document) == before
    body: dict[str, Any] = response.json  # type: ignore[assignment]
    assert body["success"] is False
    return body


def test_what_is_left_out_stays_as_it_was(admin: Caller) -> None:
    old = admin.create(**FULL)

    new = change(admin, old)

    changed = {"_updatedAt", "_updatedBy"}
    assert {key for key in new if new.get(key) != old.get(key)} == changed
    assert new["_updatedBy"] == {"_id": admin.id, "username": "admin"}
    assert new["_updatedAt"] > old["_updatedAt"]


def test_everything_but_the_token_can_be_changed(server: Server, admin: Caller) -> None:
    old = admin.create(**FULL)
    wanted = {
        "name": "CD",
        "enabled": False,
        "channel": "#alerts,@alice",
        "alias": "",
        "avatar": "",
        "emoji": ":cat:",
        "overrideDestinationChannelEnabled": False,
        "allowGet": False,
        "scriptEnabled": False,
        "script": "class Script { constructor() {} }",
        "skipTranspile": False,
    }

    new = change(admin, old, **wanted, token="mine", userId="mine", _id="mine")

    assert new == new | wanted | {"channel": ["#alerts", "@alice"]}
    assert (new["_id"], new["token"], new["userId"]) == (old["_id"], old["token"], old["userId"])
    stored = server.stored(old)
    assert stored is not None
    assert stored.name == "CD"


def test_the_user_to_post_as_can_be_changed(server: Server, admin: Caller) -> None:
    old = admin.create()
    server.caller("helper", "message-impersonate")

    new = change(admin, old, username="helper")

    assert (new["username"], new["userId"]) == ("helper", server.user_id("helper"))


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"channel": "general"}, "error-invalid-channel-start-with-chars"),
        ({"channel": ""}, "error-invalid-channel"),
        ({"channel": "#nowhere"}, "error-invalid-room"),
        ({"username": "nobody"}, "error-invalid-post-as-user"),
        ({"username": ""}, "error-invalid-post-as-user"),
        ({"username": "alice"}, "error-user-lacks-message-impersonate-permission"),
        ({"scriptEnabled": True, "script": "syntax error"}, "error-script-syntax"),
        ({"name": ...}, "invalid-params"),
        ({"enabled": "no"}, "invalid-params"),
        (
            {"script": "class Script {}", "scriptEnabled": True, "channel": "#x"},
            "error-invalid-room",
        ),
        ({"type": "webhook-outgoing"}, "invalid-params"),
    ],
)
def test_a_refused_change_changes_nothing(
    server: Server, admin: Caller, fields: dict[str, Any], code: str
) -> None:
    document = admin.create(**FULL)

    assert refusal(server, admin, document, **fields)["errorType"] == code


def test_an_id_must_be_given(admin: Caller) -> None:
    response = admin.send("update", change_body(admin.create(), integrationId=...))

    assert response.status_code == 400
    assert response.json == {
        "success": False,
        "errorType": "invalid-params",
        "error": "must have required property 'integrationId'",
    }


def test_ids_that_are_unknown_and_ones_of_others_are_answered_alike(
    server: Server, admin: Caller
) -> None:
    foreign = admin.create()
    owner = server.caller("ann", OWN)
    server.invite("ann", "general")

    answers = [
        owner.send("update", change_body(foreign, integrationId=integration_id)).data
        for integration_id in (foreign["_id"], "unknown", "")
    ]

    assert len(set(answers)) == 1
    assert b"No integration found." in answers[0]
    assert refusal(server, owner, foreign) == {"success": False, "error": "No integration found."}


def test_the_one_who_made_it_may_change_it(server: Server) -> None:
    owner = server.caller("ann", OWN)
    server.invite("ann", "general")

    assert change(owner, owner.create(), name="mine")["name"] == "mine"


def test_who_may_manage_all_may_change_others(server: Server, admin: Caller) -> None:
    helper = server.caller("ann", ALL)
    server.invite("ann", "general")

    changed = change(helper, admin.create(), name="better")

    assert changed["_createdBy"]["username"] == "admin"
    assert changed["_updatedBy"]["username"] == "ann"


def test_nobody_changes_one_without_permission(
    server: Server, admin: Caller, stranger: Caller
) -> None:
    body = refusal(server, stranger, admin.create())

    assert body["error"] == "Unauthorized [not_authorized]"
    assert body["details"] == {"method": "updateIncomingIntegration"}


def test_a_blank_script_takes_the_compiled_one_away(admin: Caller) -> None:
    changed = change(admin, admin.create(**FULL), script="")

    assert changed["script"] == ""
    assert "scriptCompiled" not in changed


def test_switching_a_broken_script_on_is_refused(server: Server, admin: Caller) -> None:
    document = admin.create(script="syntax error")

    assert refusal(server, admin, document, scriptEnabled=True)["errorType"] == (
        "error-script-syntax"
    )


def test_a_mended_script_loses_its_error(admin: Caller) -> None:
    document = admin.create(script="syntax error")

    changed = change(admin, document, scriptEnabled=True, script="class Script {}")

    assert "scriptError" not in changed
    assert changed["scriptCompiled"] == "class Script {}"


def test_a_script_that_stays_is_not_compiled_again(admin: Caller, scripted: ScriptedRunner) -> None:
    document = admin.create(**FULL)
    scripted.available = False

    assert change(admin, document, name="new")["scriptCompiled"] == "class Script {}"


@dataclasses.dataclass
class Interrupted(ScriptedRunner):
    """Lets something else happen while the first script is checked."""

    meanwhile: Callable[[], object] | None = None

    def check(self, source: str, *, skip_transpile: bool = False) -> ScriptFault | None:
        meanwhile, self.meanwhile = self.meanwhile, None
        if meanwhile is not None:
            meanwhile()
        return super().check(source, skip_transpile=skip_transpile)


def test_a_change_that_crosses_another_keeps_both(server: Server, admin: Caller) -> None:
    document = admin.create(alias="old")
    runner = Interrupted(meanwhile=lambda: change(admin, document, alias="new"))
    server.app.extensions[EXTENSION] = dataclasses.replace(server.services, scripts=runner)

    changed = change(admin, document, script="class Script {}")

    assert (changed["script"], changed["alias"]) == ("class Script {}", "new")


def test_a_change_that_crosses_the_removal_finds_nothing(server: Server, admin: Caller) -> None:
    document = admin.create()
    body = {"type": "webhook-incoming", "integrationId": document["_id"]}
    runner = Interrupted(meanwhile=lambda: admin.send("remove", body))
    server.app.extensions[EXTENSION] = dataclasses.replace(server.services, scripts=runner)

    response = admin.send("update", change_body(document, script="class Script {}"))

    assert response.json == {"success": False, "error": "No integration found."}
    assert server.stored(document) is None


@dataclasses.dataclass
class AlwaysInterrupted(ScriptedRunner):
    """Lets somebody else change the integration each time a script is checked."""

    meanwhile: Callable[[], object] | None = None

    def check(self, source: str, *, skip_transpile: bool = False) -> ScriptFault | None:
        if self.meanwhile is not None:
            self.meanwhile()
        return super().check(source, skip_transpile=skip_transpile)


def test_a_change_that_is_always_too_late_is_given_up(server: Server, admin: Caller) -> None:
    document = admin.create()
    runner = AlwaysInterrupted(meanwhile=lambda: change(admin, document))
    server.app.extensions[EXTENSION] = dataclasses.replace(server.services, scripts=runner)

    response = admin.send("update", change_body(document, script="class Script {}"))

    assert response.status_code == 400
    assert response.json is not None
    assert response.json["errorType"] == "error-integration-changed"
    stored = server.stored(document)
    assert stored is not None
    assert stored.script is None


def test_a_picture_that_no_message_may_carry_is_refused(server: Server, admin: Caller) -> None:
    old = admin.create(**FULL)

    body = refusal(server, admin, old, avatar="javascript:alert(1)")

    assert body["errorType"] == "error-invalid-request"
