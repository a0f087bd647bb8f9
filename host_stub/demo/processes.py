"""The child processes of a demo: started, watched, and ended together."""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import IO

from host_stub.demo import guard
from host_stub.demo.wakeups import Wakeups

_SERVERS_SECONDS = 1.2
_STORE_SECONDS = 0.6
_PR_SET_CHILD_SUBREAPER = 36


class Processes:
    """Processes in a group of their own, so that Ctrl-C in a terminal reaches only the launcher.

    The group's leader is the guard, which ends the others when the launcher dies.
    """

    def __init__(self, logs: Path, *, lock: int, scratch: Path | None) -> None:
        """Start the guard.

        Args:
            logs: where each process gets a log file.
            lock: descriptor that the guard keeps open until the last process is gone.
            scratch: a folder that the guard deletes if it has to end the group.
        """
        _adopt_orphans()
        self._logs = logs
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        self._guard = subprocess.Popen(  # noqa: S603 -- our own file
            [sys.executable, "-I", guard.__file__, str(scratch or "")],
            stdin=subprocess.PIPE,
            pass_fds=[lock],
            process_group=0,
        )
        self._running["guard"] = self._guard

    def start(self, name: str, command: Sequence[str], *, pass_fds: Sequence[int] = ()) -> None:
        """Start a process whose output goes into its log file.

        Raises:
            OSError: its program cannot be run.
        """
        with self._open_log(name) as log:
            self._running[name] = subprocess.Popen(  # noqa: S603 -- commands are built by us
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                pass_fds=pass_fds,
                process_group=self._guard.pid,
            )

    def find_ended(self) -> str | None:
        """Return a sentence about a process that ended by itself, or None."""
        for name, process in self._running.items():
            status = process.poll()
            if status is not None:
                return f"The {name} ended by itself ({_ending(status)}); see {self.log_of(name)}"
        return None

    def log_of(self, name: str) -> Path:
        """Return the log file of a process."""
        return self._logs / f"{name.replace(' ', '-')}.log"

    def stop(self, wakeups: Wakeups, *, last: str) -> None:
        """End all: politely, then by force; `last` goes when the others are gone."""
        others = [process for name, process in self._running.items() if name not in {last, "guard"}]
        _terminate(others)
        _wait_for(others, wakeups, seconds=_SERVERS_SECONDS)
        stores = [process for name, process in self._running.items() if name == last]
        _terminate(stores)
        _wait_for(stores, wakeups, seconds=_STORE_SECONDS)
        # whatever is left, and the children that someone left behind
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._guard.pid, signal.SIGKILL)
        for process in self._running.values():
            process.wait()
        _reap_group(self._guard.pid)
        if self._guard.stdin:
            self._guard.stdin.close()

    def _open_log(self, name: str) -> IO[bytes]:
        return self.log_of(name).open("wb")


def _adopt_orphans() -> None:
    """Become the parent of grandchildren whose parents end, so that none stays as a zombie.

    Only Linux has this; elsewhere init takes them.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def _reap_group(group: int) -> None:
    with contextlib.suppress(ChildProcessError):
        while True:
            os.waitpid(-group, 0)


def _terminate(processes: Sequence[subprocess.Popen[bytes]]) -> None:
    for process in processes:
        process.terminate()


def _wait_for(
    processes: Sequence[subprocess.Popen[bytes]], wakeups: Wakeups, *, seconds: float
) -> None:
    deadline = time.monotonic() + seconds
    while any(process.poll() is None for process in processes):
        left = deadline - time.monotonic()
        if left <= 0:
            return
        wakeups.wait(left)


def _ending(status: int) -> str:
    return f"exit status {status}" if status >= 0 else f"signal {-status}"
