"""Errors that scripts make, and what the engine's own functions say: as in Node.js."""

import pytest

from rc_integrations_plugin.scripting.protocol import ScriptRunner
from tests.scripts import run_source, value_of

pytestmark = pytest.mark.integration


@pytest.mark.parametrize(
    ("made", "header"),
    [
        ("new Error('x')", "Error: x"),
        ("new Error()", "Error"),
        ("TypeError('x')", "TypeError: x"),
        ("new (class Own extends Error {})('x')", "Error: x"),
        ("new (class Own extends RangeError { name = 'Own' })('x')", "Own: x"),
        ("Object.assign(new Error('x'), { name: 'Later', message: 'y' })", "Later: y"),
        ("new (class Own extends Error { constructor(m) { super(m);"
         " Error.captureStackTrace(this, Own); this.name = 'Own' } })('x')", "Own: x"),
    ],
)  # fmt: skip
def test_the_stack_of_an_error_begins_with_name_and_message(
    runner: ScriptRunner, made: str, header: str
) -> None:
    lines = value_of(runner, f"const error = {made}; return error.stack.split('\\n')")

    assert lines[0] == header
    assert lines[1].startswith("    at ")
    assert "(script:1:" in lines[1]


def test_an_error_that_is_thrown_has_the_same_stack_when_it_is_caught(runner: ScriptRunner) -> None:
    body = """const error = new Error('x'), { stack } = error;
    try { throw error } catch (caught) { return caught.stack === stack }"""

    assert value_of(runner, body) is True


def test_an_error_of_the_script_keeps_words_that_the_engine_has_too(runner: ScriptRunner) -> None:
    fault = run_source(
        runner, "class Script { run() { throw new TypeError('not a function') } }"
    ).fault

    assert fault is not None
    assert (fault.name, fault.message, fault.line) == ("TypeError", "not a function", 1)


def test_constructors_of_errors_are_what_errors_know_them_by(runner: ScriptRunner) -> None:
    body = """let own; try { null.x } catch (error) { own = error }
    return [own.constructor === TypeError, own instanceof Error, Error.name, TypeError.length,
            Object.getPrototypeOf(RangeError) === Error, new Error('x', { cause: 5 }).cause,
            new AggregateError([1], 'x').errors, 'stack' in Object.keys(new Error('x'))]"""

    assert value_of(runner, body) == [True, True, "Error", 1, True, 5, [1], False]


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("Object.freeze(data).a = 2",
         "Cannot assign to read only property 'a' of object '#<Object>'"),
        ("Object.freeze(data); data.b = 2", "Cannot add property b, object is not extensible"),
        ("delete Object.freeze(data).a", "Cannot delete property 'a' of #<Object>"),
        ("({ get a() { return 1 } }).a = 2",
         "Cannot set property a of #<Object> which has only a getter"),
        ("Object.freeze([1])[0] = 2",
         "Cannot assign to read only property '0' of object '[object Array]'"),
        ("const a = 1; a = 2", '"a" is read-only'),
    ],
)  # fmt: skip
def test_what_a_frozen_object_refuses_is_named_in_strict_code(
    runner: ScriptRunner, body: str, message: str
) -> None:
    strict = f"'use strict'; try {{ {body} }} catch (e) {{ return e.message }}"
    script = f"return (function () {{ {strict} }})()"

    assert value_of(runner, script, {"a": 1}) == message


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("BigInt('x')", "Cannot convert x to a BigInt"),
        ("BigInt(1.5)",
         "The number 1.5 cannot be converted to a BigInt because it is not an integer"),
        ("1n / 0n", "Division by zero"),
        ("new Set({})", "object is not iterable (cannot read property Symbol(Symbol.iterator))"),
        ("Object.fromEntries(5)",
         "number 5 is not iterable (cannot read property Symbol(Symbol.iterator))"),
        ("Object.fromEntries(['ab'])", "Iterator value ab is not an entry object"),
        ("await Promise.all({})",
         "object is not iterable (cannot read property Symbol(Symbol.iterator))"),
        ("new Promise()", "Promise resolver undefined is not a function"),
        ("[1].flatMap()", "flatMap mapper function is not callable"),
        ("Math.max.apply(null, 5)", "CreateListFromArrayLike called on non-object"),
        ("data instanceof data.nope", "Right-hand side of 'instanceof' is not an object"),
        ("decodeURIComponent('%ff')", "URI malformed"),
        ("setTimeout('x')",
         "The \"callback\" argument must be of type function. Received type string ('x')"),
        ("atob('a')", "The string to be decoded is not correctly encoded."),
        ("eval('1 +')", "Unexpected end of input"),
        ("eval('<html>')", "Unexpected token '<'"),
        ("eval('return 1')", "Illegal return statement"),
        ("eval('hello world')", "Unexpected identifier 'world'"),
        ("eval('2 3')", "Unexpected number"),
        ("eval('{\"a\":1}')", "Unexpected token ':'"),
        ("eval('let a; let a')", "Identifier 'a' has already been declared"),
        ("eval('const a')", "Missing initializer in const declaration"),
        ("new Function('return \"x')", "Invalid or unexpected token"),
        ("class A { run() { return super.run(data.a) } } new A().run()",
         "_superPropGet(...) is not a function"),
        ("class A { #a; static of(one) { return one.#a } } A.of(data)",
         "Private element is not present on this object"),
        ("data.nope[Symbol.asyncIterator]",
         "Cannot read properties of undefined (reading 'Symbol(Symbol.asyncIterator)')"),
    ],
)  # fmt: skip
def test_the_engine_says_what_node_says(runner: ScriptRunner, body: str, message: str) -> None:
    script = f"return (async () => {{ try {{ {body} }} catch (e) {{ return e.message }} }})()"

    assert value_of(runner, script, {"a": 1}) == message


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("[String(BigInt('12') + 1n), 5n instanceof BigInt, typeof BigInt(1), BigInt.name]",
         ["13", False, "bigint", "BigInt"]),
        ("Object.fromEntries(new Map([['a', 1]]))", {"a": 1}),
        ("Promise.all([1, Promise.resolve(2)])", [1, 2]),
        ("[...new TextEncoder().encode(5)]", [53]),
        ("[eval('var y = data'), y, (0, eval)('typeof y'), eval(...['2 + 3'])]",
         [None, "x", "undefined", 5]),
    ],
)  # fmt: skip
def test_functions_with_words_of_their_own_do_what_they_did(
    runner: ScriptRunner, expression: str, value: object
) -> None:
    assert value_of(runner, f"return {expression}", "x") == value
