"""Changing rooms by `channels.*` and `groups.*`."""

from collections.abc import Callable
from functools import partial

from flask import Response

from host_stub.api.answers import success
from host_stub.api.auth import current_user
from host_stub.api.families import Family, View, named_room, room_answer
from host_stub.api.params import Params, read_body
from host_stub.chat import rooms, users
from host_stub.chat.permissions import require_permission
from host_stub.chat.server import Chat, current_chat
from host_stub.models.rooms import Room
from host_stub.models.users import User


def create(family: Family) -> Response:
    """Make a room with its first members; names that nobody has are left out."""
    chat, caller, params = current_chat(), current_user(), read_body()
    require_permission(chat, caller, f"create-{family.kind}")
    with chat.transaction():
        people = [users.find_login(chat, name) for name in params.texts("members")]
        room = rooms.create_room(
            chat,
            params.text("name"),
            kind=family.kind,
            owner=caller,
            members=[user for user in people if user is not None],
            read_only=params.flag("readOnly"),
        )
    return room_answer(chat, family, room)


def delete(family: Family) -> Response:
    """Delete the room with all that is in it."""
    chat, caller, params = current_chat(), current_user(), read_body()
    room = named_room(chat, family, params, caller=caller)
    require_permission(chat, caller, f"delete-{family.kind}", room_id=room.id)
    with chat.transaction():
        rooms.delete_room(chat, room)
    return success()


def _archive(chat: Chat, room: Room, _params: Params, caller: User) -> None:
    rooms.archive_room(chat, room, by=caller)


def _unarchive(chat: Chat, room: Room, _params: Params, _caller: User) -> None:
    rooms.unarchive_room(chat, room)


def _rename(chat: Chat, room: Room, params: Params, _caller: User) -> None:
    rooms.rename_room(chat, room, params.text("name"))


def _set_topic(chat: Chat, room: Room, params: Params, _caller: User) -> None:
    rooms.set_topic(chat, room, params.find_text("topic") or "")


def _set_read_only(chat: Chat, room: Room, params: Params, _caller: User) -> None:
    rooms.set_read_only(chat, room, read_only=params.flag("readOnly", default=True))


def _change(
    act: Callable[[Chat, Room, Params, User], None], permission: str, family: Family
) -> Response:
    """Do what needs a permission in the room, and answer with the room."""
    chat, caller, params = current_chat(), current_user(), read_body()
    room = named_room(chat, family, params, caller=caller)
    require_permission(chat, caller, permission, room_id=room.id)
    with chat.transaction():
        act(chat, room, params, caller)
    return room_answer(chat, family, room)


CHANGES: dict[str, View] = {
    "create": create,
    "delete": delete,
    "archive": partial(_change, _archive, "archive-room"),
    "unarchive": partial(_change, _unarchive, "unarchive-room"),
    "rename": partial(_change, _rename, "edit-room"),
    "setTopic": partial(_change, _set_topic, "edit-room"),
    "setReadOnly": partial(_change, _set_read_only, "set-readonly"),
}
"""What follows the family's prefix and a full stop, for POST."""
