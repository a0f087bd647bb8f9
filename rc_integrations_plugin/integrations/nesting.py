"""How deeply JSON data is nested."""

import json
import re
from itertools import chain, compress
from typing import Any

_CONTAINERS = frozenset({dict, list})
_NAME = re.compile(r"[A-Za-z_$][\w$]*", re.ASCII)


def is_deeper(value: Any, levels: int) -> bool:
    """Return whether JSON data is nested more than so many levels deep."""
    layer = [value]
    for _ in range(levels + 1):
        # a large value has thousands of parts: nothing is called for each but what is in C
        found = [*compress(layer, map(_CONTAINERS.__contains__, map(type, layer)))]
        if not found:
            return False
        layer = [*chain.from_iterable([v.values() if type(v) is dict else v for v in found])]
    return True


def path_below(value: Any, levels: int, *, name: str) -> str:
    """Return where JSON data is nested too deeply, as JavaScript writes it: `name.key[0]`.

    Args:
        value: what is nested more than so many levels deep.
        levels: how many are allowed.
        name: what the value itself is called.
    """
    return name + "".join(map(_step, _keys_below(value, levels) or ()))


def _keys_below(value: Any, levels: int) -> list[str | int] | None:
    """Return the keys that lead to what is nested too deeply, or None; each part is seen once."""
    if levels == 0:
        return []
    for key, part in value.items() if type(value) is dict else enumerate(value):
        if type(part) in _CONTAINERS:
            keys = _keys_below(part, levels - 1)
            if keys is not None:
                return [key, *keys]
    return None


def _step(key: str | int) -> str:
    if isinstance(key, str) and _NAME.fullmatch(key):
        return f".{key}"
    return f"[{json.dumps(key, ensure_ascii=False)}]"
