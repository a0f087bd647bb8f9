"""The database of tests/unit/storage, on PostgreSQL."""

import pytest

from tests.postgresql import new_database
from tests.unit.storage.conftest import empty_engine, engine

__all__ = ["empty_engine", "engine"]


@pytest.fixture
def address(postgresql: str) -> str:
    """An empty database."""
    return new_database(postgresql)
