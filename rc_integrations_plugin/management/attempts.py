"""What an outgoing integration did, as JSON: Rocket.Chat's history records, and what is ours."""

import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from rc_integrations_plugin.integrations.deliveries import (
    Delivery,
    DeliveryAttempt,
    DeliveryOutcome,
    Posted,
)
from rc_integrations_plugin.integrations.masks import Mask
from rc_integrations_plugin.integrations.records import OutgoingIntegration
from rc_integrations_plugin.outgoing.record import mask_of
from rc_integrations_plugin.outgoing.steps import Step, is_error
from rc_integrations_plugin.schemas.documents import json_time

_BYTES_ENOUGH = 8
"""So many for each character of JSON, and nothing of it is cut."""


_UNFINISHED = frozenset({DeliveryOutcome.WAITING, DeliveryOutcome.RETRYING})


def waiting_attempt(delivery: Delivery, *, integration: OutgoingIntegration) -> DeliveryAttempt:
    """Return what stands in the history for a delivery without an attempt."""
    return DeliveryAttempt(
        id=delivery.id,
        delivery_id=delivery.id,
        integration_id=delivery.integration_id,
        number=0,
        started_at=delivery.created_at,
        duration_ms=0.0,
        outcome=DeliveryOutcome.WAITING,
        steps=(Step.START,),
        url=mask_of(integration, delivery).text(delivery.url),
    )


def attempt_document(
    attempt: DeliveryAttempt,
    delivery: Delivery,
    *,
    integration: OutgoingIntegration,
    shown: Mapping[str, Any],
) -> dict[str, Any]:
    """Return one line of the history, secrets masked.

    Args:
        attempt: what was done.
        delivery: what for.
        integration: whose secrets are to be masked.
        shown: the integration as it is shown beside.
    """
    mask = mask_of(integration, delivery)
    document = {
        **_as_rocket_chat(attempt, delivery, mask),
        "integration": shown,
        **_ours(attempt, delivery, mask),
    }
    return {key: value for key, value in document.items() if value is not None}


def _as_rocket_chat(attempt: DeliveryAttempt, delivery: Delivery, mask: Mask) -> dict[str, Any]:
    was_called = Step.BEFORE_CALL in attempt.steps
    ended_at = attempt.started_at + timedelta(milliseconds=attempt.duration_ms)
    return {
        "_id": attempt.id,
        "type": "outgoing-webhook",
        "step": attempt.steps[-1] if attempt.steps else None,
        "event": delivery.event.value,
        "data": _masked(mask, delivery.data),
        "triggerWord": delivery.trigger_word,
        "ranPrepareScript": True if Step.PREPARED in attempt.steps else None,
        **_messages(attempt),
        # Rocket.Chat leaves this out of what it calls unfinished
        "finished": None if attempt.outcome in _UNFINISHED else True,
        "url": attempt.url or None,
        "httpCallData": _call_data(attempt, delivery, mask) if was_called else None,
        "httpError": _http_error(attempt),
        "httpResult": _http_result(attempt) if was_called else None,
        "error": True if any(map(is_error, attempt.steps)) else None,
        "errorStack": attempt.error,
        "_createdAt": json_time(attempt.started_at),
        "_updatedAt": json_time(ended_at),
    }


def _ours(attempt: DeliveryAttempt, delivery: Delivery, mask: Mask) -> dict[str, Any]:
    next_at = attempt.next_attempt_at
    return {
        "integrationId": attempt.integration_id,
        "deliveryId": delivery.id,
        "webhookId": delivery.webhook_id,
        "attempt": attempt.number,
        "outcome": attempt.outcome.value,
        "steps": list(attempt.steps),
        "request": None if attempt.sent is None else _request(attempt.sent, mask),
        "status": attempt.status,
        "responseHeaders": _dict(attempt.response_headers),
        "responseBody": attempt.response_body,
        "responseBytes": attempt.response_bytes,
        "failure": attempt.failure,
        "results": [dict(result) for result in attempt.results],
        "messages": attempt.messages,
        "console": [dict(line) for line in attempt.console],
        "duration": attempt.duration_ms,
        "scriptDuration": attempt.script_duration_ms,
        "scriptRestarted": attempt.script_restarted,
        "nextAttemptAt": None if next_at is None else json_time(next_at),
        "replayOf": None if delivery.replay is None else delivery.replay.attempt_id,
        "depth": delivery.depth,
    }


def _messages(attempt: DeliveryAttempt) -> dict[str, Any]:
    """Return the messages that were posted, by Rocket.Chat's names of the three occasions."""
    by_script = Step.PROCESSED_MESSAGE_SENT in attempt.steps
    found: dict[str, list[Mapping[str, Any]]] = {}
    for result in attempt.results:
        if "message_id" not in result:
            continue
        name = "processSentMessage" if by_script else "resultMessage"
        if result.get("phase") == Posted.PREPARE:
            name = "prepareSentMessage"
        message = {"_id": result["message_id"], "rid": result.get("room_id")}
        found.setdefault(name, []).append({"channel": result.get("channel"), "message": message})
    return found


def _call_data(attempt: DeliveryAttempt, delivery: Delivery, mask: Mask) -> Any:
    data = delivery.data if attempt.sent is None else attempt.sent.get("data")
    return _masked(mask, data)


def _http_error(attempt: DeliveryAttempt) -> dict[str, Any] | None:
    if attempt.failure is None:
        return None
    return {"code": attempt.failure, "message": attempt.error or attempt.failure}


def _http_result(attempt: DeliveryAttempt) -> str:
    # docs: JSON.stringify of the body, which makes "null" of none
    return json.dumps(attempt.response_body, ensure_ascii=False)


def _request(sent: Mapping[str, Any], mask: Mask) -> dict[str, Any]:
    """Return what a script made of the request, but for its data."""
    headers = sent.get("headers")
    texts = {
        str(name).lower(): str(value)
        for name, value in (headers.items() if isinstance(headers, dict) else ())
    }
    return {
        "method": _masked(mask, sent.get("method")),
        "url": _masked(mask, sent.get("url")),
        "headers": mask.headers(texts),
    }


def _masked(mask: Mask, value: Any) -> Any:
    """Return a copy of JSON data with secrets masked."""
    if isinstance(value, str):
        return mask.text(value)
    raw = json.dumps(value)
    text = mask.body(raw, value, limit=(len(raw) + 1) * _BYTES_ENOUGH)
    try:
        return json.loads(text)
    except ValueError:
        # a secret that looked like a number or a word of JSON
        return text


def _dict(mapping: Mapping[str, str] | None) -> dict[str, str] | None:
    return None if mapping is None else dict(mapping)
