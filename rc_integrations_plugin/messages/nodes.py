"""Nodes of parsed Markdown, and what makes one row of them tidy."""

from collections.abc import Iterable
from typing import Any

from rc_integrations_plugin.messages.emoji import written_form

Node = dict[str, Any]
Found = tuple[list[Node], int]
"""Nodes, and where in the text they end."""


def plain(value: str) -> Node:
    """Return a node of text without any meaning."""
    return {"type": "PLAIN_TEXT", "value": value}


def link(target: str, label: list[Node]) -> Node:
    """Return a link's node."""
    return {"type": "LINK", "value": {"src": plain(target), "label": label}}


def join_plain(nodes: Iterable[Node]) -> list[Node]:
    """Return the nodes with neighbouring texts made one, and emoji inside words made text."""
    items = list(nodes)
    joined: list[Node] = []
    texts: list[str] = []
    for index, item in enumerate(items):
        node = item
        if item["type"] == "EMOJI":
            node = _settled(items, index, stuck=bool(texts and texts[-1].strip()))
        if node["type"] == "PLAIN_TEXT":
            texts.append(node["value"])
            continue
        if texts:
            joined.append(plain("".join(texts)))
            texts = []
        joined.append(node)
    if texts:
        joined.append(plain("".join(texts)))
    return joined


def _settled(items: list[Node], index: int, *, stuck: bool) -> Node:
    """Return the emoji, or text if it is part of a word; `stuck` is what is left of it."""
    emoji = items[index]
    if "unicode" in emoji:
        return plain(emoji["unicode"]) if stuck else emoji
    neighbours = items[max(index - 1, 0) : index] + items[index + 1 : index + 2]
    return plain(written_form(emoji)) if any(is_word(item) for item in neighbours) else emoji


def is_word(neighbour: Node) -> bool:
    """Return whether an emoji beside this is part of a word, so not drawn."""
    kind = neighbour["type"]
    return kind == "EMOJI" or (kind == "PLAIN_TEXT" and bool(neighbour["value"].strip()))
