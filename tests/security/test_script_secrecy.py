"""What a script says, holds and is given is nobody's but its owner's."""

import contextlib
import logging

import psutil
import pytest

from rc_integrations_plugin.scripting.protocol import FaultKind, ScriptRunner
from rc_integrations_plugin.scripting.runner import ProcessScriptRunner
from tests.script_fixtures import http, local_runner, runner
from tests.scripts import make_script, method, run_source

__all__ = ["http", "local_runner", "runner"]
pytestmark = pytest.mark.integration
MARK = "marked-as-secret"


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (f"return '{MARK}'", None),
        (f"console.error('{MARK}')", None),
        (f"throw new Error('{MARK}')", FaultKind.EXCEPTION),
        (f"const a = '{MARK}'; for (;;);", FaultKind.TIMEOUT),
        (f"return '{MARK}'.repeat(2 ** 17)", FaultKind.OUTPUT),
        (f"const a = ['{MARK}']; for (;;) a.push(new Array(100_000).fill(a))", FaultKind.MEMORY),
        (f"return {{ '{MARK}': () => 1 }}", FaultKind.BAD_RESULT),
        (f"'{MARK}' syntax", FaultKind.SYNTAX),
    ],
)
def test_no_log_line_holds_what_a_script_says(
    runner: ScriptRunner,
    body: str,
    kind: FaultKind | None,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    with caplog.at_level(logging.DEBUG):
        run = run_source(runner, method(body), {"token": MARK})

    assert (run.fault and run.fault.kind) == kind
    assert MARK not in caplog.text
    assert MARK not in "".join(capfd.readouterr())


def test_no_list_of_processes_holds_a_script_or_its_argument(
    runner: ScriptRunner, local_runner: ProcessScriptRunner
) -> None:
    assert runner.call(make_script(method(f"return '{MARK}'")), "run", MARK).value == MARK

    told = {}
    for process in psutil.Process().children(recursive=True):
        with contextlib.suppress(psutil.NoSuchProcess):  # another one that has just ended
            told[process.pid] = [process.name(), *process.cmdline()]

    assert len(told) >= 2
    assert MARK not in str(told)


@pytest.mark.parametrize(
    "keep",
    [
        "this.kept = data",
        "Store.set('kept', data)",
        "globalThis.kept = data",
        "Object.prototype.kept = data",
        "Array.prototype.kept = data",
        "console.kept = HTTP.kept = _.kept = data",
        "require('crypto').kept = data",
        "Symbol.for('kept').description; globalThis[Symbol.for('kept')] = data",
    ],
)
def test_no_other_integration_sees_what_one_keeps(runner: ScriptRunner, keep: str) -> None:
    search = """
        return [this.kept, Store.get('kept'), globalThis.kept, ({}).kept, [].kept, console.kept,
            HTTP.kept, _.kept, require('crypto').kept, globalThis[Symbol.for('kept')]]
            .filter(found => found !== undefined).length"""
    source = f"class Script {{ keep(data) {{ {keep}; return 1 }} run() {{ {search} }} }}"
    first, second = make_script(source), make_script(source)
    assert runner.call(first, "keep", MARK).value == 1

    assert runner.call(second, "run", None).value == 0
    assert runner.call(first, "run", None).value > 0
