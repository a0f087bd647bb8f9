"""Calls that are made again because somebody wants it."""

from datetime import UTC, datetime

from rc_integrations_plugin.errors import ApiError
from rc_integrations_plugin.integrations.deliveries import Delivery, DeliveryAttempt, Replay
from rc_integrations_plugin.integrations.permissions import Manager
from rc_integrations_plugin.integrations.records import OutgoingIntegration
from rc_integrations_plugin.integrations.tokens import new_id
from rc_integrations_plugin.management.owners import past_of
from rc_integrations_plugin.management.saved import find_managed, require_some_scope
from rc_integrations_plugin.outgoing.steps import Step
from rc_integrations_plugin.services import Services

_METHOD = "replayOutgoingIntegration"
_AGAIN = "-again"


def open_replay(
    services: Services,
    manager: Manager,
    integration_id: str,
    history_id: str,
    *,
    once: bool = False,
) -> Delivery:
    """Store that a call shall be made again, wake a worker, and return it.

    It has the id that its receiver knows, so that it is known for a repetition.

    Args:
        services: where it is stored.
        manager: who wants it.
        integration_id: whose call it was.
        history_id: which attempt.
        once: whether to refuse what was made again so before; also of two who want it in the same
            moment only one succeeds.

    Raises:
        ApiError: there is no such call, nothing was sent then, or the integration is off.
    """
    require_some_scope(manager, method=_METHOD)
    integration = find_managed(services, manager.user, integration_id)
    if not isinstance(integration, OutgoingIntegration):
        raise _refused("Invalid integration", "error-invalid-integration")
    found = services.deliveries.find_attempt(
        integration.id, history_id, events_since=past_of(manager, integration)
    )
    if found is None:
        raise _refused("Invalid Integration History", "error-invalid-integration-history")
    attempt, delivery = found
    if Step.BEFORE_CALL not in attempt.steps:
        raise _refused("Nothing was sent then", "error-invalid-integration-history")
    if not integration.enabled:
        raise _refused("The integration is switched off", "error-integration-disabled")
    # the primary key keeps out the second of two
    again_id = f"{attempt.id}{_AGAIN}" if once else new_id()
    again = _again(delivery, attempt, again_id)
    if not services.deliveries.open_once(again):
        raise _refused("It was made again already", "error-invalid-integration-history")
    services.wake_up.ring()
    return again


def _again(delivery: Delivery, attempt: DeliveryAttempt, again_id: str) -> Delivery:
    return Delivery(
        id=again_id,
        webhook_id=delivery.webhook_id,
        integration_id=delivery.integration_id,
        created_at=datetime.now(UTC),
        event=delivery.event,
        url=delivery.url,
        trigger_word=delivery.trigger_word,
        data=delivery.data,
        depth=delivery.depth,
        replay=Replay(attempt_id=attempt.id, sent=attempt.sent),
    )


def _refused(reason: str, code: str) -> ApiError:
    return ApiError(reason, code=code, details={"method": _METHOD})
