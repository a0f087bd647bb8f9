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
    ScriptHttpRequest,
    ScriptHttpResponse,
    ScriptRun,
    Trial,
    TrialCall,
    TrialReport,
)
from rc_integrations_plugin.settings import Settings

AT_ONCE = 2
"""So many trials in one process of the server: each takes a process beside those that live."""


class TrialRunner(Protocol):
    """What runs the calls of a trial: a `ProcessScriptRunner` with one process."""

    def call(self, script: Script, method: str, argument: Any) -> ScriptRun:
        """Call a method of the instance."""

    def finish(self, integration_id: str) -> Any:
        """End the process and return what is in `Store`."""


class TrialPlaces:
    """Lets some trials run side by side; others wait, and not for long."""

    def __init__(self, settings: Settings) -> None:
        self._patience = 2 * settings.script_call_seconds
        self._free = threading.BoundedSemaphore(AT_ONCE)

    @contextlib.contextmanager
    def one(self) -> Iterator[None]:
        """Take a place as long as the trial lasts.

        Raises:
            ScriptsUnavailable: none was free in time.
        """
        if not self._free.acquire(timeout=self._patience):
            raise ScriptsUnavailable("Others are trying scripts out: please try again")
        try:
            yield
        finally:
            self._free.release()


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


def run_trial(trial: Trial, runner: TrialRunner, http: TrialHttp) -> TrialReport:
    """Make the calls of a trial and return what came of them."""
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
