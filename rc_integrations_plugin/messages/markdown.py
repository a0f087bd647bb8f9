"""Rocket.Chat's parsed form of a message's Markdown."""

from typing import Any

Node = dict[str, Any]


def parse_markdown(text: str) -> list[Node]:
    """Return the nodes that Rocket.Chat's message parser makes of a text."""
    return [
        {"type": "PARAGRAPH", "value": [{"type": "PLAIN_TEXT", "value": line}]}
        for line in text.split("\n")
        if line
    ]
