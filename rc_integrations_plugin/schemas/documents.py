"""Records as Rocket.Chat's JSON documents."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from rc_integrations_plugin.integrations.history import IncomingCall
from rc_integrations_plugin.integrations.records import (
    Editor,
    IncomingIntegration,
    IntegrationType,
    ScriptError,
)

_SECRET = frozenset({"token", "script", "scriptCompiled", "scriptError"})


def integration_document(integration: IncomingIntegration) -> dict[str, Any]:
    """Return the whole integration, with its token; what it does not have is left out."""
    document = {
        "_id": integration.id,
        "type": IntegrationType.INCOMING.value,
        "name": integration.name,
        "enabled": integration.enabled,
        "username": integration.username,
        "userId": integration.user_id,
        "channel": list(integration.channels),
        "token": integration.token,
        "alias": integration.alias,
        "avatar": integration.avatar,
        "emoji": integration.emoji,
        "overrideDestinationChannelEnabled": integration.override_destination,
        "allowGet": integration.allow_get,
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
    return {key: value for key, value in document.items() if value is not None}


def history_integration(integration: IncomingIntegration) -> dict[str, Any]:
    """Return the integration as it stands in its history: without token and script."""
    document = integration_document(integration)
    return {key: value for key, value in document.items() if key not in _SECRET}


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
