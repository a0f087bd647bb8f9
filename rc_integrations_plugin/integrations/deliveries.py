"""Calls that outgoing integrations make: a delivery, and the attempts to make it. Values only."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from rc_integrations_plugin.host.events import EventName


class Posted(StrEnum):
    """Which message of the attempt under way is in its room already.

    It is stored in the transaction that stores the message: who takes the delivery over from a
    worker that died does not post it again.
    """

    PREPARE = "prepare"
    """The one that `prepare_outgoing_request` asked for."""
    ANSWER = "answer"
    """The one that the receiver, or `process_outgoing_response`, asked for: nothing is left."""


class DeliveryOutcome(StrEnum):
    """How an attempt ended, and with its last one a delivery."""

    WAITING = "waiting"
    """Nobody was called yet. Neither an attempt's nor a delivery's: only lists say it."""
    DELIVERED = "delivered"
    """The receiver took it. Whether its answer could be posted is in the results."""
    NOT_SENT = "not-sent"
    """The script wanted no call."""
    RETRYING = "retrying"
    """It failed, and is made again at `next_attempt_at`. Never a delivery's."""
    FAILED = "failed"
    """It failed, and is not made again."""
    STOPPED = "stopped"
    """No call was made: integration off or removed, its user gone, a chain of answers too long."""


@dataclass(frozen=True, kw_only=True)
class Replay:
    """What a delivery repeats."""

    attempt_id: str
    sent: Mapping[str, Any] | None = field(default=None, repr=False)
    """The options of `build_request` as they were then; None for the default request."""


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """One call to make: of an event, to one URL of one integration."""

    id: str
    webhook_id: str
    """Sent as `webhook-id` with each attempt; a replay has that of what it repeats."""
    integration_id: str
    created_at: datetime
    event: EventName
    url: str
    trigger_word: str | None = None
    data: Mapping[str, Any] = field(repr=False)
    """JSON; holds the integration's token."""
    depth: int = 0
    """How many answers of integrations led to the event: 0 for what a person or a hook did."""
    attempts: int = 0
    """How many were made; the next one has this number."""
    lease: str | None = None
    """Who may write what came of it."""
    posted: Posted | None = None
    replay: Replay | None = None
    outcome: DeliveryOutcome | None = None
    """None as long as something is left to do."""
    finished_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class DeliveryAttempt:
    """What came of one attempt, secrets masked except in `sent`."""

    id: str
    delivery_id: str
    integration_id: str
    number: int
    """0 for the first call, 1 for the first retry."""
    started_at: datetime
    duration_ms: float
    outcome: DeliveryOutcome
    steps: tuple[str, ...]
    """Rocket.Chat's names, in order; the last one says where it ended."""
    url: str
    """The one that was called, or would have been."""
    sent: Mapping[str, Any] | None = field(default=None, repr=False)
    """The options of `build_request`, where a script changed them; shown with secrets masked."""
    status: int | None = None
    """Of the answer."""
    response_headers: Mapping[str, str] | None = None
    response_body: str | None = None
    """At most `history_body_bytes` of it."""
    response_bytes: int | None = None
    failure: str | None = None
    """A value of `FailureKind`: why there was no answer."""
    error: str | None = None
    """For the people who run the integration; may quote the script."""
    console: tuple[Mapping[str, Any], ...] = ()
    """The script's console lines: `{level, text}`."""
    results: tuple[Mapping[str, Any], ...] = ()
    """`{phase, channel, room_id, message_id}` or `{phase, channel, error, reason}`, where `phase`
    is a value of `Posted`."""
    messages: Mapping[str, Mapping[str, Any]] | None = None
    """What was to be posted, by values of `Posted`, as `messages.record.record_message` describes
    it; None where it did not come to that, and of attempts from before messages were kept."""
    script_duration_ms: float | None = None
    script_restarted: bool = False
    next_attempt_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class DeliveryResult:
    """What to store of a delivery after an attempt."""

    delivery: Delivery
    """As it was leased."""
    attempt: DeliveryAttempt | None
    """For the history; None where nothing happened, as when a circuit is open."""
    next_attempt_at: datetime | None = None
    """None: nothing is left to do."""
    counts: bool = True
    """Whether it used up an attempt."""
    receiver_failed: bool | None = None
    """Whether the call counts as failed for the receiver's circuit; None if none was made."""
