import dataclasses
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from rc_integrations_plugin.delivery.circuit import Circuit
from rc_integrations_plugin.scripting.protocol import ScriptReview
from rc_integrations_plugin.services import EXTENSION
from rc_integrations_plugin.settings import ScriptsAllowed
from tests.callers import OUTGOING_ALL, OUTGOING_OWN, Caller, Server, change_body, outgoing_body
from tests.factories import NOON, make_delivery
from tests.fakes import RecordingWakeUp, ScriptedRunner

SECRET = "whsec_" + "A" * 32
FULL: dict[str, Any] = {
    "token": "abc",
    "triggerWords": ["deploy"],
    "triggerWordAnywhere": True,
    "runOnEdits": True,
    "impersonateUser": True,
    "targetRoom": "#alerts",
    "alias": "Build",
    "avatar": "https://example.org/a.png",
    "emoji": ":ghost:",
    "retryFailedCalls": True,
    "retryCount": 6,
    "retryDelay": "powers-of-two",
    "retryOn": "transient",
    "timeout": 3,
    "callsAtOnce": 2,
    "headers": {"X-Key": "value"},
    "basicAuth": "user:word",
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
    before = server.stored_outgoing(document)
    response = caller.send("update", change_body(document, **fields))
    assert response.status_code == 400, response.json
    assert server.stored_outgoing(document) == before
    body: dict[str, Any] = response.json  # type: ignore[assignment]
    assert body["success"] is False
    return body


def test_what_is_left_out_stays_as_it_was(server: Server, admin: Caller) -> None:
    old = admin.create_outgoing(**FULL, signingSecret=SECRET)
    before = server.stored_outgoing(old)

    new = change(admin, old, channel=...)

    changed = {"_updatedAt", "_updatedBy", "signingSecret"}
    assert {key for key in old | new if new.get(key) != old.get(key)} == changed
    assert "signingSecret" not in new
    after = server.stored_outgoing(old)
    assert (
        dataclasses.replace(after, updated_at=before.updated_at, updated_by=before.updated_by)
        == before
    )


def test_a_document_can_be_sent_back_as_it_was_read(server: Server, admin: Caller) -> None:
    old = admin.create_outgoing(**FULL, signingSecret=SECRET)
    before = server.stored_outgoing(old)
    read = admin.get("get", integrationId=old["_id"]).json["integration"]  # type: ignore[index]

    change(admin, old, **{key: value for key, value in read.items() if key != "channel"})

    after = server.stored_outgoing(old)
    assert after.signing_secret == SECRET
    assert after.headers == before.headers
    assert (
        dataclasses.replace(after, updated_at=before.updated_at, updated_by=before.updated_by)
        == before
    )


def test_everything_can_be_changed(server: Server, admin: Caller) -> None:
    old = admin.create_outgoing(**FULL)
    wanted: dict[str, Any] = {
        "name": "Other",
        "enabled": False,
        "event": "fileUploaded",
        "username": "alice",
        "urls": ["http://other.test"],
        "token": "def",
        "triggerWordAnywhere": False,
        "runOnEdits": False,
        "impersonateUser": False,
        "targetRoom": "@alice",
        "alias": "",
        "avatar": "",
        "emoji": "",
        "retryFailedCalls": False,
        "retryCount": 3,
        "retryDelay": "increments-of-two",
        "retryOn": "any",
        "timeout": 0.5,
        "callsAtOnce": 1,
        "scriptEnabled": False,
        "script": "class Script { run() {} }",
        "scriptEngine": "vm2",
        "skipTranspile": False,
    }

    new = change(admin, old, channel="#alerts", _id="mine", userId="mine", **wanted)

    assert new == new | wanted | {"channel": ["#alerts"]}
    assert "triggerWords" not in new
    assert (new["_id"], new["userId"]) == (old["_id"], server.user_id("alice"))
    assert server.stored_outgoing(old).listens_to == (f"#{server.room_id('alerts')}",)


@pytest.mark.parametrize(
    ("name", "field", "none"),
    [
        ("targetRoom", "target_room", None),
        ("timeout", "timeout_seconds", None),
        ("callsAtOnce", "calls_at_once", None),
        ("signingSecret", "signing_secret", None),
        ("headers", "headers", {}),
        ("basicAuth", "basic_auth", None),
    ],
)
def test_null_takes_away_what_is_ours(
    server: Server, admin: Caller, name: str, field: str, none: Any
) -> None:
    old = admin.create_outgoing(**FULL, signingSecret=SECRET)

    change(admin, old, **{name: None})

    assert getattr(server.stored_outgoing(old), field) == none
    assert {
        key
        for key, value in dataclasses.asdict(server.stored_outgoing(old)).items()
        if value in (None, {}) and key != field
    } - {"rooms_since"} == {"script_error", "disabled_reason"}


@pytest.mark.parametrize(
    "change_of",
    [{"signingSecret": False}, {"signingSecret": ""}, {"headers": {}}, {"basicAuth": ""}],
)
def test_nothing_takes_away_too(server: Server, admin: Caller, change_of: dict[str, Any]) -> None:
    old = admin.create_outgoing(**FULL, signingSecret=SECRET)

    change(admin, old, **change_of)

    stored = server.stored_outgoing(old)
    gone = {
        "signingSecret": stored.signing_secret,
        "headers": stored.headers,
        "basicAuth": stored.basic_auth,
    }
    assert [name for name, value in gone.items() if not value] == list(change_of)


@pytest.mark.parametrize("name", ["alias", "token", "retryOn", "script", "urls", "triggerWords"])
def test_null_says_nothing_about_the_rest(admin: Caller, name: str) -> None:
    old = admin.create_outgoing(**FULL)

    assert change(admin, old, **{name: None})[name] == old[name]


def test_a_new_signing_secret_is_told_once(server: Server, admin: Caller) -> None:
    old = admin.create_outgoing(signingSecret=SECRET)

    new = change(admin, old, signingSecret=True)

    assert new["signingSecret"] not in {SECRET, ""}
    assert server.stored_outgoing(old).signing_secret == new["signingSecret"]
    assert "signingSecret" not in change(admin, old)


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"event": "nothing"}, "error-invalid-event-type"),
        ({"event": "userCreated", "targetRoom": ""}, "error-invalid-targetRoom"),
        ({"username": ""}, "error-invalid-username"),
        ({"username": "nobody"}, "error-invalid-user"),
        ({"urls": []}, "error-invalid-urls"),
        ({"urls": ["mailto:a@b.test"]}, "error-invalid-urls"),
        ({"channel": "general"}, "error-invalid-channel-start-with-chars"),
        ({"channel": "#nowhere"}, "error-invalid-room"),
        ({"name": ...}, "invalid-params"),
        ({"token": ""}, "error-invalid-token"),
        ({"token": "  "}, "error-invalid-token"),
        ({"headers": {"Host": "evil.test"}}, "error-invalid-headers"),
        ({"basicAuth": "x"}, "error-invalid-basic-auth"),
        ({"signingSecret": "x"}, "error-invalid-signing-secret"),
        ({"retryDelay": "x"}, "error-invalid-retryDelay"),
        ({"scriptEnabled": True, "script": "syntax error"}, "error-script-syntax"),
        ({"type": "webhook-incoming", "username": ...}, "invalid-params"),
    ],
    ids=str,
)
def test_a_refused_change_changes_nothing(
    server: Server, admin: Caller, fields: dict[str, Any], code: str
) -> None:
    document = admin.create_outgoing(**FULL)

    assert refusal(server, admin, document, **{"alias": "New"} | fields)["errorType"] == code


def test_one_can_be_named_by_its_url(server: Server, admin: Caller) -> None:
    document = admin.create_outgoing(urls=["http://a.test/1", "http://a.test/2"])
    admin.create_outgoing(urls=["http://a.test/12"])

    changed = change(admin, document, integrationId=..., target_url="http://a.test/2", name="Found")

    assert (changed["_id"], changed["name"]) == (document["_id"], "Found")
    assert changed["urls"] == ["http://a.test/1", "http://a.test/2"]


def test_a_url_that_several_call_names_none(server: Server, admin: Caller) -> None:
    document = admin.create_outgoing()
    admin.create_outgoing()

    body = refusal(
        server, admin, document, integrationId=..., target_url="https://receiver.test/hook"
    )

    assert body["errorType"] == "error-ambiguous-integration"


def test_something_must_be_named(server: Server, admin: Caller) -> None:
    body = refusal(server, admin, admin.create_outgoing(), integrationId=...)

    assert body == {
        "success": False,
        "error": "An integrationId or target_url needs to be provided.",
    }


def test_what_is_unknown_and_what_is_not_one_s_own_is_answered_alike(
    server: Server, admin: Caller
) -> None:
    foreign = admin.create_outgoing()
    owner = server.caller("ann", OUTGOING_OWN)
    names: list[dict[str, Any]] = [
        {"integrationId": foreign["_id"]},
        {"integrationId": "unknown"},
        {"integrationId": ""},
        {"integrationId": ..., "target_url": foreign["urls"][0]},
        {"integrationId": ..., "target_url": "http://unknown.test"},
    ]

    answers = {owner.send("update", change_body(foreign, **name)).data for name in names}

    assert len(answers) == 1
    assert b"No integration found." in answers.pop()


def test_a_url_of_somebody_else_s_integration_does_not_confuse(
    server: Server, admin: Caller
) -> None:
    admin.create_outgoing()
    owner = server.caller("ann", OUTGOING_OWN)
    own = owner.create_outgoing(channel="")

    changed = change(owner, own, integrationId=..., target_url=own["urls"][0], name="mine")

    assert changed["_id"] == own["_id"]


def test_an_incoming_one_is_of_another_type(server: Server, admin: Caller) -> None:
    incoming = admin.create()

    response = admin.send("update", change_body(incoming, type="webhook-outgoing"))

    assert response.json is not None
    assert response.json["error"] == "Invalid integration type."


def test_who_may_manage_none_may_change_none(
    server: Server, admin: Caller, stranger: Caller
) -> None:
    body = refusal(server, stranger, admin.create_outgoing())

    assert body["errorType"] == "not_authorized"
    assert body["details"] == {"method": "updateOutgoingIntegration"}


def test_who_may_manage_all_changes_those_of_others(server: Server, admin: Caller) -> None:
    helper = server.caller("ann", OUTGOING_ALL)
    document = admin.create_outgoing(channel="")

    changed = change(helper, document, name="better")

    assert changed["_createdBy"]["username"] == "admin"
    assert changed["_updatedBy"]["username"] == "ann"


def test_channels_count_again_when_the_event_has_a_use_for_them(
    server: Server, admin: Caller
) -> None:
    document = admin.create_outgoing(event="roomCreated")

    changed = change(admin, document, event="sendMessage", channel="#general")
    kept = change(admin, document, channel=..., event="fileUploaded")

    assert (changed["channel"], kept["channel"]) == (["#general"], ["#general"])
    assert server.stored_outgoing(document).listens_to == (f"#{server.room_id('general')}",)


def test_a_room_that_he_left_may_not_be_kept(server: Server, admin: Caller) -> None:
    owner = server.caller("ann", OUTGOING_OWN)
    document = owner.create_outgoing(channel="")

    body = refusal(server, owner, document, channel="#general")

    assert body["errorType"] == "error-invalid-channel"


def disable(server: Server, document: dict[str, Any]) -> None:
    server.services.integrations.disable(document["_id"], "The receiver answered 410")
    failing = Circuit(failures=20, openings=3, open_until=NOON + timedelta(days=3650))
    server.services.circuits.update(document["_id"], lambda _: failing)


def test_switching_on_again_forgets_why_it_was_off(server: Server, admin: Caller) -> None:
    document = admin.create_outgoing()
    disable(server, document)
    shown = admin.get("get", integrationId=document["_id"]).json["integration"]  # type: ignore[index]

    changed = change(admin, document, enabled=True)

    assert (shown["enabled"], shown["disabledReason"]) == (False, "The receiver answered 410")
    assert changed["enabled"] is True
    assert "disabledReason" not in changed
    assert server.services.circuits.load_all([document["_id"]]) == {}


def test_switched_on_again_it_tells_at_once_what_waited_for_its_receiver(
    server: Server, admin: Caller
) -> None:
    document, bell = admin.create_outgoing(), RecordingWakeUp()
    server.app.extensions[EXTENSION] = dataclasses.replace(server.services, wake_up=bell)
    disable(server, document)
    server.services.deliveries.open([make_delivery(integration_id=document["_id"])])
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    server.services.deliveries.postpone(document["_id"], until=tomorrow)

    change(admin, document, enabled=True)

    assert server.services.deliveries.has_due(datetime.now(UTC))
    assert bell.rings == 1


def test_another_change_leaves_it_off(server: Server, admin: Caller) -> None:
    document = admin.create_outgoing()
    disable(server, document)

    changed = change(admin, document, enabled=False, name="New")

    assert changed["disabledReason"] == "The receiver answered 410"
    assert server.services.circuits.load_all([document["_id"]]) != {}


def test_another_receiver_is_no_failing_one(server: Server, admin: Caller) -> None:
    document = admin.create_outgoing()
    failing = Circuit(failures=20, openings=3, open_until=NOON)
    server.services.circuits.update(document["_id"], lambda _: failing)

    change(admin, document, name="New")
    still = server.services.circuits.load_all([document["_id"]])
    change(admin, document, urls=["http://other.test"])

    assert still != {}
    assert server.services.circuits.load_all([document["_id"]]) == {}


def test_an_incoming_one_forgets_too_why_it_was_off(server: Server, admin: Caller) -> None:
    document = admin.create()
    server.services.integrations.disable(document["_id"], "Its user is gone")

    off = change(admin, document, enabled=False)
    on = change(admin, document, enabled=True)

    assert off["disabledReason"] == "Its user is gone"
    assert "disabledReason" not in on


def test_it_can_be_switched_off_when_its_room_and_its_user_are_gone(
    server: Server, admin: Caller
) -> None:
    document = admin.create_outgoing(username="alice", channel="#general", targetRoom="@bob")
    server.deactivate("alice")
    server.deactivate("bob")

    refused = refusal(server, admin, document)
    changed = change(admin, document, username="alice", enabled=False)

    assert refused["errorType"] == "error-invalid-user"
    assert changed["enabled"] is False


def test_frozen_scripts_stay_as_they_are(server: Server, admin: Caller) -> None:
    document = admin.create_outgoing(**FULL)
    settings = dataclasses.replace(server.services.settings, scripts=ScriptsAllowed.FROZEN)
    server.app.extensions[EXTENSION] = dataclasses.replace(server.services, settings=settings)

    created = admin.send("create", outgoing_body(script="class Script {}"))
    refused = refusal(server, admin, document, script="class Script { run() {} }")
    changed = change(admin, document, scriptEnabled=False, name="New")

    assert created.json["errorType"] == "integration-scripts-disabled"  # type: ignore[index]
    assert refused["errorType"] == "integration-scripts-disabled"
    assert (changed["name"], changed["scriptEnabled"]) == ("New", True)
    assert admin.create_outgoing(scriptEnabled=True)["scriptEnabled"] is True


@dataclasses.dataclass
class Interrupted(ScriptedRunner):
    """Lets something else happen while the first script is looked through."""

    meanwhile: Callable[[], object] | None = None

    def review(self, source: str, *, skip_transpile: bool = False) -> ScriptReview:
        meanwhile, self.meanwhile = self.meanwhile, None
        if meanwhile is not None:
            meanwhile()
        return super().review(source, skip_transpile=skip_transpile)


def test_a_change_that_crosses_another_keeps_both(server: Server, admin: Caller) -> None:
    document = admin.create_outgoing()
    runner = Interrupted(meanwhile=lambda: change(admin, document, alias="Crossing"))
    server.app.extensions[EXTENSION] = dataclasses.replace(server.services, scripts=runner)

    changed = change(admin, document, script="class Script {}")

    assert (changed["script"], changed["alias"]) == ("class Script {}", "Crossing")
