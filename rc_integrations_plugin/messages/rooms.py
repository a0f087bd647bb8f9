"""Which room a channel string means."""

from collections.abc import Sequence, Set as AbstractSet
from typing import TypeVar

from rc_integrations_plugin.errors import PostRefused
from rc_integrations_plugin.host.port import Host, Room, RoomKind, User

_Found = TypeVar("_Found")


def resolve_room(host: Host, channel: str, *, as_user: User, known_id: str = "") -> Room:
    """Return the room that `#room`, `@user`, a bare name or an id means.

    A direct room is opened where there was none, so this comes inside a transaction.

    Args:
        host: where to look.
        channel: what somebody wrote.
        as_user: whose direct rooms are meant.
        known_id: which room or user was meant then; counts before the name, which may have
            changed, as long as it exists.

    Raises:
        PostRefused: there is no such room (`invalid-channel`), or more than one.
        Host.refusals: the direct room may not be opened.
    """
    room = _known_room(host, channel, known_id, as_user) if known_id else None
    room = room or _named_room(host, channel, as_user)
    if room is None:
        raise _no_such_room()
    return room


def find_room_among(
    host: Host, channel: str, ids: AbstractSet[str], *, known_id: str = ""
) -> Room | None:
    """Return the one of these rooms that `#room`, a bare name or an id means; see `resolve_room`.

    Raises:
        PostRefused: it was one of them, and nothing is called so now (`invalid-channel`).
    """
    references = (known_id, channel.removeprefix("#"), channel)
    found = [room for one in references if one for room in host.find_rooms(one)]
    if not found and known_id in ids:
        raise _no_such_room()
    return next((room for room in found if room.id in ids), None)


def _no_such_room() -> PostRefused:
    return PostRefused("There is no such room or user", code="invalid-channel")


def _known_room(host: Host, channel: str, known_id: str, as_user: User) -> Room | None:
    if channel.startswith("@"):
        other = host.find_user(known_id)
        return None if other is None else host.open_direct_room(as_user, other)
    return next((room for room in host.find_rooms(known_id) if room.id == known_id), None)


def _named_room(host: Host, channel: str, as_user: User) -> Room | None:
    if channel.startswith("#"):
        # an id may begin with # too
        return _one_room(host, channel[1:]) or _one_room(host, channel)
    if channel.startswith("@"):
        return _direct_room(host, channel, as_user)
    room = _one_room(host, channel)
    if room is not None:
        return room
    # a bare name never means a person, only an id does
    other = host.find_user(channel)
    return None if other is None else host.open_direct_room(as_user, other)


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
