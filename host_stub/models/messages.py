"""Messages and uploaded files.

Two counters: `sequence` orders the messages; `change` grows with every post, edit and deletion, so
that a page that shows rooms live asks for `change > the last one it saw`. A deleted message stays
as an empty row for that reason.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, LargeBinary, Sequence, String, Text
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import Mapped, mapped_column, relationship
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from host_stub.models.schema import Base, Json, UtcTime, iso, now, random_id
from host_stub.models.users import User

_COUNTER = Sequence("message_changes", metadata=Base.metadata)


class next_change(FunctionElement[int]):  # noqa: N801 -- reads as an SQL function
    """The next value of the counter of changes."""

    type = BigInteger()
    inherit_cache = True


@compiles(next_change)
def _nextval(_element: next_change, compiler: SQLCompiler, **_options: Any) -> str:
    return f"nextval('{compiler.preparer.format_sequence(_COUNTER)}')"


@compiles(next_change, "sqlite")
def _next_of_maximum(_element: next_change, _compiler: SQLCompiler, **_options: Any) -> str:
    # exact, since SQLite has one writer at a time, and fast by the index
    return (
        "(SELECT max(coalesce(max(change), 0),"
        " coalesce((SELECT max(value) FROM change_floor), 0)) + 1 FROM messages)"
    )


class Message(Base):
    """A message in a room."""

    __tablename__ = "messages"

    id: Mapped[str] = mapped_column(String(17), primary_key=True, default=random_id)
    sequence: Mapped[int] = mapped_column(BigInteger, default=next_change())
    change: Mapped[int] = mapped_column(
        BigInteger, default=next_change(), onupdate=next_change(), index=True
    )
    room_id: Mapped[str] = mapped_column(ForeignKey("rooms.id", ondelete="CASCADE"))
    author_id: Mapped[str] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    text: Mapped[str] = mapped_column(Text)
    sent_at: Mapped[datetime] = mapped_column(UtcTime, default=now)
    updated_at: Mapped[datetime] = mapped_column(UtcTime, default=now, onupdate=now)
    edited_at: Mapped[datetime | None] = mapped_column(UtcTime)
    edited_by: Mapped[dict[str, Any] | None] = mapped_column(Json)
    """`{_id, username}`, as it was then."""
    deleted_at: Mapped[datetime | None] = mapped_column(UtcTime)
    thread_id: Mapped[str | None] = mapped_column(ForeignKey("messages.id", ondelete="CASCADE"))
    reply_count: Mapped[int] = mapped_column(default=0)
    last_reply_at: Mapped[datetime | None] = mapped_column(UtcTime)
    alias: Mapped[str | None] = mapped_column(Text)
    avatar: Mapped[str | None] = mapped_column(Text)
    emoji: Mapped[str | None] = mapped_column(Text)
    attachments: Mapped[list[dict[str, Any]]] = mapped_column(Json, default=list)
    custom_fields: Mapped[dict[str, Any] | None] = mapped_column(Json)
    file: Mapped[dict[str, Any] | None] = mapped_column(Json)
    """`{_id, name, type, size}` of an uploaded file."""
    parse_urls: Mapped[bool] = mapped_column(default=True)
    groupable: Mapped[bool] = mapped_column(default=True)
    integration_id: Mapped[str | None] = mapped_column(String(100))

    author: Mapped[User] = relationship(lazy="joined", innerjoin=True)

    __table_args__ = (
        Index("messages_of_room", "room_id", "sequence"),
        Index(
            "messages_of_thread",
            thread_id,
            sqlite_where=thread_id.is_not(None),
            postgresql_where=thread_id.is_not(None),
        ),
    )

    @property
    def document(self) -> dict[str, Any]:
        """The message as JSON."""
        return {
            "_id": self.id,
            "rid": self.room_id,
            "msg": self.text,
            "ts": iso(self.sent_at),
            "u": self.author.reference,
            "_updatedAt": iso(self.updated_at),
            "mentions": [],
            "channels": [],
            "attachments": list(self.attachments),
            "parseUrls": self.parse_urls,
            "groupable": self.groupable,
            **{key: value for key, value in self._optional() if value},
        }

    def _optional(self) -> list[tuple[str, Any]]:
        return [
            ("alias", self.alias),
            ("avatar", self.avatar),
            ("emoji", self.emoji),
            ("tmid", self.thread_id),
            ("tcount", self.reply_count),
            ("tlm", self.last_reply_at and iso(self.last_reply_at)),
            ("editedAt", self.edited_at and iso(self.edited_at)),
            ("editedBy", self.edited_by),
            ("customFields", self.custom_fields),
            ("bot", self.integration_id and {"i": self.integration_id}),
            ("file", self.file),
            ("files", self.file and [self.file]),
        ]


class ChangeFloor(Base):
    """One row: the counter of changes has been this far, whatever messages are left."""

    __tablename__ = "change_floor"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    value: Mapped[int] = mapped_column(BigInteger)


class StoredFile(Base):
    """An uploaded file; the content is loaded only where it is asked for."""

    __tablename__ = "files"

    id: Mapped[str] = mapped_column(String(17), primary_key=True, default=random_id)
    room_id: Mapped[str] = mapped_column(ForeignKey("rooms.id", ondelete="CASCADE"), index=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    message_id: Mapped[str | None] = mapped_column(
        ForeignKey("messages.id", ondelete="CASCADE"), index=True
    )
    """None until the upload is confirmed."""
    name: Mapped[str] = mapped_column(String(255))
    content_type: Mapped[str] = mapped_column(String(255))
    size: Mapped[int]
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    uploaded_at: Mapped[datetime] = mapped_column(UtcTime, default=now)

    @property
    def reference(self) -> dict[str, Any]:
        """The file as messages mention it."""
        return {"_id": self.id, "name": self.name, "type": self.content_type, "size": self.size}
