"""One line of the history of an integration, by its id."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from rc_integrations_plugin.integrations.deliveries import Delivery
from rc_integrations_plugin.integrations.permissions import Manager
from rc_integrations_plugin.integrations.records import OutgoingIntegration
from rc_integrations_plugin.management.attempts import attempt_document, waiting_attempt
from rc_integrations_plugin.management.owners import past_of
from rc_integrations_plugin.management.saved import Integration
from rc_integrations_plugin.schemas.documents import call_document, history_integration
from rc_integrations_plugin.services import Services


def find_line(
    services: Services, manager: Manager, integration: Integration, history_id: str
) -> Mapping[str, Any] | None:
    """Return a line of the history as `list_history` tells it, or None.

    Args:
        services: where it is.
        manager: who asks, and may manage the integration; what he may not see is not there.
        integration: whose line it is.
        history_id: its `_id`.
    """
    past, shown = past_of(manager, integration), history_integration(integration)
    if not isinstance(integration, OutgoingIntegration):
        call = services.calls.find(integration.id, history_id)
        if call is None or (past is not None and call.called_at < past):
            return None
        return call_document(call, shown)
    found = services.deliveries.find_attempt(integration.id, history_id, events_since=past)
    if found is None:
        delivery = services.deliveries.find(history_id)
        if delivery is None or not _waits(services, delivery, integration, past):
            return None
        found = waiting_attempt(delivery, integration=integration), delivery
    return attempt_document(*found, integration=integration, shown=shown)


def _waits(
    services: Services, delivery: Delivery, integration: OutgoingIntegration, past: datetime | None
) -> bool:
    """Return whether a delivery without attempts is there for who sees nothing before a time."""
    if delivery.integration_id != integration.id or delivery.attempts or delivery.finished_at:
        return False
    if past is None:
        return True
    # one that is made again tells of the event of the first one, whose id receivers know
    first = services.deliveries.find(delivery.webhook_id)
    return first is not None and min(first.created_at, delivery.created_at) >= past
