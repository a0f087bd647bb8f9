"""What happens in the chat: the seven events of outgoing integrations, and the end of a user."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from rc_integrations_plugin.host.port import Message, Room, User


class EventName(StrEnum):
    """Rocket.Chat's names of the events."""

    MESSAGE_SENT = "sendMessage"
    FILE_UPLOADED = "fileUploaded"
    ROOM_ARCHIVED = "roomArchived"
    ROOM_CREATED = "roomCreated"
    ROOM_JOINED = "roomJoined"
    ROOM_LEFT = "roomLeft"
    USER_CREATED = "userCreated"


@dataclass(frozen=True, kw_only=True)
class ChatEvent:
    """Something that happened in the chat."""

    name: EventName
    user: User
    """Who did it: the author, the owner of the new room, who joined or left, the new user."""
    happened_at: datetime
    room: Room | None = None
    message: Message | None = None
    session: Any = None
    """The host's open database session, where it shares one: what is added commits with it."""


@dataclass(frozen=True, kw_only=True)
class UserDeleted:
    """An account is gone: what posts as it must stop."""

    user: User
    """As he was."""
    session: Any = None
    """As in `ChatEvent`."""
