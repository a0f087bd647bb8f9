"""What the script editor asks for while somebody types."""

from typing import Any

from flask import Response, jsonify, request
from werkzeug.exceptions import RequestEntityTooLarge

from rc_integrations_plugin.errors import BodyTooLarge, InvalidParams
from rc_integrations_plugin.management.script_reviews import review_script
from rc_integrations_plugin.schemas.incoming import SCRIPT_LONGEST
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
    found = review_script(current_services(), source, skip_transpile=strict)
    return jsonify({"success": True, "scriptWarnings": found})


def _read_body() -> dict[str, Any]:
    request.max_content_length = _MOST_BYTES
    try:
        body = request.get_json(silent=True)
    except RequestEntityTooLarge:
        raise BodyTooLarge(f"The body must not have more than {_MOST_BYTES} bytes") from None
    if not isinstance(body, dict):
        raise InvalidParams("must be object")
    return body
