"""Texts: what a database can hold, and how what has no name is shown."""

import re
from typing import overload

_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
"""PostgreSQL refuses NUL; no database takes half a surrogate pair."""


def is_storable(text: str) -> bool:
    """Return whether every database takes this text as it is."""
    return _UNSTORABLE.search(text) is None


def shown_name(name: str) -> str:
    """Return what a list shows for the name of an integration, which may be empty."""
    return name if name.strip() else "(no name)"


def quoted_name(name: str) -> str:
    """Return what a sentence calls an integration of this name."""
    return f'"{name}"' if name.strip() else shown_name(name)


@overload
def storable(text: str) -> str: ...
@overload
def storable(text: None) -> None: ...
def storable(text: str | None) -> str | None:
    """Return the text with a replacement character for each one that can't be stored."""
    return text if text is None else _UNSTORABLE.sub("\N{REPLACEMENT CHARACTER}", text)
