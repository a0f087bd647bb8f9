"""What is kept of a compiled script, and when it still fits."""

import pytest

from rc_integrations_plugin.scripting.compiled import (
    Compiled,
    CompiledScripts,
    mark_of,
    read_compiled,
    write_compiled,
)
from tests.scripts import make_script

COMPILED = Compiled("let A = 1; /* not the end */", {"globals": ["ä"], "shifts": [[1, 0, 5, 9]]})


def test_what_was_written_is_read() -> None:
    mark = mark_of("source", skip_transpile=False)

    assert read_compiled(write_compiled(COMPILED, mark), mark) == COMPILED


@pytest.mark.parametrize(
    "other",
    [mark_of("other", skip_transpile=False), mark_of("source", skip_transpile=True), "", "*"],
)
def test_it_fits_one_script_in_one_mode_only(other: str) -> None:
    text = write_compiled(COMPILED, mark_of("source", skip_transpile=False))

    assert read_compiled(text, other) is None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "class Script {}",
        "/*compiled */",
        "/*compiled MARK */",
        "/*compiled MARK {*/",
        "/*compiled MARK []*/x",
        "/*compiled MARK {}",
    ],
)
def test_what_is_no_compiled_script_is_none(text: str) -> None:
    mark = mark_of("source", skip_transpile=False)

    assert read_compiled(text.replace("MARK", mark), mark) is None


def test_a_lone_surrogate_in_a_script_has_a_mark() -> None:
    assert len(mark_of("'\ud800'", skip_transpile=False)) == 32


def test_a_stored_one_is_found() -> None:
    mark = mark_of("source", skip_transpile=False)
    script = make_script("source", compiled=write_compiled(COMPILED, mark))

    assert CompiledScripts().find(script) == COMPILED


def test_a_stored_one_of_an_earlier_rewriter_is_not_found() -> None:
    text = write_compiled(COMPILED, "0" * 32)

    assert CompiledScripts().find(make_script("source", compiled=text)) is None


def test_a_strict_script_is_run_as_it_is() -> None:
    script = make_script("source", skip_transpile=True)

    assert CompiledScripts().find(script) == Compiled("source")


def test_the_least_recently_used_ones_make_room() -> None:
    scripts = CompiledScripts(most_characters=2)
    first, second, third = (make_script(source) for source in "abc")
    for script in (first, second):
        scripts.keep(script.source, Compiled(script.source))
    scripts.find(first)

    scripts.keep(third.source, Compiled("c"))

    assert [scripts.find(script) is None for script in (first, second, third)] == [
        False,
        True,
        False,
    ]


def test_keeping_one_twice_takes_its_room_once() -> None:
    scripts = CompiledScripts(most_characters=1)
    for _ in range(3):
        scripts.keep("a", Compiled("a"))

    assert scripts.find(make_script("a")) == Compiled("a")


def test_one_that_is_larger_than_all_room_is_not_kept() -> None:
    scripts = CompiledScripts(most_characters=1)

    scripts.keep("a", Compiled("aa"))

    assert scripts.find(make_script("a")) is None
