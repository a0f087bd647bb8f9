"""What is done before the call: what `prepare_outgoing_request` returned, and what it means."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from rc_integrations_plugin.integrations.records import OutgoingIntegration
from rc_integrations_plugin.outgoing.reply import Reply, build_reply
from rc_integrations_plugin.outgoing.script import (
    EVALUATION_FAULTS,
    as_message,
)
from rc_integrations_plugin.outgoing.steps import Step
from rc_integrations_plugin.scripting.protocol import (
    FaultKind,
    ScriptFault,
    ScriptRun,
    describe_fault,
    is_truthy,
)


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What to do: post the message, if there is one, then send the request, if there is one.

    Where the message can't be posted, the last step is `PREPARED_MESSAGE_FAILED` and nothing is
    sent.
    """

    steps: tuple[str, ...]
    """What was done so far."""
    message: Reply | None = None
    """After it was posted comes the step `PREPARED_MESSAGE_SENT`."""
    request: Mapping[str, Any] | None = None
    """The options of `build_request`."""
    last_step: Step | None = None
    """The one that ends the delivery, where there is no request."""
    error: str | None = None
    """For the history: it may quote the script."""


def plan_request(
    run: ScriptRun | None, integration: OutgoingIntegration, *, default: Mapping[str, Any]
) -> Plan:
    """Return what the script wants to be done.

    Args:
        run: of `prepare_outgoing_request`; None if the integration runs no script.
        integration: whose script it is.
        default: the request that was given to it.
    """
    if run is None:
        return Plan(steps=(Step.PREPARED,), request=default)
    if run.fault is not None:
        return _after_fault(run.fault, default)
    return _follow(run.value, integration, default)


def _follow(value: Any, integration: OutgoingIntegration, default: Mapping[str, Any]) -> Plan:
    steps = (Step.BEFORE_PREPARE, Step.PREPARED)
    if not is_truthy(value):
        return Plan(steps=steps, last_step=Step.PREPARED_NOTHING)
    result = value if isinstance(value, dict) else {}
    wanted = result.get("message")
    content = as_message(wanted) if is_truthy(wanted) else None
    if content is None and is_truthy(wanted):
        return Plan(
            steps=steps,
            last_step=Step.PREPARED_MESSAGE_FAILED,
            error="message must be an object with a text, or a text",
        )
    message = None if content is None else build_reply(content, integration, default["data"])
    if is_truthy(result.get("url")) and is_truthy(result.get("method")):
        return Plan(steps=steps, message=message, request=result)
    return Plan(steps=steps, message=message, last_step=Step.PREPARED_NO_REQUEST)


def _after_fault(fault: ScriptFault, default: Mapping[str, Any]) -> Plan:
    if fault.kind is FaultKind.NO_METHOD:
        return Plan(steps=(Step.BEFORE_PREPARE, Step.NO_PREPARE, Step.PREPARED), request=default)
    # Rocket.Chat sends what the script was to change, if it can't be evaluated
    cannot_run = fault.kind in EVALUATION_FAULTS
    return Plan(
        steps=(
            Step.BEFORE_PREPARE,
            Step.GETTING_SCRIPT if cannot_run else Step.PREPARE_FAILED,
            Step.PREPARED,
        ),
        last_step=Step.PREPARED_NOTHING,
        error=describe_fault(fault),
    )
