"""Switching integrations off, and telling their owners. Blocking: it talks to host and database."""

import logging

from rc_integrations_plugin.host.port import MessageDraft
from rc_integrations_plugin.integrations.records import OutgoingIntegration
from rc_integrations_plugin.messages.posting import post_all
from rc_integrations_plugin.outgoing.faults import log_fault
from rc_integrations_plugin.services import Services

logger = logging.getLogger(__name__)


def switch_off(services: Services, integration: OutgoingIntegration, *, reason: str) -> None:
    """Disable an integration and tell its owner; the owner hears of it once, however many do it."""
    if services.integrations.disable(integration.id, reason):
        logger.warning("The integration %s is switched off: %s", integration.id, reason)
        name = integration.name if integration.name.strip() else f"with the id {integration.id}"
        tell_owner(services, integration, f"The integration {name} is switched off. {reason}.")


def tell_owner(services: Services, integration: OutgoingIntegration, text: str) -> None:
    """Send a direct message to who made the integration, from the user that it posts as.

    That it could not be sent is logged, and harms nothing. It starts no circle: it comes once for
    each time that an integration is switched off.
    """
    host = services.host
    try:
        bot, owner = host.find_user(integration.user_id), host.find_user(integration.created_by.id)
        if bot is None or owner is None or not bot.is_active or bot.id == owner.id:
            logger.info("Nobody is told about the integration %s", integration.id)
            return
        draft = MessageDraft(text=text, integration_id=integration.id)
        known_by = {f"@{owner.username or owner.id}": owner.id}
        post_all(host, draft, known_by, as_user=bot, topic=integration.name)
    except Exception as error:  # noqa: BLE001 the host's refusals, and whatever else it raises
        log_fault(logger, f"The owner of the integration {integration.id} is not told", error)
