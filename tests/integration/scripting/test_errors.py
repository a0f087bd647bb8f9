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


def test_a_mistake_that_the_faster_parser_passes_has_its_place(runner: ScriptRunner) -> None:
    fault = runner.check("class Script {}\nlet a = ({ function 3() {} });")

    assert fault is not None
    assert (fault.line, fault.column) == (2, 12)


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


def test_columns_are_those_of_characters_not_of_bytes(runner: ScriptRunner) -> None:
    script = "class Script {{\n  run() {{ '{}'; throw new Error('x'); }}\n}}"

    plain = run_source(runner, script.format("abcd")).fault
    other = run_source(runner, script.format("\u00fc\U0001f600\u20ac")).fault

    assert plain is not None
    assert other is not None
    assert (other.line, other.column, other.stack) == (2, plain.column, plain.stack)


def test_an_import_is_named_with_its_place(runner: ScriptRunner) -> None:
    fault = runner.check("export class Script {}\n  import _ from 'underscore';")

    assert fault is not None
    assert fault.message == "Cannot use import statement outside a module"
    assert (fault.line, fault.column) == (2, 3)


def test_an_export_is_named_with_its_place_where_it_may_not_be(runner: ScriptRunner) -> None:
    fault = runner.check("let a;\nexport class Script {}", skip_transpile=True)

    assert fault is not None
    assert fault.message == "Unexpected token 'export'"
    assert (fault.line, fault.column) == (2, 1)


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


@pytest.mark.parametrize(
    "statement",
    [
        "const text = data.nope.text;",
        "return { text: data.nope.text };",
        "if (data.nope.text) data = 1;",
        "switch (data.nope.text) { default: }",
        "for (const one of data.nope) data = one;",
        "while (data.nope.text) data = 1;",
        "return {\n      text: data.nope.text,\n    };",
    ],
)
def test_an_error_has_the_line_of_its_statement_not_of_the_call_before(
    runner: ScriptRunner, statement: str
) -> None:
    source = (
        "class Script {\n  run(data) {\n    const before = String(data);\n\n"
        f"    {statement}\n    return before;\n  }}\n}}"
    )

    fault = run_source(runner, source, {}).fault

    assert fault is not None
    assert (fault.line, fault.column) == (5, 5)
    assert fault.stack.splitlines()[0] == "    at run (script:5:5)"


@pytest.mark.parametrize(
    ("lines", "result"),
    [
        (["var a = 1", "  var b = 2", "  return a + b"], 3),
        (["let a = data => data", "  if (a(1)) return 4", "  return 5"], 4),
        (["do data = 5; while (0)  return data"], 5),
        (["switch (6) { case 6:  return 6 }"], 6),
        (["'use strict'", "  return 7"], 7),
        (["again:", "  for (;;) { break again }", "  return 8"], 8),
        (["if (0) data = 1; else", "  return 9"], 9),
        (["const text = `a", "  return ${(() => {  return 1 })()}`;  return text.length"], 12),
        (["/* a", "  return 0 */  return 10"], 10),
    ],
)
def test_statements_mean_what_they_mean_without_semicolons(
    runner: ScriptRunner, lines: list[str], result: int
) -> None:
    source = "class Script {\n  run(data) {\n    " + "\n".join(lines) + "\n  }\n}"

    assert run_source(runner, source).value == result
