"""The inside of one line of Markdown: emphasis, code, links, mentions, emoji.

Rocket.Chat's parser tries one rule after another at each character and goes back when a rule fails.
Here no rule is tried twice where it can't succeed (`_Line.dead`), so time grows with the length.
"""

import re
from dataclasses import dataclass, field

from rc_integrations_plugin.messages.autolinks import (
    Autolink,
    match_mail,
    match_phone,
    match_web,
)
from rc_integrations_plugin.messages.emoji import match_emoji, match_emoticon
from rc_integrations_plugin.messages.nodes import Found, Node, is_word, join_plain, link, plain
from rc_integrations_plugin.messages.references import References

_KINDS = {"*": "BOLD", "_": "ITALIC", "~": "STRIKE"}
_CODE = re.compile(r"`([^`]+)`")
_BLANK_EMPHASIS = {mark: re.compile(rf"([{mark}]+)(?:[ \t]+([{mark}]+))?") for mark in _KINDS}
_WORD = re.compile(r"[^\W_]+")
_SNAKE = re.compile(r"[A-Za-z0-9]+__?")
_USER = re.compile(r"@([\w.-]+(?:[:@][\w.-]+)?)")
_CHANNEL = re.compile(r"#([\w.-]+)")
_CLOSING = re.compile(r"[)|]")
_ESCAPED = "*_~`#."
# Behind one of these a name is no mention: it is part of a word or of a sentence's marks.
_JOINING = re.compile(r"[!-'+-Za-z\x80-\uffff]")
_BEFORE_LETTERS = {1: re.compile("[A-Za-z]+"), 2: re.compile("[A-Za-z0-9]+")}


def parse_inline(text: str) -> list[Node]:
    """Return the nodes of one line."""
    return join_plain(_Line(text).items())


@dataclass
class _Line:
    """A line that is being read."""

    text: str
    dead: set[tuple[str, int, str]] = field(default_factory=set)
    """Emphasis (mark, width, those around it) that is known to end nowhere in the line."""
    found: dict[str, int] = field(default_factory=dict)
    references: References = field(init=False)
    run_start: int = 0
    run_end: int = 0
    """The run of one mark that was looked at last, and where it ends if it is blank emphasis."""
    blank_end: int | None = None

    def __post_init__(self) -> None:
        self.references = References(self.text)

    def items(self) -> list[Node]:
        """Return all of the line, nothing joined yet."""
        items: list[Node] = []
        at = 0
        while at < len(self.text):
            nodes, at = self._next(at, items)
            items += nodes
        return items

    def _next(self, at: int, items: list[Node]) -> Found:
        char = self.text[at]
        found: Found | None = None
        if char in " \t":
            return self._space(at)
        if char in _KINDS:
            found = self._blank_emphasis(at) or self._emphasis(at, "")
        elif char in _STARTERS:
            found = self._started(at, char, items)
        return found or self._mention(at, items) or self._word(at, items)

    def _started(self, at: int, char: str, items: list[Node]) -> Found | None:
        found: Found | None = None
        match char:
            case "`":
                found = self._code(at)
            case "[":
                found = self._reference(at)
            case "!":
                found = self.references.match_image(at)
            case "<":
                found = self.references.match_angle(at)
            case "|":
                found = self._spoiler(at)
            case "+":
                found = _linked(match_phone(self.text, at)) if _starts_word(items) else None
            case "\\":
                found = self._escaped(at)
        return found

    def _escaped(self, at: int) -> Found | None:
        escaped = self.text[at + 1 : at + 2]
        return ([plain(escaped)], at + 2) if escaped and escaped in _ESCAPED else None

    def _space(self, at: int) -> Found:
        end = at + 1
        while end < len(self.text) and self.text[end] in " \t":
            end += 1
        return [plain(self.text[at:end])], end

    def _word(self, at: int, items: list[Node]) -> Found:
        """Return an address, an emoji, or the next piece of text without meaning."""
        text = self.text
        found: Found | None = None
        if self._find("@", at) >= 0 and not (at and text[at - 1].isalnum()):
            found = _linked(match_mail(text, at))
        if found is None and _starts_word(items):
            found = _linked(match_web(text, at))
        snake = None if found else _SNAKE.match(text, at)
        found = found or (None if snake else self._emoji(at, items))
        if found:
            return found
        word = snake or _WORD.match(text, at)
        if word:
            return [plain(word[0])], word.end()
        # an address right behind a mark stays text
        swallowed = match_web(text, at + 1)
        end = _CLOSING.search(text, at + 1, swallowed.end) if swallowed else None
        stop = end.start() if end else swallowed.end if swallowed else at + 1
        return [plain(text[at:stop])], stop

    def _emoji(self, at: int, items: list[Node]) -> Found | None:
        found = match_emoji(self.text, at)
        if found is None and not (items and is_word(items[-1])):
            found = match_emoticon(self.text, at)
            if found and not _ends_emoticon(self.text, found[1]):
                return None
        return ([found[0]], found[1]) if found else None

    def _mention(self, at: int, items: list[Node]) -> Found | None:
        pattern = {"@": _USER, "#": _CHANNEL}.get(self.text[at])
        if pattern is None or (items and _joins(items[-1])):
            return None
        match = pattern.match(self.text, at)
        if match is None:
            return None
        kind = "MENTION_USER" if self.text[at] == "@" else "MENTION_CHANNEL"
        return [{"type": kind, "value": plain(match[1])}], match.end()

    def _code(self, at: int) -> Found | None:
        match = _CODE.match(self.text, at)
        return ([{"type": "INLINE_CODE", "value": plain(match[1])}], match.end()) if match else None

    def _spoiler(self, at: int) -> Found | None:
        if not self.text.startswith("||", at):
            return None
        end = self._find("||", at + 3)
        if end < 0:
            return None
        inside = join_plain(_Line(self.text[at + 2 : end]).items())
        return [{"type": "SPOILER", "value": inside}], end + 2

    def _reference(self, at: int) -> Found | None:
        found = self.references.match_titled(at)
        if found is None:
            return None
        label = join_plain(_Line(found.title).title_items()) or [plain(found.target)]
        return [link(found.target, label)], found.end

    def title_items(self) -> list[Node]:
        """Return the line as the title of a link, where only emphasis has a meaning."""
        items: list[Node] = []
        at = 0
        while at < len(self.text):
            found = self._emphasis(at, "[") if self.text[at] in _KINDS else None
            nodes, at = found or ([plain(self.text[at])], at + 1)
            items += nodes
        return items

    def _find(self, what: str, at: int) -> int:
        """Return where a string comes next, looking at each part of the line once."""
        if what not in self.found or -1 < self.found[what] < at:
            self.found[what] = self.text.find(what, at)
        return self.found[what]

    def _blank_emphasis(self, at: int) -> Found | None:
        """Return two runs of a mark with only blanks between them, which are nothing but text."""
        mark = self.text[at]
        if not self.run_start <= at < self.run_end or self.text[self.run_start] != mark:
            match = _BLANK_EMPHASIS[mark].match(self.text, at)
            self.run_start, self.run_end = at, match.end(1) if match else at + 1
            self.blank_end = match.end() if match and match[2] else None
        if self.blank_end is None:
            return None
        return [plain(self.text[at : self.blank_end])], self.blank_end

    def _emphasis(self, at: int, around: str) -> Found | None:
        """Return the emphasis that begins here; `around` holds the marks that it is inside of."""
        mark = self.text[at]
        if mark in around:
            return None
        for width in (2, 1):
            if self.text.startswith(mark * width, at) and (mark, width, around) not in self.dead:
                found = self._emphasis_of(at, mark * width, around)
                if found:
                    return found
        return None

    def _emphasis_of(self, at: int, marks: str, around: str) -> Found | None:
        mark = marks[0]
        content, end = self._content(at + len(marks), mark, around + mark)
        if end == len(self.text):
            self.dead.add((mark, len(marks), around))
        if not content or not self.text.startswith(marks, end):
            return None
        end += len(marks)
        letters = _BEFORE_LETTERS[len(marks)].match(self.text, end) if mark == "_" else None
        if letters:
            # `_a_b` is a name with underscores
            return [plain(marks), *content, plain(marks), plain(letters[0])], letters.end()
        return [{"type": _KINDS[mark], "value": join_plain(content)}], end

    def _content(self, at: int, mark: str, around: str) -> Found:
        """Return what is inside an emphasis, up to its mark or the end of the line."""
        items: list[Node] = []
        while at < len(self.text) and self.text[at] != mark:
            nodes, at = self._inner(at, items, around)
            items += nodes
        return items, at

    def _inner(self, at: int, items: list[Node], around: str) -> Found:
        char = self.text[at]
        found: Found | None = None
        if char in " \t":
            return self._space(at)
        if char in _KINDS:
            found = self._emphasis(at, around)
        elif char == "`":
            found = self._code(at)
        elif char == "[" and "[" not in around:
            found = self._reference(at)
        elif char == "<":
            found = self.references.match_angle(at)
        found = found or self._mention(at, items) or self._emoji(at, items)
        if found:
            return found
        word = _WORD.match(self.text, at)
        end = word.end() if word else at + 1
        return [plain(self.text[at:end])], end


_STARTERS = frozenset("`[!<|+\\")


def _starts_word(items: list[Node]) -> bool:
    """Return whether an address may begin here: behind nothing, a blank, or something drawn."""
    if not items or items[-1]["type"] != "PLAIN_TEXT":
        return True
    value: str = items[-1]["value"]
    return value[-1] in " \t"


def _joins(node: Node) -> bool:
    return node["type"] == "PLAIN_TEXT" and bool(_JOINING.match(node["value"][-1]))


def _ends_emoticon(text: str, end: int) -> bool:
    return end == len(text) or text[end] in " \t*_~"


def _linked(found: Autolink | None) -> Found | None:
    if found is None:
        return None
    label = plain(found.text)
    return [link(found.target, [label]) if found.target else label], found.end
