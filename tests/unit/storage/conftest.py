"""A database with the plugin's tables and no host.

tests/integration/storage runs the same tests on PostgreSQL, with another `address`.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine

from rc_integrations_plugin.storage import schema


@pytest.fixture
def address(tmp_path: Path) -> str:
    """An empty database."""
    return f"sqlite:///{tmp_path / 'test.db'}"


@pytest.fixture
def empty_engine(address: str) -> Iterator[Engine]:
    engine = create_engine(address)
    yield engine
    engine.dispose()


@pytest.fixture
def engine(empty_engine: Engine) -> Engine:
    schema.upgrade(empty_engine)
    return empty_engine
