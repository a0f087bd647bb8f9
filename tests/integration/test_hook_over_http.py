"""A hook behind gunicorn, the server that the demo starts."""

import http.client
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from tests.hooks import JSON, Hook, Stage, stage

__all__ = ["stage"]
pytestmark = pytest.mark.integration


class UnixConnection(http.client.HTTPConnection):
    """HTTP over a Unix socket."""

    def __init__(self, path: Path) -> None:
        super().__init__("localhost", timeout=20)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(str(self._path))


@pytest.fixture
def hook(stage: Stage) -> Hook:
    return stage.hook()


@pytest.fixture
def connection(app: Flask, tmp_path: Path) -> Iterator[http.client.HTTPConnection]:
    path = tmp_path / "s"
    environment = os.environ | {
        "FLASK_SQLALCHEMY_DATABASE_URI": app.config["SQLALCHEMY_DATABASE_URI"],
    }
    command = [sys.executable, "-m", "gunicorn", "--threads", "2", "-b", f"unix:{path}"]
    with subprocess.Popen(
        [*command, "--log-level", "error", "host_stub.app:create_app()"], env=environment
    ) as server:
        deadline = time.monotonic() + 30
        while not path.exists() and time.monotonic() < deadline:
            time.sleep(0.02)
        connection = UnixConnection(path)
        yield connection
        connection.close()
        server.terminate()


def send(
    connection: http.client.HTTPConnection, hook: Hook, body: bytes, *, chunked: bool = False
) -> tuple[int, bytes]:
    pieces = (body[at : at + 8000] for at in range(0, len(body), 8000))
    connection.request(
        "POST",
        hook.url,
        pieces if chunked else body,
        {"Content-Type": JSON},
        encode_chunked=chunked,
    )
    answer = connection.getresponse()
    return answer.status, answer.read()


@pytest.mark.parametrize("chunked", [False, True], ids=["with length", "chunked"])
def test_who_sends_too_much_reads_why_and_may_go_on(
    connection: http.client.HTTPConnection, stage: Stage, hook: Hook, *, chunked: bool
) -> None:
    status, answer = send(connection, hook, b"x" * 8_000_000, chunked=chunked)
    later, _ = send(connection, hook, b'{"text":"next"}')

    assert status == 413
    assert b"larger than 1048576 bytes" in answer
    assert later == 200
    assert stage.texts() == ["next"]


def test_a_chunked_message_is_posted(
    connection: http.client.HTTPConnection, stage: Stage, hook: Hook
) -> None:
    status, _ = send(connection, hook, b'{"text":"in pieces"}', chunked=True)

    assert status == 200
    assert stage.texts() == ["in pieces"]
