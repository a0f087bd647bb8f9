"""The parent of scripts at work: forks children, and ends them, as its owner asks.

When it has had nothing to do for a moment, it forks one in advance, the *spare*, and has it
warm up. The next that is asked for is this one. Where many are asked for at once, they are forked
as they are.
"""

import contextlib
import gc
import os
import select
import signal
import socket
from dataclasses import dataclass

from rc_integrations_plugin.scripting.confinement import missing_filter, tidy_memory
from rc_integrations_plugin.scripting.warm_up import WARM_UP
from rc_integrations_plugin.scripting.wire import (
    ANSWER,
    HEADER,
    NO_CHILD,
    READY,
    REQUEST,
    length_of,
    pack,
)

QUIET_SECONDS = 0.05
"""How long nothing must have been asked for before there is a spare."""


@dataclass
class Spare:
    """A child that waits for its owner to want one."""

    pid: int
    pipe: socket.socket
    """The owner's end."""
    is_ready: bool = False
    """It has warmed up."""


class Nursery:
    """Forks children and ends them, as the process on the other side of standard input asks."""

    def __init__(self) -> None:
        self._control = socket.socket(fileno=0)
        self._wake_up, self._wake_up_writer = os.pipe()
        self._statuses: dict[int, int | None] = {}
        """The wait status of each child, None while it runs, until it has been asked for."""
        self._spare: Spare | None = None
        self._wants_spare = False
        """None is tried again before a child was asked for: it may be one that cannot be had."""
        self.is_spare = False
        """In a child: it was forked in advance."""

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
            readable = self._wait()
            if self._spare and self._spare.pipe in readable:
                self._end_warm_up(self._spare)
            if self._wake_up in readable:
                os.read(self._wake_up, 512)
                self._reap()
            pipe = None
            if self._control in readable:
                pipe = self._obey()
            elif not readable:
                pipe = self._fork_spare()
            if pipe is not None:
                return pipe

    def _wait(self) -> list[socket.socket | int]:
        """Return what can be read: nothing if it is time for a spare."""
        sources: list[socket.socket | int] = [self._control, self._wake_up]
        if self._spare and not self._spare.is_ready:
            sources.append(self._spare.pipe)
        is_due = self._wants_spare and not self._spare
        return select.select(sources, [], [], QUIET_SECONDS if is_due else None)[0]

    def _obey(self) -> int | None:
        request = self._control.recv(REQUEST.size)
        if len(request) < REQUEST.size:
            for pid in list(self._statuses):
                self._end(pid)
            os._exit(0)
        kind, pid = REQUEST.unpack(request)
        if kind == b"k":
            self._control.sendall(ANSWER.pack(self._end(pid)))
            return None
        self._wants_spare = True
        spare = self._take_spare()
        try:
            pid, pipe = (spare.pid, spare.pipe) if spare else self._fork()
        except OSError:  # too many processes or descriptors, or no memory
            self._control.sendall(ANSWER.pack(NO_CHILD))
            return None
        if pid == 0:
            return pipe.detach()
        with pipe:
            socket.send_fds(self._control, [ANSWER.pack(pid)], [pipe.fileno()])
        return None

    def _fork(self) -> tuple[int, socket.socket]:
        """Return the child's id and the owner's end of its pipe; in the child, 0 and its end."""
        ours, theirs = socket.socketpair()
        pid = os.fork()
        if pid == 0:
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            # Number 0 will be the pipe, which an object forgotten later would take along.
            self._control.close()
            return 0, theirs
        theirs.close()
        self._statuses[pid] = None
        return pid, ours

    def _fork_spare(self) -> int | None:
        """Fork the spare; return its end of the pipe in the child, else None."""
        self._wants_spare = False
        try:
            pid, pipe = self._fork()
        except OSError:  # as above
            return None
        if pid == 0:
            self.is_spare = True
            return pipe.detach()
        self._spare = Spare(pid, pipe)
        with contextlib.suppress(OSError):  # it has ended, which reading its answer tells
            pipe.sendall(pack(WARM_UP))
        return None

    def _end_warm_up(self, spare: Spare) -> None:
        """Read what the spare made of the order, and forget it, or the spare, if it has ended."""
        with contextlib.suppress(OSError):
            spare.is_ready = _skip_frame(spare.pipe)
        if not spare.is_ready:
            self._lose(spare)

    def _take_spare(self) -> Spare | None:
        """Return the spare, which is the owner's from now on, or None if there is none ready."""
        spare = self._spare
        if spare is None or not spare.is_ready:
            return None
        self._reap()
        if self._statuses[spare.pid] is not None:
            self._lose(spare)
            return None
        self._spare = None
        return spare

    def _lose(self, spare: Spare) -> None:
        spare.pipe.close()
        self._end(spare.pid)
        self._spare = None

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


def _skip_frame(pipe: socket.socket) -> bool:
    """Read a frame; return False if the other side hung up before its end."""
    header = pipe.recv(HEADER.size, socket.MSG_WAITALL)
    if len(header) < HEADER.size:
        return False
    left = length_of(header)
    while left and (part := pipe.recv(left)):
        left -= len(part)
    return not left
