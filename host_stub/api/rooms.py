"""`rooms.*` but for files: any kind of room, by its id or name."""

from flask import Blueprint, Response

from host_stub.api.answers import room_document, room_documents, success
from host_stub.api.auth import current_user
from host_stub.api.families import named_users
from host_stub.api.params import Params, read_body, read_query
from host_stub.chat import members, room_lists, rooms
from host_stub.chat.permissions import require_permission
from host_stub.chat.server import Chat, current_chat
from host_stub.models.rooms import Room
from host_stub.models.users import User

blueprint = Blueprint("host_stub_rooms", __name__, url_prefix="/api/v1")


@blueprint.get("/rooms.info")
def info() -> Response:
    """Describe a room that the caller may read."""
    chat, caller, params = current_chat(), current_user(), read_query()
    return success(room=room_document(chat, readable_room(chat, params, caller)))


@blueprint.get("/rooms.get")
def get_() -> Response:
    """List all rooms of the caller."""
    chat, caller = current_chat(), current_user()
    found = room_lists.rooms_of(chat, caller)
    return success(update=room_documents(chat, found), remove=[])


@blueprint.post("/rooms.leave")
def leave() -> Response:
    """Leave a room."""
    chat, caller, params = current_chat(), current_user(), read_body()
    room = readable_room(chat, params, caller)
    with chat.transaction():
        members.remove_member(chat, caller, room)
    return success()


@blueprint.post("/rooms.muteUser")
def mute_user() -> Response:
    """Forbid a member to write in this room."""
    return _set_muted(muted=True)


@blueprint.post("/rooms.unmuteUser")
def unmute_user() -> Response:
    """Allow a member to write in this room again."""
    return _set_muted(muted=False)


def _set_muted(*, muted: bool) -> Response:
    chat, caller, params = current_chat(), current_user(), read_body()
    room = readable_room(chat, params, caller)
    require_permission(chat, caller, "mute-user", room_id=room.id)
    with chat.transaction():
        for user in named_users(chat, params):
            members.set_muted(chat, user, room, muted=muted)
    return success()


def readable_room(chat: Chat, params: Params, caller: User) -> Room:
    """Return the room that `roomId` or `roomName` names.

    Raises:
        ChatRefused: there is none, or this caller may not read it.
    """
    room = rooms.load_room(
        chat, room_id=params.find_text("roomId"), name=params.find_text("roomName")
    )
    members.require_readable(chat, caller, room)
    return room
