"""The two incoming integrations that a demo comes with."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from host_stub.demo.folder import Hook, Memory
from host_stub.demo.names import ALERTS, BOT, GENERAL
from host_stub.demo.rest import RestClient

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
        room=GENERAL,
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
        room=ALERTS,
        has_script=True,
        example={"text": "A *script* passed this on"},
    ),
)


def add_integrations(client: RestClient, memory: Memory) -> None:
    """Add the integrations that are missing, as the logged-in administrator, and remember them.

    Those that are there keep their ids and tokens, also when somebody changed them.

    Raises:
        Refused: the server does not want one of them.
    """
    for integration in INTEGRATIONS:
        hook = memory.hooks.get(integration.key)
        if hook is None or client.find_integration(hook.integration_id) is None:
            memory.hooks[integration.key] = _add_integration(client, integration)


def _add_integration(client: RestClient, integration: Integration) -> Hook:
    answer = client.post(
        "integrations.create",
        {
            "type": "webhook-incoming",
            "name": integration.name,
            "enabled": True,
            "username": BOT,
            "channel": f"#{integration.room}",
            # senders such as apprise always name a room
            "overrideDestinationChannelEnabled": not integration.has_script,
            "scriptEnabled": integration.has_script,
            "script": _SCRIPT.read_text(encoding="utf-8") if integration.has_script else "",
        },
    )
    made = answer["integration"]
    return Hook(integration_id=made["_id"], token=made["token"])
