from typing import Any

import pytest

from host_stub.demo.folder import Memory, Receiver
from host_stub.demo.outgoing import OUTGOING, add_outgoing_integrations
from host_stub.demo.rest import RestClient


class Server(RestClient):
    """Keeps integrations as the chat server does, without a network."""

    def __init__(self) -> None:
        super().__init__("http://127.0.0.1")
        self.stored: dict[str, dict[str, Any]] = {}
        self.changes: list[dict[str, Any]] = []

    def find_integration(self, integration_id: str) -> dict[str, Any] | None:
        return self.stored.get(integration_id)

    def post(self, method: str, body: dict[str, Any]) -> dict[str, Any]:
        assert method == "integrations.create"
        made = body | {"_id": f"id-{len(self.stored)}", "channel": body["channel"].split(",")}
        self.stored[made["_id"]] = made
        return {"integration": made}

    def put(self, method: str, body: dict[str, Any]) -> dict[str, Any]:
        assert method == "integrations.update"
        self.changes.append(body)
        return {}


@pytest.fixture
def server() -> Server:
    return Server()


@pytest.fixture
def memory() -> Memory:
    return Memory(receiver=Receiver(port=4000, token="t", signing_secret="whsec_x"))


def start(server: Server, memory: Memory, *, port: int = 4000) -> None:
    old_url = memory.receiver.url
    memory.receiver.port = port
    add_outgoing_integrations(server, memory, old_url=old_url)


def test_each_integration_is_made_once(server: Server, memory: Memory) -> None:
    start(server, memory)
    start(server, memory)

    assert len(server.stored) == len(OUTGOING)
    assert list(memory.outgoing) == [integration.key for integration in OUTGOING]
    assert server.changes == []


def test_one_that_was_removed_is_made_again(server: Server, memory: Memory) -> None:
    start(server, memory)
    removed = memory.outgoing["echo"]
    del server.stored[removed]
    server.stored["another"] = {}

    start(server, memory)

    assert memory.outgoing["echo"] != removed


def test_integrations_follow_the_receiver_to_another_port(server: Server, memory: Memory) -> None:
    start(server, memory)
    start(server, memory, port=4001)

    urls = [change["urls"] for change in server.changes]
    assert urls == [
        ["http://127.0.0.1:4001/repos/demo/app"],
        ["http://127.0.0.1:4001/echo"],
        ["http://127.0.0.1:4001/flaky"],
    ]


def test_what_a_person_changed_stays(server: Server, memory: Memory) -> None:
    start(server, memory)
    changed = server.stored[memory.outgoing["echo"]]
    changed |= {
        "urls": ["https://mine.example/", "http://127.0.0.1:4000/echo"],
        "enabled": False,
        "channel": ["#alerts", "all_private_groups"],
    }
    server.stored[memory.outgoing["flaky"]]["urls"] = ["http://127.0.0.1:40001/flaky"]

    start(server, memory, port=4001)

    change = server.changes[1]
    assert change["urls"] == ["https://mine.example/", "http://127.0.0.1:4001/echo"]
    assert change["enabled"] is False
    assert change["channel"] == "#alerts,all_private_groups"
    assert len(server.changes) == 2
