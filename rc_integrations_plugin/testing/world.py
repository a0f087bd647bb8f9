"""What the author of a host writes for the kit: ways to bring about what the checks look at."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from enum import StrEnum
from typing import ClassVar

from rc_integrations_plugin.host.port import Host, Message, Room, RoomKind, User


class Feature(StrEnum):
    """What a chat server may do without, as long as its world says so in `World.unsupported`."""

    PRIVATE_GROUPS = "private-groups"
    BOTS = "bots"
    """Accounts that are marked as bots."""
    DEACTIVATION = "deactivation"
    USERS_WITHOUT_USERNAME = "users-without-username"
    SAME_USERNAMES = "same-usernames"
    """Two users may have one username."""
    ROOMS_WITHOUT_NAME = "rooms-without-name"
    """A channel or group may have no name."""
    SAME_ROOM_NAMES = "same-room-names"
    """Two rooms may have one name."""
    ROOM_PERMISSIONS = "room-permissions"
    """A permission may be held in one room only."""
    MUTES = "mutes"
    READ_ONLY = "read-only"
    ARCHIVE = "archive"
    BLOCKS = "blocks"
    """Someone may refuse direct messages from someone."""
    OWNER_CHANGES = "owner-changes"
    """A room may get another owner; tried only with the capability `owners`."""
    EDITS = "edits"
    FILES = "files"
    PARALLEL = "parallel"
    """Several threads may use the host at once."""


class Unsupported(Exception):
    """A check needs what this server does not have; the message says why it has not."""


class World(ABC):
    """A chat server with some hands.

    Each method acts as the server's own code would when a person does this: it commits, and the
    server announces what happened by its signals. The kit never calls one inside
    `Host.transaction()`, and gives names that it has not used before.
    """

    host: Host
    """The adapter under test: the very object that the plugin gets in `chat_host_startup`."""

    shares_session: bool
    """True if signals are sent inside the transaction with `session`, False if after the commit."""

    unsupported: ClassVar[Mapping[Feature, str]] = {}
    """What the server does not have, each with the reason that the skipped checks show."""

    @abstractmethod
    def make_user(self, *, username: str | None, is_bot: bool = False) -> User:
        """Make a user without any of the integration permissions (`Feature.BOTS` if a bot)."""

    @abstractmethod
    def grant(self, user: User, permission: str, *, room: Room | None = None) -> None:
        """Give a permission, everywhere or in one room (`Feature.ROOM_PERMISSIONS`)."""

    @abstractmethod
    def make_room(self, kind: RoomKind, *, name: str | None, owner: User) -> Room:
        """Make a channel or a private group with its owner as the only member."""

    @abstractmethod
    def add_member(self, user: User, room: Room) -> None:
        """Put the user into a channel or group."""

    @abstractmethod
    def remove_member(self, user: User, room: Room) -> None:
        """Take the user out of a channel or group."""

    @abstractmethod
    def send_message(self, user: User, room: Room, text: str) -> Message:
        """Write as a person does, not by `Host.post_message`."""

    @abstractmethod
    def messages_in(self, room: Room) -> Sequence[Message]:
        """Return what is stored for the room, oldest first, without notices of the server."""

    @abstractmethod
    def request_by(self, user: User | None) -> AbstractContextManager[object]:
        """Return a Flask request context as for a request of this user, or of nobody."""

    @abstractmethod
    def request_with_wrong_login(self, user: User) -> AbstractContextManager[object]:
        """Return a request context that claims to be this user, with a wrong password or token."""

    def app_context(self) -> AbstractContextManager[object]:
        """Return what the host's methods need around them outside a request.

        Usually Flask's `app.app_context()`. The kit enters a second one to see what is committed.
        """
        return nullcontext()

    def deactivate(self, user: User) -> None:
        """Switch the account off (`Feature.DEACTIVATION`)."""
        raise NotImplementedError

    def delete_user(self, user: User) -> None:  # noqa: ARG002 for those who override it
        """Delete the account. To be written if the server sends `user-deleted`, which is optional.

        Raises:
            Unsupported: it does not.
        """
        raise Unsupported("the world has no delete_user: the signal user-deleted is optional")

    def mute(self, user: User, room: Room) -> None:
        """Forbid a member to write (`Feature.MUTES`)."""
        raise NotImplementedError

    def make_read_only(self, room: Room) -> None:
        """Forbid everyone without a special right to write (`Feature.READ_ONLY`)."""
        raise NotImplementedError

    def archive(self, room: Room, *, by: User) -> None:
        """Archive the room as this user, its owner (`Feature.ARCHIVE`)."""
        raise NotImplementedError

    def block(self, user: User, *, by: User) -> None:
        """Refuse direct messages from `user` to `by` (`Feature.BLOCKS`)."""
        raise NotImplementedError

    def change_owner(self, room: Room, *, before: User, after: User) -> None:
        """Make a member the only owner of a room (`Feature.OWNER_CHANGES`)."""
        raise NotImplementedError

    def edit_message(self, message: Message, text: str) -> None:
        """Change a text as its author (`Feature.EDITS`)."""
        raise NotImplementedError

    def upload_file(self, user: User, room: Room, *, name: str, content: bytes) -> None:
        """Upload a file into the room (`Feature.FILES`)."""
        raise NotImplementedError
