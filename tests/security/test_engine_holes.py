"""Holes of the engine: whatever a script does to its own process, nobody else notices.

An engine in C has holes, and the next one is not known yet. What must hold is that a script's
process is all that is lost: another integration's instance lives on, and so does the parent of all.
"""

from collections.abc import Iterator

import pytest

from rc_integrations_plugin.scripting.protocol import FaultKind
from rc_integrations_plugin.scripting.runner import ProcessScriptRunner
from rc_integrations_plugin.settings import Settings
from tests.scripts import make_script, method, value_of
from tests.security.attacks import load_attacks

pytestmark = pytest.mark.integration
HOLES = load_attacks("engine_holes.js")
ENDS = {FaultKind.EXCEPTION, FaultKind.CRASH, FaultKind.TIMEOUT, FaultKind.MEMORY}


@pytest.fixture(scope="module")
def own_runner() -> Iterator[ProcessScriptRunner]:
    runner = ProcessScriptRunner(Settings(script_call_seconds=1.0))
    yield runner
    runner.close()


@pytest.mark.parametrize("body", HOLES.values(), ids=HOLES)
def test_a_hole_of_the_engine_harms_nobody_else(own_runner: ProcessScriptRunner, body: str) -> None:
    neighbour = make_script(method("this.calls = (this.calls || 0) + 1; return this.calls"))
    own_runner.call(neighbour, "run", None)
    parent = own_runner._supervisor._parent

    run = own_runner.call(make_script(method(body)), "run", None)

    assert run.duration_ms < 2500
    assert run.fault is None or run.fault.kind in ENDS, run.fault
    assert own_runner.call(neighbour, "run", None).value == 2
    assert own_runner._supervisor._parent is parent


@pytest.mark.parametrize(
    "name",
    [
        "typeof Atomics",
        "typeof SharedArrayBuffer",
        "typeof FinalizationRegistry",
        "typeof Iterator.concat",
        "typeof ArrayBuffer.prototype.resize",
        "typeof ArrayBuffer.prototype.transfer",
        "typeof Object.getOwnPropertyDescriptor(ArrayBuffer.prototype, 'resize')",
    ],
)
def test_what_had_most_holes_and_no_use_is_not_there(
    own_runner: ProcessScriptRunner, name: str
) -> None:
    assert value_of(own_runner, f"return {name}") == "undefined"
