"""What patterns and spreads take apart, and the words for what they can't: those after Babel."""

import pytest

from rc_integrations_plugin.scripting.protocol import ScriptRunner
from tests.scripts import run_source, value_of

pytestmark = pytest.mark.integration

NO_ITEMS = (
    "Invalid attempt to {} non-iterable instance.\n"
    "In order to be iterable, non-array objects must have a [Symbol.iterator]() method."
)
NULL = "Cannot read properties of null (reading '{}')"
UNDEFINED = "Cannot read properties of undefined (reading '{}')"
NO_ITERATOR = "{} is not iterable (cannot read property Symbol(Symbol.iterator))"


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("(({ b: { c } }) => c)(null)", NULL.format("b")),
        ("(({ b: { c } }) => c)({ b: null })", NULL.format("c")),
        ("(({ b: { c: { d } } }) => d)({ b: null })", NULL.format("c")),
        ("(({ b: { c: { d } } }) => d)({ b: { c: null } })", NULL.format("d")),
        ("(({ b: { c }, e: { f } }) => f)({ b: {}, e: null })", NULL.format("f")),
        ("(({ b: { c } = {} } = {}) => c)(null)", NULL.format("b")),
        ("((x, { b: { c } }) => c)(1, null)", NULL.format("b")),
        ("(({ a: { b } }, { c: { d } }) => d)({ a: {} }, null)", NULL.format("c")),
        ("(class { constructor({ 'b-b': { c } }) {} }).call; ({ m({ 1: { c } }) {} }).m([0, null])",
         NULL.format("c")),
        ("const { b: { c: { d } } } = { b: { c: null } }", NULL.format("d")),
        ("const { a: { b }, c: { d } } = { a: null, c: null }", NULL.format("b")),
        ("const { a: [{ b }] } = { a: [null] }", NULL.format("b")),
        ("const [{ a: { b } }] = [{ a: null }]", NULL.format("b")),
        ("let c; ({ b: { c } } = { b: null })", NULL.format("c")),
        ("const key = 'q'; const { [key]: a } = null", NULL.format("q")),
        ("for (const { a } of [null]) ;", NULL.format("a")),
        ("for (var { a } of [1, undefined]) ;", UNDEFINED.format("a")),
        ("let a; for ({ a } of [null]) ;", NULL.format("a")),
        ("for (const { b: { c } } of [{ b: null }]) ;", NULL.format("c")),
        ("for (const [a, { c }] of Object.entries({ x: null })) ;", NULL.format("c")),
        ("for (const [a] of Object.values({ x: null })) ;", NO_ITEMS.format("destructure")),
        ("for (const [a, b] of {}) ;", NO_ITEMS.format("iterate")),
        ("for (const { a } of null) ;", NO_ITERATOR.format("object null")),
        ("try { throw undefined } catch ({ message }) {}", UNDEFINED.format("message")),
        ("try { throw new Error('x') } catch ({ response: { content } }) {}",
         UNDEFINED.format("content")),
        ("for (const { user: { name } } of [undefined]) ;", UNDEFINED.format("user")),
        ("for (const { user: { name } } of [{}]) ;", UNDEFINED.format("name")),
        ("(({ a: [b] }) => b)({ a: null })", NO_ITEMS.format("destructure")),
        ("(([a, ...b]) => a)(null)", NO_ITERATOR.format("object null")),
        ("(([a, ...b]) => a)()", NO_ITERATOR.format("undefined")),
        ("(([...b]) => b)({})", NO_ITEMS.format("destructure")),
        ("(({ ...r }) => r)(null)", "Cannot destructure null"),
        ("(({ b: {} }) => 1)({ b: null })", "Cannot destructure null"),
    ],
)  # fmt: skip
def test_the_pattern_that_found_null_is_the_one_that_is_named(
    runner: ScriptRunner, body: str, message: str
) -> None:
    assert value_of(runner, f"try {{ {body} }} catch (error) {{ return error.message }}") == message


def test_null_behind_a_key_of_a_pattern_has_the_place_of_the_key(runner: ScriptRunner) -> None:
    source = "class Script {\n  run() {\n    let { a, b: { c } } = { b: null };\n  }\n}"

    fault = run_source(runner, source, {}).fault

    assert fault is not None
    assert (fault.line, fault.column) == (3, 14)


@pytest.mark.parametrize(
    ("body", "value"),
    [
        ("const o = []; for (const { a } of [{ a: 1 }, { a: 2 }]) o.push(() => a);"
         " return o.map((f) => f())", [1, 2]),
        ("const o = []; for (var { a } of [{ a: 1 }, { a: 2 }]) { if (a > 1) break; o.push(a) }"
         " return [o, a]", [[1], 2]),
        ("let a, b; for ({ a, c: b } of [{ a: 1, c: 5 }]) ; return [a, b]", [1, 5]),
        ("outer: for (const { a } of [{ a: 1 }, { a: 2 }]) for (const { b } of [{ b: 3 }])"
         " if (a === 1) continue outer; else return [a, b]", [2, 3]),
        ("for (const { a } of [{ a: 1 }]) { let a = 5; return a }", 5),
        ("for (const { a: { b = () => 7 } = {}, ...rest } of [{ c: 1 }]) return [b(), rest]",
         [7, {"c": 1}]),
        ("try { throw { a: { b: 1 }, c: 2 } }"
         " catch ({ a: { b }, d = () => b + 1, ...rest }) { return [b, d(), rest] }",
         [1, 2, {"c": 2}]),
        ("const { b: { c: [d] }, ...rest } = { b: { c: [3] }, e: 5 }; return [d, rest]",
         [3, {"e": 5}]),
        ("return (({ 'a-b': { c }, 0: [d], if: { e }, ...rest }) => [c, d, e, rest])"
         "({ 'a-b': { c: 1 }, 0: [2], if: { e: 3 }, f: 4 })", [1, 2, 3, {"f": 4}]),
        ("return (async () => { for await (const { a } of [{ a: 1 }]) return a })()", 1),
    ],
)  # fmt: skip
def test_patterns_take_what_they_name(runner: ScriptRunner, body: str, value: object) -> None:
    assert value_of(runner, body) == value


@pytest.mark.parametrize(
    ("literal", "value"),
    [
        ("{ ...'ab' }", {"0": "a", "1": "b"}),
        ("{ 0: 'z', ...`a${1}` }", {"0": "a", "1": "1"}),
        ("{ a: 1, ...data.text, ...null, ...5, ...data.nope }", {"a": 1, "0": "x"}),
        ("{ ...(data && 'q'), ...[7, 8] }", {"0": 7, "1": 8}),
        ("{ ...(data.nope || 'q'), ...new String('') }", {"0": "q"}),
        ("{ ...data, b: { ...data.text } }", {"text": "x", "b": {"0": "x"}}),
    ],
)
def test_the_characters_of_a_text_are_spread_into_an_object(
    runner: ScriptRunner, literal: str, value: object
) -> None:
    assert value_of(runner, f"return {literal}", {"text": "x"}) == value
