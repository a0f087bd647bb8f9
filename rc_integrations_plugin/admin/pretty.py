"""JSON for people to read."""

import json
from typing import Any

from rc_integrations_plugin.integrations.text import is_storable


def pretty_json(value: Any, *, sort_keys: bool = False) -> str:
    """Return JSON data on many lines; half a surrogate pair, which no page can hold, is escaped."""
    text = json.dumps(value, indent=2, ensure_ascii=False, sort_keys=sort_keys)
    return text if is_storable(text) else json.dumps(value, indent=2, sort_keys=sort_keys)


def pretty(value: Any) -> str:
    """Return JSON data, or a text that may be JSON."""
    if not isinstance(value, str):
        return pretty_json(value)
    try:
        return pretty_json(json.loads(value))
    except (ValueError, RecursionError):
        return value
