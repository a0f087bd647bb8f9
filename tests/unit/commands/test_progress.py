"""How commands show that long work goes on."""

import io

import pytest

from rc_integrations_plugin.commands.output import progress


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("stream", "words"), [(Terminal(), "Importing"), (io.StringIO(), "")], ids=["terminal", "log"]
)
def test_a_bar_is_for_people_who_look(
    monkeypatch: pytest.MonkeyPatch, stream: io.StringIO, words: str
) -> None:
    monkeypatch.setattr("sys.stderr", stream)

    with progress([1, 2, 3], "Importing") as some:
        assert list(some) == [1, 2, 3]

    assert words in stream.getvalue()
    assert bool(words) is bool(stream.getvalue())
