"""Who is in a room, by `channels.*` and `groups.*`."""

from functools import partial

from flask import Response

from host_stub.api.answers import success
from host_stub.api.auth import current_user
from host_stub.api.families import Family, View, named_room, named_users, room_answer
from host_stub.api.params import read_body
from host_stub.chat import members
from host_stub.chat.permissions import ROOM_ROLES, has_permission, require_permission
from host_stub.chat.refusals import not_allowed
from host_stub.chat.server import Chat, current_chat
from host_stub.models.rooms import Room
from host_stub.models.users import User


def invite(family: Family) -> Response:
    """Put users into the room."""
    chat, caller, params = current_chat(), current_user(), read_body()
    room = named_room(chat, family, params, caller=caller)
    _require_invitation_right(chat, caller, room)
    with chat.transaction():
        for user in named_users(chat, params):
            members.invite(chat, user, room)
    return room_answer(chat, family, room)


def _require_invitation_right(chat: Chat, caller: User, room: Room) -> None:
    if has_permission(chat, caller.id, f"add-user-to-any-{room.kind}-room"):
        return
    if not members.is_member(chat, caller.id, room.id):
        raise not_allowed()
    require_permission(chat, caller, "add-user-to-joined-room", room_id=room.id)


def kick(family: Family) -> Response:
    """Take users out of the room."""
    chat, caller, params = current_chat(), current_user(), read_body()
    room = named_room(chat, family, params, caller=caller)
    require_permission(chat, caller, "remove-user", room_id=room.id)
    with chat.transaction():
        for user in named_users(chat, params):
            members.remove_member(chat, user, room)
    return room_answer(chat, family, room)


def join(family: Family) -> Response:
    """Enter a public channel."""
    chat, caller, params = current_chat(), current_user(), read_body()
    room = named_room(chat, family, params, caller=caller)
    with chat.transaction():
        members.join_room(chat, caller, room)
    return room_answer(chat, family, room)


def leave(family: Family) -> Response:
    """Leave the room."""
    chat, caller, params = current_chat(), current_user(), read_body()
    room = named_room(chat, family, params, caller=caller)
    with chat.transaction():
        members.remove_member(chat, caller, room)
    return room_answer(chat, family, room)


def _set_role(role_id: str, held: bool, family: Family) -> Response:  # noqa: FBT001 -- for partial
    """Make members owner, moderator or leader of the room, or stop that."""
    chat, caller, params = current_chat(), current_user(), read_body()
    room = named_room(chat, family, params, caller=caller)
    require_permission(chat, caller, f"set-{role_id}", room_id=room.id)
    with chat.transaction():
        for user in named_users(chat, params):
            members.set_room_role(chat, user, room, role_id, held=held)
    return success()


MEMBERSHIP: dict[str, View] = {"invite": invite, "kick": kick, "join": join, "leave": leave}
"""What follows the family's prefix and a full stop, for POST."""

for _role_id in ROOM_ROLES:
    MEMBERSHIP[f"add{_role_id.title()}"] = partial(_set_role, _role_id, True)  # noqa: FBT003
    MEMBERSHIP[f"remove{_role_id.title()}"] = partial(_set_role, _role_id, False)  # noqa: FBT003
