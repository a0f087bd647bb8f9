"""Records as Rocket.Chat's JSON documents."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from rc_integrations_plugin.integrations.history import IncomingCall
from rc_integrations_plugin.integrations.masks import Mask
from rc_integrations_plugin.integrations.permissions import type_of
from rc_integrations_plugin.integrations.records import (
    Editor,
    IncomingIntegration,
    OutgoingIntegration,
    ScriptError,
)

Integration = IncomingIntegration | OutgoingIntegration
_SECRET = frozenset({"token", "script", "scriptCompiled", "scriptError"})


def integration_document(integration: Integration) -> dict[str, Any]:
    """Return the whole integration, with its token; what it does not have is left out.

    Of an outgoing one, the secrets that only it needs are not told: only that they are there.
    """
    if isinstance(integration, OutgoingIntegration):
        own = _outgoing(integration)
    else:
        own = _incoming(integration)
    document = {**_head(integration), **own, **_tail(integration)}
    return {key: value for key, value in document.items() if value is not None}


def _head(integration: Integration) -> dict[str, Any]:
    return {
        "_id": integration.id,
        "type": type_of(integration).value,
        "name": integration.name,
        "enabled": integration.enabled,
        "disabledReason": integration.disabled_reason,
        "username": integration.username,
        "userId": integration.user_id,
        "channel": list(integration.channels),
        "token": integration.token,
        "alias": integration.alias,
        "avatar": integration.avatar,
        "emoji": integration.emoji,
    }


def _incoming(integration: IncomingIntegration) -> dict[str, Any]:
    return {
        "overrideDestinationChannelEnabled": integration.override_destination,
        "allowGet": integration.allow_get,
    }


def _outgoing(integration: OutgoingIntegration) -> dict[str, Any]:
    return {
        "event": integration.event.value,
        "urls": list(integration.urls),
        "triggerWords": list(integration.trigger_words) or None,
        "triggerWordAnywhere": integration.trigger_word_anywhere,
        "targetRoom": integration.target_room,
        "runOnEdits": integration.run_on_edits,
        "impersonateUser": integration.impersonate_user,
        "retryFailedCalls": integration.retry_failed_calls,
        "retryCount": integration.retry_count,
        "retryDelay": integration.retry_delay,
        "retryOn": integration.retry_on.value,
        "timeout": integration.timeout_seconds,
        "callsAtOnce": integration.calls_at_once,
        "hasSigningSecret": integration.signing_secret is not None,
        "hasBasicAuth": integration.basic_auth is not None,
        "headerNames": sorted(integration.headers),
    }


def _tail(integration: Integration) -> dict[str, Any]:
    return {
        "scriptEnabled": integration.script_enabled,
        "script": integration.script,
        "scriptCompiled": integration.script_compiled,
        "scriptError": _script_error(integration.script_error),
        "scriptEngine": integration.script_engine,
        "skipTranspile": integration.skip_transpile,
        "_createdAt": json_time(integration.created_at),
        "_createdBy": _editor(integration.created_by),
        "_updatedAt": json_time(integration.updated_at),
        "_updatedBy": _editor(integration.updated_by),
    }


def history_integration(integration: Integration) -> dict[str, Any]:
    """Return the integration as it stands in its history: without token, script and secrets."""
    mask = Mask(integration.token or "")
    document = integration_document(integration)
    shown = {key: value for key, value in document.items() if key not in _SECRET}
    if isinstance(integration, OutgoingIntegration):
        shown["urls"] = [mask.text(url) for url in integration.urls]
    return shown


def call_document(call: IncomingCall, integration: Mapping[str, Any]) -> dict[str, Any]:
    """Return one line of the history."""
    document = {
        "_id": call.id,
        "type": "incoming-webhook",
        "integrationId": call.integration_id,
        "integration": integration,
        "outcome": call.outcome.value,
        "finished": True,
        "status": call.status,
        "results": list(call.results),
        "message": call.message,
        "console": list(call.console),
        "error": call.error,
        "errorType": call.error_code,
        "duration": call.duration_ms,
        "scriptDuration": call.script_duration_ms,
        "scriptRestarted": call.script_restarted,
        "method": call.method,
        "query": call.query,
        "headers": dict(call.headers),
        "body": call.body,
        "bodyBytes": call.body_bytes,
        "remoteAddress": call.remote_address,
        "_createdAt": json_time(call.called_at),
        "_updatedAt": json_time(call.called_at),
    }
    return {key: value for key, value in document.items() if value is not None}


def json_time(moment: datetime) -> str:
    """Return a time as JavaScript writes it."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _editor(editor: Editor | None) -> dict[str, str] | None:
    return None if editor is None else {"_id": editor.id, "username": editor.username}


def _script_error(error: ScriptError | None) -> dict[str, str] | None:
    if error is None:
        return None
    return {"name": error.name, "message": error.message, "stack": error.stack}
