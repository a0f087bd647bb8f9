"""Owns the processes that scripts run in, on the side of the web or worker process.

    this process -> the parent of scripts -> one child for each integration

The parent (see `sandbox`) is started with the first script and again if it ends. Each Python
process has its own: after a fork, the inherited one is let go and never used.
"""

import contextlib
import json
import os
import socket
import subprocess
import sys
import threading
import weakref
from collections import OrderedDict
from collections.abc import Callable, Iterator
from time import monotonic

from rc_integrations_plugin.errors import ScriptsUnavailable
from rc_integrations_plugin.scripting.wire import (
    ANSWER,
    HEADER,
    HTTP_PREFIX,
    READY,
    REQUEST,
    length_of,
    pack,
)
from rc_integrations_plugin.settings import Settings

START_SECONDS = 30.0
UTC = "UTC0"
"""The time zone of scripts, as the variable TZ has it."""
# So many threads wait for one script until it is their turn; others soon give up, lest a slow
# script takes all threads of a server from the other integrations.
PATIENT_THREADS = 8
SHORT_PATIENCE = 0.5
# A child ends itself at the limit and says why; after this much more it is killed.
KILL_AFTER = 1.5
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
    ) -> bytearray:
        """Send an order and return the answer; `b"{}"` means that it had idled out before.

        Args:
            order: the order as JSON.
            max_bytes: of one frame of the process.
            seconds: how long it may take, without the HTTP that the script waits for.
            on_http: makes an HTTP call and tells how long that took, unless it refused.

        Raises:
            ProcessEnded: it gave no answer in time, or none that can be read.
        """
        deadline = monotonic() + seconds
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
                deadline += waited
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
        """Tell whether a waiting process has said goodbye or closed its end."""
        self._pipe.settimeout(0)
        self._patience = 0.0
        try:
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
        if not self._is_ready():
            self.close()
            raise ScriptsUnavailable("The process that runs scripts cannot be started")

    def _is_ready(self) -> bool:
        try:
            return self._control.recv(len(READY)) == READY
        except OSError:
            return False

    def spawn(self) -> ScriptProcess:
        """Fork a child that waits for its first order."""
        ours, theirs = socket.socketpair()
        with theirs, self._lock:
            socket.send_fds(self._control, [REQUEST.pack(b"s", 0)], [theirs.fileno()])
            pid = self._answer()
        return ScriptProcess(pid, ours)

    def end(self, process: ScriptProcess) -> int:
        """Kill a child, unless it has ended, and return its wait status."""
        process.close()
        with self._lock:
            self._control.sendall(REQUEST.pack(b"k", process.pid))
            return self._answer()

    def _answer(self) -> int:
        answer = self._control.recv(ANSWER.size)
        if len(answer) < ANSWER.size:
            raise OSError("the parent of scripts has ended")
        number: int = ANSWER.unpack(answer)[0]
        return number

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


class Supervisor:
    """Hands out the process of an integration to one thread at a time."""

    def __init__(self, settings: Settings, *, timezone: str = UTC) -> None:
        self._settings = settings
        self._timezone = timezone
        self._lock = threading.RLock()
        self._parent: ParentOfScripts | None = None
        self._processes: OrderedDict[str, ScriptProcess] = OrderedDict()
        _supervisors.add(self)

    @contextlib.contextmanager
    def process_of(self, integration_id: str) -> Iterator[ScriptProcess]:
        """Lend the process of an integration; a new one has no `version` yet.

        Raises:
            ScriptsUnavailable: none can be had, or others use it for too long.
        """
        patience = 2 * self._settings.script_call_seconds
        while True:
            process = self._find_or_spawn(integration_id)
            if not process.take(seconds=patience):
                raise ScriptsUnavailable("The script of this integration is busy")
            if not process.ended:
                break
            process.lock.release()
        try:
            yield process
        except BaseException:
            self.end(process)
            raise
        finally:
            process.lock.release()

    @contextlib.contextmanager
    def throw_away_process(self) -> Iterator[ScriptProcess]:
        """Lend a process that is used once."""
        process = self._spawn()
        try:
            yield process
        finally:
            self.end(process)

    def end(self, process: ScriptProcess) -> int:
        """Kill a process and forget it; return its wait status."""
        with self._lock:
            for key, known in list(self._processes.items()):
                if known is process:
                    del self._processes[key]
            if process.ended:
                return 0
            process.close()
            try:
                return self._parent.end(process) if self._parent else 0
            except OSError:
                self._drop_parent()
                return 0

    def close(self) -> None:
        """End all processes."""
        with self._lock:
            self._drop_parent()

    def after_fork(self) -> None:
        """Let go of what belongs to the process that this one was forked from."""
        self._lock = threading.RLock()
        for process in self._processes.values():
            process.close()
        self._processes.clear()
        if self._parent:
            self._parent.let_go()
        self._parent = None

    def _find_or_spawn(self, integration_id: str) -> ScriptProcess:
        with self._lock:
            process = self._processes.get(integration_id)
            if process is None:
                self._make_room()
                process = self._processes[integration_id] = self._spawn()
            self._processes.move_to_end(integration_id)
            return process

    def _make_room(self) -> None:
        """End processes that hung up and, of those at rest, the least recently used ones."""
        surplus = len(self._processes) + 1 - self._settings.script_processes
        for process in list(self._processes.values()):
            if not process.lock.acquire(blocking=False):
                continue
            try:
                if surplus > 0 or process.hung_up():
                    self.end(process)
                    surplus -= 1
            finally:
                process.lock.release()

    def _spawn(self) -> ScriptProcess:
        with self._lock:
            for _ in range(2):
                parent = self._parent or ParentOfScripts(self._limits())
                self._parent = parent
                try:
                    return parent.spawn()
                except OSError:
                    self._drop_parent()
        raise ScriptsUnavailable("No process can be had to run the script in")

    def _drop_parent(self) -> None:
        for process in self._processes.values():
            process.close()
        self._processes.clear()
        if self._parent:
            self._parent.close()
        self._parent = None

    def _limits(self) -> dict[str, object]:
        return {
            "memory_mb": self._settings.script_memory_mb,
            "call_seconds": self._settings.script_call_seconds,
            "idle_seconds": self._settings.script_idle_seconds,
            "output_bytes": self._settings.script_output_bytes,
            "http_calls": self._settings.script_http_calls,
            "processor_seconds": self._settings.script_processor_seconds,
            "nesting": self._settings.script_nesting,
            "console_lines": self._settings.script_console_lines,
            "console_bytes": self._settings.script_console_bytes,
            "timezone": self._timezone,
        }


_supervisors: weakref.WeakSet[Supervisor] = weakref.WeakSet()


def _after_fork() -> None:
    for supervisor in list(_supervisors):
        supervisor.after_fork()


os.register_at_fork(after_in_child=_after_fork)
