"""What the author of a chat server sees who runs the kit for the first time."""

import subprocess
import sys
from pathlib import Path

import pytest

SUITE = """
import pytest

from rc_integrations_plugin.testing import HostConformance
from tests.conformance.faults import drafts
from tests.conformance.memory_host import MemoryHost
from tests.conformance.memory_world import MemoryWorld


class Wrong(MemoryHost):
    def post_message(self, draft, **where):
        return drafts(text=lambda draft: draft.text.upper())(MemoryHost)["post_message"](
            self, draft, **where
        )


class Unwritten(MemoryWorld):
    unsupported = {}


@pytest.fixture
def world():
    return Unwritten(Wrong())


class TestOurServer(HostConformance):
    pass
"""


@pytest.fixture(scope="module")
def output(tmp_path_factory: pytest.TempPathFactory) -> str:
    suite = tmp_path_factory.mktemp("suite") / "test_host.py"
    suite.write_text(SUITE)
    options = ["-rs", "-p", "no:cacheprovider", "-c", "/dev/null", f"--rootdir={suite.parent}"]
    run = subprocess.run(
        [sys.executable, "-m", "pytest", *options, str(suite)],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert run.returncode == 1, run.stderr
    return run.stdout


def test_a_failure_names_the_promise_and_says_what_was_found(output: str) -> None:
    assert "test_host[Message.text: is what was posted]" in output
    assert output.count("Found:  'TWO\\nLINES 🚀' for 'two\\nlines 🚀'") == 1
    assert "Needed: Trigger words are looked for in it." in output
    assert "See docs/host.md#message" in output


def test_what_is_skipped_says_why(output: str) -> None:
    assert "the host does not claim the capability threads" in output
    assert "World.shares_session is False: signals come after the commit" in output


def test_what_the_world_can_not_do_and_does_not_declare_fails(output: str) -> None:
    assert "the world has no way to try this. Write the method of World" in output
    assert "name the feature in World.unsupported with the reason" in output
