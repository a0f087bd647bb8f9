"""Why a line of the history came out as it did: its steps, one sentence each. Values only.

It reads documents of the history, in which secrets are masked already.
"""

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from rc_integrations_plugin.integrations.deliveries import DeliveryOutcome, Posted
from rc_integrations_plugin.integrations.history import CallOutcome
from rc_integrations_plugin.outgoing.steps import PREPARE, PROCESS, Step

Document = Mapping[str, Any]
_STEPS: Mapping[str, str] = MappingProxyType(
    {
        Step.BEFORE_PREPARE: f"The script's {PREPARE} was called.",
        Step.BEFORE_PROCESS: f"The script's {PROCESS} was called.",
        Step.GETTING_SCRIPT: "The script cannot run.",
        Step.NO_PREPARE: f"The script has no {PREPARE}: the usual request was made.",
        Step.NO_PROCESS: f"The script has no {PROCESS}: the answer counts as it is.",
        Step.PREPARE_FAILED: f"{PREPARE} failed.",
        Step.PROCESS_FAILED: f"{PROCESS} failed.",
        Step.PREPARED_NOTHING: "It gave no request, so nobody was called.",
        Step.PREPARED_MESSAGE_SENT: "It wanted a message to be posted.",
        Step.PREPARED_MESSAGE_FAILED: "It wanted a message that could not be posted.",
        Step.PREPARED_NO_REQUEST: "It named no url and method, so nobody was called.",
        Step.PROCESSED_MESSAGE_SENT: "It made a message of the answer.",
        Step.PROCESSED_MESSAGE_FAILED: "It made a message of the answer that could not be posted.",
        Step.PROCESSED_FALSE: "It wanted nothing to be posted.",
        Step.GONE: "410 says that the receiver is gone: the integration was switched off.",
        Step.SERVER_ERROR: "500 says that the receiver failed.",
        Step.TOO_MANY_RETRIES: "That was the last try.",
        Step.RETRY_DELAY_INVALID: "It is not tried again: its retryDelay is none.",
        Step.NO_RETRIES: "It is not tried again: the integration has no retries, or not for this.",
        Step.ANSWER_MESSAGE_SENT: "The answer held a message.",
        Step.ANSWER_MESSAGE_FAILED: "The answer held a message that could not be posted.",
        Step.POSTED_BEFORE: "Another worker had posted the answer before it died.",
        Step.INTEGRATION_REMOVED: "Nobody was called: the integration was removed.",
        Step.INTEGRATION_OFF: "Nobody was called: the integration was switched off.",
        Step.URL_REMOVED: "Nobody was called: the integration has other URLs now.",
        Step.ROOM_REMOVED: "Nobody was called: the integration is about other rooms now.",
        Step.USER_GONE: "Nobody was called: the user that it posts as is gone.",
        Step.CHAIN_TOO_LONG: "Nobody was called: integrations answered each other too often.",
        Step.OUR_FAULT: "The server had a fault; its log has more.",
    }
)
_SILENT = frozenset({Step.START, Step.MAPPED_DATA, Step.PREPARED, Step.BEFORE_CALL})
_CALL_OUTCOMES: Mapping[str, str] = MappingProxyType(
    {
        CallOutcome.POSTED: "All was posted.",
        CallOutcome.PARTLY_POSTED: "Some of it was posted.",
        CallOutcome.NOTHING_TO_POST: "There was nothing to post.",
        CallOutcome.REFUSED: "The call was refused",
        CallOutcome.SCRIPT_REFUSED: "The script refused the call",
        CallOutcome.SCRIPT_FAILED: "The script failed",
        CallOutcome.FAILED: "The server had a fault; its log has more",
    }
)
_ATTEMPT_OUTCOMES: Mapping[str, str] = MappingProxyType(
    {
        DeliveryOutcome.DELIVERED: "The receiver has it.",
        DeliveryOutcome.NOT_SENT: "Nothing was sent, as the script wants it.",
        DeliveryOutcome.FAILED: "It failed for good.",
        DeliveryOutcome.STOPPED: "It was stopped.",
    }
)


def explain(document: Document) -> Sequence[str]:
    """Return the sentences for one document of the history."""
    if document.get("type") == "incoming-webhook":
        return list(_explain_call(document))
    return list(_explain_attempt(document))


def _explain_call(document: Document) -> Iterator[str]:
    size = document.get("bodyBytes", 0)
    sender = document.get("remoteAddress") or "somewhere"
    yield f"Called by {document.get('method')} from {sender}, with {size} bytes."
    yield from _explain_script(document)
    yield from _explain_results(document, document.get("results", ()))
    told = _CALL_OUTCOMES.get(document["outcome"], document["outcome"])
    reason = document.get("error")
    if reason and not told.endswith("."):
        told += f": {reason}"
    elif reason and document["outcome"] == CallOutcome.NOTHING_TO_POST:
        told = f"{told[:-1]}: {reason}"
    yield told if told.endswith(".") else f"{told}."
    yield f"The caller got {document.get('status')}."


def _explain_script(document: Document) -> Iterator[str]:
    duration = document.get("scriptDuration")
    if duration is None:
        return
    anew = ", on a new instance" if document.get("scriptRestarted") else ""
    yield f"The script ran for {duration:.0f} ms{anew}."
    if lines := len(document.get("console", ())):
        yield f"It wrote {lines} line{'' if lines == 1 else 's'} to the console."


def shown_channel(result: Document, data: Any) -> str:
    """Return where a message went: the event's room by its name, for answers name it by its id."""
    channel = str(result.get("channel"))
    event = data if isinstance(data, Mapping) else {}
    is_events = bool(event.get("channel_name")) and channel == f"#{event.get('channel_id')}"
    return f"#{event['channel_name']}" if is_events else channel


def _explain_attempt(document: Document) -> Iterator[str]:
    yield from _explain_event(document)
    if document.get("replayOf"):
        yield f"Somebody had it made again (history {document['replayOf']})."
    if document.get("attempt"):
        yield f"This is try {document['attempt'] + 1}."
    yield from _explain_script(document)
    results = list(document.get("results", ()))
    prepared = [one for one in results if one.get("phase") == Posted.PREPARE]
    steps = document.get("steps", ())
    for step in steps:
        yield from _explain_step(step, document)
        if step in {Step.PREPARED_MESSAGE_SENT, Step.PREPARED_MESSAGE_FAILED}:
            yield from _explain_results(document, prepared)
    told = prepared if Step.PREPARED_MESSAGE_SENT in steps else []
    yield from _explain_results(document, [one for one in results if one not in told])
    if document.get("errorStack"):
        yield f"The reason: {' '.join(str(document['errorStack']).split())}"
    yield from _explain_end(document)


def _explain_event(document: Document) -> Iterator[str]:
    data = document.get("data")
    data = data if isinstance(data, Mapping) else {}
    room = f" in #{data['channel_name']}" if data.get("channel_name") else ""
    person = f" by {data['user_name']}" if data.get("user_name") else ""
    yield f"Told of {document.get('event')}{room}{person}."
    if document.get("triggerWord"):
        yield f"Matched by trigger word `{document['triggerWord']}`."
    if document.get("depth"):
        yield f"Integrations had answered each other {document['depth']} times before."


def _explain_step(step: str, document: Document) -> Iterator[str]:
    if step == Step.BEFORE_CALL:
        request = document.get("request") or {}
        method, url = request.get("method") or "POST", request.get("url") or document.get("url")
        yield f"Called {method} {url}"
    elif step == Step.AFTER_CALL:
        yield _answer(document)
    elif step in _STEPS:
        yield _STEPS[step]
    elif step not in _SILENT and not step.startswith("going-to-retry"):
        yield step


def _answer(document: Document) -> str:
    if document.get("status") is None:
        return f"There was no answer ({document.get('failure') or 'unknown'})."
    size = document.get("responseBytes") or 0
    return f"It answered {document['status']}, with {size} bytes, in {document['duration']:.0f} ms."


def _explain_results(document: Document, results: Sequence[Document]) -> Iterator[str]:
    integration = document.get("integration", {})
    # a script may have chosen another one
    chosen = (document.get("message") or {}).get("u", {})
    author = chosen.get("username") or chosen.get("name") or integration.get("username")
    if integration.get("impersonateUser"):
        author = (document.get("data") or {}).get("user_name") or author
    for result in results:
        channel = shown_channel(result, document.get("data"))
        if result.get("message_id"):
            yield f"Posted as {author} into {channel}."
        else:
            reason = result.get("reason") or result.get("error")
            yield f"Refused for {channel}: {reason}"


def _explain_end(document: Document) -> Iterator[str]:
    outcome = document["outcome"]
    if outcome == DeliveryOutcome.RETRYING:
        yield f"It failed, and is tried again at {document.get('nextAttemptAt')}."
    else:
        yield _ATTEMPT_OUTCOMES.get(outcome, f"It is {outcome}.")
