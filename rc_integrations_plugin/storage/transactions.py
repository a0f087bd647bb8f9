"""How the stores write: in the host's transaction, or in a short one of their own."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, delete, select
from sqlalchemy.exc import DBAPIError, StatementError

from rc_integrations_plugin.storage.faults import may_pass

_TRIES = 3
_PAUSE_SECONDS = 0.05
BATCH = 500
"""Rows that one transaction deletes or moves: writers wait no longer than that takes."""
_MOST_IDS = 20 * BATCH
_LOCK_SQLITE = "UPDATE rc_integration_changes SET version = version WHERE id = 0"

T = TypeVar("T")


@contextmanager
def joined(engine: Engine, session: Any) -> Iterator[Connection]:
    """Yield the connection of the host's session, or one with a transaction of its own.

    Args:
        engine: for a transaction of its own.
        session: the host's, whose transaction is never committed here; None if it shares none.
    """
    if session is None:
        with engine.begin() as connection:
            yield connection
        return
    try:
        yield session.connection()
    except StatementError as error:
        # the host's engine may quote values in errors: tokens and messages
        error.hide_parameters = True
        raise


def patiently(work: Callable[[], T]) -> T:
    """Return what a transaction returns that is tried anew, a few times, where that may help.

    For workers: the database may be busy, or was restarted. The work must be harmless to repeat,
    also where it was committed and only the answer got lost.
    """
    for attempt in range(1, _TRIES):
        try:
            return work()
        except DBAPIError as error:
            if not may_pass(error):
                raise
        time.sleep(_PAUSE_SECONDS * attempt)  # noqa: TID251 a worker's thread, and not for long
    return work()


def settled(engine: Engine) -> Engine:
    """Return the engine for transactions that read what others committed meanwhile.

    A host's engine may see the database as it was when the transaction began; then waiting for a
    lock would be of no use.
    """
    if engine.dialect.name == "postgresql":
        return engine.execution_options(isolation_level="READ COMMITTED")
    return engine


def lock_sqlite(connection: Connection) -> None:
    """Begin a transaction on SQLite that reads first and writes later.

    Without this, such a transaction fails at once when another one has written in between.
    """
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql(_LOCK_SQLITE)


def delete_in_batches(engine: Engine, table: Any, *conditions: Any) -> int:
    """Delete rows of a table with ids, a part at a time, and return how many those were."""
    return delete_selected(engine, table, select(table.c.id).where(*conditions))


def delete_selected(engine: Engine, table: Any, doomed: Any) -> int:
    """Delete the rows whose ids a SELECT finds, a part at a time; return how many those were."""
    deleted = 0
    while True:
        # finding them may take long, and stops no writer
        with engine.connect() as connection:
            ids = connection.scalars(doomed.limit(_MOST_IDS)).all()
        for start in range(0, len(ids), BATCH):
            some = ids[start : start + BATCH]
            with engine.begin() as connection:
                connection.execute(delete(table).where(table.c.id.in_(some)))
        deleted += len(ids)
        if len(ids) < _MOST_IDS:
            return deleted
