"""Whether the web server wants to stop, or the page went away: an open stream must not hold it."""

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
    connection = environ.get("gunicorn.socket") or environ.get("werkzeug.socket")
    if type(connection) is not socket.socket:  # nothing to look at, or encrypted
        return False
    try:
        readable, _, _ = select.select([connection], [], [], 0)
        return bool(readable) and connection.recv(1, socket.MSG_PEEK) == b""
    except (OSError, ValueError):
        return True
