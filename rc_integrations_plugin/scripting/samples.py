"""Runs samples and compares what came of them with what should have."""

import difflib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rc_integrations_plugin.scripting.bench import ScriptReport, run_script
from rc_integrations_plugin.scripting.sample_files import (
    EXPECTED,
    Sample,
    SampleFault,
    find_folders,
    read_sample,
)


@dataclass(frozen=True, kw_only=True)
class SampleResult:
    """How one sample went: well, if there are no differences."""

    name: str
    differences: tuple[str, ...] = ()
    updated: bool = False
    """What came of it was written down as what should."""


def run_samples(
    root: Path, *, update: bool = False, tell: Callable[[SampleResult], None] | None = None
) -> list[SampleResult]:
    """Run all samples in a folder.

    Args:
        root: the folder.
        update: writes what came of them into their `expected.json` where that differs.
        tell: called with each result at once.

    Raises:
        ScriptsUnavailable: no process could be started.
    """
    results = []
    for folder in find_folders(root):
        results.append(_run_folder(folder, root, update=update))
        if tell is not None:
            tell(results[-1])
    return results


def _run_folder(folder: Path, root: Path, *, update: bool) -> SampleResult:
    name = folder.relative_to(root).as_posix() if folder != root else folder.resolve().name
    try:
        sample = read_sample(folder, root)
        report = run_sample(sample)
    except (SampleFault, ValueError) as error:
        return SampleResult(name=name, differences=(str(error),))
    differences = find_differences(sample.expected, report)
    if differences and update:
        (folder / EXPECTED).write_text(f"{_pretty(_to_keep(report))}\n", encoding="utf-8")
        return SampleResult(name=name, updated=True)
    return SampleResult(name=name, differences=differences)


def run_sample(sample: Sample) -> ScriptReport:
    """Make the call of a sample.

    Raises:
        ValueError: an option or an HTTP answer cannot be used.
        ScriptsUnavailable: no process could be started.
    """
    return run_script(
        sample.source,
        sample.method,
        sample.argument,
        before=sample.before,
        http=sample.http,
        **sample.options,
    )


def find_differences(expected: Mapping[str, Any] | None, report: ScriptReport) -> tuple[str, ...]:
    """Return one text for each part that is not as expected."""
    if expected is None:
        return (f"there is no {EXPECTED}; --update writes it",)
    actual = report.to_json()
    wanted = {"ok": expected.get("error") is None, **expected}
    found = []
    for key, value in wanted.items():
        if key not in actual or key == "duration_ms":
            found.append(f"{EXPECTED}: there is nothing named {key} to compare")
        elif not _holds(value, comparable := _comparable(key, value, actual[key])):
            found.append(_difference(key, value, comparable))
    return tuple(found)


def _comparable(key: str, expected: Any, actual: Any) -> Any:
    """Return what of an actual value an expectation speaks of."""
    if key in {"ok", "type", "result"}:
        return actual
    if key == "console" and isinstance(expected, list):
        texts = [isinstance(line, str) for line in expected] + [False] * len(actual)
        return [line["text"] if text else line for line, text in zip(actual, texts, strict=False)]
    return _part_of(actual, expected)


def _part_of(actual: Any, expected: Any) -> Any:
    """Return a value without the keys that the expectation does not have."""
    if isinstance(actual, dict) and isinstance(expected, dict):
        return {key: _part_of(actual[key], expected[key]) for key in expected if key in actual}
    if isinstance(actual, list) and isinstance(expected, list):
        pairs = [*zip(actual, expected, strict=False)]
        return [_part_of(one, other) for one, other in pairs] + actual[len(pairs) :]
    return actual


def _holds(expected: Any, actual: Any) -> bool:
    """Tell whether two pieces of JSON are the same; 1 and 1.0 are, 1 and true are not."""
    if isinstance(expected, dict) and isinstance(actual, dict):
        return expected.keys() == actual.keys() and all(
            _holds(value, actual[key]) for key, value in expected.items()
        )
    if isinstance(expected, list) and isinstance(actual, list):
        return len(expected) == len(actual) and all(map(_holds, expected, actual))
    return isinstance(expected, bool) == isinstance(actual, bool) and bool(expected == actual)


def _difference(key: str, expected: Any, actual: Any) -> str:
    lines = difflib.unified_diff(
        _pretty(expected).splitlines(),
        _pretty(actual).splitlines(),
        "expected",
        "actual",
        lineterm="",
    )
    return "\n".join([key, *lines])


def _to_keep(report: ScriptReport) -> dict[str, Any]:
    if report.error is None:
        return {"type": report.type, "result": report.result}
    return {"error": {key: report.error[key] for key in ("kind", "name", "message", "line")}}


def _pretty(value: Any) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False, sort_keys=True)
