"""JSON for people to read."""

import json
from typing import Any

from rc_integrations_plugin.integrations.text import is_storable

LONGEST = 64 * 1024
"""So many characters of a text are shown: nobody reads more, and a page of it is slow to draw."""


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


def beginning(text: str) -> tuple[str, int]:
    """Return as much of a text as is shown, and how many characters are left out."""
    return text[:LONGEST], max(0, len(text) - LONGEST)
