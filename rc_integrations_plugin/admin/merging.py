"""Two people who change the same integration: what becomes of what each of them typed.

A form remembers of each field only a hash of what was in it at first.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rc_integrations_plugin.admin.form_field import Field
from rc_integrations_plugin.admin.form_values import Values

_LENGTH = 16


@dataclass(frozen=True)
class Difference:
    """A field that somebody else changed meanwhile."""

    field: Field
    theirs: str
    mine: str
    is_kept: bool
    """Both changed it: what was typed stays, and would replace the other's."""


def remember(values: Values) -> str:
    """Return hashes of what is in a form at first, as text."""
    return json.dumps({name: _hash(value) for name, value in values.items()})


def merge(
    fields: Sequence[Field], *, typed: Values, stored: Values, base: str
) -> tuple[Values, Sequence[Difference]]:
    """Return what the form is to show, and what somebody else changed.

    Where only the other changed a field, his value counts; where both did, what was typed.
    """
    before = _read(base)
    merged, found = dict(typed), []
    for field in fields:
        name = field.name
        if name not in stored or typed[name] == stored[name]:
            continue
        if before.get(name) == _hash(stored[name]):
            continue
        is_kept = before.get(name) != _hash(typed[name])
        if not is_kept:
            merged[name] = stored[name]
        found.append(Difference(field, stored[name], typed[name], is_kept))
    return merged, found


def _hash(value: str) -> str:
    return hashlib.sha256(value.encode("utf-8", "surrogatepass")).hexdigest()[:_LENGTH]


def _read(base: str) -> Mapping[str, object]:
    try:
        read = json.loads(base)
    except (ValueError, RecursionError):
        return {}
    return read if isinstance(read, dict) else {}
