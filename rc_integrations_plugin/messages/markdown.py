"""Rocket.Chat's parsed form of a message (`md`): paragraphs, quotes, lists, headings, code.

The shapes and rules are those of the `@rocket.chat/message-parser` package; tests compare with what
it gave for some hundred texts. Left out: KaTeX, colours, and links whose label spans lines.
"""

import re
from collections.abc import Callable

from rc_integrations_plugin.messages.emoji import match_emoji, match_emoticon
from rc_integrations_plugin.messages.inline import parse_inline
from rc_integrations_plugin.messages.nodes import Node, plain

_LINE = re.compile(r"\r\n|\n|\r")
_FENCE = re.compile(r"```([A-Za-z0-9 _.-]*)")
_QUOTE = re.compile(r">[ \t]*(.*)")
_HEADING = re.compile(r"(#{1,4})[ \t]+(.+)")
_TASK = re.compile(r"- \[([x ])\][ \t]+([^ \t].*)")
_NUMBERED = re.compile(r"([0-9]{1,15})\.[ \t]+([^ \t].*)")
_DASHED = re.compile(r"-[ \t]+([^ \t].*)")
_STARRED = re.compile(r"\*[ \t]+([^ \t].*)")
_MOST_BIG_EMOJI = 3
_LONGEST_BIG_EMOJI = 400


def parse_markdown(text: str) -> list[Node]:
    """Return the nodes that a message's text consists of; none for an empty text."""
    if not text:
        return []
    return _read_big_emoji(text) or _Document(text).blocks()


def _read_big_emoji(text: str) -> list[Node] | None:
    """Return one node for a text of nothing but one to three emoji."""
    emoji: list[Node] = []
    at = 0
    while at < len(text) and at < _LONGEST_BIG_EMOJI:
        if text[at] in " \t\r\n":
            at += 1
            continue
        found = match_emoji(text, at) or match_emoticon(text, at)
        if found is None or len(emoji) == _MOST_BIG_EMOJI:
            return None
        emoji.append(found[0])
        at = found[1]
    return [{"type": "BIG_EMOJI", "value": emoji}] if emoji and at == len(text) else None


class _Document:
    """A text that is being read, line by line."""

    def __init__(self, text: str) -> None:
        self._lines = _LINE.split(text)
        self._at = 0
        self._fences = sum(line.startswith("```") for line in self._lines)
        self._spoilers = sum(line.startswith("||") for line in self._lines)

    def blocks(self) -> list[Node]:
        """Return the blocks of all lines."""
        blocks: list[Node] = []
        last = len(self._lines) - 1
        while self._at <= last:
            line = self._lines[self._at]
            if not line.strip(" \t") and (self._at < last or not line):
                # the last line ends without a break: if it is empty there is nothing left
                if self._at < last:
                    blocks.append({"type": "LINE_BREAK"})
                self._at += 1
                continue
            blocks += self._block(line)
        return blocks

    def _block(self, line: str) -> list[Node]:
        for first, read in _READERS:
            if line.startswith(first):
                found = read(self)
                if found:
                    return found
        if line[0].isdigit():
            found = self._ordered_list()
            if found:
                return found
        self._at += 1
        return [_paragraph(line)]

    def _matching(self, pattern: re.Pattern[str]) -> list[re.Match[str]]:
        """Return the matches of this and the following lines, and go behind them."""
        matches = []
        while self._at < len(self._lines):
            match = pattern.fullmatch(self._lines[self._at])
            if match is None:
                break
            matches.append(match)
            self._at += 1
        return matches

    def _quote(self) -> list[Node]:
        start = self._at
        lines = self._matching(_QUOTE)
        if len(lines) == 1 and not lines[0][1] and self._at == len(self._lines):
            self._at = start
            return []
        value = [_paragraph(match[1]) for match in lines]
        return [{"type": "QUOTE", "value": value}] if value else []

    def _heading(self) -> list[Node]:
        match = _HEADING.fullmatch(self._lines[self._at])
        if match is None:
            return []
        node = {"type": "HEADING", "level": len(match[1]), "value": [plain(match[2])]}
        self._at += 1
        # a heading leaves the end of its line to the next block
        return [node, {"type": "LINE_BREAK"}] if self._at < len(self._lines) else [node]

    def _tasks(self) -> list[Node]:
        value = [
            {"type": "TASK", "status": match[1] == "x", "value": parse_inline(match[2])}
            for match in self._matching(_TASK)
        ]
        return [{"type": "TASKS", "value": value}] if value else []

    def _dashed_list(self) -> list[Node]:
        found = self._tasks()
        if found:
            return found
        value = [
            {"type": "LIST_ITEM", "value": parse_inline(match[1])}
            for match in self._matching(_DASHED)
        ]
        return [{"type": "UNORDERED_LIST", "value": value}] if value else []

    def _starred_list(self) -> list[Node]:
        value: list[Node] = []
        while self._at < len(self._lines):
            match = _STARRED.fullmatch(self._lines[self._at])
            nodes = parse_inline(match[1]) if match else []
            # an item with a lone star is emphasis gone wrong, not an item
            if not nodes or any(_has_star(node) for node in nodes):
                break
            value.append({"type": "LIST_ITEM", "value": nodes})
            self._at += 1
        return [{"type": "UNORDERED_LIST", "value": value}] if value else []

    def _ordered_list(self) -> list[Node]:
        value = [
            {"type": "LIST_ITEM", "value": parse_inline(match[2]), "number": int(match[1])}
            for match in self._matching(_NUMBERED)
        ]
        return [{"type": "ORDERED_LIST", "value": value}] if value else []

    def _code(self) -> list[Node]:
        opening = _FENCE.fullmatch(self._lines[self._at])
        end = self._closing_fence() if opening else None
        if opening is None or end is None:
            return []
        lines = self._lines[self._at + 1 : end]
        if not lines[0]:
            del lines[0]
        rest = self._lines[end][3:]
        node = {
            "type": "CODE",
            "language": opening[1] or "none",
            "value": [{"type": "CODE_LINE", "value": plain(line)} for line in lines],
        }
        # what follows the closing fence is a block of its own
        self._lines[end] = rest
        self._at = end
        return [node]

    def _spoiler(self) -> list[Node]:
        end = self._at + 1
        while end < len(self._lines) and self._lines[end] and self._spoilers > 1:
            if self._lines[end].startswith("||"):
                break
            end += 1
        else:
            return []
        inside = [_paragraph(line) for line in self._lines[self._at + 1 : end]]
        if not inside or self._lines[self._at] != "||":
            return []
        self._lines[end] = self._lines[end][2:]
        self._at = end
        return [{"type": "SPOILER_BLOCK", "value": inside}]

    def _closing_fence(self) -> int | None:
        if self._fences < 2:
            return None
        for index in range(self._at + 1, len(self._lines)):
            if "```" in self._lines[index]:
                inside = self._lines[self._at + 1 : index]
                closes = self._lines[index].startswith("```") and inside not in ([], [""])
                return index if closes else None
        self._fences = 0
        return None


def _paragraph(line: str) -> Node:
    return {"type": "PARAGRAPH", "value": parse_inline(line) if line else [plain("")]}


def _has_star(node: Node) -> bool:
    return node["type"] == "PLAIN_TEXT" and "*" in node["value"]


_READERS: list[tuple[str, Callable[[_Document], list[Node]]]] = [
    ("||", _Document._spoiler),  # noqa: SLF001
    (">", _Document._quote),  # noqa: SLF001 - the table belongs to the class
    ("```", _Document._code),  # noqa: SLF001
    ("#", _Document._heading),  # noqa: SLF001
    ("-", _Document._dashed_list),  # noqa: SLF001
    ("*", _Document._starred_list),  # noqa: SLF001
]
