"""Why there is no call any more: the integration, its URL, its room or its user is gone, or off."""

import logging
from functools import partial

from rc_integrations_plugin.integrations.deliveries import DeliveryOutcome
from rc_integrations_plugin.integrations.reach import is_about
from rc_integrations_plugin.integrations.records import OutgoingIntegration
from rc_integrations_plugin.outgoing.call import Call
from rc_integrations_plugin.outgoing.faults import log_fault
from rc_integrations_plugin.outgoing.steps import Step
from rc_integrations_plugin.services import Services

USER_GONE = "The user that it posts as is gone or deactivated"
logger = logging.getLogger(__name__)


async def is_stopped(call: Call) -> bool:
    """Return whether there is to be no call, after noting why."""
    services, integration = call.services, call.integration
    if not integration.enabled:
        reason = integration.disabled_reason
        call.notes.end(DeliveryOutcome.STOPPED, Step.INTEGRATION_OFF, error=reason)
        return True
    if call.url is None or not is_about(integration, call.delivery.data):
        step = Step.URL_REMOVED if call.url is None else Step.ROOM_REMOVED
        call.notes.end(DeliveryOutcome.STOPPED, step)
        return True
    if services.active_users.knows(integration.user_id):
        return False
    if await call.blocking(partial(_is_user_there, services, integration)):
        return False
    call.notes.end(DeliveryOutcome.STOPPED, Step.USER_GONE, error=USER_GONE)
    await call.blocking(partial(services.integrations.disable, integration.id, USER_GONE))
    return True


def _is_user_there(services: Services, integration: OutgoingIntegration) -> bool:
    try:
        return services.active_users.look_up(services.host, integration.user_id)
    except Exception as error:  # noqa: BLE001 whatever the host raises: the call needs no user
        log_fault(logger, f"The user of the integration {integration.id} is not found", error)
        return True
