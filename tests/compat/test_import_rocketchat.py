"""`import-rocketchat`: a hand-made export of 30 integrations, of every shape that there is."""

import dataclasses
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from flask import Flask

from rc_integrations_plugin.host.port import MessageDraft
from rc_integrations_plugin.integrations.records import IncomingIntegration, OutgoingIntegration
from rc_integrations_plugin.storage.integration_filter import IntegrationFilter
from tests.callers import OWN, Server
from tests.databases import restore_server

FOLDER = Path(__file__).parent / "imports"
EXPORT, REST = FOLDER / "mongoexport.jsonl", FOLDER / "integrations-list.json"
TOKEN = "token-of-{}-0123456789abcdefghij"

OFF = {
    "incoming-room-gone7": ["channel #gone: Invalid room"],
    "incoming-user-gone8": ["username ci-bot: Invalid user"],
    "incoming-both-gone9": ["channel #gone: Invalid room", "username ci-bot: Invalid user"],
    "incoming-not-bot-10": [
        "username alice: User selected for the incoming integration lacks the"
        " 'message-impersonate' permission."
    ],
    "incoming-syntax-011": [
        "script: The script does not compile: SyntaxError: unexpected token in expression: 'error'"
        " (line 1, column 1)"
    ],
    "outgoing-no-target25": ["targetRoom: Invalid Target Room"],
    "outgoing-gone-00026": [
        "channel #gone: Invalid room",
        "targetRoom #gone-too: Invalid Target Room",
        "username ci-bot: Invalid user (did you delete it?)",
    ],
    "outgoing-bad-url027": ["urls: Invalid URLs"],
}
REFUSED = {
    "incoming-no-token12": "it has no token",
    "outgoing-unknown029": "Invalid event type",
    "hubot-000000000030": "its type is neither",
}


@pytest.fixture
def server(app: Flask, server_database: Path) -> Server:
    restore_server(app, server_database)
    return Server(app)


def run(server: Server, *arguments: str, stdin: str | None = None) -> Result:
    runner = server.app.test_cli_runner()
    return runner.invoke(args=["integrations", "import-rocketchat", *arguments], input=stdin)


def imported(server: Server, *arguments: str) -> dict[str, Any]:
    """Import a file, and return what became of each integration."""
    return {one["_id"]: one for one in json.loads(run(server, *arguments, "--json").stdout)}


def all_stored(server: Server) -> Iterator[IncomingIntegration | OutgoingIntegration]:
    yield from server.services.integrations.page(IntegrationFilter(), offset=0, count=100)[0]


def test_every_shape_is_taken_over_or_told_why_not(server: Server) -> None:
    found = imported(server, str(EXPORT))

    assert len(found) == 30
    by_state = {
        state: {name for name, one in found.items() if one["state"] == state}
        for state in ("off", "refused", "there")
    }
    assert by_state["off"] == set(OFF)
    assert by_state["refused"] == set(REFUSED)
    assert by_state["there"] == set()
    assert len(list(all_stored(server))) == 27
    for name, reason in REFUSED.items():
        assert reason in found[name]["reasons"][0]


@pytest.mark.parametrize("name", [name for name in OFF if not name.startswith("outgoing-gone")])
def test_what_cannot_work_is_off_with_the_reason(server: Server, name: str) -> None:
    found = imported(server, str(EXPORT))[name]

    stored = server.services.integrations.find_any(name)
    assert stored is not None
    assert not stored.enabled
    for told, wanted in zip(found["reasons"], OFF[name], strict=True):
        assert told.startswith(wanted)
        assert told in str(stored.disabled_reason)


def test_all_that_is_gone_is_named(server: Server) -> None:
    reasons = imported(server, str(EXPORT))["outgoing-gone-00026"]["reasons"]

    for part in ("#gone:", "#gone-too:", "ci-bot:"):
        assert any(part in reason for reason in reasons)


@pytest.mark.parametrize(
    "url",
    [
        f"/hooks/incoming-plain0001/{TOKEN.format('incoming-plain0001')}",
        f"/hooks/incoming-plain0001/rocket.cat/{TOKEN.format('incoming-plain0001')}",
        f"/hooks/incoming-rooms00003/{TOKEN.format('incoming-rooms00003')}",
        f"/hooks/incoming-noname0006/{TOKEN.format('incoming-noname0006')}",
        f"/hooks/incoming-nullish-13/{TOKEN.format('incoming-nullish-13')}",
        f"/hooks/incoming-legacy-016/{TOKEN.format('incoming-legacy-016')}",
        "/hooks/507f1f77bcf86cd799439011/token-of-object-id-0123456789abcdef",
    ],
)
def test_a_call_of_an_imported_url_posts(server: Server, url: str) -> None:
    imported(server, str(EXPORT))
    body = {"text": "hello", "separateResponse": True}

    answer = server.app.test_client().post(url, json=body)

    assert answer.status_code == 200, answer.json
    results = answer.json["responses"] if isinstance(answer.json, dict) else answer.json
    assert all("message" in one for one in results or [])


def test_what_was_off_and_what_cannot_work_answers_that(server: Server) -> None:
    imported(server, str(EXPORT))
    client = server.app.test_client()

    for name, status in (("incoming-off-000005", 503), ("incoming-room-gone7", 503)):
        assert client.post(f"/hooks/{name}/{TOKEN.format(name)}", json={}).status_code == status


def test_each_field_comes_along(server: Server) -> None:
    imported(server, str(EXPORT))

    incoming = server.services.integrations.find("incoming-all-000002")
    outgoing = server.services.integrations.find_outgoing("outgoing-words-0019")
    assert incoming is not None
    assert outgoing is not None
    assert (incoming.alias, incoming.avatar) == ("Alert", "https://img.test/a.png")
    assert incoming.override_destination
    assert incoming.script_enabled
    assert incoming.script_compiled == incoming.script
    assert incoming.created_at.isoformat() == "2023-04-05T06:07:08.910000+00:00"
    assert incoming.created_by.username == "admin"
    assert outgoing.trigger_words == ("pr", "ship it")
    assert outgoing.trigger_word_anywhere
    assert outgoing.impersonate_user
    assert not outgoing.run_on_edits
    assert outgoing.target_room == "#alerts"
    assert outgoing.listens_to == (f"#{server.room_id('general')}",)
    assert outgoing.token == "out-token-outgoing-words-0019"
    assert (outgoing.retry_failed_calls, outgoing.retry_count) == (True, 6)


def test_what_only_other_releases_wrote_is_understood(server: Server) -> None:
    imported(server, str(EXPORT))
    found = {one.id: one for one in all_stored(server)}

    assert found["incoming-legacy-016"].channels == ("#general", "#alerts")
    assert found["incoming-legacy-016"].created_at.year == 2023
    assert found["incoming-legacy-016"].created_by.id == "(console)"
    assert found["incoming-old-vm2-04"].script_engine == "vm2"
    odd = found["outgoing-odd-delay8"]
    assert isinstance(odd, OutgoingIntegration)
    assert (odd.retry_delay, odd.retry_count, odd.token) == ("now-and-then", 4, None)


def test_an_imported_outgoing_integration_hears_its_room(server: Server) -> None:
    imported(server, str(REST))
    with server.app.app_context():
        host = server.services.host
        (room,), (alice,) = host.find_rooms("general"), host.find_users("alice")
        with host.transaction():
            draft = MessageDraft(text="pr list", integration_id="")
            host.post_message(draft, room=room, as_user=alice)

    leased = server.services.deliveries.lease(
        now=datetime.now(UTC), lease="l", lease_seconds=9, limit=99, per_integration=9
    )
    told = {one.integration_id for one in leased}
    assert told == {"outgoing-plain00018", "outgoing-words-0019", "outgoing-urls-00020"}


def test_a_second_import_changes_nothing(server: Server) -> None:
    imported(server, str(EXPORT))
    before = list(all_stored(server))

    again = imported(server, str(EXPORT))

    assert {one["state"] for one in again.values()} == {"there", "refused"}
    assert list(all_stored(server)) == before


def test_a_dry_run_stores_nothing(server: Server) -> None:
    result = run(server, str(EXPORT), "--dry-run")

    assert result.exit_code == 1
    assert "19 imported, 8 off, 0 there, 3 refused (nothing was stored)" in result.stderr
    assert "incoming-room-gone7  Room is gone" in result.stdout
    assert list(all_stored(server)) == []


def test_an_answer_of_the_rest_list_is_taken_too(server: Server) -> None:
    result = run(server, str(REST))

    assert result.exit_code == 0, result.output
    assert "7 imported" in result.stderr
    as_list = json.dumps(json.loads(REST.read_text())["integrations"])
    assert "7 there" in run(server, "-", stdin=as_list).stderr
    one = json.dumps(json.loads(REST.read_text())["integrations"][0])
    assert "1 there" in run(server, "-", stdin=one).stderr


def test_no_token_is_printed(server: Server) -> None:
    for arguments in ([], ["--json"], ["--dry-run"]):
        printed = run(server, str(EXPORT), *arguments).output
        assert "0123456789abcdef" not in printed
        assert "out-token" not in printed


def test_an_id_that_something_else_has_is_refused(server: Server) -> None:
    imported(server, str(REST))
    stored = server.services.integrations.find("incoming-plain0001")
    assert stored is not None
    server.services.integrations.replace(stored, dataclasses.replace(stored, token="other"))

    again = imported(server, str(REST))

    assert again["incoming-plain0001"]["state"] == "refused"
    assert "with another token" in again["incoming-plain0001"]["reasons"][0]


def test_only_who_may_manage_all_can_import(server: Server) -> None:
    server.caller("carol", OWN)

    result = run(server, str(REST), "--as", "carol")

    assert result.exit_code == 1
    assert "7 refused" in result.stderr
    assert list(all_stored(server)) == []


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("nothing", "is no JSON"),
        ('{"users": []}', "is neither an answer"),
        ('{"_id": 5}\n', "must be a text"),
        ("[5]", "is no object"),
        ('[{"_id": "' + "x" * 65 + '"}]', "at most 64 characters"),
        ('{"_id": "a", "type": "webhook-incoming", "token": "t", "name": 5}', "must be string"),
    ],
)
def test_what_is_no_export_is_told(server: Server, text: str, reason: str) -> None:
    result = run(server, "-", stdin=text)

    assert result.exit_code in {1, 2}
    assert reason in result.output


def test_an_id_twice_in_a_file_is_told(server: Server) -> None:
    one = EXPORT.read_text().splitlines()[0]

    result = run(server, "-", stdin=f"{one}\n{one}\n")

    assert "1 imported, 0 off, 0 there, 1 refused" in result.stderr


def test_what_was_imported_is_exported_as_it_is(server: Server) -> None:
    imported(server, str(EXPORT))
    runner = server.app.test_cli_runner()

    exported = runner.invoke(args=["integrations", "export"]).stdout
    plan = runner.invoke(args=["integrations", "plan", "-", "--prune"], input=exported)

    assert (plan.exit_code, plan.output) == (0, "")
    assert "0123456789abcdef" not in exported
    assert "out-token" not in exported
