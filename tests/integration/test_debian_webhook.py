"""Debian's `webhook` (adnanh/webhook), a receiver that others wrote, set up as the docs say."""

import json
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.integration.demo import RunningDemo, running_demo
from tests.workers import await_true

WEBHOOK = shutil.which("webhook")
DOCS = Path(__file__).parents[2] / "docs" / "outgoing.md"
RIGHT_TOKEN = "4f1c0e"

pytestmark = [
    pytest.mark.integration,
    pytest.mark.skipif(
        WEBHOOK is None and "RC_TEST_REQUIRE_PROGRAMS" not in os.environ,
        reason="Debian's webhook is not installed",
    ),
]


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningDemo]:
    with running_demo(tmp_path_factory.mktemp("demo") / "data") as demo:
        yield demo


@pytest.fixture(scope="module")
def receiver(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Run webhook with what the docs show, and give the hook's URL."""
    assert WEBHOOK is not None
    folder = tmp_path_factory.mktemp("webhook")
    section = DOCS.read_text().split("\n## Receivers that others wrote\n")[1]
    hooks = json.loads(section.split("```json\n")[1].split("```")[0])
    command = folder / "deploy"
    command.write_text(section.split("```sh\n")[1].split("```")[0])
    command.chmod(0o700)
    hooks[0]["execute-command"] = str(command)
    (folder / "hooks.json").write_text(json.dumps(hooks))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen(
        [WEBHOOK, "-hooks", folder / "hooks.json", "-ip", "127.0.0.1", "-port", str(port)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        await_true(lambda: _listens(port))
        yield f"http://127.0.0.1:{port}/hooks/deploy"
    finally:
        process.terminate()
        process.wait(10)


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def test_the_answer_of_its_command_appears_in_the_room(demo: RunningDemo, receiver: str) -> None:
    integration = demo.add_outgoing(urls=[receiver], triggerWords=["deploy"], token=RIGHT_TOKEN)

    demo.post("chat.postMessage", channel="#general", text="deploy shop 2.4")

    answer = demo.wait_for_message("general", "@admin: done")
    assert answer["u"]["username"] == "rocket.cat"
    assert answer["bot"] == {"i": integration}
    [entry] = await_history(demo, integration, 1)
    assert entry["step"] == "url-response-sent-message"
    assert entry["finished"] is True


def test_a_wrong_token_fails_and_is_tried_again_as_configured(
    demo: RunningDemo, receiver: str
) -> None:
    integration = demo.add_outgoing(
        urls=[receiver],
        triggerWords=["release"],
        token="wrong",
        retryFailedCalls=True,
        retryCount=2,
        retryDelay="powers-of-ten",
    )

    demo.post("chat.postMessage", channel="#general", text="release shop 2.4")

    history = await_history(demo, integration, 3)
    assert [entry["step"] for entry in history] == [
        "too-many-retries",
        "going-to-retry-2",
        "going-to-retry-1",
    ]
    assert all("Hook rules were not satisfied" in entry["httpResult"] for entry in history)
    assert "@admin: done" not in [
        message["msg"]
        for message in demo.messages("general")
        if message.get("bot") == {"i": integration}
    ]


def test_a_wrong_token_is_final_where_only_passing_failures_are_retried(
    demo: RunningDemo, receiver: str
) -> None:
    integration = demo.add_outgoing(
        urls=[receiver],
        triggerWords=["ship"],
        token="wrong",
        retryFailedCalls=True,
        retryCount=2,
        retryDelay="powers-of-ten",
        retryOn="transient",
    )

    demo.post("chat.postMessage", channel="#general", text="ship it")

    [entry] = await_history(demo, integration, 1)
    assert entry["step"] == "failed-and-not-configured-to-retry"


def await_history(demo: RunningDemo, integration_id: str, attempts: int) -> list[dict[str, Any]]:
    """Return the history once so many attempts are in it."""
    until = time.monotonic() + 30
    while len(history := demo.history(integration_id)) < attempts:
        assert time.monotonic() < until, history
        time.sleep(0.1)
    return history
