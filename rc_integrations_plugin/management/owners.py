"""What owners of rooms may save, and what of the past they may see."""

import dataclasses
from collections.abc import Mapping
from datetime import datetime
from typing import Any, TypeVar
from urllib.parse import urlsplit

from rc_integrations_plugin.errors import ApiError
from rc_integrations_plugin.host.port import Host
from rc_integrations_plugin.integrations.permissions import IMPERSONATE, Manager
from rc_integrations_plugin.integrations.reach import is_about, rooms_of
from rc_integrations_plugin.integrations.records import IncomingIntegration, OutgoingIntegration

NOT_OWNED = "Invalid channel: you may choose only rooms that you own, each by its name or id"
NOT_HIMSELF = (
    "Who owns the rooms may let it post as himself, or as a user who holds message-impersonate"
)
NOT_AS_OTHERS = "Who owns the rooms may not let it post as the person whose doing it was"
NOT_HIS_EVENT = "You may try it with what you do yourself in a room that you own"
ELSEWHERE = "channel_id of the event is the id of no room that the integration is about"
NEW_ADDRESS = (
    "It calls another server now: give its headers, its user and password anew, or remove them"
)

_Integration = TypeVar("_Integration", IncomingIntegration, OutgoingIntegration)


def settle(
    host: Host, manager: Manager, old: _Integration | None, new: _Integration
) -> _Integration:
    """Return an integration as it may be stored by this manager.

    Who saves it as an owner of its rooms binds it to them: from then on nothing that he put in,
    such as a script, can reach beyond.

    Args:
        host: knows who may be posted as.
        manager: who saves it.
        old: as it was, which he may manage; None for a new one.
        new: as it is to be.

    Raises:
        ApiError: as an owner of rooms he may not save that.
    """
    new = dataclasses.replace(new, rooms_since=_rooms_since(old, new))
    if manager.is_permitted_for(new) or (old is not None and _only_switches_off(old, new)):
        return new
    if not manager.owns_rooms_of(new):
        raise ApiError(NOT_OWNED, code="error-invalid-channel")
    if isinstance(new, OutgoingIntegration):
        _check_author(host, manager, new)
        if isinstance(old, OutgoingIntegration) and old.created_by.id != manager.user.id:
            _check_address(old, new)
    return dataclasses.replace(new, bound_to_rooms=True)


def check_event(
    manager: Manager, integration: OutgoingIntegration, data: Mapping[str, Any]
) -> None:
    """Do nothing if he may have an integration told of an event that he made up.

    Answers go to its room, and may be posted as the person whose doing it was.

    Raises:
        ApiError: as an owner of its rooms, he may not.
    """
    if manager.is_permitted_for(integration):
        return
    # lists: what he made up may be nothing that can be hashed
    rooms, persons = [*manager.rooms], [manager.user.id, integration.user_id]
    if data.get("channel_id") not in rooms or data.get("user_id") not in persons:
        raise ApiError(NOT_HIS_EVENT, code="error-invalid-channel")


def check_room(integration: OutgoingIntegration, data: Mapping[str, Any]) -> None:
    """Do nothing if an integration may be told of an event, as it is now.

    Raises:
        ApiError: the event names no room that the integration is about.
    """
    if not is_about(integration, data):
        raise ApiError(ELSEWHERE, code="error-invalid-channel")


def as_saved_by(manager: Manager, integration: _Integration) -> _Integration:
    """Return an integration that reaches no further than if this manager had saved it.

    What he tries out must not tell him of rooms where nothing of his may post.
    """
    if manager.is_permitted_for(integration):
        return integration
    return dataclasses.replace(integration, bound_to_rooms=True)


def past_of(
    manager: Manager, integration: IncomingIntegration | OutgoingIntegration
) -> datetime | None:
    """Return since when he may see what an integration did; None is always."""
    return None if manager.is_permitted_for(integration) else integration.rooms_since


def _rooms_since(old: _Integration | None, new: _Integration) -> datetime | None:
    if old is None:
        return None
    before, after = rooms_of(old), rooms_of(new)
    is_wider = before is not None and after is not None and before <= after
    return old.rooms_since if is_wider or before == after else new.updated_at


def _only_switches_off(old: _Integration, new: _Integration) -> bool:
    same = ("enabled", "disabled_reason", "updated_at", "updated_by")
    kept = {name: getattr(old, name) for name in same}
    return not new.enabled and dataclasses.replace(new, **kept) == old


def _check_author(host: Host, manager: Manager, new: OutgoingIntegration) -> None:
    if new.impersonate_user:
        raise ApiError(NOT_AS_OTHERS, code="error-impersonation-not-allowed")
    author = host.find_user(new.user_id)
    if author is None or author.id == manager.user.id or host.has_permission(author, IMPERSONATE):
        return
    raise ApiError(NOT_HIMSELF, code="error-user-lacks-message-impersonate-permission")


def _check_address(old: OutgoingIntegration, new: OutgoingIntegration) -> None:
    """What others stored for one server must not be sent to another one."""
    kept = bool(new.headers.items() & old.headers.items())
    kept |= new.basic_auth is not None and new.basic_auth == old.basic_auth
    if kept and not _origins(new) <= _origins(old):
        raise ApiError(NEW_ADDRESS, code="error-invalid-urls")


def _origins(integration: OutgoingIntegration) -> set[tuple[str, str]]:
    return {(parts.scheme, parts.netloc) for parts in map(urlsplit, integration.urls)}
