"""What a script may be given: JSON data, and not too much of it."""

import json
from typing import Any

import orjson

from rc_integrations_plugin.scripting.protocol import FaultKind, ScriptFault

_STRICT = orjson.OPT_PASSTHROUGH_DATACLASS | orjson.OPT_PASSTHROUGH_DATETIME


def encode_argument(argument: Any, *, max_bytes: int) -> bytes | ScriptFault:
    """Return the argument of a call as JSON, or why it can be none."""
    try:
        text = _encode(argument)
    except (ValueError, TypeError, RecursionError):
        return _fault("the argument is not JSON data")
    if len(text) > max_bytes:
        return _fault(f"the argument is larger than {max_bytes} bytes")
    return text


def check_source(source: str, *, max_bytes: int) -> ScriptFault | None:
    """Return why a script is not even looked at, or None."""
    return (
        _fault(f"the script is larger than {max_bytes} bytes") if len(source) > max_bytes else None
    )


def _encode(argument: Any) -> bytes:
    try:
        return orjson.dumps(argument, option=_STRICT)
    except orjson.JSONEncodeError:
        # It refuses lone surrogates, and nesting that is still fine.
        return json.dumps(argument, allow_nan=False).encode()


def _fault(message: str) -> ScriptFault:
    return ScriptFault(kind=FaultKind.INPUT, name="ScriptInput", message=message)
