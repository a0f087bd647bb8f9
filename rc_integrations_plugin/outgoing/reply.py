"""Messages that a script or a receiver wants to be posted: by whom, and where."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from rc_integrations_plugin.integrations.records import OutgoingIntegration
from rc_integrations_plugin.messages.payload import Defaults
from rc_integrations_plugin.scripting.protocol import is_truthy

COMMENT = "comment"
"""Mattermost's `response_type` for an answer in the thread of the message."""


@dataclass(frozen=True, kw_only=True)
class Reply:
    """A message to post."""

    content: Mapping[str, Any]
    """Unchecked: `read_payload` says whether it is a message."""
    author_ids: tuple[str, ...]
    """The first of them who is there and active writes it."""
    channels: Mapping[str, str]
    """The first that exists gets it, where the content names no other; may be empty.

    With the ids of what was meant, see `post_all`.
    """
    defaults: Defaults


def build_reply(
    content: Mapping[str, Any], integration: OutgoingIntegration, data: Mapping[str, Any]
) -> Reply:
    """Return the message to post.

    Args:
        content: what the script or the receiver gave.
        integration: whose settings say who posts, and where.
        data: of the event. Not of the answer, as in Rocket.Chat: a receiver must not choose whom
            it speaks as.
    """
    return Reply(
        content=_in_thread(content, integration, data),
        author_ids=_author_ids(integration, data),
        channels=_channels(integration, data),
        defaults=Defaults(
            alias=integration.alias or "",
            avatar=integration.avatar or "",
            emoji=integration.emoji or "",
        ),
    )


def _author_ids(integration: OutgoingIntegration, data: Mapping[str, Any]) -> tuple[str, ...]:
    person = data.get("user_id")
    if integration.impersonate_user and isinstance(person, str) and person:
        return tuple(dict.fromkeys((person, integration.user_id)))
    return (integration.user_id,)


def _channels(integration: OutgoingIntegration, data: Mapping[str, Any]) -> dict[str, str]:
    channels = {}
    target, room_id = (integration.target_room or "").strip(), data.get("channel_id")
    if target:
        channels[target] = integration.channel_ids.get(target, "")
    if isinstance(room_id, str) and room_id:
        channels.setdefault(f"#{room_id}", room_id)
    return channels


def _in_thread(
    content: Mapping[str, Any], integration: OutgoingIntegration, data: Mapping[str, Any]
) -> Mapping[str, Any]:
    """Return the content with the thread that it asks for by Mattermost's `response_type`."""
    thread_id = data.get("tmid") or data.get("message_id")
    # a thread is in one room: the event's
    goes_elsewhere = integration.target_room or content.get("channel") or content.get("roomId")
    wants_thread = content.get("response_type") == COMMENT and not is_truthy(content.get("tmid"))
    if not wants_thread or not thread_id or goes_elsewhere:
        return content
    return {**content, "tmid": thread_id}
