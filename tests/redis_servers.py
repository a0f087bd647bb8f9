"""A real Redis-compatible server on a socket of its own, for tests."""

import contextlib
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from host_stub.demo.servers import redis_command


@contextlib.contextmanager
def running_redis() -> Iterator[str]:
    """Start a server and give its URL; it ends with the context."""
    # not in pytest's folders: their paths are longer than a socket's address may be
    with tempfile.TemporaryDirectory(prefix="rc-") as folder:
        socket = Path(folder) / "r"
        process = start_redis(socket)
        try:
            yield f"unix://{socket}"
        finally:
            process.kill()
            process.wait()


def start_redis(socket: Path) -> "subprocess.Popen[bytes]":
    """Start a server that keeps its data beside its socket, and wait until it listens."""
    socket.unlink(missing_ok=True)
    process = subprocess.Popen(redis_command(socket, socket.parent), stdout=subprocess.DEVNULL)
    deadline = time.monotonic() + 10
    while not socket.exists():
        assert time.monotonic() < deadline
        time.sleep(0.01)
    return process


class RedisServer:
    """A server that a test kills and starts again; it keeps its data unless told otherwise."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._process = start_redis(folder / "r")
        self.url = f"unix://{folder / 'r'}"

    def kill(self) -> None:
        """End it at once."""
        self._process.kill()
        self._process.wait()
        (self._folder / "r").unlink(missing_ok=True)

    def start(self, *, empty: bool = False) -> None:
        """Start it again, without its data if `empty`."""
        if empty:
            shutil.rmtree(self._folder / "appendonlydir", ignore_errors=True)
            (self._folder / "dump.rdb").unlink(missing_ok=True)
        self._process = start_redis(self._folder / "r")


@contextlib.contextmanager
def redis_server() -> Iterator[RedisServer]:
    """Start a server; it ends with the context."""
    with tempfile.TemporaryDirectory(prefix="rc-") as folder:
        server = RedisServer(Path(folder))
        try:
            yield server
        finally:
            server.kill()
