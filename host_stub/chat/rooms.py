"""Rooms: finding, making, renaming, archiving, deleting."""

from collections.abc import Iterable, Sequence

from sqlalchemy import bindparam, delete, or_, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError

from host_stub import signals
from host_stub.chat import text
from host_stub.chat.changes import keep_change_counter
from host_stub.chat.refusals import ChatRefused, not_allowed
from host_stub.chat.server import Chat
from host_stub.models.rooms import DIRECT, Membership, Room
from host_stub.models.users import User

# stored objects may be older than the row: what is found is always read anew
_BY_ID = (
    select(Room).where(Room.id == bindparam("room_id")).execution_options(populate_existing=True)
)
_BY_REFERENCE = (
    select(Room)
    .where(or_(Room.id == bindparam("reference"), Room.name == bindparam("reference")))
    .execution_options(populate_existing=True)
)


def find_rooms(chat: Chat, reference: str) -> Sequence[Room]:
    """Return every room whose id or name is exactly this."""
    if not text.is_storable(reference):
        return ()
    return chat.session.scalars(_BY_REFERENCE, {"reference": reference}).all()


def find_room(chat: Chat, room_id: str) -> Room | None:
    """Return the room with this id."""
    if not text.is_storable(room_id):
        return None
    return chat.session.scalars(_BY_ID, {"room_id": room_id}).first()


def load_room(
    chat: Chat, *, room_id: str | None = None, name: str | None = None, kinds: str = "cpd"
) -> Room:
    """Return the room with this id or name, if it is of one of these kinds.

    Raises:
        ChatRefused: there is none, or neither was given.
    """
    if not (room_id or name):
        raise ChatRefused(
            "error-roomid-param-not-provided",
            'The parameter "roomId" or "roomName" is required',
        )
    reference = room_id or (name or "").removeprefix("#")
    wanted = [
        room
        for room in find_rooms(chat, reference)
        if room.kind in kinds and reference == (room.id if room_id else room.name)
    ]
    if not wanted:
        raise ChatRefused(
            "error-room-not-found",
            'The required "roomId" or "roomName" param provided does not match any room',
        )
    return wanted[0]


def create_room(
    chat: Chat,
    name: str,
    *,
    kind: str,
    owner: User,
    members: Iterable[User] = (),
    read_only: bool = False,
) -> Room:
    """Make a channel or a private group and put the owner and the members in.

    Raises:
        ChatRefused: a name that can't be used or is taken.
    """
    name = text.room_name(name)
    _check_name_is_free(chat, name)
    room = Room(kind=kind, name=name, creator=owner, is_read_only=read_only)
    chat.session.add(room)
    _flush(chat, name)
    people = {owner.id: owner} | {user.id: user for user in members}
    for user in people.values():
        roles = ["owner"] if user is owner else []
        chat.session.add(Membership(room_id=room.id, user_id=user.id, roles=roles))
    chat.session.flush()
    chat.announce(signals.ROOM_CREATED, user=owner, room=room)
    return room


def open_direct_room(chat: Chat, user: User, other: User) -> Room:
    """Return the direct room of these two, made now if there was none.

    Raises:
        ChatRefused: one of the accounts is switched off.
    """
    if not (user.is_active and other.is_active):
        raise not_allowed("This account is switched off")
    direct_key = _direct_key(user, other)
    room = _find_direct_room(chat, direct_key)
    if room is not None:
        return room
    # two requests may open the same room at once: the second finds the first's
    made = _insert_direct_room(chat, direct_key, user)
    room = _find_direct_room(chat, direct_key)
    if room is None:
        raise ChatRefused("error-invalid-room", "Invalid room")
    if made:
        for user_id in direct_key.split(":"):
            chat.session.add(Membership(room_id=room.id, user_id=user_id, roles=[]))
        chat.session.flush()
    return room


def find_direct_room(chat: Chat, user: User, other: User) -> Room | None:
    """Return the direct room of these two."""
    return _find_direct_room(chat, _direct_key(user, other))


def rename_room(chat: Chat, room: Room, name: str) -> None:
    """Give the room another name.

    Raises:
        ChatRefused: a name that can't be used or is taken, or a direct room.
    """
    name = text.room_name(name)
    if room.kind == DIRECT:
        raise not_allowed("Direct rooms have no name")
    if name == room.name:
        return
    _check_name_is_free(chat, name)
    room.name = name
    _flush(chat, name)


def archive_room(chat: Chat, room: Room, *, by: User) -> None:
    """Close the room for writing.

    Raises:
        ChatRefused: it is archived, or a direct room.
    """
    if room.kind == DIRECT:
        raise ChatRefused("error-direct-message-room", "Direct Messages can not be archived")
    if room.is_archived:
        raise ChatRefused("error-room-archived", f"The channel, {room.name}, is archived")
    room.is_archived = True
    chat.session.flush()
    chat.announce(signals.ROOM_ARCHIVED, user=by, room=room)


def unarchive_room(chat: Chat, room: Room) -> None:
    """Open the room again.

    Raises:
        ChatRefused: it is not archived.
    """
    if not room.is_archived:
        raise ChatRefused("error-room-not-archived", f"The channel, {room.name}, is not archived")
    room.is_archived = False
    chat.session.flush()


def set_read_only(chat: Chat, room: Room, *, read_only: bool) -> None:
    """Let everybody write, or only those with the permission `post-readonly`."""
    room.is_read_only = read_only
    chat.session.flush()


def set_topic(chat: Chat, room: Room, topic: str) -> None:
    """Say what the room is about."""
    room.topic = text.short_text(topic, field="topic", limit=1000)
    chat.session.flush()


def delete_room(chat: Chat, room: Room) -> None:
    """Delete the room with its messages and files."""
    keep_change_counter(chat)
    chat.session.execute(delete(Room).where(Room.id == room.id))


def _check_name_is_free(chat: Chat, name: str) -> None:
    taken = select(Room.id).where(or_(Room.name == name, Room.id == name))
    if chat.session.scalars(taken).first() is not None:
        raise _name_taken(name)


def _name_taken(name: str) -> ChatRefused:
    return ChatRefused("error-duplicate-channel-name", f"A channel with name '{name}' exists")


def _flush(chat: Chat, name: str) -> None:
    try:
        chat.session.flush()
    except IntegrityError as error:  # somebody took the name since we looked
        raise _name_taken(name) from error


def _direct_key(user: User, other: User) -> str:
    return ":".join(sorted({user.id, other.id}))


def _find_direct_room(chat: Chat, direct_key: str) -> Room | None:
    return chat.session.scalars(select(Room).where(Room.direct_key == direct_key)).first()


def _insert_direct_room(chat: Chat, direct_key: str, creator: User) -> bool:
    """Insert the room unless these two have one; return whether it was inserted."""
    dialect = postgresql if chat.session.get_bind().dialect.name == "postgresql" else sqlite
    statement = (
        dialect.insert(Room)
        .values(kind=DIRECT, direct_key=direct_key, creator_id=creator.id)
        .on_conflict_do_nothing()
        .returning(Room.id)
    )
    return chat.session.execute(statement).first() is not None
