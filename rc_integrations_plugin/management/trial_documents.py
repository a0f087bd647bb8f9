"""What comes of a trial as JSON: for commands and the API."""

from collections.abc import Mapping, Sequence
from typing import Any

from rc_integrations_plugin.delivery.http import HttpRequest
from rc_integrations_plugin.host.port import MessageDraft
from rc_integrations_plugin.management.trying import (
    MadeCall,
    Place,
    Preview,
    TriedCall,
    shown_headers,
)
from rc_integrations_plugin.management.trying_outgoing import TriedEvent
from rc_integrations_plugin.scripting.bench import fault_document
from rc_integrations_plugin.scripting.protocol import ScriptHttpRequest

Document = dict[str, Any]


def tried_call_document(tried: TriedCall) -> Document:
    """Return what would come of a call of a hook."""
    return _without_nothing(
        {
            "outcome": tried.outcome.value,
            "error": tried.error,
            "message": _message(tried.message),
            "answer": {"status": tried.answer.status, "body": tried.answer.body},
            "script": _calls(tried.calls),
        }
    )


def tried_event_document(tried: TriedEvent) -> Document:
    """Return what would come of an event."""
    return _without_nothing(
        {
            "messageBefore": _message(tried.before),
            "request": _request(tried.request),
            "nothingSent": tried.nothing_sent,
            "answered": tried.answered,
            "message": _message(tried.after),
            "error": tried.error,
            "script": _calls(tried.calls),
        }
    )


def _message(preview: Preview | None) -> Document | None:
    if preview is None:
        return None
    author = None if preview.author is None else preview.author.username
    return {
        **({} if preview.draft is None else _draft(preview.draft)),
        **_without_nothing({"author": author, "error": preview.error}),
        "rooms": [_place(place) for place in preview.places],
    }


def _draft(draft: MessageDraft) -> Document:
    told = {
        "text": draft.text,
        "alias": draft.alias,
        "avatar": draft.avatar,
        "emoji": draft.emoji,
        "attachments": [dict(one) for one in draft.attachments],
        "tmid": draft.thread_id,
        "customFields": draft.custom_fields,
        "topic": draft.topic,
        "parseUrls": draft.parse_urls,
        "groupable": draft.groupable,
    }
    return {key: value for key, value in told.items() if value}


def _place(place: Place) -> Document:
    told = {
        "channel": place.channel,
        "roomName": place.room_name,
        "joins": place.joins,
        "isConversation": place.is_conversation,
        "error": place.error_code,
        "reason": place.reason,
    }
    return {key: value for key, value in told.items() if value}


def _request(request: HttpRequest | None) -> Document | None:
    if request is None:
        return None
    body = None if request.body is None else request.body.decode("utf-8", "replace")
    return {
        "method": request.method,
        "url": request.url,
        "headers": dict(request.headers),
        "body": body,
    }


def _calls(calls: Sequence[MadeCall]) -> list[Document]:
    return [_call(one) for one in calls]


def _call(made: MadeCall) -> Document:
    run = made.run
    return {
        "method": made.method,
        "argument": made.argument,
        "ok": run.fault is None,
        "type": run.value_type,
        "result": run.value,
        "error": None if run.fault is None else fault_document(run.fault),
        "console": [{"level": line.level, "text": line.text} for line in run.console],
        "http": [_http(request) for request in made.requests],
        "duration": run.duration_ms,
    }


def _http(request: ScriptHttpRequest) -> Document:
    return {
        "method": request.method,
        "url": request.url,
        "headers": shown_headers(request.headers),
        "body": request.body,
    }


def _without_nothing(parts: Mapping[str, Any]) -> Document:
    return {key: value for key, value in parts.items() if value is not None}
