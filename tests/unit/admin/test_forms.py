"""Making and changing integrations by the forms of the pages, as a browser without scripts does."""

import dataclasses
import re
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from rc_integrations_plugin.integrations.records import Editor
from rc_integrations_plugin.services import EXTENSION, Services
from rc_integrations_plugin.settings import ScriptsAllowed
from rc_integrations_plugin.storage.integration_filter import IntegrationFilter
from tests.callers import Server
from tests.factories import make_incoming, make_outgoing
from tests.fakes import ScriptedRunner
from tests.unit.admin.conftest import Visitor, visitor

INCOMING = {"name": "CI", "enabled": "yes", "channel": "#general", "username": "rocket.cat"}
OUTGOING = {
    **INCOMING,
    "event": "sendMessage",
    "urls": "https://receiver.test/hook",
    "retryCount": "4",
    "retryDelay": "powers-of-ten",
    "retryOn": "any",
    "token_action": "none",
}


def stored(services: Services, visitor: Visitor | None = None) -> list[Any]:
    found, _ = services.integrations.page(
        IntegrationFilter(), sort=[("created_at", 1)], offset=0, count=50
    )
    return list(found)


def fields(page: str) -> dict[str, str]:
    """Return the hidden fields of a page."""
    found = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', page)
    return {name: unescape(value) for name, value in found}


def edit(admin: Visitor, integration_id: str, typed: dict[str, str]) -> TestResponse:
    """Open the form of an integration, and send something else."""
    page = admin.text(f"/{integration_id}/edit")
    return admin.submit(f"/{integration_id}/edit", {**typed, **fields(page)})


def faulty(answer: TestResponse) -> list[str]:
    """Return the names of the fields that are shown as wrong."""
    return re.findall(r'name="(\w+)"[^>]*aria-invalid="true"', answer.text)


def test_the_forms_have_every_field_with_its_help(admin: Visitor) -> None:
    page = admin.text("/new")

    for label in (
        "Post to Channel",
        "Post as",
        "Allow to overwrite destination channel in the body parameters",
        "Event Trigger",
        "Room Created (public and private)",
        "Trigger Words",
        "URLs",
        "Impersonate User",
        "Retry Failed Url Calls",
        "powers of ten (10 ^ x)",
        "Word Placement Anywhere",
        "Run On Edits",
        "Signing secret",
        "Script Enabled",
    ):
        assert label in page
    described = re.findall(r'aria-describedby="([^"]+)"', page)
    assert len(described) > 25
    for ids in described:
        for one in ids.split():
            assert page.count(f'id="{one}"') == 1


def test_an_incoming_integration_is_made(services: Services, admin: Visitor) -> None:
    answer = admin.submit("/new/incoming", {**INCOMING, "alias": "Builds", "allowGet": "yes"})

    (one,) = stored(services)
    assert answer.status_code == 303
    assert answer.headers["Location"] == f"/admin/integrations/{one.id}?done=saved"
    assert (one.name, one.channels, one.username) == ("CI", ("#general",), "rocket.cat")
    assert (one.enabled, one.alias, one.allow_get, one.script_enabled) == (
        True,
        "Builds",
        True,
        False,
    )
    page = admin.text(f"/{one.id}", done="saved")
    assert "Saved." in page
    assert "Instructions" in page
    assert one.token not in page


def test_an_outgoing_integration_is_made(services: Services, admin: Visitor) -> None:
    typed = {
        **OUTGOING,
        "channel": "#general, all_private_groups",
        "urls": "https://one.test/a,b\r\nhttps://two.test/",
        "triggerWords": "deploy, release",
        "retryFailedCalls": "yes",
        "retryCount": "7",
        "retryDelay": "powers-of-two",
        "retryOn": "transient",
        "timeout": "2,5",
        "callsAtOnce": "3",
        "headers": "X-Key: k3y\r\n\r\nX-Other: a: b",
        "basicAuth": "user:s3cret",
        "token": "t0ken",
        "token_action": "set",
    }

    answer = admin.submit("/new/outgoing", typed)

    assert answer.status_code == 303, answer.text
    (one,) = stored(services)
    assert one.channels == ("#general", "all_private_groups")
    assert one.urls == ("https://one.test/a,b", "https://two.test/")
    assert one.trigger_words == ("deploy", "release")
    assert (one.retry_failed_calls, one.retry_count, one.retry_delay) == (True, 7, "powers-of-two")
    assert (one.retry_on, one.timeout_seconds, one.calls_at_once) == ("transient", 2.5, 3)
    assert one.headers == {"X-Key": "k3y", "X-Other": "a: b"}
    assert (one.token, one.basic_auth) == ("t0ken", "user:s3cret")


def test_a_token_is_made_where_somebody_wants_one(services: Services, admin: Visitor) -> None:
    admin.submit("/new/outgoing", {**OUTGOING, "token_action": "make"})

    (one,) = stored(services)
    assert len(one.token) == 48
    assert one.token not in admin.text(f"/{one.id}")
    assert admin.post(f"/{one.id}/token").json == {"success": True, "token": one.token}


def test_a_new_signing_secret_is_shown_once(services: Services, admin: Visitor) -> None:
    answer = admin.submit("/new/outgoing", {**OUTGOING, "signingSecret_action": "make"})

    (one,) = stored(services)
    assert answer.status_code == 200
    assert one.signing_secret in answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    for path in ("", f"/{one.id}", f"/{one.id}/edit", f"/{one.id}/duplicate"):
        assert one.signing_secret not in admin.text(path)


@pytest.mark.parametrize(
    ("typed", "wrong", "said"),
    [
        ({"channel": ""}, ["channel"], "This is needed."),
        ({"channel": "", "username": " "}, ["channel", "username"], "This is needed."),
        ({"channel": "general"}, ["channel"], "Each must start with #"),
        ({"channel": "#nowhere"}, ["channel"], "#nowhere does not exist"),
        ({"channel": "#general,"}, ["channel"], "Each must start with #"),
        ({"username": "nobody"}, ["username"], "no active user"),
        ({"username": "alice"}, ["username"], "message-impersonate"),
        ({"avatar": "javascript:alert(1)"}, ["avatar"], "avatar"),
        ({"name": "n" * 1001}, ["name"], "must not have more than 1000 characters"),
        ({"emoji": "\0"}, ["emoji"], "must not hold NUL"),
        ({"scriptEnabled": "yes", "script": "syntax error"}, ["script"], "does not compile"),
    ],
    ids=str,
)
def test_an_error_stands_at_its_field_and_nothing_typed_is_lost(
    services: Services, admin: Visitor, typed: dict[str, str], wrong: list[str], said: str
) -> None:
    sent = {**INCOMING, "alias": "My <alias>", "script": "// mine\r\n", "allowGet": "yes", **typed}

    answer = admin.submit("/new/incoming", sent)

    assert answer.status_code == 400
    assert faulty(answer) == wrong
    assert said in unescape(answer.text)
    assert "This was not saved" in answer.text
    for name in wrong:
        assert f'<a href="#incoming-{name}">' in answer.text
        assert f'id="incoming-{name}-error"' in answer.text
    assert 'value="My &lt;alias&gt;"' in answer.text
    assert sent["script"].replace("\r", "") in answer.text
    assert re.search(r'name="allowGet"[^>]* checked', answer.text)
    assert stored(services) == []


@pytest.mark.parametrize(
    ("typed", "wrong"),
    [
        ({"urls": ""}, ["urls"]),
        ({"urls": "ftp://x.test"}, ["urls"]),
        ({"event": "userCreated"}, ["targetRoom"]),
        ({"event": "nothing"}, ["event"]),
        ({"targetRoom": "#nowhere"}, ["targetRoom"]),
        ({"retryCount": "many", "timeout": "x"}, ["retryCount", "timeout"]),
        ({"timeout": "1000"}, ["timeout"]),
        ({"timeout": "nan"}, ["timeout"]),
        ({"callsAtOnce": "0"}, ["callsAtOnce"]),
        ({"retryDelay": "never"}, ["retryDelay"]),
        ({"retryOn": "never"}, ["retryOn"]),
        ({"headers": "nothing"}, ["headers"]),
        ({"headers": "X-Key: ***"}, ["headers"]),
        ({"headers": "Host: x"}, ["headers"]),
        ({"headers": "X-A: 1\nX-A: 2"}, ["headers"]),
        ({"basicAuth": "user"}, ["basicAuth"]),
        ({"signingSecret": "short"}, ["signingSecret"]),
        ({"signingSecret_action": "set"}, ["signingSecret"]),
        ({"username": "nobody"}, ["username"]),
    ],
    ids=str,
)
def test_an_error_of_an_outgoing_one_stands_at_its_field(
    services: Services, admin: Visitor, typed: dict[str, str], wrong: list[str]
) -> None:
    answer = admin.submit("/new/outgoing", {**OUTGOING, **typed})

    assert answer.status_code == 400
    assert faulty(answer) == wrong
    assert stored(services) == []


def test_a_change_is_stored_and_secrets_stay(services: Services, admin: Visitor) -> None:
    signing = "whsec_" + "QUJD" * 8
    bridge = make_outgoing(
        token="s3cret-token",
        signing_secret=signing,
        headers={"X-Key": "s3cret-key", "X-Old": "s3cret-old"},
        basic_auth="user:s3cret",
        timeout_seconds=3.0,
        user_id=admin.id,
        username="rocket.cat",
    )
    services.integrations.add(bridge)
    page = admin.text(f"/{bridge.id}/edit")
    assert "s3cret" not in page
    assert signing not in page
    assert "X-Key: ***" in page

    typed = {
        **OUTGOING,
        "name": "Other",
        "token_action": "keep",
        "signingSecret_action": "keep",
        "basicAuth_action": "remove",
        "headers": "x-key: ***\nX-New: v",
    }
    answer = edit(admin, bridge.id, typed)

    assert answer.status_code == 303, answer.text
    (one,) = stored(services)
    assert (one.name, one.token, one.signing_secret) == ("Other", "s3cret-token", signing)
    assert one.basic_auth is None
    assert one.headers == {"x-key": "s3cret-key", "X-New": "v"}
    assert one.timeout_seconds is None
    assert one.updated_by == Editor(admin.id, "admin")


def test_a_form_without_a_script_offers_one_to_begin_with(
    services: Services, admin: Visitor
) -> None:
    bare, written = make_incoming(), make_incoming(script="class Script {}")
    for hook in (bare, written):
        services.integrations.add(hook)
    offer = "A script to begin with"

    assert admin.text("/new").count(f"<summary>{offer}") == 2
    assert "process_outgoing_response" in admin.text("/new")
    assert offer in admin.text(f"/{bare.id}/edit")
    assert offer not in admin.text(f"/{written.id}/edit")


def test_a_script_is_the_same_whatever_ends_its_lines(services: Services, admin: Visitor) -> None:
    hook = make_incoming(script="class Script {\r\n}\r\n", channels=("#general",))
    services.integrations.add(hook)

    edit(admin, hook.id, {**INCOMING, "script": "class Script {\r\n}\r\n"})
    assert stored(services)[0].script == "class Script {\r\n}\r\n"
    edit(admin, hook.id, {**INCOMING, "script": "class Script {\r\n//\r\n}\r\n"})
    assert stored(services)[0].script == "class Script {\n//\n}\n"


def test_the_second_of_two_people_is_told_and_sees_what_changed(
    services: Services, server: Server, admin: Visitor
) -> None:
    hook = make_incoming(name="CI", alias="old", emoji=":a:", channels=("#general",))
    services.integrations.add(hook)
    other = visitor(
        server.caller("carol", "manage-incoming-integrations", "manage-own-incoming-integrations")
    )
    mine = fields(admin.text(f"/{hook.id}/edit"))
    theirs = {**INCOMING, "alias": "theirs", "emoji": ":theirs:", "name": "CI"}
    assert edit(other, hook.id, theirs).status_code == 303

    typed = {**INCOMING, "alias": "mine", "emoji": ":a:", "avatar": "/mine.png"}
    answer = admin.submit(f"/{hook.id}/edit", {**typed, **mine})

    assert answer.status_code == 409
    assert "@carol" in answer.text
    assert "theirs</bdi>" in answer.text
    assert 'value="mine"' in answer.text  # both changed it
    assert 'value=":theirs:"' in answer.text  # only the other did
    assert 'value="/mine.png"' in answer.text  # only this one did
    assert stored(services)[0].alias == "theirs"

    again = {**INCOMING, "alias": "mine", "emoji": ":theirs:", "avatar": "/mine.png"}
    answer = admin.submit(f"/{hook.id}/edit", {**again, **fields(answer.text)})
    assert answer.status_code == 303
    one = stored(services)[0]
    assert (one.alias, one.emoji, one.avatar) == ("mine", ":theirs:", "/mine.png")


@pytest.mark.parametrize("base", ["", "[]", "{", "[" * 100_000, '{"alias": 1}'])
def test_a_form_that_remembers_nonsense_overwrites_nothing(
    services: Services, admin: Visitor, base: str
) -> None:
    hook = make_incoming(alias="theirs", channels=("#general",))
    services.integrations.add(hook)
    sent = {**INCOMING, "alias": "mine", **fields(admin.text("/new")), "base": base}

    answer = admin.submit(f"/{hook.id}/edit", {**sent, "version": "1970"})

    assert answer.status_code == 409
    assert 'value="mine"' in answer.text
    assert stored(services)[0].alias == "theirs"


def test_a_copy_is_a_new_form_without_the_secrets(services: Services, admin: Visitor) -> None:
    bridge = make_outgoing(
        name="Bridge", alias="Robot", token="s3cret", headers={"X-Key": "s3cret"}
    )
    services.integrations.add(bridge)

    page = admin.text(f"/{bridge.id}/duplicate")

    assert 'value="Copy of Bridge"' in page
    assert 'value="Robot"' in page
    assert "s3cret" not in page
    assert "X-Key: ***" not in page
    assert len(stored(services)) == 1


def test_four_people_may_do_what_their_permissions_say(services: Services, server: Server) -> None:
    server.grant("message-impersonate", ["bot"])
    people = {
        name: visitor(server.caller(f"user{number}", name))
        for number, name in enumerate(
            (
                "manage-incoming-integrations",
                "manage-own-incoming-integrations",
                "manage-outgoing-integrations",
                "manage-own-outgoing-integrations",
            )
        )
    }
    hook, bridge = make_incoming(), make_outgoing()
    services.integrations.add(hook)
    services.integrations.add(bridge)
    for name, person in people.items():
        incoming, everyones = "incoming" in name, "own" not in name
        page = person.text("/new")
        assert ('action="/admin/integrations/new/incoming"' in page) is incoming
        assert ('action="/admin/integrations/new/outgoing"' in page) is not incoming
        assert person.get("/new/incoming").status_code == (302 if incoming else 404)
        kind = "outgoing" if incoming else "incoming"
        assert person.submit(f"/new/{kind}", OUTGOING).status_code == 404
        for one, is_incoming in ((hook, True), (bridge, False)):
            allowed = everyones and incoming is is_incoming
            for path in ("edit", "duplicate"):
                status = person.get(f"/{one.id}/{path}").status_code
                assert status == (200 if allowed else 404)
            if not allowed:
                assert person.submit(f"/{one.id}/edit", OUTGOING).status_code == 404
    assert len(stored(services)) == 2


@pytest.mark.parametrize("path", ["/new/incoming", "/new/outgoing", "/x/edit"])
def test_no_form_is_taken_from_another_site_or_from_strangers(
    services: Services, admin: Visitor, stranger: Visitor, path: str
) -> None:
    assert admin.submit(path, OUTGOING, Sec_Fetch_Site="cross-site").status_code == 403
    assert admin.submit(path, OUTGOING, token="none").status_code == 403
    assert stranger.submit(path, OUTGOING, token="none").status_code == 401
    assert stored(services) == []


@pytest.mark.parametrize("name", ["", "  "])
def test_a_name_is_not_needed(services: Services, admin: Visitor, name: str) -> None:
    assert admin.submit("/new/outgoing", {**OUTGOING, "name": name}).status_code == 303
    assert "(no name)" in admin.text()
    (made,) = stored(services)
    assert 'value="Copy of' not in admin.text(f"/{made.id}/duplicate")


def test_what_the_form_has_no_field_for_is_not_stored(services: Services, admin: Visitor) -> None:
    admin.submit("/new/incoming", {**INCOMING, "token": "chosen", "userId": "x", "_id": "mine"})

    (one,) = stored(services)
    assert one.token != "chosen"
    assert one.id != "mine"


def test_a_long_script_is_taken(services: Services, admin: Visitor) -> None:
    script = "//" + "ä" * (1024 * 1024 - 2)

    assert admin.submit("/new/incoming", {**INCOMING, "script": script}).status_code == 303
    assert stored(services)[0].script == script


def test_a_change_made_while_the_form_is_being_stored_is_not_lost(
    services: Services, admin: Visitor, scripted: ScriptedRunner
) -> None:
    hook = make_incoming(alias="before", channels=("#general",))
    services.integrations.add(hook)
    later = hook.updated_at + timedelta(seconds=1)
    theirs = dataclasses.replace(hook, alias="theirs", updated_at=later)

    class Meddling(list[str]):
        """While the script is checked, somebody else saves."""

        def append(self, source: str) -> None:
            super().append(source)
            services.integrations.replace(hook, theirs)

    scripted.checked = Meddling()
    answer = edit(admin, hook.id, {**INCOMING, "alias": "mine", "script": "class Script {}"})

    assert answer.status_code == 409
    assert services.integrations.find(hook.id) == theirs
    assert 'value="mine"' in answer.text


def test_a_frozen_script_is_shown_and_stays(services: Services, admin: Visitor, app: Flask) -> None:
    hook = make_incoming(script="class Script {}", channels=("#general",))
    services.integrations.add(hook)
    frozen = dataclasses.replace(services.settings, scripts=ScriptsAllowed.FROZEN)
    app.extensions[EXTENSION] = dataclasses.replace(services, settings=frozen)
    try:
        assert "can't be changed on this server" in admin.text(f"/{hook.id}/edit").replace(
            "&#39;", "'"
        )
        # fields that are out of use are not sent
        answer = edit(admin, hook.id, {**INCOMING, "alias": "Robot"})
    finally:
        app.extensions[EXTENSION] = services

    assert answer.status_code == 303, answer.text
    (one,) = stored(services)
    assert (one.alias, one.script, one.script_enabled) == ("Robot", "class Script {}", True)
