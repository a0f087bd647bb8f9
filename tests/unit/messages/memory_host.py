"""A chat server in memory, for tests of posting: it counts what it is asked."""

from collections import Counter
from collections.abc import Iterator, Sequence, Set as AbstractSet
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from blinker import Namespace

from rc_integrations_plugin.host.port import Capability, Host, MessageDraft, Room, User


class Refused(Exception):
    def __init__(self, code: str, reason: str = "The host says no.") -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


@dataclass(frozen=True)
class MemoryUser:
    id: str
    username: str | None = None
    name: str | None = None
    is_bot: bool = False
    is_active: bool = True
    document: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class MemoryRoom:
    id: str
    name: str | None = None
    kind: str = "c"
    participants: tuple[MemoryUser, ...] = ()
    document: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class MemoryMessage:
    id: str
    room_id: str
    author: User
    text: str
    sent_at: datetime
    edited_at: datetime | None = None
    thread_id: str | None = None
    alias: str | None = None
    integration_id: str | None = None
    document: dict[str, Any] = field(default_factory=dict)


BOT = MemoryUser("u-bot", "rocket.cat", "Rocket Cat")
ANN = MemoryUser("u-ann", "ann", "Ann")


@dataclass
class State:
    members: set[tuple[str, str]] = field(default_factory=set)
    messages: list[tuple[str, MessageDraft]] = field(default_factory=list)
    rooms: list[MemoryRoom] = field(default_factory=list)


class MemoryHost:
    """Keeps everything in `state`, which a failed transaction puts back."""

    signals = Namespace()
    refusals: tuple[type[Exception], ...] = (Refused,)
    site_url = "http://chat.test"

    def __init__(self) -> None:
        self.capabilities: AbstractSet[str] = set(Capability) - {
            Capability.TOPICS,
            Capability.SEARCH,
            Capability.OWNERS,
        }
        self.message_size_limit = 5000
        self.users = [BOT, ANN]
        self.state = State(rooms=[MemoryRoom("r-general", "general")])
        self.state.members.add((BOT.id, "r-general"))
        self.permissions = {"message-impersonate"}
        self.read_only: set[str] = set()
        self.failing: dict[str, Exception] = {}
        self.asked: Counter[str] = Counter()

    def add_room(
        self, room_id: str, name: str | None = None, kind: str = "c", *, member: bool = True
    ) -> MemoryRoom:
        room = MemoryRoom(room_id, name, kind)
        self.state.rooms.append(room)
        if member:
            self.state.members.add((BOT.id, room_id))
        return room

    def find_current_user(self) -> User | None:
        return None

    def has_permission(self, user: User, permission: str, *, room: Room | None = None) -> bool:
        self.asked["has_permission"] += 1
        return permission in self.permissions

    def find_user(self, user_id: str) -> User | None:
        self.asked["find_user"] += 1
        return next((user for user in self.users if user.id == user_id), None)

    def find_users(self, reference: str) -> Sequence[User]:
        self.asked["find_users"] += 1
        return [user for user in self.users if reference in {user.id, user.username}]

    def find_rooms(self, reference: str) -> Sequence[Room]:
        self.asked["find_rooms"] += 1
        return [room for room in self.state.rooms if reference in {room.id, room.name}]

    def is_member(self, user: User, room: Room) -> bool:
        self.asked["is_member"] += 1
        return (user.id, room.id) in self.state.members

    def open_direct_room(self, user: User, other: User) -> Room:
        room_id = f"d-{user.id}-{other.id}"
        if not any(room.id == room_id for room in self.state.rooms):
            self.add_room(room_id, kind="d")
        return next(room for room in self.state.rooms if room.id == room_id)

    def join_room(self, user: User, room: Room) -> None:
        if room.kind != "c":
            raise Refused("error-not-allowed")
        self.state.members.add((user.id, room.id))

    def check_may_post(self, user: User, room: Room) -> None:
        self.asked["check_may_post"] += 1
        self._refuse(user, room)

    def _refuse(self, user: User, room: Room) -> None:
        if (user.id, room.id) not in self.state.members or room.id in self.read_only:
            raise Refused("error-not-allowed")

    def post_message(self, draft: MessageDraft, *, room: Room, as_user: User) -> MemoryMessage:
        if room.id in self.failing:
            raise self.failing[room.id]
        self._refuse(as_user, room)
        self.state.messages.append((room.id, draft))
        return MemoryMessage(
            id=f"m{len(self.state.messages)}",
            room_id=room.id,
            author=as_user,
            text=draft.text,
            sent_at=datetime(2025, 7, 28, 11, 43, 39, 154000, tzinfo=UTC),
        )

    @contextmanager
    def transaction(self) -> Iterator[None]:
        self.asked["transaction"] += 1
        before = deepcopy(self.state)
        try:
            yield
        except BaseException:
            self.state = before
            raise


if TYPE_CHECKING:
    _: Host = MemoryHost()
