"""The thread of a worker that takes scripts' jobs, so that no other job makes a sender wait."""

import contextlib
import logging
import threading
from collections.abc import Iterator

from flask import Flask
from redis import Redis
from redis.exceptions import RedisError
from rq import Queue, SimpleWorker
from rq.exceptions import StopRequested
from rq.job import Job
from rq.serializers import JSONSerializer
from rq.timeouts import TimerDeathPenalty

from rc_integrations_plugin.scripting.orders import SCRIPT_QUEUE
from rc_integrations_plugin.services import EXTENSION, Services

_RESTART_SECONDS = 1.0
_END_SECONDS = 5.0
logger = logging.getLogger(__name__)


class ScriptWorker(SimpleWorker):
    """RQ's worker, in a thread that is not the main one.

    Its jobs only start scripts, each in a thread of its own, and return.
    """

    # the usual one takes a signal, which only the main thread can have
    death_penalty_class = TimerDeathPenalty
    max_connection_wait_time = 1.0
    dequeue_timeout = 1

    def __init__(self, queue: Queue) -> None:
        super().__init__([queue], connection=queue.connection, serializer=queue.serializer)
        # RQ's several lines for each job, which is a call of a hook here, would drown all others
        self.log = logging.getLogger("rq.worker.scripts")
        self.log.setLevel(logging.WARNING)

    def request_end(self) -> None:
        """Stop within a second or two; the job at hand is done first."""
        self._stop_requested = True

    def dequeue_job_and_maintain_ttl(
        self,
        timeout: int | None,
        max_idle_time: int | None = None,  # noqa: ARG002 - RQ passes it
    ) -> tuple[Job, Queue] | None:
        """Wait for a job, and look each second whether to stop: no signal interrupts a thread."""
        while not self._stop_requested:
            found = super().dequeue_job_and_maintain_ttl(timeout, max_idle_time=1)
            if found is not None:
                return found
        raise StopRequested

    def _install_signal_handlers(self) -> None:
        """Leave signals to the main thread."""


@contextlib.contextmanager
def script_thread(app: Flask) -> Iterator[None]:
    """Take scripts' jobs in a thread; at the end, let those that run come to theirs."""
    services: Services = app.extensions[EXTENSION]
    thread = _ScriptThread(app, services.settings.redis_url)
    thread.start()
    try:
        yield
    finally:
        thread.end()
        services.order_server.close()


class _ScriptThread(threading.Thread):
    def __init__(self, app: Flask, redis_url: str) -> None:
        super().__init__(name="rc-integrations-scripts", daemon=True)
        self._app = app
        self._redis_url = redis_url
        self._ending = threading.Event()
        self._worker: ScriptWorker | None = None

    def end(self) -> None:
        self._ending.set()
        if self._worker is not None:
            self._worker.request_end()
        # while Redis is away, RQ does not look whether to stop
        self.join(_END_SECONDS)

    def run(self) -> None:
        with (
            self._app.app_context(),
            contextlib.closing(Redis.from_url(self._redis_url)) as connection,
        ):
            while not self._ending.is_set():
                self._work(connection)
                # RQ ends a worker when Redis does not answer in time, for example
                self._ending.wait(_RESTART_SECONDS)

    def _work(self, connection: Redis) -> None:
        queue = Queue(SCRIPT_QUEUE, connection=connection, serializer=JSONSerializer)
        try:
            self._worker = ScriptWorker(queue)
            if not self._ending.is_set():
                self._worker.work()
        except RedisError as error:
            logger.warning("Redis is away, no scripts are run for web processes: %s", error)
        except Exception:
            # this thread is all that runs scripts here, so it goes on
            logger.exception("The worker for scripts failed and is started again")
