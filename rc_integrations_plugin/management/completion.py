"""Names of rooms and users for somebody who is typing one, where the host can be searched."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from rc_integrations_plugin.host.port import (
    Host,
    Room,
    RoomKind,
    SearchingHost,
    User,
    owned_rooms,
    searching,
)
from rc_integrations_plugin.integrations.permissions import IMPERSONATE, Manager
from rc_integrations_plugin.integrations.records import IntegrationType
from rc_integrations_plugin.integrations.text import is_storable
from rc_integrations_plugin.outgoing.matching import KINDS_OF_ROOMS, PUBLIC_CHANNELS

MOST = 20
"""Suggestions at once."""
_LONGEST = 100
_SEARCHED = 60
"""Of these, some may not be his to choose."""
_PERSONS_BESIDE_ROOMS = 5
_KINDS = {RoomKind.CHANNEL: "Public channel", RoomKind.PRIVATE_GROUP: "Private group"}


@dataclass(frozen=True)
class Suggestion:
    """What a field takes, and what tells people more of it."""

    value: str
    label: str


def suggest_places(
    host: Host, manager: Manager, typed: str, *, kinds: bool = False
) -> Sequence[Suggestion]:
    """Return rooms and persons that somebody may mean, the best first.

    Args:
        host: where to look.
        manager: who is typing; what he may not choose is left out.
        typed: what he has typed so far, with `#` or `@` or without.
        kinds: whether the field also takes words for all rooms of a kind.
    """
    part = typed.strip()
    found = searching(host)
    bare = part.removeprefix("#") if part.startswith("#") else part.removeprefix("@")
    if found is None or not _can_be_searched(bare):
        return []
    rooms = [] if part.startswith("@") else _rooms(host, found, manager, bare)
    people: list[Suggestion] = []
    if manager.is_permitted and not part.startswith("#"):
        people = _users(found.search_users(bare, user=manager.user, limit=MOST), mark="@")
    words = _words(manager, part) if kinds else []
    room_for = MOST - len(words) - min(len(people), _PERSONS_BESIDE_ROOMS)
    return [*words, *rooms[:room_for], *people][:MOST]


def suggest_authors(
    host: Host, manager: Manager, typed: str, *, kind: IntegrationType
) -> Sequence[Suggestion]:
    """Return users as whom an integration of this type may post, the best first."""
    part = typed.strip().removeprefix("@")
    found = searching(host)
    if found is None or not _can_be_searched(part):
        return []
    may_be = _author_rule(host, manager, kind)
    users = found.search_users(part, user=manager.user, limit=_SEARCHED)
    return _users([user for user in users if may_be(user)], mark="")[:MOST]


def _author_rule(host: Host, manager: Manager, kind: IntegrationType) -> Callable[[User], bool]:
    if kind is IntegrationType.INCOMING:
        return lambda user: host.has_permission(user, IMPERSONATE)
    if manager.is_permitted:
        return lambda _user: True
    return lambda user: user.id == manager.user.id or host.has_permission(user, IMPERSONATE)


def _can_be_searched(part: str) -> bool:
    return 0 < len(part) <= _LONGEST and is_storable(part)


def _rooms(host: Host, found: SearchingHost, manager: Manager, part: str) -> list[Suggestion]:
    if manager.is_permitted:
        rooms = found.search_rooms(part, user=manager.user, limit=_SEARCHED)
        own = [room for room in rooms if _may_choose(host, manager, room)]
    else:
        own = _named_so(owned_rooms(host, manager.user), part)
    names = Counter(room.name for room in own)
    return [_room(room, is_alone=names[room.name] == 1) for room in own[:MOST]]


def _may_choose(host: Host, manager: Manager, room: Room) -> bool:
    return (
        manager.may_choose_any_room
        or room.id in manager.rooms
        or host.is_member(manager.user, room)
    )


def _named_so(rooms: Sequence[Room], part: str) -> list[Room]:
    wanted = part.casefold()
    named = [room for room in rooms if wanted in (room.name or "").casefold()]
    return sorted(named, key=lambda room: not (room.name or "").casefold().startswith(wanted))


def _room(room: Room, *, is_alone: bool) -> Suggestion:
    kind = _KINDS.get(RoomKind(room.kind), "Room")
    if is_alone and _fits_into_a_list(room.name):
        return Suggestion(f"#{room.name}", kind)
    return Suggestion(f"#{room.id}", f"{kind} {room.name or ''}".strip())


def _users(users: Sequence[User], *, mark: str) -> list[Suggestion]:
    names = Counter(user.username for user in users)
    return [
        Suggestion(f"{mark}{user.username}", user.name or "")
        if names[user.username] == 1 and _fits_into_a_list(user.username)
        else Suggestion(f"{mark}{user.id}", user.name or user.username or "")
        for user in users
    ]


def _fits_into_a_list(name: str | None) -> bool:
    return bool(name) and name == (name or "").strip() and "," not in (name or "")


def _words(manager: Manager, part: str) -> list[Suggestion]:
    if not manager.is_permitted:
        return []
    words = sorted(KINDS_OF_ROOMS if manager.has_everyones else {PUBLIC_CHANNELS})
    return [Suggestion(word, "Every room of this kind") for word in words if part.lower() in word]
