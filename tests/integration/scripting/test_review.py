"""What is found in a script before it runs, by the real checker in its real process."""

import contextlib
import os
import signal
import threading
import time
from collections.abc import Iterator

import pytest

from rc_integrations_plugin.scripting.processes import ScriptProcess
from rc_integrations_plugin.scripting.protocol import FaultKind, Finding, ScriptRunner, Severity
from rc_integrations_plugin.scripting.runner import ProcessScriptRunner
from rc_integrations_plugin.scripting.supervisor import Supervisor
from rc_integrations_plugin.scripting.wire import READING_CALLS
from rc_integrations_plugin.settings import Settings

pytestmark = pytest.mark.integration

INCOMING = "class Script { process_incoming_request({ request }) { %s } }"
OUTGOING = "class Script { process_outgoing_response({ request, response }) { %s } }"


def find(runner: ScriptRunner, source: str, *, skip_transpile: bool = False) -> list[Finding]:
    review = runner.review(source, skip_transpile=skip_transpile)
    assert review.fault is None, review.fault
    return list(review.findings)


def codes(runner: ScriptRunner, source: str, **options: bool) -> set[tuple[str, str]]:
    return {(finding.code, finding.name) for finding in find(runner, source, **options)}


FOUND = {
    "no class": ("let a = 1;", "no-class", "Script"),
    "a class of another name": ("class Bot { run() {} }", "no-class", "Script"),
    "a class within a block": ("{ class Script { run() {} } }", "no-class", "Script"),
    "no known method": ("class Script { run() {} }", "no-method", "Script"),
    "no method at all": ("var Script = class {};", "no-method", "Script"),
    "a method in camel case": (
        "class Script { processIncomingRequest() {} }",
        "misspelt-method",
        "processIncomingRequest",
    ),
    "a method twice": (
        "class Script { prepare_outgoing_request() {} prepare_outgoing_request() {} }",
        "method-twice",
        "prepare_outgoing_request",
    ),
    "import()": (INCOMING % "import('fs')", "import-statement", "fs"),
    "require of another module": (INCOMING % "require('fs')", "unknown-module", "fs"),
    "require with node:": (INCOMING % "require(`node:net`)", "unknown-module", "node:net"),
    "a model": (INCOMING % "return Users.findOne()", "removed-global", "Users"),
    "Livechat": (INCOMING % "Livechat.sendMessage()", "removed-global", "Livechat"),
    "Fiber": (INCOMING % "Fiber.yield()", "removed-global", "Fiber"),
    "the global request": (
        "class Script { process_incoming_request() { return request } }",
        "removed-global",
        "request",
    ),
    "node's process": (INCOMING % "return process.env", "unknown-global", "process"),
    "a misspelt name": (INCOMING % "return requst", "unknown-global", "requst"),
    "a loop's variable": (INCOMING % "for (i = 0; i < 3; i++);", "implicit-global", "i"),
    "a loop's key": (INCOMING % "for (k in request);", "implicit-global", "k"),
    "unpacking": (INCOMING % "[a, { b }] = request", "implicit-global", "b"),
    "an update": (INCOMING % "count++", "implicit-global", "count"),
    "a built-in name": (INCOMING % "s = 'text'", "replaced-global", "s"),
    "this in a callback": (INCOMING % "[1].map(function () { this.a; })", "plain-this", "this"),
    "this in a function": (INCOMING % "function f() { return this }", "plain-this", "this"),
    "HTTP": (INCOMING % "HTTP.get('x')", "old-http", "HTTP"),
    "fetch": (INCOMING % "return fetch('x')", "new-fetch", "fetch"),
    "underscore": (INCOMING % "_.each([])", "old-library", "_"),
    "moment": (INCOMING % "moment()", "old-library", "moment"),
    "a function of s that is gone": (INCOMING % "s.words('a')", "old-library", "s.words"),
    "a timer": (INCOMING % "setTimeout(() => {}, 1)", "only-here", "setTimeout"),
    "require": (INCOMING % "require('crypto')", "only-here", "require"),
    "module.exports": (
        "module.exports = class { process_incoming_request() {} }",
        "export",
        "module.exports",
    ),
    "export": ("export class Script { process_incoming_request() {} }", "export", "export"),
    "const Store": ("const Store = {};" + INCOMING % "", "declared-twice", "Store"),
    "function fetch": ("function fetch() {}" + INCOMING % "", "declared-twice", "fetch"),
    "an option of Meteor's": (
        INCOMING % "HTTP('GET', 'x', { npmRequestOptions: {} })",
        "ignored-option",
        "npmRequestOptions",
    ),
    "parsing the content": (
        OUTGOING % "return JSON.parse(response.content)",
        "content-parsed-again",
        "response.content",
    ),
    "the content as a value": (
        OUTGOING % "return response.content.items",
        "content-as-value",
        "response.content",
    ),
    "the content's parts": (
        OUTGOING % "const { items } = response.content",
        "content-as-value",
        "response.content",
    ),
    "the content as a text": (
        OUTGOING % "return response.content.split(',')",
        "content-as-text",
        "response.content",
    ),
    "the content by another name": (
        OUTGOING % "const answer = response; const { content: c } = answer; return c.items[0]",
        "content-as-value",
        "response.content",
    ),
    "an unpacked content": (
        "class Script { process_outgoing_response({ response: { content } }) { content.a } }",
        "content-as-value",
        "response.content",
    ),
    "the content of an argument": (
        "class Script { process_outgoing_response(data) { return data.response.content.a } }",
        "content-as-value",
        "response.content",
    ),
    "the error of a response": (
        OUTGOING % "if (response.error) return",
        "response-error",
        "response.error",
    ),
}


@pytest.mark.parametrize(("source", "code", "name"), FOUND.values(), ids=FOUND.keys())
def test_this_is_found(runner: ScriptRunner, source: str, code: str, name: str) -> None:
    assert (code, name) in codes(runner, source)


CLEAN = {
    "a usual script": INCOMING % "const { title } = request.content; return { content: { title } }",
    "a function": "function Script() {} Script.prototype.process_incoming_request = () => 1;",
    "a later method": "class Script {} Script.prototype.process_incoming_request = () => 1;",
    "a parent's methods": "class P { process_incoming_request() {} } class Script extends P {}",
    "methods in fields": "class Script { process_incoming_request = ({ request }) => request }",
    "declared names": INCOMING % "var a; let b; const c = 1; function d() {} a = b = 2; d(c)",
    "names declared later": INCOMING % "x = 1; var x;" + "\nlet top; function f() { top = 1 }",
    "globals made on purpose": "global.n = 0; globalThis.m = 0; this.o = 0;"
    + INCOMING % "return n + m + o",
    "a name that is asked for": INCOMING % "return typeof Extra === 'undefined' ? 0 : Extra",
    "catch and parameters": INCOMING % "try { (a, ...b) => a + b } catch (e) { e }",
    "the language's own": INCOMING % "return [JSON, Math, Date, Map, Symbol, parseInt, NaN, eval]",
    "labels and keys": INCOMING % "loop: for (;;) { break loop } return { Users: 1 }.Users",
    "arguments": INCOMING % "return arguments.length",
    "Store and console": INCOMING % "Store.set('a', 1); console.log(Store.get('a'))",
    "what is left of s": INCOMING % "return s.trim(' a ')",
    "a variable named s": INCOMING % "if (request) { let s = 'a b'; return s.lastIndexOf(' ') }",
    "arrow functions": INCOMING % "[1].map(() => this.a)",
    "a bound function": INCOMING % "[1].map(function () { this.a }.bind(this))",
    "a function with its this": INCOMING % "[1].map(function () { this.a }, this)",
    "a function of an object": INCOMING % "return { run() { this.a }, go: function () { this.b } }",
    "a constructor": INCOMING % "function P() { this.a = 1 } return new P()",
    "a function outside a class": "function f() { this.a = 1 }" + INCOMING % "f()",
    "a response of another call": INCOMING % "const response = { content: {} }; response.content.a",
    "content as either": OUTGOING
    % "const c = response.content; return typeof c === 'string' ? JSON.parse(c) : c.items",
    "the raw content": OUTGOING % "return JSON.parse(response.content_raw)",
    "content passed on": OUTGOING % "return { content: { text: String(response.content) } }",
    "a first line for Unix": "#!/usr/bin/env node\n" + INCOMING % "return 1",
}


@pytest.mark.parametrize("source", CLEAN.values(), ids=CLEAN.keys())
def test_here_is_nothing_to_find(runner: ScriptRunner, source: str) -> None:
    assert codes(runner, source) == set()


def test_a_finding_has_its_first_place_and_all_lines(runner: ScriptRunner) -> None:
    source = (
        "class Script {\n  process_incoming_request() {\n    a = 1;\n\n    if (a) a = 2;\n  }\n}"
    )

    (finding,) = find(runner, source)

    assert (finding.line, finding.column, finding.lines) == (3, 5, (3, 5))


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", "\u2028"], ids=["lf", "crlf", "cr", "ls"])
def test_lines_are_counted_as_javascript_does(runner: ScriptRunner, end: str) -> None:
    source = f"class Script {{{end}process_incoming_request() {{{end}  a = 1 }} }}"

    (finding,) = find(runner, source)

    assert (finding.line, finding.column) == (3, 3)


def test_findings_come_in_the_order_of_the_source(runner: ScriptRunner) -> None:
    source = INCOMING % "\n_.each([]);\nb = 1;\nUsers.find();\na = HTTP.get('x')"

    assert [finding.line for finding in find(runner, source)] == [2, 3, 4, 5, 5]


@pytest.mark.parametrize(
    ("body", "code"),
    [("a = 1", "strict-assignment"), ("[1].map(function () { this.a })", "strict-this")],
)
def test_without_transpiling_strict_classes_are_errors(
    runner: ScriptRunner, body: str, code: str
) -> None:
    (finding,) = find(runner, INCOMING % body, skip_transpile=True)

    assert finding.code == code
    assert finding.severity is Severity.ERROR


def test_outside_classes_a_script_stays_sloppy_without_transpiling(
    runner: ScriptRunner,
) -> None:
    found = codes(runner, "a = 1;" + INCOMING % "return a", skip_transpile=True)

    assert found == {("implicit-global", "a")}


def test_a_script_that_asks_for_it_is_strict(runner: ScriptRunner) -> None:
    source = "'use strict';" + INCOMING % "a = 1"

    assert ("strict-assignment", "a") in codes(runner, source, skip_transpile=True)
    assert codes(runner, source) == {("implicit-global", "a")}


def test_a_syntax_error_has_line_and_column_and_no_findings(runner: ScriptRunner) -> None:
    review = runner.review("class Script {\n  run() { a = ; }\n}")

    assert review.fault is not None
    assert review.fault.kind is FaultKind.SYNTAX
    assert (review.fault.line, review.fault.column) == (2, 15)
    assert review.findings == ()


def test_an_import_is_a_syntax_error_that_is_explained(runner: ScriptRunner) -> None:
    review = runner.review("import _ from 'lodash';\n" + INCOMING % "return _")

    assert review.fault is not None
    assert [(finding.code, finding.line) for finding in review.findings] == [
        ("import-statement", 1)
    ]


def test_nothing_of_the_script_runs(runner: ScriptRunner) -> None:
    source = "JSON.parse = Array.prototype.map = () => { throw 1 }; for (;;);"

    assert runner.review(source).fault is None


def test_functions_of_a_script_do_not_get_into_the_checker_s_way(
    runner: ScriptRunner,
) -> None:
    own = "function Map() {} function Set() {} function require() {} var Array, Object, Reflect;"

    assert codes(runner, own + INCOMING % "a = require('fs')") == {("implicit-global", "a")}


def test_a_script_that_is_too_large_to_be_looked_through_can_run() -> None:
    source = INCOMING % ("{ let a = request; a.b(a => { a.c }); }\n" * 2500)

    with contextlib.closing(ProcessScriptRunner(Settings(script_memory_mb=12))) as runner:
        review = runner.review(source, skip_transpile=True)

    assert review.fault is None
    (finding,) = review.findings
    assert finding.code == "not-reviewed"
    assert finding.message.endswith("through: the script needs more than 12 MB of memory.")


class Interrupted(Supervisor):
    """Its processes get no processor for the first 0.6 s, as on a machine with much to do."""

    @contextlib.contextmanager
    def throw_away_process(self) -> Iterator[ScriptProcess]:
        with super().throw_away_process() as process:
            os.kill(process.pid, signal.SIGSTOP)
            going_on = threading.Timer(0.6, os.kill, (process.pid, signal.SIGCONT))
            going_on.start()
            try:
                yield process
            finally:
                going_on.cancel()


def test_a_busy_machine_keeps_no_script_from_being_looked_through() -> None:
    settings = Settings(script_call_seconds=0.3)
    supervisor = Interrupted(settings)

    with contextlib.closing(ProcessScriptRunner(settings, supervisor=supervisor)) as runner:
        assert codes(runner, INCOMING % "a = 1") == {("implicit-global", "a")}


def test_a_check_ends_in_the_time_of_a_trial_whatever_the_machine_does() -> None:
    settings = Settings(script_trial_seconds=0.2)
    supervisor = Interrupted(settings)

    with contextlib.closing(ProcessScriptRunner(settings, supervisor=supervisor)) as runner:
        started = time.monotonic()
        fault = runner.review(INCOMING % "a = 1").fault
        seconds = time.monotonic() - started

    assert fault is not None
    assert (fault.kind, fault.message) == (FaultKind.TIMEOUT, "it took too long to read the script")
    assert seconds < READING_CALLS * settings.script_call_seconds


HOSTILE = {
    "deep parentheses": "(" * 100_000,
    "deep arrays": "[" * 5_000 + "]" * 5_000,
    "deep functions": "()=>" * 5_000 + "1",
    "a long chain": "a" + ".b" * 50_000,
    "many names": ";".join(f"x{number} = 1" for number in range(5_000)),
    "a long name": "x" * 200_000 + " = 1",
    "odd names": "constructor = 1; __proto__ = 2; hasOwnProperty = toString;",
    "a key like a prototype": "class Script { __proto__() {} constructor() {} toString() {} }",
    "lone surrogates": "'\ud800'; class Script { process_incoming_request() {} }",
    "zero": "\0",
}


@pytest.mark.parametrize("source", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_sources_are_answered(runner: ScriptRunner, source: str) -> None:
    review = runner.review(source)

    assert len(review.findings) <= 200
    assert all(len(finding.name) <= 100 for finding in review.findings)
    assert runner.review(INCOMING % "").findings == ()
