"""`list`, `show` and `history`."""

from datetime import UTC, datetime, timedelta

import pytest

from rc_integrations_plugin.commands.output import printable
from rc_integrations_plugin.integrations.deliveries import DeliveryOutcome
from rc_integrations_plugin.integrations.history import CallOutcome
from tests.callers import ALL, OWN, Server
from tests.factories import (
    NOON,
    make_attempt,
    make_call,
    make_delivery,
    make_incoming,
    make_outgoing,
)
from tests.unit.commands.conftest import Console

SECRET = "whsec_" + "c2VjcmV0" * 4


def test_list_shows_each_on_a_line_whole(console: Console, server: Server) -> None:
    long = make_incoming(name="n" * 200, channels=("#general",) * 9)
    later = long.created_at + timedelta(hours=1)
    for one in (long, make_outgoing(name="Bridge", enabled=False, created_at=later)):
        server.services.integrations.add(one)

    lines = console.ok("list").splitlines()

    assert lines[0].split() == ["ID", "TYPE", "ON", "NAME", "WHERE", "LAST", "(UTC)", "FAILED"]
    assert len(lines) == 3
    assert lines[1].startswith(f"{long.id}  incoming  yes ")
    assert f" {'n' * 200} " in lines[1]
    assert "outgoing  no " in lines[2]


@pytest.mark.parametrize(
    ("options", "names"),
    [
        ([], ["CI", "Off", "Bridge"]),
        (["--type", "outgoing"], ["Bridge"]),
        (["--enabled"], ["CI", "Bridge"]),
        (["--disabled"], ["Off"]),
        (["--name", "BRI"], ["Bridge"]),
        (["--failing"], ["CI"]),
        (["--switched-off"], ["Off"]),
        (["--sort", "name"], ["Bridge", "CI", "Off"]),
        (["--sort=-failed", "--type=incoming"], ["CI", "Off"]),
        (["--sort=-last"], ["CI", "Off", "Bridge"]),
    ],
    ids=lambda value: " ".join(value) or "all",
)
def test_list_filters(
    console: Console, server: Server, options: list[str], names: list[str]
) -> None:
    hours = [NOON + timedelta(hours=number) for number in range(3)]
    hook = make_incoming(name="CI", created_at=hours[0])
    off = make_incoming(name="Off", enabled=False, disabled_reason="gone", created_at=hours[1])
    for one in (hook, off, make_outgoing(name="Bridge", created_at=hours[2])):
        server.services.integrations.add(one)
    server.services.calls.add(make_call(integration_id=off.id))
    now = datetime.now(UTC)
    server.services.calls.add(
        make_call(integration_id=hook.id, called_at=now, outcome=CallOutcome.REFUSED)
    )

    assert [one["name"] for one in console.json("list", *options)] == names


def test_list_without_integrations_ends_with_3(console: Console) -> None:
    assert console.fails(3, "list") == "Error: No integrations found\n"


def test_list_tells_more_than_one_batch(console: Console, server: Server) -> None:
    for number in range(205):
        server.services.integrations.add(make_incoming(name=f"n{number}"))

    assert len(console.json("list")) == 205


def test_a_user_s_list_holds_what_he_may_manage(console: Console, server: Server) -> None:
    carol = server.caller("carol", OWN)
    own = carol.create(name="Own", channel=f"@{carol.username}")
    server.services.integrations.add(make_incoming(name="Other"))

    assert [one["_id"] for one in console.json("list", "--as", "carol")] == [own["_id"]]
    assert "may not manage" in console.fails(1, "list", "--as", "bob")
    assert "no such user" in console.fails(2, "list", "--as", "nobody")


def test_show_masks_secrets_unless_asked(console: Console, server: Server) -> None:
    outgoing = make_outgoing(
        token="sesame-open",
        signing_secret=SECRET,
        basic_auth="user:pass-word",
        headers={"X-Key": "header-secret"},
        urls=("https://me:url-secret@receiver.test/?token=q-secret",),
        script="// sesame",
    )
    incoming = make_incoming()
    for one in (outgoing, incoming):
        server.services.integrations.add(one)

    masked = console.ok("show", outgoing.id) + console.ok("show", outgoing.id, "--json")
    masked += console.ok("show", incoming.id) + console.ok("show", incoming.id, "--json")
    shown = console.json("show", outgoing.id, "--secrets")

    for secret in ("sesame-open", SECRET, "pass-word", "header-secret", "url-secret", "q-secret"):
        assert secret not in masked
    assert incoming.token not in masked
    assert shown["token"] == "sesame-open"
    assert shown["signingSecret"] == SECRET
    assert shown["headers"] == {"X-Key": "header-secret"}
    assert incoming.token in console.json("show", incoming.id, "--secrets")["url"]


def test_show_of_what_is_not_there_ends_with_3(console: Console, server: Server) -> None:
    one = make_incoming()
    server.services.integrations.add(one)
    server.caller("carol", OWN)

    assert console.fails(3, "show", "nothing") == "Error: No integration found.\n"
    assert console.fails(3, "show", one.id, "--as", "carol") == "Error: No integration found.\n"


def test_show_prints_nothing_that_a_terminal_obeys(console: Console, server: Server) -> None:
    one = make_incoming(name="\x1b[2J\x9b31mred\nline", script="a\x1b]0;b\x07")
    server.services.integrations.add(one)

    printed = console.ok("show", one.id) + console.ok("list") + console.ok("list", "--json")

    assert "\x1b" not in printed
    assert "\x9b" not in printed
    assert printable("a\nb\tc\x00") == "a b c\N{REPLACEMENT CHARACTER}"


def test_history_lists_calls_and_attempts(console: Console, server: Server) -> None:
    incoming, outgoing = make_incoming(), make_outgoing()
    for one in (incoming, outgoing):
        server.services.integrations.add(one)
    call = make_call(integration_id=incoming.id)
    refused = make_call(
        integration_id=incoming.id, outcome=CallOutcome.REFUSED, status=400, error="not there"
    )
    for one_call in (call, refused):
        server.services.calls.add(one_call)
    ended = {"outcome": DeliveryOutcome.FAILED, "finished_at": NOON}
    delivery = make_delivery(integration_id=outgoing.id, **ended)
    attempt = make_attempt(delivery, outcome=DeliveryOutcome.FAILED, status=500)
    server.services.deliveries.open([delivery], attempts=[attempt])

    assert "not there" in console.ok("history", incoming.id)
    assert [one["_id"] for one in console.json("history", incoming.id, "--outcome", "posted")] == [
        call.id
    ]
    assert "https://receiver.test" in console.ok("history", outgoing.id)
    assert "Nothing found" in console.fails(3, "history", outgoing.id, "--outcome", "posted")
    assert "is not one of" in console.fails(2, "history", outgoing.id, "--outcome", "lost")


def test_a_message_of_the_history_has_no_secrets(console: Console, server: Server) -> None:
    with server.app.app_context():
        [cat] = server.services.host.find_users("rocket.cat")
    hook = make_incoming(user_id=cat.id, token=SECRET)
    server.services.integrations.add(hook)
    body = {"text": f"at {SECRET}", "attachments": [{"text": "api_key: hunter2"}]}
    server.app.test_client().post(f"/hooks/{hook.id}/{SECRET}", json=body)

    printed = console.ok("history", hook.id, "--json") + console.ok("history", hook.id)

    assert '"text": "at ***"' in printed
    assert '"text": "api_key: ***"' in printed
    assert SECRET not in printed
    assert "hunter2" not in printed


def test_history_since_and_count(console: Console, server: Server) -> None:
    one = make_incoming()
    server.services.integrations.add(one)
    now = datetime.now(UTC)
    ages = [timedelta(hours=hours) for hours in (0, 1, 30, 70)]
    calls = [make_call(integration_id=one.id, called_at=now - age) for age in ages]
    for call in calls:
        server.services.calls.add(call)

    def ids(*options: str) -> list[str]:
        return [found["_id"] for found in console.json("history", one.id, *options)]

    assert ids() == [call.id for call in calls]
    assert ids("--since", "2h") == [call.id for call in calls[:2]]
    assert ids("--since", "2d", "--count", "1") == [calls[0].id]
    assert ids("--since", (now - timedelta(hours=31)).isoformat()) == [c.id for c in calls[:3]]
    assert "neither" in console.fails(2, "history", one.id, "--since", "yesterday")


def test_a_database_that_is_away_is_told_on_one_line(console: Console, server: Server) -> None:
    with server.app.app_context():
        engine = server.app.extensions["sqlalchemy"].engine
        with engine.begin() as connection:
            connection.exec_driver_sql("DROP TABLE rc_integrations")

    told = console.fails(1, "list")

    assert told.startswith("Error: The database cannot be used: no such table")
    assert len(told.splitlines()) == 1


def test_who_may_manage_all_sees_all(console: Console, server: Server) -> None:
    server.caller("carol", ALL)
    server.services.integrations.add(make_incoming())
    server.services.integrations.add(make_outgoing())

    assert [one["type"] for one in console.json("list", "--as", "carol")] == ["webhook-incoming"]
