"""Slack's `rich_text` block rendered to Markdown text."""

from collections.abc import Callable, Mapping
from typing import Any

from rc_integrations_plugin.messages.links import is_web_link
from rc_integrations_plugin.messages.slack import make_link, unescape

_EVERYONE = {"here": "@here", "channel": "@all", "everyone": "@all"}
_MARKS = {"bold": "*", "italic": "_", "strike": "~"}
_MAX_INDENT = 8


def render_rich_text(block: Mapping[str, Any]) -> str:
    """Return what a `rich_text` block says: its sections, lists, quotes and code."""
    parts = (_render_part(part) for part in _objects(block.get("elements")))
    return "\n".join(part.strip("\n") for part in parts if part.strip())


def _render_part(part: Mapping[str, Any]) -> str:
    match part.get("type"):
        case "rich_text_list":
            return _render_list(part)
        case "rich_text_quote":
            return "\n".join(f"> {line}" for line in _inline(part).split("\n"))
        case "rich_text_preformatted":
            code = "".join(_string(element, "text") for element in _objects(part.get("elements")))
            return f"```\n{unescape(code)}\n```"
    return _inline(part)


def _render_list(part: Mapping[str, Any]) -> str:
    indent, offset = _whole(part, "indent"), _whole(part, "offset")
    ordered = part.get("style") == "ordered"
    margin = "  " * min(indent, _MAX_INDENT)
    return "\n".join(
        f"{margin}{f'{number}.' if ordered else '-'} {_inline(item)}"
        for number, item in enumerate(_objects(part.get("elements")), start=offset + 1)
    )


def _inline(part: Mapping[str, Any]) -> str:
    return "".join(_render_element(element) for element in _objects(part.get("elements")))


def _render_element(element: Mapping[str, Any]) -> str:
    kind = element.get("type")
    render = _ELEMENTS.get(kind) if isinstance(kind, str) else None
    text = render(element) if render else unescape(_string(element, "text"))
    return _styled(text, element.get("style"))


def _styled(text: str, style: Any) -> str:
    if not isinstance(style, Mapping) or not text.strip():
        return text
    core = text.strip()
    before, _, after = text.partition(core)
    if style.get("code") and "`" not in core:
        core = f"`{core}`"
    for name, mark in _MARKS.items():
        if style.get(name):
            core = f"{mark}{core}{mark}"
    return before + core + after


def _render_link(element: Mapping[str, Any]) -> str:
    address, label = _string(element, "url"), unescape(_string(element, "text"))
    if not is_web_link(address):
        return label or address
    return make_link(address, " ".join(label.split()))


def _render_emoji(element: Mapping[str, Any]) -> str:
    name = _string(element, "name")
    return f":{name}:" if name else ""


def _render_broadcast(element: Mapping[str, Any]) -> str:
    return _EVERYONE.get(_string(element, "range"), "")


def _reference(mark: str, key: str) -> Callable[[Mapping[str, Any]], str]:
    def render(element: Mapping[str, Any]) -> str:
        name = _string(element, key)
        return mark + name if name else ""

    return render


def _render_fallback(element: Mapping[str, Any]) -> str:
    return _string(element, "fallback")


def _render_value(element: Mapping[str, Any]) -> str:
    return _string(element, "value")


_ELEMENTS: dict[str, Callable[[Mapping[str, Any]], str]] = {
    "link": _render_link,
    "emoji": _render_emoji,
    "broadcast": _render_broadcast,
    "user": _reference("@", "user_id"),
    "usergroup": _reference("@", "usergroup_id"),
    "channel": _reference("#", "channel_id"),
    "date": _render_fallback,
    "color": _render_value,
}


def _string(element: Mapping[str, Any], key: str) -> str:
    value = element.get(key)
    return value if isinstance(value, str) else ""


def _whole(part: Mapping[str, Any], key: str) -> int:
    value = part.get(key)
    return value if isinstance(value, int) and 0 <= value < 10_000 else 0


def _objects(value: Any) -> list[Mapping[str, Any]]:
    if not isinstance(value, list):
        return []
    return [item for item in value if isinstance(item, Mapping)]
