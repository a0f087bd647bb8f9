"""The worker process: RQ's `SimpleWorker`, which outlives Redis, with our threads beside it."""

import logging
import time
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from types import FrameType
from typing import Any

from flask import Flask, current_app
from redis import Redis
from redis.client import Pipeline
from redis.exceptions import RedisError
from rq import Queue, SimpleWorker
from rq.exceptions import DuplicateJobError, StopRequested

from rc_integrations_plugin.delivery.rq_wakeup import QUEUE, connect_redis
from rc_integrations_plugin.outgoing.dispatch import current_dispatcher
from rc_integrations_plugin.script_worker import script_thread
from rc_integrations_plugin.sweep import sweep_thread

PRUNE_JOB = "rc_integrations_plugin.jobs.prune_history"
PRUNE_HOUR = 3
"""In UTC."""

_RESULT_SECONDS = 3600
_FAILURE_SECONDS = 7 * 24 * 3600
_LOOK_SECONDS = 5
"""How often a worker without jobs looks whether all is well with itself."""
_MAINTENANCE_SECONDS = 60
"""How long at most nothing planned is begun, if the worker that began it is killed."""
_RESTART_SECONDS = 0.5
logger = logging.getLogger(__name__)


def connect_worker(redis_url: str) -> Redis:
    """Return the client of a worker, which waits in Redis for jobs."""
    return connect_redis(redis_url, answer_seconds=_LOOK_SECONDS + 5)


class IntegrationsWorker(SimpleWorker):
    """Runs the jobs in its own process, so that scripts and connections live on between them.

    RQ's own worker ends when Redis is away at the wrong moment, and where Redis was started empty
    it goes on unregistered, without its scheduler. This one starts anew in such cases.
    """

    dequeue_timeout = _LOOK_SECONDS
    max_connection_wait_time = 1.0
    stopped_by_signal = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"maintenance_interval": _MAINTENANCE_SECONDS} | kwargs)
        # RQ's several lines for each job, and there may be one for each message, drown all others
        self.log = logging.getLogger("rq.worker.integrations")

    def work(self, *args: Any, **kwargs: Any) -> bool:
        """Do jobs until a signal says to stop, and in threads what else a worker does."""
        app: Flask = current_app._get_current_object()  # type: ignore[attr-defined] # noqa: SLF001
        with script_thread(app), sweep_thread(app):
            self._install_signal_handlers()  # type: ignore[no-untyped-call]
            while not self.stopped_by_signal:
                with suppress(StopRequested):
                    self._work_once(*args, **kwargs)
        return True

    def _work_once(self, *args: Any, **kwargs: Any) -> None:
        """Do jobs until Redis goes away."""
        self.last_cleaned_at = None  # what is planned daily may be lost
        try:
            super().work(*args, **kwargs)
        except RedisError as error:
            logger.warning("Redis is away: %s", error)
        if not self.stopped_by_signal:
            time.sleep(_RESTART_SECONDS)  # noqa: TID251 - a signal ends it

    def bootstrap(self, *args: Any, **kwargs: Any) -> None:
        """Register, and fall silent."""
        self.log.setLevel(logging.INFO)
        self.connection.delete(self.key)  # our own, left from before Redis went away
        super().bootstrap(*args, **kwargs)
        self.log.setLevel(logging.WARNING)

    def heartbeat(self, timeout: int | None = None, pipeline: "Pipeline | None" = None) -> None:
        """Tell that the worker lives, and see that it is known and its scheduler runs.

        Raises:
            StopRequested: it is not; `work` begins anew.
        """
        super().heartbeat(timeout, pipeline)
        if pipeline is not None:
            return
        if not self.connection.hexists(self.key, "birth") or self._has_lost_scheduler():
            raise StopRequested

    def _has_lost_scheduler(self) -> bool:
        """Return whether its process ended, as it does while Redis is away."""
        # RQ has no types for it
        process: Any = None if self.scheduler is None else self.scheduler._process  # noqa: SLF001
        return process is not None and not process.is_alive() and not self._stop_requested

    def run_maintenance_tasks(self) -> None:
        """Do what RQ does at the start and now and then, and plan the daily job."""
        super().run_maintenance_tasks()  # type: ignore[no-untyped-call]
        plan_pruning(self.queues[0], now=datetime.now(UTC))

    def request_stop(self, signum: int, frame: FrameType | None) -> None:
        """Let the job at hand come to an end, then stop."""
        self.stopped_by_signal = True
        current_dispatcher().stop()
        super().request_stop(signum, frame)  # type: ignore[no-untyped-call]

    def set_shutdown_requested_date(self) -> None:
        """Tell Redis, if it is there: this runs in the middle of a job."""
        with suppress(RedisError):
            super().set_shutdown_requested_date()  # type: ignore[no-untyped-call]

    def teardown(self) -> None:
        """Say goodbye, and leave no thread behind if Redis does not hear it."""
        try:
            super().teardown()  # type: ignore[no-untyped-call]
        finally:
            pubsub_thread: Any = self.pubsub_thread
            if pubsub_thread is not None:
                pubsub_thread.stop()


def plan_pruning(queue: Queue, *, now: datetime) -> None:
    """Plan the next daily run of `prune_history`, unless that is planned already.

    The day in the job's id makes it one job, however many workers plan it.
    """
    due = now.replace(hour=PRUNE_HOUR, minute=0, second=0, microsecond=0)
    if due <= now:
        due += timedelta(days=1)
    with suppress(DuplicateJobError):
        queue.enqueue_at(
            due,
            PRUNE_JOB,
            job_id=f"{QUEUE}-prune-history-{due:%Y-%m-%d}",
            unique=True,
            result_ttl=_RESULT_SECONDS,
            failure_ttl=_FAILURE_SECONDS,
        )
