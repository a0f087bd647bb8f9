"""`run_script`: what script authors try their scripts out with."""

import subprocess
import sys
from datetime import UTC, datetime
from typing import Any

import pytest

from rc_integrations_plugin.testing import ScriptReport, run_script
from tests.scripts import method

pytestmark = pytest.mark.integration

NOW = "2024-05-01T12:00:00Z"


def run(body: str, **options: Any) -> ScriptReport:
    """Return what came of a method with this body."""
    return run_script(method(body), "run", options.pop("argument", None), **options)


def result(body: str, **options: Any) -> Any:
    """Return what a method with this body returns."""
    report = run(body, **options)
    assert report.ok, report.error
    return report.result


def test_a_report_has_all_that_is_known() -> None:
    report = run(
        "console.warn('careful'); Store.set('seen', data); HTTP.get('https://a.example/x');"
        " return { twice: data * 2 }",
        argument=4,
    )

    document = report.to_json()
    assert document.pop("duration_ms") > 0
    assert document == {
        "ok": True,
        "type": "object",
        "result": {"twice": 8},
        "error": None,
        "console": [{"level": "warn", "text": "careful"}],
        "http": [{"method": "GET", "url": "https://a.example/x", "headers": {}, "body": None}],
        "store": {"seen": 4},
    }


@pytest.mark.parametrize(
    ("value", "value_type"),
    [("undefined", "undefined"), ("null", "null"), ("[1]", "array"), ("''", "string")],
)
def test_the_type_is_javascript_s_but_for_null_and_arrays(value: str, value_type: str) -> None:
    assert run(f"return {value}").type == value_type


def test_a_failure_is_reported_with_its_place() -> None:
    report = run_script("class Script {\n  run() {\n    nope();\n  }\n}", "run", None)

    assert not report.ok
    assert report.error is not None
    assert report.error["kind"] == "exception"
    assert report.error["name"] == "ReferenceError"
    assert (report.error["line"], report.error["column"]) == (3, 5)


def test_a_script_that_does_not_compile_is_reported() -> None:
    report = run_script("class Script {", "run", None)

    assert report.error is not None
    assert report.error["kind"] == "syntax"


def test_calls_before_act_on_the_same_instance_and_are_not_reported() -> None:
    source = (
        "class Script {\n"
        "  constructor() { this.seen = []; }\n"
        "  run(data) { console.log(data); HTTP.get('https://a.example/' + data);"
        " this.seen.push(data); return this.seen; }\n"
        "  fail() { throw new Error('no'); }\n"
        "}"
    )

    report = run_script(source, "run", 3, before=[("run", 1), ("fail", None), ("run", 2)])

    assert report.result == [1, 2, 3]
    assert [line["text"] for line in report.console] == ["3"]
    assert [call["url"] for call in report.http] == ["https://a.example/3"]


def test_each_run_is_alone() -> None:
    source = "n = 0; class Script { run() { Store.set('n', (Store.get('n') || 0) + ++n); } }"

    assert [run_script(source, "run", None).store for _ in range(2)] == [{"n": 1}, {"n": 1}]


def test_http_is_answered_by_a_part_of_the_url() -> None:
    answers = [
        {"match": "/users/", "result": {"statusCode": 201, "data": {"name": "Cat"}}},
        {"match": "text", "result": {"headers": {"X-Kind": "plain"}, "content": "words"}},
        {"match": "down", "result": {"error": "connection refused"}},
    ]

    assert result(
        "const got = HTTP.get('https://a.example/users/5');"
        "const text = HTTP.get('https://a.example/text');"
        "const down = HTTP('GET', 'https://down.example/');"
        "const other = HTTP.get('https://a.example/other');"
        "return [got.statusCode, got.data, text.content, text.headers['x-kind'],"
        " down.error.message, other.statusCode, other.data]",
        http=answers,
    ) == [201, {"name": "Cat"}, "words", "plain", "connection refused", 200, {"ok": True}]


@pytest.mark.parametrize(
    "now", [NOW, datetime(2024, 5, 1, 12, tzinfo=UTC), datetime(2024, 5, 1, 12), 1714564800000],  # noqa: DTZ001 - naive means UTC
    ids=["text", "aware", "naive", "milliseconds"],
)  # fmt: skip
def test_the_time_stands_still(now: Any) -> None:
    body = (
        "const wait = performance.now(); while (performance.now() - wait < 5);"
        "return [new Date(), Date.now(), Date(), moment().toISOString(), moment.utc().format()]"
    )

    shown = result(body, now=now)

    assert shown[0] == "2024-05-01T12:00:00.000Z"
    assert shown[1] == 1714564800000
    assert shown[2].startswith("Wed May 01 2024 12:00:00 GMT+0000")
    assert shown[3] == "2024-05-01T12:00:00.000Z"
    assert shown[4] == "2024-05-01T12:00:00Z"


def test_dates_are_dates_also_while_the_time_stands_still() -> None:
    body = (
        "class Own extends Date {}; const now = new Date();"
        "return [now instanceof Date, now.constructor === Date, new Own() instanceof Own,"
        " new Own() instanceof Date, new Date(2020, 1, 3).getMonth(), new Date(now - 1000),"
        " Date.UTC(2020, 0), Date.parse('2020-01-01'), typeof Date(), moment.isDate(now),"
        " new (new Date(0).constructor)(5).getTime(), structuredClone(now).getTime() === +now]"
    )

    assert result(body, now=NOW) == [
        *(True, True, True, True),
        *(1, "2024-05-01T11:59:59.000Z", 1577836800000, 1577836800000),
        *("string", True, 5, True),
    ]


def test_timers_run_while_the_time_stands_still() -> None:
    assert result("return new Promise((done) => setTimeout(() => done(1), 5))", now=NOW) == 1


def test_chance_stands_still() -> None:
    body = "return [Math.random(), Math.random(), _.random(0, 10)]"

    assert result(body, random=0.5) == [0.5, 0.5, 5]
    assert len(set(result("return [Math.random(), Math.random(), Math.random()]"))) == 3


@pytest.mark.parametrize(
    ("timezone", "summer", "winter", "text"),
    [
        ("UTC", 0, 0, "2024-05-01T12:00:00+00:00"),
        ("Europe/Berlin", -120, -60, "2024-05-01T14:00:00+02:00"),
        ("America/New_York", 240, 300, "2024-05-01T08:00:00-04:00"),
        ("Asia/Kolkata", -330, -330, "2024-05-01T17:30:00+05:30"),
    ],
)
def test_dates_are_shown_in_the_time_zone(
    timezone: str, summer: int, winter: int, text: str
) -> None:
    body = (
        "return [new Date(2024, 6, 1).getTimezoneOffset(), new Date(2024, 0, 1)"
        ".getTimezoneOffset(), moment().format(), new Date().getHours()]"
    )

    assert result(body, now=NOW, timezone=timezone) == [summer, winter, text, int(text[11:13])]


def test_without_a_time_zone_it_is_utc_wherever_the_machine_is(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    program = (
        "from rc_integrations_plugin.testing import run_script\n"
        "source = 'class Script { run() { return new Date(2024, 6, 1).getTimezoneOffset() } }'\n"
        "print(run_script(source, 'run', None).result)"
    )
    monkeypatch.setenv("TZ", "Asia/Kolkata")

    printed = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)

    assert printed.stdout == b"0\n"
    assert printed.stderr == b""


def test_skipping_the_transpiling_makes_classes_strict() -> None:
    body = "implicit = 1; return implicit"

    assert result(body) == 1
    strict = run(body, skip_transpile=True)
    assert strict.error is not None
    assert strict.error["name"] == "ReferenceError"


def test_what_is_no_data_in_the_store_is_shown_as_text() -> None:
    body = "Store.set('f', () => 1); Store.set('d', new Date(0)); Store.set('u', undefined)"

    store = run(body).store
    assert store["d"] == "1970-01-01T00:00:00.000Z"
    assert "Function" in store["f"]
    assert set(store) == {"f", "d"}


def test_an_endless_script_ends_and_the_next_one_runs() -> None:
    report = run("Store.set('a', 1); for (;;);")

    assert report.error is not None
    assert report.error["kind"] == "timeout"
    assert report.store == {}
    assert result("return 1") == 1


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"now": "yesterday"}, "now must be"),
        ({"now": float("inf")}, "now is no time"),
        ({"now": float("nan")}, "now is no time"),
        ({"now": 1e30}, "now is no time"),
        ({"random": 1}, "random must be"),
        ({"before": [{"method": "run", "argument": 1}]}, "before must be"),
        ({"before": ["ab"]}, "before must be"),
        ({"before": [("run",)]}, "before must be"),
        ({"timezone": "Mars/Olympus"}, "no time zone"),
        ({"timezone": "../../etc/passwd"}, "no time zone"),
        ({"timezone": "/etc/localtime"}, "no time zone"),
        ({"timezone": ""}, "no time zone"),
        ({"timezone": "Europe"}, "no time zone"),
        ({"http": [{"match": "x"}]}, "answer 1"),
        ({"http": [{"match": "x", "result": {}}, {"match": 5, "result": {}}]}, "answer 2"),
        ({"http": [{"match": "x", "result": {"statusCode": "200"}}]}, "answer 1"),
        ({"http": [{"match": "x", "result": {"headers": {"Set-Cookie": ["a=1"]}}}]}, "answer 1"),
    ],
)
def test_what_cannot_be_used_is_refused(options: dict[str, Any], reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        run("return 1", **options)


@pytest.mark.parametrize("argument", [{1}, object()], ids=["set", "object"])
def test_an_argument_that_is_no_json_is_a_failure_of_the_call(argument: Any) -> None:
    report = run("return 1", argument=argument)

    assert report.error is not None
    assert report.error["kind"] == "input"


def test_trying_scripts_out_needs_neither_pytest_nor_a_server_s_parts() -> None:
    program = (
        "import sys\n"
        "from rc_integrations_plugin.testing import run_script\n"
        "print(sorted({'pytest', 'flask', 'sqlalchemy', 'redis', 'dukpy'} & set(sys.modules)))"
    )

    printed = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)

    assert printed.stdout == b"[]\n"
