"""The shapes of Rocket.Chat's API answers."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Response, jsonify

from rc_integrations_plugin.errors import (
    ApiError,
    IntegrationsError,
    InvalidParams,
    NothingFound,
    NotLoggedIn,
    PermissionMissing,
    ScriptsUnavailable,
)
from rc_integrations_plugin.incoming.flow import RETRY_AFTER
from rc_integrations_plugin.integrations.records import IncomingIntegration, OutgoingIntegration
from rc_integrations_plugin.management.saved import Saved
from rc_integrations_plugin.schemas.documents import integration_document
from rc_integrations_plugin.schemas.queries import Paging
from rc_integrations_plugin.scripting.checker import finding_document


def success(**parts: Any) -> Response:
    """Return the answer of a call that went well."""
    return _not_stored(jsonify({**parts, "success": True}))


def stored(saved: Saved[IncomingIntegration] | Saved[OutgoingIntegration]) -> Response:
    """Return the answer that shows an integration as it was stored."""
    document = integration_document(saved.integration)
    if saved.signing_secret is not None:
        document["signingSecret"] = saved.signing_secret
    if saved.findings is None:
        return success(integration=document)
    warnings = [finding_document(finding) for finding in saved.findings]
    return success(integration=document, scriptWarnings=warnings)


def page(name: str, documents: Sequence[Mapping[str, Any]], paging: Paging, total: int) -> Response:
    """Return the answer that is a part of a list."""
    shown = len(documents)
    parts = {name: documents, "offset": paging.offset, "items": shown, "count": shown}
    return success(**parts, total=total)


def refusal(error: IntegrationsError) -> tuple[Response, int]:
    """Return the answer that tells an error."""
    response = _not_stored(jsonify({**_refusal_body(error), "success": False}))
    if isinstance(error, ScriptsUnavailable):
        response.headers["Retry-After"] = RETRY_AFTER
    return response, error.status


def _refusal_body(error: IntegrationsError) -> dict[str, Any]:
    match error:
        case NotLoggedIn():
            # Rocket.Chat says it twice, for clients of two generations
            return {"status": "error", "message": error.reason, "error": error.reason}
        case NothingFound():
            return {"error": error.reason}
        case PermissionMissing():
            return {"error": f"{error.reason} [{error.code}]"}
        case InvalidParams():
            return {"error": error.reason, "errorType": error.code}
    body = {"error": f"{error.reason} [{error.code}]", "errorType": error.code}
    details = error.details if isinstance(error, ApiError) else None
    return body if details is None else {**body, "details": dict(details)}


def _not_stored(response: Response) -> Response:
    # answers hold tokens
    response.headers["Cache-Control"] = "no-store"
    return response
