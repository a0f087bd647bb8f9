"""`doctor`."""

import dataclasses
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from rc_integrations_plugin.commands.checks import State, check_clock, check_database
from rc_integrations_plugin.delivery.circuit import CLOSED, Circuit
from rc_integrations_plugin.services import EXTENSION, Services
from rc_integrations_plugin.settings import ScriptsAllowed
from rc_integrations_plugin.storage.schema import HEAD
from tests.callers import Server
from tests.factories import make_delivery, make_outgoing
from tests.fakes import ScriptedRunner
from tests.unit.commands.conftest import Console


@pytest.fixture
def configure(app: Flask, server: Server, scripted: ScriptedRunner, tmp_path: Path) -> Any:
    """Change settings and services of the server."""

    def change(*, services: Any = None, **settings: Any) -> Services:
        old: Services = app.extensions[EXTENSION]
        new = dataclasses.replace(old.settings, **settings)
        changed = dataclasses.replace(old, settings=new, **services or {})
        app.extensions[EXTENSION] = changed
        return changed

    change(services={"local_scripts": scripted}, redis_url=f"unix://{tmp_path}/nothing")
    return change


def told(console: Console) -> dict[str, Any]:
    """Return what is found, by what it is about."""
    result = console.run("doctor", "--json")
    return {one["about"]: one for one in json.loads(result.stdout)}


def test_all_that_is_looked_at_is_told(console: Console, configure: Any) -> None:
    found = told(console)

    assert [about for about, one in found.items() if one["state"] == "wrong"] == ["redis"]
    assert {"database", "tables", "clock", "deliveries", "scripts", "integrations"} <= set(found)


def test_what_is_wrong_is_told_with_what_to_do(console: Console, configure: Any) -> None:
    result = console.run("doctor")

    assert result.exit_code == 1
    assert "wrong redis          cannot be reached" in result.stdout
    assert "-> Start it, or correct RC_INTEGRATIONS_REDIS_URL" in result.stdout
    assert result.stderr == "Error: 1 thing should be mended\n"


def test_the_password_of_redis_is_masked(console: Console, configure: Any) -> None:
    configure(redis_url="redis://:sesame-open@127.0.0.1:1/0")

    assert "sesame-open" not in console.run("doctor").output


def test_deliveries_that_wait_too_long(console: Console, server: Server, configure: Any) -> None:
    late = datetime.now(UTC) - timedelta(minutes=30)
    server.services.deliveries.open([make_delivery(created_at=late)])

    found = told(console)["deliveries"]

    assert found["state"] == "wrong"
    assert "1 of them due, the oldest for 30 min" in found["told"]


def test_receivers_that_are_left_alone(console: Console, server: Server, configure: Any) -> None:
    bridge, well = make_outgoing(name="Bridge"), make_outgoing()
    for one in (bridge, well):
        server.services.integrations.add(one)
    assert told(console)["receivers"]["state"] == "ok"
    now = datetime.now(UTC)
    circuit = Circuit(
        failures=12,
        failing_since=now - timedelta(minutes=90),
        openings=1,
        open_until=now + timedelta(minutes=5),
    )
    server.services.circuits.update(bridge.id, lambda _: circuit)
    server.services.circuits.update(well.id, lambda _: dataclasses.replace(CLOSED, failures=1))

    found = told(console)

    assert "receivers" not in found
    assert found["receiver"]["state"] == "wrong"
    assert (
        f"outgoing {bridge.id} Bridge: 12 calls in a row failed since" in found["receiver"]["told"]
    )
    assert "one is tried at" in found["receiver"]["told"]
    assert f"recover --since 2h --integration {bridge.id}" in found["receiver"]["advice"]


def test_integrations_that_the_server_switched_off(
    console: Console, server: Server, configure: Any
) -> None:
    one = make_outgoing(enabled=False, disabled_reason="The receiver answered 410")
    by_hand = make_outgoing(enabled=False)
    for integration in (one, by_hand):
        server.services.integrations.add(integration)

    found = told(console)["integration"]

    assert "The receiver answered 410" in found["told"]
    assert found["advice"].endswith(f"enable {one.id}")
    assert by_hand.id not in console.run("doctor").output


def test_settings_that_open_something(console: Console, configure: Any) -> None:
    configure(allowed_networks=("10.0.0.0/8",), http_proxy_from_environment=True, own_messages=True)

    found = told(console)

    assert found["networks"]["state"] == "note"
    assert "10.0.0.0/8" in found["networks"]["told"]
    assert "proxy" in found
    assert "own messages" in found


def test_scripts_that_cannot_run_or_must_not(
    console: Console, configure: Any, scripted: ScriptedRunner
) -> None:
    scripted.available = False
    assert told(console)["scripts"]["state"] == "wrong"

    configure(scripts=ScriptsAllowed.OFF)
    assert told(console)["scripts"]["state"] == "note"


class OtherState:
    """A database of another release, on a machine with another clock."""

    database = "postgresql"

    def __init__(self, version: str | None, skew: timedelta) -> None:
        self._version, self._skew = version, skew

    def version(self) -> str | None:
        return self._version

    def time(self) -> datetime:
        return datetime.now(UTC) + self._skew


@pytest.mark.parametrize(
    ("version", "advice"),
    [(None, "db upgrade"), ("0001", "db upgrade"), ("9999", "newer release")],
    ids=["none", "old", "newer"],
)
def test_tables_of_another_release(configure: Any, version: str | None, advice: str) -> None:
    services = configure(services={"state": OtherState(version, timedelta())})

    tables = list(check_database(services))[1]

    assert tables.state is State.WRONG
    assert advice in tables.advice


def test_a_clock_that_is_wrong(configure: Any) -> None:
    services = configure(services={"state": OtherState(HEAD, timedelta(minutes=2))})

    assert [one.state for one in check_clock(services)] == [State.WRONG]


def test_a_database_without_tables_stops_no_other_check(
    console: Console, server: Server, configure: Any
) -> None:
    with server.app.app_context():
        engine = server.app.extensions["sqlalchemy"].engine
        with engine.begin() as connection:
            connection.exec_driver_sql("DROP TABLE rc_integration_deliveries")

    found = told(console)

    assert "no such table" in found["deliveries"]["told"]
    assert found["scripts"]["state"] == "ok"
