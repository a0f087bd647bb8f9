"""The parent of scripts, as the process that started it sees it."""

import json
import logging
import os
import socket
import subprocess
import sys
import threading
from functools import cache

from rc_integrations_plugin.errors import ScriptsUnavailable
from rc_integrations_plugin.scripting.processes import ScriptProcess
from rc_integrations_plugin.scripting.wire import ANSWER, LONGEST_GREETING, READY, REQUEST

START_SECONDS = 30.0
# At once, where the system can: another thread may start a program in between.
_NOT_INHERITED = getattr(socket, "MSG_CMSG_CLOEXEC", 0)

NONE_TO_BE_HAD = "No process can be had to run the script in"

logger = logging.getLogger(__name__)


class ParentOfScripts:
    """The warmed-up process whose children run scripts."""

    def __init__(self, limits: dict[str, object]) -> None:
        self.owner = os.getpid()
        self._lock = threading.Lock()
        self._control, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(  # noqa: S603 - our own module
                [
                    sys.executable,
                    "-I",
                    "-m",
                    "rc_integrations_plugin.scripting.sandbox",
                    json.dumps(limits),
                ],
                stdin=theirs.fileno(),
                stdout=subprocess.DEVNULL,
                env={},
                close_fds=True,
            )
        self._control.settimeout(START_SECONDS)
        greeting = self._greeting()
        if not greeting.startswith(READY):
            self.close()
            raise ScriptsUnavailable("The process that runs scripts cannot be started")
        if missing := greeting.removeprefix(READY).decode():
            warn_once(missing)

    def _greeting(self) -> bytes:
        try:
            return self._control.recv(LONGEST_GREETING)
        except OSError:
            return b""

    def spawn(self) -> ScriptProcess:
        """Fork a child that waits for its first order.

        Raises:
            OSError: the parent of scripts has ended.
            ScriptsUnavailable: there are too many processes or open files, or no memory.
        """
        with self._lock:
            self._control.sendall(REQUEST.pack(b"s", 0))
            answer, descriptors, _, _ = socket.recv_fds(
                self._control, ANSWER.size, 1, flags=_NOT_INHERITED
            )
        pid = _number(answer)
        if not descriptors:
            raise ScriptsUnavailable(NONE_TO_BE_HAD)
        os.set_inheritable(descriptors[0], False)  # noqa: FBT003 - it takes no keywords
        return ScriptProcess(pid, socket.socket(fileno=descriptors[0]))

    def end(self, process: ScriptProcess) -> int:
        """Kill a child, unless it has ended, and return its wait status."""
        process.close()
        with self._lock:
            self._control.sendall(REQUEST.pack(b"k", process.pid))
            return self._answer()

    def _answer(self) -> int:
        return _number(self._control.recv(ANSWER.size))

    def close(self) -> None:
        """End it and all its children."""
        self._control.close()
        try:
            self._process.wait(timeout=2)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def let_go(self) -> None:
        """Forget it, in a fork of its owner, without touching it."""
        self._control.close()
        # Not our child, so there is nothing to wait for.
        self._process.returncode = 0


def _number(answer: bytes) -> int:
    if len(answer) < ANSWER.size:
        raise OSError("the parent of scripts has ended")
    number: int = ANSWER.unpack(answer)[0]
    return number


@cache
def warn_once(missing: str) -> None:
    """Tell whoever runs the server, once in each process, what does not confine scripts here."""
    logger.warning(
        "Scripts run without the filter of system calls, one of the layers that confine them: %s."
        " The others hold; docs/scripts.md, How scripts are kept apart.",
        missing,
    )
