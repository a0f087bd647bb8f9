"""Integrations as values: what the store gives and takes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from rc_integrations_plugin.host.events import EventName


class IntegrationType(StrEnum):
    """Rocket.Chat's names of the two kinds."""

    INCOMING = "webhook-incoming"
    OUTGOING = "webhook-outgoing"


@dataclass(frozen=True)
class Editor:
    """Who made or changed an integration."""

    id: str
    username: str


@dataclass(frozen=True)
class ScriptError:
    """Why a saved script could not be compiled."""

    name: str
    message: str
    stack: str


@dataclass(frozen=True, kw_only=True)
class IncomingIntegration:
    """A hook that posts what outside services send."""

    id: str
    name: str
    enabled: bool
    username: str
    """As given when it was saved, for people; posting uses `user_id`."""
    user_id: str
    channels: tuple[str, ...]
    token: str
    created_at: datetime
    created_by: Editor
    updated_at: datetime
    updated_by: Editor | None = None
    alias: str | None = None
    avatar: str | None = None
    emoji: str | None = None
    override_destination: bool = False
    allow_get: bool = False
    script_enabled: bool = False
    script: str | None = None
    script_compiled: str | None = None
    script_error: ScriptError | None = None
    script_engine: str = "isolated-vm"
    skip_transpile: bool = False
    channel_ids: Mapping[str, str] = field(default_factory=dict)
    """For names among `channels`, the ids that they had when it was saved: names may change."""
    disabled_reason: str | None = None
    """Why the server switched it off; None if a person did, or if it is on."""
    bound_to_rooms: bool = False
    """An owner of its rooms has saved it: it posts there and nowhere else, whatever names mean."""
    rooms_since: datetime | None = None
    """Since when it is about no other rooms than now; None: since it was made."""
    previous_token: str | None = field(default=None, repr=False)
    """The one before `token`, which is as good until `previous_token_until`."""
    previous_token_until: datetime | None = None

    def tokens_at(self, now: datetime) -> tuple[str, ...]:
        """Return the tokens that are good at a time."""
        until = self.previous_token_until
        if self.previous_token is None or until is None or until <= now:
            return (self.token,)
        return (self.token, self.previous_token)


class IntegrationState(StrEnum):
    """How an integration is, for lists of those that are so."""

    ON = "on"
    OFF = "off"
    SWITCHED_OFF = "switched-off"
    """By the server."""
    FAILING = "failing"
    """Somebody should look after it."""


class RetryOn(StrEnum):
    """Which failed calls are made again, where any are."""

    ANY = "any"
    """Every failure but 410, as the documentation of Rocket.Chat promises."""
    TRANSIENT = "transient"
    """Only those that may pass by themselves: no connection, timeout, 408, 425, 429 and 5xx."""


@dataclass(frozen=True, kw_only=True)
class OutgoingIntegration:
    """Calls a URL when something happens in the chat, and posts what it answers."""

    id: str
    name: str
    enabled: bool
    event: EventName
    urls: tuple[str, ...]
    username: str
    """As given when it was saved, for people; posting uses `user_id`."""
    user_id: str
    channels: tuple[str, ...]
    """As given: `#room`, `@person`, `all_public_channels` ...; empty for all public channels."""
    created_at: datetime
    created_by: Editor
    updated_at: datetime
    updated_by: Editor | None = None
    listens_to: tuple[str, ...] = ()
    """`channels` with ids for names, found when it was saved: a room or user may be renamed.

    Where it is empty, `channels` count as they are.
    """
    token: str | None = field(default=None, repr=False)
    """Chosen by whoever saved it, and sent with each call."""
    trigger_words: tuple[str, ...] = ()
    trigger_word_anywhere: bool = False
    run_on_edits: bool = False
    target_room: str | None = None
    """Where answers go, if not to the room of the event."""
    channel_ids: Mapping[str, str] = field(default_factory=dict)
    """For the name in `target_room`, the id that it had when it was saved."""
    impersonate_user: bool = False
    """Post answers as the person whose doing it was."""
    alias: str | None = None
    avatar: str | None = None
    emoji: str | None = None
    retry_failed_calls: bool = False
    retry_count: int = 4
    retry_delay: str = "powers-of-ten"
    """A value of `RetryDelay`; what Rocket.Chat stored unchecked may be none."""
    retry_on: RetryOn = RetryOn.ANY
    timeout_seconds: float | None = None
    """For one call; None for the server's usual limit."""
    calls_at_once: int | None = None
    """How many calls may be under way together; None for the server's usual limit."""
    signing_secret: str | None = field(default=None, repr=False)
    """`whsec_` and base64: calls are signed by Standard Webhooks."""
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    """Sent with each call to the origin of one of the URLs."""
    basic_auth: str | None = field(default=None, repr=False)
    """`user:password`, for the same origins."""
    script_enabled: bool = False
    script: str | None = None
    script_compiled: str | None = None
    script_error: ScriptError | None = None
    script_engine: str = "isolated-vm"
    skip_transpile: bool = False
    disabled_reason: str | None = None
    """Why the server switched it off; None if a person did, or if it is on."""
    bound_to_rooms: bool = False
    """An owner of its rooms has saved it: it posts there and nowhere else, whatever names mean."""
    rooms_since: datetime | None = None
    """Since when it is about no other rooms than now; None: since it was made."""
