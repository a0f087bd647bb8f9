"""What is remembered of each call of a hook."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any


class CallOutcome(StrEnum):
    """How a call ended."""

    POSTED = "posted"
    PARTLY_POSTED = "partly-posted"
    NOTHING_TO_POST = "nothing-to-post"
    REFUSED = "refused"
    """By us or the host: bad body, override off, room not allowed, integration off."""
    SCRIPT_REFUSED = "script-refused"
    """The script returned `{error: ...}`."""
    SCRIPT_FAILED = "script-failed"
    FAILED = "failed"
    """A fault of ours; the log has the traceback."""


@dataclass(frozen=True, kw_only=True)
class IncomingCall:
    """One call of an incoming hook, secrets masked."""

    id: str
    integration_id: str
    called_at: datetime
    outcome: CallOutcome
    status: int
    duration_ms: float
    method: str
    query: str
    headers: Mapping[str, str]
    body: str
    """At most 32 KB of it."""
    body_bytes: int
    remote_address: str
    results: tuple[Mapping[str, Any], ...] = ()
    """One for each room: `{channel, room_id, message_id}` or `{channel, error, reason}`."""
    message: Mapping[str, Any] | None = None
    """What was to be posted, as `messages.record.record_message` describes it; None where it did
    not come to that, and of calls from before messages were kept."""
    console: tuple[Mapping[str, Any], ...] = ()
    """The script's console lines: `{level, text}`."""
    script_duration_ms: float | None = None
    script_restarted: bool = False
    """The script's instance was made new for this call, its state on `this` is gone."""
    error_code: str | None = None
    error: str | None = None
