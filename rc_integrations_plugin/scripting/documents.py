"""Orders for scripts and what comes of them, as bytes: for the way from one machine to another."""

import dataclasses
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from rc_integrations_plugin.errors import ScriptsUnavailable
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

Outcome = ScriptRun | ScriptReview | TrialReport | ScriptFault | ScriptsUnavailable | None
"""What a runner returns or raises; None is a check without fault."""


@dataclass(frozen=True, kw_only=True)
class CallOrder:
    """Call a method of a script."""

    script: Script
    method: str
    argument: bytes
    """JSON, which nobody has to read on the way."""


@dataclass(frozen=True, kw_only=True)
class ReviewOrder:
    """Look at a script without running it."""

    source: str
    skip_transpile: bool
    with_findings: bool
    """False for a check only, which is faster."""


@dataclass(frozen=True, kw_only=True)
class TrialOrder:
    """Try a script out."""

    trial: Trial


Order = CallOrder | ReviewOrder | TrialOrder


def encode_order(order: Order) -> bytes:
    """Return an order as bytes: a line of JSON, and after it the argument of a call."""
    if isinstance(order, ReviewOrder):
        return _dumps({"review": order}) + b"\n"
    if isinstance(order, TrialOrder):
        return _dumps({"trial": order.trial}) + b"\n"
    head = {"script": order.script, "method": order.method}
    return _dumps({"call": head}) + b"\n" + order.argument


def read_order(text: bytes) -> Order:
    """Return the order that `encode_order` wrote.

    Raises:
        ValueError: it wrote nothing like that.
    """
    head, _, argument = text.partition(b"\n")
    try:
        document: Any = json.loads(head)
        if "review" in document:
            return ReviewOrder(**document["review"])
        if "trial" in document:
            return TrialOrder(trial=_read_trial(document["trial"]))
        call = document["call"]
        return CallOrder(script=Script(**call["script"]), method=call["method"], argument=argument)
    except (KeyError, TypeError, RecursionError):
        raise ValueError("no order for a script") from None


def encode_outcome(outcome: Outcome) -> bytes:
    """Return what came of an order as bytes."""
    match outcome:
        case ScriptRun():
            return _dumps({"run": outcome})
        case ScriptReview():
            return _dumps({"review": outcome})
        case TrialReport():
            return _dumps({"trial": outcome})
        case ScriptsUnavailable():
            return _dumps({"unavailable": outcome.reason, "code": outcome.code})
    return _dumps({"fault": outcome})


def read_outcome(text: bytes) -> Outcome:
    """Return the outcome that `encode_outcome` wrote.

    Raises:
        ValueError: it wrote nothing like that.
    """
    try:
        return _read_outcome(_loads(text))
    except (AttributeError, KeyError, TypeError, RecursionError):
        raise ValueError("no outcome of an order") from None


def _read_outcome(document: Any) -> Outcome:
    if "run" in document:
        return _read_run(document["run"])
    if "trial" in document:
        return _read_report(document["trial"])
    if "review" in document:
        review = document["review"]
        findings = tuple(_read_finding(finding) for finding in review["findings"])
        return ScriptReview(
            **{**review, "fault": _read_fault(review["fault"]), "findings": findings}
        )
    if "unavailable" in document:
        return ScriptsUnavailable(document["unavailable"], code=document["code"])
    return _read_fault(document["fault"])


def _read_run(run: Mapping[str, Any]) -> ScriptRun:
    console = tuple(ConsoleLine(**line) for line in run["console"])
    return ScriptRun(**{**run, "fault": _read_fault(run["fault"]), "console": console})


def _read_trial(trial: Mapping[str, Any]) -> Trial:
    answers = trial["answers"]
    return Trial(
        script=Script(**trial["script"]),
        calls=tuple(TrialCall(**call) for call in trial["calls"]),
        answers=None if answers is None else tuple(answers),
        by=trial["by"],
        seconds=trial["seconds"],
    )


def _read_report(report: Mapping[str, Any]) -> TrialReport:
    return TrialReport(
        runs=tuple(_read_run(run) for run in report["runs"]),
        requests=tuple(
            tuple(ScriptHttpRequest(**request) for request in some) for some in report["requests"]
        ),
        store=report["store"],
    )


def _read_fault(document: Mapping[str, Any] | None) -> ScriptFault | None:
    if document is None:
        return None
    return ScriptFault(**{**document, "kind": FaultKind(document["kind"])})


def _read_finding(document: Mapping[str, Any]) -> Finding:
    lines, severity = tuple(document["lines"]), Severity(document["severity"])
    return Finding(**{**document, "lines": lines, "severity": severity})


def _loads(text: bytes) -> Any:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        return json.loads(text)


def _dumps(document: Mapping[str, Any]) -> bytes:
    try:
        return orjson.dumps(document)
    except orjson.JSONEncodeError:
        # It refuses lone surrogates and numbers beyond 64 bits.
        return json.dumps(document, default=_fields).encode()


def _fields(value: Any) -> dict[str, Any]:
    return {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
