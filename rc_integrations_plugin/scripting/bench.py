"""Tries a script out: the real engine in its real process, without a chat server or a database."""

import atexit
import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from functools import cache
from importlib import resources
from itertools import count
from pathlib import Path
from typing import Any
from zoneinfo import TZPATH, ZoneInfo, ZoneInfoNotFoundError

from rc_integrations_plugin.scripting.http import CannedHttp
from rc_integrations_plugin.scripting.protocol import (
    Script,
    ScriptFault,
    ScriptHttpRequest,
    ScriptRun,
)
from rc_integrations_plugin.scripting.runner import ProcessScriptRunner
from rc_integrations_plugin.scripting.supervisor import UTC as UTC_RULE, Supervisor
from rc_integrations_plugin.settings import Settings

Call = tuple[str, Any]
"""A method and its argument."""

_SETTINGS = Settings()
_LAST_DATE = 8.64e15
"""The largest number of milliseconds that a `Date` holds."""
_numbers = count()
_lock = threading.Lock()


@dataclass(frozen=True, kw_only=True)
class ScriptReport:
    """How one call of a method went, as data."""

    ok: bool
    """The method returned; what it returned may still be a refusal."""
    type: str
    """JavaScript's `typeof` of the result, or `null` or `array`."""
    result: Any
    error: dict[str, Any] | None
    """`kind`, `name`, `message`, `line`, `column` and `stack`."""
    console: list[dict[str, str]] = field(default_factory=list)
    """What the call wrote: `level` and `text`."""
    http: list[dict[str, Any]] = field(default_factory=list)
    """What the call asked others for: `method`, `url`, `headers` and `body`."""
    store: dict[str, Any] = field(default_factory=dict)
    """What is in `Store` afterwards."""
    duration_ms: float = 0.0

    def to_json(self) -> dict[str, Any]:
        """Return all of it as JSON data."""
        return asdict(self)


def run_script(  # noqa: PLR0913 - each is a part of what the script sees
    source: str,
    method: str,
    argument: Any,
    *,
    before: Iterable[Call] = (),
    http: Sequence[Mapping[str, Any]] = (),
    now: str | float | datetime | None = None,
    random: float | None = None,
    timezone: str = "UTC",
    skip_transpile: bool = False,
) -> ScriptReport:
    """Call a method of a new instance of a script, and return what came of it.

    The first call with a time zone starts the process that scripts are forked from, which takes
    a moment; it is kept for the calls that follow.

    Args:
        source: the script.
        method: such as `process_incoming_request`.
        argument: JSON data, for example `{"request": {...}}`.
        before: calls of the same instance that come first; what comes of them is not reported.
        http: canned answers, `{"match": part of the URL, "result": {"statusCode", "headers",
            "content", "data"}}`, or `{"error": text}` as the result for a call that fails. Calls
            that none matches get 200 and `{"ok": true}`. Nothing reaches the network.
        now: the time that `Date` and moment show, always; ISO 8601, a datetime, or milliseconds.
        random: what `Math.random` returns, always.
        timezone: of `Date` and moment; a name such as `Europe/Berlin`.
        skip_transpile: runs the script as it is written, its classes in strict mode.

    Raises:
        ValueError: `before`, `http`, `now`, `random` or `timezone` is nothing that can be used.
        ScriptsUnavailable: no process could be started.
    """
    script = Script(
        integration_id=f"bench-{next(_numbers)}",
        name="bench",
        version="1",
        source=source,
        skip_transpile=skip_transpile,
        held_still=held_still(now, random),
    )
    calls = [_read_call(call) for call in before]
    canned = CannedHttp(read_answers(http))
    runner = ProcessScriptRunner(_SETTINGS, http=canned, supervisor=_supervisor(timezone))
    try:
        for earlier, earlier_argument in calls:
            runner.call(script, earlier, earlier_argument)
        asked_before = len(canned.requests)
        run = runner.call(script, method, argument)
    finally:
        store = runner.finish(script.integration_id)
    return report_of(run, canned.requests[asked_before:], store)


def _read_call(call: Any) -> Call:
    match call:
        case (str(method), argument):
            return method, argument
    raise ValueError("before must be pairs of a method and its argument")


def read_answers(answers: Sequence[Mapping[str, Any]]) -> Sequence[Mapping[str, Any]]:
    """Return canned answers as they were given, if all of them can be used.

    Raises:
        ValueError: one cannot.
    """
    for number, answer in enumerate(answers, start=1):
        match answer:
            case {"match": str(), "result": Mapping() as result} if _is_result(result):
                continue
        raise ValueError(
            f"answer {number} of http must be {{'match': part of the URL, 'result': {{'statusCode':"
            " number, 'headers': texts, 'content': text, 'data': JSON}}"
        )
    return answers


def _is_result(result: Mapping[str, Any]) -> bool:
    headers = result.get("headers") or {}
    return (
        type(result.get("statusCode", 200)) is int
        and isinstance(headers, Mapping)
        and all(
            isinstance(name, str) and isinstance(value, str | int)
            for name, value in headers.items()
        )
        and isinstance(result.get("error"), str | None)
    )


def held_still(now: str | float | datetime | None, random: float | None) -> dict[str, float]:
    """Return what `Script.held_still` takes.

    Raises:
        ValueError: one of them is nothing that can be used.
    """
    held: dict[str, float] = {}
    if now is not None:
        held["now"] = _milliseconds(now)
    if random is not None:
        if not 0 <= random < 1:
            raise ValueError("random must be at least 0 and less than 1")
        held["random"] = random
    return held


def _milliseconds(now: str | float | datetime) -> int:
    if isinstance(now, str):
        try:
            now = datetime.fromisoformat(now)
        except ValueError:
            raise ValueError(
                f"now must be a time such as 2024-05-01T12:00:00Z, not {now!r}"
            ) from None
    if isinstance(now, datetime):
        aware = now if now.tzinfo else now.replace(tzinfo=UTC)
        return round(aware.timestamp() * 1000)
    if not abs(now) <= _LAST_DATE:
        raise ValueError("now is no time that JavaScript knows")
    return round(now)


def report_of(run: ScriptRun, requests: Sequence[ScriptHttpRequest], store: Any) -> ScriptReport:
    """Return as data how a call went, what it asked others for, and what is in `Store`."""
    return ScriptReport(
        ok=run.fault is None,
        type=run.value_type,
        result=run.value,
        error=None if run.fault is None else fault_document(run.fault),
        console=[asdict(line) for line in run.console],
        http=[
            {
                "method": request.method,
                "url": request.url,
                "headers": dict(request.headers),
                "body": request.body,
            }
            for request in requests
        ],
        store=store if isinstance(store, dict) else {},
        duration_ms=run.duration_ms,
    )


def fault_document(fault: ScriptFault) -> dict[str, Any]:
    """Return a fault as JSON data."""
    return {**asdict(fault), "kind": fault.kind.value}


def _supervisor(timezone: str) -> Supervisor:
    with _lock:
        return _supervisor_of(_rule_of(timezone))


@cache
def _supervisor_of(rule: str) -> Supervisor:
    supervisor = Supervisor(_SETTINGS, timezone=rule)
    atexit.register(supervisor.close)
    return supervisor


def _rule_of(timezone: str) -> str:
    """Return what the variable TZ takes for the zone of a name.

    Raises:
        ValueError: there is no such zone on this machine.
    """
    if timezone == "UTC":
        return UTC_RULE
    try:
        ZoneInfo(timezone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(f"there is no time zone {timezone!r} on this machine") from None
    for path in (*(Path(folder) for folder in TZPATH), *_packaged_zones()):
        if (path / timezone).is_file():
            return f":{path / timezone}"
    raise ValueError(f"there is no time zone {timezone!r} on this machine")


def _packaged_zones() -> tuple[Path, ...]:
    """Return where the package tzdata has its files, which Python falls back on."""
    try:
        folder = resources.files("tzdata") / "zoneinfo"
    except ModuleNotFoundError:
        return ()
    return (folder,) if isinstance(folder, Path) else ()
