"""A chat server unlike the stub: in memory, no database session, signals after the commit.

Ids look like Matrix's, usernames may be missing or shared, each message needs a topic, and nothing
else than plain text can be posted. It shows that the port asks for no particular kind of server.
"""

import itertools
import threading
from collections.abc import Iterator, Sequence, Set as AbstractSet
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from blinker import Namespace
from flask import request

from rc_integrations_plugin.host import port

LIMIT = 1000


class Denied(Exception):
    """The server says no."""

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


@dataclass(frozen=True)
class MemoryUser:
    id: str
    username: str | None
    is_bot: bool = False
    is_active: bool = True

    @property
    def name(self) -> str | None:
        return self.username and self.username.title()

    @property
    def document(self) -> dict[str, Any]:
        return {"_id": self.id, "username": self.username, "name": self.name}


@dataclass(frozen=True)
class MemoryRoom:
    id: str
    name: str | None
    kind: str
    participants: tuple[MemoryUser, ...] = ()

    @property
    def document(self) -> dict[str, Any]:
        return {"_id": self.id, "name": self.name, "t": str(self.kind)}


@dataclass(frozen=True, kw_only=True)
class MemoryMessage:
    id: str
    room_id: str
    author: MemoryUser
    text: str
    topic: str
    sent_at: datetime
    edited_at: datetime | None = None
    integration_id: str | None = None
    thread_id: None = None
    alias: None = None

    @property
    def document(self) -> dict[str, Any]:
        return {
            "_id": self.id,
            "rid": self.room_id,
            "msg": self.text,
            "ts": self.sent_at.isoformat(),
            "u": self.author.document,
            "topic": self.topic,
        }


@dataclass
class State:
    """All that the server knows; a transaction works on a copy."""

    users: dict[str, MemoryUser] = field(default_factory=dict)
    rooms: dict[str, MemoryRoom] = field(default_factory=dict)
    messages: dict[str, MemoryMessage] = field(default_factory=dict)
    members: set[tuple[str, str]] = field(default_factory=set)
    muted: set[tuple[str, str]] = field(default_factory=set)
    blocked: set[frozenset[str]] = field(default_factory=set)
    archived: set[str] = field(default_factory=set)
    rights: set[tuple[str, str]] = field(default_factory=set)

    def copy(self) -> "State":
        return State(**{name: type(part)(part) for name, part in vars(self).items()})


class MemoryHost:
    """The server and its adapter in one."""

    capabilities: AbstractSet[str] = frozenset({"topics"})
    refusals: tuple[type[Exception], ...] = (Denied,)
    site_url = "https://chat.example.org"
    message_size_limit = LIMIT

    def __init__(self) -> None:
        self._signals = Namespace()
        self._committed = State()
        self._own = threading.local()
        self._one_at_a_time = threading.Lock()
        self._numbers = itertools.count(1)

    @property
    def signals(self) -> Namespace:
        return self._signals

    @property
    def state(self) -> State:
        """What this thread sees: its open transaction, or what is committed."""
        state: State = getattr(self._own, "state", None) or self._committed
        return state

    def transaction(self) -> AbstractContextManager[State]:
        return self.unit_of_work()

    @contextmanager
    def unit_of_work(self) -> Iterator[State]:
        with self._one_at_a_time:
            self._own.state, self._own.events = self._committed.copy(), []
            try:
                yield self._own.state
                self._committed = self._own.state
            finally:
                events, done = self._own.events, self._committed is self._own.state
                self._own.state = None
        if done:
            for signal, given in events:
                self._signals.signal(signal).send(self, **given)

    def find_current_user(self) -> MemoryUser | None:
        user_id, _, password = request.headers.get("Authorization", "").partition(" ")
        user = self.find_user(user_id)
        return user if user and user.is_active and password == f"key-of-{user.id}" else None

    def has_permission(
        self, user: port.User, permission: str, *, room: port.Room | None = None
    ) -> bool:
        return (user.id, permission) in self.state.rights

    def find_user(self, user_id: str) -> MemoryUser | None:
        return self.state.users.get(user_id)

    def find_users(self, reference: str) -> Sequence[MemoryUser]:
        users = self.state.users.values()
        return [user for user in users if reference in {user.id, user.username}]

    def find_rooms(self, reference: str) -> Sequence[MemoryRoom]:
        rooms = self.state.rooms.values()
        return [room for room in rooms if reference in {room.id, room.name}]

    def is_member(self, user: port.User, room: port.Room) -> bool:
        return (user.id, room.id) in self.state.members

    def open_direct_room(self, user: port.User, other: port.User) -> MemoryRoom:
        pair = frozenset({user.id, other.id})
        for room in self.state.rooms.values():
            if room.kind == "d" and {one.id for one in room.participants} == pair:
                return room
        if pair in self.state.blocked:
            raise Denied("error-blocked", "These two do not write to each other")
        two = tuple(self.state.users[user_id] for user_id in sorted(pair))
        return self.add_room(MemoryRoom(self.new_id("!"), None, "d", two), members=pair)

    def join_room(self, user: port.User, room: port.Room) -> None:
        if self.is_member(user, room):
            return
        if room.kind != "c" or room.id in self.state.archived:
            raise Denied("error-not-allowed", "This room can't be joined")
        self.add_member(user, room)

    def check_may_post(self, user: port.User, room: port.Room) -> None:
        if not self.is_member(user, room) or not self.state.users[user.id].is_active:
            raise Denied("error-not-allowed", "Only members write here")
        if (user.id, room.id) in self.state.muted:
            raise Denied("error-muted", "You have been muted")
        if room.id in self.state.archived:
            raise Denied("room_is_blocked", "This room is closed")

    def post_message(
        self, draft: port.MessageDraft, *, room: port.Room, as_user: port.User
    ) -> MemoryMessage:
        given = (draft.alias, draft.avatar, draft.emoji, draft.thread_id, draft.custom_fields)
        assert not any(given), f"not capable of {given}"
        assert not draft.attachments, "not capable of attachments"
        return self.write(
            draft.text,
            topic=draft.topic,
            room=room,
            author=as_user,
            integration_id=draft.integration_id,
        )

    def write(
        self,
        text: str,
        *,
        topic: str | None,
        room: port.Room,
        author: port.User,
        integration_id: str | None = None,
    ) -> MemoryMessage:
        self.check_may_post(author, room)
        if not topic:
            raise Denied("error-topic-required", "Each message here has a topic")
        if len(text.encode("utf-16-le")) // 2 > LIMIT:
            raise Denied("error-message-size-exceeded", "This is too long")
        message = MemoryMessage(
            id=self.new_id("$"),
            room_id=room.id,
            author=self.state.users[author.id],
            text=text,
            topic=topic,
            sent_at=datetime.now(UTC),
            integration_id=integration_id,
        )
        self.state.messages[message.id] = message
        self.announce("message-sent", user=message.author, room=room, message=message)
        return message

    def edit(self, message_id: str, text: str) -> None:
        new = replace(self.state.messages[message_id], text=text, edited_at=datetime.now(UTC))
        self.state.messages[message_id] = new
        room = self.state.rooms[new.room_id]
        self.announce("message-sent", user=new.author, room=room, message=new)

    def add_room(self, room: MemoryRoom, *, members: AbstractSet[str]) -> MemoryRoom:
        self.state.rooms[room.id] = room
        self.state.members |= {(user_id, room.id) for user_id in members}
        return room

    def add_member(self, user: port.User, room: port.Room) -> None:
        self.state.members.add((user.id, room.id))
        self.announce("room-joined", user=user, room=room)

    def new_id(self, mark: str) -> str:
        return f"{mark}{next(self._numbers)}#$@:example.org"

    def announce(self, signal: str, **given: Any) -> None:
        """Send the signal once the transaction is committed."""
        self._own.events.append((signal, given))
