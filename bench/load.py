"""A closed-loop HTTP load generator that costs little: one thread, raw sockets, keep-alive.

Each of the clients sends the same POST again as soon as its answer is there. Latency is from the
first byte sent to the last byte received, connecting included where the server closes.
"""

import json
import selectors
import socket
import statistics
import sys
import time
from dataclasses import asdict, dataclass, field


@dataclass(frozen=True)
class Figures:
    """What one run showed; times in milliseconds."""

    requests_per_second: float
    p50_ms: float
    p99_ms: float
    worst_ms: float
    answers: dict[str, int]


@dataclass
class _Client:
    address: tuple[str, int]
    request: bytes
    connection: socket.socket | None = None
    sent_at: float = 0.0
    received: bytearray = field(default_factory=bytearray)

    def send(self, selector: selectors.BaseSelector) -> None:
        self.sent_at = time.perf_counter()
        self.received.clear()
        if self.connection is None:
            self.connection = socket.create_connection(self.address)
            self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            selector.register(self.connection, selectors.EVENT_READ, self)
        self.connection.sendall(self.request)

    def close(self, selector: selectors.BaseSelector) -> None:
        if self.connection is not None:
            selector.unregister(self.connection)
            self.connection.close()
            self.connection = None


def run(url: str, body: str, *, clients: int, seconds: float) -> Figures:
    """Return what `clients` at once got out of the server in about `seconds`."""
    host, port, path = _parts(url)
    data = body.encode()
    request = (
        f"POST {path} HTTP/1.1\r\nHost: {host}:{port}\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(data)}\r\n\r\n"
    ).encode() + data
    selector = selectors.DefaultSelector()
    all_clients = [_Client((host, port), request) for _ in range(clients)]
    latencies: list[float] = []
    answers: dict[str, int] = {}
    started = time.perf_counter()
    for client in all_clients:
        client.send(selector)
    while (now := time.perf_counter()) - started < seconds:
        for key, _ in selector.select(timeout=1.0):
            if status := _read(key.data, selector):
                latencies.append(time.perf_counter() - key.data.sent_at)
                answers[status] = answers.get(status, 0) + 1
                key.data.send(selector)
    for client in all_clients:
        client.close(selector)
    return _figures(latencies, answers, elapsed=now - started)


def _parts(url: str) -> tuple[str, int, str]:
    rest = url.removeprefix("http://")
    authority, _, path = rest.partition("/")
    host, _, port = authority.partition(":")
    return host, int(port), "/" + path


def _read(client: _Client, selector: selectors.BaseSelector) -> str | None:
    """Return the status code when the answer is complete."""
    assert client.connection is not None
    chunk = client.connection.recv(65536)
    client.received += chunk
    head, separator, rest = bytes(client.received).partition(b"\r\n\r\n")
    if not separator:
        if not chunk:
            raise ConnectionError("the server closed without an answer")
        return None
    lowered = head.lower()
    length = int(lowered.partition(b"content-length:")[2].partition(b"\r\n")[0])
    if len(rest) < length:
        return None
    if b"connection: close" in lowered:
        client.close(selector)
    return head[9:12].decode()


def _figures(latencies: list[float], answers: dict[str, int], *, elapsed: float) -> Figures:
    if not latencies:
        return Figures(0.0, 0.0, 0.0, 0.0, answers)
    cuts = statistics.quantiles(latencies, n=100) if len(latencies) > 1 else latencies * 99
    return Figures(
        len(latencies) / elapsed, cuts[49] * 1e3, cuts[98] * 1e3, max(latencies) * 1e3, answers
    )


if __name__ == "__main__":
    given = json.load(sys.stdin)
    print(
        json.dumps(
            asdict(
                run(given["url"], given["body"], clients=given["clients"], seconds=given["seconds"])
            )
        )
    )
