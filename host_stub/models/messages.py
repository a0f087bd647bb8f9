"""Messages and uploaded files.

Two counters: `sequence` orders the messages; `change` grows with every post, edit and deletion, so
that a page that shows rooms live asks for `change > the last one it saw`. A deleted message stays
as an empty row for that reason.
"""

from collections.abc import Sequence as Items
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, LargeBinary, Sequence, String, Text
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import Mapped, mapped_column, relationship
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from host_stub.models.schema import Base, Json, UtcTime, iso, now, random_id
from host_stub.models.users import SomeUser, User

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
        return _document_of(self)


@dataclass(frozen=True, kw_only=True, slots=True)
class MessageRecord:
    """A message that was just posted, as a value that outlives the session."""

    id: str
    room_id: str
    author: SomeUser
    text: str
    sent_at: datetime
    updated_at: datetime
    thread_id: str | None
    alias: str | None
    avatar: str | None
    emoji: str | None
    attachments: Items[dict[str, Any]]
    custom_fields: dict[str, Any] | None
    file: dict[str, Any] | None
    parse_urls: bool
    groupable: bool
    integration_id: str | None
    edited_at: datetime | None = None
    edited_by: dict[str, Any] | None = None
    reply_count: int = 0
    last_reply_at: datetime | None = None

    @property
    def document(self) -> dict[str, Any]:
        """The message as JSON."""
        return _document_of(self)


SomeMessage = Message | MessageRecord


def _document_of(message: SomeMessage) -> dict[str, Any]:
    return {
        "_id": message.id,
        "rid": message.room_id,
        "msg": message.text,
        "ts": iso(message.sent_at),
        "u": message.author.reference,
        "_updatedAt": iso(message.updated_at),
        "mentions": [],
        "channels": [],
        "attachments": list(message.attachments),
        "parseUrls": message.parse_urls,
        "groupable": message.groupable,
        **{key: value for key, value in _optional_parts(message) if value},
    }


def _optional_parts(message: SomeMessage) -> list[tuple[str, Any]]:
    return [
        ("alias", message.alias),
        ("avatar", message.avatar),
        ("emoji", message.emoji),
        ("tmid", message.thread_id),
        ("tcount", message.reply_count),
        ("tlm", message.last_reply_at and iso(message.last_reply_at)),
        ("editedAt", message.edited_at and iso(message.edited_at)),
        ("editedBy", message.edited_by),
        ("customFields", message.custom_fields),
        ("bot", message.integration_id and {"i": message.integration_id}),
        ("file", message.file),
        ("files", message.file and [message.file]),
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
