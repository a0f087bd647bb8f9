"""The two places where scripts run: beside the web process, and on a worker of RQ."""

import contextlib
import dataclasses
from collections.abc import Iterator
from enum import StrEnum
from typing import TYPE_CHECKING, cast

from flask import Flask
from sqlalchemy import create_engine

from rc_integrations_plugin.script_worker import script_thread
from rc_integrations_plugin.scripting.orders import Orders
from rc_integrations_plugin.scripting.protocol import ScriptRunner
from rc_integrations_plugin.scripting.queued import RqScriptRunner
from rc_integrations_plugin.scripting.serving import OrderServer
from rc_integrations_plugin.services import EXTENSION
from rc_integrations_plugin.settings import Settings
from rc_integrations_plugin.wiring import build_services
from tests.redis_servers import running_redis

if TYPE_CHECKING:
    from rc_integrations_plugin.host.port import Host


class Place(StrEnum):
    WEB = "beside the web process"
    RQ = "on a worker"


@contextlib.contextmanager
def runner_at(place: Place, local: ScriptRunner) -> Iterator[ScriptRunner]:
    """Give a runner whose scripts are run by `local`: at once, or by RQ with a real Redis."""
    if place is Place.WEB:
        yield local
        return
    with running_redis() as url:
        settings = Settings(redis_url=url, auto_migrate=False)
        with _worker(settings, local):
            runner = RqScriptRunner(settings, Orders(url))
            yield runner
            runner.close()


@contextlib.contextmanager
def _worker(settings: Settings, local: ScriptRunner) -> Iterator[None]:
    """Run a worker's thread for scripts in this process; its scripts have their own, as always."""
    app, engine = Flask("worker"), create_engine("sqlite://")
    server = OrderServer(local, Orders(settings.redis_url), at_once=settings.script_threads)
    services = build_services(
        settings, cast("Host", None), engine=engine, host_context=contextlib.nullcontext
    )
    app.extensions[EXTENSION] = dataclasses.replace(services, order_server=server)
    with script_thread(app):
        yield
