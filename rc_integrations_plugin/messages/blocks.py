"""Slack's Block Kit rendered to Markdown text.

Senders vary, and a block that is drawn badly beats an alert that is lost: what is not of the
expected shape is passed over, never refused.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from rc_integrations_plugin.messages.links import is_web_link
from rc_integrations_plugin.messages.rich_text import render_rich_text
from rc_integrations_plugin.messages.slack import make_link, to_markdown, unescape

_DIVIDER = "---"
Block = Mapping[str, Any]


def render_blocks(blocks: Any) -> str:
    """Return what the blocks say, in their order, with an empty line between them."""
    rendered: list[str] = []
    for block in _objects(blocks):
        text = _render_block(block).strip()
        # a divider stands between two things
        if text and not (text == _DIVIDER and (not rendered or rendered[-1] == _DIVIDER)):
            rendered.append(text)
    if rendered and rendered[-1] == _DIVIDER:
        rendered.pop()
    return "\n\n".join(rendered)


def _render_block(block: Block) -> str:
    kind = block.get("type")
    render = _RENDERERS.get(kind, _render_text) if isinstance(kind, str) else _render_text
    return render(block)


def _render_text(block: Block) -> str:
    return _text_of(block.get("text")) or _text_of(block.get("title"))


def _render_section(block: Block) -> str:
    fields = [_text_of(field) for field in _entries(block.get("fields"))]
    accessory = block.get("accessory")
    extra = _render_element(accessory) if isinstance(accessory, Mapping) else ""
    return _lines([_text_of(block.get("text")), *fields, extra])


def _render_header(block: Block) -> str:
    text = " ".join(_text_of(block.get("text")).split())
    return f"# {text}" if text else ""


def _render_context(block: Block) -> str:
    elements = _objects(block.get("elements"))
    return " ".join(filter(None, (_render_element(element) for element in elements)))


def _render_actions(block: Block) -> str:
    elements = _objects(block.get("elements"))
    return " | ".join(filter(None, (_render_element(element) for element in elements)))


def _render_divider(_block: Block) -> str:
    return _DIVIDER


def _render_image(block: Block) -> str:
    label = _text_of(block.get("title")) or _plain(block.get("alt_text"))
    address = _plain(block.get("image_url"))
    if not is_web_link(address):
        return label
    return make_link(address, " ".join(label.split()))


def _render_video(block: Block) -> str:
    title = " ".join(_text_of(block.get("title")).split())
    address = _plain(block.get("title_url")) or _plain(block.get("video_url"))
    linked = make_link(address, title) if is_web_link(address) else title
    return _lines([linked, _text_of(block.get("description"))])


def _render_input(block: Block) -> str:
    return _lines([_text_of(block.get("label")), _text_of(block.get("hint"))])


def _render_markdown(block: Block) -> str:
    # the one block whose text is Markdown already
    return _plain(block.get("text"))


def _render_element(element: Block) -> str:
    """Return an image, a text or a button; menus and the like have nothing to say here."""
    if element.get("type") == "image":
        return _render_image(element)
    text = _text_of(element)
    address = _plain(element.get("url"))
    if address and is_web_link(address):
        return make_link(address, " ".join(text.split()))
    return text


def _text_of(value: Any) -> str:
    """Return a text object's Markdown, wherever Slack nests it; a bare string counts too."""
    plain = False
    for _ in range(2):
        if not isinstance(value, Mapping):
            break
        plain = value.get("type") == "plain_text"
        value = value.get("text")
    if not isinstance(value, str):
        return ""
    return unescape(value) if plain else to_markdown(value)


def _plain(value: Any) -> str:
    return value.strip() if isinstance(value, str) else ""


def _lines(parts: list[str]) -> str:
    return "\n".join(part for part in parts if part)


def _entries(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _objects(value: Any) -> Iterator[Block]:
    return (item for item in _entries(value) if isinstance(item, Mapping))


_RENDERERS: dict[str, Callable[[Block], str]] = {
    "section": _render_section,
    "header": _render_header,
    "context": _render_context,
    "actions": _render_actions,
    "divider": _render_divider,
    "image": _render_image,
    "video": _render_video,
    "input": _render_input,
    "markdown": _render_markdown,
    "rich_text": render_rich_text,
}
