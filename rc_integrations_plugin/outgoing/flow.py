"""One attempt of a delivery, from the integration's script to the answer in the room."""

import logging
import random
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from rc_integrations_plugin.delivery.http import HttpFailure, HttpResponse
from rc_integrations_plugin.errors import ScriptsUnavailable
from rc_integrations_plugin.integrations.deliveries import (
    Delivery,
    DeliveryOutcome,
    DeliveryResult,
    Posted,
)
from rc_integrations_plugin.integrations.records import OutgoingIntegration
from rc_integrations_plugin.outgoing import owner
from rc_integrations_plugin.outgoing.call import Blocking, Call, Send
from rc_integrations_plugin.outgoing.chain import LeaseLost
from rc_integrations_plugin.outgoing.faults import log_fault
from rc_integrations_plugin.outgoing.outcome import (
    Attempt,
    Decision,
    DisableIntegration,
    Done,
    GiveUp,
    PostReply,
    RetryLater,
    blames_receiver,
    decide,
    was_called,
)
from rc_integrations_plugin.outgoing.posting import Order, post_reply
from rc_integrations_plugin.outgoing.prepare import Plan, plan_request
from rc_integrations_plugin.outgoing.record import AttemptNotes
from rc_integrations_plugin.outgoing.reply import Reply
from rc_integrations_plugin.outgoing.request import (
    build_request,
    current_data,
    default_request,
)
from rc_integrations_plugin.outgoing.script import (
    find_script,
    prepare_argument,
    process_argument,
)
from rc_integrations_plugin.outgoing.steps import PREPARE, PROCESS, Step
from rc_integrations_plugin.outgoing.stopping import is_stopped
from rc_integrations_plugin.scripting.protocol import (
    FaultKind,
    Script,
    ScriptFault,
    ScriptRun,
)
from rc_integrations_plugin.services import Services
from rc_integrations_plugin.settings import ScriptsAllowed
from rc_integrations_plugin.storage.faults import may_pass

_UNTIL_IT_HAS_PASSED = timedelta(seconds=5)
_LONGEST_TROUBLE = timedelta(hours=1)
_MOST_AT_ONCE = 64 * 1024
"""Longer answers are read on a thread: the others' calls go on meanwhile."""

logger = logging.getLogger(__name__)


async def run_delivery(
    services: Services,
    delivery: Delivery,
    integration: OutgoingIntegration | None,
    *,
    send: Send,
    blocking: Blocking,
) -> DeliveryResult:
    """Make one attempt of a delivery and return what to store of it; nothing is raised.

    Where the database is away, or no process for the script can be had, the delivery is put off as
    it is. What the receiver has got already, it gets once more then, by the same id.

    Args:
        services: of this server.
        delivery: as it was leased.
        integration: as it is now; None if it was removed.
        send: makes the call.
        blocking: runs scripts, and what talks to the host or the database.
    """
    notes = AttemptNotes(delivery, integration)
    limit = services.settings.history_body_bytes
    try:
        if delivery.posted is Posted.ANSWER:
            notes.end(DeliveryOutcome.DELIVERED, Step.POSTED_BEFORE)
        elif integration is None:
            notes.end(DeliveryOutcome.STOPPED, Step.INTEGRATION_REMOVED)
        else:
            await _run(
                Call(
                    services=services,
                    integration=integration,
                    notes=notes,
                    send=send,
                    blocking=blocking,
                )
            )
        if _is_large(notes.answer):
            return await blocking(partial(notes.as_result, body_limit=limit))
        return notes.as_result(body_limit=limit)
    except LeaseLost:
        # the other worker tells what came of it; what is returned here meets no row
        return notes.as_postponed(_UNTIL_IT_HAS_PASSED)
    except Exception as error:  # noqa: BLE001 the other deliveries of this worker go on
        log_fault(logger, f"A delivery of the integration {delivery.integration_id} failed", error)
        if _passes(error) and notes.started_at - delivery.created_at < _LONGEST_TROUBLE:
            return notes.as_postponed(_UNTIL_IT_HAS_PASSED)
        return notes.as_fault(error)


def _passes(error: Exception) -> bool:
    """Return whether it is no fault of the delivery: no process to be had, no database."""
    return isinstance(error, ScriptsUnavailable) or may_pass(error)


async def _run(call: Call) -> None:
    if await is_stopped(call):
        return
    script = _find_script(call)
    plan = await _plan(call, script)
    call.notes.note(*plan.steps, error=plan.error)
    if plan.message is not None and not await _post_prepared(call, plan.message):
        return
    if plan.request is None:
        outcome = DeliveryOutcome.FAILED if plan.error else DeliveryOutcome.NOT_SENT
        call.notes.end(outcome, *filter(None, (plan.last_step,)))
        return
    answer = await _send(call, plan.request)
    run = await _process(call, script, plan.request, answer)
    await _act(call, await _decide(call, answer, run))


def _find_script(call: Call) -> Script | None:
    if call.services.settings.scripts is ScriptsAllowed.OFF:
        return None
    return find_script(call.integration)


async def _plan(call: Call, script: Script | None) -> Plan:
    delivery, notes = call.delivery, call.notes
    if delivery.replay is not None:
        default = default_request(call.integration, url=delivery.url, data=delivery.data)
        notes.default = default
        return Plan(steps=(Step.PREPARED,), request=delivery.replay.sent or default)
    data = current_data(call.integration, delivery.data)
    default = default_request(call.integration, url=call.url or "", data=data)
    notes.default = default
    if script is None:
        return plan_request(None, call.integration, default=default)
    run = await _call_script(call, script, PREPARE, lambda: prepare_argument(default))
    return plan_request(run, call.integration, default=default)


async def _call_script(
    call: Call, script: Script, method: str, argument: Callable[[], Mapping[str, Any]]
) -> ScriptRun:
    scripts = call.services.local_scripts
    run = await call.blocking(
        lambda: scripts.call(script, method, argument()), script_of=script.integration_id
    )
    call.notes.runs.append(run)
    return run


async def _post_prepared(call: Call, message: Reply) -> bool:
    """Return whether it goes on, after posting what the script wants to be posted before."""
    if call.delivery.posted is Posted.PREPARE:
        # by a worker that died later
        call.notes.note(Step.PREPARED_MESSAGE_SENT)
        return True
    if await _post(call, message, Posted.PREPARE):
        call.notes.note(Step.PREPARED_MESSAGE_SENT)
        return True
    call.notes.end(DeliveryOutcome.FAILED, Step.PREPARED_MESSAGE_FAILED)
    return False


async def _post(call: Call, reply: Reply, stage: Posted) -> bool:
    order = Order(reply=reply, integration=call.integration, delivery=call.delivery, stage=stage)
    posted = await call.blocking(partial(post_reply, call.services, order))
    call.notes.results += posted.results
    if posted.message is not None:
        call.notes.messages[stage.value] = posted.message
    call.notes.note(error=posted.error)
    return posted.is_posted


async def _send(call: Call, options: Mapping[str, Any]) -> HttpResponse | HttpFailure:
    notes = call.notes
    notes.request = options
    notes.note(Step.BEFORE_CALL)
    request = build_request(
        options,
        call.integration,
        delivery_id=call.delivery.webhook_id,
        sent_at=datetime.now(UTC),
        is_replay=call.delivery.replay is not None,
    )
    answer = request if isinstance(request, HttpFailure) else await call.send(request)
    notes.answer = answer
    notes.receiver_failed = blames_receiver(answer) if was_called(answer) else None
    return answer


async def _process(
    call: Call,
    script: Script | None,
    options: Mapping[str, Any],
    answer: HttpResponse | HttpFailure,
) -> ScriptRun | None:
    if script is None or isinstance(answer, HttpFailure):
        return None
    try:
        return await _call_script(call, script, PROCESS, lambda: process_argument(options, answer))
    except ScriptsUnavailable as error:
        # the call was made: what follows is as after any other fault of a script
        fault = ScriptFault(kind=FaultKind.CRASH, name="ScriptsUnavailable", message=error.reason)
        return ScriptRun(fault=fault)


async def _decide(
    call: Call, answer: HttpResponse | HttpFailure, run: ScriptRun | None
) -> Decision:
    attempt = Attempt(
        integration=call.integration,
        data=call.delivery.data,
        number=call.delivery.attempts,
        answer=answer,
        ended_at=datetime.now(UTC),
        run=run,
    )
    chance = random.random()  # noqa: S311 spreads retries, guards nothing
    if _is_large(answer):
        decision = await call.blocking(partial(decide, attempt, chance=chance))
    else:
        decision = decide(attempt, chance=chance)
    if isinstance(decision, RetryLater):
        call.notes.next_attempt_at = attempt.ended_at + decision.delay
    return decision


def _is_large(answer: HttpResponse | HttpFailure | None) -> bool:
    return isinstance(answer, HttpResponse) and len(answer.body) > _MOST_AT_ONCE


async def _act(call: Call, decision: Decision) -> None:
    notes = call.notes
    match decision:
        case Done(steps=steps, error=error):
            notes.end(DeliveryOutcome.DELIVERED, *steps, error=error)
            notes.receiver_failed = False
        case PostReply(steps=steps, error=error):
            notes.end(DeliveryOutcome.DELIVERED, *steps, error=error)
            # also where a script made something of a failure
            notes.receiver_failed = False
            posted = await _post(call, decision.reply, Posted.ANSWER)
            notes.note(decision.sent_step if posted else decision.failed_step)
        case RetryLater(steps=steps, error=error):
            notes.end(DeliveryOutcome.RETRYING, *steps, error=error)
        case GiveUp(steps=steps, error=error):
            notes.end(DeliveryOutcome.FAILED, *steps, error=error)
        case DisableIntegration(steps=steps, reason=reason):
            notes.end(DeliveryOutcome.FAILED, *steps, error=reason)
            await call.blocking(
                partial(owner.switch_off, call.services, call.integration, reason=reason)
            )
