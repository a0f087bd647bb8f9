"""Runs scripts in processes of their own: the `ScriptRunner` of a real server."""

import json
import os
import signal
from collections.abc import Callable, Mapping
from dataclasses import replace
from math import inf
from time import monotonic
from typing import Any

import orjson

from rc_integrations_plugin.scripting import checker
from rc_integrations_plugin.scripting.answers import MAX_DEPTH, read_answer
from rc_integrations_plugin.scripting.arguments import check_source, encode_argument
from rc_integrations_plugin.scripting.compiled import (
    Compiled,
    CompiledScripts,
    mark_of,
    write_compiled,
)
from rc_integrations_plugin.scripting.http import NoHttp, RunHttp
from rc_integrations_plugin.scripting.processes import FRAME_OVERHEAD, ProcessEnded, ScriptProcess
from rc_integrations_plugin.scripting.protocol import (
    FaultKind,
    HttpGateway,
    Script,
    ScriptFault,
    ScriptReview,
    ScriptRun,
    Trial,
    TrialReport,
)
from rc_integrations_plugin.scripting.supervisor import Supervisor, SupervisorApart
from rc_integrations_plugin.scripting.trials import (
    TrialHttp,
    TrialPlaces,
    out_of_time,
    run_trial,
    seconds_of,
)
from rc_integrations_plugin.scripting.wire import CALL_PREFIX, READING_CALLS
from rc_integrations_plugin.settings import Settings

IDLED_OUT = b"{}"
# A child ends itself at the limit and says why; after this much more it is killed.
KILL_AFTER = 1.5
# What stands in for a class, escapes, and the notes about columns.
GROWTH_BY_COMPILING = 8
# How many bytes of JSON one character may take.
ESCAPED = 12
# After these the engine is in no state to go on, or there is no instance to keep.
ENDS_PROCESS = frozenset(
    {
        FaultKind.MEMORY,
        FaultKind.TIMEOUT,
        FaultKind.EVALUATION,
        FaultKind.SYNTAX,
        FaultKind.NO_CLASS,
    }
)


class ProcessScriptRunner:
    """Runs each integration's script in a child process that keeps the script's instance."""

    def __init__(
        self,
        settings: Settings,
        *,
        http: HttpGateway | None = None,
        supervisor: Supervisor | None = None,
        compiled: CompiledScripts | None = None,
        latest: float = inf,
    ) -> None:
        """Make a runner.

        Args:
            settings: its limits.
            http: makes the HTTP calls of scripts; None refuses all.
            supervisor: has the processes; None starts them.
            compiled: what was compiled before; None remembers what this one compiles.
            latest: the monotonic time when a trial is over.
        """
        self._settings = settings
        self._http = http or NoHttp()
        self._latest = latest
        self._supervisor = supervisor or Supervisor(settings)
        self._trial_places = TrialPlaces(settings)
        self._compiled = compiled or CompiledScripts()
        self._frame_overhead = FRAME_OVERHEAD + ESCAPED * settings.script_console_bytes

    def check(self, source: str, *, skip_transpile: bool = False) -> ScriptFault | None:
        """Compile the source in a process that is thrown away; nothing of it runs."""
        fault = check_source(source, max_bytes=self._settings.script_input_bytes)
        if fault is not None:
            return fault
        with self._supervisor.throw_away_process() as process:
            return self._compile(process, source, skip_transpile=skip_transpile).fault

    def review(self, source: str, *, skip_transpile: bool = False) -> ScriptReview:
        """Compile and read the source in processes that are thrown away; nothing of it runs.

        Both together take no longer than a trial.
        """
        fault = check_source(source, max_bytes=self._settings.script_input_bytes)
        if fault is not None:
            return ScriptReview(fault=fault)
        latest = monotonic() + self._settings.script_trial_seconds
        with self._supervisor.throw_away_process() as process:
            compilation = self._compile(
                process, source, skip_transpile=skip_transpile, latest=latest
            )
        # Another one: a script's functions take the place of globals as soon as it is compiled.
        with self._supervisor.throw_away_process() as process:
            order = {"op": "review", "source": source, "skip_transpile": skip_transpile}
            run = self._ask(process, order | {"checker": checker.load()}, latest=latest)
        if compilation.fault is not None:
            findings = checker.read_findings(run.value) if run.fault is None else ()
            return ScriptReview(fault=compilation.fault, findings=findings)
        compiled = _read_compilation(compilation, source)
        if not skip_transpile:
            self._compiled.keep(source, compiled)
        return ScriptReview(
            compiled=write_compiled(compiled, mark_of(source, skip_transpile=skip_transpile)),
            findings=(
                (checker.not_reviewed(run.fault),)
                if run.fault
                else checker.read_findings(run.value)
            ),
        )

    def call(self, script: Script, method: str, argument: Any) -> ScriptRun:
        """Call a method of the script's instance, which is made first where there is none."""
        started = monotonic()
        if started >= self._latest:
            return ScriptRun(fault=out_of_time(self._settings))
        run = self._call(script, method, argument)
        return replace(run, duration_ms=(monotonic() - started) * 1000)

    def try_out(self, trial: Trial) -> TrialReport:
        """Make the calls in a process apart, which is thrown away."""
        http = TrialHttp(self._http, trial.answers)
        with self._trial_places.one(trial.by):
            apart = SupervisorApart(self._settings, of=self._supervisor)
            latest = monotonic() + seconds_of(trial, self._settings)
            try:
                runner = ProcessScriptRunner(
                    self._settings,
                    http=http,
                    supervisor=apart,
                    compiled=self._compiled,
                    latest=latest,
                )
                return run_trial(trial, runner, http)
            finally:
                apart.close()

    def finish(self, integration_id: str) -> Any:
        """End the process of an integration and return what its script kept in `Store`."""
        with self._supervisor.process_of(integration_id) as process:
            run = self._ask(process, {"op": "store"})
            self._supervisor.end(process)
        return run.value

    def close(self) -> None:
        """End all processes."""
        self._supervisor.close()

    def _call(self, script: Script, method: str, argument: Any) -> ScriptRun:
        text = encode_argument(argument, max_bytes=self._settings.script_input_bytes)
        if isinstance(text, ScriptFault):
            return ScriptRun(fault=text)
        run = None
        while run is None:
            with self._supervisor.process_of(script.integration_id) as process:
                if process.version in {None, script.version}:
                    run = self._call_in(process, script, method, text)
                else:
                    self._supervisor.end(process)
        return run

    def _call_in(
        self, process: ScriptProcess, script: Script, method: str, argument: bytes
    ) -> ScriptRun | None:
        """Return how the call went, or None if the process had ended before it came."""
        if process.version is not None:
            return self._run(process, _order(script, method, argument, None))
        compiled = self._compiled_of(script, process)
        if not isinstance(compiled, Compiled):
            return compiled
        process.version = script.version
        return self._run(process, _order(script, method, argument, compiled))

    def _compiled_of(self, script: Script, process: ScriptProcess) -> Compiled | ScriptRun | None:
        """Return what a script is run as; if there is none, what `_run` returned.

        Args:
            script: it must not have run in the process: what comes of this is kept for others.
            process: where it is rewritten, unless that was done before.
        """
        found = self._compiled.find(script)
        if found is not None:
            return found
        order = json.dumps({"op": "rewrite", "source": script.source}).encode()
        run = self._run(process, order, is_rewriting=True)
        if run is None or run.fault is not None:
            return run
        compiled = _read_compilation(run, script.source)
        self._compiled.keep(script.source, compiled)
        return compiled

    def _compile(
        self, process: ScriptProcess, source: str, *, skip_transpile: bool, latest: float = inf
    ) -> ScriptRun:
        order = {"op": "compile", "source": source, "skip_transpile": skip_transpile}
        return self._ask(process, order, max_bytes=self._compiled_bytes, latest=latest)

    @property
    def _compiled_bytes(self) -> int:
        return self._settings.script_input_bytes * GROWTH_BY_COMPILING

    def _run(
        self, process: ScriptProcess, order: bytes, *, is_rewriting: bool = False
    ) -> ScriptRun | None:
        """Return how the order went, or None if the process had ended before it came."""
        max_bytes = self._compiled_bytes if is_rewriting else None
        most_levels = MAX_DEPTH if is_rewriting else self._settings.script_nesting
        try:
            frame = self._exchange(process, order, max_bytes=max_bytes)
            if frame == IDLED_OUT:
                self._supervisor.end(process)
                return None
            run = self._read(frame, most_levels=most_levels)
        except (ProcessEnded, ValueError) as end:
            ended = self._ended(process, end, is_reading=is_rewriting)
            return None if isinstance(end, ProcessEnded) and end.at_rest else ended
        if run.fault and run.fault.kind in ENDS_PROCESS:
            self._supervisor.end(process)
        return run

    def _ask(
        self,
        process: ScriptProcess,
        order: Mapping[str, Any],
        *,
        max_bytes: int | None = None,
        latest: float = inf,
    ) -> ScriptRun:
        """Return the answer to an order that calls no method."""
        text = json.dumps(order).encode()
        try:
            return self._read(self._exchange(process, text, max_bytes=max_bytes, latest=latest))
        except (ProcessEnded, ValueError) as end:
            return self._ended(process, end, is_reading=True)

    def _read(self, frame: bytes | bytearray, *, most_levels: int = MAX_DEPTH) -> ScriptRun:
        most_lines = self._settings.script_console_lines
        return read_answer(frame, most_lines=most_lines, most_levels=most_levels)

    def _exchange(
        self,
        process: ScriptProcess,
        order: bytes,
        *,
        max_bytes: int | None = None,
        latest: float = inf,
    ) -> bytearray:
        calls = 1 if order.startswith(CALL_PREFIX) else READING_CALLS
        return process.exchange(
            order,
            seconds=calls * self._settings.script_call_seconds * KILL_AFTER,
            max_bytes=(max_bytes or self._settings.script_output_bytes) + self._frame_overhead,
            on_http=_http_of(RunHttp(self._http, self._settings, latest=self._latest)),
            latest=min(self._latest, latest),
        )

    def _ended(
        self, process: ScriptProcess, end: ProcessEnded | ValueError, *, is_reading: bool
    ) -> ScriptRun:
        status = self._supervisor.end(process)
        if isinstance(end, ProcessEnded) and end.by_timeout:
            if monotonic() >= self._latest:
                return ScriptRun(fault=out_of_time(self._settings))
            limit = self._settings.script_call_seconds
            message = f"the script ran for more than {limit:g} s and was ended"
            if is_reading:
                message = "it took too long to read the script"
            return _failed(FaultKind.TIMEOUT, "ScriptTimeout", message)
        if os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGXCPU:
            limit = self._settings.script_processor_seconds
            message = f"the script used more than {limit:g} s of processor time"
            return _failed(FaultKind.TIMEOUT, "ScriptProcessorTime", message)
        return _failed(FaultKind.CRASH, "ScriptCrash", f"the script's process {_how(status)}")


def _http_of(http: RunHttp) -> Callable[[bytearray], tuple[bytes, float]]:
    def answer(frame: bytearray) -> tuple[bytes, float]:
        try:
            order = json.loads(frame)["http"]
        except (ValueError, RecursionError):
            raise ProcessEnded from None
        waited_before = http.seconds_waited
        return http.answer(order), http.seconds_waited - waited_before

    return answer


def _order(script: Script, method: str, argument: bytes, compiled: Compiled | None) -> bytes:
    # The argument is JSON already, and the largest part.
    call = b'%b,"method":%b,"argument":%b' % (CALL_PREFIX, orjson.dumps(method), argument)
    if compiled is None:
        return call + b"}"
    more = {"compiled": {**compiled.notes, "code": compiled.code}, **script.held_still}
    return b"%b,%b" % (call, json.dumps(more)[1:].encode())


def _read_compilation(run: ScriptRun, source: str) -> Compiled:
    """Return what the compiler answered: a process in which no script has run."""
    notes = dict(run.value)
    return Compiled(notes.pop("code", source), notes)


def _failed(kind: FaultKind, name: str, message: str) -> ScriptRun:
    return ScriptRun(fault=ScriptFault(kind=kind, name=name, message=message))


def _how(status: int) -> str:
    if os.WIFSIGNALED(status):
        return f"was ended by {signal.Signals(os.WTERMSIG(status)).name}"
    return "ended without an answer"
