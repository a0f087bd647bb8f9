"""Starts the servers of a demo in order, watches them, and ends them together."""

import base64
import contextlib
import secrets
import socket
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from host_stub.demo import servers
from host_stub.demo.errors import DemoBroke
from host_stub.demo.folder import DataFolder, Memory, Receiver, open_folder, short_socket_path
from host_stub.demo.integrations import add_integrations
from host_stub.demo.names import ADMIN
from host_stub.demo.outgoing import add_outgoing_integrations
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
        receiver = stack.enter_context(servers.listen_here(memory.receiver.port))
        socket_path, scratch = stack.enter_context(short_socket_path(folder))
        wakeups = stack.enter_context(Wakeups())
        processes = Processes(folder.logs, lock=folder.lock, scratch=scratch)
        stack.callback(processes.stop, wakeups, last=servers.REDIS)
        launch = _Launch(folder, memory, processes, wakeups)
        with contextlib.suppress(StopAsked):
            launch.start_redis(socket_path)
            address = launch.start_servers(listener, receiver, socket_path)
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

    def start_servers(
        self, listener: socket.socket, receiver: socket.socket, socket_path: Path
    ) -> str:
        """Start the web server, fill the chat, start worker and receiver; return the address."""
        address = servers.web_address(listener)
        old_url = _meet(self.memory.receiver, port=receiver.getsockname()[1])
        config = self.folder.write_config(self._config(address, socket_path))
        self._serve(servers.WEB, servers.web_command(listener, config), listener)
        client = RestClient(address)
        self._wait_for(servers.WEB, client.is_ready)
        self.processes.start(servers.WORKER, servers.worker_command(config))
        self._serve(servers.RECEIVER, servers.receiver_command(receiver, config), receiver)
        client.log_in(ADMIN, self.memory.admin_password)
        add_integrations(client, self.memory)
        add_outgoing_integrations(client, self.memory, old_url=old_url)
        self.folder.write_memory(self.memory)
        return address

    def _serve(self, name: str, command: Sequence[str], listener: socket.socket) -> None:
        """Start a server that takes over a socket."""
        self.processes.start(name, command, pass_fds=[listener.fileno()])
        listener.close()

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
            "receiver": {
                "token": self.memory.receiver.token,
                "signing_secret": self.memory.receiver.signing_secret,
            },
            "app": {
                "HOST_STUB_DATA": str(self.folder.path),
                "HOST_STUB_SITE_URL": address,
                # integrations may call what runs beside the demo; on a server that others use they
                # must not
                "RC_INTEGRATIONS_ALLOWED_NETWORKS": ["127.0.0.0/8", "::1/128"],
                "RC_INTEGRATIONS_LOGIN_URL": "/login?next={next}",
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


def _meet(receiver: Receiver, *, port: int) -> str:
    """Let the receiver have the port, and secrets if it has none; return where it listened."""
    old_url = receiver.url
    receiver.port = port
    receiver.token = receiver.token or secrets.token_urlsafe(18)
    if not receiver.signing_secret:
        key = base64.b64encode(secrets.token_bytes(32)).decode()
        receiver.signing_secret = f"whsec_{key}"
    return old_url


def _accepts(socket_path: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as probe:
        try:
            probe.connect(str(socket_path))
        except OSError:
            return False
        return True
