"""Ways out of the sandbox that scripts may try; each names what it tried.

Many are shapes of published holes in node's vm module, vm2 (CVE-2019-10761, CVE-2021-23449,
CVE-2022-36067, CVE-2023-29017, CVE-2023-30547, CVE-2023-32314, CVE-2023-37466, CVE-2023-37903),
isolated-vm (CVE-2021-21413, CVE-2022-39266) and QuickJS, or of what dukpy hands its scripts.
"""

from typing import Any

import pytest

from rc_integrations_plugin.scripting.http import CannedHttp
from rc_integrations_plugin.scripting.protocol import FaultKind, ScriptRunner
from tests.script_fixtures import http, local_runner, runner
from tests.scripts import make_script, method, run_source, value_of

__all__ = ["http", "local_runner", "runner"]
pytestmark = pytest.mark.integration
OUTSIDE = ("process", "call_python", "dukpy", "std", "os", "scriptArgs", "Deno", "load", "print",
           "__loadScript", "ivm", "serverFetch", "XMLHttpRequest", "WebAssembly", "Worker",
           "SharedWorker", "importScripts", "java", "Packages", "evalScript", "bjson", "gc",
           "navigator", "Meteor", "Npm", "mainModule", "_dukpy_eval_cjs_source")  # fmt: skip
# A function's constructor makes functions that see nothing but the globals.
REACH = "(f => f.constructor('return typeof process + typeof call_python + typeof dukpy')())"
NOTHING = "undefinedundefinedundefined"


@pytest.mark.parametrize("name", OUTSIDE)
def test_nothing_of_a_host_has_a_name(runner: ScriptRunner, name: str) -> None:
    assert value_of(runner, f"return typeof {name}") == "undefined"


@pytest.mark.parametrize(
    "function",
    [
        "console.log",
        "console.log.bind(console)",
        "Store.get",
        "HTTP",
        "HTTP.get",
        "fetch",
        "setTimeout",
        "require",
        "crypto.createHash",
        "Buffer.from",
        "Math.random",
        "structuredClone",
        "_.each",
        "moment",
        "s",
        "URL",
        "Object.getPrototypeOf(async function () {})",
        "Object.getPrototypeOf(function* () {})",
        "Reflect.get(console, 'log')",
        "new Proxy(console.log, {})",
        "this.constructor",
        "data.constructor",
        "__script_class__",
    ],
)
def test_a_functions_constructor_leads_nowhere(runner: ScriptRunner, function: str) -> None:
    body = f"try {{ return {REACH}({function}) }} catch (e) {{ return '{NOTHING}' }}"

    value = value_of(runner, body, {})

    assert value in (NOTHING, {})


@pytest.mark.parametrize(
    "body",
    [
        # node vm: the constructor of the global's constructor
        "return typeof this.constructor.constructor('return this')().process",
        # vm2 CVE-2019-10761: a host RangeError through deep recursion
        "const f = () => f(); try { f() } catch (e) "
        "{ return typeof e.constructor.constructor('return process')() }",
        # vm2 CVE-2022-36067, CVE-2023-29017: stack frames of the host
        "Error.prepareStackTrace = (e, frames) => frames; const { stack } = new Error('x');"
        "return typeof stack[0].getThis",
        # vm2 CVE-2023-30547: an exception of the host, cleaned up through a proxy
        "const e = new Proxy(new Error(), { getPrototypeOf() { (function f() { f() })() } });"
        "try { throw e } catch (x) { return typeof x.constructor.constructor('return process')() }",
        # vm2 CVE-2021-23449: dynamic import
        "return import('fs').then(fs => typeof fs.readFileSync)",
        "return import('./etc/passwd').then(() => 'in', e => typeof e.constructor.constructor("
        "'return process')())",
        # vm2 CVE-2023-37466: species of a promise
        "const p = Promise.reject(1); p.constructor = { [Symbol.species]: function (run) {"
        " run(() => {}, e => { Store.set('e', e) }) } }; try { p.then() } catch (e) {}"
        "return typeof (Store.get('e') || {}).process",
        # vm2 CVE-2023-37903: node's inspect symbol
        "const o = { [Symbol.for('nodejs.util.inspect.custom')](d, o, inspect) "
        "{ return inspect.constructor('return process')() } }; console.log(o);"
        "return typeof WebAssembly",
        # vm2 CVE-2023-32314: Error.prepareStackTrace through a proxied function
        "const err = new Error(); err.name = { toString: new Proxy(() => '', { apply(t, th, args) "
        "{ return args.constructor.constructor('return process')() } }) };"
        "try { err.stack } catch (e) {} return typeof globalThis.process",
        # isolated-vm CVE-2022-39266: handles of the host
        "return typeof (globalThis.ivm || globalThis._ivm || globalThis.$262)",
        # who called?
        "return typeof (function () { return arguments.callee.caller }())"
        ".constructor('return process')()",
        "return typeof this.run.caller.constructor('return process')()",
        # dukpy: functions of Python by name
        "return typeof call_python('dukpy.load_module', 'x')",
        "return typeof globalThis['call_' + 'python']",
        "return typeof (0, eval)('call_python')",
        "return typeof new Function('return call_python')()",
        "return typeof Reflect.ownKeys(globalThis).map(k => globalThis[k]).find("
        "f => f && f.name === 'call_python')",
        "return Symbol.for && Reflect.ownKeys(globalThis).filter(k => typeof k === 'symbol')"
        ".map(k => typeof globalThis[k]).find(t => t === 'function') || 'undefined'",
        # modules
        "return typeof require('child_process')",
        "return typeof require('../../sandbox.py')",
        "return typeof require({ toString() { return 'fs' } })",
        "return typeof (require.main || require.cache || require.extensions)",
    ],
)
def test_a_known_way_out_is_closed(runner: ScriptRunner, body: str) -> None:
    run = run_source(runner, method(body), {})

    assert run.fault is not None or run.value == "undefined"
    assert run.fault is None or run.fault.kind is FaultKind.EXCEPTION


@pytest.mark.parametrize(
    "call",
    ["console.log('x')", "HTTP.get('https://chat.example/')", "crypto.randomBytes(4)"],
)
def test_no_stack_frame_hands_out_the_functions_of_the_engine(
    runner: ScriptRunner, call: str
) -> None:
    # vm2 CVE-2022-36067, CVE-2023-29017, CVE-2023-32314; asked while a host function runs
    body = f"""
        const found = new Set(); let asked = 0;
        Error.prepareStackTrace = (error, sites) => sites;
        const look = () => {{
            for (const site of new Error().stack) {{
                asked += 1;
                for (const key of Object.getOwnPropertyNames(Object.getPrototypeOf(site))) {{
                    if (key === 'constructor') continue;
                    try {{ found.add(typeof (site[key]() ?? 5)) }} catch (e) {{}}
                }}
            }}
        }};
        Object.prototype.toJSON = Array.prototype.toJSON = function () {{ look(); return this }};
        look();
        try {{ {call} }} finally {{ delete Object.prototype.toJSON; delete Array.prototype.toJSON }}
        return [asked > 0, found.has('function') || found.has('object')]"""

    assert value_of(runner, body) == [True, False]


HIJACKS = [
    "Object.prototype.toJSON = function () { return { hijacked: true } }",
    "JSON.stringify = () => '{\"hijacked\":true}'",
    "Promise.prototype.then = function () { return this }",
    "Promise.resolve = () => 5",
    "Array.prototype.map = () => { throw new Error('map') }",
    "Object.keys = () => { throw new Error('keys') }",
    "Function.prototype.call = Function.prototype.apply = () => 5",
    "String.prototype.split = () => null",
    "Array.prototype[Symbol.iterator] = function* () { yield 'bad' }",
    "Object.defineProperty(Object.prototype, 'kind', { value: 'memory' })",
    "Object.defineProperty(Object.prototype, 'fault', { get() { for (;;); } })",
    "globalThis.eval = () => [class { run() { return 'bad' } }]",
    "Error = TypeError = null",
    "Map = Set = Date = null",
    "delete globalThis.console; delete globalThis.Store",
    "Error.prototype.toString = () => { throw 1 }",
    "Array.prototype.toJSON = () => ({ hijacked: true })",
    "Object.prototype.compiled = { code: 'class Script { run() { return { hijacked: true } } }' }",
    "Object.prototype.http = { method: 'GET', url: 'http://hijacked/' }",
    "Object.prototype.op = 'store'; Object.prototype.source = 'hijacked'",
    "Object.defineProperty(Object.prototype, 'value', { get: () => 'hijacked', set() {} })",
    "Object.defineProperty(Object.prototype, 'console', { get: () => [{ level: 'hijacked' }] })",
    "WeakSet.prototype.has = () => true; WeakSet.prototype.add = () => 5",
    "Reflect.ownKeys = Reflect.apply = Object.getPrototypeOf = () => null",
    "Array.isArray = () => true; Number.isFinite = () => true",
    "RegExp.prototype.exec = RegExp.prototype.test = () => null",
    "globalThis.Script = class { run() { return { hijacked: true } } }",
    "setTimeout(() => { this.run = () => ({ hijacked: true }) }, 0)",
]
RESULT = {"text": "as asked", "list": [1, {"a": "b"}]}


@pytest.mark.parametrize("hijack", HIJACKS)
def test_changed_built_ins_gain_nothing(
    runner: ScriptRunner, http: CannedHttp, hijack: str
) -> None:
    """The script gets what it returns, or a fault: no call, no line, no other result."""
    body = f"{hijack}; return {{ text: 'as asked', list: [1, {{ a: 'b' }}] }}"
    script = make_script(method(body))
    asked_before = len(http.requests)

    for number in range(2):
        run = runner.call(script, "run", {})
        assert run.console == ()
        if run.fault is None:
            assert run.value == RESULT
            assert run.fresh_instance is (number == 0)
        else:
            assert run.fault.kind in {FaultKind.EXCEPTION, FaultKind.CRASH}
            assert "hijacked" not in f"{run.value} {run.fault}"

    assert len(http.requests) == asked_before
    assert value_of(runner, "return [1, 2].map(n => n + 1)") == [2, 3]


@pytest.mark.parametrize(
    ("body", "value"),
    [
        ('return JSON.parse(\'{"__proto__": {"polluted": 1}}\')', {"__proto__": {"polluted": 1}}),
        ("const o = {}; o.__proto__.polluted = 1; return { own: 1 }", {"own": 1}),
        ("return { __proto__: { inherited: 1 }, constructor: 5 }", {"constructor": 5}),
        (
            "return { answer: { fault: { kind: 'crash' } } }",
            {"answer": {"fault": {"kind": "crash"}}},
        ),
        ("return { http: { method: 'GET' } }", {"http": {"method": "GET"}}),
    ],
)
def test_a_result_cannot_pass_for_something_else(
    runner: ScriptRunner, body: str, value: Any
) -> None:
    assert value_of(runner, body) == value


def test_a_script_cannot_break_out_of_what_is_wrapped_around_it(
    runner: ScriptRunner,
) -> None:
    fault = runner.check("}); globalThis.escaped = 1; (function () {")

    assert fault is not None
    assert fault.kind is FaultKind.SYNTAX


def test_the_stack_shows_none_of_our_code(runner: ScriptRunner) -> None:
    stack = value_of(runner, "return new Error('x').stack")

    assert "/" not in stack
    assert ".py" not in stack


def test_freezing_the_world_does_not_stop_the_engine(runner: ScriptRunner) -> None:
    freeze = "for (const k of Reflect.ownKeys(globalThis)) Object.freeze(globalThis[k]);"
    script = make_script(
        method(f"try {{ {freeze} }} catch (e) {{}} Object.freeze(globalThis); return 1")
    )

    assert [runner.call(script, "run", None).value for _ in range(2)] == [1, 1]
