"""The outgoing integrations that a demo comes with."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from host_stub.demo.folder import Memory, Receiver
from host_stub.demo.names import BOT, ECHO, FLAKY, GENERAL, PULLS_OF
from host_stub.demo.rest import RestClient

ROOM = GENERAL
SAMPLE = Path(__file__).with_name("outgoing_sample.js")
"""The sample of Rocket.Chat's documentation, with every comment: people paste it like this."""


@dataclass(frozen=True, kw_only=True)
class Example:
    """What to type, and what happens."""

    text: str
    effect: str
    """`{url}` stands for the address that is called."""


@dataclass(frozen=True, kw_only=True)
class OutgoingIntegration:
    """An outgoing integration that the demo comes with."""

    key: str
    name: str
    path: str
    trigger_words: tuple[str, ...]
    examples: tuple[Example, ...]
    has_script: bool = False


OUTGOING = (
    OutgoingIntegration(
        key="sample",
        name="Demo of the documentation's sample",
        path=PULLS_OF,
        trigger_words=("pr", "help"),
        has_script=True,
        examples=(
            Example(text="pr ls", effect="a script fetches {url}/pulls and words the answer"),
            Example(text="help", effect="the script answers; nothing is called"),
        ),
    ),
    OutgoingIntegration(
        key="echo",
        name="Demo of an answer",
        path=ECHO,
        trigger_words=("echo",),
        examples=(Example(text="echo hello", effect="{url} is told, and answers"),),
    ),
    OutgoingIntegration(
        key="flaky",
        name="Demo of retries",
        path=FLAKY,
        trigger_words=("flaky",),
        examples=(
            Example(text="flaky hello", effect="{url} fails twice and is called again each time"),
        ),
    ),
)


def add_outgoing_integrations(client: RestClient, memory: Memory, *, old_url: str) -> None:
    """Add the integrations that are missing, as the logged-in administrator, and remember them.

    Those that are there are left as they are, but follow the receiver where it moved.

    Args:
        client: of the chat server.
        memory: where the receiver listens, and which integrations there were.
        old_url: where it listened before.

    Raises:
        Refused: the server does not want one of them.
    """
    for integration in OUTGOING:
        known = memory.outgoing.get(integration.key)
        found = None if known is None else client.find_integration(known)
        if found is None:
            memory.outgoing[integration.key] = _add(client, integration, memory.receiver)
        elif old_url != memory.receiver.url:
            _follow(client, found, old_url, memory.receiver.url)


def _add(client: RestClient, integration: OutgoingIntegration, receiver: Receiver) -> str:
    answer = client.post(
        "integrations.create",
        {
            "type": "webhook-outgoing",
            "name": integration.name,
            "enabled": True,
            "event": "sendMessage",
            "channel": f"#{ROOM}",
            "username": BOT,
            "urls": [receiver.url + integration.path],
            "triggerWords": list(integration.trigger_words),
            "token": receiver.token,
            "signingSecret": receiver.signing_secret,
            "retryFailedCalls": True,
            "retryCount": 4,
            "retryDelay": "powers-of-ten",
            "scriptEnabled": integration.has_script,
            "script": SAMPLE.read_text(encoding="utf-8") if integration.has_script else "",
        },
    )
    made: str = answer["integration"]["_id"]
    return made


def _follow(client: RestClient, found: dict[str, Any], old_url: str, new_url: str) -> None:
    """Change an integration's URLs, as far as they lead to the receiver."""
    urls = [
        new_url + url.removeprefix(old_url) if url.startswith(f"{old_url}/") else url
        for url in found["urls"]
    ]
    needed = ("type", "name", "enabled", "event", "username", "scriptEnabled", "token")
    fields = {key: found[key] for key in needed}
    fields |= {
        "integrationId": found["_id"],
        "channel": ",".join(found["channel"]),
        "urls": urls,
    }
    if urls != found["urls"]:
        client.put("integrations.update", fields)
