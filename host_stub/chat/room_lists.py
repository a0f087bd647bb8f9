"""Lists of rooms."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import selectinload

from host_stub.chat.server import Chat
from host_stub.models.messages import Message
from host_stub.models.rooms import DIRECT, Membership, Room
from host_stub.models.users import User


def list_rooms(
    chat: Chat, *, kind: str, member: User | None = None, offset: int, count: int
) -> tuple[Sequence[Room], int]:
    """Return one page of rooms by name (all, or a member's), and how many there are."""
    wanted = select(Room).where(Room.kind == kind)
    if member is not None:
        wanted = wanted.join(Membership, Membership.room_id == Room.id).where(
            Membership.user_id == member.id
        )
    page = wanted.order_by(Room.name, Room.created_at, Room.id).offset(offset).limit(count)
    if kind == DIRECT:
        page = page.options(selectinload(Room.members))
    return chat.session.scalars(page).unique().all(), _count(chat, wanted)


def rooms_of(chat: Chat, user: User) -> Sequence[Room]:
    """Return every room of the user, by name, the direct ones last."""
    query = (
        select(Room)
        .join(Membership, Membership.room_id == Room.id)
        .where(Membership.user_id == user.id)
        .order_by(Room.kind == DIRECT, Room.name, Room.created_at, Room.id)
        .options(selectinload(Room.members))
    )
    return chat.session.scalars(query).unique().all()


def room_counts(chat: Chat, room_ids: Sequence[str]) -> dict[str, dict[str, int]]:
    """Return for each room how many members and messages it has."""
    counts = {room_id: {"usersCount": 0, "msgs": 0} for room_id in room_ids}
    members = select(Membership.room_id, func.count()).group_by(Membership.room_id)
    for room_id, number in chat.session.execute(members.where(Membership.room_id.in_(room_ids))):
        counts[room_id]["usersCount"] = number
    messages = select(Message.room_id, func.count()).group_by(Message.room_id)
    shown = messages.where(Message.room_id.in_(room_ids), Message.deleted_at.is_(None))
    for room_id, number in chat.session.execute(shown):
        counts[room_id]["msgs"] = number
    return counts


def _count(chat: Chat, query: Select[Any]) -> int:
    rows = query.with_only_columns(Room.id).subquery()
    return chat.session.scalar(select(func.count()).select_from(rows)) or 0
