"""Rooms and who is in them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from host_stub.models.schema import Base, Json, UtcTime, iso, now, random_id
from host_stub.models.users import User, UserRecord

CHANNEL = "c"
PRIVATE_GROUP = "p"
DIRECT = "d"


class Room(Base):
    """A public channel, a private group or a direct conversation."""

    __tablename__ = "rooms"

    id: Mapped[str] = mapped_column(String(40), primary_key=True, default=random_id)
    kind: Mapped[str] = mapped_column(String(1))
    name: Mapped[str | None] = mapped_column(String(100), unique=True)
    """None for direct rooms."""
    direct_key: Mapped[str | None] = mapped_column(String(40), unique=True)
    """The sorted ids of a direct room's two users, so that they have one room only."""
    topic: Mapped[str] = mapped_column(Text, default="")
    creator_id: Mapped[str | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    is_read_only: Mapped[bool] = mapped_column(default=False)
    is_archived: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(UtcTime, default=now)
    updated_at: Mapped[datetime] = mapped_column(UtcTime, default=now, onupdate=now)

    creator: Mapped[User | None] = relationship(lazy="joined")
    members: Mapped[list[User]] = relationship(
        secondary="memberships", order_by="User.username", viewonly=True
    )

    @property
    def participants(self) -> Sequence[User]:
        """Everyone in a direct room; empty for other kinds."""
        return self.members if self.kind == DIRECT else ()

    @property
    def document(self) -> dict[str, Any]:
        """The room as JSON."""
        return _document_of(self)


@dataclass(frozen=True, slots=True)
class Creator:
    """Who made a room."""

    id: str
    username: str


@dataclass(frozen=True, slots=True)
class RoomRecord:
    """A room as a value that outlives the session."""

    id: str
    kind: str
    name: str | None
    topic: str
    is_read_only: bool
    is_archived: bool
    created_at: datetime
    updated_at: datetime
    creator: Creator | None = field(kw_only=True)
    participants: Sequence[UserRecord] = field(kw_only=True)

    @property
    def document(self) -> dict[str, Any]:
        """The room as JSON."""
        return _document_of(self)


SomeRoom = Room | RoomRecord


def _document_of(room: SomeRoom) -> dict[str, Any]:
    document: dict[str, Any] = {
        "_id": room.id,
        "t": room.kind,
        "ro": room.is_read_only,
        "archived": room.is_archived,
        "ts": iso(room.created_at),
        "_updatedAt": iso(room.updated_at),
    }
    if room.kind == DIRECT:
        document["uids"] = [user.id for user in room.participants]
        document["usernames"] = [user.username for user in room.participants]
    else:
        document |= {"name": room.name, "fname": room.name, "topic": room.topic}
    if room.creator is not None:
        document["u"] = {"_id": room.creator.id, "username": room.creator.username}
    return document


class Membership(Base):
    """One user in one room."""

    __tablename__ = "memberships"

    room_id: Mapped[str] = mapped_column(
        ForeignKey("rooms.id", ondelete="CASCADE"), primary_key=True
    )
    user_id: Mapped[str] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    is_muted: Mapped[bool] = mapped_column(default=False)
    roles: Mapped[list[str]] = mapped_column(Json, default=list)
    """`owner`, `moderator`, `leader`."""
    joined_at: Mapped[datetime] = mapped_column(UtcTime, default=now)

    user: Mapped[User] = relationship()
    room: Mapped[Room] = relationship()
