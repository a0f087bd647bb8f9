"""`flask integrations worker` as a process of its own, for tests."""

import contextlib
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import psutil
from redis import Redis

from rc_integrations_plugin.scripting.orders import SCRIPT_QUEUE


@dataclass
class Worker:
    """A worker and what it logged."""

    process: "subprocess.Popen[bytes]"
    log: Path

    def stop(self) -> int:
        """Ask it to stop, as a service manager does, and return its exit status."""
        self.process.terminate()
        return self.process.wait(timeout=20)

    def kill(self) -> None:
        """End it at once, with what it started: RQ's scheduler would live on."""
        family = psutil.Process(self.process.pid).children(recursive=True)
        self.process.kill()
        self.process.wait()
        for child in family:
            with contextlib.suppress(psutil.NoSuchProcess):
                child.kill()


@contextlib.contextmanager
def running_worker(folder: Path, redis_url: str, settings: Mapping[str, str]) -> Iterator[Worker]:
    """Start a worker with a database of its own, and wait until it takes scripts."""
    environment = os.environ | {
        "FLASK_SQLALCHEMY_DATABASE_URI": f"sqlite:///{folder}/worker.db",
        "FLASK_RC_INTEGRATIONS_REDIS_URL": redis_url,
        **{f"FLASK_RC_INTEGRATIONS_{name}": value for name, value in settings.items()},
    }
    command = [sys.executable, "-m", "flask", "--app", "host_stub.app", "integrations", "worker"]
    log = folder / "worker.log"
    with (
        log.open("wb") as output,
        contextlib.closing(Redis.from_url(redis_url)) as connection,
    ):
        before = workers_of_scripts(connection)
        process = subprocess.Popen(command, env=environment, stdout=output, stderr=output)
        try:
            await_true(lambda: workers_of_scripts(connection) > before)
            yield Worker(process, log)
        finally:
            process.terminate()
            process.wait(timeout=20)


def workers_of_scripts(connection: Redis) -> int:
    """Return how many workers take scripts."""
    return int(connection.scard(f"rq:workers:{SCRIPT_QUEUE}"))


def await_true(condition: Callable[[], object], *, seconds: float = 30) -> None:
    """Return when something has come true."""
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, "it did not happen in time"
        time.sleep(0.02)
