"""What goes to a worker and comes back is the same there as here."""

from typing import Any

import pytest

from rc_integrations_plugin.errors import ScriptsUnavailable
from rc_integrations_plugin.scripting.documents import (
    CallOrder,
    Outcome,
    ReviewOrder,
    TrialOrder,
    encode_order,
    encode_outcome,
    read_order,
    read_outcome,
)
from rc_integrations_plugin.scripting.protocol import (
    ConsoleLine,
    FaultKind,
    Finding,
    Script,
    ScriptFault,
    ScriptHttpRequest,
    ScriptReview,
    ScriptRun,
    Severity,
    Trial,
    TrialCall,
    TrialReport,
)

FAULT = ScriptFault(
    kind=FaultKind.EXCEPTION, name="TypeError", message="no", line=3, column=7, stack="    at run"
)
FINDING = Finding(
    code="implicit-global",
    severity=Severity.WARNING,
    name="msg",
    line=1,
    column=2,
    lines=(1, 5),
    message="msg is assigned",
    advice="Declare it",
)

REQUEST = ScriptHttpRequest(
    method="GET", url="https://a.test/", headers={"x": "y"}, body=None, timeout_seconds=2.0
)


@pytest.mark.parametrize(
    "outcome",
    [
        ScriptRun(),
        ScriptRun(value={"a": [1, 0.5, None, True, "\u00fc \U0001f600"]}, value_type="object"),
        ScriptRun(fault=FAULT, console=(ConsoleLine("log", "a\nb"),), duration_ms=1.5),
        ScriptRun(value=1, fresh_instance=True),
        ScriptReview(),
        ScriptReview(fault=FAULT),
        ScriptReview(compiled="let Script", findings=(FINDING, FINDING)),
        TrialReport(
            runs=(ScriptRun(fault=FAULT), ScriptRun(value={"a": 1})),
            requests=((REQUEST, REQUEST), ()),
            store={"n": 1},
        ),
        FAULT,
        None,
    ],
)
def test_an_outcome_comes_back_as_it_was(outcome: Outcome) -> None:
    assert read_outcome(encode_outcome(outcome)) == outcome


@pytest.mark.parametrize("value", [2**70, "\ud800", [{"\udfff": 1}]])
def test_so_does_what_not_every_json_can_hold(value: object) -> None:
    back = read_outcome(encode_outcome(ScriptRun(value=value)))

    assert isinstance(back, ScriptRun)
    assert back.value == value


def test_a_refusal_keeps_reason_and_code() -> None:
    back = read_outcome(
        encode_outcome(ScriptsUnavailable("Off", code="integration-scripts-disabled"))
    )

    assert isinstance(back, ScriptsUnavailable)
    assert (back.reason, back.code) == ("Off", "integration-scripts-disabled")


def test_an_order_to_call_comes_back_with_the_bytes_of_its_argument() -> None:
    script = Script(
        integration_id="i",
        name="CI \u00fc\n",
        version="1",
        source="a\n\ud800",
        skip_transpile=True,
        compiled="/*c*/",
        held_still={"now": 0.0},
    )
    order = CallOrder(script=script, method="run", argument=b'{"a":\n"b"}')

    assert read_order(encode_order(order)) == order


def test_an_order_to_review_comes_back_as_it_was() -> None:
    order = ReviewOrder(source="class {", skip_transpile=True, with_findings=False)

    assert read_order(encode_order(order)) == order


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"\xff",
        b"null",
        b"[]",
        b"{}",
        b'"call"',
        b'{"call": 1}',
        b'{"call": {"script": {}, "method": "run"}}',
        b'{"call": {"script": {"x": 1}, "method": "run"}}',
        b'{"review": []}',
        b'{"review": {"source": "x"}}',
        b"[" * 100_000,
    ],
)
def test_what_is_no_order_is_refused(text: bytes) -> None:
    with pytest.raises(ValueError, match=r".*"):
        read_order(text + b"\n{}")


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"\xff",
        b"null",
        b"1",
        b"[]",
        b"{}",
        b'{"run": null}',
        b'{"run": {}}',
        b'{"run": {"fault": null, "console": [1]}}',
        b'{"run": {"fault": null, "console": [], "x": 1}}',
        b'{"run": {"fault": {"kind": "nonsense"}, "console": []}}',
        b'{"review": {"fault": null}}',
        b'{"review": {"fault": null, "findings": [{"lines": [], "severity": "bad"}]}}',
        b'{"unavailable": "x"}',
        b'{"fault": 1}',
        b'{"fault": {"kind": "crash"}}',
        b"[" * 100_000,
    ],
)
def test_what_is_no_outcome_is_refused(text: bytes) -> None:
    with pytest.raises(ValueError, match=r".*"):
        read_outcome(text)


@pytest.mark.parametrize("answers", [None, (), ({"match": "a", "result": {"data": 1}},)])
def test_a_trial_comes_as_it_was(answers: Any) -> None:
    script = Script(integration_id="1", name="n", version="1", source="class Script {}")
    calls = (
        TrialCall(method="a", argument={"b": [1]}),
        TrialCall(method="c", argument={"\ud800": 1}, takes="request"),
    )
    trial = Trial(script=script, calls=calls, answers=answers, by="alice", seconds=1.5)
    order = TrialOrder(trial=trial)

    assert read_order(encode_order(order)) == order
