"""Writing to a database that is busy. Locking of SQLite's kind is tested on SQLite only."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError, ProgrammingError
from sqlalchemy.orm import Session

from rc_integrations_plugin.delivery.circuit import CLOSED
from rc_integrations_plugin.integrations.deliveries import DeliveryResult
from rc_integrations_plugin.storage import schema
from rc_integrations_plugin.storage.circuits import CircuitStore
from rc_integrations_plugin.storage.deliveries import DeliveryStore
from rc_integrations_plugin.storage.faults import may_pass
from rc_integrations_plugin.storage.transactions import joined, lock_sqlite, patiently
from tests.factories import NOON, make_attempt, make_delivery


def busy() -> OperationalError:
    return OperationalError("UPDATE", {}, Exception("database is locked"))


def test_what_may_pass_is_tried_again() -> None:
    errors = [busy(), busy()]

    def work() -> str:
        if errors:
            raise errors.pop()
        return "done"

    assert patiently(work) == "done"


def test_a_database_that_only_reads_for_a_while_may_write_again(engine: Engine) -> None:
    """PostgreSQL does so while another server takes over."""
    with engine.connect() as connection:
        if engine.dialect.name == "postgresql":
            connection.execution_options(postgresql_readonly=True)
        else:
            connection.exec_driver_sql("PRAGMA query_only = 1")
        with pytest.raises(DBAPIError) as caught:
            connection.exec_driver_sql("UPDATE rc_integration_changes SET version = 1")
        connection.rollback()
        connection.invalidate()

    assert may_pass(caught.value)


def test_not_for_ever() -> None:
    tries: list[int] = []

    def work() -> None:
        tries.append(1)
        raise busy()

    with pytest.raises(OperationalError):
        patiently(work)

    assert 1 < len(tries) < 9


@pytest.mark.parametrize(
    "error",
    [IntegrityError("INSERT", {}, Exception()), ProgrammingError("X", {}, Exception())],
    ids=["integrity", "programming"],
)
def test_what_stays_wrong_is_not_tried_again(error: Exception) -> None:
    tries: list[int] = []

    def work() -> None:
        tries.append(1)
        raise error

    with pytest.raises(type(error)):
        patiently(work)

    assert len(tries) == 1


def test_an_error_in_a_host_s_session_keeps_its_values_to_itself(engine: Engine) -> None:
    with (
        Session(engine) as session,
        pytest.raises(
            ProgrammingError if "psycopg" in str(engine.url) else OperationalError
        ) as caught,
        joined(engine, session) as connection,
    ):
        connection.execute(text("SELECT :value FROM nowhere"), {"value": "very secret"})

    assert "very secret" not in str(caught.value)


class Lock:
    """Another program's lock on an SQLite database, until a number of errors was seen."""

    def __init__(self, path: Path) -> None:
        self.engine = create_engine(f"sqlite:///{path}")
        self.connection: Connection | None = None
        self.errors = 0

    def take(self) -> None:
        self.connection = self.engine.connect()
        self.connection.exec_driver_sql("BEGIN IMMEDIATE")

    def on_error(self, _context: Any) -> None:
        self.errors += 1
        if self.errors == 2:
            self.release()

    def release(self) -> None:
        if self.connection is not None:
            self.connection.rollback()
            self.connection.close()
        self.engine.dispose()


@pytest.fixture
def lock(tmp_path: Path) -> Iterator[Lock]:
    found = Lock(tmp_path / "locked.db")
    yield found
    found.release()


@pytest.fixture
def impatient(tmp_path: Path, lock: Lock) -> Iterator[Engine]:
    """An engine on SQLite that waits for no lock."""
    engine = create_engine(f"sqlite:///{tmp_path / 'locked.db'}", connect_args={"timeout": 0})
    schema.upgrade(engine)
    event.listen(engine, "handle_error", lock.on_error)
    yield engine
    engine.dispose()


def test_workers_outlast_a_locked_database(impatient: Engine, lock: Lock) -> None:
    store = DeliveryStore(impatient)
    store.open([make_delivery(id="d1")])
    lock.take()

    (leased,) = store.lease(
        now=NOON, lease="l", lease_seconds=30, limit=1, per_integration=1, limits={}
    )
    lock.errors = 0
    lock.take()
    store.finish([DeliveryResult(delivery=leased, attempt=make_attempt(leased))], now=NOON)
    lock.errors = 0
    lock.take()
    CircuitStore(impatient).update("a", lambda _: CLOSED)

    assert lock.errors == 2
    assert store.next_due() is None


def test_the_chat_is_told_at_once_that_the_database_is_locked(
    impatient: Engine, lock: Lock
) -> None:
    lock.take()

    with pytest.raises(OperationalError, match="locked"):
        DeliveryStore(impatient).open([make_delivery()])

    assert lock.errors == 1


@pytest.mark.parametrize("begins", ["driver", "host"])
def test_a_transaction_that_reads_first_can_write_later(tmp_path: Path, begins: str) -> None:
    address = f"sqlite:///{tmp_path / 'test.db'}"
    engine, other = create_engine(address), create_engine(address, connect_args={"timeout": 0})
    schema.upgrade(engine)
    if begins == "host":
        # docs: SQLAlchemy's recipe for serializable transactions on SQLite
        event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN"))

    with engine.begin() as connection:
        lock_sqlite(connection)
        connection.execute(text("SELECT * FROM rc_integrations")).all()
        with pytest.raises(OperationalError, match="locked"), other.begin() as second:
            second.execute(text("UPDATE rc_integration_changes SET version = 5"))
        connection.execute(text("UPDATE rc_integration_changes SET version = 7"))

    with other.connect() as second:
        assert second.scalar(text("SELECT version FROM rc_integration_changes")) == 7
    engine.dispose()
    other.dispose()


def test_deliveries_are_leased_where_the_host_begins_transactions(tmp_path: Path) -> None:
    engine = create_engine(f"sqlite:///{tmp_path / 'test.db'}")
    event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN"))
    schema.upgrade(engine)
    store = DeliveryStore(engine)
    store.open([make_delivery(id="d1")])

    (leased,) = store.lease(
        now=NOON, lease="l", lease_seconds=30, limit=1, per_integration=1, limits={}
    )
    store.finish([DeliveryResult(delivery=leased, attempt=make_attempt(leased))], now=NOON)

    assert store.next_due() is None
    engine.dispose()
