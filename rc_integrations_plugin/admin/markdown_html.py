"""Messages' Markdown as HTML: every text is escaped, and links lead to the web and to mail only."""

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from markupsafe import Markup, escape

from rc_integrations_plugin.messages.emoji import written_form
from rc_integrations_plugin.messages.links import is_web_link
from rc_integrations_plugin.messages.markdown import parse_markdown
from rc_integrations_plugin.messages.nodes import Node

_MAIL = re.compile(r"mailto:[^\s\"'<>\\]+", re.IGNORECASE)
_DEEPEST = 60
_MOST_PARSED = 100_000
"""Characters on one page: the worst of them take a second."""
_AROUND: Mapping[str, Markup] = MappingProxyType(
    {
        "BOLD": Markup("<strong>{}</strong>"),
        "ITALIC": Markup("<em>{}</em>"),
        "STRIKE": Markup("<s>{}</s>"),
        "PARAGRAPH": Markup("<p>{}</p>"),
        "QUOTE": Markup("<blockquote>{}</blockquote>"),
        "UNORDERED_LIST": Markup("<ul>{}</ul>"),
        "TASKS": Markup("<ul>{}</ul>"),
        "LIST_ITEM": Markup("<li>{}</li>"),
        "SPOILER": Markup('<span class="rc-md-spoiler">{}</span>'),
        "SPOILER_BLOCK": Markup('<div class="rc-md-spoiler">{}</div>'),
        "BIG_EMOJI": Markup('<p class="rc-md-big">{}</p>'),
    }
)


def markdown_html(text: str) -> Markup:
    """Return a message's text as it would look."""
    return _all(parse_markdown(text), 0)


def page_markdown() -> Callable[[str], Markup]:
    """Return what shows the texts of one page: as they would look, and very much as it is."""
    left = _MOST_PARSED

    def show(text: str) -> Markup:
        nonlocal left
        if len(text) > left:
            return Markup('<p class="rc-plain">{}</p>').format(text)
        left -= len(text)
        return markdown_html(text)

    return show


def link_html(address: str, label: str | Markup) -> Markup:
    """Return a link to another site, or only its label where the address is none for a link."""
    if not is_web_link(address) and not _MAIL.fullmatch(address):
        return escape(label)
    return Markup('<a href="{}" rel="noreferrer noopener nofollow" target="_blank">{}</a>').format(
        address, label
    )


def _all(nodes: Any, depth: int) -> Markup:
    if not isinstance(nodes, list) or depth > _DEEPEST:
        return Markup()
    before = ["", *(node["type"] for node in nodes)]
    return Markup().join(
        _one(node, depth + 1)
        for node, last in zip(nodes, before, strict=False)
        # these end their line themselves
        if node["type"] != "LINE_BREAK" or last not in {"HEADING", "CODE"}
    )


def _one(node: Node, depth: int) -> Markup:
    kind = node["type"]
    if kind in _AROUND:
        return _AROUND[kind].format(_all(node["value"], depth))
    draw = _DRAWN.get(kind)
    return draw(node, depth) if draw else Markup()


def _plain(node: Node, _depth: int) -> Markup:
    return escape(node["value"])


def _heading(node: Node, depth: int) -> Markup:
    # headings of the page they are none
    return Markup('<p class="rc-md-heading rc-md-h{}">{}</p>').format(
        int(node["level"]), _all(node["value"], depth)
    )


def _code(node: Node, _depth: int) -> Markup:
    lines = "\n".join(line["value"]["value"] for line in node["value"])
    return Markup("<pre><code>{}</code></pre>").format(lines)


def _inline_code(node: Node, _depth: int) -> Markup:
    return Markup("<code>{}</code>").format(node["value"]["value"])


def _ordered(node: Node, depth: int) -> Markup:
    start = node["value"][0].get("number", 1)
    return Markup('<ol start="{}">{}</ol>').format(int(start), _all(node["value"], depth))


def _task(node: Node, depth: int) -> Markup:
    box = "☑" if node["status"] else "☐"
    return Markup('<li class="rc-md-task">{} {}</li>').format(box, _all(node["value"], depth))


def _link(node: Node, depth: int) -> Markup:
    value = node["value"]
    label = value["label"] if isinstance(value["label"], list) else [value["label"]]
    return link_html(value["src"]["value"], _all(label, depth))


def _image(node: Node, _depth: int) -> Markup:
    # not shown: whoever wrote the message would learn who looks at it
    value = node["value"]
    label = value["label"]
    text = label.get("value", "") if isinstance(label, dict) else ""
    return link_html(value["src"]["value"], f"Picture: {text or value['src']['value']}")


def _mention(mark: str) -> Callable[[Node, int], Markup]:
    def draw(node: Node, _depth: int) -> Markup:
        return Markup('<span class="rc-md-mention">{}{}</span>').format(
            mark, node["value"]["value"]
        )

    return draw


def _emoji(node: Node, _depth: int) -> Markup:
    return escape(node.get("unicode") or written_form(node))


def _timestamp(node: Node, _depth: int) -> Markup:
    return escape(node["fallback"]["value"])


def _break(_node: Node, _depth: int) -> Markup:
    return Markup("<br>")


_DRAWN: Mapping[str, Callable[[Node, int], Markup]] = MappingProxyType(
    {
        "PLAIN_TEXT": _plain,
        "HEADING": _heading,
        "CODE": _code,
        "INLINE_CODE": _inline_code,
        "ORDERED_LIST": _ordered,
        "TASK": _task,
        "LINK": _link,
        "IMAGE": _image,
        "MENTION_USER": _mention("@"),
        "MENTION_CHANNEL": _mention("#"),
        "EMOJI": _emoji,
        "TIMESTAMP": _timestamp,
        "LINE_BREAK": _break,
    }
)
