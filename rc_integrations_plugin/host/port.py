"""The port: a chat server as the plugin sees it.

What the host gives us is a Protocol of read-only properties, so a chat server may hand out its own
objects and need not import this package. What we give the host is a plain frozen dataclass
(`MessageDraft`). `docs/host.md` explains each method to the author of another chat server, and
`rc_integrations_plugin.testing` checks a host against all of it.
"""

from collections.abc import Mapping, Sequence, Set as AbstractSet
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol, cast

from blinker import Namespace


class RoomKind(StrEnum):
    """The three kinds of room, by Rocket.Chat's letters."""

    CHANNEL = "c"
    PRIVATE_GROUP = "p"
    DIRECT = "d"


class Capability(StrEnum):
    """What a host can do beyond posting plain text. What it lacks has a fallback.

    | capability     | what the plugin does without it                                   |
    |----------------|-------------------------------------------------------------------|
    | alias          | puts the alias before the text: `**CI**: build passed`            |
    | avatar, emoji  | leaves them out                                                   |
    | attachments    | renders them as text below the message                            |
    | threads        | posts into the room instead                                       |
    | custom_fields  | leaves them out                                                   |
    | topics         | (only with it) gives each message a topic, the integration's name |
    | search         | completes no names on its pages                                   |
    | owners         | asks only for permissions: owning a room means nothing            |

    `search` and `owners` say that the host has the methods of `SearchingHost` and `OwnersHost`.
    """

    ALIAS = "alias"
    AVATAR = "avatar"
    EMOJI = "emoji"
    ATTACHMENTS = "attachments"
    THREADS = "threads"
    CUSTOM_FIELDS = "custom_fields"
    TOPICS = "topics"
    SEARCH = "search"
    OWNERS = "owners"


class User(Protocol):
    """Someone with an account."""

    @property
    def id(self) -> str:
        """Opaque; may hold any character."""

    @property
    def username(self) -> str | None:
        """Without `@`; None where the server has none. Need not be unique."""

    @property
    def name(self) -> str | None:
        """The name that people read."""

    @property
    def is_bot(self) -> bool: ...

    @property
    def is_active(self) -> bool:
        """False for a deactivated account: it can't post and nothing posts as it."""

    @property
    def document(self) -> Mapping[str, Any]:
        """The user as JSON for receivers of outgoing webhooks: no password, no token."""


class Room(Protocol):
    """A public channel, a private group or a direct conversation."""

    @property
    def id(self) -> str:
        """Opaque; may hold any character."""

    @property
    def name(self) -> str | None:
        """Without `#`; None for direct rooms and where the server has none. Need not be unique."""

    @property
    def kind(self) -> str:
        """A value of `RoomKind`."""

    @property
    def participants(self) -> Sequence[User]:
        """Everyone in a direct room; empty for other kinds."""

    @property
    def document(self) -> Mapping[str, Any]:
        """The room as JSON for receivers of outgoing webhooks."""


class Message(Protocol):
    """A stored message."""

    @property
    def id(self) -> str: ...

    @property
    def room_id(self) -> str: ...

    @property
    def author(self) -> User: ...

    @property
    def text(self) -> str: ...

    @property
    def sent_at(self) -> datetime:
        """Aware, UTC."""

    @property
    def edited_at(self) -> datetime | None: ...

    @property
    def thread_id(self) -> str | None:
        """The id of the message that this one replies to."""

    @property
    def alias(self) -> str | None: ...

    @property
    def integration_id(self) -> str | None:
        """The `MessageDraft.integration_id` it was posted with: how the plugin knows its own."""

    @property
    def document(self) -> Mapping[str, Any]:
        """The message as JSON for receivers of outgoing webhooks."""


@dataclass(frozen=True, kw_only=True)
class MessageDraft:
    """A message to post. Fields that the host lacks a capability for are never set."""

    text: str
    integration_id: str
    alias: str = ""
    avatar: str = ""
    emoji: str = ""
    attachments: tuple[Mapping[str, Any], ...] = ()
    thread_id: str | None = None
    custom_fields: Mapping[str, Any] | None = None
    topic: str | None = None
    parse_urls: bool = True
    groupable: bool = False


class Refusal(Protocol):
    """What the exceptions in `Host.refusals` carry."""

    @property
    def code(self) -> str:
        """Rocket.Chat's string, such as `error-not-allowed`, where it has one."""

    @property
    def reason(self) -> str:
        """One sentence for the person who runs the integration."""


class Host(Protocol):
    """A chat server."""

    @property
    def capabilities(self) -> AbstractSet[str]:
        """Values of `Capability`."""

    @property
    def signals(self) -> Namespace:
        """Blinker signals named as `rc_integrations_plugin.host.signals.SIGNALS` lists them."""

    @property
    def refusals(self) -> tuple[type[Exception], ...]:
        """Exceptions by which the methods below say no; each instance is a `Refusal`."""

    @property
    def site_url(self) -> str:
        """Where people reach the server, without a slash at the end."""

    @property
    def message_size_limit(self) -> int:
        """How long a text may be, in UTF-16 code units."""

    def find_current_user(self) -> User | None:
        """Return who sent the Flask request that is being handled, or None for a stranger."""

    def has_permission(self, user: User, permission: str, *, room: Room | None = None) -> bool:
        """Return whether the user holds a permission, everywhere or in one room."""

    def find_user(self, user_id: str) -> User | None:
        """Return the user with this id."""

    def find_users(self, reference: str) -> Sequence[User]:
        """Return every user whose id or username is exactly this.

        The reference comes from outside: it may be empty, huge, or no text that can be stored.
        """

    def find_rooms(self, reference: str) -> Sequence[Room]:
        """Return every room whose id or name is exactly this; as hostile as for users."""

    def is_member(self, user: User, room: Room) -> bool:
        """Return whether the user is in the room."""

    def open_direct_room(self, user: User, other: User) -> Room:
        """Return the direct room of these two, made now if there was none.

        Raises:
            Host.refusals: the two may not write to each other.
        """

    def join_room(self, user: User, room: Room) -> None:
        """Make the user a member of a public channel; a member stays one.

        Raises:
            Host.refusals: the user may not join (a private group, a closed or archived channel).
        """

    def check_may_post(self, user: User, room: Room) -> None:
        """Do nothing if the user may write into the room now.

        A refusal that is caught must leave an open transaction usable: joining may come next.

        Raises:
            Host.refusals: not a member, muted, read-only, archived, blocked.
        """

    def post_message(self, draft: MessageDraft, *, room: Room, as_user: User) -> Message:
        """Store the message, tell everyone, and return it.

        Raises:
            Host.refusals: as `check_may_post`, even when that had said yes a moment ago.
        """

    def transaction(self) -> AbstractContextManager[object]:
        """Keep what is done inside as one: stored at the end, or undone when an error leaves it.

        The calls that change something (`open_direct_room`, `join_room`, `post_message`) come
        inside one. Never nested. Users, rooms and messages stay readable after it has ended.
        """


class SearchingHost(Protocol):
    """What a host that claims `Capability.SEARCH` has as well."""

    def search_rooms(self, part: str, *, user: User, limit: int) -> Sequence[Room]:
        """Return channels and groups that this user may see, with `part` in their name.

        The best come first: those whose name begins with it. At most `limit`, and no direct rooms.
        Capitals don't count; the part is as hostile as a reference.
        """

    def search_users(self, part: str, *, user: User, limit: int) -> Sequence[User]:
        """Return active users that this user may see, with `part` in their username; as rooms."""


class OwnersHost(Protocol):
    """What a host that claims `Capability.OWNERS` has as well."""

    def owned_rooms(self, user: User) -> Sequence[Room]:
        """Return all channels and groups of which the user is an owner now."""


def searching(host: Host) -> SearchingHost | None:
    """Return the host, if it can be searched."""
    return cast("SearchingHost", host) if Capability.SEARCH in host.capabilities else None


def owned_rooms(host: Host, user: User) -> Sequence[Room]:
    """Return the rooms that a user owns; none where the host does not say."""
    if Capability.OWNERS not in host.capabilities:
        return ()
    return cast("OwnersHost", host).owned_rooms(user)
