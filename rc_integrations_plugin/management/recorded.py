"""Samples for trying out, taken from what the history recorded."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from rc_integrations_plugin.integrations.deliveries import DeliveryAttempt
from rc_integrations_plugin.integrations.history import IncomingCall
from rc_integrations_plugin.integrations.permissions import Manager
from rc_integrations_plugin.integrations.records import IncomingIntegration, OutgoingIntegration
from rc_integrations_plugin.management.attempts import attempt_document
from rc_integrations_plugin.management.owners import past_of
from rc_integrations_plugin.management.trying_outgoing import SampleEvent
from rc_integrations_plugin.schemas.trials import JSON_TYPE, SampleCall
from rc_integrations_plugin.services import Services
from rc_integrations_plugin.storage.attempts import AttemptFilter
from rc_integrations_plugin.storage.calls import CallFilter

_OF_THE_WAY = frozenset({"content-type", "content-length", "content-encoding", "host"})
"""Headers that the body is recorded without, or that are made anew."""
_LONGEST_LETTER = 4
_OFFERED = 20


@dataclass(frozen=True)
class RecordedCall:
    """A call of a hook that was recorded, and the same to be made again."""

    call: IncomingCall
    sample: SampleCall
    is_cut: bool
    """Only the beginning of its body was recorded."""


@dataclass(frozen=True)
class RecordedEvent:
    """An attempt that was recorded, and its event and answer to be tried again."""

    document: Mapping[str, Any]
    """The attempt as the history shows it."""
    sample: SampleEvent
    is_cut: bool
    """Only the beginning of the answer was recorded."""


def latest_calls(
    services: Services, manager: Manager, integration: IncomingIntegration
) -> list[IncomingCall]:
    """Return the calls to choose from, the newest first: those that this manager may see."""
    since = past_of(manager, integration)
    wanted = CallFilter(integration_id=integration.id, since=since)
    return list(services.calls.page(wanted, offset=0, count=_OFFERED)[0])


def latest_attempts(
    services: Services, manager: Manager, integration: OutgoingIntegration
) -> list[DeliveryAttempt]:
    """Return the attempts to choose from, the newest first: those that this manager may see."""
    since = past_of(manager, integration)
    wanted = AttemptFilter(integration_id=integration.id, events_since=since)
    found, _ = services.deliveries.page(wanted, offset=0, count=_OFFERED)
    return [attempt for attempt, _ in found]


def recorded_call(
    services: Services, manager: Manager, integration: IncomingIntegration, call_id: str
) -> RecordedCall | None:
    """Return a recorded call of a hook; `***` stands in it for what was secret."""
    call = services.calls.find(integration.id, call_id)
    since = past_of(manager, integration)
    if call is None or (since is not None and call.called_at < since):
        return None
    limit = services.settings.history_body_bytes
    size = len(call.body.encode("utf-8", "replace"))
    sample = SampleCall(
        body=call.body,
        method=call.method,
        content_type=_content_type(call),
        query=call.query,
        headers={name: value for name, value in call.headers.items() if name not in _OF_THE_WAY},
    )
    # how large it was does not help: it may have come packed, or became JSON
    return RecordedCall(call, sample, size > limit - _LONGEST_LETTER)


def recorded_event(
    services: Services, manager: Manager, integration: OutgoingIntegration, attempt_id: str
) -> RecordedEvent | None:
    """Return a recorded event and its answer; `***` stands in it for what was secret."""
    since = past_of(manager, integration)
    found = services.deliveries.find_attempt(integration.id, attempt_id, events_since=since)
    if found is None:
        return None
    attempt, delivery = found
    document = attempt_document(attempt, delivery, integration=integration, shown={})
    data = document["data"]
    url = delivery.url if delivery.url in integration.urls else integration.urls[0]
    body = attempt.response_body or ""
    sample = SampleEvent(
        data=data if isinstance(data, Mapping) else {},
        url=url,
        status=attempt.status,
        headers=attempt.response_headers or {},
        body=body,
    )
    size = len(body.encode("utf-8", "replace"))
    is_cut = (
        size > services.settings.history_body_bytes - _LONGEST_LETTER
        and (attempt.response_bytes or 0) > size
    )
    return RecordedEvent(document, sample, is_cut)


def _content_type(call: IncomingCall) -> str:
    """Return what a recorded body is: it was decoded, and a form with secrets became JSON."""
    told = call.headers.get("content-type", "")
    kind = told.partition(";")[0].strip()
    if kind.lower() == "multipart/form-data" or "json" not in kind.lower():
        try:
            is_object = isinstance(json.loads(call.body), dict)
        except (ValueError, RecursionError):
            is_object = False
        if is_object:
            return JSON_TYPE
    return told if kind.lower() == "multipart/form-data" else kind
