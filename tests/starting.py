"""Servers that start at the same moment, each in a process of its own, for tests.

Not in threads: CPython 3.11's `ast.parse`, which werkzeug calls for each route, fails now and then
with "AST constructor recursion depth mismatch" where two threads run it.
"""

import json
import subprocess
import sys
from collections.abc import Mapping
from typing import Any

_START = """
import json, sys
from host_stub.app import create_app

config = json.loads(sys.stdin.readline())
print("ready", flush=True)
sys.stdin.readline()
create_app(config)
"""


def start_together(config: Mapping[str, Any], *, servers: int) -> None:
    """Let so many servers start with this configuration, and end; raise if one fails."""
    started = [
        subprocess.Popen(
            [sys.executable, "-c", _START],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(servers)
    ]
    for process in started:
        assert process.stdin is not None
        process.stdin.write(json.dumps(dict(config)) + "\n")
        process.stdin.flush()
    for process in started:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in started:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    for process in started:
        _, errors = process.communicate(timeout=60)
        assert process.returncode == 0, errors
