"""`flask integrations ...`: commands for whoever runs the server."""

from importlib import import_module

import click
from flask import current_app
from flask.cli import AppGroup
from flask_sqlalchemy import SQLAlchemy
from redis import Redis
from redis.exceptions import RedisError
from rq import Queue
from rq.serializers import JSONSerializer
from rq.worker_pool import WorkerPool

from rc_integrations_plugin import jobs
from rc_integrations_plugin.commands import (
    changes,
    database,
    describing,
    doctor,
    importing,
    reading,
    recovery,
    renewing,
    saving,
    script_versions,
    switching,
    testing,
    watching,
)
from rc_integrations_plugin.commands.acting import clear_errors
from rc_integrations_plugin.commands.output import counted, print_json
from rc_integrations_plugin.delivery.rq_wakeup import QUEUE
from rc_integrations_plugin.script_commands import script
from rc_integrations_plugin.services import current_services
from rc_integrations_plugin.worker import IntegrationsWorker, connect_worker

integrations = AppGroup("integrations", help="Incoming and outgoing integrations.")
for _command in (
    script,
    reading.list_command,
    reading.show,
    reading.history,
    changes.changes,
    switching.enable,
    switching.disable,
    switching.remove,
    renewing.renew_token,
    recovery.replay,
    recovery.recover,
    database.db,
    doctor.doctor,
    describing.export,
    describing.plan,
    describing.apply,
    importing.import_rocketchat,
    saving.create,
    saving.update,
    watching.explain,
    testing.test,
    watching.tail,
):
    integrations.add_command(_command)


for _command in (script_versions.versions, script_versions.diff, script_versions.rollback):
    script.add_command(_command)


@integrations.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def prune(*, as_json: bool) -> None:
    """Delete what is too old, or too much, in the histories; workers do so each night."""
    with clear_errors():
        deleted = jobs.prune_history()
    if as_json:
        print_json({"deleted": deleted})
    else:
        click.echo(f"{counted(deleted, 'row')} of the histories deleted")


@integrations.command()
@click.option(
    "--workers",
    type=click.IntRange(min=1),
    default=1,
    show_default=True,
    help="How many processes; those that end are started again.",
)
def worker(workers: int) -> None:
    """Make the calls of outgoing integrations and run other jobs until SIGTERM or Ctrl-C.

    Any number of workers, also on other machines, share the work. Exit status 1 says that Redis
    could not be reached at the start; a worker that runs waits until Redis is back.
    """
    connection = connect_worker(current_services().settings.redis_url)
    try:
        connection.ping()
    except RedisError as error:
        raise click.ClickException(f"Redis cannot be reached: {error}") from error
    if workers > 1:
        _run_pool(connection, workers)
        return
    # JSON instead of RQ's pickle: who can write into Redis must not get to run code here
    queue = Queue(QUEUE, connection=connection, serializer=JSONSerializer)
    running = IntegrationsWorker([queue], connection=connection, serializer=JSONSerializer)
    running.work(with_scheduler=True)


def _run_pool(connection: Redis, workers: int) -> None:
    """Run workers in forked processes: they have the app, and its context, from this one."""
    # all of them make calls: what is loaded for that now is shared by the forked processes
    import_module("rc_integrations_plugin.delivery.client")
    database: SQLAlchemy = current_app.extensions["sqlalchemy"]
    database.engine.dispose()  # connections are not shared with forked processes
    connection.close()
    WorkerPool(
        [QUEUE],
        connection=connection,
        num_workers=workers,
        worker_class=IntegrationsWorker,
        serializer=JSONSerializer,
    ).start()
