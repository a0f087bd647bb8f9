"""What happened since a given time: the live connection's only view of the database.

Every process reads the database itself, so it does not matter which one a message came to.
All functions need the app context.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Integer, cast, func, select, union

from host_stub.chat.permissions import has_permission
from host_stub.chat.server import Chat
from host_stub.models.messages import Message
from host_stub.models.rooms import CHANNEL, Membership, Room
from host_stub.models.users import Permission

MESSAGE = "message"
REMOVED = "removed"
_MOST_NUMBERS = 1000


@dataclass(frozen=True, kw_only=True)
class Change:
    """A message that is new, was edited or was deleted, as the page is told of it."""

    number: int
    room_id: str
    event: str
    data: str
    """JSON on one line."""


def last_change(chat: Chat) -> int:
    """Return the number of the newest change, 0 when nothing has been written yet."""
    return chat.session.scalar(select(func.max(Message.change))) or 0


def read_changes(chat: Chat, *, after: int, limit: int) -> Sequence[Change]:
    """Return the changes with a higher number, the oldest first."""
    query = select(Message).where(Message.change > after).order_by(Message.change).limit(limit)
    found = chat.session.scalars(query, execution_options={"populate_existing": True})
    return [_change(message) for message in found]


def change_numbers(chat: Chat, *, after: int) -> Sequence[int]:
    """Return the numbers of the changes with a higher number, the oldest first."""
    query = select(Message.change).where(Message.change > after).order_by(Message.change)
    return chat.session.scalars(query.limit(_MOST_NUMBERS)).all()


def number_overlap(chat: Chat) -> int:
    """Return how far back a change may still turn up behind a higher number.

    SQLite has one writer, so numbers appear in order. PostgreSQL hands them out before the
    commit, and a slow transaction's number shows up late.
    """
    return 0 if chat.session.get_bind().dialect.name == "sqlite" else 200


def readable_rooms(chat: Chat, user_id: str) -> frozenset[str]:
    """Return the ids of the rooms whose messages the user may see."""
    joined = select(Membership.room_id).where(Membership.user_id == user_id)
    if has_permission(chat, user_id, "view-c-room"):
        rooms = union(joined, select(Room.id).where(Room.kind == CHANNEL))
        return frozenset(chat.session.execute(rooms).scalars())
    return frozenset(chat.session.scalars(joined))


def rooms_fingerprint(chat: Chat) -> tuple[Any, ...]:
    """Return values that differ when rooms, memberships or permissions have changed."""
    query = select(
        select(func.count()).select_from(Room).scalar_subquery(),
        select(func.max(Room.updated_at)).scalar_subquery(),
        select(func.count()).select_from(Membership).scalar_subquery(),
        select(func.max(Membership.joined_at)).scalar_subquery(),
        select(func.sum(cast(Membership.is_muted, Integer))).scalar_subquery(),
        select(func.max(Permission.updated_at)).scalar_subquery(),
    )
    return tuple(chat.session.execute(query).one())


def _change(message: Message) -> Change:
    if message.deleted_at is not None:
        event, document = REMOVED, {"_id": message.id, "rid": message.room_id}
    else:
        event, document = MESSAGE, message.document
    return Change(
        number=message.change,
        room_id=message.room_id,
        event=event,
        data=json.dumps(document, separators=(",", ":")),
    )
