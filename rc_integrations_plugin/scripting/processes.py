"""A script's process, as the web or worker process sees it: a pipe, with one order at a time."""

import socket
import threading
from collections.abc import Callable
from math import inf
from time import monotonic

from rc_integrations_plugin.scripting.wire import HEADER, HTTP_PREFIX, length_of, pack

# So many threads wait for one script until it is their turn; others soon give up, lest a slow
# script takes all threads of a server from the other integrations.
PATIENT_THREADS = 8
SHORT_PATIENCE = 0.5
# The result, its console and some words around them.
FRAME_OVERHEAD = 1024 * 1024
RECEIVED_AT_ONCE = 16 * 1024


class ProcessEnded(Exception):
    """A script's process ended, or was ended, before it answered."""

    def __init__(self, *, by_timeout: bool = False, at_rest: bool = False) -> None:
        super().__init__("the script's process ended")
        self.by_timeout = by_timeout
        self.at_rest = at_rest
        """It had ended before it read the order, after it had answered others."""


class ScriptProcess:
    """One child: its pipe, and which script it holds."""

    def __init__(self, pid: int, pipe: socket.socket) -> None:
        self.pid = pid
        self.lock = threading.Lock()
        self.version: str | None = None
        self.ended = False
        self._pipe = pipe
        self._received = bytearray()
        self._patience = 0.0
        self._has_answered = False
        self._waiting = 0
        self._waiting_lock = threading.Lock()

    def take(self, *, seconds: float) -> bool:
        """Wait for it for so long, or less where many others do; return False if in vain."""
        if self.lock.acquire(blocking=False):
            return True
        with self._waiting_lock:
            self._waiting += 1
            is_late = self._waiting > PATIENT_THREADS
        try:
            return self.lock.acquire(timeout=min(seconds, SHORT_PATIENCE) if is_late else seconds)
        finally:
            with self._waiting_lock:
                self._waiting -= 1

    def exchange(
        self,
        order: bytes,
        *,
        seconds: float,
        max_bytes: int,
        on_http: Callable[[bytearray], tuple[bytes, float]],
        latest: float = inf,
    ) -> bytearray:
        """Send an order and return the answer; `b"{}"` means that it had idled out before.

        Args:
            order: the order as JSON.
            max_bytes: of one frame of the process.
            seconds: how long it may take, without the HTTP that the script waits for.
            on_http: makes an HTTP call and tells how long that took, unless it refused.
            latest: the monotonic time when it must be over, HTTP or not.

        Raises:
            ProcessEnded: it gave no answer in time, or none that can be read.
        """
        deadline = min(monotonic() + seconds, latest)
        has_begun = False
        try:
            self._send(order, deadline)
            while True:
                frame = self._receive(max_bytes, deadline)
                has_begun = True
                if not frame.startswith(HTTP_PREFIX):
                    if self._received:
                        # What it says beyond its answer would be taken for the next one.
                        raise ProcessEnded
                    self._has_answered = True
                    return frame
                answer, waited = on_http(frame)
                deadline = min(deadline + waited, latest)
                self._send(answer, deadline)
        except TimeoutError:
            raise ProcessEnded(by_timeout=True) from None
        except OSError:
            # It may have said goodbye before it closed its end.
            return self._farewell(at_rest=self._has_answered and not has_begun)

    def _send(self, payload: bytes, deadline: float) -> None:
        self._wait_until(deadline)
        self._pipe.sendall(pack(payload))

    def _receive(self, max_bytes: int, deadline: float) -> bytearray:
        self._receive_at_least(HEADER.size, deadline)
        size = length_of(bytes(self._received[: HEADER.size]))
        if size > max_bytes:
            raise ProcessEnded
        end = HEADER.size + size
        self._receive_at_least(end, deadline)
        # What follows is usually nothing; cutting off both ends copies nothing.
        frame, self._received = self._received, self._received[end:]
        del frame[end:], frame[: HEADER.size]
        return frame

    def _farewell(self, *, at_rest: bool) -> bytearray:
        try:
            return self._receive(FRAME_OVERHEAD, monotonic() + 1)
        except (OSError, ProcessEnded):
            raise ProcessEnded(at_rest=at_rest) from None

    def _receive_at_least(self, size: int, deadline: float) -> None:
        while len(self._received) < size:
            self._wait_until(deadline)
            chunk = self._pipe.recv(max(size - len(self._received), RECEIVED_AT_ONCE))
            if not chunk:
                raise ProcessEnded
            self._received += chunk

    def _wait_until(self, deadline: float) -> None:
        """Have the pipe wait for so long; a system call, so only if it makes a difference."""
        seconds = deadline - monotonic()
        if seconds <= 0:
            raise TimeoutError
        if not seconds <= self._patience < seconds + 0.02:
            self._pipe.settimeout(seconds)
            self._patience = seconds

    def hung_up(self) -> bool:
        """Tell whether a waiting process has said goodbye or closed its end, or ours is closed."""
        self._patience = 0.0
        try:
            self._pipe.settimeout(0)
            self._pipe.recv(1, socket.MSG_PEEK)
        except BlockingIOError:
            return False
        except OSError:
            return True
        return True

    def close(self) -> None:
        """Close the pipe, upon which the process ends itself once it waits."""
        self.ended = True
        self._pipe.close()
