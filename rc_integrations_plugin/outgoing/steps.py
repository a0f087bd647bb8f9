"""The steps of a delivery, by Rocket.Chat's names: the history shows them.

The names at the end are our own, for ends that Rocket.Chat has not.
"""

from enum import StrEnum

PREPARE = "prepare_outgoing_request"
PROCESS = "process_outgoing_response"


class Step(StrEnum):
    """What was done last; `going_to_retry` makes the one that is not listed."""

    START = "start-execute-trigger-url"
    MAPPED_DATA = "mapped-args-to-data"
    BEFORE_PREPARE = f"execute-script-before-running-{PREPARE}"
    BEFORE_PROCESS = f"execute-script-before-running-{PROCESS}"
    GETTING_SCRIPT = "execute-script-getting-script"
    """It could not be evaluated."""
    NO_PREPARE = f"execute-script-no-method-{PREPARE}"
    NO_PROCESS = f"execute-script-no-method-{PROCESS}"
    PREPARE_FAILED = f"execute-script-error-running-{PREPARE}"
    PROCESS_FAILED = f"execute-script-error-running-{PROCESS}"
    PREPARED = "after-maybe-ran-prepare"
    PREPARED_NOTHING = "after-prepare-no-opts"
    PREPARED_MESSAGE_SENT = "after-prepare-send-message"
    PREPARED_MESSAGE_FAILED = "after-prepare-send-message-failed"
    PREPARED_NO_REQUEST = "after-prepare-no-url_or_method"
    BEFORE_CALL = "pre-http-call"
    AFTER_CALL = "after-http-call"
    PROCESSED_MESSAGE_SENT = "after-process-send-message"
    PROCESSED_MESSAGE_FAILED = "after-process-send-message-failed"
    PROCESSED_FALSE = "after-process-false-result"
    GONE = "after-process-http-status-410"
    SERVER_ERROR = "after-process-http-status-500"
    TOO_MANY_RETRIES = "too-many-retries"
    RETRY_DELAY_INVALID = "failed-and-retry-delay-is-invalid"
    NO_RETRIES = "failed-and-not-configured-to-retry"
    ANSWER_MESSAGE_SENT = "url-response-sent-message"
    ANSWER_MESSAGE_FAILED = "after-http-call-send-message-failed"
    POSTED_BEFORE = "finished-by-another-worker"
    """Its answer is in the room; the worker that posted it came no further."""
    INTEGRATION_REMOVED = "stopped-integration-removed"
    INTEGRATION_OFF = "stopped-integration-disabled"
    URL_REMOVED = "stopped-url-removed"
    """The integration has other URLs now, and nothing tells which one took its place."""
    ROOM_REMOVED = "stopped-room-removed"
    """It is about other rooms now, and perhaps somebody's who may not know of this one."""
    USER_GONE = "stopped-user-gone"
    """The one that the integration posts as."""
    CHAIN_TOO_LONG = "stopped-chain-too-long"
    """Integrations that answer each other."""
    OUR_FAULT = "failed-internal-error"
    """The log has the traceback."""


_RETRY = "going-to-retry-"
_ERRORS = frozenset(
    {
        Step.GETTING_SCRIPT,
        Step.PREPARE_FAILED,
        Step.PROCESS_FAILED,
        Step.GONE,
        Step.SERVER_ERROR,
        Step.TOO_MANY_RETRIES,
        Step.RETRY_DELAY_INVALID,
        Step.NO_RETRIES,
        Step.USER_GONE,
        Step.CHAIN_TOO_LONG,
        Step.OUR_FAULT,
    }
)


def going_to_retry(retry: int) -> str:
    """Return the step before a retry; the first one is 1."""
    return f"{_RETRY}{retry}"


def is_error(step: str) -> bool:
    """Return whether the step is an error: Rocket.Chat's ones, and of ours what needs somebody."""
    return step in _ERRORS or step.startswith(_RETRY)
