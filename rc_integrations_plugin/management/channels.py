"""What the channels of an integration mean when it is saved, and who may choose them.

Ids are stored beside names, because rooms and users may be renamed. A name counts as it is now;
only where nothing is called so any more, it means what it meant when it was saved before.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from rc_integrations_plugin.errors import ApiError
from rc_integrations_plugin.host.port import Host, Room, User
from rc_integrations_plugin.integrations.permissions import Manager
from rc_integrations_plugin.management.owners import NOT_OWNED
from rc_integrations_plugin.outgoing.matching import KINDS_OF_ROOMS, PUBLIC_CHANNELS

_Found = TypeVar("_Found", Room, User)


@dataclass(frozen=True)
class Saver:
    """Who saves an integration, and what is known of its channels from before."""

    host: Host
    manager: Manager
    known_ids: Mapping[str, str]

    def rooms(self, channel: str) -> Sequence[Room]:
        """Return the rooms that `#name`, a name or an id means."""
        found = [room for one in _references(channel) for room in self.host.find_rooms(one)]
        known_id = self.known_ids.get(channel)
        if not found and known_id:
            found = [room for room in self.host.find_rooms(known_id) if room.id == known_id]
        return _exact(found, channel)

    def people(self, channel: str) -> Sequence[User]:
        """Return the active users that `@name` or an id means."""
        found = [user for one in _references(channel) for user in self.host.find_users(one)]
        known_id = self.known_ids.get(channel)
        known = self.host.find_user(known_id) if not found and known_id else None
        if known is not None:
            found = [known]
        return _exact([user for user in found if user.is_active], channel)


@dataclass(frozen=True)
class Listened:
    """Where an outgoing integration listens."""

    listens_to: tuple[str, ...]
    """With ids in place of names."""
    channel_ids: Mapping[str, str]
    """For each channel that means one room or person, its id."""


def check_rooms(saver: Saver, channels: Iterable[str]) -> Mapping[str, str]:
    """Return the ids of channels to post to, without those that several rooms or persons share.

    Raises:
        ApiError: one does not exist, or the one who saves may not choose it.
    """
    found: dict[str, Sequence[Room] | Sequence[User]] = {}
    for channel in channels:
        _check_is_room(saver, channel)
        if channel.startswith("@"):
            # whoever may save an integration may write to this person himself, so nothing more is
            # asked; Rocket.Chat asks for a membership here that nobody can have
            found[channel] = _existing(saver, saver.people(channel), channel)
        else:
            found[channel] = rooms = _existing(saver, saver.rooms(channel), channel)
            _own(saver, rooms, channel)
    return _single_ids(found)


def find_listened(saver: Saver, channels: Iterable[str]) -> Listened:
    """Return the ids of channels to listen to: of all rooms that have a name.

    Raises:
        ApiError: one does not exist, or the one who saves may not choose it.
    """
    found: dict[str, Sequence[Room] | Sequence[User]] = {}
    listens_to: list[str] = []
    for channel in channels:
        _check_is_room(saver, channel)
        if channel.lower() in KINDS_OF_ROOMS:
            _check_kind(saver, channel.lower())
            listens_to.append(channel.lower())
        elif channel.startswith("@"):
            found[channel] = _people_to_listen_to(saver, channel)
            listens_to += [f"@{user.id}" for user in found[channel]]
        else:
            # listening to a namesake that he is not in would tell him what is said there
            found[channel] = rooms = _own(
                saver, _existing(saver, saver.rooms(channel), channel), channel
            )
            listens_to += [f"#{room.id}" for room in rooms]
    return Listened(tuple(dict.fromkeys(listens_to)), _single_ids(found))


def find_target(saver: Saver, target: str | None) -> Mapping[str, str]:
    """Return the id of the room or person that answers go to, where there is one alone.

    Raises:
        ApiError: there is none.
    """
    if target is None:
        return {}
    found: Sequence[Room] | Sequence[User]
    if not saver.manager.is_permitted:
        _check_is_room(saver, target)
        return _single_ids({target: _own(saver, saver.rooms(target), target)})
    found = saver.people(target) if target.startswith("@") else saver.rooms(target)
    if not found and saver.host.find_user(target) is None:
        raise ApiError("Invalid Target Room", code="error-invalid-targetRoom")
    return _single_ids({target: found})


def _own(saver: Saver, rooms: Sequence[Room], channel: str) -> Sequence[Room]:
    """Return those of the rooms that he may choose; there must be one."""
    manager = saver.manager
    if manager.may_choose_any_room:
        return rooms
    if not manager.is_permitted:
        # with two rooms of one name, it is not for us to say whose is meant
        if len(rooms) != 1 or rooms[0].id not in manager.rooms:
            raise _not_owned()
        return rooms
    own = [
        room
        for room in rooms
        if room.id in manager.rooms or saver.host.is_member(manager.user, room)
    ]
    if not own:
        raise _not_his(channel)
    return own


def _people_to_listen_to(saver: Saver, channel: str) -> Sequence[User]:
    """Return the persons, if he may hear what others write to them."""
    people = _existing(saver, saver.people(channel), channel)
    manager = saver.manager
    if manager.has_everyones or all(user.id == manager.user.id for user in people):
        return people
    raise _not_his(channel)


def _check_kind(saver: Saver, channel: str) -> None:
    if channel != PUBLIC_CHANNELS and not saver.manager.has_everyones:
        raise _not_his(channel)


def _check_is_room(saver: Saver, channel: str) -> None:
    """Do nothing if the one who saves may choose more than rooms, or this is none else."""
    is_other = channel.startswith("@") or channel.lower() in KINDS_OF_ROOMS
    if is_other and not saver.manager.is_permitted:
        raise _not_owned()


def _not_his(channel: str) -> ApiError:
    details = {"channel": channel}
    return ApiError("Invalid Channel", code="error-invalid-channel", details=details)


def _not_owned() -> ApiError:
    return ApiError(NOT_OWNED, code="error-invalid-channel")


def _existing(saver: Saver, found: Sequence[_Found], channel: str) -> Sequence[_Found]:
    if not found and not saver.manager.is_permitted:
        # as for a room of others: its name may be a secret
        raise _not_owned()
    if not found:
        details = {"channel": channel}
        raise ApiError("Invalid room", code="error-invalid-room", details=details)
    return found


def _references(channel: str) -> Iterator[str]:
    # an id may begin with # or @ itself
    bare = channel[1:] if channel.startswith(("#", "@")) else channel
    yield from dict.fromkeys(reference for reference in (bare, channel) if reference)


def _exact(found: Iterable[_Found], channel: str) -> Sequence[_Found]:
    """Return each once; an id means one alone, whoever has it for a name."""
    each = {one.id: one for one in found}
    for reference in _references(channel):
        if reference in each:
            return [each[reference]]
    return list(each.values())


def _single_ids(found: Mapping[str, Sequence[Room] | Sequence[User]]) -> Mapping[str, str]:
    return {channel: each[0].id for channel, each in found.items() if len(each) == 1}
