"""The process that runs JavaScript. Nothing else in the package may import dukpy.

`python -I -m rc_integrations_plugin.scripting.sandbox` is the *parent of scripts*: it loads the
engine and the libraries once and then forks a child whenever the process that started it asks for
one. A child closes everything but its pipe, confines itself and obeys orders until the pipe closes.

The parent's standard input is a Unix socket. A request is one byte and a process id: `s` asks for a
child and is answered with its id, the other end of its pipe attached; `k` kills a child (or learns
that it ended) and is answered with its wait status.
"""

import base64
import json
import math
import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any, NoReturn

from dukpy import _dukpy

from rc_integrations_plugin.scripting.confinement import (
    MEGABYTE,
    build_call_filter,
    confine,
    keep_only,
    limit_processor_time,
    memory_peak,
)
from rc_integrations_plugin.scripting.console import ConsoleLines
from rc_integrations_plugin.scripting.nursery import Nursery
from rc_integrations_plugin.scripting.pipe_end import read_frame, write
from rc_integrations_plugin.scripting.warm_up import WARM_UP
from rc_integrations_plugin.scripting.wire import (
    CALL_PREFIX,
    HTTP_PREFIX,
    READING_CALLS,
    pack,
)
from rc_integrations_plugin.scripting.zones import Zones

LOOK_EVERY = 0.1
"""How often, in seconds, the limits of a running script are looked at."""
NEARLY_ALL = 0.9
"""The last part of the memory cannot be had in pieces of any use."""
WORLD = Path(__file__).parent / "javascript" / "libraries" / "world.js"


class World:
    """One engine with the libraries, on its way from the parent to a script's process.

    The engine calls the methods with a leading underscore; this is what dukpy's own interpreter
    class offers it. That class is not used: it would show scripts the environment, a module loader
    and Python functions.
    """

    def __init__(self, limits: dict[str, Any]) -> None:
        self._ctx = _dukpy.create_context()
        self._limits = limits
        self._call_filter = build_call_filter()
        self._console = ConsoleLines(limits["console_lines"], limits["console_bytes"])
        self._running = False
        self._is_spare = False
        self._seconds = 0.0
        self._processor_seconds = 0.0
        self._deadline = 0.0
        self._processor_deadline = 0.0
        self._most_memory = math.inf
        self._is_parent = True
        self._processor_limit = 0
        self._http_calls = 0
        self._zones = Zones(rule=limits["timezone"])
        self._functions: dict[bytes, Callable[[bytes], bytes | None]] = {
            b"next": self._next,
            b"reply": self._reply,
            b"compiled": self._reply_compiled,
            b"console": self._add_line,
            b"http": self._http,
            b"nap": self._nap,
            b"random": self._random,
            b"limits": self._tell_limits,
            b"memory": self._memory_ran_out,
            b"short": self._is_short,
            b"zone": self._zone,
            b"offset": self._offset,
        }

    def run(self) -> None:
        """Evaluate the libraries; they wait for orders and come back only if a script hangs."""
        try:
            _dukpy.eval_string(self, WORLD.read_bytes(), b"{}")
        except MemoryError:
            self._memory_ran_out(b"")
        except _dukpy.JSRuntimeError as error:
            self._stopped(str(error))
        else:
            self._stopped("")

    def _stopped(self, reason: str) -> None:
        if self._is_parent:
            sys.exit(f"The script libraries cannot be loaded: {reason}")
        if "out of memory" in reason:
            self._memory_ran_out(b"")
        self._end_with("timeout", "ScriptTimeout", "the returned Promise never settles")

    def _check_exported_function_exists(self, name: bytes) -> bool:
        return name in self._functions or name.startswith(b"{")

    def _call_python(self, name: bytes, arguments: bytes) -> bytes | None:
        """Do what the engine asks for.

        Args:
            name: of a function; or an answer, which begins with a brace: only arguments are quoted
                and escaped, and that would double the time of a large one.
            arguments: a JSON array.
        """
        try:
            if name.startswith(b"{"):
                self._reply_text(name)
                return None
            return self._functions[name](arguments)
        except BaseException:  # noqa: BLE001 - an error here must never reach a script
            os._exit(os.EX_SOFTWARE)

    def _next(self, _arguments: bytes) -> bytes:
        if self._is_parent:
            nursery = Nursery()
            self._become_child(nursery.serve())
            self._is_spare = nursery.is_spare
        try:
            return self._read_order()
        except MemoryError:
            self._end_with("input", "ScriptInput", "the argument needs more memory than allowed")

    def _become_child(self, pipe: int) -> None:
        self._is_parent = False
        keep_only(pipe)
        signal.signal(signal.SIGALRM, self._on_alarm)
        confine(
            memory_mb=self._limits["memory_mb"],
            expected_parent=self._limits["parent"],
            call_filter=self._call_filter,
        )
        self._most_memory = memory_peak() + self._limits["memory_mb"] * MEGABYTE * NEARLY_ALL

    def _read_order(self) -> bytes:
        # Until somebody wants it, it waits for as long as that takes.
        signal.setitimer(signal.ITIMER_REAL, 0 if self._is_spare else self._limits["idle_seconds"])
        # Now: an alarm of the order before would take this for the end of its waiting.
        self._deadline = 0.0
        order = read_frame()
        self._is_spare = self._is_spare and order == WARM_UP
        self._http_calls = 0
        self._console.clear()
        self._running = True
        self._seconds = self._limits["call_seconds"]
        self._processor_seconds = self._limits["processor_seconds"]
        if not order.startswith(CALL_PREFIX):
            self._processor_seconds = min(self._processor_seconds, self._seconds)
            self._seconds *= READING_CALLS
        self._processor_deadline = time.process_time() + self._processor_seconds
        if self._processor_deadline > self._processor_limit:
            self._processor_limit = limit_processor_time(2 * self._limits["processor_seconds"])
        self._run_for(self._seconds)
        return order

    def _run_for(self, seconds: float) -> None:
        """Have the limits looked at from time to time until so much time is over."""
        self._deadline = time.monotonic() + seconds
        signal.setitimer(signal.ITIMER_REAL, max(min(LOOK_EVERY, seconds), 0.001), LOOK_EVERY)

    def _reply_compiled(self, arguments: bytes) -> None:
        """Reply without a limit: this grows with the script, which the other side limits."""
        self._answer(arguments[1:-1])

    def _reply(self, arguments: bytes) -> None:
        self._reply_text(arguments[1:-1])

    def _reply_text(self, body: bytes) -> None:
        if len(body) > self._limits["output_bytes"]:
            fault = {
                "kind": "output",
                "name": "ScriptOutput",
                "message": f"the result is larger than {self._limits['output_bytes']} bytes",
            }
            body = json.dumps({"fault": fault}).encode()
        self._answer(body)

    def _answer(self, body: bytes) -> None:
        if not self._running:
            # A second answer would be taken for that of the next order.
            os._exit(os.EX_SOFTWARE)
        # The clock runs on: work that the script left behind has what is left of its time.
        self._running = False
        write(pack(b'{"answer":%b,"console":%b}' % (body, self._console.as_json())))

    def _http(self, arguments: bytes) -> bytes:
        """Have the process on the other side make an HTTP call; the clock stands meanwhile."""
        self._http_calls += 1
        if self._http_calls > self._limits["http_calls"]:
            # It will be refused: nothing to wait for.
            write(pack(HTTP_PREFIX + arguments[1:-1] + b"}"))
            return read_frame()
        signal.setitimer(signal.ITIMER_REAL, 0)
        left = self._deadline - time.monotonic()
        write(pack(HTTP_PREFIX + arguments[1:-1] + b"}"))
        answer = read_frame()
        self._run_for(left)
        return answer

    def _nap(self, arguments: bytes) -> None:
        (milliseconds,) = json.loads(arguments)
        time.sleep(milliseconds / 1000)  # noqa: TID251 - setTimeout of a script; the clock runs on

    def _random(self, arguments: bytes) -> bytes:
        (size,) = json.loads(arguments)
        return b'"%b"' % base64.b64encode(os.urandom(min(size, 65536)))

    def _zone(self, arguments: bytes) -> bytes:
        (name,) = json.loads(arguments)
        return json.dumps(self._zones.own if name is None else self._zones.find(name)).encode()

    def _offset(self, arguments: bytes) -> bytes:
        name, milliseconds = json.loads(arguments)
        return json.dumps(self._zones.offset_minutes(name, milliseconds)).encode()

    def _is_short(self, _arguments: bytes) -> bytes:
        """Tell whether the script has at some time taken half of its memory, or that is unknown."""
        free = self._most_memory - memory_peak()
        limit = self._limits["memory_mb"] * MEGABYTE * NEARLY_ALL
        return b"true" if free < limit / 2 or not memory_peak() else b"false"

    def _add_line(self, arguments: bytes) -> None:
        self._console.add(*json.loads(arguments))

    def _on_alarm(self, _signal: int, _frame: FrameType | None) -> None:
        if not self._running and time.monotonic() >= self._deadline:
            write(pack(b"{}"))
            os._exit(0)
        if not self._running:
            return
        if memory_peak() > self._most_memory:
            # A script that catches this error would go on without memory until its time is over.
            self._memory_ran_out(b"")
        if time.process_time() >= self._processor_deadline:
            message = f"the script used more than {self._processor_seconds:g} s of processor time"
            self._end_with("timeout", "ScriptProcessorTime", message)
        if time.monotonic() >= self._deadline:
            message = f"the script ran for more than {self._seconds:g} s"
            self._end_with("timeout", "ScriptTimeout", message)

    def _memory_ran_out(self, _arguments: bytes) -> NoReturn:
        limit = self._limits["memory_mb"]
        message = f"the script needs more than {limit} MB of memory"
        self._end_with("memory", "ScriptMemory", message)

    def _tell_limits(self, _arguments: bytes) -> bytes:
        return json.dumps({name: self._limits[name] for name in ("nesting", "memory_mb")}).encode()

    def _end_with(self, kind: str, name: str, message: str) -> NoReturn:
        """Answer with a fault and end: the engine is in no state to go on."""
        answer = json.dumps({"fault": {"kind": kind, "name": name, "message": message}}).encode()
        write(pack(b'{"answer":%b,"console":%b}' % (answer, self._console.as_json())))
        os._exit(0)


def main() -> None:
    """Be the parent of scripts; the only argument is the limits as JSON."""
    limits = json.loads(sys.argv[1])
    limits["parent"] = os.getpid()
    # Read now: children can open no file. Without this, the machine's own zone would be theirs.
    os.environ["TZ"] = limits["timezone"]
    time.tzset()
    # Ctrl-C goes to all processes of a terminal; this one ends when the socket closes.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    World(limits).run()


if __name__ == "__main__":
    main()
