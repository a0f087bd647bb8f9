"""Writing into a room.

This is the server's hottest path: two statements for a message without a thread, one that reads
all that the checks need and one that inserts.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, bindparam, insert, select, update

from host_stub import signals
from host_stub.chat import text
from host_stub.chat.permissions import has_permission
from host_stub.chat.refusals import ChatRefused, invalid_params, not_allowed
from host_stub.chat.server import Chat
from host_stub.models.messages import Message, MessageRecord, next_change
from host_stub.models.rooms import DIRECT, Membership, Room, SomeRoom
from host_stub.models.schema import now, random_id
from host_stub.models.users import SomeUser, User

READ_ONLY = "You can't send messages because the room is readonly."
MUTED = "You_have_been_muted"

# plain tables, not entities: this runs with every hook call
_rooms, _users, _members = Room.__table__, User.__table__, Membership.__table__
_IN_ROOM = and_(_members.c.room_id == _rooms.c.id, _members.c.user_id == bindparam("user_id"))
_RIGHTS = (
    select(
        _rooms.c.kind,
        _rooms.c.is_archived,
        _rooms.c.is_read_only,
        _members.c.user_id.label("member_id"),
        _members.c.is_muted,
        _users.c.is_active,
    )
    .select_from(
        _rooms.outerjoin(_members, _IN_ROOM).outerjoin(_users, _users.c.id == _members.c.user_id)
    )
    .where(_rooms.c.id == bindparam("room_id"))
)
_INSERT = insert(Message.__table__)  # type: ignore[arg-type]


@dataclass(frozen=True, kw_only=True)
class NewMessage:
    """A message to be written."""

    text: str = ""
    alias: str = ""
    avatar: str = ""
    emoji: str = ""
    attachments: Sequence[Mapping[str, Any]] = ()
    thread_id: str | None = None
    custom_fields: Mapping[str, Any] | None = None
    integration_id: str | None = None
    parse_urls: bool = True
    groupable: bool = True
    file: dict[str, Any] | None = None


def check_may_post(chat: Chat, user_id: str, room_id: str) -> None:
    """Do nothing if the user may write into the room now.

    Raises:
        ChatRefused: no such room, not a member, muted, read-only, archived, or an account of the
            two that is switched off.
    """
    row = chat.connection.execute(_RIGHTS, {"user_id": user_id, "room_id": room_id}).first()
    if row is None:
        raise ChatRefused("error-invalid-room", "Invalid room")
    if row.member_id is None or not row.is_active:
        raise not_allowed()
    if row.is_archived or (row.kind == DIRECT and _other_is_gone(chat, user_id, room_id)):
        raise ChatRefused("room_is_blocked", "This room is blocked")
    if row.is_muted:
        raise ChatRefused(MUTED)
    if row.is_read_only and not has_permission(chat, user_id, "post-readonly", room_id=room_id):
        raise ChatRefused(READ_ONLY)


def post_message(chat: Chat, new: NewMessage, *, room: SomeRoom, author: SomeUser) -> MessageRecord:
    """Store a message and tell everyone.

    Raises:
        ChatRefused: the author may not write here, or the text is too long or not text.
    """
    check_may_post(chat, author.id, room.id)
    for field in (new.text, new.alias, new.avatar, new.emoji):
        text.check_storable(field, field="the message")
    text.check_size(new.text, limit=chat.settings.message_size)
    sent_at = now()
    values = _columns(new, room_id=room.id, author_id=author.id) | {"sent_at": sent_at}
    values["updated_at"] = sent_at
    if new.thread_id is not None:
        _count_reply(chat, new.thread_id, values)
    chat.connection.execute(_INSERT, values)
    # not loaded back: all that an answer or a listener reads is known
    del values["author_id"]
    message = MessageRecord(**values, author=author)
    chat.announce(signals.MESSAGE_SENT, user=author, room=room, message=message)
    return message


def _columns(new: NewMessage, *, room_id: str, author_id: str) -> dict[str, Any]:
    return {
        "id": random_id(),
        "room_id": room_id,
        "author_id": author_id,
        "text": new.text,
        "alias": new.alias or None,
        "avatar": new.avatar or None,
        "emoji": new.emoji or None,
        "attachments": [dict(attachment) for attachment in new.attachments],
        "custom_fields": None if new.custom_fields is None else dict(new.custom_fields),
        "thread_id": new.thread_id,
        "integration_id": new.integration_id,
        "parse_urls": new.parse_urls,
        "groupable": new.groupable,
        "file": new.file,
    }


def _count_reply(chat: Chat, thread_id: str, values: dict[str, Any]) -> None:
    """Note on the first message of a thread that it got a reply."""
    query = select(Message.room_id, Message.thread_id, Message.deleted_at).where(
        Message.id == thread_id
    )
    parent = chat.session.execute(query).first() if text.is_storable(thread_id) else None
    if parent is None or parent.room_id != values["room_id"] or parent.deleted_at is not None:
        raise invalid_params("The thread's first message is not in this room")
    # a reply to a reply belongs to the same thread
    values["thread_id"] = parent.thread_id or thread_id
    chat.session.execute(
        update(Message)
        .where(Message.id == values["thread_id"])
        .values(
            reply_count=Message.reply_count + 1,
            last_reply_at=values["sent_at"],
            change=next_change(),
        )
    )


def _other_is_gone(chat: Chat, user_id: str, room_id: str) -> bool:
    query = (
        select(User.is_active)
        .join(Membership, Membership.user_id == User.id)
        .where(Membership.room_id == room_id, User.id != user_id)
    )
    return not all(chat.session.scalars(query))
