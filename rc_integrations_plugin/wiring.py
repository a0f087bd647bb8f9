"""Builds the services once and puts the plugin together; the only module that knows every class."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING

from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from redis import ConnectionPool
from sqlalchemy import Engine

from rc_integrations_plugin.admin import pages, reference
from rc_integrations_plugin.api import subscriptions, views as api_views
from rc_integrations_plugin.delivery.rq_wakeup import RqWakeUp
from rc_integrations_plugin.delivery.rules import read_rules
from rc_integrations_plugin.delivery.sender import HttpSender
from rc_integrations_plugin.errors import SettingsError
from rc_integrations_plugin.host.port import Host
from rc_integrations_plugin.incoming.views import build_blueprint
from rc_integrations_plugin.outgoing import dispatch
from rc_integrations_plugin.outgoing.listener import listen
from rc_integrations_plugin.script_http import SenderGateway
from rc_integrations_plugin.scripting.orders import Orders
from rc_integrations_plugin.scripting.protocol import ScriptRunner
from rc_integrations_plugin.scripting.queued import RqScriptRunner
from rc_integrations_plugin.scripting.runner import ProcessScriptRunner
from rc_integrations_plugin.scripting.serving import OrderServer
from rc_integrations_plugin.scripting.switch import CheckingRunner
from rc_integrations_plugin.services import EXTENSION, Services
from rc_integrations_plugin.settings import ScriptPlace, ScriptsAllowed, Settings
from rc_integrations_plugin.storage import schema
from rc_integrations_plugin.storage.audit import AuditStore
from rc_integrations_plugin.storage.calls import CallStore
from rc_integrations_plugin.storage.circuits import CircuitStore
from rc_integrations_plugin.storage.deliveries import DeliveryStore
from rc_integrations_plugin.storage.integrations import IntegrationStore
from rc_integrations_plugin.storage.overview import OverviewStore
from rc_integrations_plugin.storage.script_tests import ScriptTestStore
from rc_integrations_plugin.storage.script_versions import ScriptVersionStore
from rc_integrations_plugin.storage.state import StateStore

if TYPE_CHECKING:
    from rc_integrations_plugin.rate_limit import RateLimiter


def install(app: Flask, host: Host) -> Services:
    """Make the plugin a part of a chat server's Flask app.

    Raises:
        SettingsError: a setting or the database is not usable; the server must not start.
    """
    settings = Settings.from_mapping(app.config)
    _check_redis_url(settings.redis_url)
    services = build_services(settings, host, engine=_engine_of(app), host_context=app.app_context)
    app.extensions[EXTENSION] = services
    app.extensions[dispatch.EXTENSION] = dispatch.Dispatcher(services)
    listen(services)
    app.register_blueprint(api_views.build_blueprint())
    app.register_blueprint(subscriptions.build_blueprint())
    app.register_blueprint(build_blueprint())
    app.register_blueprint(pages.build_blueprint())
    app.register_blueprint(reference.build_blueprint())
    return services


def build_services(
    settings: Settings,
    host: Host,
    *,
    engine: Engine,
    host_context: Callable[[], AbstractContextManager[object]],
) -> Services:
    """Return the plugin's services on this database, its tables brought up to date."""
    engine = _without_values_in_errors(engine)
    if settings.auto_migrate:
        schema.upgrade(engine)
    sender = HttpSender(read_rules(settings))
    orders = Orders(settings.redis_url)
    local_scripts = _local_scripts(settings, sender)
    on_workers = settings.incoming_scripts is ScriptPlace.RQ
    return Services(
        settings=settings,
        host=host,
        integrations=IntegrationStore(engine),
        calls=CallStore(engine),
        deliveries=DeliveryStore(engine),
        circuits=CircuitStore(engine),
        overview=OverviewStore(engine),
        audit=AuditStore(engine),
        script_versions=ScriptVersionStore(engine),
        script_tests=ScriptTestStore(engine),
        state=StateStore(engine),
        scripts=RqScriptRunner(settings, orders) if on_workers else local_scripts,
        local_scripts=local_scripts,
        order_server=OrderServer(local_scripts, orders, at_once=settings.script_threads),
        sender=sender,
        wake_up=RqWakeUp(settings.redis_url),
        host_context=host_context,
        rate_limiter=_rate_limiter(settings),
    )


def _check_redis_url(url: str) -> None:
    try:
        ConnectionPool.from_url(url)
    except ValueError:
        # the reason would quote a password that is not escaped
        raise SettingsError(
            "RC_INTEGRATIONS_REDIS_URL must be redis://, rediss:// or unix://,"
            " its password percent-encoded"
        ) from None


def _local_scripts(settings: Settings, sender: HttpSender) -> ScriptRunner:
    runner = ProcessScriptRunner(settings, http=SenderGateway(sender))
    return CheckingRunner(runner) if settings.scripts is ScriptsAllowed.OFF else runner


def _without_values_in_errors(engine: Engine) -> Engine:
    """Return an engine on the same pool whose errors don't quote a statement's values.

    They hold tokens and scripts, and errors end up in logs.
    """
    discreet = engine.execution_options()
    discreet.hide_parameters = True
    return discreet


def _engine_of(app: Flask) -> Engine:
    """Return the engine of the host's Flask-SQLAlchemy, or of a new one where it has none."""
    if "sqlalchemy" not in app.extensions:
        try:
            SQLAlchemy(app)
        except RuntimeError as error:
            app.extensions.pop("sqlalchemy", None)
            raise SettingsError(f"No database: {error}") from error
    with app.app_context():
        database: SQLAlchemy = app.extensions["sqlalchemy"]
        return database.engine


def _rate_limiter(settings: Settings) -> "RateLimiter | None":
    if settings.rate_limit_calls == 0:
        return None
    # most servers set no budget, and its library is slow to import
    from rc_integrations_plugin.rate_limit import RateLimiter  # noqa: PLC0415

    return RateLimiter(
        calls=settings.rate_limit_calls,
        seconds=settings.rate_limit_seconds,
        redis_url=settings.redis_url,
    )
