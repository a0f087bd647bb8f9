"""The rooms as the page lists and shows them. All functions need the app context."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import quote, unquote

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from host_stub.chat import members, rooms, users
from host_stub.chat.permissions import has_permission
from host_stub.chat.posting import check_may_post
from host_stub.chat.refusals import ChatRefused
from host_stub.chat.server import Chat
from host_stub.models.rooms import CHANNEL, DIRECT, PRIVATE_GROUP, Membership, Room
from host_stub.models.users import User

FOLDERS = {"channel": CHANNEL, "group": PRIVATE_GROUP, "direct": DIRECT}
_FOLDER_OF = {kind: folder for folder, kind in FOLDERS.items()}
_RIGHTS = {
    "mayDelete": ("delete-message",),
    "mayInvite": ("add-user-to-joined-room", "add-user-to-any-c-room"),
    "mayRemove": ("remove-user",),
}


def list_joined(chat: Chat, user: User) -> list[dict[str, Any]]:
    """Return the user's rooms by title, as the side of the page shows them."""
    query = (
        select(Room)
        .join(Membership, Membership.room_id == Room.id)
        .where(Membership.user_id == user.id)
        .options(selectinload(Room.members))
        .execution_options(populate_existing=True)
    )
    found = [_summary(room, user) for room in chat.session.scalars(query).unique()]
    return sorted(found, key=lambda room: (room["title"].casefold(), room["id"]))


def find_by_path(chat: Chat, path: str, user: User) -> Room | None:
    """Return the room at an address such as `/channel/general`, if the user may read it."""
    folder, slash, reference = path.removeprefix("/").partition("/")
    kind = FOLDERS.get(folder)
    if kind is None or not slash:
        return None
    reference = unquote(reference)
    found = [room for room in rooms.find_rooms(chat, reference) if room.kind == kind]
    if kind == DIRECT:
        found += _direct_rooms(chat, user, reference)
    return next((room for room in found if members.may_read(chat, user, room)), None)


def describe_room(chat: Chat, room: Room, user: User) -> dict[str, Any]:
    """Return the room with all that decides what the page offers."""
    is_member = members.is_member(chat, user.id, room.id)
    archive = "unarchive-room" if room.is_archived else "archive-room"
    rights = {**_RIGHTS, "mayArchive": (archive,)}
    return {
        **_summary(room, user),
        "topic": room.topic,
        "readOnly": room.is_read_only,
        "isMember": is_member,
        "mayPost": _may_post(chat, room, user),
        **{
            name: any(has_permission(chat, user.id, one, room_id=room.id) for one in permissions)
            for name, permissions in rights.items()
        },
    }


def _direct_rooms(chat: Chat, user: User, reference: str) -> Sequence[Room]:
    keys = [":".join(sorted({user.id, other.id})) for other in users.find_users(chat, reference)]
    return chat.session.scalars(select(Room).where(Room.direct_key.in_(keys))).unique().all()


def _summary(room: Room, user: User) -> dict[str, Any]:
    title = reference = room.name or room.id
    if room.kind == DIRECT:
        others = [one for one in room.participants if one.id != user.id] or [user]
        title = ", ".join(one.name or one.username for one in others)
        reference = others[0].username
    return {
        "id": room.id,
        "kind": room.kind,
        "name": room.name,
        "title": title,
        "path": f"/{_FOLDER_OF[room.kind]}/{quote(reference, safe='')}",
        "archived": room.is_archived,
        "isMember": True,
    }


def _may_post(chat: Chat, room: Room, user: User) -> bool:
    try:
        check_may_post(chat, user.id, room.id)
    except ChatRefused:
        return False
    return True
