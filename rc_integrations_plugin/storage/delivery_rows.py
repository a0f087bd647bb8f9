"""Deliveries and their attempts as rows."""

from typing import Any

from sqlalchemy import Row

from rc_integrations_plugin.host.events import EventName
from rc_integrations_plugin.integrations.deliveries import (
    Delivery,
    DeliveryAttempt,
    DeliveryOutcome,
    Posted,
    Replay,
)
from rc_integrations_plugin.integrations.text import storable
from rc_integrations_plugin.storage.json_text import (
    from_json,
    from_json_or_none,
    to_json,
    to_json_or_none,
)
from rc_integrations_plugin.storage.tables import attempts, deliveries

DELIVERY_COLUMNS = [column for column in deliveries.c if column.name != "due_at"]
"""What `to_delivery` reads."""
ATTEMPT_COLUMNS = list(attempts.c)
"""What `to_attempt` reads."""
_DELIVERY_NAMES = [column.name for column in DELIVERY_COLUMNS]
_ATTEMPT_NAMES = [column.name for column in ATTEMPT_COLUMNS]


def delivery_row(delivery: Delivery) -> dict[str, Any]:
    """Return the row of a new delivery, due at once unless it is finished already."""
    replay = delivery.replay
    return {
        "id": delivery.id,
        "webhook_id": delivery.webhook_id,
        "integration_id": delivery.integration_id,
        "created_at": delivery.created_at,
        "event": delivery.event.value,
        "url": storable(delivery.url),
        "trigger_word": storable(delivery.trigger_word),
        "data": to_json(delivery.data),
        "depth": delivery.depth,
        "attempts": delivery.attempts,
        "due_at": delivery.created_at if delivery.outcome is None else None,
        "lease": None,
        "posted": delivery.posted and delivery.posted.value,
        "replay": replay and to_json({"attempt_id": replay.attempt_id, "sent": replay.sent}),
        "outcome": delivery.outcome and delivery.outcome.value,
        "finished_at": delivery.finished_at,
    }


def to_delivery(row: Row[Any] | tuple[Any, ...]) -> Delivery:
    """Return the delivery of a row of `DELIVERY_COLUMNS`."""
    values: dict[str, Any] = dict(zip(_DELIVERY_NAMES, row, strict=True))
    posted, replay, outcome = values["posted"], values["replay"], values["outcome"]
    values["event"] = EventName(values["event"])
    values["data"] = from_json(values["data"])
    values["posted"] = None if posted is None else Posted(posted)
    values["replay"] = None if replay is None else Replay(**from_json(replay))
    values["outcome"] = None if outcome is None else DeliveryOutcome(outcome)
    return Delivery(**values)


def attempt_row(attempt: DeliveryAttempt) -> dict[str, Any]:
    """Return the row of an attempt."""
    return {
        "id": attempt.id,
        "delivery_id": attempt.delivery_id,
        "integration_id": attempt.integration_id,
        "number": attempt.number,
        "started_at": attempt.started_at,
        "duration_ms": attempt.duration_ms,
        "outcome": attempt.outcome.value,
        "steps": to_json(attempt.steps),
        "url": storable(attempt.url),
        "sent": to_json_or_none(attempt.sent),
        "status": attempt.status,
        "response_headers": to_json_or_none(attempt.response_headers),
        "response_body": storable(attempt.response_body),
        "response_bytes": attempt.response_bytes,
        "failure": attempt.failure,
        "error": storable(attempt.error),
        "console": to_json(attempt.console),
        "results": to_json(attempt.results),
        "script_duration_ms": attempt.script_duration_ms,
        "script_restarted": attempt.script_restarted,
        "next_attempt_at": attempt.next_attempt_at,
        "messages": to_json_or_none(attempt.messages),
    }


def to_attempt(row: Row[Any] | tuple[Any, ...]) -> DeliveryAttempt:
    """Return the attempt of a row of `ATTEMPT_COLUMNS`."""
    values: dict[str, Any] = dict(zip(_ATTEMPT_NAMES, row, strict=True))
    values["outcome"] = DeliveryOutcome(values["outcome"])
    for name in ("steps", "console", "results"):
        values[name] = tuple(from_json(values[name]))
    for name in ("sent", "response_headers", "messages"):
        values[name] = from_json_or_none(values[name])
    return DeliveryAttempt(**values)
