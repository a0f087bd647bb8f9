"""From the JSON that a service (or a script) gives to a message to post.

Rocket.Chat's own keys, Slack's, and what real senders make of both; docs/messages.md lists them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from rc_integrations_plugin.errors import EmptyMessage, InvalidRequest
from rc_integrations_plugin.host.port import MessageDraft
from rc_integrations_plugin.messages.attachments import read_attachments
from rc_integrations_plugin.messages.blocks import render_blocks
from rc_integrations_plugin.messages.checks import (
    check_characters,
    check_data,
    read_flag,
    read_string,
)
from rc_integrations_plugin.messages.links import check_picture_link
from rc_integrations_plugin.messages.slack import to_markdown

MAX_CHANNELS = 100
_LONGEST_NAME = 256
_LONGEST_CHANNEL = 512


@dataclass(frozen=True, kw_only=True)
class Defaults:
    """What the integration itself says about its messages."""

    channels: tuple[str, ...] = ()
    alias: str = ""
    avatar: str = ""
    emoji: str = ""


@dataclass(frozen=True, kw_only=True)
class Payload:
    """What a body asks for."""

    channels: tuple[str, ...]
    """As the body gives them; empty if it names none."""
    draft: MessageDraft
    separate_response: bool


def read_payload(body: Mapping[str, Any], *, defaults: Defaults, integration_id: str) -> Payload:
    """Return the message that a body describes.

    Raises:
        InvalidRequest: a field has the wrong type or a value that makes no sense.
        EmptyMessage: there is neither text nor an attachment with something to show.
    """
    text = _read_text(body)
    attachments = read_attachments(body.get("attachments"))
    if not text and not attachments:
        raise EmptyMessage("The message has neither text nor attachments")
    parse_urls = read_flag(body.get("parseUrls"), "parseUrls")
    avatar, emoji = _read_picture(body, defaults)
    return Payload(
        channels=_read_channels(body),
        draft=MessageDraft(
            text=text,
            integration_id=integration_id,
            alias=_read_alias(body) or defaults.alias,
            avatar=avatar,
            emoji=emoji,
            attachments=attachments,
            thread_id=read_string(body.get("tmid"), "tmid", longest=_LONGEST_NAME) or None,
            custom_fields=_read_custom_fields(body),
            parse_urls=not attachments if parse_urls is None else parse_urls,
            groupable=bool(read_flag(body.get("groupable"), "groupable")),
        ),
        separate_response=bool(read_flag(body.get("separateResponse"), "separateResponse")),
    )


def _read_text(body: Mapping[str, Any]) -> str:
    for key in ("text", "msg"):
        text = _as_text(body.get(key), key)
        if text:
            return to_markdown(text).strip()
    check_data(body.get("blocks"), "blocks")
    return render_blocks(body.get("blocks")).strip()


def _as_text(value: Any, key: str) -> str:
    if not value:
        return ""
    if isinstance(value, str):
        check_characters(value, key)
        return value.strip()
    if isinstance(value, int | float):
        # a script may return one; Rocket.Chat writes it as JavaScript does
        check_data(value, key)
        whole = not isinstance(value, bool) and value == int(value)
        return str(int(value) if whole else value).lower()
    raise InvalidRequest(f"{key} must be a string")


def _read_alias(body: Mapping[str, Any]) -> str:
    username = read_string(body.get("username"), "username", longest=_LONGEST_NAME)
    return username or read_string(body.get("alias"), "alias", longest=_LONGEST_NAME)


def _read_picture(body: Mapping[str, Any], defaults: Defaults) -> tuple[str, str]:
    """Return avatar and emoji, of which one at least is empty."""
    for key in ("icon_url", "avatar"):
        avatar = check_picture_link(read_string(body.get(key), key), key)
        if avatar:
            return avatar, ""
    for key in ("icon_emoji", "emoji"):
        emoji = read_string(body.get(key), key, longest=_LONGEST_NAME)
        if emoji:
            return "", emoji
    return (defaults.avatar, "") if defaults.avatar else ("", defaults.emoji)


def _read_channels(body: Mapping[str, Any]) -> tuple[str, ...]:
    for key in ("channel", "roomId"):
        value = body.get(key)
        if not value:
            continue
        if isinstance(value, list | tuple):
            parts = [
                read_string(part, f"{key}[{index}]", longest=_LONGEST_CHANNEL)
                for index, part in enumerate(value[: MAX_CHANNELS + 1])
            ]
        else:
            parts = read_string(value, key).split(",", MAX_CHANNELS)
        channels = tuple(dict.fromkeys(part.strip() for part in parts if part.strip()))
        if len(parts) > MAX_CHANNELS or any(len(name) > _LONGEST_CHANNEL for name in channels):
            raise InvalidRequest(
                f"{key} must name at most {MAX_CHANNELS} channels, "
                f"each with at most {_LONGEST_CHANNEL} characters"
            )
        if channels:
            return channels
    return ()


def _read_custom_fields(body: Mapping[str, Any]) -> Mapping[str, Any] | None:
    fields = body.get("customFields")
    if fields is None:
        return None
    if not isinstance(fields, dict):
        raise InvalidRequest("customFields must be an object")
    check_data(fields, "customFields")
    return fields or None
