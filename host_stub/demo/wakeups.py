"""Waiting for a signal or the end of a child, whichever comes first."""

import select
import signal
import socket
from types import FrameType, TracebackType
from typing import Any, Self

_STOP = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Wakeups:
    """Notes the signals that ask for an end; a context that puts the old handlers back."""

    def __init__(self) -> None:
        self.stop_requested = False
        self._reader, self._writer = socket.socketpair()
        self._reader.settimeout(0)
        self._writer.settimeout(0)
        self._before: dict[signal.Signals, Any] = {}
        self._fd_before = -1

    def __enter__(self) -> Self:
        self._fd_before = signal.set_wakeup_fd(self._writer.fileno(), warn_on_full_buffer=False)
        for number in _STOP:
            self._before[number] = signal.signal(number, self._request_stop)
        self._before[signal.SIGCHLD] = signal.signal(signal.SIGCHLD, _do_nothing)
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)
        signal.set_wakeup_fd(self._fd_before)
        self._reader.close()
        self._writer.close()

    def wait(self, seconds: float) -> None:
        """Return when a signal arrives (a child's end is one too), or after so many seconds."""
        select.select([self._reader], [], [], seconds)
        try:
            while self._reader.recv(64):
                pass
        except BlockingIOError:
            pass

    def _request_stop(self, _number: int, _frame: FrameType | None) -> None:
        self.stop_requested = True


def _do_nothing(_number: int, _frame: FrameType | None) -> None:
    """Handle SIGCHLD, which unhandled would not wake anyone."""
