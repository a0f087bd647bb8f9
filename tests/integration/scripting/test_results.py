"""What a script may return, and what comes of it."""

from typing import Any

import pytest

from rc_integrations_plugin.scripting.protocol import FaultKind, ScriptRunner
from tests.scripts import fault_of, method, run_source, value_of

pytestmark = pytest.mark.integration


@pytest.mark.parametrize(
    ("returned", "value", "value_type"),
    [
        ("undefined", None, "undefined"),
        ("null", None, "null"),
        ("false", False, "boolean"),
        ("''", "", "string"),
        ("0", 0, "number"),
        ("NaN", None, "number"),
        ("{}", {}, "object"),
        ("[1, undefined, 2]", [1, None, 2], "array"),
        ("{ a: undefined, b: 1 }", {"b": 1}, "object"),
        ("new Date(0)", "1970-01-01T00:00:00.000Z", "object"),
        ("{ at: new Date(0) }", {"at": "1970-01-01T00:00:00.000Z"}, "object"),
        ("moment.utc(0)", "1970-01-01T00:00:00.000Z", "object"),
        ("new Map([['a', 1]])", {"a": 1}, "object"),
        ("new Set([1, 2])", [1, 2], "object"),
        ("new String('x')", "x", "object"),
        (
            "{ error: new TypeError('no') }",
            {"error": {"name": "TypeError", "message": "no"}},
            "object",
        ),
        ("Object.create({ inherited: 1 })", {}, "object"),
        ("new (class { #a = 1; b = 2; c() {} })()", {"b": 2}, "object"),
        (
            "[, new Number(1), new Boolean(false), Object.create(null)]",
            [None, 1, False, {}],
            "array",
        ),
        (
            "{ m: new (class extends Map {})([['a', [new Set('b')]]]) }",
            {"m": {"a": [["b"]]}},
            "object",
        ),
        ("new Error('no', { cause: 1 })", {"name": "Error", "message": "no"}, "object"),
        ("Object.assign(new Map([[1, 2]]), { toJSON: () => [...'mine'] })", [*"mine"], "object"),
        (
            "Promise.resolve({ content: { text: 'later' } })",
            {"content": {"text": "later"}},
            "object",
        ),
        ("{ then(done) { done(5) } }", 5, "number"),
        ("'\\ud800 and \\0'", "\ufffd and \0", "string"),
    ],
)
def test_a_result_is_data(runner: ScriptRunner, returned: str, value: Any, value_type: str) -> None:
    run = run_source(runner, method(f"return {returned}"))

    assert run.fault is None
    assert run.value == value
    assert run.value_type == value_type


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ("return { a: [{ b() {} }] }", "result.a[0].b is a function"),
        ("const o = { in: {} }; o.in.back = o; return o", "result.in.back is a reference"),
        ("return { 'a-b': Symbol('x') }", 'result["a-b"] is a symbol'),
        ("return [1n]", "result[0] is a BigInt"),
        ("return { p: Promise.resolve(1) }", "result.p is a Promise"),
        ("return { w: [new WeakMap()] }", "result.w[0] is a WeakMap"),
        ("return { r: /x/ }", "result.r is a RegExp"),
        ("return { c: class {} }", "result.c is a function"),
        ("return { s: [Reflect.ownKeys(Array.prototype).at(-1)] }", "result.s[0] is a symbol"),
        (
            "return { s: Object.getOwnPropertySymbols(Array.prototype)[0] }",
            "result.s is a symbol",
        ),
        ("return { f: { toJSON: () => () => 1 } }", "result.f is a function"),
        ("let o = {}; for (let i = 0; i < 500; i++) o = { o }; return o", "nested deeper than"),
    ],
)
def test_what_is_no_data_is_refused_by_its_path(runner: ScriptRunner, body: str, path: str) -> None:
    fault = fault_of(runner, body)

    assert fault.kind is FaultKind.BAD_RESULT
    assert path in fault.message


def test_a_getter_of_a_result_is_asked_once(runner: ScriptRunner) -> None:
    body = (
        "let n = 0; const get = { get a() { n += 1; return n > 1 ? Symbol('x') : n } }; return get"
    )

    assert value_of(runner, body) == {"a": 1}


def test_a_script_that_writes_a_kind_as_it_likes_is_obeyed(runner: ScriptRunner) -> None:
    body = """
        Map.prototype.toJSON = function toJSON() { return [...this.keys()] };
        Object.defineProperty(Error.prototype, 'toJSON', { value() { return this.message } });
        return { a: new Map([['k', 1]]), b: new TypeError('text'), c: new Set('d') };
    """

    assert value_of(runner, body) == {"a": ["k"], "b": "text", "c": ["d"]}


def test_a_script_that_freezes_a_kind_gets_its_result(runner: ScriptRunner) -> None:
    body = "Object.freeze(Map.prototype); return [new Map([['k', 1]]), 2]"

    assert value_of(runner, body) == [{"k": 1}, 2]


def test_how_a_script_itself_writes_json_is_not_changed(runner: ScriptRunner) -> None:
    body = """
        const written = () => JSON.stringify([new Map([[1, 2]]), () => 1, /x/, new Error('x')]);
        const first = written();
        return [first, { toJSON: () => written() }, new Set(), { toJSON: () => written() }];
    """

    first, *others = value_of(runner, body)

    assert first == "[{},null,{},{}]"
    assert others[1] == []
    assert others[2] == first


def test_json_that_a_getter_writes_is_not_changed(runner: ScriptRunner) -> None:
    body = """
        const odd = { a: 1, f() {}, m: new Map([[1, 2]]) };
        return { get text() { try { return JSON.stringify(odd) } catch (e) { return `${e}` } } };
    """

    assert value_of(runner, body) == {"text": '{"a":1,"m":{}}'}


def test_what_a_tojson_of_the_script_returns_is_data_too(runner: ScriptRunner) -> None:
    body = "return { list: { toJSON: (key) => new Map([[key, new Set([1])]]) } }"

    assert value_of(runner, body) == {"list": {"list": [1]}}


def test_a_usual_way_to_have_errors_written_works(runner: ScriptRunner) -> None:
    body = """
        if (!('toJSON' in Error.prototype)) {
          Object.defineProperty(Error.prototype, 'toJSON', {
            value() { return { told: this.message } }, configurable: true, writable: true,
          });
        }
        return JSON.stringify(new Error('broken'));
    """

    assert value_of(runner, body) == '{"told":"broken"}'


def test_many_objects_side_by_side_are_not_nested_deeply(runner: ScriptRunner) -> None:
    body = "let o = {}; for (let i = 0; i < 90; i++) o = [o]; return Array(9).fill([o, { o }, o])"

    assert len(value_of(runner, body)) == 9


def test_each_call_gets_a_copy_of_the_argument(runner: ScriptRunner) -> None:
    argument = {"list": [1], "text": 'a\0\ud800"\\\u2028'}

    changed = value_of(
        runner, "data.list.push(2); return data.list.concat(data.text.length)", argument
    )

    assert changed == [1, 2, 6]
    assert argument["list"] == [1]


def test_an_argument_that_is_no_json_is_refused(runner: ScriptRunner) -> None:
    nested: list[Any] = []
    for _ in range(100_000):
        nested = [nested]

    for argument in ({"a": object()}, {1j: 2}, nested):
        assert fault_of(runner, "return 1", argument).kind is FaultKind.INPUT


def test_an_argument_that_is_too_large_is_refused(runner: ScriptRunner) -> None:
    fault = fault_of(runner, "return 1", "x" * (4 * 1024 * 1024))

    assert fault.kind is FaultKind.INPUT
    assert "4194304" in fault.message
