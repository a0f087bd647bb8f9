"""`replay` and `recover`."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from rc_integrations_plugin.integrations.deliveries import DeliveryAttempt, DeliveryOutcome
from tests.callers import OUTGOING_OWN, Server
from tests.factories import make_attempt, make_delivery, make_incoming, make_outgoing
from tests.fakes import RecordingWakeUp
from tests.unit.commands.conftest import Console

NOW = datetime.now(UTC)


@pytest.fixture
def bridge(server: Server) -> str:
    one = make_outgoing(name="Bridge")
    server.services.integrations.add(one)
    return one.id


def fail(server: Server, integration_id: str, **fields: Any) -> DeliveryAttempt:
    """Keep a call that failed for good, an hour ago."""
    values = {
        "outcome": DeliveryOutcome.FAILED,
        "started_at": NOW - timedelta(hours=1),
        "status": 500,
    }
    delivery = make_delivery(
        integration_id=integration_id, outcome=DeliveryOutcome.FAILED, finished_at=NOW
    )
    attempt = make_attempt(delivery, **values | fields)
    server.services.deliveries.open([delivery], attempts=[attempt])
    return attempt


def waiting(server: Server) -> int:
    return server.services.state.waiting(datetime.now(UTC)).all


def test_replay_opens_a_delivery_and_wakes_a_worker(
    console: Console, server: Server, bridge: str, wake_up: RecordingWakeUp
) -> None:
    attempt = fail(server, bridge)

    document = console.json("replay", bridge, attempt.id)

    assert document["replayOf"] == attempt.id
    assert server.services.deliveries.find(document["deliveryId"]) is not None
    assert wake_up.rings == 1
    assert wake_up.closed


def test_replay_refuses_what_cannot_be_made_again(
    console: Console, server: Server, bridge: str
) -> None:
    incoming = make_incoming()
    server.services.integrations.add(incoming)
    unsent = fail(server, bridge, steps=("start-execute-trigger-url",))

    assert "No such line" in console.fails(3, "replay", bridge, "nothing")
    assert "Nothing was sent" in console.fails(1, "replay", bridge, unsent.id)
    assert "outgoing" in console.fails(1, "replay", incoming.id, "nothing")
    assert "No integration" in console.fails(3, "replay", "nothing", "nothing")


def test_recover_makes_all_calls_again_that_failed_since(
    console: Console, server: Server, bridge: str
) -> None:
    fail(server, bridge, started_at=NOW - timedelta(days=3))
    recent = [fail(server, bridge), fail(server, bridge)]

    found = console.json("recover", "--since", "1d", "--dry-run")
    assert {one["historyId"] for one in found} == {one.id for one in recent}
    assert waiting(server) == 0

    made = console.json("recover", "--since", "1d")
    assert [one["replayed"] for one in made] == [True, True]
    assert waiting(server) == 2


def test_recover_a_second_time_finds_nothing(console: Console, server: Server, bridge: str) -> None:
    fail(server, bridge)
    console.ok("recover", "--since", "1d")

    result = console.run("recover", "--since", "1d")

    assert result.exit_code == 0
    assert result.stderr.endswith("0 calls failed and will be made again\n")
    assert waiting(server) == 1


def test_recover_says_what_it_cannot_make_again(
    console: Console, server: Server, bridge: str
) -> None:
    off = make_outgoing(name="Off", enabled=False)
    server.services.integrations.add(off)
    fail(server, bridge)
    fail(server, bridge, steps=("start-execute-trigger-url",))
    fail(server, off.id)

    result = console.run("recover", "--since", "1d")

    assert result.exit_code == 1
    assert "the integration" in result.stdout
    assert "1 call failed and will be made again\nError: 2 calls cannot" in result.stderr
    assert waiting(server) == 1


def test_recover_of_one_integration(console: Console, server: Server, bridge: str) -> None:
    other = make_outgoing(name="Other")
    incoming = make_incoming()
    for one in (other, incoming):
        server.services.integrations.add(one)
    fail(server, bridge)
    wanted = fail(server, other.id)

    found = console.json("recover", "--since", "1d", "--integration", other.id)

    assert [one["historyId"] for one in found] == [wanted.id]
    told = console.fails(2, "recover", "--since", "1d", "--integration", incoming.id)
    assert "calls nobody" in told


def test_recover_leaves_other_people_s_integrations_alone(
    console: Console, server: Server, bridge: str
) -> None:
    fail(server, bridge)
    server.caller("carol", OUTGOING_OWN)

    assert console.json("recover", "--since", "1d", "--as", "carol") == []


def test_recover_sees_more_than_one_batch(console: Console, server: Server, bridge: str) -> None:
    for _ in range(203):
        fail(server, bridge)

    assert len(console.json("recover", "--since", "1d", "--dry-run")) == 203
