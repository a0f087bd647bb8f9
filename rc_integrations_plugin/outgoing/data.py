"""What a receiver is told of an event: Rocket.Chat's JSON, whole for each of the seven events."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import orjson

from rc_integrations_plugin.host.events import ChatEvent, EventName
from rc_integrations_plugin.host.port import Message, Room, User
from rc_integrations_plugin.integrations.records import OutgoingIntegration


def build_data(
    event: ChatEvent,
    integration: OutgoingIntegration,
    *,
    site_url: str,
    trigger_word: str | None = None,
) -> dict[str, Any]:
    """Return the data of a call: JSON that nothing later in the chat changes.

    Args:
        event: what happened.
        integration: whose token the receiver gets.
        site_url: where people reach the chat server.
        trigger_word: the one that was found.
    """
    about = describe_event(event, site_url=site_url)
    return address_data(about, integration, trigger_word=trigger_word)


def describe_event(event: ChatEvent, *, site_url: str) -> dict[str, Any]:
    """Return the part of the data that is the same for all who are told of an event."""
    about = {"bot": False} | _describe(event, site_url=site_url)
    return _frozen({key: value for key, value in about.items() if value is not None})


def address_data(
    about: Mapping[str, Any], integration: OutgoingIntegration, *, trigger_word: str | None = None
) -> dict[str, Any]:
    """Return the data for one receiver, from `describe_event` and what only he gets."""
    own = {"token": integration.token, "trigger_word": trigger_word}
    return {key: value for key, value in own.items() if value is not None} | dict(about)


def encode_data(data: Any) -> bytes:
    """Return JSON data as JavaScript's `JSON.stringify` writes it, in UTF-8."""
    try:
        return orjson.dumps(data)
    except orjson.JSONEncodeError:
        # half a surrogate pair, or a whole number beyond 64 bits
        return json.dumps(data, separators=(",", ":")).encode()


def _describe(event: ChatEvent, *, site_url: str) -> dict[str, Any]:
    if event.name is EventName.USER_CREATED:
        return _about_new_user(event)
    if event.room is None:
        return {}
    if event.name is EventName.ROOM_CREATED:
        return _about_new_room(event, event.room)
    if event.name in {EventName.MESSAGE_SENT, EventName.FILE_UPLOADED}:
        return _about_message(event, event.room, site_url=site_url)
    return _about_room(event, event.room)


def _about_message(event: ChatEvent, room: Room, *, site_url: str) -> dict[str, Any]:
    message = event.message
    if message is None:
        return {}
    if event.name is EventName.MESSAGE_SENT:
        return _sent(room, message, site_url=site_url)
    documents = {"user": _person(event.user), "room": room.document, "message": message.document}
    return _message(room, message) | documents


def _about_new_user(event: ChatEvent) -> dict[str, Any]:
    user = event.user
    return {
        "timestamp": user.document.get("createdAt") or _json_time(event.happened_at),
        **_user(user),
        "user": _person(user),
        "bot": user.is_bot,
    }


def _about_new_room(event: ChatEvent, room: Room) -> dict[str, Any]:
    return {
        **_room(room),
        "timestamp": room.document.get("ts") or _json_time(event.happened_at),
        **_user(event.user),
        "owner": _person(event.user),
        "room": room.document,
    }


def _about_room(event: ChatEvent, room: Room) -> dict[str, Any]:
    """Describe a room that was archived, or that somebody joined or left."""
    return {
        "timestamp": _json_time(event.happened_at),
        **_room(room),
        **_user(event.user),
        "user": _person(event.user),
        "room": room.document,
        "bot": event.user.is_bot,
    }


def _sent(room: Room, message: Message, *, site_url: str) -> dict[str, Any]:
    return _message(room, message) | {
        "siteUrl": site_url,
        "isEdited": True if message.edited_at is not None else None,
        "tmid": message.thread_id,
    }


def _message(room: Room, message: Message) -> dict[str, Any]:
    is_bot = message.integration_id is not None or bool(message.document.get("bot"))
    return {
        **_room(room),
        "message_id": message.id,
        "timestamp": _json_time(message.sent_at),
        **_user(message.author),
        "text": message.text,
        "alias": message.alias or None,
        "bot": is_bot,
    }


def _room(room: Room) -> dict[str, Any]:
    return {"channel_id": room.id, "channel_name": room.name}


def _user(user: User) -> dict[str, Any]:
    return {"user_id": user.id, "user_name": user.username}


def _person(user: User) -> Mapping[str, Any]:
    """Return the user's document, without what Rocket.Chat keeps passwords in."""
    return {key: value for key, value in user.document.items() if key != "services"}


def _json_time(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _frozen(data: dict[str, Any]) -> dict[str, Any]:
    """Return a copy that shares nothing with the host's objects."""
    copy: dict[str, Any]
    try:
        copy = orjson.loads(orjson.dumps(data))
    except orjson.JSONEncodeError:
        copy = json.loads(json.dumps(data))
    return copy
