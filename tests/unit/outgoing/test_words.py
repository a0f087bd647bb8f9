from collections.abc import Sequence

import pytest
from hypothesis import given, settings, strategies as st

from rc_integrations_plugin.outgoing.words import AnywhereWords, PrefixWords

LETTERS = st.text("ab \ud800é", max_size=8)
WORDS = st.lists(LETTERS.filter(bool), max_size=12, unique=True)


def found(kind: type[PrefixWords | AnywhereWords], words: Sequence[str], text: str) -> set[str]:
    index = kind({word: [number] for number, word in enumerate(words)})
    return {words[number] for number in index.find(text)}


@pytest.mark.parametrize(
    ("text", "beginning", "within"),
    [
        ("pr ls", {"pr", "pr ls", "p"}, {"pr", "pr ls", "p", "s"}),
        ("a pr", set(), {"pr", "p"}),
        ("", set(), set()),
        ("deployment", {"deploy"}, {"deploy", "p", "ploy"}),
        ("PR", set(), set()),
        ("s", {"s"}, {"s"}),
    ],
)
def test_words_are_found(text: str, beginning: set[str], within: set[str]) -> None:
    words = ["pr", "pr ls", "p", "s", "deploy", "ploy", "deploy now"]

    assert found(PrefixWords, words, text) == beginning
    assert found(AnywhereWords, words, text) == within


def test_a_word_may_be_waited_for_by_several() -> None:
    words = {"pr": [3, 7], "help": [1]}

    assert sorted(PrefixWords(words).find("pr ls")) == [3, 7]
    assert sorted(AnywhereWords(words).find("help, a pr")) == [1, 3, 7]


@given(WORDS, LETTERS, st.sampled_from([1, 60]))
@settings(max_examples=300, deadline=None)
def test_it_is_what_python_says(words: list[str], text: str, times: int) -> None:
    text *= times
    assert found(PrefixWords, words, text) == {word for word in words if text.startswith(word)}
    assert found(AnywhereWords, words, text) == {word for word in words if word in text}


class CountingText(str):
    """Counts how often a part of it is looked at."""

    looks = 0

    def __getitem__(self, part: object) -> str:
        self.looks += 1
        return super().__getitem__(part)  # type: ignore[index]


@pytest.mark.parametrize("many", [10, 10_000])
def test_the_cost_does_not_grow_with_the_words(many: int) -> None:
    words = {f"deploy-{number:05}": [number] for number in range(many)}
    text = CountingText("please do not deploy anything today")

    assert list(PrefixWords(words).find(text)) == []
    assert text.looks == 1
    assert list(AnywhereWords(words).find(text)) == []
    assert text.looks < 3 * len(text)
