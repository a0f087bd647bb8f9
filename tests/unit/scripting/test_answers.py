"""What a script's process may answer; it may be in a script's hands."""

import json
from typing import Any

import pytest

from rc_integrations_plugin.scripting.answers import read_answer
from rc_integrations_plugin.scripting.protocol import ConsoleLine, FaultKind, ScriptFault


def frame(answer: Any, console: Any = ()) -> bytes:
    return json.dumps({"answer": answer, "console": list(console)}).encode()


def test_a_result_is_read() -> None:
    run = read_answer(
        frame(
            {"value": {"text": "\ud83d\ude00"}, "type": "object", "fresh": True},
            [{"level": "log", "text": "x"}],
        )
    )

    assert (run.value, run.value_type, run.fresh_instance) == ({"text": "😀"}, "object", True)
    assert run.console == (ConsoleLine("log", "x"),)
    assert run.fault is None


def test_a_fault_is_read() -> None:
    run = read_answer(
        frame({"fault": {"kind": "exception", "name": "E", "message": "m", "line": 3, "column": 4}})
    )

    assert run.fault == ScriptFault(
        kind=FaultKind.EXCEPTION, name="E", message="m", line=3, column=4
    )


def test_lone_surrogates_are_replaced_wherever_they_are() -> None:
    run = read_answer(
        frame({"value": {"k\udc00": ["\ud800é", 1]}}, [{"level": "log", "text": "\ud800"}])
    )

    assert run.value == {"k\ufffd": ["\ufffdé", 1]}
    assert run.console[0].text == "\ufffd"


def test_a_large_result_is_read() -> None:
    value = {"list": [{"a": [number, None, "x" * 50]} for number in range(1000)]}

    assert read_answer(frame({"value": value, "type": "object"})).value == value


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"{",
        b"null",
        b"[]",
        b"{}",
        b'{"answer": 1, "console": []}',
        b'{"answer": {}}',
        b'{"answer": {}, "console": {}}',
        b'{"answer": {}, "console": [1]}',
        b'{"answer": {}, "console": [{"level": 1, "text": "x"}]}',
        b'{"answer": {"fault": 1}, "console": []}',
        b'{"answer": {"fault": {}}, "console": []}',
        b'{"answer": {"fault": {"kind": "unheard of"}}, "console": []}',
        b"\xff\xfe",
        b"0" + b" " * 9000,
        b'{"answer": {"value": NaN}, "console": []}',
        b'{"answer": {"value": ["\\ud800", -Infinity]}, "console": []}',
    ],
)
def test_nonsense_is_refused(raw: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - the runner tells nobody which
        read_answer(raw)


@pytest.mark.parametrize("text", ['"x"', '"\\ud800"'])
def test_a_result_as_deep_as_allowed_and_with_many_parts_is_read(text: str) -> None:
    deep = "[" * 100 + ",".join([text] * 50) + "]" * 100
    wide = "[" + ",".join(["{}"] * 1000) + "]"

    run = read_answer(f'{{"answer": {{"value": [{deep}, {wide}]}}, "console": []}}'.encode())

    assert len(run.value) == 2


@pytest.mark.parametrize(
    ("value", "path"),
    [
        *(
            (b"[" * depth + text + b"]" * depth, "result" + "[0]" * 100)
            for depth in (101, 400, 900)
            for text in (b'"x"', b'"\\ud800"')
        ),
        (b'[1, {"a b": %b1%b}]' % (b'{"a":' * 300, b"}" * 300), 'result[1]["a b"]' + ".a" * 98),
        (b"[" * 100_000 + b"]" * 100_000, "result"),
        (b'[%b1%b, "%b"]' % (b'{"a":' * 200, b"}" * 200, b"long " * 9000), "result[0]" + ".a" * 99),
    ],
)
def test_a_result_that_is_nested_too_deeply_is_named_by_its_path(value: bytes, path: str) -> None:
    run = read_answer(
        b'{"answer": {"value": %b, "type": "array"}, "console": []}' % value, most_levels=100
    )

    assert run.value is None
    assert run.fault is not None
    assert run.fault.kind is FaultKind.BAD_RESULT
    shown = path if len(path) <= 300 else f"{path[:300]}..."
    assert run.fault.message.startswith(f"{shown} is nested deeper than 100 levels")


@pytest.mark.parametrize("line", [0, -1, 1.5, "3", True, 10**12, None])
def test_a_place_that_makes_no_sense_is_left_out(line: Any) -> None:
    run = read_answer(frame({"fault": {"kind": "exception", "line": line, "column": line}}))

    assert run.fault is not None
    assert (run.fault.line, run.fault.column) == (None, None)


def test_texts_and_lines_are_cut() -> None:
    run = read_answer(
        frame(
            {"fault": {"kind": "exception", "name": "n" * 999, "message": "m" * 100_000}},
            [{"level": "l" * 99, "text": "t" * 100_000}] * 300,
        )
    )

    assert run.fault is not None
    assert (len(run.fault.name), len(run.fault.message)) == (100, 65536)
    assert (len(run.console), len(run.console[0].level)) == (200, 20)
    assert len(run.console[0].text) == 65536
