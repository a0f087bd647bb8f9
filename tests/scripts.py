"""One script after the other in real processes, for tests."""

from collections.abc import Callable
from itertools import count
from typing import Any

from rc_integrations_plugin.scripting.protocol import Script, ScriptFault, ScriptRun, ScriptRunner

Run = Callable[..., ScriptRun]
CALL_SECONDS = 1.0
_numbers = count()


def make_script(source: str, **overrides: Any) -> Script:
    """Return a script of an integration of its own."""
    number = next(_numbers)
    fields = {"integration_id": f"i{number}", "name": f"Test {number}", "version": "1"}
    return Script(**{**fields, "source": source, **overrides})


def method(body: str) -> str:
    """Return a script whose method `run` has this body; its argument is `data`."""
    return f"class Script {{ run(data) {{ {body} }} }}"


def run_source(runner: ScriptRunner, source: str, argument: Any = None) -> ScriptRun:
    """Return how a call of `run` went, on a new instance."""
    return runner.call(make_script(source), "run", argument)


def value_of(runner: ScriptRunner, body: str, argument: Any = None) -> Any:
    """Return what a method with this body returns."""
    run = run_source(runner, method(body), argument)
    assert run.fault is None, run.fault
    return run.value


def fault_of(runner: ScriptRunner, body: str, argument: Any = None) -> ScriptFault:
    """Return why a method with this body gave no result."""
    run = run_source(runner, method(body), argument)
    assert run.fault is not None, run.value
    return run.fault
