"""`flask integrations worker` delivers: real Redis, real receiver, processes of their own."""

import contextlib
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import psutil
import pytest
from redis import Redis
from rq import Queue
from rq.registry import ScheduledJobRegistry
from rq.serializers import JSONSerializer

from rc_integrations_plugin.delivery.rq_wakeup import QUEUE
from tests.arena import Arena
from tests.factories import make_outgoing
from tests.receivers import Answer, Receiver, receiver
from tests.redis_servers import RedisServer, redis_server
from tests.workers import await_true

pytestmark = pytest.mark.integration


@pytest.fixture
def redis() -> Iterator[RedisServer]:
    with redis_server() as server:
        yield server


@pytest.fixture
def hook() -> Iterator[Receiver]:
    with receiver() as running:
        yield running


@pytest.fixture
def arena(tmp_path: Path, redis: RedisServer, hook: Receiver) -> Iterator[Arena]:
    database = f"sqlite:///{tmp_path / 'chat.db'}"
    arena = Arena(tmp_path, database=database, redis_url=redis.url, receiver=hook)
    yield arena
    arena.close()


@pytest.fixture
def queue(redis: RedisServer) -> Iterator[Queue]:
    with contextlib.closing(Redis.from_url(redis.url)) as connection:
        yield Queue(QUEUE, connection=connection, serializer=JSONSerializer)


def test_a_message_is_delivered_and_the_answer_is_in_the_room(arena: Arena) -> None:
    arena.receiver.answers["/hook"] = Answer(
        headers=(("Content-Type", "application/json"),), body=b'{"text": "well received"}'
    )

    with arena.worker():
        arena.send_message()
        arena.assert_all_delivered()

    assert arena.texts() == ["hello", "well received"]
    assert arena.statuses == {200}


def test_nothing_is_left_in_redis(arena: Arena, queue: Queue) -> None:
    with arena.worker():
        arena.send_messages(5)
        arena.assert_all_delivered()
        await_true(lambda: queue.count == 0 and not queue.started_job_registry.get_job_ids())

        assert queue.failed_job_registry.count == 0
        assert queue.finished_job_registry.count == 0


def test_a_retry_after_seconds_is_woken_by_rq(arena: Arena, queue: Queue, hook: Receiver) -> None:
    failing = make_outgoing(
        urls=(f"{hook.url}/fails",),
        user_id=arena.integration.user_id,
        retry_failed_calls=True,
        retry_delay="powers-of-two",
        retry_count=1,
    )
    arena.services.integrations.add(failing)
    hook.answers["/fails"] = Answer(status=503)
    registry = ScheduledJobRegistry(queue=queue)  # type: ignore[no-untyped-call]

    with arena.worker():
        arena.send_message()
        await_true(lambda: any("-deliver-" in job_id for job_id in registry.get_job_ids()))
        await_true(lambda: sum(one.path == "/fails" for one in hook.received) == 2)


def test_several_processes_of_one_command_share_the_work(arena: Arena) -> None:
    arena.receiver.answers["/hook"] = Answer(delay_seconds=0.1)

    with arena.worker("--workers", "2") as pool:
        await_true(lambda: arena.workers() == 2)
        arena.open_deliveries(100)
        arena.assert_all_delivered()
        family = psutil.Process(pool.process.pid).children(recursive=True)
        status = pool.stop()

    assert status == 0
    await_true(lambda: not any(psutil.pid_exists(one.pid) for one in family))


def test_a_process_of_a_pool_that_was_killed_is_replaced(arena: Arena) -> None:
    with arena.worker("--workers", "2") as pool:
        await_true(lambda: arena.workers() == 2)
        first = psutil.Process(pool.process.pid).children()[0]
        first.kill()
        await_true(lambda: arena.workers() == 3)  # one of them is dead
        arena.open_deliveries(20)

        arena.assert_all_delivered()


def test_sigterm_leaves_calls_that_hang_to_other_workers(arena: Arena) -> None:
    arena.receiver.answers["/hook"] = Answer(delay_seconds=60)
    with arena.worker() as worker:
        arena.open_deliveries(3)
        arena.await_delivered(3)
        started = time.monotonic()
        status = worker.stop()
        took = time.monotonic() - started

    assert status == 0
    assert took < 20
    assert arena.services.deliveries.has_due(datetime.now(UTC))


def test_an_empty_redis_knows_the_worker_again(
    arena: Arena, redis: RedisServer, queue: Queue
) -> None:
    registry = ScheduledJobRegistry(queue=queue)  # type: ignore[no-untyped-call]
    with arena.worker() as worker:
        await_true(registry.get_job_ids)
        redis.kill()
        redis.start(empty=True)

        await_true(lambda: arena.workers() == 1)
        await_true(lambda: queue.connection.exists(f"rq:scheduler-lock:{QUEUE}"))
        await_true(registry.get_job_ids)
        assert worker.process.poll() is None
        assert worker.stop() == 0


def test_sigterm_ends_a_worker_without_redis(arena: Arena, redis: RedisServer) -> None:
    with arena.worker() as worker:
        redis.kill()
        time.sleep(0.5)

        assert worker.stop() == 0
    redis.start()
