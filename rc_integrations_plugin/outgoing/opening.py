"""From an event of the chat to deliveries in the database, in the transaction of the event."""

from collections.abc import Sequence
from dataclasses import replace

from rc_integrations_plugin.host.events import ChatEvent
from rc_integrations_plugin.integrations.deliveries import (
    Delivery,
    DeliveryAttempt,
    DeliveryOutcome,
)
from rc_integrations_plugin.integrations.masks import Mask
from rc_integrations_plugin.integrations.tokens import new_id
from rc_integrations_plugin.outgoing.chain import depth_of_event
from rc_integrations_plugin.outgoing.data import address_data, describe_event
from rc_integrations_plugin.outgoing.matching import ListenerIndex, Selected, select
from rc_integrations_plugin.outgoing.steps import Step
from rc_integrations_plugin.services import Services


def start_deliveries(services: Services, index: ListenerIndex, event: ChatEvent) -> bool:
    """Store a delivery for each integration that is to be told of an event, and for each URL.

    Returns:
        Whether there is something to deliver, once the transaction is committed.
    """
    selected = select(index, event, own_messages=services.settings.own_messages)
    if not selected:
        return False
    depth = depth_of_event()
    deliveries = _build_deliveries(selected, event, depth=depth, site_url=services.host.site_url)
    limit = services.settings.chain_depth
    if depth < limit:
        services.deliveries.open(deliveries, session=event.session)
        return True
    tokens = {chosen.integration.id: chosen.integration.token for chosen in selected}
    attempts = [_stopped_attempt(one, tokens[one.integration_id], limit) for one in deliveries]
    stopped = [_stopped(one) for one in deliveries]
    services.deliveries.open(stopped, attempts=attempts, session=event.session)
    return False


def _build_deliveries(
    selected: Sequence[Selected], event: ChatEvent, *, depth: int, site_url: str
) -> list[Delivery]:
    about = describe_event(event, site_url=site_url)
    deliveries = []
    for chosen in selected:
        integration, delivery_id = chosen.integration, new_id()
        deliveries.append(
            Delivery(
                id=delivery_id,
                webhook_id=delivery_id,
                integration_id=integration.id,
                created_at=event.happened_at,
                event=event.name,
                url=chosen.url,
                trigger_word=chosen.trigger_word,
                data=address_data(about, integration, trigger_word=chosen.trigger_word),
                depth=depth,
            )
        )
    return deliveries


def _stopped(delivery: Delivery) -> Delivery:
    return replace(
        delivery,
        attempts=1,
        outcome=DeliveryOutcome.STOPPED,
        finished_at=delivery.created_at,
    )


def _stopped_attempt(delivery: Delivery, token: str | None, limit: int) -> DeliveryAttempt:
    """Return the row of the history that says why no call was made."""
    return DeliveryAttempt(
        id=new_id(),
        delivery_id=delivery.id,
        integration_id=delivery.integration_id,
        number=0,
        started_at=delivery.created_at,
        duration_ms=0.0,
        outcome=DeliveryOutcome.STOPPED,
        steps=(Step.START, Step.MAPPED_DATA, Step.CHAIN_TOO_LONG),
        url=Mask(token or "").text(delivery.url),
        error=(
            f"Integrations answered each other {delivery.depth} times in a row, and no call follows"
            f" after {limit} (RC_INTEGRATIONS_CHAIN_DEPTH)"
        ),
    )
