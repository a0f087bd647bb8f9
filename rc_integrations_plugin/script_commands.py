"""`script run`, `test` and `check`: commands for whoever writes scripts.

Exit status: 0 all is well, 1 the script failed or cannot run, 2 the command was given what it
cannot use, 3 no process for scripts can be started.
"""

import contextlib
import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import click
from flask.cli import ScriptInfo

from rc_integrations_plugin.errors import ScriptsUnavailable
from rc_integrations_plugin.integrations.permissions import Operator
from rc_integrations_plugin.management.script_checks import run_tests
from rc_integrations_plugin.scripting.bench import ScriptReport, fault_document, run_script
from rc_integrations_plugin.scripting.checker import finding_document
from rc_integrations_plugin.scripting.protocol import ScriptReview
from rc_integrations_plugin.scripting.runner import ProcessScriptRunner
from rc_integrations_plugin.scripting.sample_files import (
    METHOD,
    SampleFault,
    parse_json,
    read_calls,
    read_list,
    read_text,
)
from rc_integrations_plugin.scripting.samples import SampleResult, run_samples
from rc_integrations_plugin.services import current_services
from rc_integrations_plugin.settings import Settings

_FAILED, _UNAVAILABLE = 1, 3
_INDENT = " " * 6

_file = click.Path(exists=True, dir_okay=False, path_type=Path)
_as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
_skip_transpile = click.option(
    "--skip-transpile", is_flag=True, help="As the integration's option: classes are strict."
)


@click.group()
def script() -> None:
    """Try, test and check scripts; nothing is posted."""


@script.command()
@click.argument("file", type=_file)
@click.option("--method", default=METHOD, show_default=True, help="The method to call.")
@click.option("--argument", type=click.File(encoding="utf-8"), help="Its argument, as JSON.")
@click.option("--before", type=_file, help='Calls made first: [["method", argument], ...].')
@click.option("--http", type=_file, help='Answers: [{"match": ..., "result": {...}}, ...].')
@click.option("--now", help="What Date shows, such as 2024-05-01T12:00:00Z.")
@click.option("--random", type=float, help="What Math.random returns.")
@click.option("--tz", default="UTC", show_default=True, help="The time zone of Date.")
@_skip_transpile
@_as_json
def run(file: Path, *, as_json: bool, **options: Any) -> None:
    """Call a method of the script in FILE and print what it returns.

    Exit status 1 says that the script failed.
    """
    with _clear_errors():
        report = _run(file, **options)
    click.echo(_pretty(report.to_json())) if as_json else _tell(report)
    if not report.ok:
        sys.exit(_FAILED)


def _run(file: Path, **options: Any) -> ScriptReport:
    text = options["argument"]
    return run_script(
        read_text(file),
        options["method"],
        None if text is None else parse_json(text.read(), name=text.name),
        before=read_calls(options["before"]) if options["before"] else (),
        http=read_list(options["http"]) if options["http"] else (),
        now=options["now"],
        random=options["random"],
        timezone=options["tz"],
        skip_transpile=options["skip_transpile"],
    )


def _tell(report: ScriptReport) -> None:
    for line in report.console:
        click.echo(f"console.{line['level']}: {line['text']}", err=True)
    for call in report.http:
        click.echo(f"http: {call['method']} {call['url']}", err=True)
    if report.error is not None:
        click.echo(_describe(report.error), err=True)
    else:
        click.echo("undefined" if report.type == "undefined" else _pretty(report.result))


def _describe(error: dict[str, Any]) -> str:
    place = "" if error["line"] is None else f" (line {error['line']}, column {error['column']})"
    stack = f"\n{error['stack']}" if error["stack"] else ""
    return f"{error['name']}: {error['message']}{place}{stack}"


@script.command()
@click.argument("folder_or_id")
@click.option("--update", is_flag=True, help="Write what came of the samples as what must.")
@_as_json
def test(folder_or_id: str, *, update: bool, as_json: bool) -> None:
    """Run all samples in a folder, or the tests that live with an integration.

    docs/script-tests.md describes them. Exit status 1 says that one failed.
    """
    tell = None if as_json else _tell_result
    folder = Path(folder_or_id)
    with _clear_errors():
        if folder.is_dir():
            results = run_samples(folder, update=update, tell=tell)
        else:
            results = _run_stored(folder_or_id, tell=tell)
    if not results:
        what = "samples in" if folder.is_dir() else "tests kept with"
        raise click.UsageError(f"there are no {what} {folder_or_id}")
    passed = sum(not result.differences for result in results)
    if as_json:
        click.echo(_pretty([_result_document(result) for result in results]))
    else:
        click.echo(f"{passed} of {len(results)} samples passed")
    if passed < len(results):
        sys.exit(_FAILED)


def _run_stored(
    integration_id: str, *, tell: Callable[[SampleResult], None] | None
) -> list[SampleResult]:
    """Run the tests of an integration of the chat server's."""
    info = click.get_current_context().find_object(ScriptInfo)
    if info is None:
        raise SampleFault(f"there is no folder {integration_id}")
    with info.load_app().app_context():
        services = current_services()
        found = services.integrations.find_any(integration_id)
        if found is None:
            raise SampleFault(f"there is neither a folder nor an integration {integration_id}")
        tests = services.script_tests.of(found.id)
        checked = run_tests(services, found, tests, by=Operator().id)
    results = [SampleResult(name=one.test.name, differences=one.differences) for one in checked]
    if tell is not None:
        for result in results:
            tell(result)
    return results


def _tell_result(result: SampleResult) -> None:
    word = "FAIL " if result.differences else "new  " if result.updated else "ok   "
    click.echo(f"{word} {result.name}")
    for difference in result.differences:
        click.echo("\n".join(_INDENT + line for line in difference.splitlines()))


def _result_document(result: SampleResult) -> dict[str, Any]:
    ok = not result.differences
    return {"name": result.name, "ok": ok, "differences": list(result.differences)}


@script.command()
@click.argument("file_or_id")
@_skip_transpile
@click.option("--strict", is_flag=True, help="Exit status 1 if anything was found.")
@_as_json
def check(file_or_id: str, *, skip_transpile: bool, strict: bool, as_json: bool) -> None:
    """List what does not work in a script, here or in another Rocket.Chat; nothing of it is run.

    FILE_OR_ID is a file, or the id of an integration of the chat server's. Exit status 1 says that
    the script cannot run.
    """
    with _clear_errors():
        source, is_strict = _find_source(file_or_id)
        review = _review(source, skip_transpile=skip_transpile or is_strict)
    click.echo(_pretty(_review_document(review)) if as_json else _review_text(review, file_or_id))
    if review.fault is not None or (strict and review.findings):
        sys.exit(_FAILED)


def _find_source(file_or_id: str) -> tuple[str, bool]:
    """Return a script, and whether its integration skips the transpiling."""
    path = Path(file_or_id)
    if path.is_file():
        return read_text(path), False
    info = click.get_current_context().find_object(ScriptInfo)
    if info is None:
        raise SampleFault(f"there is no file {file_or_id}")
    with info.load_app().app_context():
        found = current_services().integrations.find(file_or_id)
    if found is None:
        raise SampleFault(f"there is neither a file nor an integration {file_or_id}")
    if not (found.script or "").strip():
        raise SampleFault(f"the integration {file_or_id} has no script")
    return found.script or "", found.skip_transpile


def _review(source: str, *, skip_transpile: bool) -> ScriptReview:
    with contextlib.closing(ProcessScriptRunner(Settings())) as runner:
        return runner.review(source, skip_transpile=skip_transpile)


def _review_document(review: ScriptReview) -> dict[str, Any]:
    return {
        "ok": review.fault is None,
        "error": None if review.fault is None else fault_document(review.fault),
        "warnings": [finding_document(finding) for finding in review.findings],
    }


def _review_text(review: ScriptReview, name: str) -> str:
    lines = []
    if fault := review.fault:
        place = ":".join(str(part) for part in (name, fault.line, fault.column) if part)
        lines.append(f"{place}: {fault.name}: {fault.message}")
    for finding in review.findings:
        place = f"{name}:{finding.line}:{finding.column}"
        also = ", ".join(map(str, finding.lines[1:]))
        again = f" (also line {also})" if also else ""
        lines.append(f"{place}: {finding.severity}: {finding.message}{again} [{finding.code}]")
        lines.append(f"    {finding.advice}")
    return "\n".join(lines) or f"{name}: nothing found"


@contextlib.contextmanager
def _clear_errors() -> Iterator[None]:
    """Turn what cannot be used into a usage error, and a machine without scripts into status 3."""
    try:
        yield
    except ScriptsUnavailable as error:
        click.echo(f"Error: {error}", err=True)
        sys.exit(_UNAVAILABLE)
    except ValueError as error:
        raise click.UsageError(str(error)) from error


def _pretty(value: Any) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False)
