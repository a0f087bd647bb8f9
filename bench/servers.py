"""Starting the servers that are measured, each with a fresh database."""

import contextlib
import http.client
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path


@contextlib.contextmanager
def gunicorn(factory: str, folder: Path, options: list[str]) -> Iterator[str]:
    """Serve an app factory by gunicorn while the block runs; give its address."""
    port = _free_port()
    environment = os.environ | {"BENCH_DATABASE": f"sqlite:///{folder / 'bench.db'}"}
    process = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", "-b", f"127.0.0.1:{port}", *options, factory],
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _await(port, process)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(20)


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    return port


def _await(port: int, process: "subprocess.Popen[bytes]") -> None:
    for _ in range(200):
        time.sleep(0.1)
        if process.poll() is not None:
            raise RuntimeError("the server ended at once")
        with contextlib.suppress(OSError):
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            connection.request("GET", "/")
            connection.getresponse().read()
            return
    raise RuntimeError("the server does not answer")
