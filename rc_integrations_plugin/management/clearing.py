"""Forgetting what an integration did, by a user who may."""

from datetime import UTC, datetime

from rc_integrations_plugin.host.port import User
from rc_integrations_plugin.integrations.audit import Integration, entry_of_clearing
from rc_integrations_plugin.integrations.permissions import read_manager, type_of
from rc_integrations_plugin.integrations.records import OutgoingIntegration
from rc_integrations_plugin.management.owners import past_of
from rc_integrations_plugin.management.saved import editor_of
from rc_integrations_plugin.services import Services


def clear_history(services: Services, user: User, integration: Integration) -> None:
    """Forget what an integration did, as far as the user may see it.

    What it has still to deliver stays.

    Args:
        services: where its history is.
        user: who wants it, and may manage the integration.
        integration: which one.
    """
    entry = entry_of_clearing(integration, at=datetime.now(UTC), by=editor_of(user))
    since = past_of(read_manager(services.host, user, type_of(integration)), integration)
    if isinstance(integration, OutgoingIntegration):
        services.deliveries.clear(integration.id, entry, events_since=since)
    else:
        services.calls.clear(integration.id, entry, since=since)
