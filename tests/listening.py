"""What a chat server's events opened, for tests that look into the tables."""

from collections.abc import Sequence

from flask import Flask
from sqlalchemy import Engine, select

from rc_integrations_plugin.host.signals import SIGNALS, USER_DELETED
from rc_integrations_plugin.integrations.deliveries import Delivery, DeliveryAttempt
from rc_integrations_plugin.outgoing.listener import listen
from rc_integrations_plugin.services import EXTENSION, Services
from rc_integrations_plugin.storage.delivery_rows import (
    ATTEMPT_COLUMNS,
    DELIVERY_COLUMNS,
    to_attempt,
    to_delivery,
)
from rc_integrations_plugin.storage.tables import attempts, deliveries


def listen_again(app: Flask) -> None:
    """Let the app's plugin listen with the services that the app has now, and no others."""
    silence(app)
    listen(app.extensions[EXTENSION])


def silence(app: Flask) -> None:
    """Let nobody hear the app's chat server."""
    services: Services = app.extensions[EXTENSION]
    for name in (*SIGNALS, USER_DELETED):
        services.host.signals.signal(name)._clear_state()


def stored_deliveries(engine: Engine) -> Sequence[Delivery]:
    """Return all deliveries, in the order of their opening as far as times tell."""
    statement = select(*DELIVERY_COLUMNS).order_by(deliveries.c.created_at, deliveries.c.id)
    with engine.connect() as connection:
        return [to_delivery(row) for row in connection.execute(statement)]


def stored_attempts(engine: Engine) -> Sequence[DeliveryAttempt]:
    """Return all attempts, the oldest first."""
    with engine.connect() as connection:
        rows = connection.execute(select(*ATTEMPT_COLUMNS).order_by(attempts.c.started_at))
        return [to_attempt(row) for row in rows]
