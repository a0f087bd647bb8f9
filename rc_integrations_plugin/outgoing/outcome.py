"""What becomes of a delivery after its call: decided here, done elsewhere."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from rc_integrations_plugin.delivery.http import FailureKind, HttpFailure, HttpResponse
from rc_integrations_plugin.delivery.retry import (
    RetryDelay,
    RetryPolicy,
    next_delay,
    read_retry_after,
)
from rc_integrations_plugin.integrations.records import OutgoingIntegration, RetryOn
from rc_integrations_plugin.outgoing.reply import Reply, build_reply
from rc_integrations_plugin.outgoing.script import (
    EVALUATION_FAULTS,
    as_message,
    read_json_answer,
)
from rc_integrations_plugin.outgoing.steps import Step, going_to_retry
from rc_integrations_plugin.scripting.protocol import (
    FaultKind,
    ScriptFault,
    ScriptRun,
    describe_fault,
    is_truthy,
)

GONE = 410
_TRANSIENT_STATUSES = frozenset({408, 425, 429, *range(500, 600)})
_TRANSIENT_FAILURES = frozenset(
    {
        FailureKind.NAME_NOT_FOUND,
        FailureKind.CONNECTION,
        FailureKind.TLS,
        FailureKind.TIMEOUT,
        FailureKind.BAD_ANSWER,
    }
)


@dataclass(frozen=True, kw_only=True)
class Attempt:
    """A call that was made."""

    integration: OutgoingIntegration
    data: Mapping[str, Any]
    """Of the event."""
    number: int
    """0 for the first call, 1 for the first retry."""
    answer: HttpResponse | HttpFailure
    ended_at: datetime
    run: ScriptRun | None = None
    """Of `process_outgoing_response`; None if there is no script, or no answer for it to see."""


@dataclass(frozen=True, kw_only=True)
class Done:
    """There is nothing more to do."""

    steps: tuple[str, ...]
    error: str | None = None
    """What went wrong all the same, for the history: it may quote the script."""


@dataclass(frozen=True, kw_only=True)
class PostReply:
    """Post a message; then it is done, whether that works or not."""

    steps: tuple[str, ...]
    reply: Reply
    sent_step: Step
    failed_step: Step
    error: str | None = None
    """What went wrong before, for the history: it may quote the script."""


@dataclass(frozen=True, kw_only=True)
class RetryLater:
    """Make the call again, as the integration is then."""

    steps: tuple[str, ...]
    delay: timedelta
    """Counted from `Attempt.ended_at`."""
    error: str
    """For the history, as in `GiveUp`: it may quote the script."""


@dataclass(frozen=True, kw_only=True)
class GiveUp:
    """It failed, and is not tried again."""

    steps: tuple[str, ...]
    error: str


@dataclass(frozen=True, kw_only=True)
class DisableIntegration:
    """It failed for good: switch the integration off and tell its owner."""

    steps: tuple[str, ...]
    reason: str


Decision = Done | PostReply | RetryLater | GiveUp | DisableIntegration


def decide(attempt: Attempt, *, chance: float = 0.0) -> Decision:
    """Return what to do after a call.

    Args:
        attempt: the call and what came of it.
        chance: from 0 to 1, see `next_delay`.
    """
    answer, run = attempt.answer, attempt.run
    if isinstance(answer, HttpFailure):
        return _failed(attempt, (Step.AFTER_CALL,), answer.message, chance=chance)
    if run is None:
        return _by_status(answer, attempt, (Step.AFTER_CALL,), chance=chance)
    steps = (Step.AFTER_CALL, Step.BEFORE_PROCESS)
    if run.fault is not None:
        failed = (*steps, _fault_step(run.fault))
        return _by_status(answer, attempt, failed, fault=run.fault, chance=chance)
    by_script = _by_script(run.value, attempt, steps)
    return by_script or _by_status(answer, attempt, steps, chance=chance)


def is_success(answer: HttpResponse | HttpFailure) -> bool:
    """Return whether the receiver took the call."""
    return isinstance(answer, HttpResponse) and 200 <= answer.status < 300


def was_called(answer: HttpResponse | HttpFailure) -> bool:
    """Return whether a call was made: there is none without a request that makes sense."""
    return not (isinstance(answer, HttpFailure) and answer.kind is FailureKind.INVALID_REQUEST)


def blames_receiver(answer: HttpResponse | HttpFailure) -> bool:
    """Return whether a call counts as failed for the receiver's circuit."""
    return was_called(answer) and not is_success(answer)


def is_transient(answer: HttpResponse | HttpFailure) -> bool:
    """Return whether a failure may pass by itself."""
    if isinstance(answer, HttpFailure):
        return answer.kind in _TRANSIENT_FAILURES
    return answer.status in _TRANSIENT_STATUSES


def _fault_step(fault: ScriptFault) -> Step:
    if fault.kind is FaultKind.NO_METHOD:
        return Step.NO_PROCESS
    return Step.GETTING_SCRIPT if fault.kind in EVALUATION_FAULTS else Step.PROCESS_FAILED


def _by_script(result: Any, attempt: Attempt, steps: tuple[str, ...]) -> Decision | None:
    """Return what the script decided; None for the usual way."""
    if result is False:
        return Done(steps=(*steps, Step.PROCESSED_FALSE))
    wanted = result.get("content") if isinstance(result, dict) else None
    if not is_truthy(wanted):
        return None
    content = as_message(wanted)
    if content is None:
        return Done(
            steps=(*steps, Step.PROCESSED_MESSAGE_FAILED),
            error="content must be an object with a text, or a text",
        )
    return PostReply(
        steps=steps,
        reply=build_reply(content, attempt.integration, attempt.data),
        sent_step=Step.PROCESSED_MESSAGE_SENT,
        failed_step=Step.PROCESSED_MESSAGE_FAILED,
    )


def _by_status(
    answer: HttpResponse,
    attempt: Attempt,
    steps: tuple[str, ...],
    *,
    fault: ScriptFault | None = None,
    chance: float,
) -> Decision:
    """Return the usual way of going on after an answer."""
    missing = fault is None or fault.kind is FaultKind.NO_METHOD
    script_error = None if fault is None or missing else describe_fault(fault)
    if is_success(answer):
        return _answered(answer, attempt, steps, error=script_error)
    if answer.status == GONE:
        return DisableIntegration(
            steps=(*steps, Step.GONE), reason="The receiver answered 410: it is gone for good"
        )
    if answer.status == 500:
        steps += (Step.SERVER_ERROR,)
    errors = (f"the answer had status {answer.status}", script_error)
    return _failed(attempt, steps, "; ".join(filter(None, errors)), chance=chance)


def _answered(
    answer: HttpResponse, attempt: Attempt, steps: tuple[str, ...], *, error: str | None
) -> Decision:
    content = read_json_answer(answer)
    if not isinstance(content, dict) or not _has_message(content):
        return Done(steps=steps, error=error)
    return PostReply(
        steps=steps,
        reply=build_reply(content, attempt.integration, attempt.data),
        sent_step=Step.ANSWER_MESSAGE_SENT,
        failed_step=Step.ANSWER_MESSAGE_FAILED,
        error=error,
    )


def _has_message(content: Mapping[str, Any]) -> bool:
    # docs: Responding, "bodies with an empty text property will simply be ignored"
    text = content.get("text")
    has_text = bool(text.strip()) if isinstance(text, str) else is_truthy(text)
    # an empty list is as good as none, though JavaScript takes it for true
    return has_text or any(bool(content.get(key)) for key in ("attachments", "blocks"))


def _failed(
    attempt: Attempt, steps: tuple[str, ...], error: str, *, chance: float
) -> RetryLater | GiveUp:
    """Return when to call again, or that it is over."""
    integration = attempt.integration
    if not _may_retry(integration, attempt.answer):
        return GiveUp(steps=(*steps, Step.NO_RETRIES), error=error)
    if not integration.retry_delay:
        return GiveUp(steps=(*steps, Step.TOO_MANY_RETRIES), error=error)
    try:
        formula = RetryDelay(integration.retry_delay)
    except ValueError:
        invalid = "The integration's retryDelay setting is invalid."
        return GiveUp(steps=(*steps, Step.RETRY_DELAY_INVALID), error=f"{error}; {invalid}")
    policy = RetryPolicy(retries=integration.retry_count, delay=formula)
    delay = next_delay(policy, attempt=attempt.number, wish=_wish(attempt), chance=chance)
    if delay is None:
        return GiveUp(steps=(*steps, Step.TOO_MANY_RETRIES), error=error)
    return RetryLater(steps=(*steps, going_to_retry(attempt.number + 1)), delay=delay, error=error)


def _may_retry(integration: OutgoingIntegration, answer: HttpResponse | HttpFailure) -> bool:
    if not integration.retry_failed_calls or integration.retry_count <= 0:
        return False
    if isinstance(answer, HttpFailure) and answer.kind is FailureKind.INVALID_REQUEST:
        # nothing was sent, and nothing could be
        return False
    return integration.retry_on is RetryOn.ANY or is_transient(answer)


def _wish(attempt: Attempt) -> timedelta | None:
    answer = attempt.answer
    if isinstance(answer, HttpFailure):
        return None
    value = answer.headers.get("retry-after", "")
    return read_retry_after(value, now=attempt.ended_at)
