"""What names its target itself: `[title](target)`, images, `<target|title>`, points in time."""

import re
from dataclasses import dataclass

from rc_integrations_plugin.messages.autolinks import match_reference
from rc_integrations_plugin.messages.nodes import Found, link, plain

_TIMESTAMP = re.compile(r"<t:([0-9]{10})(?::([tTdDfFR]))?>")
_ANGLE = re.compile(r"<([^\s<>|]{1,8192})\|([^<>|]{1,8192})>")
_IMAGE = re.compile(r"!\[([^\[\]*^_`{|}~()]{0,1024})\]\(")


@dataclass(frozen=True)
class Titled:
    """A link whose title is still to be read."""

    title: str
    target: str
    end: int


class References:
    """The references of one line; what was looked for once is remembered."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._close = -2
        self._targets: dict[int, str | None] = {}

    def match_titled(self, at: int) -> Titled | None:
        """Return the Markdown link whose bracket opens here."""
        if self._close == -2 or -1 < self._close < at + 1:
            self._close = self._text.find("](", at + 1)
        target = self._target(self._close + 2) if self._close >= 0 else None
        if target is None:
            return None
        title = self._text[at + 1 : self._close]
        # `[x] [y](...)` is brackets and a link
        gap = title.rfind("] [")
        if gap >= 0 and "]" not in title[gap + 3 :]:
            return None
        return Titled(title, target, self._close + 3 + len(target))

    def match_image(self, at: int) -> Found | None:
        """Return the Markdown image that begins here."""
        match = _IMAGE.match(self._text, at)
        target = self._target(match.end()) if match else None
        if match is None or target is None:
            return None
        label = plain(match[1] or target)
        node = {"type": "IMAGE", "value": {"src": plain(target), "label": label}}
        return [node], match.end() + len(target) + 1

    def match_angle(self, at: int) -> Found | None:
        """Return the point in time, or the link as Slack writes it, that begins here."""
        time = _TIMESTAMP.match(self._text, at)
        if time:
            kind = time[2] or "t"
            node = {
                "type": "TIMESTAMP",
                "value": {"timestamp": time[1], "format": kind},
                "fallback": plain(f"<t:{time[1]}:{kind}>"),
            }
            return [node], time.end()
        match = _ANGLE.match(self._text, at)
        if match and match_reference(match[1], 0) == match[1]:
            return [link(match[1], [plain(match[2])])], match.end()
        return None

    def _target(self, at: int) -> str | None:
        if at not in self._targets:
            target = match_reference(self._text, at)
            closed = target is not None and self._text.startswith(")", at + len(target))
            self._targets[at] = target if closed else None
        return self._targets[at]
