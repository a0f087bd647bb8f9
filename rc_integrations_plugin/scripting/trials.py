"""Trying scripts out: calls of an instance that nobody else uses, one after the other."""

import contextlib
import threading
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Protocol

from rc_integrations_plugin.errors import ScriptsUnavailable
from rc_integrations_plugin.scripting.http import CannedHttp
from rc_integrations_plugin.scripting.protocol import (
    FaultKind,
    HttpGateway,
    Script,
    ScriptFault,
    ScriptHttpRequest,
    ScriptHttpResponse,
    ScriptRun,
    Trial,
    TrialCall,
    TrialReport,
)
from rc_integrations_plugin.settings import Settings

AT_ONCE = 2
"""So many trials in one process of the server: each takes a process beside those that live.

Each is of another person, so that none keeps all others waiting.
"""
WAITING = 4
"""A trial waits for its turn for this part of its time at most, and so does one for a worker."""
OUT_OF_TIME = "TrialTimeout"
"""The name of the fault of a call that the trial had no time for."""


class TrialRunner(Protocol):
    """What runs the calls of a trial: a `ProcessScriptRunner` with one process."""

    def call(self, script: Script, method: str, argument: Any) -> ScriptRun:
        """Call a method of the instance."""

    def finish(self, integration_id: str) -> Any:
        """End the process and return what is in `Store`."""


class TrialPlaces:
    """Lets some trials run side by side, one of each person; others wait in a line."""

    def __init__(self, settings: Settings) -> None:
        self.patience = settings.script_trial_seconds / WAITING
        """How many seconds one waits for its turn."""
        self._changed = threading.Condition()
        self._inside: list[str] = []
        self._waiting: list[tuple[str, object]] = []

    @contextlib.contextmanager
    def one(self, by: str) -> Iterator[None]:
        """Take a place as long as the trial lasts.

        Args:
            by: the id of who wants it.

        Raises:
            ScriptsUnavailable: none was free in time.
        """
        self._enter(by)
        try:
            yield
        finally:
            with self._changed:
                self._inside.remove(by)
                self._changed.notify_all()

    def _enter(self, by: str) -> None:
        me = (by, object())
        with self._changed:
            self._waiting.append(me)
            is_in = self._changed.wait_for(lambda: self._next() is me, self.patience)
            self._waiting.remove(me)
            if is_in:
                self._inside.append(by)
            self._changed.notify_all()
            if not is_in:
                who = "You are" if by in self._inside else "Others are"
                raise ScriptsUnavailable(f"{who} trying scripts out: please try again")

    def _next(self) -> tuple[str, object] | None:
        """Return who may go in: of those who are not in, the one who waits for the longest time."""
        if len(self._inside) >= AT_ONCE:
            return None
        return next((one for one in self._waiting if one[0] not in self._inside), None)


class TrialHttp:
    """Answers a trial's HTTP calls, or makes them, and remembers them."""

    def __init__(self, gateway: HttpGateway, answers: Sequence[Mapping[str, Any]] | None) -> None:
        self._gateway = gateway if answers is None else CannedHttp(answers)
        self.requests: list[ScriptHttpRequest] = []

    def send(self, request: ScriptHttpRequest) -> ScriptHttpResponse:
        """Answer one."""
        self.requests.append(request)
        return self._gateway.send(request)

    def send_all(self, requests: Sequence[ScriptHttpRequest]) -> Sequence[ScriptHttpResponse]:
        """Answer several."""
        self.requests += requests
        return self._gateway.send_all(requests)


def seconds_of(trial: Trial, settings: Settings) -> float:
    """Return how long all calls of a trial may take together, once it has its turn."""
    most = settings.script_trial_seconds
    return most if trial.seconds is None else min(trial.seconds, most)


def out_of_time(settings: Settings) -> ScriptFault:
    """Return why a call of a trial gave no result after the time of the trial."""
    limit = f"RC_INTEGRATIONS_SCRIPT_TRIAL_SECONDS is {settings.script_trial_seconds:g}"
    return ScriptFault(
        kind=FaultKind.TIMEOUT,
        name=OUT_OF_TIME,
        message=f"all calls together took too long ({limit})",
    )


def run_trial(trial: Trial, runner: TrialRunner, http: TrialHttp) -> TrialReport:
    """Make the calls of a trial and return what came of them; none follows one without time."""
    runs: list[ScriptRun] = []
    asked: list[tuple[ScriptHttpRequest, ...]] = []
    for call in trial.calls:
        before_it = runs[-1] if runs else None
        if before_it is not None and not _follows(call, before_it):
            break
        argument = _argument(call, before_it)
        before = len(http.requests)
        runs.append(runner.call(trial.script, call.method, argument))
        asked.append(tuple(http.requests[before:]))
        fault = runs[-1].fault
        if fault is not None and fault.name == OUT_OF_TIME:
            break
    store = runner.finish(trial.script.integration_id)
    return TrialReport(
        runs=tuple(runs), requests=tuple(asked), store=store if isinstance(store, dict) else {}
    )


def _follows(call: TrialCall, before: ScriptRun) -> bool:
    """Return whether a call is made after another that went so."""
    if not call.takes:
        return True
    if before.fault is not None:
        return before.fault.kind is FaultKind.NO_METHOD
    return isinstance(before.value, dict)


def _argument(call: TrialCall, before: ScriptRun | None) -> Any:
    if not call.takes or before is None or before.fault is not None:
        return call.argument
    return {**call.argument, call.takes: before.value}
