"""`dm.*`, also called `im.*`."""

from flask import Response

from host_stub.api.answers import page, room_document, room_documents, success
from host_stub.api.auth import current_user
from host_stub.api.params import Params, read_body, read_query
from host_stub.api.room_reads import members_page, messages_page
from host_stub.chat import members, room_lists, rooms, users
from host_stub.chat.permissions import require_permission
from host_stub.chat.refusals import invalid_params, not_allowed
from host_stub.chat.server import Chat, current_chat
from host_stub.models.rooms import DIRECT, Room
from host_stub.models.users import User


def create() -> Response:
    """Open the conversation with another user."""
    chat, caller, params = current_chat(), current_user(), read_body()
    require_permission(chat, caller, "create-d")
    with chat.transaction():
        room = rooms.open_direct_room(chat, caller, _other(chat, params, caller))
    return success(room=room_document(chat, room) | {"rid": room.id})


def _other(chat: Chat, params: Params, caller: User) -> User:
    names = params.texts("usernames") or [params.text("username")]
    people = {user.id: user for user in (users.load_user(chat, username=name) for name in names)}
    if len(people) > 1:
        people.pop(caller.id, None)
    if len(people) != 1:
        raise invalid_params("This server has conversations of two only")
    return next(iter(people.values()))


def list_() -> Response:
    """List the caller's conversations."""
    chat, caller = current_chat(), current_user()
    offset, count = read_query().page()
    found, total = room_lists.list_rooms(
        chat, kind=DIRECT, member=caller, offset=offset, count=count
    )
    return page("ims", room_documents(chat, found), offset=offset, total=total)


def messages() -> Response:
    """List what is written, the newest first."""
    chat, caller, params = current_chat(), current_user(), read_query()
    return messages_page(chat, _room(chat, params, caller), params, caller=caller)


def list_members() -> Response:
    """List the two."""
    chat, caller, params = current_chat(), current_user(), read_query()
    return members_page(chat, _room(chat, params, caller), params, caller=caller)


def delete() -> Response:
    """Delete a conversation of the caller's."""
    chat, caller, params = current_chat(), current_user(), read_body()
    require_permission(chat, caller, "view-room-administration")
    room = _room(chat, params, caller)
    with chat.transaction():
        rooms.delete_room(chat, room)
    return success()


def _room(chat: Chat, params: Params, caller: User) -> Room:
    """Return the conversation that `roomId` or the other's `username` names."""
    name = params.find_text("username")
    if name is not None:
        room = rooms.find_direct_room(chat, caller, users.load_user(chat, username=name))
        if room is None:
            raise invalid_params("There is no conversation with this user")
        return room
    room = rooms.load_room(chat, room_id=params.find_text("roomId"), kinds=DIRECT)
    if not members.is_member(chat, caller.id, room.id):
        raise not_allowed()
    return room


READS = {"list": list_, "messages": messages, "history": messages, "members": list_members}
CHANGES = {"create": create, "delete": delete}
