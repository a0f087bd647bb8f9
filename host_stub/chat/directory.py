"""Users and rooms for plugins: found anew by each call, as values that never change."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, bindparam, func, or_, select

from host_stub.chat import text
from host_stub.chat.permissions import has_permission
from host_stub.chat.server import Chat
from host_stub.models.rooms import CHANNEL, DIRECT, Creator, Membership, Room, RoomRecord
from host_stub.models.users import USER_COLUMNS, User, UserRecord

_LONGEST_NAME = 100
_users, _rooms, _members = User.__table__, Room.__table__, Membership.__table__
_BY_ID = select(*USER_COLUMNS).where(_users.c.id == bindparam("user_id"))
_USERS = select(*USER_COLUMNS).where(
    or_(_users.c.id == bindparam("reference"), _users.c.username == bindparam("reference"))
)
_ALL_ROOMS = select(
    _rooms.c.id,
    _rooms.c.kind,
    _rooms.c.name,
    _rooms.c.topic,
    _rooms.c.is_read_only,
    _rooms.c.is_archived,
    _rooms.c.created_at,
    _rooms.c.updated_at,
    _users.c.id.label("creator_id"),
    _users.c.username.label("creator_name"),
).select_from(_rooms.outerjoin(_users, _users.c.id == _rooms.c.creator_id))
_ROOMS = _ALL_ROOMS.where(
    or_(_rooms.c.id == bindparam("reference"), _rooms.c.name == bindparam("reference"))
)
_PARTICIPANTS = (
    select(*USER_COLUMNS)
    .select_from(_users.join(_members, _members.c.user_id == _users.c.id))
    .where(_members.c.room_id == bindparam("room_id"))
    .order_by(_users.c.username)
)


def find_user(chat: Chat, user_id: str) -> UserRecord | None:
    """Return the user with this id."""
    if not text.is_storable(user_id):
        return None
    row = chat.connection.execute(_BY_ID, {"user_id": user_id}).first()
    return None if row is None else UserRecord(*row)


def find_users(chat: Chat, reference: str) -> Sequence[UserRecord]:
    """Return every user whose id or username is exactly this."""
    if not text.is_storable(reference):
        return ()
    return [UserRecord(*row) for row in chat.connection.execute(_USERS, {"reference": reference})]


def find_rooms(chat: Chat, reference: str) -> Sequence[RoomRecord]:
    """Return every room whose id or name is exactly this."""
    if not text.is_storable(reference):
        return ()
    rows = chat.connection.execute(_ROOMS, {"reference": reference}).all()
    return [_record(chat, row) for row in rows]


def search_rooms(chat: Chat, part: str, *, user_id: str, limit: int) -> Sequence[RoomRecord]:
    """Return channels and groups that a user may see by a part of their name, the best first."""
    if not text.is_storable(part) or len(part) > _LONGEST_NAME:
        return ()
    name, lowered = func.lower(_rooms.c.name), part.lower()
    own = select(_members.c.room_id).where(_members.c.user_id == user_id)
    visible: ColumnElement[bool] = _rooms.c.id.in_(own)
    if has_permission(chat, user_id, "view-c-room"):
        visible = or_(visible, _rooms.c.kind == CHANNEL)
    query = (
        _ALL_ROOMS.where(name.contains(lowered, autoescape=True), _rooms.c.kind != DIRECT)
        .where(visible)
        .order_by(name.startswith(lowered, autoescape=True).desc(), name, _rooms.c.id)
        .limit(limit)
    )
    return [_record(chat, row) for row in chat.connection.execute(query).all()]


def search_users(chat: Chat, part: str, *, limit: int) -> Sequence[UserRecord]:
    """Return active users by a part of their username, the best first."""
    if not text.is_storable(part) or len(part) > _LONGEST_NAME:
        return ()
    name, lowered = func.lower(_users.c.username), part.lower()
    query = (
        select(*USER_COLUMNS)
        .where(_users.c.is_active, name.contains(lowered, autoescape=True))
        .order_by(name.startswith(lowered, autoescape=True).desc(), name, _users.c.id)
        .limit(limit)
    )
    return [UserRecord(*row) for row in chat.connection.execute(query)]


def owned_rooms(chat: Chat, user_id: str) -> Sequence[RoomRecord]:
    """Return the rooms that a user is an owner of, by name."""
    roles = select(_members.c.room_id, _members.c.roles).where(_members.c.user_id == user_id)
    owned = [room_id for room_id, held in chat.connection.execute(roles) if "owner" in held]
    query = _ALL_ROOMS.where(_rooms.c.id.in_(owned), _rooms.c.kind != DIRECT)
    rows = chat.connection.execute(query.order_by(_rooms.c.name, _rooms.c.id)).all()
    return [_record(chat, row) for row in rows]


def _record(chat: Chat, row: Any) -> RoomRecord:
    *columns, creator_id, creator_name = row
    return RoomRecord(
        *columns,
        creator=None if creator_id is None else Creator(creator_id, creator_name),
        participants=_participants(chat, row.id) if row.kind == DIRECT else (),
    )


def _participants(chat: Chat, room_id: str) -> Sequence[UserRecord]:
    rows = chat.connection.execute(_PARTICIPANTS, {"room_id": room_id})
    return tuple(UserRecord(*row) for row in rows)
