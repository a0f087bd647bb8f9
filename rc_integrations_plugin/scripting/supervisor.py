"""Owns the processes that scripts run in, on the side of the web or worker process.

    this process -> the parent of scripts -> one child for each integration

The parent (see `sandbox`) is started with the first script and again if it ends. Each Python
process has its own: after a fork, the inherited one is let go and never used.
"""

import contextlib
import os
import threading
import weakref
from collections import OrderedDict
from collections.abc import Iterator

from rc_integrations_plugin.errors import ScriptsUnavailable
from rc_integrations_plugin.scripting.parent import NONE_TO_BE_HAD, ParentOfScripts
from rc_integrations_plugin.scripting.processes import ScriptProcess
from rc_integrations_plugin.settings import Settings

UTC = "UTC0"
"""The time zone of scripts, as the variable TZ has it."""


class Supervisor:
    """Hands out the process of an integration to one thread at a time."""

    def __init__(self, settings: Settings, *, timezone: str = UTC) -> None:
        self._settings = settings
        self._timezone = timezone
        self._lock = threading.RLock()
        self._parent: ParentOfScripts | None = None
        self._processes: OrderedDict[str, ScriptProcess] = OrderedDict()
        self._closed = False
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

    def spawn_apart(self) -> ScriptProcess:
        """Return a process that is no integration's; whoever gets it ends it.

        Raises:
            ScriptsUnavailable: none can be had.
        """
        return self._spawn()

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
        """End all processes; there are none any more, also for a thread that comes too late."""
        with self._lock:
            self._closed = True
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
            if self._closed:
                raise ScriptsUnavailable("The server is ending")
            for _ in range(2):
                parent = self._parent or ParentOfScripts(self._limits())
                self._parent = parent
                try:
                    return parent.spawn()
                except OSError:
                    self._drop_parent()
        raise ScriptsUnavailable(NONE_TO_BE_HAD)

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


class SupervisorApart(Supervisor):
    """Hands out processes beside those of another one: they count among none, and end none."""

    def __init__(self, settings: Settings, *, of: Supervisor) -> None:
        super().__init__(settings)
        self._of = of

    def end(self, process: ScriptProcess) -> int:
        """Kill a process and forget it; return its wait status."""
        with self._lock:
            self._processes = OrderedDict(
                (key, known) for key, known in self._processes.items() if known is not process
            )
        return self._of.end(process)

    def close(self) -> None:
        """End its processes."""
        for process in list(self._processes.values()):
            self.end(process)

    def _spawn(self) -> ScriptProcess:
        return self._of.spawn_apart()


_supervisors: weakref.WeakSet[Supervisor] = weakref.WeakSet()


def _after_fork() -> None:
    for supervisor in list(_supervisors):
        supervisor.after_fork()


os.register_at_fork(after_in_child=_after_fork)
