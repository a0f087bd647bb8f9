"""What an outgoing integration's script is given, and how to read what it returns."""

import json
from collections.abc import Mapping
from typing import Any

import orjson

from rc_integrations_plugin.delivery.http import HttpResponse
from rc_integrations_plugin.integrations.records import OutgoingIntegration
from rc_integrations_plugin.scripting.protocol import FaultKind, Script

EVALUATION_FAULTS = frozenset({FaultKind.SYNTAX, FaultKind.EVALUATION, FaultKind.NO_CLASS})
"""The script never came to run a method."""
_JSON_TYPES = frozenset(
    {
        "application/json",
        "text/javascript",
        "application/javascript",
        "application/x-javascript",
    }
)


def find_script(integration: OutgoingIntegration) -> Script | None:
    """Return the script that the integration runs, or None.

    One that does not compile is returned too: calling it tells why, and nothing is sent.
    """
    source = integration.script or ""
    if not (integration.script_enabled and source.strip()):
        return None
    return Script(
        integration_id=integration.id,
        name=integration.name,
        version=integration.updated_at.isoformat(),
        source=source,
        skip_transpile=integration.skip_transpile,
        compiled=integration.script_compiled or "",
    )


def prepare_argument(request: Mapping[str, Any]) -> dict[str, Any]:
    """Return the argument of `prepare_outgoing_request`."""
    return {"request": dict(request)}


def process_argument(request: Mapping[str, Any], response: HttpResponse) -> dict[str, Any]:
    """Return the argument of `process_outgoing_response`.

    Args:
        request: what the call was made with, as `prepare_outgoing_request` returned it.
        response: the answer, of any status.
    """
    parsed = read_json_answer(response)
    return {
        "request": dict(request),
        "response": {
            "error": None,
            "status_code": response.status,
            # docs: response.content {object}; a text where it is no JSON
            "content": response.text if parsed is None else parsed,
            "content_raw": response.text,
            "headers": dict(response.headers),
        },
    }


def read_json_answer(response: HttpResponse) -> Any:
    """Return the JSON that an answer says it holds, or None."""
    kind = response.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind not in _JSON_TYPES and not kind.endswith("+json"):
        return None
    text = response.text
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        return _read_odd_json(text)


def as_message(value: Any) -> Mapping[str, Any] | None:
    """Return what a script wants to post, as an object; a bare text is one's text."""
    if isinstance(value, str):
        return {"text": value}
    return value if isinstance(value, dict) else None


def _read_odd_json(text: str) -> Any:
    """Read what JavaScript reads and orjson does not: half surrogate pairs that are escaped."""
    if "\\u" not in text:
        return None
    try:
        return json.loads(text, parse_constant=_refuse)
    except (ValueError, RecursionError):
        return None


def _refuse(name: str) -> None:
    raise ValueError(name)
