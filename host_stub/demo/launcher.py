"""Starts the three servers of a demo in order, watches them, and ends them together."""

import contextlib
import secrets
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from host_stub.demo import servers
from host_stub.demo.errors import DemoBroke
from host_stub.demo.folder import DataFolder, Memory, open_folder, short_socket_path
from host_stub.demo.integrations import add_integrations
from host_stub.demo.names import ADMIN
from host_stub.demo.processes import Processes
from host_stub.demo.report import report
from host_stub.demo.rest import RestClient
from host_stub.demo.wakeups import Wakeups

_START_SECONDS = 30
_POLL_SECONDS = 0.05
_WATCH_SECONDS = 60.0


@dataclass(frozen=True, kw_only=True)
class Options:
    """What the command line says."""

    port: int
    host: str
    data: Path
    reset: bool
    admin_password: str | None


class StopAsked(Exception):
    """The user ended the demo before it was up."""


def run_demo(options: Options, *, tell: Callable[[str], object]) -> None:
    """Run a demo until Ctrl-C or SIGTERM.

    Raises:
        CannotStart: something that was asked for cannot be had.
        DemoBroke: one of the servers failed.
    """
    with contextlib.ExitStack() as stack:
        folder = stack.enter_context(open_folder(options.data, reset=options.reset))
        memory = _remember_password(folder, options.admin_password)
        listener = stack.enter_context(servers.listen(options.host, options.port))
        socket_path, scratch = stack.enter_context(short_socket_path(folder))
        wakeups = stack.enter_context(Wakeups())
        processes = Processes(folder.logs, lock=folder.lock, scratch=scratch)
        stack.callback(processes.stop, wakeups, last=servers.REDIS)
        launch = _Launch(folder, memory, processes, wakeups)
        with contextlib.suppress(StopAsked):
            launch.start_redis(socket_path)
            address = launch.start_servers(listener, socket_path)
            tell(report(address, memory, data=folder.path))
            launch.watch()


def _remember_password(folder: DataFolder, given: str | None) -> Memory:
    memory = folder.read_memory()
    memory.admin_password = given or memory.admin_password or secrets.token_urlsafe(12)
    folder.write_memory(memory)
    return memory


@dataclass(frozen=True)
class _Launch:
    folder: DataFolder
    memory: Memory
    processes: Processes
    wakeups: Wakeups

    def start_redis(self, socket_path: Path) -> None:
        """Start Redis and wait until it can be reached."""
        socket_path.unlink(missing_ok=True)
        command = servers.redis_command(socket_path, self.folder.redis)
        self.processes.start(servers.REDIS, command)
        self._wait_for(servers.REDIS, lambda: _accepts(socket_path))

    def start_servers(self, listener: socket.socket, socket_path: Path) -> str:
        """Start the web server, fill the chat, start the worker; return the address."""
        address = servers.web_address(listener)
        config = self.folder.write_config(self._config(address, socket_path))
        command = servers.web_command(listener, config)
        self.processes.start(servers.WEB, command, pass_fds=[listener.fileno()])
        listener.close()
        client = RestClient(address)
        self._wait_for(servers.WEB, client.is_ready)
        self.processes.start(servers.WORKER, servers.worker_command(config))
        client.log_in(ADMIN, self.memory.admin_password)
        add_integrations(client, self.memory)
        self.folder.write_memory(self.memory)
        return address

    def watch(self) -> None:
        """Return when a signal asks for the end.

        Raises:
            DemoBroke: a server ended by itself.
        """
        while not self.wakeups.stop_requested:
            self._raise_if_ended()
            self.wakeups.wait(_WATCH_SECONDS)

    def _config(self, address: str, socket_path: Path) -> dict[str, Any]:
        return {
            "admin_password": self.memory.admin_password,
            "app": {
                "HOST_STUB_DATA": str(self.folder.path),
                "HOST_STUB_SITE_URL": address,
                # scripts may call what runs beside the demo; a server that others use must not
                "RC_INTEGRATIONS_ALLOWED_NETWORKS": ["127.0.0.0/8", "::1/128"],
                "RC_INTEGRATIONS_REDIS_URL": f"unix://{quote(str(socket_path))}",
            },
        }

    def _wait_for(self, name: str, is_ready: Callable[[], bool]) -> None:
        deadline = time.monotonic() + _START_SECONDS
        while time.monotonic() < deadline:
            if is_ready():
                return
            self.wakeups.wait(_POLL_SECONDS)
            if self.wakeups.stop_requested:
                raise StopAsked
            self._raise_if_ended()
        log = self.processes.log_of(name)
        raise DemoBroke(f"The {name} does not answer after {_START_SECONDS} s; see {log}")

    def _raise_if_ended(self) -> None:
        ended = self.processes.find_ended()
        if ended is not None:
            raise DemoBroke(ended)


def _accepts(socket_path: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as probe:
        try:
            probe.connect(str(socket_path))
        except OSError:
            return False
        return True
