"""Which room a channel string means."""

from collections.abc import Sequence
from typing import TypeVar

from rc_integrations_plugin.errors import PostRefused
from rc_integrations_plugin.host.port import Host, Room, RoomKind, User

_Found = TypeVar("_Found")


def resolve_room(host: Host, channel: str, *, as_user: User) -> Room:
    """Return the room that `#room`, `@user`, a bare name or an id means.

    A direct room is opened where there was none, so this comes inside a transaction.

    Raises:
        PostRefused: there is no such room (`invalid-channel`), or more than one.
        Host.refusals: the direct room may not be opened.
    """
    if channel.startswith("#"):
        # an id may begin with # too
        room = _one_room(host, channel[1:]) or _one_room(host, channel)
    elif channel.startswith("@"):
        room = _direct_room(host, channel, as_user)
    else:
        room = _one_room(host, channel)
        if room is None:
            # a bare name never means a person, only an id does
            other = host.find_user(channel)
            room = host.open_direct_room(as_user, other) if other is not None else None
    if room is None:
        raise PostRefused("There is no such room or user", code="invalid-channel")
    return room


def _direct_room(host: Host, channel: str, as_user: User) -> Room | None:
    for reference in (channel[1:], channel):
        other = _one_user(host, reference)
        if other is not None:
            return host.open_direct_room(as_user, other)
    room = _one_room(host, channel[1:]) or _one_room(host, channel)
    return room if room is not None and room.kind == RoomKind.DIRECT else None


def _one_room(host: Host, reference: str) -> Room | None:
    rooms = host.find_rooms(reference) if reference else ()
    return _only(rooms, [room for room in rooms if room.id == reference])


def _one_user(host: Host, reference: str) -> User | None:
    users = host.find_users(reference) if reference else ()
    return _only(users, [user for user in users if user.id == reference])


def _only(found: Sequence[_Found], by_id: Sequence[_Found]) -> _Found | None:
    """Return the one that was found; an id is exact, a name may be several's."""
    if len(found) > 1 and len(by_id) == 1:
        return by_id[0]
    if len(found) > 1:
        raise PostRefused(
            "More than one room or user is called so; give an id instead",
            code="error-ambiguous-channel",
        )
    return found[0] if found else None
