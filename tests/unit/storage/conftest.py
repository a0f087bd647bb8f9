"""A database with the plugin's tables and no host.

tests/integration/storage runs the same tests on PostgreSQL, with another `address`.
"""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine

from rc_integrations_plugin.storage import schema


@pytest.fixture(scope="session")
def tables(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of a database with the tables: copying it is faster than making them."""
    path = tmp_path_factory.mktemp("tables") / "test.db"
    engine = create_engine(f"sqlite:///{path}")
    schema.upgrade(engine)
    engine.dispose()
    return path


@pytest.fixture
def address(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database, but with the tables if the test asks for `engine`."""
    path = tmp_path / "test.db"
    if "engine" in request.fixturenames:
        shutil.copyfile(request.getfixturevalue("tables"), path)
    return f"sqlite:///{path}"


@pytest.fixture
def empty_engine(address: str) -> Iterator[Engine]:
    engine = create_engine(address)
    yield engine
    engine.dispose()


@pytest.fixture
def engine(empty_engine: Engine) -> Engine:
    assert schema.is_current(empty_engine)
    return empty_engine
