"""Each limit has a setting, and what it stops says which limit it was."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from rc_integrations_plugin.scripting.http import CannedHttp
from rc_integrations_plugin.scripting.protocol import FaultKind, ScriptRun
from rc_integrations_plugin.scripting.runner import ProcessScriptRunner
from rc_integrations_plugin.settings import Settings
from tests.scripts import make_script, method

pytestmark = pytest.mark.integration


@contextmanager
def runner_with(**limits: Any) -> Iterator[ProcessScriptRunner]:
    runner = ProcessScriptRunner(Settings(**limits), http=CannedHttp())
    try:
        yield runner
    finally:
        runner.close()


def run_with(body: str, **limits: Any) -> ScriptRun:
    with runner_with(**limits) as runner:
        return runner.call(make_script(method(body)), "run", {"text": "x" * 300})


NEST = "let deep = 1; for (let i = 0; i < %d; i++) deep = [deep]; return deep"


@pytest.mark.parametrize(
    ("limits", "body", "kind", "says"),
    [
        ({"script_call_seconds": 0.3}, "for (;;);", "timeout", "ran for more than 0.3 s"),
        (
            {"script_processor_seconds": 0.3},
            "for (;;);",
            "timeout",
            "used more than 0.3 s of processor time",
        ),
        (
            {"script_memory_mb": 16},
            "const all = []; for (;;) all.push('x'.repeat(1e6) + all.length)",
            "memory",
            "needs more than 16 MB of memory",
        ),
        ({"script_input_bytes": 250}, "return 1", "input", "larger than 250 bytes"),
        ({"script_output_bytes": 100}, "return data.text", "output", "larger than 100 bytes"),
        ({"script_nesting": 5}, NEST % 6, "bad-result", "nested deeper than 5 levels"),
        (
            {"script_http_calls": 1},
            "HTTP.get('http://a'); HTTP.get('http://b')",
            "exception",
            "more than 1 HTTP calls in one run",
        ),
    ],
)
def test_a_limit_that_is_exceeded_is_named(
    limits: dict[str, Any], body: str, kind: str, says: str
) -> None:
    run = run_with(body, **limits)

    assert run.fault is not None
    assert run.fault.kind is FaultKind(kind)
    assert says in run.fault.message


@pytest.mark.parametrize(
    ("limits", "body"),
    [
        ({"script_nesting": 150}, NEST % 150),
        ({"script_memory_mb": 112}, "return 'x'.repeat(60e6).length"),
        ({"script_output_bytes": 4 * 1024 * 1024}, "return 'x'.repeat(3e6)"),
        ({"script_processor_seconds": 0.2}, "return new Promise(done => setTimeout(done, 400, 1))"),
    ],
)
def test_a_limit_that_is_raised_lets_more_through(limits: dict[str, Any], body: str) -> None:
    assert run_with(body, **limits).fault is None


def test_the_console_has_so_many_lines() -> None:
    run = run_with("for (let i = 0; i < 9; i++) console.log(i)", script_console_lines=4)

    assert [line.text for line in run.console[:3]] == ["0", "1", "2"]
    assert len(run.console) == 4
    assert "more than 4 lines or 65536 bytes" in run.console[-1].text


def test_the_console_may_have_more_lines_than_usual() -> None:
    run = run_with("for (let i = 0; i < 900; i++) console.log(i)", script_console_lines=1000)

    assert len(run.console) == 900


def test_the_console_has_so_many_bytes() -> None:
    run = run_with("console.log('x'.repeat(60)); console.log(data.text)", script_console_bytes=100)

    assert [line.text[:41] for line in run.console] == ["x" * 41, "x" * 40 + "."]


def test_a_large_console_gets_through() -> None:
    body = "for (let i = 0; i < 40; i++) console.log('\\u0001'.repeat(50000))"

    run = run_with(body, script_console_bytes=4 * 1024 * 1024)

    assert run.fault is None
    assert len(run.console) == 40


@pytest.mark.parametrize(
    "body",
    [
        "for (;;) try { new ArrayBuffer(2 ** 30) } catch (error) {}",
        "const a = []; for (;;) try { for (;;) a.push(Array(999).fill(a)) } catch (error) {}",
        "try { new ArrayBuffer(2 ** 30) } catch (error) { return 'caught' }",
        "try { const a = []; for (;;) a.push({ a }) } catch (error) { for (;;); }",
        "return new Promise(() => new ArrayBuffer(2 ** 30)).catch(() => 'caught')",
    ],
)
def test_a_script_that_catches_having_no_memory_ends_at_once(body: str) -> None:
    with runner_with(script_call_seconds=10.0, script_memory_mb=32) as runner:
        run = runner.call(make_script(method(body)), "run", None)
        after = runner.call(make_script(method("return 'fine'")), "run", None)

    assert run.fault is not None
    assert (run.fault.kind, run.fault.name) == (FaultKind.MEMORY, "ScriptMemory")
    assert run.duration_ms < 3000
    assert after.value == "fine"
