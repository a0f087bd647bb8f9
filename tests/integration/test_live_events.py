"""Live events from the web server that the demo runs: several processes, and a quick end."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path

import pytest
from flask import Flask

from host_stub.app import create_app
from host_stub.chat import posting, tokens
from host_stub.chat.server import current_chat
from host_stub.seed import ensure_room, ensure_user

pytestmark = pytest.mark.integration

CONFIG = {"HOST_STUB_PASSWORD_HASH": "pbkdf2:sha256:1", "HOST_STUB_LOAD_PLUGINS": False}


class Server:
    """gunicorn with two processes on one database."""

    def __init__(self, database: str, log: Path) -> None:
        listener = socket.create_server(("127.0.0.1", 0))
        self.port = listener.getsockname()[1]
        config = CONFIG | {"SQLALCHEMY_DATABASE_URI": database}
        with log.open("wb") as output:
            self.process = subprocess.Popen(
                [
                    *(sys.executable, "-m", "gunicorn", f"host_stub.app:create_app({config!r})"),
                    *("--worker-class", "gthread", "--workers", "2", "--threads", "8"),
                    *("--bind", f"fd://{listener.fileno()}", "--no-control-socket"),
                    *("--graceful-timeout", "20"),
                ],
                stdout=output,
                stderr=output,
                pass_fds=[listener.fileno()],
                env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
            )
        listener.close()

    @contextmanager
    def listening(self, cookie: str, *, pages: int = 1) -> Iterator[list[HTTPResponse]]:
        with ExitStack() as stack:
            yield [self._listen(cookie, stack) for _ in range(pages)]

    def _listen(self, cookie: str, stack: ExitStack) -> HTTPResponse:
        connection = stack.enter_context(
            closing(HTTPConnection("127.0.0.1", self.port, timeout=20))
        )
        connection.request("GET", "/stream", headers={"Cookie": cookie})
        answer = stack.enter_context(closing(connection.getresponse()))
        assert answer.status == 200
        assert answer.readline() == b"retry: 1500\n"
        assert answer.readline() == b"\n"
        assert answer.readline() == b": welcome\n"
        return answer

    def stop(self, number: signal.Signals) -> float:
        started = time.monotonic()
        self.process.send_signal(number)
        self.process.wait(timeout=30)
        return time.monotonic() - started


@pytest.fixture
def database(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'chat.db'}"


@pytest.fixture
def app(database: str) -> Iterator[Flask]:
    """Another process on the same database: this one."""
    app = create_app(CONFIG | {"SQLALCHEMY_DATABASE_URI": database})
    yield app
    with app.app_context():
        app.extensions["sqlalchemy"].engine.dispose()


@pytest.fixture
def cookie(app: Flask) -> str:
    with app.app_context(), current_chat().transaction():
        anna = ensure_user(current_chat(), "anna", password="correct horse")
        ensure_room(current_chat(), "general", owner=anna)
        return f"host_stub_token={anna.id}:{tokens.create_token(current_chat(), anna)}"


@pytest.fixture
def server(app: Flask, database: str, tmp_path: Path) -> Iterator[Server]:
    server = Server(database, tmp_path / "gunicorn.log")
    yield server
    server.process.kill()
    server.process.wait()


def write(app: Flask, text: str) -> None:
    with app.app_context(), current_chat().transaction():
        anna = ensure_user(current_chat(), "anna")
        room = ensure_room(current_chat(), "general", owner=anna)
        new = posting.NewMessage(text=text)
        posting.post_message(current_chat(), new, room=room, author=anna)


def test_every_page_hears_what_any_process_wrote(app: Flask, server: Server, cookie: str) -> None:
    with server.listening(cookie, pages=6) as pages:
        write(app, "for all")

        for page in pages:
            lines = [page.readline() for _ in range(4)]
            assert b"event: message\n" in lines
            assert any(b'"msg":"for all"' in line for line in lines)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGQUIT])
def test_open_pages_do_not_hold_the_server(
    server: Server, cookie: str, number: signal.Signals
) -> None:
    with server.listening(cookie, pages=6):
        took = server.stop(number)

    assert took < 3, "the grace is 20 seconds, and no page used it"


def test_closed_pages_give_their_threads_back(server: Server, cookie: str) -> None:
    for _ in range(4):
        with server.listening(cookie, pages=8):
            pass
        time.sleep(1)  # until the server has looked

    with server.listening(cookie) as pages:
        assert len(pages) == 1
