"""Scripts that want too much: each ends in a fault that names the limit, and harms nobody."""

import pytest

from rc_integrations_plugin.scripting.protocol import FaultKind, ScriptRunner
from tests.script_fixtures import http, local_runner, runner
from tests.scripts import make_script, method, value_of

__all__ = ["http", "local_runner", "runner"]
pytestmark = pytest.mark.integration

TIMEOUT, MEMORY, EXCEPTION = FaultKind.TIMEOUT, FaultKind.MEMORY, FaultKind.EXCEPTION
ATTACKS = {
    "endless loop": ("while (1);", {TIMEOUT}),
    "endless loop in try and finally": (
        "for (;;) { try { for (;;); } catch (e) {} finally { continue } }",
        {TIMEOUT},
    ),
    "catastrophic regex": ("/^(a+)+$/.test('a'.repeat(50) + 'b')", {TIMEOUT}),
    "catastrophic regex with lookahead": (
        "/^(?=(a+)+$)(a|aa)+$/.test('a'.repeat(60) + 'b')",
        {TIMEOUT}),
    "endless promise chain": (
        "const f = () => Promise.resolve().then(f); return f()",
        {TIMEOUT, MEMORY}),
    "endless await": ("return (async () => { for (;;) await null })()", {TIMEOUT}),
    "promise that never settles": ("return new Promise(() => {})", {TIMEOUT}),
    "timer that is too late": ("return new Promise(done => setTimeout(done, 60000))", {TIMEOUT}),
    "endless interval": ("return new Promise(() => setInterval(() => {}, 0))", {TIMEOUT}),
    "endless generator": ("return [...(function* () { for (;;) yield 1 })()]", {TIMEOUT, MEMORY}),
    "endless getter": ("const o = { get a() { return o.a } }; return o", {EXCEPTION}),
    "endless toJSON": ("const o = { toJSON() { return { o: Object.create(o) } } }; return o",
                       {FaultKind.BAD_RESULT}),
    "endless proxy": ("return new Proxy({}, { ownKeys() { for (;;); } })", {TIMEOUT}),
    "endless sort of a sparse array": ("new Array(4294967295).sort()", {TIMEOUT, MEMORY}),
    "endless native search": (
        "'a'.repeat(2 ** 24).split('').join('b').indexOf('c'.repeat(99)); for (;;);",
                              {TIMEOUT, MEMORY}),
    "array bomb": ("let a = [1]; for (;;) a = [].concat(a, a)", {MEMORY, TIMEOUT}),
    "object bomb": ("const a = []; for (;;) a.push({ a: [] })", {MEMORY, TIMEOUT}),
    "string bomb": ("let a = 'x'; for (;;) a += a", {MEMORY, EXCEPTION, TIMEOUT}),
    "one string of 1 GB": ("return 'x'.repeat(1 << 30)", {MEMORY, EXCEPTION}),
    "many strings of 10 MB": (
        "const a = []; for (let i = 0;; i++) a.push(`${i}`.repeat(5e6))",
        {MEMORY, TIMEOUT}),
    "one buffer of 1 GB": ("new ArrayBuffer(2 ** 30)", {MEMORY, EXCEPTION}),
    "map bomb": ("const m = new Map(); for (let i = 0;; i++) m.set(i, [i])", {MEMORY, TIMEOUT}),
    "big number": ("let n = 3n; for (;;) n *= n", {MEMORY, TIMEOUT, EXCEPTION}),
    "replace bomb": (
        "let s = 'aaaa'; for (;;) s = s.replace(/a/g, s)",
        {MEMORY, TIMEOUT, EXCEPTION}),
    "padding bomb": ("return 'x'.padStart(2 ** 29).padEnd(2 ** 30 - 1)", {MEMORY, EXCEPTION}),
    "memory that is caught": (
        "for (;;) try { new ArrayBuffer(2 ** 30) } catch (e) {}",
        {TIMEOUT, MEMORY}),
    "memory held in a catch": (
        "const a = []; for (;;) try { for (;;) a.push(Array(1000).fill(a)) } catch (e) {}",
        {TIMEOUT, MEMORY},
    ),
    "deep recursion": ("const f = () => f() + 1; return f()", {EXCEPTION}),
    "deep recursion through natives": ("const f = () => [1].map(f); f()", {EXCEPTION}),
    "deep recursion that is caught": (
        "const f = () => { try { f() } catch (e) { f() } }; f()", {TIMEOUT, EXCEPTION}),
    "deep nesting of JSON": ("JSON.parse('['.repeat(1e6))", {EXCEPTION}),
    "deep nesting of a regex": (
        "new RegExp('('.repeat(1e6) + ')'.repeat(1e6))",
        {EXCEPTION, MEMORY}),
    "deep nesting of code": ("(0, eval)('['.repeat(1e5) + ']'.repeat(1e5))", {EXCEPTION}),
    "large result": ("return 'x'.repeat(2 ** 21)", {FaultKind.OUTPUT}),
    "large result in parts": ("return Array(2 ** 17).fill('x'.repeat(9))", {FaultKind.OUTPUT}),
    "flood of console lines": ("for (;;) console.log('x'.repeat(999))", {TIMEOUT}),
    "console line of 30 MB": ("console.log('x'.repeat(3e7)); for (;;);", {TIMEOUT, MEMORY}),
    "exception of 10 MB": ("throw new Error('x'.repeat(1e7))", {EXCEPTION}),
    "promise that waits for itself": (
        "const p = {}; p.then = (done) => done(p); return p", {TIMEOUT}),
    "endless then": ("return { then() { for (;;); } }", {TIMEOUT}),
    "endless getter of then": ("return { get then() { for (;;); } }", {TIMEOUT}),
    "endless keys in the console": (
        "console.log(new Proxy({}, { ownKeys() { for (;;); } }))", {TIMEOUT}),
    "endless number in the console": (
        "console.log('%d', { [Symbol.toPrimitive]() { for (;;); } })", {TIMEOUT}),
    "endless default of a parameter": (
        "const f = (a = (() => { for (;;); })()) => 1; return f()", {TIMEOUT}),
    "endless end of a generator": (
        "for (const x of (function* () { try { yield 1 } finally { for (;;); } })()) return x",
        {TIMEOUT}),
    "endless exception": (
        "throw new Proxy({}, { getPrototypeOf() { for (;;); } })", {TIMEOUT}),
    "endless sort of a billion holes": ("return new Array(1e9).sort()", {TIMEOUT, MEMORY}),
    "result with 4 billion holes": ("const a = []; a[4294967294] = 1; return a", {TIMEOUT}),
    "result that doubles 40 times": (
        "let v = [1]; for (let i = 0; i < 40; i++) v = [v, v]; return v", {TIMEOUT}),
    "catastrophic regex with classes of Unicode": (
        "/(?:\\p{L}*)*x$/u.test('a'.repeat(40))", {TIMEOUT}),
    "catastrophic regex with a reference": ("/(a*)*\\1b/.test('a'.repeat(40))", {TIMEOUT}),
    "bomb of promise jobs": ("for (;;) Promise.resolve().then(() => {})", {MEMORY, TIMEOUT}),
    "bomb of timers": (
        "return new Promise(() => { const f = () => { setTimeout(f); setTimeout(f) }; f() })",
        {MEMORY, TIMEOUT}),
    "sleep on an atomic": (
        "Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)", {EXCEPTION}),
    "buffer that grows to 16 GB": (
        "new ArrayBuffer(8, { maxByteLength: 2 ** 34 }).resize(2 ** 33)", {MEMORY, EXCEPTION}),
    "HTTP calls without end": (
        "for (;;) try { HTTP.get('https://chat.example/') } catch (e) {}", {TIMEOUT}),
    "result that is a circle by a getter": (
        "const o = { get a() { return o } }; return o", {FaultKind.BAD_RESULT}),
    "result that throws": ("return { get a() { throw 'late' } }", {EXCEPTION}),
    "result that hangs": ("return { get a() { for (;;); } }", {TIMEOUT}),
    "result that hangs the second time": (
        "let n = 0; return { get a() { if (n++) for (;;); return () => 1 } }", {TIMEOUT}),
    "key of 2 MB": ("return { ['k'.repeat(2 ** 21)]: 1 }", {FaultKind.OUTPUT}),
    "random bytes without end": ("return crypto.randomBytes(Infinity)", {EXCEPTION}),
    "less than no random bytes": ("return crypto.randomBytes(-1)", {EXCEPTION}),
}  # fmt: skip


@pytest.mark.parametrize(("body", "kinds"), ATTACKS.values(), ids=ATTACKS)
def test_it_ends_at_a_limit_and_the_next_call_works(
    runner: ScriptRunner, body: str, kinds: set[FaultKind]
) -> None:
    script = make_script(f"class Script {{ run() {{ {body} }} fine() {{ return 'fine' }} }}")

    run = runner.call(script, "run", None)

    assert run.fault is not None
    assert run.fault.kind in kinds, run.fault
    assert len(run.fault.message) < 5000
    assert runner.call(script, "fine", None).value == "fine"


LEFT_BEHIND = [
    "Promise.resolve().then(() => { for (;;); })",
    "(async () => { await null; /^(a+)+$/.test('a'.repeat(50) + 'b') })()",
]


@pytest.mark.parametrize("work", LEFT_BEHIND)
def test_endless_work_that_is_left_behind_does_not_take_the_next_call(
    runner: ScriptRunner, work: str
) -> None:
    source = f"class Script {{ run() {{ {work}; return 'answered' }} fine() {{ return 'fine' }} }}"
    script = make_script(source)

    assert runner.call(script, "run", None).value == "answered"
    run = runner.call(script, "fine", None)

    assert (run.value, run.fault) == ("fine", None)


def test_a_hanging_constructor_ends(runner: ScriptRunner) -> None:
    run = runner.call(make_script("class Script { constructor() { for (;;); } }"), "run", None)

    assert run.fault is not None
    assert run.fault.kind is TIMEOUT
    assert "1 s" in run.fault.message


def test_a_hanging_getter_of_the_method_ends(runner: ScriptRunner) -> None:
    run = runner.call(make_script("class Script { get run() { for (;;); } }"), "run", None)

    assert run.fault is not None
    assert run.fault.kind is TIMEOUT


def test_a_source_that_takes_forever_to_compile_ends(runner: ScriptRunner) -> None:
    fault = runner.check("a" + "=>a" * 200_000)

    assert fault is None or fault.kind in {FaultKind.SYNTAX, MEMORY, TIMEOUT, FaultKind.CRASH}


def test_a_source_that_is_too_large_is_refused(runner: ScriptRunner) -> None:
    fault = runner.check(" " * 5_000_000)

    assert fault is not None
    assert fault.kind is FaultKind.INPUT


def test_other_integrations_run_meanwhile(runner: ScriptRunner) -> None:
    bomb = make_script(method("const a = []; for (;;) a.push({})"))

    assert runner.call(bomb, "run", None).fault is not None
    assert value_of(runner, "return 'fine'") == "fine"
