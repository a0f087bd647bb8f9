"""The parent of scripts at work: forks children, and ends them, as its owner asks."""

import gc
import os
import select
import signal
import socket

from rc_integrations_plugin.scripting.confinement import missing_filter, tidy_memory
from rc_integrations_plugin.scripting.wire import ANSWER, READY, REQUEST


class Nursery:
    """Forks children and ends them, as the process on the other side of standard input asks."""

    def __init__(self) -> None:
        self._control = socket.socket(fileno=0)
        self._wake_up, self._wake_up_writer = os.pipe()
        self._statuses: dict[int, int | None] = {}
        """The wait status of each child, None while it runs, until it has been asked for."""

    def serve(self) -> int:
        """Obey until the other side hangs up; return, in each child, its end of the pipe."""
        os.set_blocking(self._wake_up_writer, False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(self._wake_up_writer, warn_on_full_buffer=False)
        # What exists now is shared by all children as long as nobody writes to it.
        gc.collect()
        gc.freeze()
        gc.disable()
        tidy_memory()
        self._control.sendall(READY + missing_filter().encode())
        while True:
            readable, _, _ = select.select([self._control.fileno(), self._wake_up], [], [])
            if self._wake_up in readable:
                os.read(self._wake_up, 512)
                self._reap()
            if self._control.fileno() in readable:
                pipe = self._obey()
                if pipe is not None:
                    return pipe

    def _obey(self) -> int | None:
        request, descriptors, _, _ = socket.recv_fds(self._control, REQUEST.size, 1)
        if len(request) < REQUEST.size:
            for pid in list(self._statuses):
                self._end(pid)
            os._exit(0)
        kind, pid = REQUEST.unpack(request)
        if kind == b"k":
            self._control.sendall(ANSWER.pack(self._end(pid)))
            return None
        pid = os.fork()
        if pid == 0:
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            return descriptors[0]
        os.close(descriptors[0])
        self._statuses[pid] = None
        self._control.sendall(ANSWER.pack(pid))
        return None

    def _reap(self) -> None:
        for pid in [pid for pid, status in self._statuses.items() if status is None]:
            ended, status = os.waitpid(pid, os.WNOHANG)
            if ended:
                self._statuses[pid] = status

    def _end(self, pid: int) -> int:
        """Kill a child if it still runs, and return its wait status."""
        status = self._statuses.pop(pid, 0)
        if status is None:
            os.kill(pid, signal.SIGKILL)
            _, status = os.waitpid(pid, 0)
        return status
