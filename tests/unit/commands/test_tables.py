"""Tables of commands: as wide as a terminal, and whole where nobody looks."""

import io

import pytest

from rc_integrations_plugin.commands.output import print_table
from tests.unit.commands.test_progress import Terminal

HEAD = ("ID", "NAME", "WHERE")
ROWS = [("i" * 17, "n" * 200, "#general"), ("short", "x", "#" * 90)]


def table(monkeypatch: pytest.MonkeyPatch, stream: io.StringIO) -> list[str]:
    monkeypatch.setattr("sys.stdout", stream)
    print_table(HEAD, ROWS, cut=("NAME", "WHERE"))
    return stream.getvalue().splitlines()


def test_a_terminal_gets_lines_of_at_most_80_columns(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = table(monkeypatch, Terminal())

    assert len(lines) == 3
    assert max(map(len, lines)) <= 80
    assert lines[1].startswith("i" * 17 + "  nnn")
    assert "nnn\u2026" in lines[1]


def test_a_pipe_gets_all_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    head, *lines = table(monkeypatch, io.StringIO())

    assert head.split() == list(HEAD)
    assert [tuple(line.split()) for line in lines] == ROWS
