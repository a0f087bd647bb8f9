"""Which of thousands of words a text begins with, or holds, at the cost of a few.

A word comes with numbers: the places of those in a list who wait for it.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence

_LONGEST_BEGINNING = 3
_SEARCH = 16
"""Python searches a text for a few letters in the time that it takes to look at so many places."""
_Words = dict[str, tuple[int, ...]]
_ByLength = dict[int, _Words]


class PrefixWords:
    """Finds the words that a text begins with: one look-up for each length that words have."""

    def __init__(self, words: Mapping[str, Sequence[int]]) -> None:
        self._by_length = _sort_by_length(words)

    def find(self, text: str) -> Iterator[int]:
        """Yield the numbers of the words that the text begins with."""
        for length, words in self._by_length.items():
            yield from words.get(text[:length], ())


class AnywhereWords:
    """Finds the words that a text holds: at most one look-up for each of its characters.

    Words are sorted by how they begin, so that only at places where the text goes on like one of
    them it is compared with whole words; and these are looked up too, by their lengths.
    """

    def __init__(self, words: Mapping[str, Sequence[int]]) -> None:
        beginnings: dict[str, dict[str, Sequence[int]]] = {}
        for word, numbers in words.items():
            beginnings.setdefault(word[:_LONGEST_BEGINNING], {})[word] = numbers
        self._by_size: dict[int, dict[str, _ByLength]] = {}
        for beginning, some in beginnings.items():
            sorted_ = _sort_by_length(some)
            self._by_size.setdefault(len(beginning), {})[beginning] = sorted_

    def find(self, text: str) -> Iterator[int]:
        """Yield the numbers of the words that the text holds, some of them several times."""
        for size, beginnings in self._by_size.items():
            is_few = len(beginnings) * _SEARCH <= len(text)
            for start in _search(text, beginnings) if is_few else range(len(text) - size + 1):
                by_length = beginnings.get(text[start : start + size])
                if by_length is not None:
                    for length, words in by_length.items():
                        yield from words.get(text[start : start + length], ())


def _search(text: str, beginnings: Iterable[str]) -> Iterator[int]:
    """Yield where a text goes on like one of these."""
    for beginning in beginnings:
        start = text.find(beginning)
        while start >= 0:
            yield start
            start = text.find(beginning, start + 1)


def _sort_by_length(words: Mapping[str, Sequence[int]]) -> _ByLength:
    by_length: _ByLength = {}
    for word, numbers in words.items():
        by_length.setdefault(len(word), {})[word] = tuple(numbers)
    return by_length
