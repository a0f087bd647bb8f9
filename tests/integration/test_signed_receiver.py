"""The receiver of docs/outgoing.md, as a process of its own, checks our signatures."""

import os
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.demo import RunningDemo, running_demo
from tests.workers import await_true

pytestmark = pytest.mark.integration

DOCS = Path(__file__).parents[2] / "docs" / "outgoing.md"
SECRET = "whsec_" + "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIz"
ANOTHER_SECRET = "whsec_" + "QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFB"


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningDemo]:
    with running_demo(tmp_path_factory.mktemp("demo") / "data") as demo:
        yield demo


@pytest.fixture(scope="module")
def receiver(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Run the documented receiver, and give its URL."""
    program = tmp_path_factory.mktemp("receiver") / "receiver.py"
    found = re.search(r"```python\n(import os.*?)```", DOCS.read_text(), re.DOTALL)
    assert found
    program.write_text(found[1])
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, "-m", "flask", "--app", str(program), "run", "--port", str(port)],
        env=os.environ | {"CHAT_SIGNING_SECRET": SECRET},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        await_true(lambda: _listens(port))
        yield f"http://127.0.0.1:{port}/chat"
    finally:
        process.terminate()
        process.wait(10)


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def test_a_call_with_the_right_secret_is_let_in(demo: RunningDemo, receiver: str) -> None:
    demo.add_outgoing(urls=[receiver], triggerWords=["ünïcode"], signingSecret=SECRET)

    demo.post("chat.postMessage", channel="#general", text="ünïcode 😀 & \\ \u2028.")

    demo.wait_for_message("general", "admin said: ünïcode 😀 & \\ \u2028.")


@pytest.mark.parametrize("options", [{"signingSecret": ANOTHER_SECRET}, {}], ids=["wrong", "none"])
def test_others_are_not(demo: RunningDemo, receiver: str, options: dict[str, str]) -> None:
    word = f"word{len(options)}"
    integration = demo.add_outgoing(urls=[receiver], triggerWords=[word], **options)

    demo.post("chat.postMessage", channel="#general", text=word)

    await_true(lambda: demo.history(integration))
    [entry] = demo.history(integration)
    assert entry["step"] == "failed-and-not-configured-to-retry"
    assert "the signature is missing, wrong or old" in entry["httpResult"]


def test_a_replay_has_the_same_id_and_a_signature_of_its_own(
    demo: RunningDemo, receiver: str
) -> None:
    integration = demo.add_outgoing(urls=[receiver], triggerWords=["again"], signingSecret=SECRET)
    demo.post("chat.postMessage", channel="#general", text="again")
    await_true(lambda: demo.history(integration))
    [first] = demo.history(integration)

    demo.post("integrations.replayOutgoing", integrationId=integration, historyId=first["_id"])

    await_true(lambda: len(demo.history(integration)) == 2)
    second = demo.history(integration)[0]
    assert second["step"] == "url-response-sent-message"
    answers = [
        message for message in demo.messages("general") if message["msg"] == "admin said: again"
    ]
    assert len(answers) == 2
