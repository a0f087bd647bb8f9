"""`flask integrations ...`: commands for whoever runs the server."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from types import FrameType
from typing import Any

import click
from flask import current_app
from flask.cli import AppGroup
from redis import Redis
from redis.exceptions import RedisError
from rq import Queue, SimpleWorker
from rq.exceptions import DuplicateJobError
from rq.serializers import JSONSerializer

from rc_integrations_plugin.script_commands import script
from rc_integrations_plugin.script_worker import script_thread
from rc_integrations_plugin.services import current_services

QUEUE = "rc-integrations"
PRUNE_JOB = "rc_integrations_plugin.jobs.prune_history"
PRUNE_HOUR = 3
"""In UTC."""

_RESULT_SECONDS = 3600
_FAILURE_SECONDS = 7 * 24 * 3600

integrations = AppGroup("integrations", help="Incoming and outgoing integrations.")
integrations.add_command(script)


class IntegrationsWorker(SimpleWorker):
    """Runs the jobs in its own process, so that scripts and connections live on between them."""

    stopped_by_signal = False

    def work(self, *args: Any, **kwargs: Any) -> bool:
        """Do jobs until a signal says to stop, and in a thread those of scripts."""
        app = current_app._get_current_object()  # type: ignore[attr-defined] # noqa: SLF001
        with script_thread(app):
            return super().work(*args, **kwargs)

    def run_maintenance_tasks(self) -> None:
        """Do what RQ does at the start and every ten minutes, and plan the daily job."""
        super().run_maintenance_tasks()  # type: ignore[no-untyped-call]
        plan_pruning(self.queues[0], now=datetime.now(UTC))

    def request_stop(self, signum: int, frame: FrameType | None) -> None:
        """Finish the job at hand, then stop."""
        self.stopped_by_signal = True
        super().request_stop(signum, frame)  # type: ignore[no-untyped-call]


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


@integrations.command()
def worker() -> None:
    """Run the background jobs until SIGTERM or Ctrl-C.

    Exit status 1 says that it ended for another reason, such as Redis being unreachable.
    """
    # JSON instead of RQ's pickle: who can write into Redis must not get to run code here
    connection = Redis.from_url(current_services().settings.redis_url)
    try:
        connection.ping()
    except RedisError as error:
        raise click.ClickException(f"Redis cannot be reached: {error}") from error
    queue = Queue(QUEUE, connection=connection, serializer=JSONSerializer)
    running = IntegrationsWorker([queue], connection=connection, serializer=JSONSerializer)
    running.work(with_scheduler=True)
    if not running.stopped_by_signal:
        raise click.ClickException("The worker ended by itself; its log says why")
