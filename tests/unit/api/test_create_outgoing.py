from typing import Any

import pytest

from tests.callers import OUTGOING_ALL, OUTGOING_OWN, Caller, Server, outgoing_body
from tests.fakes import ScriptedRunner

SECRET = "whsec_" + "A" * 32


def refusal(caller: Caller, **fields: Any) -> dict[str, Any]:
    """Return the answer to a creation that must be refused."""
    response = caller.send("create", outgoing_body(**fields))
    assert response.status_code == 400, response.json
    body: dict[str, Any] = response.json  # type: ignore[assignment]
    assert body["success"] is False
    return body


def test_the_answer_is_the_stored_document(server: Server, admin: Caller) -> None:
    response = admin.send("create", outgoing_body(channel=" #general , @alice "))

    assert response.status_code == 200
    assert response.json is not None
    document = response.json["integration"]
    for generated in ("_id", "_createdAt", "_updatedAt"):
        assert document.pop(generated)
    assert document == {
        "type": "webhook-outgoing",
        "name": "Bridge",
        "enabled": True,
        "event": "sendMessage",
        "urls": ["https://receiver.test/hook"],
        "username": "rocket.cat",
        "userId": server.user_id("rocket.cat"),
        "channel": ["#general", "@alice"],
        "triggerWordAnywhere": False,
        "runOnEdits": False,
        "impersonateUser": False,
        "retryFailedCalls": False,
        "retryCount": 4,
        "retryDelay": "powers-of-ten",
        "retryOn": "any",
        "hasSigningSecret": False,
        "hasBasicAuth": False,
        "headerNames": [],
        "scriptEnabled": False,
        "scriptEngine": "isolated-vm",
        "skipTranspile": False,
        "_createdBy": {"_id": admin.id, "username": "admin"},
    }


def test_everything_of_rocket_chat_is_stored(admin: Caller) -> None:
    said = {
        "token": "abc",
        "triggerWords": ["deploy", "release "],
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
        "scriptEnabled": True,
        "script": "class Script {}",
        "scriptEngine": "vm2",
        "skipTranspile": True,
    }

    document = admin.create_outgoing(**said)

    assert document == document | said
    assert document["scriptCompiled"] == "class Script {}"
    assert "scriptWarnings" not in document


def test_what_is_ours_is_stored_and_secrets_are_not_told_again(
    server: Server, admin: Caller
) -> None:
    document = admin.create_outgoing(
        retryOn="transient",
        timeout=2.5,
        callsAtOnce=3,
        signingSecret=SECRET,
        headers={"X-Api-Key": "key-of-mine", "Accept": "text/plain"},
        basicAuth="user:pass:word",
    )

    assert document.pop("signingSecret") == SECRET
    assert (document["retryOn"], document["timeout"], document["callsAtOnce"]) == (
        "transient",
        2.5,
        3,
    )
    assert (document["hasSigningSecret"], document["hasBasicAuth"]) == (True, True)
    assert document["headerNames"] == ["Accept", "X-Api-Key"]
    stored = server.stored_outgoing(document)
    assert (stored.signing_secret, stored.basic_auth) == (SECRET, "user:pass:word")
    assert stored.headers == {"X-Api-Key": "key-of-mine", "Accept": "text/plain"}
    for answer in (admin.get("get", integrationId=document["_id"]), admin.get("list")):
        for secret in (SECRET, "key-of-mine", "pass:word"):
            assert secret not in answer.text


@pytest.mark.parametrize("wish", [True, "generate"])
def test_a_signing_secret_can_be_made(server: Server, admin: Caller, wish: Any) -> None:
    document, other = (admin.create_outgoing(signingSecret=wish) for _ in range(2))

    secret = document["signingSecret"]
    assert secret.startswith("whsec_")
    assert secret != other["signingSecret"]
    assert server.stored_outgoing(document).signing_secret == secret


@pytest.mark.parametrize(
    ("said", "stored"),
    [
        ("http://a.test/1\nhttps://b.test/2\r\n\n", ["http://a.test/1", "https://b.test/2"]),
        ("http://a.test/?x=1,2, https://b.test", ["http://a.test/?x=1,2", "https://b.test"]),
        ([" http://a.test ", "", "http://a.test"], ["http://a.test"]),
    ],
    ids=["lines", "commas", "a list"],
)
def test_urls_are_taken_as_old_clients_give_them(
    admin: Caller, said: Any, stored: list[str]
) -> None:
    assert admin.create_outgoing(urls=said)["urls"] == stored


@pytest.mark.parametrize(
    ("said", "stored"),
    [
        ("deploy, release,,", ["deploy", "release"]),
        (["deploy now ", "", "  ", "deploy now "], ["deploy now "]),
        ([], None),
        ("", None),
        (None, None),
    ],
)
def test_trigger_words_are_a_list_or_a_text(admin: Caller, said: Any, stored: Any) -> None:
    assert admin.create_outgoing(triggerWords=said).get("triggerWords") == stored


def test_an_event_that_has_no_use_for_them_drops_channels_and_words(
    server: Server, admin: Caller
) -> None:
    document = admin.create_outgoing(
        event="roomCreated", channel="#nowhere", triggerWords=["deploy"]
    )

    assert document["channel"] == []
    assert "triggerWords" not in document
    assert server.stored_outgoing(document).listens_to == ()


@pytest.mark.parametrize(
    ("count", "delay", "stored"),
    [
        (0, "", (4, "powers-of-ten")),
        (-3, " Powers-Of-TWO ", (4, "powers-of-two")),
        (2.9, "increments-of-two", (2, "increments-of-two")),
        (None, None, (4, "powers-of-ten")),
        (0.5, None, (4, "powers-of-ten")),
    ],
)
def test_retry_settings_are_brought_into_form(
    admin: Caller, count: Any, delay: Any, stored: tuple[int, str]
) -> None:
    document = admin.create_outgoing(retryFailedCalls=True, retryCount=count, retryDelay=delay)

    assert (document["retryCount"], document["retryDelay"]) == stored


@pytest.mark.parametrize("channel", ["", " ", None, ...])
def test_no_channel_means_all_public_ones(server: Server, admin: Caller, channel: Any) -> None:
    document = admin.create_outgoing(channel=channel)

    stored = server.stored_outgoing(document)
    assert (document["channel"], stored.listens_to) == ([], ())


def test_channels_are_stored_with_their_ids(server: Server, admin: Caller) -> None:
    document = admin.create_outgoing(
        channel="#general,@alice,All_Private_Groups,all_direct_messages", targetRoom="alerts"
    )

    stored = server.stored_outgoing(document)
    general, alice = server.room_id("general"), server.user_id("alice")
    assert stored.listens_to == (
        f"#{general}",
        f"@{alice}",
        "all_private_groups",
        "all_direct_messages",
    )
    assert stored.channel_ids == {
        "#general": general,
        "@alice": alice,
        "alerts": server.room_id("alerts"),
    }


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"event": "nothing"}, "error-invalid-event-type"),
        ({"username": " "}, "error-invalid-username"),
        ({"event": "userCreated"}, "error-invalid-targetRoom"),
        ({"event": "userCreated", "targetRoom": " "}, "error-invalid-targetRoom"),
        ({"targetRoom": "#nowhere"}, "error-invalid-targetRoom"),
        ({"targetRoom": "@nobody"}, "error-invalid-targetRoom"),
        ({"urls": ...}, "error-invalid-urls"),
        ({"urls": []}, "error-invalid-urls"),
        ({"urls": [" "]}, "error-invalid-urls"),
        ({"urls": ["ftp://receiver.test"]}, "error-invalid-urls"),
        ({"urls": ["http://a.test", "receiver.test"]}, "error-invalid-urls"),
        ({"urls": ["http://"]}, "error-invalid-urls"),
        ({"channel": "general"}, "error-invalid-channel-start-with-chars"),
        ({"channel": "#general,"}, "error-invalid-channel-start-with-chars"),
        ({"channel": ",".join(["#general"] * 101)}, "error-invalid-channel"),
        ({"channel": "#nowhere"}, "error-invalid-room"),
        ({"channel": "@nobody"}, "error-invalid-room"),
        ({"username": "nobody"}, "error-invalid-user"),
        ({"retryDelay": "powers-of-three"}, "error-invalid-retryDelay"),
        ({"signingSecret": "secret"}, "error-invalid-signing-secret"),
        ({"signingSecret": "whsec_AAAA"}, "error-invalid-signing-secret"),
        ({"basicAuth": "user"}, "error-invalid-basic-auth"),
        ({"basicAuth": "user:pass\r\nX: 1"}, "error-invalid-basic-auth"),
        ({"avatar": "javascript:alert(1)"}, "error-invalid-request"),
        ({"scriptEnabled": True, "script": "syntax error"}, "error-script-syntax"),
    ],
    ids=str,
)
def test_what_cannot_be_is_refused(admin: Caller, fields: dict[str, Any], code: str) -> None:
    assert refusal(admin, **fields)["errorType"] == code
    assert admin.get("list").json["total"] == 0  # type: ignore[index]


@pytest.mark.parametrize(
    "name",
    [
        "Host",
        "content-LENGTH",
        "Connection",
        "Keep-Alive",
        "TE",
        "Trailer",
        "Transfer-Encoding",
        "Upgrade",
        "Proxy-Authorization",
        "Webhook-Id",
        "webhook-signature",
        "webhook-anything",
        "",
        "a b",
        "a:b",
        "a\r\nb",
        "é",
    ],
)
def test_headers_that_nobody_may_set_are_refused(admin: Caller, name: str) -> None:
    assert refusal(admin, headers={name: "x"})["errorType"] == "error-invalid-headers"


@pytest.mark.parametrize("value", ["a\r\nX-Evil: 1", "\x00", "\ud800", "x" * 70_000])
def test_values_of_headers_that_cannot_be_sent_are_refused(admin: Caller, value: str) -> None:
    body = refusal(admin, headers={"X-Key": value})

    assert body["errorType"] == "error-invalid-headers"
    assert "Evil" not in body["error"]


def test_a_header_is_there_once(admin: Caller) -> None:
    body = refusal(admin, headers={"X-Key": "1", "x-key": "2"})

    assert body["errorType"] == "error-invalid-headers"


def test_an_error_quotes_no_url(admin: Caller) -> None:
    body = refusal(admin, urls=["gopher://user:secret@receiver.test"])

    assert body["error"] == (
        "Invalid URLs: the URL must begin with http:// or https:// (number 1) [error-invalid-urls]"
    )


def test_faults_are_told_in_rocket_chat_s_order(admin: Caller) -> None:
    fields: dict[str, Any] = {
        "event": "nothing",
        "username": "",
        "urls": [],
        "channel": "general",
    }
    mended: list[dict[str, Any]] = [
        {},
        {"event": "userCreated"},
        {"username": "nobody"},
        {"targetRoom": "#nowhere"},
        {"urls": ["http://a.test"], "event": "sendMessage"},
        {"channel": "#nowhere"},
        {"username": "rocket.cat", "script": "syntax error", "scriptEnabled": True},
        {"script": ""},
        {"channel": ""},
    ]

    codes = []
    for change in mended:
        fields |= change
        codes.append(refusal(admin, **fields)["errorType"])

    assert codes == [
        "error-invalid-event-type",
        "error-invalid-username",
        "error-invalid-targetRoom",
        "error-invalid-urls",
        "error-invalid-channel-start-with-chars",
        "error-invalid-user",
        "error-script-syntax",
        "error-invalid-room",
        "error-invalid-targetRoom",
    ]


@pytest.mark.parametrize("name", ["type", "name", "enabled", "event", "username"])
def test_what_is_needed_must_be_there(admin: Caller, name: str) -> None:
    body = refusal(admin, **{name: ...})

    assert body["errorType"] == "invalid-params"
    assert f"must have required property '{name}'" in body["error"]


@pytest.mark.parametrize(
    "name",
    [
        "_id",
        "integrationId",
        "target_url",
        "userId",
        "channel_ids",
        "channelIds",
        "listens_to",
        "listensTo",
        "_createdBy",
        "created_by",
        "scriptCompiled",
        "disabledReason",
        "removed",
        "overrideDestinationChannelEnabled",
        "__proto__",
    ],
)
def test_nothing_else_can_be_set(admin: Caller, name: str) -> None:
    body = refusal(admin, **{name: "x"})

    assert body["error"] == (
        "must NOT have additional properties\n must match exactly one schema in oneOf"
    )


def test_a_stranger_may_make_none(stranger: Caller) -> None:
    body = refusal(stranger)

    assert body["error"] == "Unauthorized [not_authorized]"
    assert body["details"] == {"method": "addOutgoingIntegration"}


def test_the_permissions_for_incoming_ones_are_not_enough(server: Server) -> None:
    caller = server.caller(
        "ann", "manage-incoming-integrations", "manage-own-incoming-integrations"
    )

    assert refusal(caller)["errorType"] == "not_authorized"


@pytest.mark.parametrize(
    ("grants", "fields", "code"),
    [
        ([OUTGOING_OWN], {"channel": ""}, None),
        ([OUTGOING_OWN], {"channel": "all_public_channels"}, None),
        ([OUTGOING_OWN], {"channel": "#alerts"}, None),
        ([OUTGOING_OWN], {"channel": "@ann"}, None),
        ([OUTGOING_OWN], {"channel": "#general"}, "error-invalid-channel"),
        ([OUTGOING_OWN], {"channel": "#secret"}, "error-invalid-channel"),
        ([OUTGOING_OWN], {"channel": "@alice"}, "error-invalid-channel"),
        ([OUTGOING_OWN], {"channel": "@ann,@alice"}, "error-invalid-channel"),
        ([OUTGOING_OWN], {"channel": "all_private_groups"}, "error-invalid-channel"),
        ([OUTGOING_OWN], {"channel": "ALL_direct_messages"}, "error-invalid-channel"),
        ([OUTGOING_OWN], {"event": "roomCreated"}, "error-invalid-permissions"),
        (
            [OUTGOING_OWN],
            {"event": "userCreated", "targetRoom": "#alerts"},
            "error-invalid-permissions",
        ),
        ([OUTGOING_ALL], {"channel": "@alice,all_private_groups,all_direct_messages"}, None),
        ([OUTGOING_ALL], {"event": "roomArchived"}, None),
        ([OUTGOING_ALL], {"channel": "#secret"}, "error-invalid-channel"),
        ([OUTGOING_ALL, OUTGOING_OWN], {"channel": "#secret,#general"}, None),
    ],
    ids=str,
)
def test_who_may_listen_where(
    server: Server, grants: list[str], fields: dict[str, Any], code: str | None
) -> None:
    caller = server.caller("ann", *grants)
    server.invite("ann", "alerts")

    response = caller.send("create", outgoing_body(**fields))

    assert response.json is not None
    assert response.json.get("errorType") == code


def test_a_script_is_compiled_when_it_is_saved(admin: Caller, scripted: ScriptedRunner) -> None:
    response = admin.send("create", outgoing_body(scriptEnabled=True, script="class Script {}"))

    assert scripted.checked == ["class Script {}"]
    assert response.json is not None
    assert response.json["scriptWarnings"] == []


def test_a_broken_script_that_is_off_is_stored_with_its_error(admin: Caller) -> None:
    document = admin.create_outgoing(script="syntax error")

    assert document["scriptError"]["name"] == "SyntaxError"
    assert "scriptCompiled" not in document
