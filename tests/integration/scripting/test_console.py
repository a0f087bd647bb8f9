"""What scripts write to their console."""

import pytest

from rc_integrations_plugin.scripting.protocol import ScriptRunner
from tests.scripts import method, run_source

pytestmark = pytest.mark.integration


@pytest.mark.parametrize(
    ("call", "level", "text"),
    [
        ("console.log('a', 1, { b: [true, null] })", "log", "a 1 { b: [ true, null ] }"),
        ("console.info('i')", "info", "i"),
        ("console.warn('w')", "warn", "w"),
        ("console.error(new TypeError('e').message)", "error", "e"),
        ("console.debug(undefined)", "debug", "undefined"),
        ("console.dir({ a: 1 })", "log", "{ a: 1 }"),
        ("console.table(5)", "log", "5"),
        ("console.log('%s is %d%%', 'x', 5)", "log", "x is 5%"),
        ("console.assert(1 > 2, 'math')", "error", "Assertion failed math"),
        ("console.count('c')", "log", "c: 1"),
        ("console.trace('here')", "debug", "Trace: here"),
        ("const o = {}; o.o = o; console.log(o)", "log", "<ref *1> { o: [Circular *1] }"),
        ("console.log({ get a() { throw 1 } })", "log", "{ a: [Getter] }"),
        ("console.log(new Proxy({}, { ownKeys() { throw 1 } }))", "log", "[unreadable]"),
        ("console.log([[[[{}, [1]]], 5]])", "log", "[\n  [ [ [ {}, [Array] ] ], 5 ]\n]"),
        (
            "console.log(moment.utc(0), Buffer.from('ab'))",
            "log",
            "Moment<1970-01-01T00:00:00Z> <Buffer 61 62>",
        ),
        (
            "console.log({ 'a-b': \"it's\", c: '\\u001b' })",
            "log",
            "{ 'a-b': \"it's\", c: '\\x1B' }",
        ),
        ("console.log(function f() {}, Symbol('s'))", "log", "[Function: f] Symbol(s)"),
        ("console.log('\\ud800')", "log", "\ufffd"),
    ],
)
def test_a_console_line(runner: ScriptRunner, call: str, level: str, text: str) -> None:
    run = run_source(runner, method(call))

    assert run.fault is None
    assert [(line.level, line.text) for line in run.console] == [(level, text)]


@pytest.mark.parametrize(
    ("values", "lines"),
    [
        (
            "[{ a: 1, b: 'x' }, { a: { c: 2 } }]",
            [
                "┌─────────┬──────────┬─────┐",
                "│ (index) │ a        │ b   │",
                "├─────────┼──────────┼─────┤",
                "│ 0       │ 1        │ 'x' │",
                "│ 1       │ { c: 2 } │     │",
                "└─────────┴──────────┴─────┘",
            ],
        ),
        (
            "{ q: { Values: 1, z: 2 }, r: 5 }, ['Values']",
            [
                "┌─────────┬────────┬────────┐",
                "│ (index) │ Values │ Values │",
                "├─────────┼────────┼────────┤",
                "│ q       │ 1      │        │",
                "│ r       │        │ 5      │",
                "└─────────┴────────┴────────┘",
            ],
        ),
        (
            "new Map([['k', { a: 1 }]])",
            [
                "┌───────────────────┬─────┬──────────┐",
                "│ (iteration index) │ Key │ Values   │",
                "├───────────────────┼─────┼──────────┤",
                "│ 0                 │ 'k' │ { a: 1 } │",
                "└───────────────────┴─────┴──────────┘",
            ],
        ),
    ],
    ids=["objects", "chosen columns", "map"],
)
def test_a_table_is_drawn_as_node_draws_it(
    runner: ScriptRunner, values: str, lines: list[str]
) -> None:
    run = run_source(runner, method(f"console.table({values})"))

    assert run.console[0].text.splitlines() == lines


LAID_OUT = {
    "a long object": (
        "{ title: 'Disk is nearly full', host: 'db-1.example', tags: { team: 'ops' }, n: [1, 2] }",
        """{
  title: 'Disk is nearly full',
  host: 'db-1.example',
  tags: { team: 'ops' },
  n: [ 1, 2 ]
}""",
    ),
    "numbers in columns": (
        "Array.from({ length: 102 }, (_, i) => i % 3 * 100)",
        "[\n"
        + "  0, 100, 200, 0, 100, 200, 0, 100, 200, 0, 100, 200,\n" * 8
        + "  0, 100, 200, 0,\n  ... 2 more items\n]",
    ),
    "a text of lines": (
        "{ b: 'The first line is as long as many are\\nand the second one is even much longer' }",
        """{
  b: 'The first line is as long as many are\\n' +
    'and the second one is even much longer'
}""",
    ),
}


@pytest.mark.parametrize(("value", "text"), LAID_OUT.values(), ids=LAID_OUT.keys())
def test_a_value_is_laid_out_as_node_does(runner: ScriptRunner, value: str, text: str) -> None:
    run = run_source(runner, method(f"console.log({value})"))

    assert run.console[0].text == text


def test_an_error_shows_what_it_has_besides_its_stack(runner: ScriptRunner) -> None:
    body = "console.log(Object.assign(new Error('late'), { code: 5 }))"

    (line,) = run_source(runner, method(body)).console

    assert line.text.startswith("Error: late\n    at ")
    assert line.text.endswith(" {\n  code: 5\n}")


def test_lines_of_a_failed_call_are_kept(runner: ScriptRunner) -> None:
    for end in ("throw 1", "while (1);", "return () => {}", "return new Promise(() => {})"):
        run = run_source(runner, method(f"console.log('before'); {end}"))

        assert run.fault is not None
        assert [line.text for line in run.console] == ["before"]


def test_lines_belong_to_their_call(runner: ScriptRunner) -> None:
    first = run_source(runner, method("console.log('once')"))
    second = run_source(runner, method("return 1"))

    assert len(first.console) == 1
    assert second.console == ()


def test_too_many_lines_are_cut(runner: ScriptRunner) -> None:
    run = run_source(runner, method("for (let i = 0; i < 500; i++) console.log(i)"))

    assert run.fault is None
    assert len(run.console) == 200
    assert "left out" in run.console[-1].text


def test_too_much_text_is_cut(runner: ScriptRunner) -> None:
    run = run_source(runner, method("for (let i = 0; i < 100; i++) console.log('x'.repeat(10000))"))

    assert run.fault is None
    assert sum(len(line.text) for line in run.console) < 66_000
    assert "left out" in run.console[-1].text
