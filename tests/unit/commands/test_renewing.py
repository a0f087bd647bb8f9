"""`renew-token`."""

from datetime import UTC, datetime, timedelta

import pytest

from rc_integrations_plugin.integrations.records import Editor, IncomingIntegration
from tests.callers import OWN, Server
from tests.factories import make_incoming, make_outgoing
from tests.unit.commands.conftest import Console


@pytest.fixture
def hook(server: Server) -> IncomingIntegration:
    one = make_incoming(name="CI", token="the-token-that-it-had")
    server.services.integrations.add(one)
    return one


def stored(server: Server, hook: IncomingIntegration) -> IncomingIntegration:
    found = server.services.integrations.find(hook.id)
    assert found is not None
    return found


def test_both_tokens_are_good_for_the_time_of_the_overlap(
    console: Console, server: Server, hook: IncomingIntegration
) -> None:
    result = console.run("renew-token", hook.id, "--overlap", "7d")

    found = stored(server, hook)
    assert result.exit_code == 0, result.output
    assert f"/hooks/{hook.id}/{found.token}\n" in result.stdout
    assert "The token before it is good until" in result.stderr
    assert found.token != hook.token == found.previous_token
    assert found.previous_token_until is not None
    left = found.previous_token_until - datetime.now(UTC)
    assert timedelta(days=6, hours=23) < left <= timedelta(days=7)
    assert hook.token not in result.output
    for token in (hook.token, found.token):
        assert server.services.integrations.incoming_by_token(hook.id, token) == found


def test_without_an_overlap_the_old_token_ends_at_once(
    console: Console, server: Server, hook: IncomingIntegration
) -> None:
    document = console.json("renew-token", hook.id)

    found = stored(server, hook)
    assert document == {
        "_id": hook.id,
        "name": "CI",
        "token": found.token,
        "url": f"{server.services.host.site_url}/hooks/{hook.id}/{found.token}",
        "previousTokenUntil": None,
    }
    answer = server.app.test_client().post(f"/hooks/{hook.id}/{hook.token}", json={"text": "hi"})
    assert answer.status_code == 404


@pytest.mark.parametrize(
    ("overlap", "status", "reason"),
    [
        ("31d", 1, "at most 30 days"),
        ("999999w", 1, "at most 30 days"),
        ("soon", 2, "is not like 90m, 2h or 3d"),
        ("-1h", 2, "is not like"),
        ("1\N{ARABIC-INDIC DIGIT TWO}h", 2, "is not like"),
    ],
)
def test_what_is_no_overlap_changes_nothing(
    console: Console,
    server: Server,
    hook: IncomingIntegration,
    overlap: str,
    status: int,
    reason: str,
) -> None:
    told = console.fails(status, "renew-token", hook.id, f"--overlap={overlap}")

    assert reason in " ".join(told.split())
    assert stored(server, hook) == hook


def test_only_who_may_manage_a_hook_renews_its_token(
    console: Console, server: Server, hook: IncomingIntegration
) -> None:
    carol = server.caller("carol", OWN)
    bridge = make_outgoing(created_by=Editor(carol.id, "carol"))
    server.services.integrations.add(bridge)

    for one in (hook.id, "nothing"):
        assert "No integration" in console.fails(3, "renew-token", one, "--as", "carol")
    assert "Only hooks" in console.fails(1, "renew-token", bridge.id)
    assert stored(server, hook) == hook
