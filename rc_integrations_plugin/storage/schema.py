"""Brings the plugin's tables to the version that this code needs."""

import threading
import time
from pathlib import Path

from sqlalchemy import Connection, Engine, inspect, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import QueuePool

from rc_integrations_plugin.errors import SettingsError

HEAD = "0007"
"""The newest revision in `migrations/versions`."""
VERSION_TABLE = "rc_integrations_version"
"""Not Alembic's usual name: the host's own Alembic keeps that for itself."""
_LOCK_KEY = 0x7263_696E_7465_6772
_ALEMBIC_IN_USE = threading.Lock()
"""Alembic keeps what it works on in module globals."""
_ATTEMPTS = 50
_PAUSE_SECONDS = 0.2


def upgrade(engine: Engine) -> None:
    """Make or change the tables; do nothing, quickly, where they are current.

    Any number of processes may start at once: one works, the others wait for it.
    """
    if is_current(engine):
        return
    for attempt in range(_ATTEMPTS):
        try:
            with _ALEMBIC_IN_USE:
                _upgrade_locked(engine)
        except OperationalError:
            # SQLite refuses who reads first and writes later while another writes; that other
            # process does our work, so look again
            if attempt == _ATTEMPTS - 1:
                raise
            time.sleep(_PAUSE_SECONDS)  # noqa: TID251 start-up, not a flow
        else:
            return


def is_current(engine: Engine) -> bool:
    """Return whether the tables are as this code needs them.

    Raises:
        SettingsError: a newer release of the plugin has changed them.
    """
    with engine.connect() as connection:
        _leave_no_connection_behind(connection, engine)
        return _version(connection) == HEAD


def _upgrade_locked(engine: Engine) -> None:
    with engine.connect() as connection:
        _leave_no_connection_behind(connection, engine)
        _lock(connection)
        if _version(connection) != HEAD:
            _run_alembic(connection)
        connection.commit()


def _leave_no_connection_behind(connection: Connection, engine: Engine) -> None:
    # a pre-forking server would share a pooled connection among its workers; an in-memory
    # database, which has another pool, lives only as long as its connection does
    if isinstance(engine.pool, QueuePool):
        connection.detach()


def _lock(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK_KEY})
    elif connection.dialect.name == "sqlite":
        connection.begin()
        # some hosts begin SQLite's transactions themselves, in an event
        driver = connection.connection.dbapi_connection
        if not getattr(driver, "in_transaction", False):
            connection.exec_driver_sql("BEGIN IMMEDIATE")


def _version(connection: Connection) -> str | None:
    if not inspect(connection).has_table(VERSION_TABLE):
        return None
    version: str | None = connection.scalar(text(f"SELECT version_num FROM {VERSION_TABLE}"))  # noqa: S608 a constant
    if version is not None and version > HEAD:
        raise SettingsError(
            f"The database holds tables of a newer release of rc-integrations-plugin"
            f" (version {version}; this release knows {HEAD}): install that release"
        )
    return version


def _run_alembic(connection: Connection) -> None:
    from alembic import command  # noqa: PLC0415 not needed, and slow to import, on most start-ups
    from alembic.config import Config  # noqa: PLC0415

    config = Config(attributes={"connection": connection})
    location = str(Path(__file__).parent / "migrations")
    config.set_main_option("script_location", location.replace("%", "%%"))
    command.upgrade(config, "head")
