"""The database connection: Flask-SQLAlchemy on SQLite or PostgreSQL.

SQLite lets one connection write at a time, and whoever waits polls its lock, which makes some
threads wait for very long. So in one process a lock of our own, the *write gate*, is taken before
the first write of a connection and given back when it commits or rolls back. It follows that no
thread may write on a second connection while it has uncommitted writes on another.
"""

import sqlite3
import threading
from collections import deque
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import Connection, Engine, event, text
from sqlalchemy.engine import make_url

from host_stub.models.schema import Base

# objects stay readable after the commit: an answer is often built from what was just stored
db = SQLAlchemy(session_options={"expire_on_commit": False})

LOCK_SECONDS = 15
_WRITES = ("INSERT", "UPDATE", "DELETE", "REPLACE", "WITH", "CREATE", "DROP", "ALTER", "BEGIN")
_SCHEMA_LOCK = 0x686F7374  # any number, the same in every process


class FairLock:
    """A lock that is had in the order of asking; `threading.Lock` lets some wait for very long."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._waiting: deque[threading.Event] = deque()
        self._is_taken = False

    def acquire(self, *, timeout: float) -> bool:
        """Take the lock; False if that took too long."""
        with self._guard:
            if not self._is_taken:
                self._is_taken = True
                return True
            turn = threading.Event()
            self._waiting.append(turn)
        if turn.wait(timeout):
            return True
        with self._guard:
            if turn.is_set():  # handed over while we gave up
                return True
            self._waiting.remove(turn)
            return False

    def release(self) -> None:
        """Hand the lock to who has waited longest."""
        with self._guard:
            if self._waiting:
                self._waiting.popleft().set()
            else:
                self._is_taken = False


class GatedCursor(sqlite3.Cursor):
    """A cursor that takes the write gate before it writes.

    Not a listener of the engine's events: with one, every statement costs a sixth more.
    """

    connection: "GatedConnection"

    def execute(self, statement: str, values: Any = (), /) -> "GatedCursor":
        """Run a statement, in the gate if it writes."""
        self._enter_gate(statement)
        super().execute(statement, values)
        return self

    def executemany(self, statement: str, values: Iterable[Any], /) -> "GatedCursor":
        """Run a statement for each of several rows of values, in the gate if it writes."""
        self._enter_gate(statement)
        super().executemany(statement, values)
        return self

    def _enter_gate(self, statement: str) -> None:
        if statement.lstrip()[:8].upper().startswith(_WRITES):
            self.connection.enter_gate()


class GatedConnection(sqlite3.Connection):
    """An SQLite connection that gives back the write gate when its transaction ends."""

    gate: FairLock
    is_inside = False

    def cursor(self, *_: Any) -> GatedCursor:  # type: ignore[override]
        """Return a cursor that knows the gate."""
        return super().cursor(GatedCursor)

    def commit(self) -> None:
        """Commit, then let the next writer in."""
        try:
            super().commit()
        finally:
            if not self.in_transaction:  # a busy commit may be tried again
                self.leave_gate()

    def rollback(self) -> None:
        """Roll back, then let the next writer in."""
        try:
            super().rollback()
        finally:
            self.leave_gate()

    def close(self) -> None:
        """Close, which rolls back."""
        try:
            super().close()
        finally:
            self.leave_gate()

    def enter_gate(self) -> None:
        """Wait until no other connection of this process writes."""
        if self.is_inside:
            return
        if not self.gate.acquire(timeout=LOCK_SECONDS):
            raise sqlite3.OperationalError("database is locked by another thread")
        self.is_inside = True

    def leave_gate(self) -> None:
        """Let the next writer in, if this connection was the one inside."""
        if self.is_inside:
            self.is_inside = False
            self.gate.release()


def connect_database(app: Flask, *, data: Path) -> None:
    """Give the app its engine and create the tables that are missing."""
    if not app.config.get("SQLALCHEMY_DATABASE_URI"):
        data.mkdir(parents=True, exist_ok=True)
        app.config["SQLALCHEMY_DATABASE_URI"] = f"sqlite:///{(data / 'chat.db').resolve()}"
    is_sqlite = make_url(app.config["SQLALCHEMY_DATABASE_URI"]).get_backend_name() == "sqlite"
    options = app.config.setdefault("SQLALCHEMY_ENGINE_OPTIONS", {})
    if is_sqlite:
        # a hook call may hold two connections, and waiting for one looks like a slow database
        options.setdefault("pool_size", 64)
        options.setdefault("max_overflow", 64)
        arguments = options.setdefault("connect_args", {})
        arguments.setdefault("factory", GatedConnection)
        arguments.setdefault("timeout", LOCK_SECONDS)
    else:
        options.setdefault("pool_size", 16)
        options.setdefault("max_overflow", 48)
        options.setdefault("pool_pre_ping", True)
    db.init_app(app)
    with app.app_context():
        engine = db.engine
        if is_sqlite:
            _prepare_sqlite(engine)
        _create_tables(engine)
        # a server that forks after this must not share connections with its children
        engine.dispose()


def _prepare_sqlite(engine: Engine) -> None:
    gate = FairLock()

    @event.listens_for(engine, "connect")
    def prepare(connection: GatedConnection, _record: object) -> None:
        connection.gate = gate
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=NORMAL")
        connection.execute("PRAGMA foreign_keys=ON")
        # 16 MB: a write that has to copy the log back takes long, so let it be one in hundreds
        connection.execute("PRAGMA wal_autocheckpoint=4000")


def schema_lock(connection: Connection) -> None:
    """Let only one process at a time prepare the database, until this transaction ends."""
    if connection.dialect.name == "sqlite":
        connection.execute(text("BEGIN IMMEDIATE"))
    else:
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _SCHEMA_LOCK})


def _create_tables(engine: Engine) -> None:
    with engine.begin() as connection:
        schema_lock(connection)
        Base.metadata.create_all(connection)
