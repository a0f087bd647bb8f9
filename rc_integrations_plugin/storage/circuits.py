"""Circuits of integrations that fail, in the database: all workers know the same."""

from collections.abc import Callable, Collection, Iterable
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Engine, delete, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from rc_integrations_plugin.delivery.circuit import CLOSED, Circuit
from rc_integrations_plugin.storage.tables import circuits
from rc_integrations_plugin.storage.transactions import patiently, settled


class CircuitStore:
    """The table of circuits; an integration without a row has a closed one."""

    def __init__(self, engine: Engine) -> None:
        self._engine = settled(engine)
        self._read_locked = _upsert(engine.dialect.name)

    def load_all(self, integration_ids: Iterable[str]) -> dict[str, Circuit]:
        """Return the circuits of those of the integrations that failed lately."""
        wanted = circuits.c.integration_id.in_(list(integration_ids))
        with self._engine.connect() as connection:
            rows = connection.execute(select(circuits).where(wanted)).all()
        return {row.integration_id: _from_row(row) for row in rows}

    def load_open(self) -> dict[str, Circuit]:
        """Return the circuits that are open or half open, those that fail for longest first."""
        opened = select(circuits).where(circuits.c.open_until.is_not(None))
        with self._engine.connect() as connection:
            rows = connection.execute(opened.order_by(circuits.c.failing_since)).all()
        return {row.integration_id: _from_row(row) for row in rows}

    def update(self, integration_id: str, change: Callable[[Circuit], Circuit]) -> Circuit:
        """Store what `change` makes of an integration's circuit, and return it.

        Nobody else changes it meanwhile. `change` may be called more than once.
        """
        return patiently(lambda: self._update(integration_id, change))

    def try_probe(self, integration_id: str, now: datetime, lasting: timedelta) -> bool:
        """Return whether the caller may make the one call of a half-open circuit.

        Args:
            integration_id: whose circuit it is.
            now: the time.
            lasting: after this somebody else may, should nothing come of the call.
        """
        statement = (
            update(circuits)
            .where(
                circuits.c.integration_id == integration_id,
                circuits.c.open_until <= now,
                or_(circuits.c.probe_until.is_(None), circuits.c.probe_until <= now),
            )
            .values(probe_until=now + lasting)
        )
        return patiently(lambda: self._execute(statement)) == 1

    def end_probe(self, integration_id: str) -> None:
        """Let somebody else make the one call of a half-open circuit: nobody was called."""
        is_probed = circuits.c.probe_until.is_not(None)
        statement = (
            update(circuits)
            .where(circuits.c.integration_id == integration_id, is_probed)
            .values(probe_until=None)
        )
        patiently(lambda: self._execute(statement))

    def reset(self, integration_ids: Collection[str]) -> None:
        """Close the circuits of these integrations; writes only where there is one to close."""
        failing = self.load_all(integration_ids) if integration_ids else {}
        if failing:
            statement = delete(circuits).where(circuits.c.integration_id.in_(list(failing)))
            patiently(lambda: self._execute(statement))

    def forget(self, integration_id: str) -> None:
        """Close the circuit of an integration."""
        self.reset([integration_id])

    def _execute(self, statement: Any) -> int:
        with self._engine.begin() as connection:
            return connection.execute(statement).rowcount

    def _update(self, integration_id: str, change: Callable[[Circuit], Circuit]) -> Circuit:
        closed = {"integration_id": integration_id, **asdict(CLOSED)}
        of_this = circuits.c.integration_id == integration_id
        with self._engine.begin() as connection:
            row = connection.execute(self._read_locked, closed).one()
            circuit = change(_from_row(row))
            _write(connection, of_this, circuit)
        return circuit


def _upsert(dialect: str) -> Any:
    """Return a statement that makes the row if need be, locks it, and says what it holds."""
    insert = postgresql.insert if dialect == "postgresql" else sqlite.insert
    statement = insert(circuits)
    return statement.on_conflict_do_update(
        index_elements=[circuits.c.integration_id], set_={"failures": circuits.c.failures}
    ).returning(*circuits.c)


def _write(connection: Connection, of_this: ColumnElement[bool], circuit: Circuit) -> None:
    if circuit == CLOSED:
        connection.execute(delete(circuits).where(of_this))
    else:
        connection.execute(update(circuits).where(of_this), asdict(circuit))


def _from_row(row: Any) -> Circuit:
    return Circuit(
        failures=row.failures,
        failing_since=row.failing_since,
        openings=row.openings,
        open_until=row.open_until,
        probe_until=row.probe_until,
    )
