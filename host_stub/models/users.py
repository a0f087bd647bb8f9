"""Users, their log-in tokens, roles and permissions.

`UserRecord` is a user as a plain value, for whoever only reads, as each call of a hook does:
loading an entity costs three times as much. `RoomRecord` and `MessageRecord` are for the same.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, func
from sqlalchemy.orm import Mapped, mapped_column

from host_stub.models.schema import Base, Json, UtcTime, iso, now, random_id

BOT = "bot"


class User(Base):
    """Someone with an account."""

    __tablename__ = "users"

    id: Mapped[str] = mapped_column(String(17), primary_key=True, default=random_id)
    username: Mapped[str] = mapped_column(String(100), unique=True)
    name: Mapped[str | None] = mapped_column(String(200))
    email: Mapped[str | None] = mapped_column(String(200), unique=True)
    type: Mapped[str] = mapped_column(String(10), default="user")
    """`user` or `bot`."""
    is_active: Mapped[bool] = mapped_column(default=True)
    # a list in one column: roles are few and are wanted whole with each user
    roles: Mapped[list[str]] = mapped_column(Json, default=lambda: ["user"])
    password_hash: Mapped[str | None] = mapped_column(String(200))
    created_at: Mapped[datetime] = mapped_column(UtcTime, default=now)
    updated_at: Mapped[datetime] = mapped_column(UtcTime, default=now, onupdate=now)

    __table_args__ = (Index("users_lower_username", func.lower(username), unique=True),)

    @property
    def is_bot(self) -> bool:
        return self.type == BOT

    @property
    def reference(self) -> dict[str, Any]:
        """The user as other documents mention it."""
        return {"_id": self.id, "username": self.username, "name": self.name}

    @property
    def document(self) -> dict[str, Any]:
        """The user as JSON, without anything secret."""
        return _document_of(self)


@dataclass(frozen=True, slots=True)
class UserRecord:
    """Someone with an account, as a value that outlives the session."""

    id: str
    username: str
    name: str | None
    email: str | None
    type: str
    is_active: bool
    roles: Sequence[str]
    created_at: datetime
    updated_at: datetime

    @property
    def is_bot(self) -> bool:
        return self.type == BOT

    @property
    def reference(self) -> dict[str, Any]:
        """The user as other documents mention it."""
        return {"_id": self.id, "username": self.username, "name": self.name}

    @property
    def document(self) -> dict[str, Any]:
        """The user as JSON, without anything secret."""
        return _document_of(self)


SomeUser = User | UserRecord
USER_COLUMNS = tuple(User.__table__.c[name] for name in UserRecord.__dataclass_fields__)
"""Those of a `UserRecord`, in its order."""


def _document_of(user: SomeUser) -> dict[str, Any]:
    emails = [{"address": user.email, "verified": False}] if user.email else []
    return {
        **user.reference,
        "type": user.type,
        "active": user.is_active,
        "roles": list(user.roles),
        "emails": emails,
        "status": "offline",
        "createdAt": iso(user.created_at),
        "_updatedAt": iso(user.updated_at),
    }


class AuthToken(Base):
    """A log-in that is still good. Only the hash of what the client holds is kept."""

    __tablename__ = "auth_tokens"

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[datetime] = mapped_column(UtcTime, default=now)
    expires_at: Mapped[datetime] = mapped_column(UtcTime)


class Role(Base):
    """A name for a set of permissions, held everywhere or (scope `Subscriptions`) in a room."""

    __tablename__ = "roles"

    id: Mapped[str] = mapped_column(String(100), primary_key=True)
    scope: Mapped[str] = mapped_column(String(20), default="Users")
    description: Mapped[str] = mapped_column(String(200), default="")

    @property
    def document(self) -> dict[str, Any]:
        """The role as JSON."""
        return {
            "_id": self.id,
            "name": self.id,
            "scope": self.scope,
            "description": self.description,
            "protected": self.id in PROTECTED_ROLES,
            "mandatory2fa": False,
        }


class Permission(Base):
    """Something that only some roles may do."""

    __tablename__ = "permissions"

    id: Mapped[str] = mapped_column(String(100), primary_key=True)
    roles: Mapped[list[str]] = mapped_column(Json)
    updated_at: Mapped[datetime] = mapped_column(UtcTime, default=now, onupdate=now)

    @property
    def document(self) -> dict[str, Any]:
        """The permission as JSON."""
        return {"_id": self.id, "roles": list(self.roles), "_updatedAt": iso(self.updated_at)}


PROTECTED_ROLES = frozenset(
    {"admin", "user", "bot", "app", "guest", "anonymous", "owner", "moderator", "leader"}
)
"""Roles that can't be deleted."""
