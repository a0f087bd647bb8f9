"""Waking workers through a real Redis, also while it is away."""

import contextlib
import os
import signal
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from redis import Redis
from rq import Queue
from rq.registry import ScheduledJobRegistry
from rq.serializers import JSONSerializer

from rc_integrations_plugin.delivery.rq_wakeup import DELIVER_JOB, QUEUE, Bell, RqWakeUp
from tests.redis_servers import redis_server, running_redis
from tests.workers import await_true

pytestmark = pytest.mark.integration


@pytest.fixture
def redis_url() -> Iterator[str]:
    with running_redis() as url:
        yield url


@pytest.fixture
def queue(redis_url: str) -> Iterator[Queue]:
    with contextlib.closing(Redis.from_url(redis_url)) as connection:
        yield Queue(QUEUE, connection=connection, serializer=JSONSerializer)


@pytest.fixture
def wake_up(redis_url: str) -> Iterator[RqWakeUp]:
    wake_up = RqWakeUp(redis_url)
    yield wake_up
    wake_up.close()


def planned(queue: Queue) -> list[datetime]:
    registry = ScheduledJobRegistry(queue=queue)  # type: ignore[no-untyped-call]
    return [registry.get_scheduled_time(job_id) for job_id in registry.get_job_ids()]


def test_a_ring_queues_the_job(queue: Queue, wake_up: RqWakeUp) -> None:
    wake_up.ring()

    await_true(lambda: queue.count)
    (job,) = queue.jobs
    assert job.func_name == DELIVER_JOB
    assert not job.args


def test_many_rings_queue_one_job(queue: Queue, wake_up: RqWakeUp) -> None:
    for _ in range(100):
        wake_up.ring()
    wake_up.close()

    assert queue.count == 1


def test_a_ring_after_the_job_began_queues_another_one(queue: Queue) -> None:
    bell = Bell(queue.connection)
    bell.ring()

    bell.hush()
    bell.ring()

    assert queue.count == 2


def test_where_no_worker_runs_jobs_do_not_pile_up(queue: Queue) -> None:
    bell = Bell(queue.connection)

    for _ in range(100):
        bell.ring()
        bell.hush()

    assert queue.count == 16


def test_moments_in_the_same_second_make_one_job(queue: Queue, wake_up: RqWakeUp) -> None:
    moment = datetime(2126, 3, 1, 12, 0, 0, 100_000, tzinfo=UTC)

    for tenths in range(5):
        wake_up.ring_at(moment + timedelta(seconds=tenths / 10))
    wake_up.ring_at(moment + timedelta(seconds=5))
    wake_up.close()

    assert sorted(planned(queue)) == [
        datetime(2126, 3, 1, 12, 0, 1, tzinfo=UTC),
        datetime(2126, 3, 1, 12, 0, 6, tzinfo=UTC),
    ]


def test_what_was_told_while_redis_was_away_is_told_later() -> None:
    with redis_server() as server:
        server.kill()
        wake_up = RqWakeUp(server.url)
        wake_up.ring()
        wake_up.ring_at(datetime.now(UTC) + timedelta(hours=1))
        time.sleep(0.3)

        server.start()
        with contextlib.closing(Redis.from_url(server.url)) as connection:
            queue = Queue(QUEUE, connection=connection, serializer=JSONSerializer)
            await_true(lambda: queue.count == 1 and len(planned(queue)) == 1)
            wake_up.close()


def test_ringing_takes_no_time_where_redis_never_answers(redis_url: str, queue: Queue) -> None:
    process_id = queue.connection.info("server")["process_id"]
    wake_up = RqWakeUp(redis_url)
    os.kill(process_id, signal.SIGSTOP)
    try:
        started = time.monotonic()
        for _ in range(1000):
            wake_up.ring()
            wake_up.ring_at(datetime.now(UTC) + timedelta(hours=1))
        took = time.monotonic() - started
    finally:
        os.kill(process_id, signal.SIGCONT)
    wake_up.close()

    assert took < 1.5  # one answer is waited for longer
    assert queue.count == 1


def test_a_forked_process_rings_by_itself(queue: Queue, wake_up: RqWakeUp) -> None:
    wake_up.ring()
    await_true(lambda: queue.count)
    queue.empty()  # type: ignore[no-untyped-call]
    Bell(queue.connection).hush()

    child = os.fork()
    if child == 0:
        wake_up.ring()
        wake_up.close()
        os._exit(0)
    _, status = os.waitpid(child, 0)

    assert status == 0
    assert queue.count == 1


def test_nothing_is_started_before_the_first_ring() -> None:
    wake_up = RqWakeUp("unix:///nowhere")

    assert wake_up._thread is None

    wake_up.close()
