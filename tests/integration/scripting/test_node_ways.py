"""What scripts were used to from Node.js, where the engine has other ways of its own."""

from typing import Any

import pytest

from rc_integrations_plugin.scripting.protocol import ScriptRunner
from tests.scripts import make_script, method, run_source, value_of

pytestmark = pytest.mark.integration


@pytest.mark.parametrize(
    ("body", "value"),
    [
        ("switch (1) { case 0: let m = 'x'; break; case 1: m = 'y'; return m }", "y"),
        ("switch (m) { case undefined: { let m = 1; return m } } var m", 1),
        ("if (data) { text = 'early' } let text; return text", "early"),
        ("const before = read(); const k = 1; function read() { return typeof k } return before",
         "undefined"),
        ("const read = () => late; const before = read(); let late = 5\nreturn [before, read()]",
         [None, 5]),
        ("let x = x || 'default'; return x", "default"),
        ("first = typeof Late; class Late {} return [first, typeof Late]",
         ["undefined", "function"]),
        ("first = typeof Late; class Late { #own = 1 } return [first, typeof Late]",
         ["undefined", "function"]),
        ("seen = [a, c]; const { a, b: [c] } = { a: 1, b: [2] }, d = 3; return [seen, a, c, d]",
         [[None, None], 1, 2, 3]),
        ("for (let i = 0; i < 2; i++) { seen = own; let own = i } return seen", None),
        ("const f = (n) => n ? n * f(n - 1) : 1; return f(5)", 120),
        ("const fs = []; for (let i = 0; i < 2; i++) { fs.push(() => own); const own = i }"
         " return fs.map((f) => f())", [0, 1]),
    ],
)  # fmt: skip
def test_names_may_be_used_before_their_declaration(
    runner: ScriptRunner, body: str, value: Any
) -> None:
    assert value_of(runner, body, {}) == value


def test_top_level_names_may_be_used_before_their_declaration(runner: ScriptRunner) -> None:
    source = f"seen = typeof limit\nlet limit = 5\n{method('return [seen, limit]')}"

    assert run_source(runner, source).value == ["undefined", 5]


def test_early_use_is_an_error_where_nothing_is_transpiled(runner: ScriptRunner) -> None:
    script = make_script(method("early; let early = 1"), skip_transpile=True)

    fault = runner.call(script, "run", None).fault

    assert fault is not None
    assert fault.name == "ReferenceError"


def test_places_behind_a_moved_declaration_are_those_of_the_source(
    runner: ScriptRunner,
) -> None:
    fault = run_source(runner, method("a = b; let b = 1; nothing()")).fault

    assert fault is not None
    assert (fault.line, fault.column) == (1, 46)


@pytest.mark.parametrize(
    ("call", "value"),
    [
        ("[3, 1, 2, 5, 4].sort((a, b) => a < b ? -1 : 0)", [1, 2, 3, 4, 5]),
        ("[3, 1, 2, 5, 4].sort((a, b) => a > b ? -1 : 0)", [5, 4, 3, 2, 1]),
        ("[3, 1, 2, 5, 4].sort((a, b) => a > b)", [3, 1, 2, 5, 4]),
        ("[3, 1, 2].sort(() => -1)", [2, 1, 3]),
        ("[3, undefined, 1, , 2].sort((a, b) => a - b)", [1, 2, 3, None, None]),
        ("[10, 9, 1].sort()", [1, 10, 9]),
        ("[3, 1, 2].toSorted((a, b) => a - b)", [1, 2, 3]),
        ("Array.prototype.sort.call({ 0: 2, 1: 1, length: 2 }, (a, b) => a - b)",
         {"0": 1, "1": 2, "length": 2}),
        ("[['b', 1], ['a', 1], ['c', 0]].sort((a, b) => a[1] - b[1]).join(';')",
         "c,0;b,1;a,1"),
        ("((n) => n.sort((a, b) => a < b ? -1 : 0).every((x, i) => x === i))"
         "(Array.from({ length: 101 }, (_, i) => (i * 37) % 101))", True),
    ],
)  # fmt: skip
def test_sorting_takes_the_steps_of_node(runner: ScriptRunner, call: str, value: Any) -> None:
    assert value_of(runner, f"return {call}") == value


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("data.nope.text", "Cannot read properties of undefined (reading 'text')"),
        ("data.none.text = 1", "Cannot set properties of null (setting 'text')"),
        ("data.nope()", "data.nope is not a function"),
        ("data.text.trim().nope(1, 2)", "data.text.trim(...).nope is not a function"),
        ("data\n  .text\n  .nope()", "data.text.nope is not a function"),
        ("new data.nope()", "data.nope is not a constructor"),
        ("nope()", "nope is not defined"),
        ("(function f() { f() })()", "Maximum call stack size exceeded"),
        ("[].reduce((a) => a)", "Reduce of empty array with no initial value"),
        ("for (x of data.nope) ;",
         "undefined is not iterable (cannot read property Symbol(Symbol.iterator))"),
        ("decodeURIComponent('%')", "URI malformed"),
        ("new URL('nope')", "Invalid URL"),
        ("JSON.parse('')", "Unexpected end of JSON input"),
        ("JSON.parse('<html>')", "Unexpected token '<', \"<html>\" is not valid JSON"),
        ("JSON.parse('Bad Gateway: the upstream server gave no answer')",
         "Unexpected token 'B', \"Bad Gatewa\"... is not valid JSON"),
        ("JSON.parse(undefined)", '"undefined" is not valid JSON'),
        ("JSON.parse({})", '"[object Object]" is not valid JSON'),
        ("JSON.parse('{\"a\":1,}')", "Expected double-quoted property name in JSON at position 7"),
        ("JSON.parse('{\"a\" 1}')", "Expected ':' after property name in JSON at position 5"),
        ("JSON.parse('[1 2]')",
         "Expected ',' or ']' after array element in JSON at position 3"),
        ("JSON.parse('{} x')",
         "Unexpected non-whitespace character after JSON at position 3"),
        ("JSON.parse('\"a')", "Unterminated string in JSON at position 2"),
        ("JSON.parse('01')", "Unexpected number in JSON at position 1"),
    ],
)  # fmt: skip
def test_errors_have_the_words_of_node(runner: ScriptRunner, body: str, message: str) -> None:
    script = f"try {{ {body} }} catch (error) {{ return error.message }}"

    assert value_of(runner, script, {"text": "a", "none": None}) == message


def test_a_rejection_has_the_words_of_node(runner: ScriptRunner) -> None:
    body = "return Promise.resolve(null).then((v) => v.x).catch((error) => error.message)"

    assert value_of(runner, body) == "Cannot read properties of null (reading 'x')"


def test_a_stack_begins_with_the_error_and_shows_the_script_only(
    runner: ScriptRunner,
) -> None:
    body = "try { [1].map(() => null.x) } catch (error) { return error.stack }"

    first, *frames = value_of(runner, body).split("\n")

    assert first == "TypeError: Cannot read properties of null (reading 'x')"
    assert len(frames) == 2
    assert all("(script:1:" in frame for frame in frames)


def test_words_of_a_script_s_own_errors_stay(runner: ScriptRunner) -> None:
    body = "try { throw new Error('not a function') } catch (error) { return error.message }"

    assert value_of(runner, body) == "not a function"


@pytest.mark.parametrize(
    ("body", "value"),
    [
        ("/(\\w+)@(\\w+)/.test('to ann@home now'); return [RegExp.$1, RegExp.$2, RegExp.$3]",
         ["ann", "home", ""]),
        ("'a-b'.replace(/-/, ''); return [RegExp['$&'], RegExp.leftContext, RegExp.rightContext]",
         ["-", "a", "b"]),
        ("return 'x1'.replace(/(\\d)/g, () => RegExp.$1 + '!') + RegExp.lastParen", "x1!1"),
        ("return Buffer.from('>>>???').toString('base64url')", "Pj4-Pz8_"),
        ("return Buffer.from('Pj4-Pz8_', 'base64url').toString()", ">>>???"),
        ("return new TextDecoder().decode(new Uint8Array([0xef, 0xbb, 0xbf, 65, 255]))", "A\ufffd"),
        ("try { new TextDecoder('utf-8', { fatal: true }).decode(new Uint8Array([255])) }"
         " catch (e) { return e.name }", "TypeError"),
        ("try { structuredClone(() => 1) } catch (e) { return e.name }", "DataCloneError"),
        ("return [27, -8, 1000, 2, 0].map(Math.cbrt)", [3, -2, 10, 1.2599210498948732, 0]),
        ("return `${new Date(0)}`",
         "Thu Jan 01 1970 00:00:00 GMT+0000 (Coordinated Universal Time)"),
        ("return String(new Date(NaN))", "Invalid Date"),
        ("return `from ${{}.was} to ${{}.toString}`",
         "from undefined to function toString() { [native code] }"),
        ("return [[].sort, ''.link, Date, JSON.parse, fetch].map(String)",
         [f"function {name}() {{ [native code] }}"
          for name in ("sort", "link", "Date", "parse", "fetch")]),
        ("return [(() => 1).bind(), (a) => a, function  f( ) {}].map(String)",
         ["function () { [native code] }", "(a) => a", "function  f( ) {}"]),
    ],
)  # fmt: skip
def test_small_things_are_as_in_node(runner: ScriptRunner, body: str, value: Any) -> None:
    assert value_of(runner, body) == value


@pytest.mark.parametrize(
    ("body", "value"),
    [
        ("moment.locale('de'); return moment.utc(0).format('LLLL')",
         "Donnerstag, 1. Januar 1970 00:00"),
        ("return moment.utc(0).locale('pt-br').format('D [de] MMMM')", "1 de janeiro"),
        ("return [moment.utc(0).locale('ru').format('MMMM'), moment.locale()]",
         ["\u044f\u043d\u0432\u0430\u0440\u044c", "en"]),
        ("require('moment/locale/fr'); return moment.duration(2, 'hours').locale('fr').humanize()",
         "2 heures"),
        ("return [moment.locale('xx'), moment.locale('../moment')]", ["en", "en"]),
    ],
)  # fmt: skip
def test_moment_speaks_its_languages(runner: ScriptRunner, body: str, value: Any) -> None:
    assert value_of(runner, body) == value
