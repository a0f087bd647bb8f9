"""How an incoming integration is called: its address and an example, without the token.

The token is not in any page's source: a button of the page asks for it, and `{token}` stands where
it belongs.
"""

import json
import shlex
from dataclasses import dataclass
from urllib.parse import quote

from rc_integrations_plugin.integrations.records import IncomingIntegration

TOKEN = "{token}"  # noqa: S105 - stands for it
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


def token_for_url(integration: IncomingIntegration) -> str:
    """Return what stands for `{token}` in an address, and between quotes on a command line."""
    return quote(integration.token, safe="")


def build_instructions(integration: IncomingIntegration, *, site_url: str) -> Instructions:
    """Return how to call an integration of the server that is reached at `site_url`."""
    url = f"{site_url}/hooks/{quote(integration.id, safe='')}/{TOKEN}"
    body = json.dumps(EXAMPLE, ensure_ascii=False)
    header = "Content-Type: application/json"
    quoted = [shlex.quote(part) for part in (header, body, url)]
    curl = "curl -X POST -H {} --data {} {}".format(*quoted)
    return Instructions(url, json.dumps(EXAMPLE, indent=2, ensure_ascii=False), curl)
