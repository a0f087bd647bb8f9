"""What lives on between calls, and what ends it."""

import os
import signal

import pytest

from rc_integrations_plugin.scripting.protocol import FaultKind, ScriptRunner
from rc_integrations_plugin.scripting.runner import ProcessScriptRunner
from tests.scripts import make_script

pytestmark = pytest.mark.integration
COUNTER = """
let top = 0;
class Script {
  constructor() { this.own = 0 }
  run(data) {
    Store.set('calls', (Store.get('calls') || 0) + 1);
    if (data === 'throw') throw new Error('x');
    if (data === 'hang') while (1);
    return [++top, ++this.own, Store.get('calls')];
  }
}
"""


def test_state_lives_on_between_calls(runner: ScriptRunner) -> None:
    script = make_script(COUNTER)

    runs = [runner.call(script, "run", None) for _ in range(3)]

    assert [run.value for run in runs] == [[1, 1, 1], [2, 2, 2], [3, 3, 3]]
    assert [run.fresh_instance for run in runs] == [True, False, False]


def test_an_exception_keeps_the_state(runner: ScriptRunner) -> None:
    script = make_script(COUNTER)

    runner.call(script, "run", "throw")
    run = runner.call(script, "run", None)

    assert (run.value, run.fresh_instance) == ([1, 1, 2], False)


def test_a_timeout_starts_a_fresh_instance(runner: ScriptRunner) -> None:
    script = make_script(COUNTER)

    runner.call(script, "run", None)
    hung = runner.call(script, "run", "hang")
    run = runner.call(script, "run", None)

    assert hung.fault is not None
    assert hung.fault.kind is FaultKind.TIMEOUT
    assert (run.value, run.fresh_instance) == ([1, 1, 1], True)


def test_a_killed_process_starts_a_fresh_instance(
    runner: ScriptRunner, local_runner: ProcessScriptRunner
) -> None:
    script = make_script(COUNTER)
    runner.call(script, "run", None)
    with local_runner._supervisor.process_of(script.integration_id) as process:
        os.kill(process.pid, signal.SIGKILL)

    run = runner.call(script, "run", None)

    assert (run.value, run.fault, run.fresh_instance) == ([1, 1, 1], None, True)


def test_a_new_version_starts_a_fresh_instance(runner: ScriptRunner) -> None:
    script = make_script(COUNTER)
    runner.call(script, "run", None)

    run = runner.call(
        make_script(
            "class Script { run() { return 'new' } }",
            integration_id=script.integration_id,
            version="2",
        ),
        "run",
        None,
    )

    assert (run.value, run.fresh_instance) == ("new", True)


def test_integrations_share_nothing(runner: ScriptRunner) -> None:
    writer = make_script(
        "class Script { run() { leaked = Array.prototype.leak = _.leak = Store.set('a', 1) } }"
    )
    reader = make_script(
        "class Script { run() { return [typeof leaked, Store.get('a'), _.leak, [].leak] } }"
    )

    runner.call(reader, "run", None)
    runner.call(writer, "run", None)

    assert runner.call(reader, "run", None).value == ["undefined", None, None, None]


def test_random_numbers_differ_between_processes(runner: ScriptRunner) -> None:
    scripts = [make_script("class Script { run() { return Math.random() } }") for _ in range(3)]

    numbers = {runner.call(script, "run", None).value for script in scripts}

    assert len(numbers) == 3
    assert all(0 <= number < 1 for number in numbers)
