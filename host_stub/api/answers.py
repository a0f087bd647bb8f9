"""Answers that say yes, in Rocket.Chat's shape."""

from collections.abc import Sequence
from typing import Any

from flask import Response, jsonify

from host_stub.chat.permissions import has_permission
from host_stub.chat.room_lists import room_counts
from host_stub.chat.server import Chat
from host_stub.models.rooms import Room
from host_stub.models.users import User


def success(**body: Any) -> Response:
    """Return the answer to something that worked."""
    return jsonify({**body, "success": True})


def page(name: str, items: Sequence[Any], *, offset: int, total: int) -> Response:
    """Return one page of a list."""
    return success(**{name: items, "count": len(items), "offset": offset, "total": total})


def room_documents(chat: Chat, rooms: Sequence[Room]) -> list[dict[str, Any]]:
    """Return rooms with their numbers of members and messages."""
    counts = room_counts(chat, [room.id for room in rooms])
    return [room.document | counts[room.id] for room in rooms]


def room_document(chat: Chat, room: Room) -> dict[str, Any]:
    """Return a room with its numbers of members and messages."""
    return room_documents(chat, [room])[0]


def user_documents(chat: Chat, users: Sequence[User], *, viewer: User) -> list[dict[str, Any]]:
    """Return users as this viewer may see them: e-mail addresses are for few."""
    sees_all = has_permission(chat, viewer.id, "view-full-other-user-info")
    documents = [user.document for user in users]
    for document in documents:
        if not sees_all and document["_id"] != viewer.id:
            del document["emails"]
    return documents
