"""Trying integrations out: sample calls and sample events."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from rc_integrations_plugin.errors import ApiError
from rc_integrations_plugin.host.events import EventName
from rc_integrations_plugin.incoming.answers import Answer
from rc_integrations_plugin.incoming.flow import handle_hook
from rc_integrations_plugin.integrations.deliveries import Delivery
from rc_integrations_plugin.integrations.permissions import Manager
from rc_integrations_plugin.integrations.records import IncomingIntegration, OutgoingIntegration
from rc_integrations_plugin.integrations.tokens import new_id
from rc_integrations_plugin.management.owners import check_event, check_room
from rc_integrations_plugin.management.trying import build_request
from rc_integrations_plugin.outgoing.data import address_data
from rc_integrations_plugin.outgoing.request import current_data
from rc_integrations_plugin.schemas.documents import json_time
from rc_integrations_plugin.schemas.trials import SampleCall
from rc_integrations_plugin.services import Services

_MESSAGES = {EventName.MESSAGE_SENT, EventName.FILE_UPLOADED}
SAMPLE = '{"text": "Example message", "emoji": ":ghost:"}'
"""The body of a usual call of a hook."""


def send_call(services: Services, integration: IncomingIntegration, call: SampleCall) -> Answer:
    """Make a call of a hook that somebody described, for real, and return its answer."""
    request = build_request(services.host, integration, call)
    return handle_hook(services, integration.id, integration.token, request)


def open_sample(
    services: Services,
    integration: OutgoingIntegration,
    *,
    manager: Manager,
    data: Mapping[str, Any] | None = None,
) -> Sequence[Delivery]:
    """Store a delivery of a sample event for each URL, and wake a worker.

    Args:
        services: where it is stored.
        integration: who tells its receivers.
        manager: who wants it, and may manage the integration.
        data: what they are told, without the token; None for the usual sample.

    Raises:
        ApiError: the integration is switched off or about other rooms, or he may not have it told
            of that.
    """
    if not integration.enabled:
        raise ApiError("The integration is switched off", code="error-integration-disabled")
    told = sample_data(services, integration) if data is None else current_data(integration, data)
    check_event(manager, integration, told)
    check_room(integration, told)
    word = told.get("trigger_word")
    opened = []
    for url in integration.urls:
        delivery_id = new_id()
        opened.append(
            Delivery(
                id=delivery_id,
                webhook_id=delivery_id,
                integration_id=integration.id,
                created_at=datetime.now(UTC),
                event=integration.event,
                url=url,
                trigger_word=word if isinstance(word, str) else None,
                data=told,
            )
        )
    services.deliveries.open(opened)
    services.wake_up.ring()
    return opened


def sample_data(services: Services, integration: OutgoingIntegration) -> dict[str, Any]:
    """Return the data of an event that did not happen, in a room where the integration listens.

    It has the usual fields of the event that the integration is for (reference §5.2).
    """
    event = integration.event
    person = {"user_id": integration.user_id, "user_name": integration.username}
    about: dict[str, Any] = {"bot": False, "timestamp": json_time(datetime.now(UTC)), **person}
    word = None
    if event is not EventName.USER_CREATED:
        room_name, room_id = _room(services, integration)
        about |= {"channel_id": room_id, "channel_name": room_name}
    if event in _MESSAGES:
        word = integration.trigger_words[0] if integration.trigger_words else None
        text = f"{word} Example message" if word else "Example message"
        about |= {"message_id": f"sample{new_id()}", "text": text}
    if event is EventName.MESSAGE_SENT:
        about["siteUrl"] = services.host.site_url
    else:
        about |= _documents(about, event)
    return address_data(about, integration, trigger_word=word)


def _documents(about: Mapping[str, Any], event: str) -> dict[str, Any]:
    user = {"_id": about["user_id"], "username": about["user_name"]}
    found: dict[str, Any] = {"owner" if event == EventName.ROOM_CREATED else "user": user}
    if "channel_id" in about:
        found["room"] = {"_id": about["channel_id"], "name": about["channel_name"], "t": "c"}
    if event == EventName.FILE_UPLOADED:
        file = {"_id": "sample", "name": "example.txt", "type": "text/plain"}
        found["message"] = {"_id": about["message_id"], "msg": about["text"], "file": file}
    return found


def _room(services: Services, integration: OutgoingIntegration) -> tuple[str, str]:
    for channel in (integration.target_room or "", *integration.channels):
        if channel.startswith("#"):
            known_id = integration.channel_ids.get(channel)
            for room in services.host.find_rooms(known_id or channel[1:]):
                return room.name or room.id, room.id
    return "general", "GENERAL"
