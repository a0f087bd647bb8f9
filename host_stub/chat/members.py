"""Who is in a room: joining, inviting, leaving, muting."""

from collections.abc import Sequence

from sqlalchemy import bindparam, func, select
from sqlalchemy.dialects import postgresql, sqlite

from host_stub import signals
from host_stub.chat.permissions import has_permission
from host_stub.chat.refusals import ChatRefused, not_allowed
from host_stub.chat.server import Chat
from host_stub.models.rooms import CHANNEL, DIRECT, Membership, Room
from host_stub.models.users import User

_members = Membership.__table__
_MEMBER = select(_members.c.user_id).where(
    _members.c.user_id == bindparam("user_id"), _members.c.room_id == bindparam("room_id")
)


def find_membership(chat: Chat, user_id: str, room_id: str) -> Membership | None:
    """Return the membership of a user in a room."""
    query = select(Membership).where(Membership.user_id == user_id, Membership.room_id == room_id)
    return chat.session.scalars(query).first()


def is_member(chat: Chat, user_id: str, room_id: str) -> bool:
    """Return whether the user is in the room."""
    values = {"user_id": user_id, "room_id": room_id}
    return chat.connection.execute(_MEMBER, values).first() is not None


def may_read(chat: Chat, user: User, room: Room) -> bool:
    """Return whether the user may see what is in the room."""
    return is_member(chat, user.id, room.id) or (
        room.kind == CHANNEL and has_permission(chat, user.id, "view-c-room")
    )


def require_readable(chat: Chat, user: User, room: Room) -> None:
    """Refuse who may not see what is in the room."""
    if not may_read(chat, user, room):
        raise not_allowed()


def join_room(chat: Chat, user: User, room: Room) -> None:
    """Make the user a member of a public channel; a member stays one.

    Raises:
        ChatRefused: not a public channel that this user may see, an archived one, or an account
            that is switched off.
    """
    if is_member(chat, user.id, room.id):
        return
    # may_read() knows the account's state too: permissions are for active users only
    if room.kind != CHANNEL or not may_read(chat, user, room):
        raise not_allowed("The room can't be joined without an invitation")
    if room.is_archived:
        raise ChatRefused("error-room-archived", f"The channel, {room.name}, is archived")
    _add(chat, user, room)


def invite(chat: Chat, user: User, room: Room) -> None:
    """Make the user a member of a channel or group; a member stays one.

    Raises:
        ChatRefused: a direct or an archived room, or an account that is switched off.
    """
    if room.kind == DIRECT or not user.is_active:
        raise not_allowed("Nobody can be invited here")
    if room.is_archived:
        raise ChatRefused("error-room-archived", f"The channel, {room.name}, is archived")
    if not is_member(chat, user.id, room.id):
        _add(chat, user, room)


def remove_member(chat: Chat, user: User, room: Room) -> None:
    """Take the user out of the room, by his own wish or not.

    Raises:
        ChatRefused: not a member, a direct room, or the only owner.
    """
    membership = find_membership(chat, user.id, room.id)
    if membership is None:
        raise ChatRefused("error-user-not-in-room", "User is not in this room")
    if room.kind == DIRECT:
        raise not_allowed("A direct room can't be left")
    if "owner" in membership.roles and len(_owners(chat, room)) == 1:
        raise ChatRefused(
            "error-you-are-last-owner",
            "You are the last owner. Please set new owner before leaving the room.",
        )
    chat.session.delete(membership)
    chat.session.flush()
    chat.announce(signals.ROOM_LEFT, user=user, room=room)


def set_muted(chat: Chat, user: User, room: Room, *, muted: bool) -> None:
    """Forbid a member to write here, or allow it again.

    Raises:
        ChatRefused: not a member.
    """
    membership = find_membership(chat, user.id, room.id)
    if membership is None:
        raise ChatRefused("error-user-not-in-room", "User is not in this room")
    membership.is_muted = muted
    chat.session.flush()


def set_room_role(chat: Chat, user: User, room: Room, role_id: str, *, held: bool) -> None:
    """Make a member owner, moderator or leader of the room, or stop that.

    Raises:
        ChatRefused: not a member, or the only owner.
    """
    membership = find_membership(chat, user.id, room.id)
    if membership is None:
        raise ChatRefused("error-user-not-in-room", "User is not in this room")
    others = [role for role in membership.roles if role != role_id]
    if role_id == "owner" and not held and _owners(chat, room) == [user.id]:
        raise ChatRefused("error-remove-last-owner", "This is the last owner.")
    membership.roles = [*others, role_id] if held else others
    chat.session.flush()


def list_members(chat: Chat, room: Room, *, offset: int, count: int) -> tuple[Sequence[User], int]:
    """Return one page of the room's members by name, and how many there are."""
    page = (
        select(User)
        .join(Membership, Membership.user_id == User.id)
        .where(Membership.room_id == room.id)
        .order_by(User.username)
    )
    total = select(func.count()).where(Membership.room_id == room.id)
    users = chat.session.scalars(page.offset(offset).limit(count)).all()
    return users, chat.session.scalar(total) or 0


def _owners(chat: Chat, room: Room) -> list[str]:
    query = select(Membership.user_id, Membership.roles).where(Membership.room_id == room.id)
    return [user_id for user_id, roles in chat.session.execute(query) if "owner" in roles]


def _add(chat: Chat, user: User, room: Room) -> None:
    dialect = postgresql if chat.session.get_bind().dialect.name == "postgresql" else sqlite
    # two posts may make the same bot join at once
    insert = dialect.insert(Membership).values(user_id=user.id, room_id=room.id)
    added = chat.session.execute(
        insert.on_conflict_do_nothing().returning(Membership.user_id)
    ).first()
    if added is not None:
        chat.announce(signals.ROOM_JOINED, user=user, room=room)
