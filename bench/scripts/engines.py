"""What is compared: this package's runner, and Node.js children that are told the same.

All take an argument as Python data and give the result as Python data, over one socket each.
"""

import socket
import struct
import subprocess
from collections import OrderedDict
from pathlib import Path
from time import monotonic, sleep
from typing import Any, Protocol

import orjson

from bench.scripts.node import CHILD, Node
from rc_integrations_plugin.scripting.protocol import Script
from rc_integrations_plugin.scripting.runner import ProcessScriptRunner
from rc_integrations_plugin.settings import Settings

LENGTH = struct.Struct(">I")
KEPT = 64
"""How many scripts stay loaded, in all engines."""


class Engine(Protocol):
    """Runs scripts and keeps their instances."""

    name: str

    def save(self, source: str) -> None:
        """Do what can be done when an operator saves a script, before it is first called."""

    def add(self, script_id: str) -> None:
        """Make the place where a script will live, so that it waits."""

    def call(self, script_id: str, source: str, method: str, argument: Any) -> Any:
        """Call a method, after loading the script where it is not loaded."""

    def processor_ms(self, script_id: str) -> float:
        """Return how much processor time the process in which a script lives has used."""

    def private_bytes(self) -> int:
        """Return how much memory the places and what is around them take for themselves."""

    def close(self) -> None:
        """End all processes."""


class Ours:
    """The runner that servers use, with its default settings."""

    name = "ours"

    def __init__(self) -> None:
        self._runner = ProcessScriptRunner(Settings(script_processes=KEPT))
        # A waiting process is the supervisor's affair: no server asks for one without a script.
        self._supervisor = self._runner._supervisor  # noqa: SLF001
        self._waiting: list[int] = []
        self._compiled: dict[str, str] = {}

    def save(self, source: str) -> None:
        """Rewrite the script, as saving an integration does."""
        self._compiled[source] = self._runner.review(source).compiled

    def add(self, script_id: str) -> None:
        """Have a process wait as on a server that had nothing to do for a moment."""
        sleep(0.1)
        with self._supervisor.process_of(script_id) as process:
            self._waiting.append(process.pid)
        deadline = monotonic() + 5
        while not _is_asleep(process.pid):
            assert monotonic() < deadline, "the process does not come to rest"

    def call(self, script_id: str, source: str, method: str, argument: Any) -> Any:
        """Call as a server does."""
        script = Script(
            integration_id=script_id,
            name=script_id,
            version="1",
            source=source,
            compiled=self._compiled.get(source, ""),
        )
        run = self._runner.call(script, method, argument)
        assert run.fault is None, run.fault
        return run.value

    def processor_ms(self, script_id: str) -> float:
        """Ask the kernel about the script's own process, if there is one by now."""
        process = self._supervisor._processes.get(script_id)  # noqa: SLF001
        return processor_ms_of(process.pid) if process else 0.0

    def private_bytes(self) -> int:
        """Add up the processes that were made to wait."""
        return sum(map(private_bytes_of, self._waiting))

    def close(self) -> None:
        """End all processes."""
        self._runner.close()


class InNode:
    """One Node.js child that keeps every script in a context of `vm` or an isolate of its own."""

    def __init__(self, kind: str, node: Node) -> None:
        self.name = kind
        self._socket, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(
                # As isolated-vm's documentation has it for Node.js 20.
                [node.program, "--no-node-snapshot", "--expose-gc", CHILD, kind],
                stdin=theirs.fileno(),
                stdout=subprocess.DEVNULL,
                env={"NODE_PATH": str(node.modules / "node_modules")},
            )
        assert self._receive() == "ready"
        self._loaded: OrderedDict[str, bool] = OrderedDict()

    def save(self, source: str) -> None:
        """Do nothing: V8 compiles by itself."""

    def add(self, script_id: str) -> None:
        """Make a context or an isolate, and end the one that was not used for longest."""
        if len(self._loaded) == KEPT:
            oldest, _ = self._loaded.popitem(last=False)
            self._exchange({"op": "drop", "id": oldest})
        self._exchange({"op": "add", "id": script_id})
        self._loaded[script_id] = False

    def call(self, script_id: str, source: str, method: str, argument: Any) -> Any:
        """Call; the source goes with the first call."""
        if script_id not in self._loaded:
            self.add(script_id)
        order = {"op": "call", "id": script_id, "method": method}
        if not self._loaded[script_id]:
            order["source"] = source
            self._loaded[script_id] = True
        self._loaded.move_to_end(script_id)
        return self._exchange(order, argument)

    def processor_ms(self, script_id: str) -> float:  # noqa: ARG002 - all scripts share one
        """Ask the kernel about the child."""
        return processor_ms_of(self._process.pid)

    def private_bytes(self) -> int:
        """Ask the kernel about the child, after its garbage was collected."""
        self._exchange({"op": "collect"})
        return private_bytes_of(self._process.pid)

    def close(self) -> None:
        """Hang up, upon which the child ends."""
        self._socket.close()
        self._process.wait(10)

    def _exchange(self, order: dict[str, str], argument: Any = None) -> Any:
        payload = orjson.dumps(order) + b"\n" + orjson.dumps(argument)
        self._socket.sendall(LENGTH.pack(len(payload)) + payload)
        return self._receive()

    def _receive(self) -> Any:
        return orjson.loads(self._read(*LENGTH.unpack(self._read(LENGTH.size))))

    def _read(self, size: int) -> bytes:
        chunks = bytearray()
        while len(chunks) < size:
            chunk = self._socket.recv(min(size - len(chunks), 1024 * 1024))
            assert chunk, f"{self.name} ended"
            chunks += chunk
        return bytes(chunks)


def _is_asleep(pid: int) -> bool:
    return Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].startswith("S")


def processor_ms_of(pid: int) -> float:
    """Return how much processor time all threads of a process have used."""
    spent = Path(f"/proc/{pid}/task").glob("*/schedstat")
    return sum(int(path.read_text().split()[0]) for path in spent) / 1e6


def private_bytes_of(pid: int) -> int:
    """Return what a process has in memory that it shares with no other."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    sizes = [int(line.split()[1]) for line in lines if line.startswith("Private_")]
    return sum(sizes) * 1024
