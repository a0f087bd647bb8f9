"""`python -m host_stub demo` as a process of its own, for tests that need a whole server."""

import contextlib
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import psutil
import requests

LAST_LINE = "Ctrl-C stops everything."
START_SECONDS = 40
ANSWER_SECONDS = 30


def command(data: Path, *options: str) -> list[str]:
    return [sys.executable, "-m", "host_stub", "demo", "--port", "0", "--data", str(data), *options]


@dataclass
class RunningDemo:
    """A demo that has said it is up, and what it said."""

    process: "subprocess.Popen[str]"
    printed: str
    errors: IO[str]

    def read_errors(self) -> str:
        return _read_all(self.errors)

    @property
    def url(self) -> str:
        return self._find(r"^Chat +(http\S+)$")

    @property
    def password(self) -> str:
        return self._find(r"^Log in +admin / (.+)$")

    @property
    def data(self) -> Path:
        return Path(self._find(r"^Data +(.+) \(log files"))

    @property
    def hooks(self) -> list[str]:
        """Address of the hook without script, then of the one with."""
        return re.findall(r"^ +(http\S+)$", self.printed, re.MULTILINE)

    @property
    def receiver(self) -> str:
        """Address of the server that the outgoing integrations call."""
        return self._find(r"^ +echo hello +(http\S+)/echo ")

    @property
    def curl_lines(self) -> list[str]:
        return re.findall(r"^ +(curl .+)$", self.printed, re.MULTILINE)

    def _find(self, pattern: str) -> str:
        found = re.search(pattern, self.printed, re.MULTILINE)
        assert found, self.printed
        return found[1]

    def log_in(self) -> requests.Session:
        """Return a session that calls the REST API as the administrator."""
        session = requests.Session()
        session.trust_env = False
        body = {"user": "admin", "password": self.password}
        data = session.post(f"{self.url}/api/v1/login", json=body, timeout=10).json()["data"]
        session.headers.update({"X-Auth-Token": data["authToken"], "X-User-Id": data["userId"]})
        return session

    def messages(self, room: str) -> list[dict[str, Any]]:
        """Return the messages of a channel, the newest first."""
        with self.log_in() as session:
            answer = session.get(
                f"{self.url}/api/v1/channels.messages", params={"roomName": room}, timeout=10
            )
        found: list[dict[str, Any]] = answer.json()["messages"]
        return found

    def post(self, method: str, **body: Any) -> dict[str, Any]:
        """Call the REST API as the administrator, and return what it answers."""
        with self.log_in() as session:
            answer = session.post(f"{self.url}/api/v1/{method}", json=body, timeout=10)
        document: dict[str, Any] = answer.json()
        assert answer.status_code == 200, document
        return document

    def add_outgoing(self, **fields: Any) -> str:
        """Make an outgoing integration that listens in #general, and return its id."""
        needed = {
            "type": "webhook-outgoing",
            "name": "Test",
            "enabled": True,
            "event": "sendMessage",
            "channel": "#general",
            "username": "rocket.cat",
            "scriptEnabled": False,
        }
        made: str = self.post("integrations.create", **needed | fields)["integration"]["_id"]
        return made

    def history(self, integration_id: str) -> list[dict[str, Any]]:
        """Return what an integration has done, the newest first, without what waits."""
        with self.log_in() as session:
            answer = session.get(
                f"{self.url}/api/v1/integrations.history",
                params={"id": integration_id},
                timeout=10,
            )
        found: list[dict[str, Any]] = answer.json()["history"]
        return [entry for entry in found if entry["outcome"] != "waiting"]

    def wait_for_message(self, room: str, text: str) -> dict[str, Any]:
        """Return the newest message with this text as soon as it is there."""
        until = time.monotonic() + ANSWER_SECONDS
        while True:
            messages = self.messages(room)
            for message in messages:
                if message["msg"] == text:
                    return message
            assert time.monotonic() < until, [message["msg"] for message in messages]
            time.sleep(0.1)

    def descendants(self) -> list[psutil.Process]:
        """Return all processes that the demo consists of, but for the launcher."""
        return psutil.Process(self.process.pid).children(recursive=True)

    def stop(self, number: int = signal.SIGINT) -> float:
        """Send a signal and return how many seconds the launcher lived on."""
        sent = time.monotonic()
        self.process.send_signal(number)
        self.process.wait(20)
        return time.monotonic() - sent


@contextlib.contextmanager
def running_demo(data: Path, *options: str) -> Iterator[RunningDemo]:
    """Start a demo on any free port; it is stopped at the end if it still runs."""
    with (
        tempfile.TemporaryFile("w+") as errors,
        subprocess.Popen(
            command(data, *options), stdout=subprocess.PIPE, stderr=errors, text=True
        ) as process,
    ):
        try:
            running = RunningDemo(process, _read_until_up(process), errors)
            assert LAST_LINE in running.printed, f"it did not start: {running.read_errors()}"
            yield running
        finally:
            sys.stderr.write(_read_all(errors))  # pytest shows it where the test fails
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
            process.wait(20)


def _read_all(file: IO[str]) -> str:
    file.seek(0)
    return file.read()


def _read_until_up(process: "subprocess.Popen[str]") -> str:
    """Return what it prints until it is up or has ended; it gives up by itself if it hangs."""
    assert process.stdout is not None
    lines = []
    for line in process.stdout:
        lines.append(line)
        if line.strip() == LAST_LINE:
            break
    return "".join(lines)


def still_alive(processes: list[psutil.Process], *, within: float) -> list[psutil.Process]:
    """Return those that are not gone after so many seconds; zombies are gone."""
    until = time.monotonic() + within
    while True:
        alive = [process for process in processes if _is_alive(process)]
        if not alive or time.monotonic() > until:
            return alive
        time.sleep(0.02)


def _is_alive(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
