"""How commands print: tables that fit a terminal, JSON, and nothing that a terminal obeys."""

import json
import shutil
import sys
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, TypeVar

import click

from rc_integrations_plugin.errors import ApiError, IntegrationsError

T = TypeVar("T")
WIDEST = 80
_GAP = 2
_NARROWEST = 8
_CUT = "…"


def print_json(value: Any, *, indent: int | None = 2) -> None:
    """Print a value as JSON."""
    text = json.dumps(value, indent=indent, ensure_ascii=False, default=str)
    # JSON escapes the other characters that a terminal would obey
    click.echo("".join(f"\\u{ord(c):04x}" if "\x7f" <= c <= "\x9f" else c for c in text))


def print_table(
    head: Sequence[str], rows: Sequence[Sequence[str]], *, cut: Sequence[str] = ()
) -> None:
    """Print rows below their heads.

    On a terminal, the columns in `cut` may be cut until all fit, never ids; else nothing is cut:
    what comes next in a pipe wants it whole.
    """
    lines = [[printable(cell) for cell in row] for row in (head, *rows)]
    widths = _widths(lines, [name in cut for name in head])
    for line in lines:
        cells = [_cell(text, width) for text, width in zip(line, widths, strict=True)]
        click.echo((" " * _GAP).join(cells).rstrip())


def print_line(text: str, *, err: bool = False) -> None:
    """Print a text that others may have written, on one line."""
    click.echo(printable(text), err=err)


def printable(text: str) -> str:
    """Return a text without what a terminal would obey or what would break the line."""
    return "".join(
        char if char.isprintable() else " " if char.isspace() else "\N{REPLACEMENT CHARACTER}"
        for char in text
    )


def tell_broken(tests: Sequence[str], *, indent: str = "") -> None:
    """Print which tests a script breaks that was stored all the same, if any."""
    if tests:
        print_line(f"{indent}stored, though it breaks {', '.join(tests)}", err=True)


def tell_differences(error: IntegrationsError, *, indent: str = "") -> None:
    """Print what the tests say that a script was refused for, if it was."""
    details = error.details if isinstance(error, ApiError) else None
    for test in (details or {}).get("tests", ()):
        lines = [line for one in test["differences"] for line in one.splitlines()]
        for line in [f"FAIL  {test['name']}", *(f"      {line}" for line in lines)]:
            print_line(f"{indent}{line}", err=True)


def name_of(file: object) -> str:
    """Return what people call a file that was given as an argument."""
    return str(getattr(file, "name", "-"))


def short_time(moment: datetime | None) -> str:
    """Return a time for people, in UTC."""
    return "-" if moment is None else f"{moment.astimezone(UTC):%Y-%m-%d %H:%M}"


def counted(number: int, noun: str, plural: str = "") -> str:
    """Return a number with its noun, whose plural has an s more unless another is given."""
    return f"{number} {noun}" if number == 1 else f"{number} {plural or f'{noun}s'}"


@contextmanager
def progress(items: Sequence[T], label: str) -> Iterator[Iterable[T]]:
    """Give the items one by one, with a bar on stderr if people look at it."""
    if not sys.stderr.isatty():
        yield items
        return
    with click.progressbar(items, label=label, file=sys.stderr) as bar:
        yield bar


def _widths(lines: Sequence[Sequence[str]], may_be_cut: Sequence[bool]) -> list[int]:
    widths = [max(map(_width, column)) for column in zip(*lines, strict=True)]
    if not sys.stdout.isatty():
        return widths
    columns = shutil.get_terminal_size((WIDEST, 24)).columns
    room = min(columns, WIDEST) - _GAP * (len(widths) - 1)
    while sum(widths) > room:
        width, column = max(
            (width if cuttable else 0, column)
            for column, (width, cuttable) in enumerate(zip(widths, may_be_cut, strict=True))
        )
        if width <= _NARROWEST:
            break
        widths[column] -= 1
    return widths


def _cell(text: str, width: int) -> str:
    if _width(text) > width:
        while _width(text) > width - 1:
            text = text[:-1]
        text += _CUT
    return text + " " * (width - _width(text))


def _width(text: str) -> int:
    """Return how many columns of a terminal a text takes."""
    return sum(
        0 if unicodedata.combining(char) else 2 if unicodedata.east_asian_width(char) in "WF" else 1
        for char in text
    )
