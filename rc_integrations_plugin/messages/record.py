"""A message as the history keeps it: secrets masked, and no more of it than a setting says."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from rc_integrations_plugin.host.port import MessageDraft, User
from rc_integrations_plugin.integrations.masks import Mask, has_secret_word

_LONGEST_LINE = 2000
"""Bytes of what stands in one line: an alias, a topic, the address of an avatar."""


def record_message(
    draft: MessageDraft, author: User | None, *, mask: Mask, limit: int
) -> dict[str, Any]:
    """Return a message as JSON data, in the names of the REST API; what it lacks is left out.

    The text comes first, then the attachments, one by one, as long as they fit as a whole, then
    the custom fields. `leftOut` says what of these is missing: `attachments` is a number, `text`
    and `customFields` are true. `u` is the author, as in messages.

    Args:
        draft: as it was to be posted.
        author: who was to write it.
        mask: hides secrets.
        limit: how many bytes of text, attachments and custom fields are wanted.
    """
    text, is_whole = mask.beginning(draft.text, limit=limit)
    left = limit - _size(text)
    attachments = list(_fitting(draft.attachments, mask, left))
    left -= sum(size for _, size in attachments)
    fields = list(_fitting((draft.custom_fields,), mask, left)) if draft.custom_fields else []
    left_out = {
        "text": not is_whole,
        "attachments": len(draft.attachments) - len(attachments),
        "customFields": bool(draft.custom_fields) and not fields,
    }
    record = {
        "text": text,
        "u": _author(author),
        "alias": _line(draft.alias, mask),
        "avatar": _line(draft.avatar, mask),
        "emoji": _line(draft.emoji, mask),
        "attachments": [attachment for attachment, _ in attachments],
        "tmid": _line(draft.thread_id, mask),
        "customFields": fields[0][0] if fields else None,
        "topic": _line(draft.topic, mask),
        "parseUrls": draft.parse_urls,
        "groupable": draft.groupable,
        "leftOut": {name: value for name, value in left_out.items() if value},
    }
    return {name: value for name, value in record.items() if value}


def recorded_draft(record: Mapping[str, Any]) -> MessageDraft:
    """Return the draft that a record tells of, as far as it was kept."""
    return MessageDraft(
        text=record.get("text", ""),
        integration_id="",
        alias=record.get("alias", ""),
        avatar=record.get("avatar", ""),
        emoji=record.get("emoji", ""),
        attachments=tuple(record.get("attachments", ())),
        thread_id=record.get("tmid"),
        custom_fields=record.get("customFields"),
        topic=record.get("topic"),
        parse_urls=record.get("parseUrls", False),
        groupable=record.get("groupable", False),
    )


def _fitting(
    values: tuple[Mapping[str, Any], ...], mask: Mask, limit: int
) -> Iterator[tuple[Any, int]]:
    """Yield values with secrets masked, and the size of each, until one is too large."""
    for value in values:
        raw = json.dumps(value, ensure_ascii=False)
        size = _size(raw)
        # what is left out is not masked first: it may be long
        if size <= limit and (has_secret_word(raw) or mask.text(raw) != raw):
            value = mask.data(value)  # noqa: PLW2901
            size = _size(json.dumps(value, ensure_ascii=False))
        if size > limit:
            return
        limit -= size
        yield value, size


def _author(author: User | None) -> dict[str, str]:
    if author is None:
        return {}
    names = {"_id": author.id, "username": author.username, "name": author.name}
    return {key: name[:_LONGEST_LINE] for key, name in names.items() if name}


def _line(text: str | None, mask: Mask) -> str:
    return mask.beginning(text, limit=_LONGEST_LINE)[0] if text else ""


def _size(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode("utf-8", "replace"))
