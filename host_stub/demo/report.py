"""What the demo tells its user once it is up."""

import json
import shlex
from collections.abc import Iterator
from pathlib import Path

from host_stub.demo.folder import Memory, Receiver
from host_stub.demo.integrations import INTEGRATIONS
from host_stub.demo.names import ADMIN, BOT
from host_stub.demo.outgoing import OUTGOING, ROOM

_COLUMN = 14


def report(address: str, memory: Memory, *, data: Path) -> str:
    """Return the lines to print."""
    return "\n".join(_lines(address, memory, data))


def _lines(address: str, memory: Memory, data: Path) -> Iterator[str]:
    yield f"Chat      {address}"
    yield f"Manage    {address}/admin/integrations"
    yield f"Log in    {ADMIN} / {memory.admin_password}"
    yield f"Data      {data} (log files in logs/)"
    for integration in INTEGRATIONS:
        hook = memory.hooks[integration.key]
        url = f"{address}/hooks/{hook.integration_id}/{hook.token}"
        yield ""
        yield f"{integration.name}, posts into #{integration.room}:"
        yield f"  {url}"
        yield f"  {_curl(url, json.dumps(integration.example))}"
    yield ""
    yield f"Type in #{ROOM}, and {BOT} answers:"
    yield from _examples(memory.receiver)
    yield ""
    yield "Integrations may call this machine (127.0.0.0/8, ::1) here; other servers refuse that."
    yield "Ctrl-C stops everything."


def _examples(receiver: Receiver) -> Iterator[str]:
    for integration in OUTGOING:
        for example in integration.examples:
            effect = example.effect.format(url=receiver.url + integration.path)
            yield f"  {example.text:<{_COLUMN}}{effect}"


def _curl(url: str, body: str) -> str:
    header = "Content-Type: application/json"
    return shlex.join(["curl", "-X", "POST", "-H", header, "--data", body, url])
