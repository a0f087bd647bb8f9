"""`Intl`, and what goes by it, give what Node.js 20 gives for 303 expressions."""

import json
from pathlib import Path

import pytest

from rc_integrations_plugin.scripting.bench import run_script
from rc_integrations_plugin.scripting.runner import ProcessScriptRunner
from tests.scripts import value_of

pytestmark = pytest.mark.integration
CASES = json.loads(Path(__file__).with_name("intl_cases.json").read_text(encoding="utf-8"))
EVALUATE = """return data.map(expression => {
    try { return (0, eval)(expression) } catch (error) { return String(error) }
})"""


def test_expressions_give_what_they_give_in_node(runner: ProcessScriptRunner) -> None:
    expressions = [expression for expression, _ in CASES]
    # In parts: a loaded machine has no time for all of them in one call.
    results = [
        result
        for at in range(0, len(expressions), 20)
        for result in value_of(runner, EVALUATE, expressions[at : at + 20])
    ]

    assert len(CASES) > 250
    assert list(zip([e for e, _ in CASES], results, strict=True)) == [tuple(c) for c in CASES]


def test_dates_are_written_in_the_zone_of_the_script() -> None:
    source = """class Script { run() {
        return [new Date(0).toLocaleString(), Intl.DateTimeFormat().resolvedOptions().timeZone];
    } }"""

    report = run_script(source, "run", None, timezone="Europe/Berlin")

    assert report.result == ["1/1/1970, 1:00:00 AM", "Europe/Berlin"]


def test_the_clock_that_stands_still_is_what_a_formatter_takes_for_now() -> None:
    source = "class Script { run() { return new Intl.DateTimeFormat('en-US').format() } }"

    assert run_script(source, "run", None, now="2024-05-01T12:00:00Z").result == "5/1/2024"


@pytest.mark.parametrize(
    "zone",
    [
        "'\\ud800'",
        "'../../etc/passwd'",
        "'/etc/localtime'",
        "'x'.repeat(1e6)",
        "''",
        "{}",
        "'UTC0'",
    ],
)
def test_no_zone_is_anything_else(runner: ProcessScriptRunner, zone: str) -> None:
    body = f"""try {{ return new Date(0).toLocaleString('en-US', {{ timeZone: {zone} }}) }}
    catch (error) {{ return error.name }}"""

    assert value_of(runner, body) == "RangeError"


def test_the_ends_of_time_can_be_written(runner: ProcessScriptRunner) -> None:
    body = """return [-8.64e15, 8.64e15].map(time =>
        new Date(time).toLocaleDateString('en-US', { timeZone: 'Europe/Berlin' }))"""

    first, last = value_of(runner, body)

    assert last == "9/13/275760"
    assert first.endswith("/271822")


def test_many_dates_take_a_moment(runner: ProcessScriptRunner) -> None:
    body = """const started = Date.now();
    for (let i = 0; i < 1000; i++)
        new Date(i * 1e9).toLocaleString('de', { timeZone: 'Asia/Tokyo' });
    return Date.now() - started"""

    assert value_of(runner, body) < 700
