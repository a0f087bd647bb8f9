"""What the script editor asks for while somebody types."""

from typing import Any

from flask import Response, jsonify, request
from werkzeug.exceptions import RequestEntityTooLarge

from rc_integrations_plugin.errors import BodyTooLarge, InvalidParams
from rc_integrations_plugin.schemas.incoming import SCRIPT_LONGEST
from rc_integrations_plugin.scripting.checker import finding_document
from rc_integrations_plugin.scripting.protocol import ScriptFault, ScriptReview
from rc_integrations_plugin.services import current_services

_MOST_BYTES = 8 * SCRIPT_LONGEST
"""As JSON a letter may take six bytes."""


def check_script() -> Response:
    """Answer with what does not work in a script, as `integrations.create` says it."""
    body = _read_body()
    source, strict = body.get("script"), body.get("skipTranspile", False)
    if not isinstance(source, str) or not isinstance(strict, bool):
        raise InvalidParams("script must be a text, and skipTranspile true or false")
    if len(source) > SCRIPT_LONGEST:
        raise BodyTooLarge(f"A script has at most {SCRIPT_LONGEST} characters")
    review = current_services().scripts.review(source, skip_transpile=strict)
    return jsonify({"success": True, "scriptWarnings": _documents(review)})


def _documents(review: ScriptReview) -> list[dict[str, Any]]:
    found = [finding_document(finding) for finding in review.findings]
    return found if review.fault is None else [_fault_document(review.fault), *found]


def _fault_document(fault: ScriptFault) -> dict[str, Any]:
    line = fault.line or 1
    return {
        "code": "syntax",
        "severity": "error",
        "name": fault.name,
        "line": line,
        "column": fault.column or 1,
        "lines": [line],
        "message": f"{fault.name}: {fault.message}" if fault.name else fault.message,
        "advice": "",
    }


def _read_body() -> dict[str, Any]:
    request.max_content_length = _MOST_BYTES
    try:
        body = request.get_json(silent=True)
    except RequestEntityTooLarge:
        raise BodyTooLarge(f"The body must not have more than {_MOST_BYTES} bytes") from None
    if not isinstance(body, dict):
        raise InvalidParams("must be object")
    return body
