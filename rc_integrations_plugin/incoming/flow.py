"""From a call of a hook to messages in rooms, an answer for the caller and a row in the history."""

import json
import logging
import time
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from rc_integrations_plugin.errors import (
    HookDisabled,
    IntegrationsError,
    MethodNotAllowed,
    PostRefused,
    ScriptFailed,
    ScriptsUnavailable,
    TooManyCalls,
)
from rc_integrations_plugin.host.port import User
from rc_integrations_plugin.incoming import answers
from rc_integrations_plugin.incoming.answers import Answer
from rc_integrations_plugin.incoming.author import (
    check_may_be_posted_as,
    load_author_named,
    load_post_as_user,
)
from rc_integrations_plugin.incoming.body import HookBody, read_body
from rc_integrations_plugin.incoming.encoding import inflate, too_large
from rc_integrations_plugin.incoming.request import HookRequest
from rc_integrations_plugin.incoming.script import (
    METHOD,
    Content,
    NothingToPost,
    Refusal,
    Verdict,
    build_argument,
    describe_failure,
    find_script,
    read_result,
)
from rc_integrations_plugin.incoming.trace import CallTrace
from rc_integrations_plugin.integrations.history import CallOutcome
from rc_integrations_plugin.integrations.reach import bounds_of
from rc_integrations_plugin.integrations.records import IncomingIntegration
from rc_integrations_plugin.messages.destinations import destinations_of
from rc_integrations_plugin.messages.document import message_document
from rc_integrations_plugin.messages.fallbacks import fit_to_host
from rc_integrations_plugin.messages.payload import Defaults, read_payload
from rc_integrations_plugin.messages.posting import PostResult, post_all
from rc_integrations_plugin.scripting.protocol import Script
from rc_integrations_plugin.services import Services
from rc_integrations_plugin.settings import ScriptsAllowed

RETRY_AFTER = "5"
"""Seconds until a script's process may be had again."""

logger = logging.getLogger(__name__)


def handle_hook(
    services: Services, integration_id: str, token: str, request: HookRequest
) -> Answer:
    """Do what a call of a hook asks for, remember it, and return the answer for the caller.

    Raises:
        HookNotFound: no integration has this id and token; nothing is remembered.
    """
    integration = services.integrations.incoming_by_token(integration_id, token)
    trace = CallTrace(integration, request)
    if services.rate_limiter is None:
        return _handle_and_remember(services, trace)
    allowance = services.rate_limiter.count(*_budget_of(integration, request))
    if allowance.granted:
        answer = _handle_and_remember(services, trace)
    else:
        answer = answers.beyond_budget(allowance, now=time.time())
        # one row in a window: a flood of calls shall not become a flood of rows
        if allowance.first_refusal:
            trace.end(CallOutcome.REFUSED, code=TooManyCalls.code, error=answer.body["error"])
            answer = _remembered(services, trace, answer)
    return replace(answer, headers={**answer.headers, **answers.budget_headers(allowance)})


def _budget_of(integration: IncomingIntegration, request: HookRequest) -> tuple[str, ...]:
    # docs: each address, URL form and method has a budget of its own; no key holds the token
    form = "short" if request.user_id is None else "legacy"
    return integration.id, form, request.method, request.remote_address


def answer_call(services: Services, trace: CallTrace) -> Answer:
    """Do what a call asks for, note what happens, and return the answer: refusals are answers."""
    try:
        return _handle(services, trace)
    except IntegrationsError as error:
        return _refuse(trace, error)


def _handle_and_remember(services: Services, trace: CallTrace) -> Answer:
    try:
        answer = answer_call(services, trace)
    except Exception as error:
        trace.end(CallOutcome.FAILED, code="error-internal", error=type(error).__name__)
        _remember(services, trace, status=500)
        raise
    return _remembered(services, trace, answer)


def _handle(services: Services, trace: CallTrace) -> Answer:
    integration, host = trace.integration, services.host
    _check_method(integration, trace.request)
    user = load_post_as_user(host, integration)
    if not integration.enabled:
        raise HookDisabled("This integration is switched off")
    check_may_be_posted_as(host, user)
    trace.body = _read_body(trace.request, limit=services.settings.max_body_bytes)
    script = find_script(integration)
    if script is not None and services.settings.scripts is not ScriptsAllowed.OFF:
        return _follow(_run(services, script, trace, user), services, trace, user)
    if trace.body.problem is not None:
        raise trace.body.problem
    if not trace.body.content:
        trace.end(CallOutcome.NOTHING_TO_POST)
        return answers.SUCCESS
    return _post(services, trace, trace.body.content, as_user=user)


def _check_method(integration: IncomingIntegration, request: HookRequest) -> None:
    if request.method == "POST" or (request.method == "GET" and integration.allow_get):
        return
    allowed = "POST, and GET," if integration.allow_get else "only POST"
    raise MethodNotAllowed(f"This hook takes {allowed} requests")


def _read_body(request: HookRequest, *, limit: int) -> HookBody:
    if request.oversize:
        raise too_large(limit)
    if request.method == "GET":
        return HookBody()
    data = inflate(request.body, request.headers.get("content-encoding", ""), limit=limit)
    return read_body(data, request.content_type)


def _run(services: Services, script: Script, trace: CallTrace, user: User) -> Verdict:
    body = trace.body or HookBody()
    argument = build_argument(trace.request, body, integration=trace.integration, user=user)
    trace.run = services.scripts.call(script, METHOD, argument)
    separate_response = body.content.get("separateResponse") is True
    return read_result(trace.run, script, separate_response=separate_response)


def _follow(verdict: Verdict, services: Services, trace: CallTrace, user: User) -> Answer:
    """Do what a script wants to be done."""
    match verdict:
        case NothingToPost(note):
            trace.end(CallOutcome.NOTHING_TO_POST, error=note)
            return answers.SUCCESS
        case Refusal(error):
            trace.end(CallOutcome.SCRIPT_REFUSED, error=json.dumps(error, ensure_ascii=False))
            return answers.refusal_by_script(error)
        case Content():
            if verdict.user is not None:
                user = load_author_named(services.host, verdict.user, post_as_user=user)
            answer = _post(services, trace, verdict.body, as_user=user)
            if verdict.response is not None and answer.status == 200:
                return answers.response_of_script(verdict.response)
            return answer


def _post(
    services: Services, trace: CallTrace, content: Mapping[str, Any], *, as_user: User
) -> Answer:
    integration, host = trace.integration, services.host
    defaults = Defaults(
        channels=integration.channels,
        alias=integration.alias or "",
        avatar=integration.avatar or "",
        emoji=integration.emoji or "",
    )
    payload = read_payload(content, defaults=defaults, integration_id=integration.id)
    trace.author = as_user
    trace.draft = fit_to_host(
        payload.draft,
        host.capabilities,
        topic=integration.name,
        size_limit=host.message_size_limit,
    )
    channels = destinations_of(
        payload, defaults=defaults, override_allowed=integration.override_destination
    )
    separate = payload.separate_response
    # what a request names, it means by the names of now
    known_ids = {} if payload.channels else integration.channel_ids
    trace.results = post_all(
        host,
        payload.draft,
        {channel: known_ids.get(channel, "") for channel in channels},
        as_user=as_user,
        topic=integration.name,
        separate=separate,
        within=bounds_of(integration),
    )
    _note_results(trace)
    if not separate:
        return answers.SUCCESS
    return answers.separate_responses(
        [_response(services, result, as_user) for result in trace.results]
    )


def _note_results(trace: CallTrace) -> None:
    refused = [result for result in trace.results if result.message is None]
    if not refused:
        trace.end(CallOutcome.POSTED)
        return
    partly = len(refused) < len(trace.results)
    outcome = CallOutcome.PARTLY_POSTED if partly else CallOutcome.REFUSED
    trace.end(outcome, code=refused[0].error_code, error=refused[0].reason)


def _response(services: Services, result: PostResult, author: User) -> dict[str, Any]:
    if result.message is None:
        return {"channel": result.channel, "error": result.error_code}
    document = message_document(result, author=author, host=services.host)
    return {"channel": result.channel, "message": document}


def _refuse(trace: CallTrace, error: IntegrationsError) -> Answer:
    fault = trace.run.fault if trace.run is not None else None
    # the script's own words are for the history only
    text = error.reason if fault is None else describe_failure(trace.integration.name, fault)
    if isinstance(error, PostRefused) and error.channel is not None:
        refused = PostResult(channel=error.channel, error_code=error.code, reason=error.reason)
        trace.results = (refused,)
    of_script = isinstance(error, ScriptFailed | ScriptsUnavailable)
    trace.end(
        CallOutcome.SCRIPT_FAILED if of_script else CallOutcome.REFUSED, code=error.code, error=text
    )
    headers = {}
    if isinstance(error, ScriptsUnavailable):
        headers["Retry-After"] = RETRY_AFTER
    if isinstance(error, MethodNotAllowed):
        headers["Allow"] = "POST, GET, OPTIONS" if trace.integration.allow_get else "POST, OPTIONS"
    return answers.refusal(error, headers)


def _remembered(services: Services, trace: CallTrace, answer: Answer) -> Answer:
    is_there = _remember(services, trace, status=answer.status)
    return replace(answer, call_id=trace.id) if is_there else answer


def _remember(services: Services, trace: CallTrace, *, status: int) -> bool:
    """Add the call to the history, and return whether it is there."""
    try:
        limit = services.settings.history_body_bytes
        services.calls.add(trace.as_record(status=status, body_limit=limit))
    except Exception:
        # The messages are in the rooms: a caller who is told otherwise would send them again.
        logger.exception("A call of the integration %s is not in its history", trace.integration.id)
        return False
    return True
