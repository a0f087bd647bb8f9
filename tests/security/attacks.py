"""Attacks in JavaScript, from files beside this one."""

from pathlib import Path

MARK = "//# "


def load_attacks(file_name: str) -> dict[str, str]:
    """Return the bodies of a file's attacks by their names, each of which has a line above it."""
    text = (Path(__file__).parent / file_name).read_text(encoding="utf-8")
    _, *parts = text.split(f"\n{MARK}")
    attacks = dict(part.split("\n", 1) for part in parts)
    assert len(attacks) == len(parts), "two attacks of one name"
    return attacks
