"""The database of tests/unit/storage, on PostgreSQL."""

import pytest
from sqlalchemy import create_engine

from rc_integrations_plugin.storage import schema
from tests.postgresql import new_database
from tests.unit.storage.conftest import empty_engine, engine

__all__ = ["empty_engine", "engine"]


@pytest.fixture(scope="session")
def tables(postgresql: str) -> str:
    """A database with the tables: copying it is faster than making them."""
    address = new_database(postgresql)
    engine = create_engine(address)
    schema.upgrade(engine)
    engine.dispose()
    return address


@pytest.fixture
def address(request: pytest.FixtureRequest, postgresql: str) -> str:
    """An empty database, but with the tables if the test asks for `engine`."""
    if "engine" in request.fixturenames:
        return new_database(postgresql, like=request.getfixturevalue("tables"))
    return new_database(postgresql)
