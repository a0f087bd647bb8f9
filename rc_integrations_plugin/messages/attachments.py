"""A message's attachments: checked as Rocket.Chat checks them, with Slack's ways made ours."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from rc_integrations_plugin.errors import InvalidRequest
from rc_integrations_plugin.messages.blocks import render_blocks
from rc_integrations_plugin.messages.checks import check_data, read_string
from rc_integrations_plugin.messages.links import check_link
from rc_integrations_plugin.messages.slack import to_markdown, to_plain

MAX_ATTACHMENTS = 100
MAX_NESTING = 5

_STRINGS = [
    "color",
    "text",
    "button_alignment",
    "author_name",
    "title",
    "image_preview",
    "image_type",
    "audio_type",
    "video_type",
]
_LINKS = [
    "thumb_url",
    "message_link",
    "author_link",
    "author_icon",
    "title_link",
    "image_url",
    "audio_url",
    "video_url",
]
_FLAGS = ["collapsed", "title_link_download"]
_NUMBERS = ["image_size", "audio_size", "video_size"]
_LISTS = ["fields", "actions"]
_MARKDOWN = ["text", "pretext"]
_PLAIN = ["title", "author_name", "footer", "fallback"]
_SHOWN_TEXTS = ["text", "title", "pretext", "author_name", "footer"]
_SHOWN_LINKS = ["image_url", "thumb_url", "audio_url", "video_url", "message_link"]
_SHOWN = [*_SHOWN_TEXTS, *_SHOWN_LINKS, "fields", "actions", "attachments"]

# Rocket.Chat's own three; everything else it takes for CSS.
_NAMED_COLORS = {"good": "#35AC19", "warning": "#FCB316", "danger": "#D30230"}
_HEX = re.compile(r"#?((?:[0-9a-f]{3,4}){1,2})", re.IGNORECASE)
_CSS_COLOR = re.compile(r"[a-z]{3,24}|(?:rgb|hsl)a?\([0-9.,%/ ]{5,40}\)", re.IGNORECASE)


def read_attachments(value: Any) -> tuple[Mapping[str, Any], ...]:
    """Return the attachments that have something to show.

    Strings in place of attachments are left out: they are what form fields make of a list.

    Raises:
        InvalidRequest: a part has the wrong type; the reason names it.
    """
    if not value or isinstance(value, str):
        return ()
    check_data(value, "attachments")
    return tuple(_read_list(value, "attachments", 1))


def _read_list(value: Any, path: str, level: int) -> Iterator[dict[str, Any]]:
    for index, item in enumerate(_entries(value, path, level)):
        place = f"{path}[{index}]"
        if item is None or isinstance(item, str):
            continue
        if not isinstance(item, dict):
            raise InvalidRequest(f"{place} must be an object")
        if item.keys() == {"attachments"}:
            # some senders wrap the list twice
            yield from _read_list(item["attachments"], f"{place}.attachments", level + 1)
            continue
        attachment = _read_attachment(item, place, level)
        if any(attachment.get(key) for key in _SHOWN):
            yield attachment


def _entries(value: Any, path: str, level: int) -> Sequence[Any]:
    if not value:
        return ()
    if isinstance(value, dict):
        return (value,)
    if not isinstance(value, list | tuple):
        raise InvalidRequest(f"{path} must be a list")
    if len(value) > MAX_ATTACHMENTS:
        raise InvalidRequest(f"{path} must have at most {MAX_ATTACHMENTS} entries")
    if level > MAX_NESTING:
        raise InvalidRequest(f"attachments must not be nested more than {MAX_NESTING} levels deep")
    return value


def _read_attachment(item: dict[str, Any], path: str, level: int) -> dict[str, Any]:
    # Rocket.Chat takes null for absent
    attachment = {key: value for key, value in item.items() if value is not None}
    _move_message(attachment, path)
    _check_types(attachment, path)
    _read_links(attachment, path)
    _read_color(attachment)
    if "fields" in attachment:
        attachment["fields"] = [
            _read_field(field, f"{path}.fields[{index}]")
            for index, field in enumerate(attachment["fields"])
            if field is not None
        ]
    if "actions" in attachment:
        attachment["actions"] = [
            _read_action(action, f"{path}.actions[{index}]")
            for index, action in enumerate(attachment["actions"])
            if action is not None
        ]
    if "attachments" in attachment:
        nested = _read_list(attachment["attachments"], f"{path}.attachments", level + 1)
        attachment["attachments"] = list(nested)
    _convert_markup(attachment)
    _fill_text(attachment)
    return attachment


def _move_message(attachment: dict[str, Any], path: str) -> None:
    if "msg" in attachment:
        message = read_string(attachment.pop("msg"), f"{path}.msg").strip()
        if message:
            attachment["text"] = message


def _check_types(attachment: dict[str, Any], path: str) -> None:
    _check(attachment, _STRINGS, str, "a string", path)
    _check(attachment, _FLAGS, bool, "true or false", path)
    _check(attachment, _NUMBERS, int | float, "a number", path)
    _check(attachment, _LISTS, list | tuple, "a list", path)
    _check(attachment, ["ts"], str | int | float, "a string or a number", path)
    _check(attachment, ["image_dimensions"], dict, "an object", path)


def _check(item: Mapping[str, Any], keys: list[str], kind: Any, name: str, path: str) -> None:
    for key in keys:
        value = item.get(key)
        if value is None:
            continue
        # to Python a truth value is a number, to JavaScript it is not
        if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
            raise InvalidRequest(f"{path}.{key} must be {name}")


def _read_links(attachment: dict[str, Any], path: str) -> None:
    for key in _LINKS:
        if key in attachment:
            link = check_link(read_string(attachment.pop(key), f"{path}.{key}"), f"{path}.{key}")
            if link:
                attachment[key] = link


def _read_color(attachment: dict[str, Any]) -> None:
    """Make the colour one that CSS knows, or leave it out.

    A colour is not worth losing a message.
    """
    if "color" not in attachment:
        return
    color = attachment.pop("color").strip()
    as_hex = _HEX.fullmatch(color)
    if color.lower() in _NAMED_COLORS:
        attachment["color"] = _NAMED_COLORS[color.lower()]
    elif as_hex:
        attachment["color"] = "#" + as_hex[1]
    elif _CSS_COLOR.fullmatch(color):
        attachment["color"] = color


def _read_field(field: Any, path: str) -> dict[str, Any]:
    if not isinstance(field, dict):
        raise InvalidRequest(f"{path} must be an object")
    _check(field, ["short"], bool, "true or false", path)
    _check(field, ["title"], str, "a string", path)
    value = field.get("value")
    if isinstance(value, dict | list | tuple):
        raise InvalidRequest(f"{path}.value must be a string, a number or true or false")
    for key in ("title", "value"):
        # 0 and false are values like any other, which Rocket.Chat forgets
        if field.get(key) is None or field[key] == "":
            raise InvalidRequest(
                f"Invalid attachment field, title and value is required: {path}.{key} is missing"
            )
    read = {key: entry for key, entry in field.items() if entry is not None}
    read["title"] = to_plain(read["title"])
    if isinstance(value, str):
        read["value"] = to_markdown(value)
    return read


def _read_action(action: Any, path: str) -> dict[str, Any]:
    if not isinstance(action, dict):
        raise InvalidRequest(f"{path} must be an object")
    strings = ["type", "text", "webview_height_ratio", "msg", "url", "image_url"]
    _check(action, strings, str, "a string", path)
    _check(action, ["is_webview", "msg_in_chat_window"], bool, "true or false", path)
    read = {key: value for key, value in action.items() if value is not None}
    _read_action_links(read, path)
    if "text" in read:
        read["text"] = to_plain(read["text"])
    return read


def _read_action_links(action: dict[str, Any], path: str) -> None:
    for key in ("url", "image_url"):
        if key in action:
            link = check_link(action.pop(key), f"{path}.{key}")
            if link:
                action[key] = link


def _convert_markup(attachment: dict[str, Any]) -> None:
    for keys, convert in ((_MARKDOWN, to_markdown), (_PLAIN, to_plain)):
        for key in keys:
            if isinstance(attachment.get(key), str):
                attachment[key] = convert(attachment[key])


def _fill_text(attachment: dict[str, Any]) -> None:
    """Give an attachment that would show nothing the text that Slack would show."""
    if not attachment.get("text"):
        text = render_blocks(attachment.get("blocks"))
        if text:
            attachment["text"] = text
    fallback = attachment.get("fallback")
    if isinstance(fallback, str) and not any(attachment.get(key) for key in _SHOWN):
        attachment["text"] = fallback
    if not attachment.get("title") and attachment.get("title_link"):
        attachment["title"] = attachment["title_link"]
