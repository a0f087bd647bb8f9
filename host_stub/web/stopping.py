"""Whether the web server wants to stop, or the page went away: an open stream must not hold it."""

import contextlib
import select
import signal
import socket
import threading
from collections.abc import Mapping
from typing import Any


def server_is_stopping() -> bool:
    """Return whether this process is about to end."""
    # gunicorn tells no request that its worker stops, but its signal handler is a method of it
    worker = getattr(signal.getsignal(signal.SIGTERM), "__self__", None)
    return getattr(worker, "alive", True) is False or not threading.main_thread().is_alive()


def client_is_gone(environ: Mapping[str, Any]) -> bool:
    """Return whether the browser has closed the connection, where the server lets us look."""
    connection = _connection(environ)
    if connection is None:
        return False
    try:
        readable, _, _ = select.select([connection], [], [], 0)
        return bool(readable) and connection.recv(1, socket.MSG_PEEK) == b""
    except (OSError, ValueError):
        return True


def refuse_more_requests(environ: Mapping[str, Any]) -> None:
    """Let the connection end with this answer: a stopping server would wait for another request."""
    connection = _connection(environ)
    if connection is not None:
        with contextlib.suppress(OSError):
            connection.shutdown(socket.SHUT_RD)


def _connection(environ: Mapping[str, Any]) -> socket.socket | None:
    """Return the connection, unless the server hides it or it is encrypted."""
    connection = environ.get("gunicorn.socket") or environ.get("werkzeug.socket")
    return connection if type(connection) is socket.socket else None
