"""Workers, Redis and the database are killed in the middle of it, at random times.

After each: what was committed is delivered, nothing is missing, repeats carry the same id.
"""

import os
import random
import signal
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from tests.arena import Arena, wait
from tests.postgresql import new_database, postgresql_server
from tests.receivers import Receiver, receiver
from tests.redis_servers import RedisServer, redis_server

pytestmark = pytest.mark.integration

AWAY_SECONDS = float(os.environ.get("RC_TEST_REDIS_AWAY_SECONDS", "3"))
LOCKED_SECONDS = 3
CHANCE = random.Random()  # noqa: S311 guards nothing


@pytest.fixture
def redis() -> Iterator[RedisServer]:
    with redis_server() as server:
        yield server


@pytest.fixture
def hook() -> Iterator[Receiver]:
    with receiver() as running:
        yield running


@pytest.fixture(params=["sqlite", "postgresql"])
def arena(
    request: pytest.FixtureRequest, tmp_path: Path, redis: RedisServer, hook: Receiver
) -> Iterator[Arena]:
    database = f"sqlite:///{tmp_path / 'chat.db'}"
    if request.param == "postgresql":
        database = new_database(request.getfixturevalue("postgresql"))
    arena = Arena(tmp_path, database=database, redis_url=redis.url, receiver=hook)
    yield arena
    arena.close()


@contextmanager
def sending(arena: Arena) -> Iterator[None]:
    """Send messages all the time."""
    ending = threading.Event()

    def send() -> None:
        while not ending.wait(0.02):
            arena.send_message()

    thread = threading.Thread(target=send)
    thread.start()
    try:
        yield
    finally:
        ending.set()
        thread.join()


def test_a_worker_is_killed_in_the_middle_of_a_batch(arena: Arena) -> None:
    arena.open_deliveries(500)

    with arena.worker() as worker:
        arena.await_delivered(CHANCE.randint(1, 300))
        worker.kill()
    assert arena.services.deliveries.next_due() is not None
    with arena.worker():
        arena.assert_all_delivered()


def test_one_of_two_workers_is_killed(arena: Arena) -> None:
    arena.open_deliveries(300)

    with arena.worker() as first, arena.worker():
        arena.await_delivered(CHANCE.randint(1, 200))
        first.kill()
        arena.assert_all_delivered()


def test_redis_is_killed_and_starts_empty(arena: Arena, redis: RedisServer) -> None:
    with arena.worker() as worker:
        with sending(arena):
            arena.await_delivered(CHANCE.randint(1, 30))
            redis.kill()
            wait(CHANCE.uniform(0, 1))
            redis.start(empty=True)
            arena.await_delivered(len(arena.receiver.received) + 30)
        arena.assert_all_delivered()

        assert worker.process.poll() is None
    assert arena.statuses == {200}


def test_redis_is_away_for_a_while(arena: Arena, redis: RedisServer) -> None:
    with arena.worker() as worker:
        with sending(arena):
            arena.await_delivered(CHANCE.randint(1, 30))
            redis.kill()
            wait(AWAY_SECONDS)
            redis.start()
            arena.await_delivered(len(arena.receiver.received) + 30)
        arena.assert_all_delivered()

        assert worker.process.poll() is None
    assert arena.statuses == {200}


def test_calls_are_made_while_redis_is_away(arena: Arena, redis: RedisServer) -> None:
    with arena.worker():
        redis.kill()
        arena.send_messages(5)

        arena.assert_all_delivered()
        redis.start()
    assert arena.statuses == {200}


@pytest.mark.parametrize("arena", ["sqlite"], indirect=True)
def test_the_database_is_locked_for_seconds(arena: Arena, tmp_path: Path) -> None:
    arena.open_deliveries(300)

    with arena.worker() as worker:
        arena.await_delivered(CHANCE.randint(1, 150))
        with closing(sqlite3.connect(tmp_path / "chat.db", timeout=20)) as locking:
            locking.execute("BEGIN EXCLUSIVE")
            sender = threading.Thread(target=arena.send_messages, args=(3,))
            sender.start()
            wait(LOCKED_SECONDS)
            locking.rollback()
        sender.join()
        arena.assert_all_delivered()

        assert worker.process.poll() is None
    assert arena.statuses == {200}


def test_postgresql_is_restarted(tmp_path: Path, redis: RedisServer, hook: Receiver) -> None:
    with postgresql_server() as server:
        arena = Arena(tmp_path, database=server.address, redis_url=redis.url, receiver=hook)
        arena.open_deliveries(300)

        with arena.worker() as worker:
            arena.await_delivered(CHANCE.randint(1, 150))
            server.restart(signal.SIGQUIT)
            arena.await_delivered(CHANCE.randint(150, 290))
            server.restart(signal.SIGINT)
            arena.assert_all_delivered()

            assert worker.process.poll() is None
        arena.close()
