"""A web process is killed in the middle of sending messages, again and again.

After each time, what is to be delivered is what was committed: nothing more, nothing less.
"""

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import pytest
from sqlalchemy import Engine, create_engine, text

from rc_integrations_plugin.storage.integrations import IntegrationStore
from tests.factories import make_outgoing
from tests.listening import stored_deliveries
from tests.postgresql import new_database

pytestmark = pytest.mark.integration

KILLS = 12
URLS = ("https://a.test", "https://b.test")
BETWEEN = 1


@pytest.fixture(params=["sqlite", "postgresql"])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "postgresql":
        return new_database(request.getfixturevalue("postgresql"))
    return f"sqlite:///{tmp_path / 'chat.db'}"


@contextmanager
def running_writer(address: str, folder: Path) -> Iterator["Writer"]:
    config = {
        "SQLALCHEMY_DATABASE_URI": address,
        "RC_INTEGRATIONS_REDIS_URL": f"unix://{folder / 'no-redis'}",
        "state": str(folder / "state"),
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.killed_writer"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(json.dumps(config) + "\n")
    process.stdin.flush()
    writer = Writer(process.stdin, process.stdout, folder / "state")
    try:
        yield writer
    finally:
        _, errors = process.communicate(timeout=30)
    assert process.returncode == 0, errors


class Writer:
    """Starts web processes that write, and kills them."""

    def __init__(self, stdin: IO[str], stdout: IO[str], state: Path) -> None:
        self._stdin = stdin
        self._stdout = stdout
        self._state = state

    def let_write_and_kill(self, engine: Engine, *, after: float) -> bytes:
        """Return what the threads were at when the process was killed."""
        before = count_messages(engine)
        self._stdin.write("go\n")
        self._stdin.flush()
        server = int(self._stdout.readline())
        try:
            wait_until_more(engine, than=before)
            time.sleep(after)
        finally:
            os.kill(server, signal.SIGKILL)
            assert self._stdout.readline() == "dead\n"
        return self._state.read_bytes()


def wait_until_more(engine: Engine, *, than: int) -> None:
    deadline = time.monotonic() + 20
    while count_messages(engine) <= than:
        assert time.monotonic() < deadline, "nothing was written"
        time.sleep(0.01)


def count_messages(engine: Engine) -> int:
    with engine.connect() as connection:
        # the server makes its tables as it starts
        return connection.scalar(text("SELECT count(*) FROM messages")) or 0


def assert_delivered_set_is_committed_set(engine: Engine) -> int:
    """Return how many messages there are."""
    deadline = time.monotonic() + 20
    # a commit that PostgreSQL was told of just before may still be under way
    while (found := compare(engine)) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not found
    return count_messages(engine)


def compare(engine: Engine) -> Counter[tuple[str, str]]:
    """Return what is missing or too much."""
    opened = Counter((one.data["message_id"], one.url) for one in stored_deliveries(engine))
    with engine.connect() as connection:
        ids = list(connection.scalars(text("SELECT id FROM messages")))
    wanted = Counter((message_id, url) for message_id in ids for url in URLS)
    return (opened - wanted) + (wanted - opened)


def test_a_killed_web_process_loses_no_delivery_and_makes_none_up(
    address: str, tmp_path: Path
) -> None:
    engine = create_engine(address)
    killed_between = 0
    messages = []
    with running_writer(address, tmp_path) as writer:
        wait_for_tables(engine)
        IntegrationStore(engine).add(make_outgoing(urls=URLS))
        for _ in range(KILLS):
            state = writer.let_write_and_kill(engine, after=random.uniform(0, 0.1))  # noqa: S311
            killed_between += BETWEEN in state
            messages.append(assert_delivered_set_is_committed_set(engine))
    engine.dispose()

    assert messages == sorted(set(messages))
    assert killed_between > 0


def wait_for_tables(engine: Engine) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        with engine.connect() as connection:
            if engine.dialect.has_table(connection, "rc_integration_changes"):
                found = connection.scalar(text("SELECT count(*) FROM rc_integration_changes"))
                if found:
                    return
        time.sleep(0.05)
    pytest.fail("the server did not start")
