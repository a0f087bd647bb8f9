"""Trying outgoing integrations out: an event that did not happen, a call that is not made."""

import base64
import dataclasses
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from rc_integrations_plugin.delivery.http import HttpFailure, HttpRequest, HttpResponse
from rc_integrations_plugin.integrations.deliveries import Posted
from rc_integrations_plugin.integrations.masks import MASK
from rc_integrations_plugin.integrations.permissions import Manager
from rc_integrations_plugin.integrations.records import OutgoingIntegration
from rc_integrations_plugin.management.event_stage import NOT_SENT, EventStage
from rc_integrations_plugin.management.owners import as_saved_by, check_room
from rc_integrations_plugin.management.rehearsal import Rehearsal
from rc_integrations_plugin.management.trying import (
    MadeCall,
    Preview,
    ScriptChoice,
    check_choice,
    made_calls,
    script_fields,
    shown_headers,
)
from rc_integrations_plugin.outgoing.outcome import (
    Attempt,
    Decision,
    DisableIntegration,
    Done,
    GiveUp,
    PostReply,
    RetryLater,
    decide,
)
from rc_integrations_plugin.outgoing.prepare import Plan, plan_request
from rc_integrations_plugin.outgoing.request import (
    build_request,
    current_data,
    default_request,
)
from rc_integrations_plugin.outgoing.script import find_script, prepare_argument, process_argument
from rc_integrations_plugin.outgoing.steps import PREPARE, PROCESS
from rc_integrations_plugin.scripting.protocol import Script, ScriptRun, Trial, TrialCall
from rc_integrations_plugin.services import Services
from rc_integrations_plugin.settings import ScriptsAllowed

_SIGNATURE = "webhook-signature"


@dataclass(frozen=True, kw_only=True)
class SampleEvent:
    """An event, as its receiver is told of it, and perhaps what the receiver answers."""

    data: Mapping[str, Any] = field(repr=False)
    url: str
    status: int | None = None
    """None if no answer is given."""
    headers: Mapping[str, str] = field(default_factory=dict)
    body: str = ""


@dataclass(frozen=True, kw_only=True)
class TriedEvent:
    """What would come of an event."""

    request: HttpRequest | None
    """The call that would be made, secrets masked."""
    nothing_sent: str | None
    """Why none would be."""
    before: Preview | None
    """What the script wants to be posted before the call."""
    answered: str | None
    """What the given answer would lead to."""
    after: Preview | None
    """What would be posted then."""
    error: str | None = None
    """What went wrong all the same; may quote the script."""
    calls: tuple[MadeCall, ...] = ()


def try_outgoing(
    services: Services,
    manager: Manager,
    integration: OutgoingIntegration,
    event: SampleEvent,
    choice: ScriptChoice,
) -> TriedEvent:
    """Return what would be sent and posted, also where the integration is switched off.

    Args:
        services: its script runner and its host are asked, and changed in nothing.
        manager: who tries it, and may manage the integration.
        integration: as it is stored.
        event: as its receiver would be told, and perhaps what he answers.
        choice: which script runs.

    Raises:
        ApiError: the script may not be tried here, or the event is of none of its rooms.
        ScriptsUnavailable: no process can be had for it.
    """
    check_choice(services, integration, choice)
    check_room(integration, event.data)
    bound = as_saved_by(manager, integration)
    shown = _without_secrets(dataclasses.replace(bound, **script_fields(choice)))
    data = current_data(shown, event.data)
    default = default_request(shown, url=event.url, data=data)
    given = _answer_of(event)
    script = None if services.settings.scripts is ScriptsAllowed.OFF else find_script(shown)
    calls = _run(services, script, default, given, by=manager, answers=choice.http)
    plan = plan_request(calls[0].run if calls else None, shown, default=default)
    stage = EventStage(services, shown, data, Rehearsal(services.host))
    request = _request_of(plan, shown)
    answer = request if isinstance(request, HttpFailure) else given
    if answer is not given:
        # as it goes for real: nothing was sent, so nothing is answered
        calls = calls[:1]
    processed = calls[1].run if len(calls) > 1 else None
    decision = _decision(stage, plan, answer, processed)
    return TriedEvent(
        request=request if isinstance(request, HttpRequest) else None,
        nothing_sent=_why_nothing(plan, request),
        before=None if plan.message is None else stage.preview(plan.message, Posted.PREPARE),
        answered=None if decision is None else _said(decision),
        after=(
            stage.preview(decision.reply, Posted.ANSWER)
            if isinstance(decision, PostReply)
            else None
        ),
        error=decision.error if isinstance(decision, Done | PostReply) else None,
        calls=tuple(calls),
    )


def _without_secrets(integration: OutgoingIntegration) -> OutgoingIntegration:
    """Return an integration whose calls have the same shape, and none of its secrets."""
    headers = dict.fromkeys(integration.headers, MASK)
    if integration.basic_auth and "authorization" not in {name.lower() for name in headers}:
        headers["Authorization"] = MASK
    stand_in = "whsec_" + base64.b64encode(secrets.token_bytes(24)).decode()
    return dataclasses.replace(
        integration,
        enabled=True,
        token=None if integration.token is None else MASK,
        headers=headers,
        basic_auth=None,
        signing_secret=None if integration.signing_secret is None else stand_in,
    )


def _answer_of(event: SampleEvent) -> HttpResponse | None:
    if event.status is None:
        return None
    headers = {name.lower(): value for name, value in event.headers.items()}
    return HttpResponse(
        status=event.status,
        reason="",
        headers=headers,
        body=event.body.encode("utf-8", "surrogatepass"),
        url=event.url,
    )


def _run(
    services: Services,
    script: Script | None,
    default: Mapping[str, Any],
    answer: HttpResponse | None,
    *,
    by: Manager,
    answers: tuple[Mapping[str, Any], ...] | None,
) -> list[MadeCall]:
    """Call the script's methods, both on one instance."""
    if script is None:
        return []
    calls = [TrialCall(method=PREPARE, argument=prepare_argument(default))]
    if answer is not None:
        argument = process_argument(default, answer)
        calls.append(TrialCall(method=PROCESS, argument=argument, takes="request"))
    trial = Trial(script=script, calls=tuple(calls), answers=answers, by=by.user.id)
    made = made_calls(trial.calls, services.scripts.try_out(trial))
    if len(made) > 1 and isinstance(made[0].run.value, dict):
        seen = {**made[1].argument, "request": made[0].run.value}
        made[1] = dataclasses.replace(made[1], argument=seen)
    return made


def _request_of(plan: Plan, integration: OutgoingIntegration) -> HttpRequest | HttpFailure | None:
    if plan.request is None:
        return None
    request = build_request(
        plan.request, integration, delivery_id=NOT_SENT, sent_at=datetime.now(UTC)
    )
    if isinstance(request, HttpFailure):
        return request
    headers = shown_headers(request.headers)
    if _SIGNATURE in headers:
        headers[_SIGNATURE] = f"v1,{MASK}"
    return dataclasses.replace(request, headers=headers)


def _why_nothing(plan: Plan, request: HttpRequest | HttpFailure | None) -> str | None:
    if isinstance(request, HttpFailure):
        return f"This makes no request: {request.message}."
    if request is not None:
        return None
    if plan.error:
        return f"{PREPARE} failed: {plan.error}"
    if plan.message is not None:
        return "The script names no url and method: it only wants a message to be posted."
    return "The script wants nobody to be called."


def _decision(
    stage: EventStage,
    plan: Plan,
    answer: HttpResponse | HttpFailure | None,
    run: ScriptRun | None,
) -> Decision | None:
    if answer is None or plan.request is None:
        return None
    return decide(
        Attempt(
            integration=stage.integration,
            data=stage.data,
            number=0,
            answer=answer,
            ended_at=datetime.now(UTC),
            run=run,
        )
    )


def _said(decision: Decision) -> str:
    match decision:
        case Done():
            return "It would count as delivered, and nothing would be posted."
        case PostReply():
            return "It would count as delivered, and the message below would be posted."
        case RetryLater(delay=delay, error=error):
            return (
                f"It would count as failed ({error}), and be tried again after"
                f" {delay.total_seconds():g} s."
            )
        case GiveUp(error=error):
            return f"It would count as failed ({error}), and not be tried again."
        case DisableIntegration(reason=reason):
            return f"The integration would be switched off: {reason}."
