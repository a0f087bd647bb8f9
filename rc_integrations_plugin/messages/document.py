"""A posted message as Rocket.Chat writes it: what `separateResponse` answers with."""

import re
from datetime import UTC, datetime
from typing import Any

from rc_integrations_plugin.host.port import Host, Message, MessageDraft, User
from rc_integrations_plugin.messages.markdown import parse_markdown
from rc_integrations_plugin.messages.nodes import Node
from rc_integrations_plugin.messages.posting import PostResult

# Each name is a look-up in the host.
_MAX_LOOKUPS = 20
_EVERYONE = {"all", "here"}
_URL = re.compile(r"https?://[^\s<>()\[\]\"']+", re.IGNORECASE)


def message_document(result: PostResult, *, author: User, host: Host) -> dict[str, Any]:
    """Return the stored message of one room, in the shape of Rocket.Chat's `responses`.

    The host is asked who and which rooms the text mentions.
    """
    message, draft = result.message, result.draft
    if message is None or draft is None:
        raise ValueError("only a result with a message has a document")
    nodes = parse_markdown(message.text)
    document: dict[str, Any] = {
        "alias": draft.alias,
        "msg": message.text,
        "attachments": [dict(attachment) for attachment in draft.attachments],
        "parseUrls": draft.parse_urls,
        "bot": {"i": draft.integration_id},
        "groupable": draft.groupable,
        **_optional_parts(draft),
        **_stored_parts(message, author),
        "mentions": _mentions(nodes, host),
        "channels": _channels(nodes, host),
        "md": nodes,
    }
    urls = _urls(message.text) if draft.parse_urls else []
    if urls:
        document["urls"] = urls
    return document


def _optional_parts(draft: MessageDraft) -> dict[str, Any]:
    parts = {
        "avatar": draft.avatar,
        "emoji": draft.emoji,
        "tmid": draft.thread_id,
        "customFields": draft.custom_fields,
    }
    return {key: value for key, value in parts.items() if value}


def _stored_parts(message: Message, author: User) -> dict[str, Any]:
    return {
        "ts": _timestamp(message.sent_at),
        "u": {
            "_id": author.id,
            "username": author.username or "",
            "name": author.name or author.username or "",
        },
        "rid": message.room_id,
        "_id": message.id,
        "_updatedAt": _timestamp(message.edited_at or message.sent_at),
    }


def _timestamp(moment: datetime) -> str:
    text = moment.astimezone(UTC).isoformat(timespec="milliseconds")
    return text.replace("+00:00", "Z")


def _mentions(nodes: list[Node], host: Host) -> list[dict[str, Any]]:
    mentions: list[dict[str, Any]] = []
    for name in _names(nodes, "MENTION_USER"):
        if name in _EVERYONE:
            mentions.append({"_id": name, "username": name})
            continue
        mentions += [
            {"_id": user.id, "username": name, "name": user.name or name, "type": "user"}
            for user in host.find_users(name)
            if user.username == name
        ]
    return mentions


def _channels(nodes: list[Node], host: Host) -> list[dict[str, Any]]:
    return [
        {"_id": room.id, "name": room.name, "fname": room.name}
        for name in _names(nodes, "MENTION_CHANNEL")
        for room in host.find_rooms(name)
        if room.name == name
    ]


def _names(nodes: list[Node], kind: str) -> list[str]:
    names: dict[str, None] = {}
    waiting: list[Any] = list(reversed(nodes))
    while waiting:
        node = waiting.pop()
        if isinstance(node, list):
            waiting.extend(reversed(node))
        elif isinstance(node, dict):
            if node.get("type") == kind:
                names[node["value"]["value"]] = None
            else:
                waiting.append(node.get("value"))
    return list(names)[:_MAX_LOOKUPS]


def _urls(text: str) -> list[dict[str, Any]]:
    addresses = dict.fromkeys(match.rstrip(".,;:!?") for match in _URL.findall(text))
    return [{"url": address, "meta": {}} for address in addresses]
