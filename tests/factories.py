"""Records for tests: valid by default, override what matters."""

from datetime import UTC, datetime
from typing import Any

from rc_integrations_plugin.host.events import EventName
from rc_integrations_plugin.integrations.audit import AuditEntry, entry_of_clearing
from rc_integrations_plugin.integrations.deliveries import (
    Delivery,
    DeliveryAttempt,
    DeliveryOutcome,
)
from rc_integrations_plugin.integrations.history import CallOutcome, IncomingCall
from rc_integrations_plugin.integrations.records import (
    Editor,
    IncomingIntegration,
    OutgoingIntegration,
)
from rc_integrations_plugin.integrations.tokens import new_id, new_token

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


def make_incoming(**fields: Any) -> IncomingIntegration:
    """Return an enabled incoming integration without script that posts to #general.

    With `script=...` its script is on and compiled.
    """
    values: dict[str, Any] = {
        "id": new_id(),
        "name": "CI",
        "enabled": True,
        "username": "rocket.cat",
        "user_id": "rocket.cat",
        "channels": ("#general",),
        "token": new_token(),
        "created_at": NOON,
        "created_by": Editor("admin-id", "admin"),
        "updated_at": NOON,
    }
    if fields.get("script"):
        values |= {"script_enabled": True, "script_compiled": fields["script"]}
    return IncomingIntegration(**values | fields)


def make_outgoing(**fields: Any) -> OutgoingIntegration:
    """Return an enabled outgoing integration that is told of all messages in public channels.

    With `script=...` its script is on and compiled.
    """
    values: dict[str, Any] = {
        "id": new_id(),
        "name": "Bridge",
        "enabled": True,
        "event": EventName.MESSAGE_SENT,
        "urls": ("https://receiver.test/hook",),
        "username": "rocket.cat",
        "user_id": "rocket.cat",
        "channels": (),
        "created_at": NOON,
        "created_by": Editor("admin-id", "admin"),
        "updated_at": NOON,
    }
    if fields.get("script"):
        values |= {"script_enabled": True, "script_compiled": fields["script"]}
    return OutgoingIntegration(**values | fields)


def make_call(**fields: Any) -> IncomingCall:
    """Return a call of a hook that posted one message."""
    values: dict[str, Any] = {
        "id": new_id(),
        "integration_id": "integration",
        "called_at": NOON,
        "outcome": CallOutcome.POSTED,
        "status": 200,
        "duration_ms": 1.5,
        "method": "POST",
        "query": "",
        "headers": {"content-type": "application/json"},
        "body": '{"text":"hello"}',
        "body_bytes": 16,
        "remote_address": "127.0.0.1",
        "results": ({"channel": "#general", "room_id": "GENERAL", "message_id": "m1"},),
    }
    return IncomingCall(**values | fields)


def make_clearing(integration_id: str) -> AuditEntry:
    """Return what is written down when somebody clears the history of an integration."""
    one = make_incoming(id=integration_id)
    return entry_of_clearing(one, at=NOON, by=one.created_by)


def make_delivery(**fields: Any) -> Delivery:
    """Return a delivery of a message that nobody has tried to make yet."""
    delivery_id = fields.get("id") or new_id()
    values: dict[str, Any] = {
        "id": delivery_id,
        "webhook_id": delivery_id,
        "integration_id": "integration",
        "created_at": NOON,
        "event": EventName.MESSAGE_SENT,
        "url": "https://receiver.test/hook",
        "data": {"token": "t", "bot": False, "text": "hello"},
    }
    return Delivery(**values | fields)


def make_attempt(delivery: Delivery | None = None, **fields: Any) -> DeliveryAttempt:
    """Return the first attempt of a delivery, which the receiver took."""
    made = make_delivery() if delivery is None else delivery
    values: dict[str, Any] = {
        "id": new_id(),
        "delivery_id": made.id,
        "integration_id": made.integration_id,
        "number": made.attempts,
        "started_at": NOON,
        "duration_ms": 1.5,
        "outcome": DeliveryOutcome.DELIVERED,
        "steps": ("start-execute-trigger-url", "pre-http-call", "after-http-call"),
        "url": made.url,
        "status": 200,
        "response_headers": {"content-type": "text/plain"},
        "response_body": "ok",
        "response_bytes": 2,
    }
    return DeliveryAttempt(**values | fields)
