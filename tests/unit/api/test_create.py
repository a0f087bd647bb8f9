from typing import Any

import pytest

from tests.callers import ALL, OWN, Caller, Server, new_body
from tests.fakes import ScriptedRunner


def refusal(caller: Caller, **fields: Any) -> dict[str, Any]:
    """Return the answer to a creation that must be refused, and leave nothing behind."""
    response = caller.send("create", new_body(**fields))
    assert response.status_code == 400
    body: dict[str, Any] = response.json  # type: ignore[assignment]
    assert body["success"] is False
    return body


def test_the_answer_is_the_stored_document(server: Server, admin: Caller) -> None:
    response = admin.send("create", new_body(channel=" #general , @alice "))

    assert response.status_code == 200
    assert response.json is not None
    assert response.json["success"] is True
    document = response.json["integration"]
    generated = {key: document.pop(key) for key in ("_id", "token", "_createdAt", "_updatedAt")}
    assert document == {
        "type": "webhook-incoming",
        "name": "CI",
        "enabled": True,
        "username": "rocket.cat",
        "userId": server.user_id("rocket.cat"),
        "channel": ["#general", "@alice"],
        "overrideDestinationChannelEnabled": False,
        "allowGet": False,
        "scriptEnabled": False,
        "scriptEngine": "isolated-vm",
        "skipTranspile": False,
        "_createdBy": {"_id": admin.id, "username": "admin"},
    }
    assert len(generated["_id"]) == 17
    assert len(generated["token"]) == 48
    assert generated["_createdAt"].endswith("Z")
    stored = server.stored(generated)
    assert stored is not None
    assert stored.token == generated["token"]


def test_the_answer_with_its_token_is_not_kept_by_caches(admin: Caller) -> None:
    response = admin.send("create", new_body())

    assert response.headers["Cache-Control"] == "no-store"


def test_everything_that_may_be_said_is_stored(server: Server, admin: Caller) -> None:
    said = {
        "alias": "Build",
        "avatar": "https://example.org/a.png",
        "emoji": ":ghost:",
        "overrideDestinationChannelEnabled": True,
        "allowGet": True,
        "scriptEnabled": True,
        "script": "class Script {}",
        "scriptEngine": "vm2",
        "skipTranspile": True,
    }

    document = admin.create(**said)

    assert document == document | said
    assert document["scriptCompiled"] == "class Script {}"


def test_nothing_and_the_empty_string_are_told_apart(admin: Caller) -> None:
    document = admin.create(alias="", avatar=None)

    assert document["alias"] == ""
    assert "avatar" not in document


def test_each_integration_has_a_token_of_its_own(admin: Caller) -> None:
    assert admin.create()["token"] != admin.create()["token"]


@pytest.mark.parametrize("permission", [ALL, OWN])
def test_either_permission_is_enough(server: Server, permission: str) -> None:
    caller = server.caller("ann", permission)
    server.invite("ann", "general")

    assert caller.create()["_createdBy"]["username"] == "ann"


def test_nobody_makes_one_without_permission(stranger: Caller) -> None:
    assert refusal(stranger) == {
        "success": False,
        "error": "Unauthorized [not_authorized]",
        "errorType": "not_authorized",
        "details": {"method": "addIncomingIntegration"},
    }


def test_strangers_are_told_to_log_in(server: Server) -> None:
    caller = Caller(server.app, "", "", {})

    response = caller.send("create", new_body())

    assert response.status_code == 401
    assert response.json == {
        "success": False,
        "status": "error",
        "message": "You must be logged in to do this.",
        "error": "You must be logged in to do this.",
    }


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"type": ...}, "must have required property 'type'"),
        ({"type": 1}, "type must be string"),
        ({"name": ...}, "must have required property 'name'"),
        ({"enabled": ...}, "must have required property 'enabled'"),
        ({"username": ...}, "must have required property 'username'"),
        ({"channel": ...}, "must have required property 'channel'"),
        ({"scriptEnabled": ...}, "must have required property 'scriptEnabled'"),
        ({"enabled": "true"}, "enabled must be boolean"),
        ({"enabled": 1}, "enabled must be boolean"),
        ({"enabled": None}, "enabled must be boolean"),
        ({"scriptEnabled": "false"}, "scriptEnabled must be boolean"),
        ({"channel": ["#general"]}, "channel must be string"),
        ({"channel": None}, "channel must be string"),
        ({"name": {"$ne": 1}}, "name must be string"),
        ({"name": "x" * 1001}, "name must NOT have more than 1000 characters"),
        ({"alias": 7}, "alias must be string"),
        ({"alias": "\x00"}, "alias must not hold NUL or half of a surrogate pair"),
        ({"name": "\ud800"}, "name must not hold NUL or half of a surrogate pair"),
        ({"script": []}, "script must be string"),
        ({"scriptEngine": "eval"}, "scriptEngine must be equal to one of the allowed values"),
        ({"_id": "mine"}, "must NOT have additional properties"),
        ({"token": "mine"}, "must NOT have additional properties"),
    ],
)
def test_a_body_of_another_form_is_refused(
    server: Server, admin: Caller, fields: dict[str, Any], message: str
) -> None:
    assert refusal(admin, **fields) == {
        "success": False,
        "errorType": "invalid-params",
        "error": f"{message}\n must match exactly one schema in oneOf",
    }
    assert admin.get("list").json["total"] == 0  # type: ignore[index]


@pytest.mark.parametrize("name", ["webhook-incoming-invalid", "", "WEBHOOK-INCOMING", "x" * 999])
def test_other_types_are_refused(admin: Caller, name: str) -> None:
    assert refusal(admin, type=name)["error"] == "Invalid integration type."


@pytest.mark.parametrize(
    ("fields", "code", "reason"),
    [
        ({"channel": ""}, "error-invalid-channel", "Invalid channel"),
        ({"channel": " "}, "error-invalid-channel", "Invalid channel"),
        (
            {"channel": "general"},
            "error-invalid-channel-start-with-chars",
            "Invalid channel. Start with @ or #",
        ),
        (
            {"channel": "#general,"},
            "error-invalid-channel-start-with-chars",
            "Invalid channel. Start with @ or #",
        ),
        (
            {"channel": ",".join(["#general"] * 101)},
            "error-invalid-channel",
            "At most 100 channels",
        ),
        ({"channel": "#nowhere"}, "error-invalid-room", "Invalid room"),
        ({"channel": "#general,#nowhere"}, "error-invalid-room", "Invalid room"),
        ({"channel": "#"}, "error-invalid-room", "Invalid room"),
        ({"channel": "@nobody"}, "error-invalid-room", "Invalid room"),
        ({"channel": "@"}, "error-invalid-room", "Invalid room"),
        ({"username": " "}, "error-invalid-username", "Invalid username"),
        ({"username": "nobody"}, "error-invalid-user", "Invalid user"),
        (
            {"username": "alice"},
            "error-user-lacks-message-impersonate-permission",
            "User selected for the incoming integration lacks the"
            " 'message-impersonate' permission.",
        ),
        # the first fault in Rocket.Chat's order is told
        ({"channel": "x", "username": ""}, "error-invalid-channel-start-with-chars", None),
        ({"channel": "#nowhere", "username": ""}, "error-invalid-username", None),
        ({"channel": "#nowhere", "username": "nobody"}, "error-invalid-user", None),
    ],
)
def test_what_cannot_be_is_refused(
    admin: Caller, fields: dict[str, Any], code: str, reason: str | None
) -> None:
    body = refusal(admin, **fields)

    assert body["errorType"] == code
    if reason is not None:
        assert body["error"] == f"{reason} [{code}]"
    assert admin.get("list").json["total"] == 0  # type: ignore[index]


def test_the_room_that_cannot_be_is_named(admin: Caller) -> None:
    body = refusal(admin, channel="#general,#nowhere")

    assert body["details"] == {"channel": "#nowhere"}


def test_nothing_posts_as_a_deactivated_user(server: Server, admin: Caller) -> None:
    server.deactivate("rocket.cat")

    assert refusal(admin)["errorType"] == "error-invalid-user"


def test_a_user_can_be_named_by_id(server: Server, admin: Caller) -> None:
    cat = server.user_id("rocket.cat")

    assert admin.create(username=cat)["userId"] == cat


@pytest.mark.parametrize("permission", [ALL, OWN])
def test_with_one_permission_only_ones_own_rooms_can_be_chosen(
    server: Server, permission: str
) -> None:
    caller = server.caller("ann", permission)
    server.invite("ann", "general")

    assert refusal(caller, channel="#alerts")["errorType"] == "error-invalid-channel"
    assert caller.create(channel="#general")["channel"] == ["#general"]


def test_with_both_permissions_any_room_can_be_chosen(server: Server) -> None:
    caller = server.caller("ann", ALL, OWN)

    assert caller.create(channel="#secret")["channel"] == ["#secret"]


@pytest.mark.parametrize("permission", [ALL, OWN])
def test_a_person_can_be_chosen_with_one_permission(server: Server, permission: str) -> None:
    assert server.caller("ann", permission).create(channel="@alice")["channel"] == ["@alice"]


def test_a_script_that_does_not_compile_is_refused_with_its_place(admin: Caller) -> None:
    script = "secret(); syntax error"

    body = refusal(admin, scriptEnabled=True, script=script)

    assert body["errorType"] == "error-script-syntax"
    assert body["details"] == {"line": 1, "column": 1, "name": "SyntaxError"}
    assert "line 1, column 1" in body["error"]
    assert "secret()" not in body["error"]
    assert admin.get("list").json["total"] == 0  # type: ignore[index]


def test_a_script_that_is_off_is_saved_uncompiled_with_its_error(admin: Caller) -> None:
    good = admin.create(script="class Script {}")
    bad = admin.create(script="syntax error")

    assert "scriptCompiled" not in good
    assert "scriptError" not in good
    assert "scriptCompiled" not in bad
    assert bad["scriptError"]["name"] == "SyntaxError"


def test_a_blank_script_is_not_compiled(admin: Caller, scripted: ScriptedRunner) -> None:
    document = admin.create(scriptEnabled=True, script=" \n")

    assert scripted.checked == []
    assert "scriptCompiled" not in document


def test_without_script_processes_only_scripts_that_are_off_are_saved(
    admin: Caller, scripted: ScriptedRunner
) -> None:
    scripted.available = False

    response = admin.send("create", new_body(scriptEnabled=True, script="class Script {}"))

    assert response.status_code == 503
    assert response.json is not None
    assert response.json["errorType"] == "error-scripts-unavailable"
    assert admin.create(script="class Script {}")["script"] == "class Script {}"


@pytest.mark.parametrize(
    "avatar", ["javascript:alert(1)", " data:image/png;base64,AAAA", "http://"]
)
def test_a_picture_that_no_message_may_carry_is_refused(admin: Caller, avatar: str) -> None:
    body = refusal(admin, avatar=avatar)

    assert body["errorType"] == "error-invalid-request"
    assert body["error"].startswith("Invalid href value provided: avatar")
