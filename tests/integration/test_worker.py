"""`flask integrations worker`, as a process of its own with a real Redis."""

import contextlib
import importlib
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from redis import Redis
from redis.exceptions import ConnectionError as RedisUnreachable
from rq import Queue
from rq.registry import ScheduledJobRegistry
from rq.serializers import JSONSerializer

from host_stub.demo.servers import redis_command
from rc_integrations_plugin.delivery.rq_wakeup import QUEUE
from rc_integrations_plugin.services import Services
from rc_integrations_plugin.worker import PRUNE_JOB, plan_pruning
from tests.factories import make_call

pytestmark = pytest.mark.integration

Work = Callable[[], "subprocess.Popen[str]"]


@pytest.fixture
def redis_socket(tmp_path: Path) -> Iterator[Path]:
    path = tmp_path / "r"
    with subprocess.Popen(redis_command(path, tmp_path), stdout=subprocess.DEVNULL) as process:
        await_true(path.exists)
        yield path
        process.terminate()


@pytest.fixture
def queue(redis_socket: Path) -> Iterator[Queue]:
    with contextlib.closing(Redis(unix_socket_path=str(redis_socket))) as connection:
        await_true(lambda: answers(connection))
        yield Queue(QUEUE, connection=connection, serializer=JSONSerializer)


@pytest.fixture
def work(app: Flask, redis_socket: Path) -> Iterator[Work]:
    """Starts workers on the database of `app`."""
    environment = os.environ | {
        "FLASK_SQLALCHEMY_DATABASE_URI": app.config["SQLALCHEMY_DATABASE_URI"],
        "FLASK_RC_INTEGRATIONS_REDIS_URL": f"unix://{redis_socket}",
    }
    started = []

    def start() -> "subprocess.Popen[str]":
        process = subprocess.Popen(
            [sys.executable, "-m", "flask", "--app", "host_stub.app", "integrations", "worker"],
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        return process

    yield start
    for process in started:
        process.terminate()
        process.communicate(timeout=10)


def await_true(condition: Callable[[], object], *, seconds: float = 15) -> None:
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, "it did not happen in time"
        time.sleep(0.02)


def answers(connection: Redis) -> bool:
    try:
        return bool(connection.ping())
    except RedisUnreachable:
        return False


def plans(queue: Queue) -> dict[str, datetime]:
    """Return the ids of the jobs that are planned, and when they run."""
    registry = ScheduledJobRegistry(queue=queue)  # type: ignore[no-untyped-call]
    return {job_id: registry.get_scheduled_time(job_id) for job_id in registry.get_job_ids()}


def test_the_name_of_the_job_is_that_of_a_function() -> None:
    module, _, name = PRUNE_JOB.rpartition(".")

    assert callable(getattr(importlib.import_module(module), name))


def test_the_worker_prunes_the_history(queue: Queue, work: Work, services: Services) -> None:
    long_ago = datetime.now(UTC) - timedelta(days=services.settings.history_days + 1)
    services.calls.add(make_call(id="old", integration_id="i", called_at=long_ago))
    services.calls.add(make_call(id="new", integration_id="i", called_at=datetime.now(UTC)))

    work()
    job = queue.enqueue(PRUNE_JOB)
    await_true(lambda: job.is_finished)

    assert job.return_value() == 1


def test_several_workers_plan_one_daily_run(queue: Queue, work: Work) -> None:
    for _ in range(2):
        work()
    registered = f"rq:workers:{QUEUE}"
    await_true(lambda: queue.connection.scard(registered) == 2 and plans(queue))
    time.sleep(0.5)

    assert len(plans(queue)) == 1


def test_the_daily_run_is_planned_once_a_day(queue: Queue) -> None:
    evening = datetime(2026, 3, 1, 22, 15, tzinfo=UTC)

    for now in (evening, evening + timedelta(hours=2), evening + timedelta(hours=6)):
        plan_pruning(queue, now=now)

    assert sorted(plans(queue).values()) == [
        datetime(2026, 3, 2, 3, tzinfo=UTC),
        datetime(2026, 3, 3, 3, tzinfo=UTC),
    ]


def test_sigterm_ends_the_worker_cleanly(queue: Queue, work: Work) -> None:
    worker = work()
    await_true(lambda: plans(queue))

    worker.terminate()
    _, errors = worker.communicate(timeout=10)

    assert worker.returncode == 0
    assert "Traceback" not in errors
    assert queue.connection.scard("rq:workers") == 0


def test_an_unreachable_redis_is_named_in_one_line(work: Work, redis_socket: Path) -> None:
    redis_socket.unlink()

    _, errors = work().communicate(timeout=20)

    assert errors.startswith("Error: Redis cannot be reached: ")
    assert errors.count("\n") == 1
