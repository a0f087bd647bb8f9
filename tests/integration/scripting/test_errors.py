"""How errors of scripts look: kind, place, and nothing of our own code."""

import pytest

from rc_integrations_plugin.scripting.protocol import FaultKind, ScriptRunner
from tests.scripts import fault_of, make_script, run_source, value_of

pytestmark = pytest.mark.integration


def test_a_syntax_error_has_its_line_and_column(runner: ScriptRunner) -> None:
    fault = runner.check("class Script {\n  run() {\n    return 1 +;\n  }\n}")

    assert fault is not None
    assert (fault.kind, fault.name) == (FaultKind.SYNTAX, "SyntaxError")
    assert (fault.line, fault.column) == (3, 15)


def test_a_syntax_error_in_the_first_line_has_its_column(runner: ScriptRunner) -> None:
    fault = runner.check("let a = ;")

    assert fault is not None
    assert (fault.line, fault.column) == (1, 9)


@pytest.mark.parametrize(
    "source",
    [
        "class Script { run() {} }",
        "'use strict'; class Script {}",
        "throw new Error('runs only later')",
        "while (1);",
        "",
        "export class Script {}",
        "module.exports = class {}",
        "x = 1 // a comment at the end",
    ],
)
def test_a_script_that_compiles_passes_the_check_without_running(
    runner: ScriptRunner, source: str
) -> None:
    assert runner.check(source) is None


@pytest.mark.parametrize(
    "source", ["'use strict'; with ({}) {}", "/* c */ 'use strict'\nvar a = 010"]
)
def test_strict_scripts_are_checked_as_strict(runner: ScriptRunner, source: str) -> None:
    assert runner.check(source) is not None


def test_what_is_not_transpiled_may_not_be_a_module(runner: ScriptRunner) -> None:
    assert runner.check("export class Script {}", skip_transpile=True) is not None


def test_an_exception_has_its_place_in_the_script_as_saved(runner: ScriptRunner) -> None:
    source = "class Script {\n  helper() { nothing() }\n  run() { return this.helper() }\n}"

    fault = run_source(runner, source).fault

    assert fault is not None
    assert (fault.kind, fault.name) == (FaultKind.EXCEPTION, "ReferenceError")
    assert fault.message == "nothing is not defined"
    assert (fault.line, fault.column) == (2, 14)
    assert fault.stack.splitlines() == ["    at helper (script:2:14)", "    at run (script:3:23)"]


def test_a_rejection_is_an_exception(runner: ScriptRunner) -> None:
    fault = fault_of(runner, "return Promise.reject(new RangeError('later'))")

    assert (fault.kind, fault.name, fault.message) == (FaultKind.EXCEPTION, "RangeError", "later")


@pytest.mark.parametrize(
    ("thrown", "message"),
    [
        ("'text'", "text"),
        ("{ message: 'like an error' }", "like an error"),
        ("undefined", "undefined"),
        ("Symbol('s')", "Symbol(s)"),
        ("{ get message() { throw 1 }, toString() { throw 2 } }", "unknown"),
        ("new Proxy({}, { get() { throw 1 } })", "unknown"),
    ],
)
def test_anything_may_be_thrown(runner: ScriptRunner, thrown: str, message: str) -> None:
    fault = fault_of(runner, f"throw {thrown}")

    assert (fault.kind, fault.message) == (FaultKind.EXCEPTION, message)


@pytest.mark.parametrize(
    ("source", "kind"),
    [
        ("class Script {", FaultKind.SYNTAX),
        ("throw new Error('top')", FaultKind.EVALUATION),
        ("class Script { constructor() { nothing() } }", FaultKind.EVALUATION),
        ("class Other {}", FaultKind.NO_CLASS),
        ("var Script = 5", FaultKind.NO_CLASS),
        ("class Script {}", FaultKind.NO_METHOD),
        ("class Script { get run() { return 5 } }", FaultKind.NO_METHOD),
    ],
)
def test_the_kind_says_how_far_it_came(runner: ScriptRunner, source: str, kind: FaultKind) -> None:
    fault = run_source(runner, source).fault

    assert fault is not None
    assert fault.kind is kind


def test_a_broken_script_does_not_stay_broken(runner: ScriptRunner) -> None:
    script = make_script("let tries = 0; throw new Error('always')")

    first, second = runner.call(script, "run", None), runner.call(script, "run", None)

    assert first.fault == second.fault
    assert value_of(runner, "return 1") == 1
