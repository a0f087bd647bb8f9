"""The words of errors, which scripts post: those of Node.js after Babel, as on Rocket.Chat."""

import pytest

from rc_integrations_plugin.scripting.protocol import FaultKind, ScriptRunner
from tests.scripts import method, run_source, value_of

pytestmark = pytest.mark.integration

NO_ITEMS = (
    "Invalid attempt to {} non-iterable instance.\n"
    "In order to be iterable, non-array objects must have a [Symbol.iterator]() method."
)
DATA: dict[str, object] = {"text": "a", "none": None, "list": [1], "some": {}}


def assert_words(runner: ScriptRunner, body: str, message: str) -> None:
    script = f"try {{ {body} }} catch (error) {{ return error.message }}"

    assert value_of(runner, script, DATA) == message


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("const { a } = data.nope", "Cannot read properties of undefined (reading 'a')"),
        ("const { a } = data.none", "Cannot read properties of null (reading 'a')"),
        ("let a; ({ a } = data.none)", "Cannot read properties of null (reading 'a')"),
        ("const { 'a-b': c } = (0, data.nope)",
         "Cannot read properties of undefined (reading 'a-b')"),
        ("const { some: { a: { b } } } = data",
         "Cannot read properties of undefined (reading 'b')"),
        ("const { none: { a } } = data", "Cannot read properties of null (reading 'a')"),
        ("(({ a }) => a)()", "Cannot read properties of undefined (reading 'a')"),
        ("[null].map(({ a }) => a)", "Cannot read properties of null (reading 'a')"),
        ("[{ a: null }].map(({ a: { b } = {}, c }) => b)",
         "Cannot read properties of null (reading 'b')"),
        ("(function ({ a: [b] }) {})({})", NO_ITEMS.format("destructure")),
        ("[[]].map(([{ a }]) => a)", "Cannot read properties of undefined (reading 'a')"),
        ("const {} = data.nope", "Cannot destructure undefined"),
        ("const { ...all } = data.none", "Cannot destructure null"),
        ("const [a] = data.nope", NO_ITEMS.format("destructure")),
        ("const [a] = data.some", NO_ITEMS.format("destructure")),
        ("[1].map(([a]) => a)", NO_ITEMS.format("destructure")),
        ("for (const a of data.some) ;", NO_ITEMS.format("iterate")),
        ("[...data.some]", NO_ITEMS.format("spread")),
        ("for (a of data.none) ;",
         "object null is not iterable (cannot read property Symbol(Symbol.iterator))"),
        ("'a' in data.text", "Cannot use 'in' operator to search for 'a' in a"),
        ("('a' + 1) in (data.nope)", "Cannot use 'in' operator to search for 'a1' in undefined"),
        ("const a = 1; a = 2", '"a" is read-only'),
        ("class A {} A()", "Cannot call a class as a function"),
        ("class A {} class B extends A { constructor() {} } new B()",
         "this hasn't been initialised - super() hasn't been called"),
    ],
)  # fmt: skip
def test_what_cannot_be_taken_apart_is_told_as_after_babel(
    runner: ScriptRunner, body: str, message: str
) -> None:
    assert_words(runner, body, message)


@pytest.mark.parametrize(
    ("body", "callee"),
    [
        ("data.some['call']()", "data.some.call"),
        ("data.some['a b']()", "data.some.a b"),
        ("data.some[data.text](1)", "data.some[data.text]"),
        ("data.list[data.list.length - 1].run()", "data.list[(data.list.length - 1)].run"),
        ("(0, data.nope)()", "(0 , data.nope)"),
        ("(data.nope || data.none)()", "(data.nope || data.none)"),
        ("(data ? data.nope : 0)()", "(intermediate value)" * 3),
        ("(() => 1)().run()", "(intermediate value)(...).run"),
        ("[1, 'b'].run()", '[1,"b"].run'),
        ("'text'.run()", '"text".run'),
        ("`a${1}`.run()", '"a".concat(...).run'),
        ("/x/g.run()", "/x/g.run"),
        ("({}).run()", "{}.run"),
        ("new Date().run()", "(intermediate value).run"),
        ("(void 0)()", "(void 0)"),
        ("data.some.run`x`", "data.some.run"),
        ("this.walk()", "this.walk"),
        ("(() => this.walk())()", "_this.walk"),
        ("data.some\n  .deep\n  ?.run; data.some\n  .run(1)", "data.some.run"),
        ("data.some.map(item => item.name).join()", "data.some.map"),
        ("data.some.map(function (item) { return String(item) })", "data.some.map"),
        ("data.some.run(data.text)", "data.some.run"),
        ("data.some.run('a' + data.text + 'b')", "data.some.run"),
        ("data.some.run(String(data.text))", "data.some.run"),
        ("data.some.run(1, data.text.trim())", "data.some.run"),
        ("data.some.run(new Date(), JSON.stringify(data))", "data.some.run"),
        ("data.some.run({\n  a: 1,\n  b: data.text.nope(data.list)\n})", "data.text.nope"),
        ("data.list.map(item => item.run(data.text))", "item.run"),
        ("data.list\n  .filter(item => item)\n  .run(item => item + 1)",
         "data.list.filter(...).run"),
        ("data.some.run (data.text)", "data.some.run"),
        ("data.some?.run(data.text)", "_data$some.run"),
        ("data.text?.(data.list)", "_data$text.call"),
        ("`\u00b0\U0001f600 ${data.some.run(item => item)}`", "data.some.run"),
        ("(data.nope || data.none || data.some).run(data)",
         "(data.nope || data.none || data.some).run"),
        ("function helper(value) { return value } data.some.run(helper(data))", "data.some.run"),
    ],
)  # fmt: skip
def test_what_is_no_function_is_named_as_node_names_it(
    runner: ScriptRunner, body: str, callee: str
) -> None:
    assert_words(runner, body, f"{callee} is not a function")


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("new data.list[0].Class()", "data.list[0].Class is not a constructor"),
        ("new (data.nope)()", "data.nope is not a constructor"),
        ("new data.text(String(data))", "data.text is not a constructor"),
        ("data.nope(...data.list)", "Cannot read properties of undefined (reading 'apply')"),
        ("new RegExp('[')", "Invalid regular expression: /[/: Unterminated character class"),
        ("new RegExp('(a', 'i')", "Invalid regular expression: /(a/i: Unterminated group"),
        ("RegExp('*')", "Invalid regular expression: /*/: Nothing to repeat"),
        ("new RegExp('a\\\\')", "Invalid regular expression: /a\\/: \\ at end of pattern"),
        ("new RegExp('a)')", "Invalid regular expression: /a)/: Unmatched ')'"),
        ("new RegExp('a', 'zz')", "Invalid flags supplied to RegExp constructor 'zz'"),
        ("'a'.repeat(-1)", "Invalid count value: -1"),
        ("(1.5).toFixed(101)", "toFixed() digits argument must be between 0 and 100"),
        ("'a'.startsWith(/a/)",
         "First argument to String.prototype.startsWith must not be a regular expression"),
        ("'a'.replaceAll(/a/, '')",
         "String.prototype.replaceAll called with a non-global RegExp argument"),
        ("'a'.repeat(2 ** 30)", "Invalid string length"),
        ("`${Object.create(null)}`", "Cannot convert object to primitive value"),
        ("String.prototype.trim.call(null)",
         "String.prototype.trim called on null or undefined"),
        ("Buffer.from(data.nope)",
         "The first argument must be of type string or an instance of Buffer, ArrayBuffer, or"
         " Array or an Array-like Object. Received undefined"),
        ("crypto.createHmac('sha256', data.nope)",
         "The \"key\" argument must be of type string or an instance of ArrayBuffer, Buffer,"
         " TypedArray, DataView, KeyObject, or CryptoKey. Received undefined"),
        ("crypto.createHmac('md6', 'key')", "Invalid digest: md6"),
        ("crypto.createHash('sha256').update(data.list[0])",
         "The \"data\" argument must be of type string or an instance of Buffer, TypedArray, or"
         " DataView. Received type number (1)"),
        ("crypto.timingSafeEqual('a', 'a')",
         "The \"buf1\" argument must be an instance of ArrayBuffer, Buffer, TypedArray, or"
         " DataView."),
        ("atob('*')", "Invalid character"),
        ("new RegExp('(?')", "Invalid regular expression: /(?/: Invalid group"),
        ("String.fromCodePoint(-1)", "Invalid code point -1"),
        ("Map()", "Constructor Map requires 'new'"),
        ("data.self = data; JSON.stringify(data)",
         "Converting circular structure to JSON\n"
         "    --> starting at object with constructor 'Object'\n"
         "    --- property 'self' closes the circle"),
        ("const a = { b: { c: [] } }; a.b.c.push(a); JSON.stringify({ a })",
         "Converting circular structure to JSON\n"
         "    --> starting at object with constructor 'Object'\n"
         "    |     property 'b' -> object with constructor 'Object'\n"
         "    |     property 'c' -> object with constructor 'Array'\n"
         "    --- index 0 closes the circle"),
        ("JSON.parse('{\"a\":1')",
         "Expected ',' or '}' after property value in JSON at position 6"),
        ("JSON.parse('[1,')", "Unexpected end of JSON input"),
        ("JSON.parse('{\"a\":1,\"b\" 2}')", "Unexpected number in JSON at position 11"),
        ("JSON.parse('<html><body></body>')",
         "Unexpected token '<', \"<html><body></body>\" is not valid JSON"),
        ("JSON.parse('<!DOCTYPE html><html>')",
         "Unexpected token '<', \"<!DOCTYPE \"... is not valid JSON"),
        ("JSON.parse(NaN)", '"NaN" is not valid JSON'),
    ],
)  # fmt: skip
def test_built_in_functions_say_what_they_were_given(
    runner: ScriptRunner, body: str, message: str
) -> None:
    assert_words(runner, body, message)


def test_an_error_that_is_taken_apart_when_caught_has_the_words_of_node(
    runner: ScriptRunner,
) -> None:
    body = "try { data.nope.text } catch ({ name, message: words = '' }) { return [name, words] }"

    assert value_of(runner, body, {}) == [
        "TypeError",
        "Cannot read properties of undefined (reading 'text')",
    ]


def test_promises_that_all_fail_are_told_as_in_node(runner: ScriptRunner) -> None:
    body = "return Promise.any([Promise.reject(1)]).catch((e) => [e.message, e.errors])"

    assert value_of(runner, body) == ["All promises were rejected", [1]]


@pytest.mark.parametrize("value", ["null", "undefined"])
@pytest.mark.parametrize("way", ["throw {}", "return Promise.reject({})"])
def test_nothing_may_be_thrown(runner: ScriptRunner, way: str, value: str) -> None:
    fault = run_source(runner, method(way.format(value))).fault

    assert fault is not None
    assert (fault.kind, fault.message) == (FaultKind.EXCEPTION, value)


@pytest.mark.parametrize(
    ("body", "value"),
    [
        ("const { list: [one], some: { two = 2 } } = data; return [one, two]", [1, 2]),
        ("return (({ text, ...rest }, [one] = [3]) => [text, one, 'list' in rest])(data)",
         ["a", 3, True]),
        ("let a = 1, b = 2; [a, b] = [b, a]; ({ text: a } = data); return [a, b]", ["a", 1]),
        ("for (const { x = 1, y: [z] } of [{ y: [2] }]) return [x, z]", [1, 2]),
        ("for (var k in data) if (k in data && !('q' in data)) return k", "text"),
        ("const [[x, [y]], ...more] = new Map([[1, 'ab'], [2, 3]]); return [x, y, more]",
         [1, "a", [[2, 3]]]),
        ("class A { #p = 1; has(o) { return #p in o } } return new A().has(new A())", True),
        ("const { [data.text]: x = 5 } = {}; return x", 5),
        ("return ((a, { b } = { b: 2 }) => a + b)(1)", 3),
        ("return [/a/.constructor === RegExp, RegExp('a') instanceof RegExp, RegExp.name,"
         " new (class X extends RegExp { twice(t) { return this.test(t) && this.test(t) } })('a')"
         ".twice('a'), String(RegExp(/x/g, 'i')), 'aXb'.split(RegExp('x', 'i'))]",
         [True, True, "RegExp", True, "/x/i", ["a", "b"]]),
        ("return (0.42).toString(36) + (0.1).toString(3) + (-7.25).toString(2)",
         "0.f4bipx4bipu0.0022002200220022002200220022002201-111.01"),
        ("return [255, -255, 0].map((n) => n.toString(16)).concat((12).toString())",
         ["ff", "-ff", "0", "12"]),
        ("return [(1e21).toString(36), (85427897462848160).toString(9)]",
         ["5v1j4f4ds7c000", "510823066385781810"]),
    ],
)  # fmt: skip
def test_what_can_be_taken_apart_is(runner: ScriptRunner, body: str, value: object) -> None:
    found = value_of(runner, body, DATA)

    assert found == value


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("2024-05-01t12:00:00z", 1714564800000),
        ("2024-05-01T12:00:00.5z", 1714564800500),
        ("2024-05-01T12:00:00+02", None),
        ("2024-05-01T12:00:00+02:00", 1714557600000),
    ],
)
def test_dates_are_read_as_in_node(runner: ScriptRunner, text: str, time: int | None) -> None:
    body = f"return [Date.parse('{text}'), new Date('{text}').getTime()]"

    assert value_of(runner, body) == [time, time]


def test_a_date_is_still_a_date(runner: ScriptRunner) -> None:
    body = """class Day extends Date { get short() { return this.toISOString().slice(0, 10) } }
    const date = new Date(0);
    return [date instanceof Date, date.constructor === Date, new Day(0).short, Date.length,
            typeof Date(), Date.UTC(1970, 0), Object.keys(Date), new Date(date).getTime()]"""

    assert value_of(runner, body) == [True, True, "1970-01-01", 7, "string", 0, [], 0]
