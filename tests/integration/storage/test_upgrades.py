"""Servers of several processes that start together bring the tables up to date once."""

import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import create_engine

from tests.unit.storage.test_schema import differences

pytestmark = pytest.mark.integration

UPGRADE = """
import sys
from sqlalchemy import create_engine, event
from rc_integrations_plugin.storage import schema

engine = create_engine(sys.argv[1])
if sys.argv[2] == "host begins":
    # docs: SQLAlchemy's recipe for serializable transactions on SQLite
    event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN"))
sys.stdin.readline()
schema.upgrade(engine)
"""


def upgrade_in_processes(address: str, mode: str) -> list[bytes]:
    """Return what each of some processes complained about that started at once."""
    programs = [
        subprocess.Popen(
            [sys.executable, "-c", UPGRADE, address, mode],
            stdin=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        for _ in range(4)
    ]
    for program in programs:
        assert program.stdin is not None
        program.stdin.write(b"go\n")
        program.stdin.flush()
    return [program.communicate(timeout=60)[1] for program in programs]


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_many_processes_may_upgrade_at_once(
    database: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    address = f"sqlite:///{tmp_path / 'test.db'}"
    if database == "postgresql":
        address = request.getfixturevalue("address")

    complaints = upgrade_in_processes(address, "driver begins")

    assert complaints == [b"", b"", b"", b""]
    engine = create_engine(address)
    assert differences(engine) == []
    engine.dispose()


def test_many_processes_may_upgrade_where_the_host_begins_transactions(tmp_path: Path) -> None:
    address = f"sqlite:///{tmp_path / 'test.db'}"

    complaints = upgrade_in_processes(address, "host begins")

    assert complaints == [b"", b"", b"", b""]
    engine = create_engine(address)
    assert differences(engine) == []
    engine.dispose()
