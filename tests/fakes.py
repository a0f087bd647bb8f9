"""Real classes that stand in for slow or outside parts."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from rc_integrations_plugin.errors import ScriptsUnavailable
from rc_integrations_plugin.scripting.protocol import (
    FaultKind,
    Finding,
    Script,
    ScriptFault,
    ScriptReview,
    ScriptRun,
    Trial,
    TrialReport,
)

Answer = Callable[[Any], ScriptRun]


@dataclass
class ScriptedRunner:
    """Answers for scripts without running any.

    A source that holds `syntax error` does not compile (line 1, column 1). A call is answered by
    `answer`; without one it returns undefined. `available = False` refuses both.
    """

    answer: Answer | None = None
    available: bool = True
    findings: tuple[Finding, ...] = ()
    checked: list[str] = field(default_factory=list)
    calls: list[tuple[Script, str, Any]] = field(default_factory=list)
    tried: list[tuple[Trial, str, Any]] = field(default_factory=list)
    closed: bool = False

    def check(self, source: str, *, skip_transpile: bool = False) -> ScriptFault | None:
        self._stop_if_unavailable()
        self.checked.append(source)
        if "syntax error" not in source:
            return None
        return ScriptFault(
            kind=FaultKind.SYNTAX,
            name="SyntaxError",
            message="unexpected token in expression: 'error'",
            line=1,
            column=1,
            stack="    at <script>:1:1",
        )

    def review(self, source: str, *, skip_transpile: bool = False) -> ScriptReview:
        fault = self.check(source, skip_transpile=skip_transpile)
        return ScriptReview(fault=fault, compiled="" if fault else source, findings=self.findings)

    def call(self, script: Script, method: str, argument: Any) -> ScriptRun:
        self._stop_if_unavailable()
        self.calls.append((script, method, argument))
        return ScriptRun() if self.answer is None else self.answer(argument)

    def try_out(self, trial: Trial) -> TrialReport:
        self._stop_if_unavailable()
        runs: list[ScriptRun] = []
        for call in trial.calls:
            argument = call.argument
            if call.takes and runs:
                value = runs[-1].value
                argument = {**argument, call.takes: value} if value else argument
            self.tried.append((trial, call.method, argument))
            runs.append(ScriptRun() if self.answer is None else self.answer(argument))
        return TrialReport(runs=tuple(runs), requests=((),) * len(runs))

    def close(self) -> None:
        self.closed = True

    def _stop_if_unavailable(self) -> None:
        if not self.available:
            raise ScriptsUnavailable("No process can be had to run the script in")


@dataclass
class RecordingWakeUp:
    """Remembers who was woken, and wakes nobody."""

    rings: int = 0
    moments: list[datetime] = field(default_factory=list)
    closed: bool = False

    def ring(self) -> None:
        self.rings += 1

    def ring_at(self, moment: datetime) -> None:
        self.moments.append(moment)

    def close(self) -> None:
        self.closed = True
