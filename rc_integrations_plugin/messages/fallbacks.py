"""What becomes of a message on a host that can't do everything (`port.Capability`)."""

from collections.abc import Iterator, Mapping, Set as AbstractSet
from dataclasses import replace
from typing import Any

from rc_integrations_plugin.host.port import Capability, MessageDraft
from rc_integrations_plugin.integrations.text import shown_name
from rc_integrations_plugin.messages.slack import make_link


def fit_to_host(
    draft: MessageDraft, capabilities: AbstractSet[str], *, topic: str | None, size_limit: int
) -> MessageDraft:
    """Return the draft with nothing in it that the host lacks a capability for.

    Attachments that become text are cut so that the whole keeps to the size limit.
    """
    has_topics = Capability.TOPICS in capabilities
    if capabilities >= _USUAL and not has_topics:
        return draft
    text = draft.text
    if draft.alias and Capability.ALIAS not in capabilities:
        # one line, and nothing in the alias may end the bold
        text = f"**{' '.join(draft.alias.replace('*', '').split())}**: {text}"
    if Capability.ATTACHMENTS not in capabilities:
        rendered = "\n\n".join(filter(None, (_render(part) for part in draft.attachments)))
        gap = "\n\n" if text and rendered else ""
        text += gap + _cut(rendered, size_limit - utf16_length(text + gap))
    return replace(
        draft,
        text=text,
        alias=draft.alias if Capability.ALIAS in capabilities else "",
        avatar=draft.avatar if Capability.AVATAR in capabilities else "",
        emoji=draft.emoji if Capability.EMOJI in capabilities else "",
        attachments=draft.attachments if Capability.ATTACHMENTS in capabilities else (),
        thread_id=draft.thread_id if Capability.THREADS in capabilities else None,
        custom_fields=draft.custom_fields if Capability.CUSTOM_FIELDS in capabilities else None,
        topic=shown_name(topic) if has_topics and topic is not None else None,
    )


_USUAL = frozenset(Capability) - {Capability.TOPICS}


def utf16_length(text: str) -> int:
    """Return how long JavaScript says that a text is, which is how Rocket.Chat counts."""
    if text.isascii():
        return len(text)
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _cut(text: str, room: int) -> str:
    if utf16_length(text) <= room:
        return text
    kept = text.encode("utf-16-le")[: 2 * max(room - 1, 0)]
    return kept.decode("utf-16-le", "ignore") + "…" if room > 0 else ""


def _render(attachment: Mapping[str, Any]) -> str:
    return "\n".join(line for line in _lines(attachment) if line)


def _lines(attachment: Mapping[str, Any]) -> Iterator[str]:
    yield _text(attachment, "pretext")
    yield _linked(attachment, "author_name", "author_link")
    title = _linked(attachment, "title", "title_link")
    yield f"*{title}*" if title else ""
    yield _text(attachment, "text")
    for field in attachment.get("fields", ()):
        yield f"*{field['title']}*: {_value(field['value'])}"
    for key in ("image_url", "thumb_url", "audio_url", "video_url", "message_link"):
        yield _text(attachment, key)
    for action in attachment.get("actions", ()):
        yield _linked(action, "text", "url")
    yield _text(attachment, "footer")
    for nested in attachment.get("attachments", ()):
        yield _render(nested)


def _text(item: Mapping[str, Any], key: str) -> str:
    value = item.get(key)
    return value if isinstance(value, str) else ""


def _linked(item: Mapping[str, Any], key: str, link_key: str) -> str:
    text, link = _text(item, key), _text(item, link_key)
    return make_link(link, text) if link else text


def _value(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
