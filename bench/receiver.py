"""A receiver of calls that costs little, in a process of its own.

It answers 200 with an empty body: `/instant` at once, `/slow` after 100 ms, `/hang` after 30 s.
`GET /count` says how many calls each path got, and when its first and last call came.
"""

import asyncio
import contextlib
import json
import subprocess
import sys
import time
from collections.abc import Iterator

DELAYS = {"/instant": 0.0, "/slow": 0.1, "/hang": 30.0}
_EMPTY = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"


class _Calls(asyncio.Protocol):
    """One connection, which brings one request after the other."""

    def __init__(self, seen: dict[str, list[float]]) -> None:
        self._seen = seen
        self._received = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._received += data
        head, separator, body = self._received.partition(b"\r\n\r\n")
        if not separator:
            return
        length = head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0]
        if len(body) < int(length or 0):
            return
        self._received = b""
        path = head.split(b" ", 2)[1].decode()
        if path == "/count":
            self._count()
            return
        seen = self._seen.setdefault(path, [0, time.time(), 0.0])
        seen[0] += 1
        seen[2] = time.time()
        delay = DELAYS.get(path, 0.0)
        if delay:
            asyncio.get_running_loop().call_later(delay, self._transport.write, _EMPTY)
        else:
            self._transport.write(_EMPTY)

    def _count(self) -> None:
        body = json.dumps(self._seen).encode()
        self._seen.clear()
        head = f"HTTP/1.1 200 OK\r\nContent-Length: {len(body)}\r\n\r\n"
        self._transport.write(head.encode() + body)


@contextlib.contextmanager
def receiver() -> Iterator[str]:
    """Run it; gives its URL without a slash at the end."""
    command = [sys.executable, "-m", "bench.receiver"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield f"http://127.0.0.1:{process.stdout.readline().strip()}"
        finally:
            process.terminate()


async def _serve() -> None:
    seen: dict[str, list[float]] = {}
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: _Calls(seen), "127.0.0.1", 0, backlog=1024)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(_serve())
