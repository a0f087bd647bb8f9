"""What the pages call things."""

from collections.abc import Mapping
from types import MappingProxyType

from rc_integrations_plugin.delivery.http import FailureKind
from rc_integrations_plugin.host.events import EventName
from rc_integrations_plugin.integrations.audit import AuditAction
from rc_integrations_plugin.integrations.deliveries import DeliveryOutcome
from rc_integrations_plugin.integrations.history import CallOutcome
from rc_integrations_plugin.integrations.permissions import type_of
from rc_integrations_plugin.integrations.records import (
    IncomingIntegration,
    IntegrationType,
    OutgoingIntegration,
    RetryOn,
)

EVENTS: Mapping[str, str] = MappingProxyType(
    {
        EventName.MESSAGE_SENT: "Message Sent",
        EventName.FILE_UPLOADED: "File Uploaded",
        EventName.ROOM_ARCHIVED: "Room Archived",
        EventName.ROOM_CREATED: "Room Created (public and private)",
        EventName.ROOM_JOINED: "User Joined Room",
        EventName.ROOM_LEFT: "User Left Room",
        EventName.USER_CREATED: "User Created",
    }
)
"""docs: the names of the documentation's list."""
_EVENTS_WITHOUT_ROOM = {EventName.ROOM_CREATED, EventName.USER_CREATED}
_GROUPS = {
    "all_public_channels": "all public channels",
    "all_private_groups": "all private groups",
    "all_direct_messages": "all direct messages",
}
RETRY_DELAYS: Mapping[str, str] = MappingProxyType(
    {
        "powers-of-ten": "powers of ten (10 ^ x)",
        "powers-of-two": "powers of two (2 ^ x)",
        "increments-of-two": "increments of two (x * 2)",
    }
)
RETRIED: Mapping[str, str] = MappingProxyType(
    {RetryOn.ANY: "every failure but 410", RetryOn.TRANSIENT: "failures that may pass"}
)
OUTCOMES: Mapping[str, str] = MappingProxyType(
    {
        CallOutcome.POSTED: "Posted",
        CallOutcome.PARTLY_POSTED: "Partly posted",
        CallOutcome.NOTHING_TO_POST: "Nothing to post",
        CallOutcome.REFUSED: "Refused",
        CallOutcome.SCRIPT_REFUSED: "Script refused",
        CallOutcome.SCRIPT_FAILED: "Script failed",
        CallOutcome.FAILED: "Failed",
        DeliveryOutcome.WAITING: "Waiting",
        DeliveryOutcome.DELIVERED: "Delivered",
        DeliveryOutcome.NOT_SENT: "Not sent",
        DeliveryOutcome.RETRYING: "Will retry",
        DeliveryOutcome.STOPPED: "Stopped",
    }
)
WOULD_BE: Mapping[str, str] = MappingProxyType(
    {
        CallOutcome.POSTED: "Would be posted",
        CallOutcome.PARTLY_POSTED: "Would be posted to some rooms only",
        CallOutcome.NOTHING_TO_POST: "Nothing would be posted",
        CallOutcome.REFUSED: "Would be refused",
        CallOutcome.SCRIPT_REFUSED: "The script would refuse it",
        CallOutcome.SCRIPT_FAILED: "The script failed",
        CallOutcome.FAILED: "Would fail",
    }
)
"""What would come of a call that is only tried."""
TRY_FIELDS: Mapping[str, str] = MappingProxyType(
    {
        "headers": "Headers",
        "body": "Body",
        "data": "What is told",
        "status": "Status",
        "answerHeaders": "Headers of the answer",
    }
)
"""What the fields of the page for trying out are called that can be wrong."""
UNANSWERED: Mapping[str, str] = MappingProxyType(
    {
        FailureKind.INVALID_REQUEST: "that could not be sent",
        FailureKind.ADDRESS_REFUSED: "to an address that is refused",
        FailureKind.NAME_NOT_FOUND: "to a host without an address",
        FailureKind.CONNECTION: "without a connection that held",
        FailureKind.TLS: "without a secure connection",
        FailureKind.TIMEOUT: "without an answer in time",
        FailureKind.TOO_LARGE: "with too long an answer",
        FailureKind.TOO_MANY_REDIRECTS: "with too many redirects",
        FailureKind.BAD_ANSWER: "with a damaged answer",
    }
)
"""Calls without an answer: what they were like."""
OVERLAPS: Mapping[str, str] = MappingProxyType(
    {
        "0": "at once",
        "3600": "after an hour",
        "86400": "after a day",
        "604800": "after a week",
    }
)
"""When a former token ends: seconds, and how that is said."""
NOTICES: Mapping[str, str] = MappingProxyType(
    {
        "saved": "Saved.",
        "on": "It is on now.",
        "off": "It is off now.",
        "token": "It has a new token.",
        "rolled-back": "The old version is the script now.",
        "replayed": "The call will be made again.",
        "test-kept": "The test is kept.",
        "test-deleted": "The test is deleted.",
    }
)
"""What was done just now, by the word that an address has for it."""
CHANGES: Mapping[str, str] = MappingProxyType(
    {
        AuditAction.CREATED: "Made",
        AuditAction.IMPORTED: "Imported",
        AuditAction.UPDATED: "Changed",
        AuditAction.ENABLED: "Switched on",
        AuditAction.DISABLED: "Switched off",
        AuditAction.TOKEN_RENEWED: "New token",
        AuditAction.HISTORY_CLEARED: "History cleared",
        AuditAction.TESTS_CHANGED: "Tests changed",
        AuditAction.REMOVED: "Deleted",
    }
)
OF_WHOLE: Mapping[str, str] = MappingProxyType(
    {
        AuditAction.CREATED: "What it was made with",
        AuditAction.IMPORTED: "What it was imported with",
        AuditAction.REMOVED: "What it was",
    }
)
"""Changes that tell a whole integration, which is folded, and what stands above it."""
CHANGE_TONES: Mapping[str, str] = MappingProxyType(
    {
        AuditAction.CREATED: "good",
        AuditAction.IMPORTED: "good",
        AuditAction.UPDATED: "neutral",
        AuditAction.ENABLED: "good",
        AuditAction.DISABLED: "doubtful",
        AuditAction.TOKEN_RENEWED: "neutral",
        AuditAction.HISTORY_CLEARED: "doubtful",
        AuditAction.TESTS_CHANGED: "neutral",
        AuditAction.REMOVED: "bad",
    }
)
_GOOD = {CallOutcome.POSTED, DeliveryOutcome.DELIVERED}
_NEUTRAL = {CallOutcome.NOTHING_TO_POST, DeliveryOutcome.WAITING, DeliveryOutcome.NOT_SENT}
_DOUBTFUL = {CallOutcome.PARTLY_POSTED, DeliveryOutcome.RETRYING, DeliveryOutcome.STOPPED}


def tone(outcome: CallOutcome | DeliveryOutcome) -> str:
    """Return how an outcome looks: good, neutral, doubtful or bad."""
    for name, outcomes in (("good", _GOOD), ("neutral", _NEUTRAL), ("doubtful", _DOUBTFUL)):
        if outcome in outcomes:
            return name
    return "bad"


def type_name(integration: IncomingIntegration | OutgoingIntegration) -> str:
    """Return "Incoming" or "Outgoing"."""
    return "Incoming" if type_of(integration) is IntegrationType.INCOMING else "Outgoing"


def where(integration: IncomingIntegration | OutgoingIntegration) -> tuple[str, ...]:
    """Return the rooms and persons that an integration is about, for people."""
    if isinstance(integration, OutgoingIntegration):
        if integration.event in _EVENTS_WITHOUT_ROOM:
            return ("the whole server",)
        channels = integration.channels or ("all_public_channels",)
        return tuple(_GROUPS.get(channel, channel) for channel in channels)
    return integration.channels


def post_as(integration: IncomingIntegration | OutgoingIntegration) -> str:
    """Return as whom an integration posts, for people."""
    if isinstance(integration, OutgoingIntegration) and integration.impersonate_user:
        return "whoever did it"
    return f"@{integration.username}" if integration.username else "nobody"
