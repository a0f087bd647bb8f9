"""A chat server on which everything is looked up and asked, and nothing is done."""

from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from typing import Any, cast

from rc_integrations_plugin.host.port import Host, Message, MessageDraft, Room, RoomKind, User


@dataclass(frozen=True)
class _DirectRoom:
    """A conversation that would be opened, if it is not there already."""

    participants: tuple[User, ...]
    id: str
    name: None = None
    kind: str = RoomKind.DIRECT
    document: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class _UnsentMessage:
    """A message that is in no room."""

    id: str
    room_id: str
    author: User
    text: str
    sent_at: datetime
    edited_at: None = None
    thread_id: str | None = None
    alias: str | None = None
    integration_id: str | None = None
    document: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Rehearsal:
    """What would have been done beside posting, and the chat server that knows of it."""

    real: Host
    joined: set[str] = field(default_factory=set)
    """Ids of the public rooms that the author would have joined first."""
    opened: set[str] = field(default_factory=set)
    """Ids of the rooms that are conversations: they do not exist here."""

    @property
    def host(self) -> Host:
        """The chat server to rehearse on."""
        return cast("Host", _RehearsingHost(self))


class _RehearsingHost:
    """Passes on what reads, and stands in for what changes something."""

    def __init__(self, rehearsal: Rehearsal) -> None:
        self._real, self._notes = rehearsal.real, rehearsal
        self._numbers = count(1)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)

    def transaction(self) -> AbstractContextManager[object]:
        """Return what keeps nothing together: there is nothing."""
        return nullcontext()

    def open_direct_room(self, user: User, other: User) -> Room:
        """Return a room that is not there; whether the two may write is not known."""
        room = _DirectRoom((user, other), f"direct:{user.id}:{other.id}")
        self._notes.opened.add(room.id)
        return room

    def join_room(self, user: User, room: Room) -> None:  # noqa: ARG002 - there is one author
        """Note that he would try to."""
        self._notes.joined.add(room.id)

    def is_member(self, user: User, room: Room) -> bool:
        """Ask, but for rooms that are not there."""
        return room.id in self._notes.opened or self._real.is_member(user, room)

    def has_permission(self, user: User, permission: str, *, room: Room | None = None) -> bool:
        """Ask; in a room that is not there, whether he holds it everywhere."""
        known = None if room is not None and room.id in self._notes.opened else room
        return self._real.has_permission(user, permission, room=known)

    def check_may_post(self, user: User, room: Room) -> None:
        """Ask, but for rooms that are not there, or that he would have joined."""
        if room.id not in self._notes.opened | self._notes.joined:
            self._real.check_may_post(user, room)

    def post_message(self, draft: MessageDraft, *, room: Room, as_user: User) -> Message:
        """Return the message as it would be, if it may be posted."""
        self.check_may_post(as_user, room)
        return _UnsentMessage(
            id=f"not-posted-{next(self._numbers)}",
            room_id=room.id,
            author=as_user,
            text=draft.text,
            sent_at=datetime.now(UTC),
            thread_id=draft.thread_id,
            alias=draft.alias or None,
            integration_id=draft.integration_id,
        )
