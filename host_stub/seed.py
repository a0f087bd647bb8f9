"""Puts users and rooms into an empty server; what exists already stays."""

from collections.abc import Iterable, Sequence

from host_stub.chat import members, rooms, users
from host_stub.chat.server import Chat
from host_stub.models.rooms import CHANNEL, Room
from host_stub.models.users import User


def ensure_user(
    chat: Chat,
    username: str,
    *,
    password: str | None = None,
    name: str = "",
    roles: Sequence[str] = ("user",),
) -> User:
    """Return the user with this name, made now if there was none.

    A password that is given is set for an existing user too. Call inside `chat.transaction()`.
    """
    user = users.find_login(chat, username)
    if user is None:
        return users.create_user(chat, username, password=password, name=name, roles=roles)
    if password is not None:
        users.set_password(chat, user, password)
    return user


def ensure_room(
    chat: Chat, name: str, *, owner: User, members_too: Iterable[User] = (), kind: str = CHANNEL
) -> Room:
    """Return the room with this name, made now if there was none, with these members in it.

    Call inside `chat.transaction()`.
    """
    found = [room for room in rooms.find_rooms(chat, name) if room.name == name]
    if not found:
        return rooms.create_room(chat, name, kind=kind, owner=owner, members=members_too)
    for user in members_too:
        members.invite(chat, user, found[0])
    return found[0]
