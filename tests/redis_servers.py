"""A real Redis-compatible server on a socket of its own, for tests."""

import contextlib
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
