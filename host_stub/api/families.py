"""`channels.*` and `groups.*` differ in little but their name: both are a family of methods."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Response

from host_stub.api.answers import room_document, success
from host_stub.api.params import Params
from host_stub.chat import members, rooms, users
from host_stub.chat.refusals import ChatRefused
from host_stub.chat.server import Chat
from host_stub.models.rooms import CHANNEL, PRIVATE_GROUP, Room
from host_stub.models.users import User


@dataclass(frozen=True)
class Family:
    """One of the two kinds of room that have a name."""

    prefix: str
    """`channels` or `groups`: how the methods begin, and the name of a list."""
    kind: str

    @property
    def singular(self) -> str:
        """How an answer names one room."""
        return self.prefix.removesuffix("s")


View = Callable[[Family], Response]

FAMILIES = (Family("channels", CHANNEL), Family("groups", PRIVATE_GROUP))


def named_room(chat: Chat, family: Family, params: Params, *, caller: User) -> Room:
    """Return the room that `roomId` or `roomName` names, if this caller may see it.

    Raises:
        ChatRefused: there is none for this caller.
    """
    room = rooms.load_room(
        chat,
        room_id=params.find_text("roomId"),
        name=params.find_text("roomName"),
        kinds=family.kind,
    )
    if not members.may_read(chat, caller, room):
        raise ChatRefused(
            "error-room-not-found",
            'The required "roomId" or "roomName" param provided does not match any '
            f"{family.singular}",
        )
    return room


def named_users(chat: Chat, params: Params) -> list[User]:
    """Return the users that a request names, one or several.

    Raises:
        ChatRefused: one of them does not exist, or none was named.
    """
    found = [users.load_user(chat, user_id=one) for one in params.texts("userIds")]
    found += [users.load_user(chat, username=one) for one in params.texts("usernames")]
    user_id, name = params.find_text("userId"), params.find_text("username", "user")
    if user_id or name or not found:
        found.append(users.load_user(chat, user_id=user_id, username=name))
    return found


def room_answer(chat: Chat, family: Family, room: Room) -> Response:
    """Return the answer that describes one room."""
    documents: dict[str, Any] = {family.singular: room_document(chat, room)}
    return success(**documents)
