"""Reading `channels.*` and `groups.*`."""

from flask import Response

from host_stub.api.answers import page, room_documents, user_documents
from host_stub.api.auth import current_user
from host_stub.api.families import Family, View, named_room, room_answer
from host_stub.api.params import Params, read_query
from host_stub.chat import members, room_lists
from host_stub.chat.messages import list_messages
from host_stub.chat.permissions import has_permission, require_permission
from host_stub.chat.server import Chat, current_chat
from host_stub.models.rooms import PRIVATE_GROUP, Room
from host_stub.models.users import User


def info(family: Family) -> Response:
    """Describe a room."""
    chat, caller = current_chat(), current_user()
    return room_answer(chat, family, named_room(chat, family, read_query(), caller=caller))


def list_joined(family: Family) -> Response:
    """List the caller's rooms by name."""
    return _list(family, member=current_user())


def list_all(family: Family) -> Response:
    """List all rooms by name; groups are secret to most."""
    if family.kind == PRIVATE_GROUP:
        require_permission(current_chat(), current_user(), "view-room-administration")
        return _list(family, member=None)
    return list_usual(family)


def list_usual(family: Family) -> Response:
    """List all channels, or the caller's groups; who may not see channels gets his own."""
    caller = current_user()
    sees_all = family.kind != PRIVATE_GROUP and has_permission(
        current_chat(), caller.id, "view-c-room"
    )
    return _list(family, member=None if sees_all else caller)


def _list(family: Family, *, member: User | None) -> Response:
    chat = current_chat()
    current_user()
    offset, count = read_query().page()
    found, total = room_lists.list_rooms(
        chat, kind=family.kind, member=member, offset=offset, count=count
    )
    return page(family.prefix, room_documents(chat, found), offset=offset, total=total)


def list_members(family: Family) -> Response:
    """List who is in the room, by name."""
    chat, caller, params = current_chat(), current_user(), read_query()
    room = named_room(chat, family, params, caller=caller)
    return members_page(chat, room, params, caller=caller)


def messages(family: Family) -> Response:
    """List what is written, the newest first."""
    chat, caller, params = current_chat(), current_user(), read_query()
    room = named_room(chat, family, params, caller=caller)
    return messages_page(chat, room, params, caller=caller)


def members_page(chat: Chat, room: Room, params: Params, *, caller: User) -> Response:
    """Return one page of a room's members."""
    members.require_readable(chat, caller, room)
    offset, count = params.page()
    found, total = members.list_members(chat, room, offset=offset, count=count)
    documents = user_documents(chat, found, viewer=caller)
    return page("members", documents, offset=offset, total=total)


def messages_page(chat: Chat, room: Room, params: Params, *, caller: User) -> Response:
    """Return one page of a room's messages, the newest first."""
    members.require_readable(chat, caller, room)
    offset, count = params.page()
    found, total = list_messages(
        chat,
        room,
        offset=offset,
        count=count,
        oldest=params.find_time("oldest"),
        latest=params.find_time("latest"),
    )
    documents = [message.document for message in found]
    return page("messages", documents, offset=offset, total=total)


READS: dict[str, View] = {
    "info": info,
    "list": list_usual,
    "list.joined": list_joined,
    "listAll": list_all,
    "members": list_members,
    "messages": messages,
    "history": messages,
}
"""What follows the family's prefix and a full stop, for GET."""
