"""What differs between two scripts."""

import time

import pytest

from rc_integrations_plugin.integrations.script_diff import (
    LONGEST_LINE,
    MOST_LINES,
    LineKind,
    diff_scripts,
)

SIGNS = {LineKind.SAME: " ", LineKind.REMOVED: "-", LineKind.ADDED: "+", LineKind.GAP: "~"}


def shown(old: str, new: str) -> list[str]:
    return [f"{SIGNS[line.kind]}{line.text}" for line in diff_scripts(old, new).lines]


def numbered(*numbers: int) -> str:
    return "\n".join(map(str, numbers))


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        pytest.param("a\nb\nc", "a\nB\nc", [" a", "-b", "+B", " c"], id="a line"),
        pytest.param("", "a", ["-", "+a"], id="from nothing"),
        pytest.param("a", "a\n", [" a", "+"], id="the end of the last line"),
        pytest.param("a\r\nb", "a\nb", ["-a\u240d", "+a", " b"], id="ends of lines"),
        pytest.param("a", "a", [], id="nothing"),
        pytest.param("a\na", "a\na\na", [" a", " a", "+a"], id="repeated lines"),
        pytest.param("x", "\u202ex\x00", ["-x", "+\\u202ex\\u0000"], id="unseen characters"),
    ],
)
def test_lines_that_differ_are_told(old: str, new: str, expected: list[str]) -> None:
    assert shown(old, new) == expected


def test_what_is_far_from_a_difference_is_left_out() -> None:
    old = numbered(*range(1, 31))
    new = old.replace("\n15\n", "\nfifteen\n")

    assert shown(old, new) == [
        *["~", " 12", " 13", " 14", "-15", "+fifteen", " 16", " 17", " 18", "~"]
    ]


def test_between_two_differences_is_one_gap() -> None:
    old = numbered(*range(1, 13))
    new = numbered(0, *range(2, 12), 99)

    assert shown(old, new) == [
        *["-1", "+0", " 2", " 3", " 4", "~", " 9", " 10", " 11", "-12", "+99"]
    ]


def test_each_line_has_its_number_in_both() -> None:
    lines = diff_scripts("a\nb\nc", "b\nx\nc").lines

    assert [(line.old, line.new) for line in lines] == [(1, None), (2, 1), (None, 2), (3, 3)]


def test_a_long_line_and_many_lines_are_cut_and_that_is_told() -> None:
    found = diff_scripts("x", "y" * 10**6)
    assert found.is_cut
    assert max(len(line.text) for line in found.lines) == LONGEST_LINE + 1

    many = diff_scripts("", "\n".join(map(str, range(100_000))))
    assert many.is_cut
    assert len(many.lines) == MOST_LINES


def frequent(lines: int, of: str) -> str:
    return "\n".join("x" if number % 2 else f"{of}{number}" for number in range(lines))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param(frequent(5000, "a"), frequent(199, "b"), id="few new lines"),
        pytest.param(frequent(200, "a"), frequent(199, "b"), id="short scripts"),
        pytest.param(frequent(1000, "a"), frequent(1000, "b"), id="longer scripts"),
        pytest.param("x\n" * 500_000, "y\n" * 500_000, id="a megabyte"),
    ],
)
def test_the_worst_scripts_take_no_seconds(old: str, new: str) -> None:
    began = time.process_time()
    diff_scripts(old, new)

    assert time.process_time() - began < 2
