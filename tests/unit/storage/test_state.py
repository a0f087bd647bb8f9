from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine

from rc_integrations_plugin.integrations.deliveries import DeliveryOutcome, Replay
from rc_integrations_plugin.storage.calls import CallStore
from rc_integrations_plugin.storage.deliveries import DeliveryStore
from rc_integrations_plugin.storage.integrations import IntegrationStore
from rc_integrations_plugin.storage.schema import HEAD, VERSION_TABLE
from rc_integrations_plugin.storage.state import StateStore, Waiting
from tests.factories import (
    NOON,
    make_attempt,
    make_call,
    make_delivery,
    make_incoming,
    make_outgoing,
)

MINUTE = timedelta(minutes=1)


@pytest.fixture
def state(engine: Engine) -> StateStore:
    return StateStore(engine)


def test_the_version_is_told_and_brought_up_to_date(engine: Engine, state: StateStore) -> None:
    assert state.version() == HEAD
    state.upgrade()
    assert state.version() == HEAD
    assert state.database == engine.dialect.name


def test_no_tables_have_no_version(engine: Engine, state: StateStore) -> None:
    with engine.begin() as connection:
        connection.exec_driver_sql(f"DROP TABLE {VERSION_TABLE}")

    assert state.version() is None


def test_the_database_s_time_is_in_utc(state: StateStore) -> None:
    assert abs(state.time() - datetime.now(UTC)) < MINUTE


def test_what_waits_is_counted(engine: Engine, state: StateStore) -> None:
    ended = {"outcome": DeliveryOutcome.DELIVERED, "finished_at": NOON}
    created = [NOON, NOON + MINUTE, NOON + 9 * MINUTE]
    rows = [make_delivery(created_at=moment) for moment in created]

    assert state.waiting(NOON) == Waiting(all=0, due=0, oldest_due_at=None)
    DeliveryStore(engine).open([*rows, make_delivery(**ended)])

    assert state.waiting(NOON + 2 * MINUTE) == Waiting(all=3, due=2, oldest_due_at=NOON)


def test_what_was_replayed_is_known_before_and_after(engine: Engine, state: StateStore) -> None:
    ended = {"outcome": DeliveryOutcome.DELIVERED, "finished_at": NOON}
    DeliveryStore(engine).open(
        [
            make_delivery(replay=Replay(attempt_id="waits", sent={"url": "x"})),
            make_delivery(replay=Replay(attempt_id="ended"), **ended),
            make_delivery(replay=Replay(attempt_id="other"), integration_id="other"),
            make_delivery(),
        ]
    )

    assert state.replayed_attempts("integration") == {"waits", "ended"}


def test_who_did_something_is_known(engine: Engine, state: StateStore) -> None:
    called, caller, silent = make_incoming(), make_outgoing(), make_incoming()
    for one in (called, caller, silent):
        IntegrationStore(engine).add(one)
    CallStore(engine).add(make_call(integration_id=called.id, called_at=NOON))
    delivery = make_delivery(integration_id=caller.id)
    DeliveryStore(engine).open([delivery], attempts=[make_attempt(delivery)])

    assert state.active_since(NOON) == {called.id, caller.id}
    assert state.active_since(NOON + MINUTE) == set()
