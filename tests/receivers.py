"""An HTTP server in threads that tests call, which answers as it is told and keeps what it got."""

import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Received:
    """A request that came in."""

    method: str
    path: str
    headers: dict[str, str]
    """Names in lower case."""
    body: bytes
    connection: int
    """Which connection it came by: 1 for the first."""


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What to send back. With `raw`, exactly these bytes, and the connection ends."""

    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    raw: bytes | None = None
    delay_seconds: float = 0
    wait: threading.Event | None = None
    """Answered only once this is set."""


@dataclass
class Receiver:
    """A running server."""

    url: str
    """Without a slash at the end."""
    port: int
    received: list[Received] = field(default_factory=list)
    answers: dict[str, Answer] = field(default_factory=dict)
    """By path; others get 200 with an empty body."""


@contextmanager
def receiver(host: str = "127.0.0.1", *, tls: ssl.SSLContext | None = None) -> Iterator[Receiver]:
    """Run a server on a free port."""
    server = _Server((host, 0), _Handler)
    if tls is not None:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    port = server.server_port
    server.running = Receiver(f"{'http' if tls is None else 'https'}://{host}:{port}", port)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield server.running
    finally:
        for answer in server.running.answers.values():
            if answer.wait is not None:
                answer.wait.set()
        server.shutdown()
        thread.join()
        server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128  # 5 would make many callers at once wait a second
    running: Receiver
    connections = 0

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing: tests break connections on purpose."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # head and body in one packet: in two they may wait for each other
    server: _Server

    timeout = 10

    def setup(self) -> None:
        super().setup()
        self.server.connections += 1
        self._connection = self.server.connections

    def _answer(self) -> None:
        length = int(self.headers.get("Content-Length", 0))
        received = Received(
            method=self.command,
            path=self.path,
            headers={name.lower(): value for name, value in self.headers.items()},
            body=self.rfile.read(length),
            connection=self._connection,
        )
        self.server.running.received.append(received)
        answer = self.server.running.answers.get(self.path, Answer())
        time.sleep(answer.delay_seconds)
        if answer.wait is not None:
            answer.wait.wait(10)
        if answer.raw is not None:
            self.wfile.write(answer.raw)
            self.close_connection = True
            return
        self.send_response(answer.status)
        for name, value in answer.headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(answer.body)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_HEAD = do_OPTIONS = _answer  # noqa: N815

    def log_message(self, *_: Any) -> None:
        pass
