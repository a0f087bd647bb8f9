"""Reads what a script's process answered. The process may be in a script's hands: trust nothing."""

import json
from collections.abc import Mapping
from typing import Any

import orjson

from rc_integrations_plugin.integrations.nesting import is_deeper, path_below
from rc_integrations_plugin.scripting.protocol import (
    ConsoleLine,
    FaultKind,
    ScriptFault,
    ScriptRun,
)

MAX_TEXT = 64 * 1024
MOST_LINES = 200
MAX_DEPTH = 200
"""More than results may have by any setting."""
SHORT = 8 * 1024
"""Where counting brackets is faster than looking at each value."""
LONGEST_PATH = 300


def read_answer(
    frame: bytes | bytearray, *, most_lines: int = MOST_LINES, most_levels: int = MAX_DEPTH
) -> ScriptRun:
    """Return the run that a frame tells of.

    Args:
        frame: one that asks for no HTTP call.
        most_lines: of the console; a process that is not in a script's hands sends no more.
        most_levels: how deeply a result may be nested. The engine leaves that to this side: to be
            shown each value there would double the time of a large result.

    Raises:
        ValueError: the frame is not what the sandbox sends.
    """
    try:
        document, is_clean = _loads(frame)
    except RecursionError:
        # what else the frame tells cannot be read
        return ScriptRun(fault=_too_deep("result", most_levels))
    match document:
        case {"answer": dict() as answer, "console": list() as lines}:
            value, fault = answer.get("value"), _read_fault(answer.get("fault"))
            if _may_be_deep(frame, most_levels) and is_deeper(value, most_levels):
                path = path_below(value, most_levels, name="result")
                value, fault = None, _too_deep(path, most_levels)
            return ScriptRun(
                value=value if is_clean else _well_formed(value),
                value_type=_text(answer.get("type"), "undefined"),
                fault=fault,
                console=tuple(map(_read_line, lines[:most_lines])),
                fresh_instance=answer.get("fresh") is True,
            )
    raise ValueError("no answer")


def _may_be_deep(frame: bytes | bytearray, levels: int) -> bool:
    return len(frame) > SHORT or frame.count(b"[") + frame.count(b"{") > levels


def _too_deep(path: str, levels: int) -> ScriptFault:
    short = path if len(path) <= LONGEST_PATH else f"{path[:LONGEST_PATH]}..."
    message = f"{short} is nested deeper than {levels} levels, which can't be passed on"
    return ScriptFault(kind=FaultKind.BAD_RESULT, name="ScriptResult", message=message)


def _loads(frame: bytes | bytearray) -> tuple[Any, bool]:
    try:
        return orjson.loads(frame), True
    except orjson.JSONDecodeError:
        # It refuses lone surrogates, which JavaScript writes.
        pass
    return json.loads(frame, parse_constant=_refuse), False


def _refuse(number: str) -> None:
    raise ValueError(f"{number} is no JSON")


def _read_fault(document: Any) -> ScriptFault | None:
    if document is None:
        return None
    match document:
        case {"kind": str(kind)}:
            return _fault(FaultKind(kind), document)
    raise ValueError("a fault must be an object with a kind")


def _fault(kind: FaultKind, document: Mapping[str, Any]) -> ScriptFault:
    return ScriptFault(
        kind=kind,
        name=_text(document.get("name"), "Error")[:100],
        message=_text(document.get("message"), ""),
        line=_position(document.get("line")),
        column=_position(document.get("column")),
        stack=_text(document.get("stack"), ""),
    )


def _read_line(document: Any) -> ConsoleLine:
    match document:
        case {"level": str(level), "text": str(text)}:
            return ConsoleLine(level[:20], _without_surrogates(text[:MAX_TEXT]))
    raise ValueError("a console line must have level and text")


def _text(value: Any, default: str) -> str:
    return _without_surrogates(value[:MAX_TEXT]) if isinstance(value, str) else default


def _position(value: Any) -> int | None:
    return value if type(value) is int and 0 < value < 10**9 else None


def _well_formed(value: Any) -> Any:
    """Return JSON data whose texts can be encoded: a lone surrogate becomes U+FFFD."""
    match value:
        case str():
            return _without_surrogates(value)
        case list():
            return [_well_formed(item) for item in value]
        case dict():
            return {_without_surrogates(key): _well_formed(item) for key, item in value.items()}
    return value


def _without_surrogates(text: str) -> str:
    if text.isascii():
        return text
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
