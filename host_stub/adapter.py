"""The chat server as plugins see it.

`ChatHost` has the shape of `rc_integrations_plugin.host.port.Host`, without importing it: the two
packages don't know each other, and mypy compares them in the tests. Arguments need no more than
the properties that are used here, so a plugin may hand in objects of its own.
"""

from collections.abc import Mapping, Sequence, Set as AbstractSet
from contextlib import AbstractContextManager
from typing import Any, Protocol

from blinker import Namespace

from host_stub.api.auth import find_current_user
from host_stub.chat import directory, members, permissions, posting, rooms, users
from host_stub.chat.refusals import ChatRefused
from host_stub.chat.server import Chat
from host_stub.models.messages import MessageRecord
from host_stub.models.rooms import Room, RoomRecord
from host_stub.models.users import User, UserRecord


class Identified(Protocol):
    """A user or a room, by its id."""

    @property
    def id(self) -> str: ...


class Draft(Protocol):
    """A message that a plugin wants to post."""

    @property
    def text(self) -> str: ...

    @property
    def integration_id(self) -> str: ...

    @property
    def alias(self) -> str: ...

    @property
    def avatar(self) -> str: ...

    @property
    def emoji(self) -> str: ...

    @property
    def attachments(self) -> Sequence[Mapping[str, Any]]: ...

    @property
    def thread_id(self) -> str | None: ...

    @property
    def custom_fields(self) -> Mapping[str, Any] | None: ...

    @property
    def parse_urls(self) -> bool: ...

    @property
    def groupable(self) -> bool: ...


class ChatHost:
    """This chat server, for plugins. Its methods need the app context."""

    capabilities: AbstractSet[str] = frozenset(
        {
            *("alias", "avatar", "emoji", "attachments", "threads", "custom_fields"),
            *("search", "owners"),
        }
    )
    refusals: tuple[type[Exception], ...] = (ChatRefused,)

    def __init__(self, chat: Chat) -> None:
        self.chat = chat
        chat.sender = self

    @property
    def signals(self) -> Namespace:
        """The signals that `host_stub.signals` lists."""
        return self.chat.signals

    @property
    def site_url(self) -> str:
        """Where people reach the server, without a slash at the end."""
        return self.chat.settings.site_url

    @property
    def message_size_limit(self) -> int:
        """How long a text may be, in UTF-16 code units."""
        return self.chat.settings.message_size

    def find_current_user(self) -> User | None:
        """Return who sent the Flask request that is being handled, or None for a stranger."""
        return find_current_user()

    def has_permission(
        self, user: Identified, permission: str, *, room: Identified | None = None
    ) -> bool:
        """Return whether the user holds a permission, everywhere or in one room."""
        room_id = None if room is None else room.id
        return permissions.has_permission(self.chat, user.id, permission, room_id=room_id)

    def find_user(self, user_id: str) -> UserRecord | None:
        """Return the user with this id."""
        return directory.find_user(self.chat, user_id)

    def find_users(self, reference: str) -> Sequence[UserRecord]:
        """Return every user whose id or username is exactly this."""
        return directory.find_users(self.chat, reference)

    def find_rooms(self, reference: str) -> Sequence[RoomRecord]:
        """Return every room whose id or name is exactly this."""
        return directory.find_rooms(self.chat, reference)

    def search_rooms(self, part: str, *, user: Identified, limit: int) -> Sequence[RoomRecord]:
        """Return channels and groups that the user may see by a part of their name."""
        return directory.search_rooms(self.chat, part, user_id=user.id, limit=limit)

    def search_users(
        self,
        part: str,
        *,
        user: Identified,  # noqa: ARG002 everybody may see everybody
        limit: int,
    ) -> Sequence[UserRecord]:
        """Return active users by a part of their username."""
        return directory.search_users(self.chat, part, limit=limit)

    def owned_rooms(self, user: Identified) -> Sequence[RoomRecord]:
        """Return the channels and groups that the user is an owner of."""
        return directory.owned_rooms(self.chat, user.id)

    def is_member(self, user: Identified, room: Identified) -> bool:
        """Return whether the user is in the room."""
        return members.is_member(self.chat, user.id, room.id)

    def open_direct_room(self, user: Identified, other: Identified) -> Room:
        """Return the direct room of these two, made now if there was none.

        Raises:
            ChatRefused: one of the accounts is switched off.
        """
        return rooms.open_direct_room(self.chat, self._user(user), self._user(other))

    def join_room(self, user: Identified, room: Identified) -> None:
        """Make the user a member of a public channel; a member stays one.

        Raises:
            ChatRefused: not a public channel, an archived one, or an account that is switched off.
        """
        members.join_room(self.chat, self._user(user), self._room(room))

    def check_may_post(self, user: Identified, room: Identified) -> None:
        """Do nothing if the user may write into the room now.

        Raises:
            ChatRefused: not a member, muted, read-only, archived, blocked.
        """
        posting.check_may_post(self.chat, user.id, room.id)

    def post_message(self, draft: Draft, *, room: Identified, as_user: Identified) -> MessageRecord:
        """Store the message, tell everyone, and return it.

        Raises:
            ChatRefused: as `check_may_post`, or the text is too long.
        """
        new = posting.NewMessage(
            text=draft.text,
            alias=draft.alias,
            avatar=draft.avatar,
            emoji=draft.emoji,
            attachments=draft.attachments,
            thread_id=draft.thread_id,
            custom_fields=draft.custom_fields,
            integration_id=draft.integration_id,
            parse_urls=draft.parse_urls,
            groupable=draft.groupable,
        )
        author = as_user if isinstance(as_user, UserRecord) else self._user(as_user)
        into = room if isinstance(room, RoomRecord) else self._room(room)
        return posting.post_message(self.chat, new, room=into, author=author)

    def transaction(self) -> AbstractContextManager[object]:
        """Store what is done inside as one, or undo it when an error leaves. Never nested."""
        return self.chat.transaction()

    def _user(self, user: Identified) -> User:
        if isinstance(user, User):
            return user
        found = users.find_user(self.chat, user.id)
        if found is None:
            raise ChatRefused("error-invalid-user", "Invalid user")
        return found

    def _room(self, room: Identified) -> Room:
        if isinstance(room, Room):
            return room
        found = rooms.find_room(self.chat, room.id)
        if found is None:
            raise ChatRefused("error-invalid-room", "Invalid room")
        return found
