"""What is in a demo's chat at first: a bot, two rooms, two incoming integrations."""

import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from host_stub.demo.folder import Hook, Memory
from host_stub.demo.rest import Refused, RestClient

BOT = "rocket.cat"
_SCRIPT = Path(__file__).with_name("sample_script.js")


@dataclass(frozen=True, kw_only=True)
class Integration:
    """An incoming integration that the demo comes with."""

    key: str
    name: str
    room: str
    has_script: bool
    example: dict[str, Any]
    """A body for its hook."""


INTEGRATIONS = (
    Integration(
        key="plain",
        name="Demo without script",
        room="general",
        has_script=False,
        example={
            "text": "Build *#42* of @admin is done",
            "attachments": [
                {
                    "color": "good",
                    "title": "All tests passed",
                    "text": "It's ready to ship :tada:",
                    "fields": [
                        {"title": "Branch", "value": "main", "short": True},
                        {"title": "Took", "value": "2 min 10 s", "short": True},
                    ],
                }
            ],
        },
    ),
    Integration(
        key="script",
        name="Demo with script",
        room="alerts",
        has_script=True,
        example={"text": "A *script* passed this on"},
    ),
)


def add_content(client: RestClient, memory: Memory) -> None:
    """Add what is missing, as the logged-in administrator, and remember the hooks.

    What is there keeps its ids and tokens, also when somebody changed it.

    Raises:
        Refused: the server does not want one of them.
    """
    _add_bot(client)
    for room in ("general", "alerts"):
        _add_room(client, room)
    for integration in INTEGRATIONS:
        hook = memory.hooks.get(integration.key)
        if hook is None or not _exists(client, hook):
            memory.hooks[integration.key] = _add_integration(client, integration)


def _add_bot(client: RestClient) -> None:
    try:
        client.get("users.info", username=BOT)
    except Refused:
        bot = {
            "username": BOT,
            "name": "Rocket.Cat",
            "email": "rocket.cat@localhost.localdomain",
            "password": secrets.token_urlsafe(24),
            "roles": ["bot"],
        }
        client.post("users.create", bot)


def _add_room(client: RestClient, name: str) -> None:
    try:
        client.get("channels.info", roomName=name)
    except Refused:
        client.post("channels.create", {"name": name, "members": [BOT]})


def _exists(client: RestClient, hook: Hook) -> bool:
    try:
        client.get("integrations.get", integrationId=hook.integration_id)
    except Refused:
        return False
    return True


def _add_integration(client: RestClient, integration: Integration) -> Hook:
    answer = client.post(
        "integrations.create",
        {
            "type": "webhook-incoming",
            "name": integration.name,
            "enabled": True,
            "username": BOT,
            "channel": f"#{integration.room}",
            "scriptEnabled": integration.has_script,
            "script": _SCRIPT.read_text(encoding="utf-8") if integration.has_script else "",
        },
    )
    made = answer["integration"]
    return Hook(integration_id=made["_id"], token=made["token"])
