"""Where a message goes: `#room`, `@user`, or an id or name without a sign."""

from host_stub.chat.members import join_room
from host_stub.chat.refusals import ChatRefused
from host_stub.chat.rooms import find_rooms, open_direct_room
from host_stub.chat.server import Chat
from host_stub.chat.users import find_users
from host_stub.models.rooms import CHANNEL, Room
from host_stub.models.users import User


def load_destination(chat: Chat, target: str, *, sender: User) -> Room:
    """Return the room; a public channel is joined and a direct room opened on the way.

    Raises:
        ChatRefused: there is no such room or user, or the sender may not go there.
    """
    room = None if target.startswith("@") else _find_room(chat, target.removeprefix("#"))
    if room is None and not target.startswith("#"):
        room = _find_direct_room(chat, target, sender)
    if room is None:
        raise ChatRefused("invalid-channel", "The channel name provided is invalid")
    if room.kind == CHANNEL:
        join_room(chat, sender, room)
    return room


def _find_room(chat: Chat, reference: str) -> Room | None:
    found = find_rooms(chat, reference)
    return found[0] if found else None


def _find_direct_room(chat: Chat, target: str, sender: User) -> Room | None:
    reference = target.removeprefix("@")
    # without a sign it must be the id, as a bare name means a room
    found = [
        user
        for user in find_users(chat, reference)
        if target.startswith("@") or user.id == reference
    ]
    return open_direct_room(chat, sender, found[0]) if found else None
