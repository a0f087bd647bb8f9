"""Uploaded files. Each upload becomes a message at once."""

import mimetypes
import unicodedata
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import undefer

from host_stub import signals
from host_stub.chat import text
from host_stub.chat.members import require_readable
from host_stub.chat.posting import NewMessage, check_may_post, post_message
from host_stub.chat.refusals import ChatRefused
from host_stub.chat.rooms import find_room
from host_stub.chat.server import Chat
from host_stub.models.messages import MessageRecord, StoredFile
from host_stub.models.rooms import Room
from host_stub.models.schema import random_id
from host_stub.models.users import User

UNKNOWN_TYPE = "application/octet-stream"
SHOWN_TYPES = frozenset(
    {"image/png", "image/jpeg", "image/gif", "image/webp", "text/plain", "audio/mpeg", "video/mp4"}
)
"""What a browser may show; anything else, such as HTML or SVG, could run as a page of ours."""


@dataclass(frozen=True, kw_only=True)
class Upload:
    """A file that somebody sends, and what he writes with it."""

    name: str
    content: bytes
    text: str = ""
    description: str = ""
    thread_id: str | None = None


def upload_file(chat: Chat, upload: Upload, *, room: Room, author: User) -> MessageRecord:
    """Store a file and post it as a message.

    Raises:
        ChatRefused: the file is too large, or the author may not write here.
    """
    check_may_post(chat, author.id, room.id)
    if len(upload.content) > chat.settings.upload_bytes:
        raise ChatRefused("error-file-too-large", "The file is too large", status=413)
    name = _file_name(upload.name)
    file = StoredFile(
        id=random_id(),
        room_id=room.id,
        user_id=author.id,
        name=name,
        content_type=_type_of(name),
        size=len(upload.content),
        content=upload.content,
    )
    new = NewMessage(
        text=upload.text,
        thread_id=upload.thread_id,
        attachments=[_attachment(file, description=upload.description)],
        file=file.reference,
    )
    message = post_message(chat, new, room=room, author=author)
    file.message_id = message.id
    chat.session.add(file)
    chat.session.flush()
    chat.announce(signals.FILE_UPLOADED, user=author, room=room, message=message)
    return message


def load_file(chat: Chat, file_id: str, *, reader: User) -> StoredFile:
    """Return a file with its content.

    Raises:
        ChatRefused: there is none that this user may read.
    """
    query = select(StoredFile).where(StoredFile.id == file_id)
    file = None
    if text.is_storable(file_id):
        file = chat.session.scalars(query.options(undefer(StoredFile.content))).first()
    room = find_room(chat, file.room_id) if file else None
    if file is None or room is None:
        raise ChatRefused("error-invalid-file", "The file was not found", status=404)
    require_readable(chat, reader, room)
    return file


def _file_name(name: str) -> str:
    """Return the name without folders and without characters that nobody sees."""
    last = name.replace("\\", "/").rpartition("/")[2]
    seen = "".join(char for char in last if unicodedata.category(char)[0] != "C").strip()
    return seen[-200:] or "file"


def _type_of(name: str) -> str:
    # the ending alone: a name with a colon would be taken for an address
    return mimetypes.guess_type(f"file{PurePosixPath(name).suffix}")[0] or UNKNOWN_TYPE


def _attachment(file: StoredFile, *, description: str) -> dict[str, Any]:
    path = f"/file-upload/{file.id}"
    attachment = {
        "type": "file",
        "title": file.name,
        "title_link": path,
        "title_link_download": True,
    }
    if description:
        attachment["description"] = description
    kind = file.content_type.partition("/")[0]
    if kind in {"image", "audio", "video"} and file.content_type in SHOWN_TYPES:
        attachment[f"{kind}_url"] = path
        attachment[f"{kind}_type"] = file.content_type
        attachment[f"{kind}_size"] = file.size
    return attachment
