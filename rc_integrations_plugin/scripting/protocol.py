"""What running an operator's script means, without saying how."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Protocol


@dataclass(frozen=True, kw_only=True)
class Script:
    """A script and whose it is. A new `version` ends the old instance and its state."""

    integration_id: str
    name: str
    version: str
    source: str
    skip_transpile: bool = False
    compiled: str = ""
    """What a review told to keep beside the source; without it the first call takes longer."""
    held_still: Mapping[str, float] = field(default_factory=dict)
    """For trying scripts out: `now` (in milliseconds) and `random` are these, always."""


class FaultKind(StrEnum):
    """Why a script gave no result."""

    SYNTAX = "syntax"
    EVALUATION = "evaluation"
    """A top-level statement or the constructor threw."""
    NO_CLASS = "no-class"
    NO_METHOD = "no-method"
    EXCEPTION = "exception"
    BAD_RESULT = "bad-result"
    """The result can't be copied out as data."""
    TIMEOUT = "timeout"
    MEMORY = "memory"
    OUTPUT = "output"
    """The result is larger than allowed."""
    INPUT = "input"
    """The argument is larger than allowed."""
    CRASH = "crash"
    """The process ended without an answer."""


@dataclass(frozen=True, kw_only=True)
class ScriptFault:
    """Why a script gave no result, and where."""

    kind: FaultKind
    name: str
    """JavaScript's name of the error, such as TypeError; ScriptTimeout and the like for limits."""
    message: str
    """May quote the script: for the history and the person who saved it, never for the caller."""
    line: int | None = None
    """In the script as it was saved; the first line is 1."""
    column: int | None = None
    stack: str = ""


def is_truthy(value: Any) -> bool:
    """Return whether JavaScript takes a value for true: empty lists and objects are."""
    return isinstance(value, list | dict) or bool(value)


def describe_fault(fault: ScriptFault) -> str:
    """Return what happened and where, on one line; it may quote the script, as its message may."""
    column = "" if fault.column is None else f", column {fault.column}"
    place = "" if fault.line is None else f" (line {fault.line}{column})"
    return f"{fault.name}: {fault.message}{place}"


class Severity(StrEnum):
    """How much a finding matters on this server."""

    ERROR = "error"
    """It does not work here, if it is ever reached."""
    WARNING = "warning"
    """It works here, but not in each Rocket.Chat, or not as its author may think."""


@dataclass(frozen=True, kw_only=True)
class Finding:
    """Something in a script that its author should know of."""

    code: str
    """Stable; the codes are in docs/script-tests.md."""
    severity: Severity
    name: str
    """What it is about: a global, a method, a module."""
    line: int
    column: int
    lines: tuple[int, ...]
    """All places, as far as they are few."""
    message: str
    advice: str


@dataclass(frozen=True, kw_only=True)
class ScriptReview:
    """What can be said about a script before it runs."""

    fault: ScriptFault | None = None
    """Why it cannot run."""
    compiled: str = ""
    """To be kept beside the source, for `Script.compiled`; empty if it cannot run."""
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True)
class ConsoleLine:
    """One call of `console.log` and its like."""

    level: str
    text: str


@dataclass(frozen=True, kw_only=True)
class ScriptRun:
    """How one call of a method went. `fault` is None exactly if the method returned."""

    value: Any = None
    """The result as JSON data; undefined is None."""
    value_type: str = "undefined"
    """JavaScript's `typeof` of the result, or `null` or `array`."""
    fault: ScriptFault | None = None
    console: tuple[ConsoleLine, ...] = ()
    duration_ms: float = 0.0
    fresh_instance: bool = False
    """The class was instantiated for this call: what was kept on `this` before is gone."""


@dataclass(frozen=True, kw_only=True)
class ScriptHttpRequest:
    """An HTTP call that a script asks for."""

    method: str
    url: str
    headers: Mapping[str, str]
    body: str | None
    timeout_seconds: float
    """The script's own wish or what is left of its total, whichever is less."""
    follow_redirects: bool = True


@dataclass(frozen=True, kw_only=True)
class ScriptHttpResponse:
    """What came of an HTTP call: an answer of any status, or `error`."""

    status: int = 0
    headers: Mapping[str, str] = field(default_factory=dict)
    content: str = ""
    url: str = ""
    redirected: bool = False
    error: str | None = None


class HttpGateway(Protocol):
    """Makes the HTTP calls of scripts, under the rules for outgoing traffic."""

    def send(self, request: ScriptHttpRequest) -> ScriptHttpResponse:
        """Make the call; whatever goes wrong is told as `error`, nothing is raised."""

    def send_all(self, requests: Sequence[ScriptHttpRequest]) -> Sequence[ScriptHttpResponse]:
        """Make calls side by side, and return what came of each when all are done."""


@dataclass(frozen=True, kw_only=True)
class TrialCall:
    """One call of a script that is tried out."""

    method: str
    argument: Any
    takes: str = ""
    """The key of the argument where the result of the call before goes, if that is an object.

    If it is none, this call is left out, unless the script has no such method.
    """


@dataclass(frozen=True, kw_only=True)
class Trial:
    """Calls of an instance that nobody else uses, and what answers its HTTP calls."""

    script: Script
    calls: tuple[TrialCall, ...]
    answers: tuple[Mapping[str, Any], ...] | None = ()
    """As `CannedHttp` takes them; None makes the HTTP calls for real."""
    by: str = ""
    """Id of who wants it: of one person, one trial runs at a time."""
    seconds: float | None = None
    """How long all of it may take; None, or more than that, is the server's limit."""


@dataclass(frozen=True, kw_only=True)
class TrialReport:
    """What came of a trial."""

    runs: tuple[ScriptRun, ...]
    """One for each call that was made, in order."""
    requests: tuple[tuple[ScriptHttpRequest, ...], ...]
    """For each run, the HTTP calls that it asked for."""
    store: Mapping[str, Any] = field(default_factory=dict)
    """What is in `Store` afterwards."""


class ScriptRunner(Protocol):
    """Runs scripts, each integration's in a world of its own."""

    def check(self, source: str, *, skip_transpile: bool = False) -> ScriptFault | None:
        """Return why the source cannot run (nothing of it is run), or None if it compiles.

        Raises:
            ScriptsUnavailable: no process could be started.
        """

    def review(self, source: str, *, skip_transpile: bool = False) -> ScriptReview:
        """Return why the source cannot run, and what in it may not work; nothing of it is run.

        Raises:
            ScriptsUnavailable: no process could be started.
        """

    def call(self, script: Script, method: str, argument: Any) -> ScriptRun:
        """Call a method of the script's `Script` instance with one argument of JSON data.

        Raises:
            ScriptsUnavailable: no process could be started.
        """

    def try_out(self, trial: Trial) -> TrialReport:
        """Make calls of a new instance, which is thrown away: the one that lives is not touched.

        Raises:
            ScriptsUnavailable: no process could be started, or others try too much out now.
        """

    def close(self) -> None:
        """End all processes."""
