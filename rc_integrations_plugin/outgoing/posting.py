"""Posting what a script or a receiver wants to be posted. Blocking: it talks to the host."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from rc_integrations_plugin.errors import IntegrationsError, PostAsUserMissing, PostRefused
from rc_integrations_plugin.host.port import Host, User
from rc_integrations_plugin.integrations.deliveries import Delivery, Posted
from rc_integrations_plugin.integrations.reach import bounds_of
from rc_integrations_plugin.integrations.records import OutgoingIntegration
from rc_integrations_plugin.messages.fallbacks import fit_to_host
from rc_integrations_plugin.messages.payload import Payload, read_payload
from rc_integrations_plugin.messages.posting import PostResult, post_all
from rc_integrations_plugin.messages.record import record_message
from rc_integrations_plugin.outgoing.chain import LeaseLost, Posting, being_posted
from rc_integrations_plugin.outgoing.faults import log_fault
from rc_integrations_plugin.outgoing.record import mask_of
from rc_integrations_plugin.outgoing.reply import Reply
from rc_integrations_plugin.services import Services
from rc_integrations_plugin.storage.faults import may_pass

NOT_FOUND = "invalid-channel"
"""The code of a channel that names no room."""

logger = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Order:
    """A message to post for a delivery."""

    reply: Reply
    integration: OutgoingIntegration
    delivery: Delivery
    stage: Posted


@dataclass(frozen=True, kw_only=True)
class PostedReply:
    """What became of it."""

    results: tuple[Mapping[str, Any], ...]
    """As in `DeliveryAttempt.results`."""
    is_posted: bool
    """In one room at least."""
    error: str | None = None
    message: Mapping[str, Any] | None = None
    """What was to be posted, as `record_message` describes it; None where it is no message."""


def post_reply(services: Services, order: Order) -> PostedReply:
    """Post a message and return what became of it; whatever goes wrong is told, not raised.

    But for a database that is away: whether the message is stored, the delivery's `posted` tells.

    Raises:
        LeaseLost: another worker has the delivery now; nothing is posted.
    """
    posting = Posting(
        integration_id=order.integration.id,
        delivery=order.delivery,
        depth=order.delivery.depth,
        stage=order.stage,
    )
    message = None
    try:
        payload, author = _read_order(services.host, order)
        message = _record(services, order, payload, author)
        with being_posted(posting):
            results = _post_payload(services.host, order, payload, as_user=author)
    except IntegrationsError as refused:
        channel = refused.channel if isinstance(refused, PostRefused) else None
        posted = _not_posted(order.stage, refused.code, refused.reason, channel=channel)
    except Exception as error:
        if isinstance(error, LeaseLost) or may_pass(error):
            raise
        log_fault(logger, f"The integration {order.integration.id} could not post", error)
        posted = _not_posted(order.stage, "error-internal", f"The chat server: {_name(error)}")
    else:
        if not posting.marked and any(result.message is not None for result in results):
            _mark(services, order)
        posted = _posted(order.stage, results)
    return replace(posted, message=message)


def post_order(host: Host, order: Order) -> tuple[PostResult, ...]:
    """Post the message of an order and return what became of it in each room.

    Raises:
        IntegrationsError: it is no message, or cannot be posted there.
    """
    payload, author = _read_order(host, order)
    return _post_payload(host, order, payload, as_user=author)


def _read_order(host: Host, order: Order) -> tuple[Payload, User]:
    reply = order.reply
    payload = read_payload(
        reply.content, defaults=reply.defaults, integration_id=order.integration.id
    )
    return payload, _load_author(host, reply.author_ids)


def _record(services: Services, order: Order, payload: Payload, author: User) -> dict[str, Any]:
    host = services.host
    draft = fit_to_host(
        payload.draft,
        host.capabilities,
        topic=order.integration.name,
        size_limit=host.message_size_limit,
    )
    return record_message(
        draft,
        author,
        mask=mask_of(order.integration, order.delivery),
        limit=services.settings.history_body_bytes,
    )


def _post_payload(
    host: Host, order: Order, payload: Payload, *, as_user: User
) -> tuple[PostResult, ...]:
    reply = order.reply
    if payload.channels:
        return _post_to(host, order, payload, dict.fromkeys(payload.channels, ""), as_user=as_user)
    *others, last = reply.channels.items() or [("", "")]
    for channel, known_id in others:
        try:
            return _post_to(host, order, payload, {channel: known_id}, as_user=as_user)
        except PostRefused as refused:
            if refused.code != NOT_FOUND:
                raise
    if not reply.channels:
        raise PostRefused("There is no room to post to", code="error-invalid-channel")
    return _post_to(host, order, payload, dict([last]), as_user=as_user)


def _post_to(
    host: Host, order: Order, payload: Payload, channels: Mapping[str, str], *, as_user: User
) -> tuple[PostResult, ...]:
    return post_all(
        host,
        payload.draft,
        channels,
        as_user=as_user,
        topic=order.integration.name,
        separate=payload.separate_response and len(channels) > 1,
        within=bounds_of(order.integration),
    )


def _load_author(host: Host, user_ids: tuple[str, ...]) -> User:
    for user_id in user_ids:
        user = host.find_user(user_id)
        if user is not None and user.is_active:
            return user
    raise PostAsUserMissing("The user that this integration posts as is gone or deactivated")


def _mark(services: Services, order: Order) -> None:
    """Note that the message is posted, where the host shares no session that could."""
    try:
        services.deliveries.mark_posted(order.delivery, order.stage)
    except Exception as error:  # noqa: BLE001 the message is in its room all the same
        log_fault(logger, f"The delivery {order.delivery.id} is not marked as posted", error)


def _posted(stage: Posted, results: tuple[PostResult, ...]) -> PostedReply:
    refused = [result for result in results if result.message is None]
    return PostedReply(
        results=tuple(_row(stage, result) for result in results),
        is_posted=len(refused) < len(results),
        error=refused[0].reason if refused else None,
    )


def _row(stage: Posted, result: PostResult) -> Mapping[str, Any]:
    row = {"phase": stage.value, "channel": result.channel}
    if result.message is None:
        return row | {"error": result.error_code, "reason": result.reason}
    return row | {"room_id": result.message.room_id, "message_id": result.message.id}


def _not_posted(
    stage: Posted, code: str, reason: str, *, channel: str | None = None
) -> PostedReply:
    row = {"phase": stage.value, "channel": channel, "error": code, "reason": reason}
    return PostedReply(results=(row,), is_posted=False, error=reason)


def _name(error: Exception) -> str:
    return type(error).__name__
