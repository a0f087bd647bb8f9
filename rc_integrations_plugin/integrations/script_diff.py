"""What differs between two scripts, line by line; however large they are, in bounded time."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

CONTEXT = 3
"""Lines that are shown around what differs."""
MOST_LINES = 3000
"""So many are shown, and no more."""
LONGEST_LINE = 1000
"""So many characters of a line are shown."""
_MOST_PAIRS = 1_000_000
"""Of lines that are compared: beyond that, all of them are told as replaced."""
_FEW_PAIRS = 40_000
_FREQUENT = 8
"""In longer scripts, lines that come more often are not looked for: that would take seconds."""

# what would not be seen, or would change how the rest of the line is read
_UNSEEN = {
    ord(char): f"\\u{ord(char):04x}"
    for char in "\x00\u200e\u200f\u061c\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
} | {ord("\r"): "\N{SYMBOL FOR CARRIAGE RETURN}"}

_Block = tuple[bool, int, int, int, int]
"""Whether both are the same there, and from where to where in each."""


class LineKind(StrEnum):
    """What became of a line."""

    SAME = "same"
    REMOVED = "removed"
    ADDED = "added"
    GAP = "gap"
    """Lines are left out here that are the same in both."""


@dataclass(frozen=True)
class DiffLine:
    """One line, and its number in each script; None where it is not in it."""

    kind: LineKind
    text: str
    old: int | None = None
    new: int | None = None


@dataclass(frozen=True)
class ScriptDiff:
    """What differs; nothing where both are the same."""

    lines: Sequence[DiffLine]
    is_cut: bool
    """There is more that differs, or lines are longer, than is shown."""


def diff_scripts(old: str, new: str) -> ScriptDiff:
    """Return what differs between two scripts, with some lines around it."""
    before, after = old.split("\n"), new.split("\n")
    if before == after:
        return ScriptDiff((), is_cut=False)
    lines: list[DiffLine] = []
    for line in _lines(before, after):
        if len(lines) == MOST_LINES:
            return ScriptDiff(lines, is_cut=True)
        lines.append(line)
    is_cut = any(len(line.text) > LONGEST_LINE for line in lines)
    return ScriptDiff(lines, is_cut=is_cut)


def _lines(before: Sequence[str], after: Sequence[str]) -> Iterator[DiffLine]:
    for is_same, old, old_end, new, new_end in _blocks(before, after):
        if is_same:
            head = CONTEXT if old else 0
            tail = CONTEXT if old_end < len(before) or new_end < len(after) else 0
            yield from _same(before, old, old_end, new - old, head=head, tail=tail)
            continue
        for number in range(old, old_end):
            yield DiffLine(LineKind.REMOVED, _shown(before[number]), old=number + 1)
        for number in range(new, new_end):
            yield DiffLine(LineKind.ADDED, _shown(after[number]), new=number + 1)


def _same(
    before: Sequence[str], start: int, end: int, shift: int, *, head: int, tail: int
) -> Iterator[DiffLine]:
    is_long = end - start > head + tail
    for number in range(start, start + head if is_long else end):
        yield DiffLine(LineKind.SAME, _shown(before[number]), number + 1, number + 1 + shift)
    if is_long:
        yield DiffLine(LineKind.GAP, "")
        yield from _same(before, end - tail, end, shift, head=tail, tail=0)


def _blocks(before: Sequence[str], after: Sequence[str]) -> Iterator[_Block]:
    start = _common(before, after)
    rest = min(len(before), len(after)) - start
    end = _common(before[::-1], after[::-1], most=rest)
    old_end, new_end = len(before) - end, len(after) - end
    yield True, 0, start, 0, start
    middle, other = before[start:old_end], after[start:new_end]
    if len(middle) * len(other) > _MOST_PAIRS:
        yield False, start, old_end, start, new_end
    else:
        is_frequent = _frequent(other) if len(middle) * len(other) > _FEW_PAIRS else None
        for tag, *place in SequenceMatcher(is_frequent, middle, other).get_opcodes():
            old, until, new, new_until = (start + one for one in place)
            yield tag == "equal", old, until, new, new_until
    yield True, old_end, len(before), new_end, len(after)


def _frequent(lines: Sequence[str]) -> Callable[[str], bool]:
    counts = Counter(lines)
    return lambda line: counts[line] > _FREQUENT


def _common(some: Sequence[str], others: Sequence[str], most: int | None = None) -> int:
    """Return how many lines at the beginning are the same."""
    count = 0
    for one, other in zip(some, others, strict=False):
        if one != other or count == most:
            break
        count += 1
    return count


def _shown(line: str) -> str:
    cut = line[: LONGEST_LINE + 1].translate(_UNSEEN)
    return f"{cut[:LONGEST_LINE]}…" if len(cut) > LONGEST_LINE else cut
