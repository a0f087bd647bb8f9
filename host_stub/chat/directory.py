"""Users and rooms for plugins: found anew by each call, as values that never change."""

from collections.abc import Sequence

from sqlalchemy import bindparam, or_, select

from host_stub.chat import text
from host_stub.chat.server import Chat
from host_stub.models.rooms import DIRECT, Creator, Membership, Room, RoomRecord
from host_stub.models.users import USER_COLUMNS, User, UserRecord

_users, _rooms, _members = User.__table__, Room.__table__, Membership.__table__
_BY_ID = select(*USER_COLUMNS).where(_users.c.id == bindparam("user_id"))
_USERS = select(*USER_COLUMNS).where(
    or_(_users.c.id == bindparam("reference"), _users.c.username == bindparam("reference"))
)
_ROOMS = (
    select(
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
    )
    .select_from(_rooms.outerjoin(_users, _users.c.id == _rooms.c.creator_id))
    .where(or_(_rooms.c.id == bindparam("reference"), _rooms.c.name == bindparam("reference")))
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
    return [
        RoomRecord(
            *row[:-2],
            creator=None if row[-1] is None else Creator(*row[-2:]),
            participants=_participants(chat, row.id) if row.kind == DIRECT else (),
        )
        for row in rows
    ]


def _participants(chat: Chat, room_id: str) -> Sequence[UserRecord]:
    rows = chat.connection.execute(_PARTICIPANTS, {"room_id": room_id})
    return tuple(UserRecord(*row) for row in rows)
