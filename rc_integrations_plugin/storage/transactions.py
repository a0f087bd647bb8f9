"""How the stores write: in the host's transaction, or in a short one of their own."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, delete, select
from sqlalchemy.exc import DBAPIError, StatementError

_TRIES = 4
_PAUSE_SECONDS = 0.05
_BATCH = 500
"""Rows that one transaction deletes or moves: writers wait no longer than that takes."""
_LOCK_SQLITE = "UPDATE rc_integration_changes SET version = version WHERE id = 0"
_PASSING_SQLSTATES = {"40001", "40P01", "55P03"}
"""PostgreSQL's serialization failure, deadlock, and lock not available."""

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
            if not _is_passing(error):
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
    """Delete rows of a table with a column `id`, a part at a time, and return how many those were.

    The conditions may hold an ordered subquery.
    """
    doomed = select(table.c.id).where(*conditions).limit(_BATCH)
    return delete_selected(engine, table, doomed)


def delete_selected(engine: Engine, table: Any, doomed: Any) -> int:
    """Delete the rows whose ids a limited SELECT finds, again and again until it finds few."""
    deleted = 0
    while True:
        with engine.begin() as connection:
            lock_sqlite(connection)
            ids = connection.scalars(doomed).all()
            if ids:
                connection.execute(delete(table).where(table.c.id.in_(ids)))
        deleted += len(ids)
        if len(ids) < _BATCH:
            return deleted


def _is_passing(error: DBAPIError) -> bool:
    if error.connection_invalidated:
        return True
    if getattr(error.orig, "sqlite_errorcode", None) is not None:
        return bool("locked" in str(error.orig) or "busy" in str(error.orig))
    return getattr(error.orig, "sqlstate", None) in _PASSING_SQLSTATES
