"""How an incoming integration is called, and how an outgoing one calls; without the token.

The token is not in any page's source: a button of the page asks for it, and `{token}` stands where
it belongs.
"""

import json
import shlex
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from rc_integrations_plugin.integrations.records import IncomingIntegration, OutgoingIntegration
from rc_integrations_plugin.management.samples import sample_data
from rc_integrations_plugin.management.tokens import hook_url
from rc_integrations_plugin.services import Services

TOKEN = "{token}"  # noqa: S105 - stands for it
HIDDEN = "••••••••"
"""In place of a token that is not shown."""
EXAMPLE = {
    "emoji": ":ghost:",
    "text": "Example message",
    "attachments": [
        {
            "title": "Rocket.Chat",
            "title_link": "https://rocket.chat",
            "text": "Rocket.Chat, the best open source chat",
            "color": "#764FA5",
            "fields": [
                {"title": "Owner", "value": "John Doe"},
                {"title": "Type", "value": "New Contributor"},
            ],
        }
    ],
}
"""docs: the payload of "Send a test request"."""


@dataclass(frozen=True)
class Instructions:
    """What a person needs to call a hook."""

    url: str
    payload: str
    curl: str


@dataclass(frozen=True)
class Exchange:
    """What an outgoing integration says, and what it may be answered."""

    sent: str
    answer: str


def token_for_url(integration: IncomingIntegration) -> str:
    """Return what stands for `{token}` in an address, and between quotes on a command line."""
    return quote(integration.token, safe="")


def build_instructions(integration: IncomingIntegration, *, site_url: str) -> Instructions:
    """Return how to call an integration of the server that is reached at `site_url`."""
    url = hook_url(site_url, integration, token=TOKEN)
    body = json.dumps(EXAMPLE, ensure_ascii=False)
    header = "Content-Type: application/json"
    quoted = [shlex.quote(part) for part in (header, body, url)]
    curl = "curl -X POST -H {} --data {} {}".format(*quoted)
    return Instructions(url, _json(EXAMPLE), curl)


def build_exchange(services: Services, integration: OutgoingIntegration) -> Exchange:
    """Return an example of what the receivers of an integration are told, and of an answer."""
    data = sample_data(services, integration)
    if "token" in data:
        data["token"] = HIDDEN
    return Exchange(_json(data), _json(EXAMPLE))


def _json(value: Any) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False)
