"""What is written in rooms: finding, listing, editing, deleting."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, func, select, update

from host_stub import signals
from host_stub.chat import text
from host_stub.chat.members import require_readable
from host_stub.chat.permissions import has_permission
from host_stub.chat.posting import check_may_post
from host_stub.chat.refusals import ChatRefused
from host_stub.chat.rooms import find_room
from host_stub.chat.server import Chat
from host_stub.models.messages import Message, StoredFile, next_change
from host_stub.models.rooms import Room
from host_stub.models.schema import now
from host_stub.models.users import User


def load_message(chat: Chat, message_id: str, *, reader: User) -> tuple[Message, Room]:
    """Return a message that this user may read, and its room.

    Raises:
        ChatRefused: there is none, or it was deleted, or is in a room closed to him.
    """
    message = None
    if text.is_storable(message_id):
        query = select(Message).where(Message.id == message_id, Message.deleted_at.is_(None))
        message = chat.session.scalars(query).first()
    room = find_room(chat, message.room_id) if message else None
    if message is None or room is None:
        raise ChatRefused("error-message-not-found", "The message was not found")
    require_readable(chat, reader, room)
    return message, room


def list_messages(
    chat: Chat,
    room: Room,
    *,
    offset: int,
    count: int,
    oldest: datetime | None = None,
    latest: datetime | None = None,
) -> tuple[Sequence[Message], int]:
    """Return one page of the room's messages, the newest first, and how many there are."""
    wanted = [Message.room_id == room.id, Message.deleted_at.is_(None)]
    if oldest is not None:
        wanted.append(Message.sent_at > oldest)
    if latest is not None:
        wanted.append(Message.sent_at < latest)
    page = select(Message).where(*wanted).order_by(Message.sequence.desc())
    total = chat.session.scalar(select(func.count()).select_from(Message).where(*wanted)) or 0
    return chat.session.scalars(page.offset(offset).limit(count)).all(), total


def list_thread(
    chat: Chat, parent: Message, *, offset: int, count: int
) -> tuple[Sequence[Message], int]:
    """Return one page of the replies to a message, the oldest first, and how many there are."""
    wanted = (Message.thread_id == parent.id, Message.deleted_at.is_(None))
    page = select(Message).where(*wanted).order_by(Message.sequence)
    total = chat.session.scalar(select(func.count()).select_from(Message).where(*wanted)) or 0
    return chat.session.scalars(page.offset(offset).limit(count)).all(), total


def edit_message(chat: Chat, message: Message, new_text: str, *, room: Room, by: User) -> None:
    """Replace the text and tell everyone.

    Raises:
        ChatRefused: someone else's message, a room closed to this user, or a text too long.
    """
    check_may_post(chat, by.id, room.id)
    if message.author_id != by.id and not has_permission(
        chat, by.id, "edit-message", room_id=room.id
    ):
        raise ChatRefused("error-action-not-allowed", "Message editing not allowed")
    text.check_storable(new_text, field="text")
    text.check_size(new_text, limit=chat.settings.message_size)
    message.text = new_text
    message.edited_at = now()
    message.edited_by = {"_id": by.id, "username": by.username}
    chat.session.flush()
    chat.announce(signals.MESSAGE_SENT, user=message.author, room=room, message=message)


def delete_message(chat: Chat, message: Message, *, room: Room, by: User) -> None:
    """Empty the message; nobody gets to see it again.

    Raises:
        ChatRefused: someone else's message.
    """
    permission = "delete-own-message" if message.author_id == by.id else "delete-message"
    if not has_permission(chat, by.id, permission, room_id=room.id):
        raise ChatRefused("error-action-not-allowed", "Not allowed")
    if message.file is not None:
        chat.session.execute(delete(StoredFile).where(StoredFile.message_id == message.id))
    if message.thread_id is not None:
        _forget_reply(chat, message.thread_id)
    message.deleted_at = now()
    message.text, message.attachments = "", []
    message.alias = message.avatar = message.emoji = None
    message.custom_fields = message.file = None
    chat.session.flush()


def _forget_reply(chat: Chat, thread_id: str) -> None:
    """Count one reply less on the first message of a thread."""
    chat.session.execute(
        update(Message)
        .where(Message.id == thread_id, Message.reply_count > 0)
        .values(reply_count=Message.reply_count - 1, change=next_change())
    )
