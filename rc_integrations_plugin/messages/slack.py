"""Slack's markup turned into Markdown.

Slack writes `*bold*`, `_italic_`, `~struck~` and code as Rocket.Chat does. What differs is what
stands in angle brackets, and the three characters that Slack escapes. Only bracket forms that mean
nothing else are touched, so `a < b`, `<b>` and Markdown's own links stay as they are, and so does
everything inside code. `&lt;`, `&gt;` and `&amp;` are always unescaped outside code: senders made
for Slack escape all three, and a text for people hardly ever means them literally.
"""

import re
from collections.abc import Callable
from datetime import UTC, datetime

_CODE = re.compile(r"```[^`]*(?:`{1,2}(?!`)[^`]*)*```|`[^`\n]+`")
_MARKUP = re.compile(
    r"""
      <(?P<link>(?:https?://|mailto:|tel:)[^\s<>|]+)(?:\|(?P<label>[^<>\n]*))?>
    | <@(?P<user>[^\s<>|]+)(?:\|(?P<user_name>[^<>\n]*))?>
    | <\#(?P<channel>[^\s<>|]+)(?:\|(?P<channel_name>[^<>\n]*))?>
    | <!(?P<special>[^\s<>|^]+)(?P<arguments>\^[^<>|\n]*)?(?:\|(?P<special_label>[^<>\n]*))?>
    | &(?P<entity>lt|gt|amp);
    """,
    re.VERBOSE,
)
_ENTITY = re.compile("&(lt|gt|amp);")
_CHARACTERS = {"lt": "<", "gt": ">", "amp": "&"}
_EVERYONE = {"here": "@here", "channel": "@all", "everyone": "@all", "group": "@all"}
# In Markdown these end a link's address, or its label.
_ADDRESS = str.maketrans({"(": "%28", ")": "%29"})
_LABEL = str.maketrans({"[": "(", "]": ")"})


def to_markdown(text: str) -> str:
    """Return the text with Slack's links, mentions, dates and escapes as Markdown."""
    if "<" not in text and "&" not in text:
        return text
    return _outside_code(text, lambda part: _MARKUP.sub(_replace_markdown, part))


def to_plain(text: str) -> str:
    """Return the text for a title or another place without Markdown: a link is its label."""
    if "<" not in text and "&" not in text:
        return text
    return _MARKUP.sub(_replace_plain, text)


def unescape(text: str) -> str:
    """Return the text without Slack's three escapes, each undone once."""
    return _ENTITY.sub(lambda match: _CHARACTERS[match[1]], text) if "&" in text else text


def make_link(address: str, label: str) -> str:
    """Return a Markdown link, or the bare address where there is no other label."""
    if not label or label == address:
        return address
    return f"[{label.translate(_LABEL)}]({address.translate(_ADDRESS)})"


def _outside_code(text: str, change: Callable[[str], str]) -> str:
    parts, start = [], 0
    for code in _CODE.finditer(text):
        parts += [change(text[start : code.start()]), code[0]]
        start = code.end()
    parts.append(change(text[start:]))
    return "".join(parts)


def _replace_markdown(match: re.Match[str]) -> str:
    if match["link"] is None:
        return _replace_other(match)
    address, label = unescape(match["link"]), unescape(match["label"] or "").strip()
    scheme, _, rest = address.partition(":")
    if scheme in {"mailto", "tel"} and label in {"", rest}:
        return rest
    return make_link(address, label)


def _replace_plain(match: re.Match[str]) -> str:
    if match["link"] is None:
        return _replace_other(match)
    return unescape(match["label"] or match["link"])


def _replace_other(match: re.Match[str]) -> str:
    if match["entity"]:
        return _CHARACTERS[match["entity"]]
    if match["user"]:
        return "@" + unescape(match["user_name"] or match["user"]).removeprefix("@")
    if match["channel"]:
        return "#" + unescape(match["channel_name"] or match["channel"]).removeprefix("#")
    return _replace_special(match)


def _replace_special(match: re.Match[str]) -> str:
    special, label = match["special"], unescape(match["special_label"] or "")
    if special in _EVERYONE:
        return _EVERYONE[special]
    if special == "date":
        return label or _date(match["arguments"] or "") or match[0]
    if special == "subteam":
        name = label or (match["arguments"] or "").lstrip("^")
        return "@" + name.removeprefix("@") if name else match[0]
    # `<!DOCTYPE>` and `<!--` are HTML that somebody wants to show
    return label or match[0]


def _date(arguments: str) -> str:
    seconds = arguments.split("^")[1] if arguments else ""
    if not (seconds.isascii() and seconds.isdigit() and len(seconds) <= 11):
        return ""
    return datetime.fromtimestamp(int(seconds), UTC).strftime("%Y-%m-%d %H:%M UTC")
