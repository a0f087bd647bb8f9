"""Scripts are rewritten once, and run from what was kept of that."""

import pytest

from rc_integrations_plugin.scripting.compiled import mark_of
from rc_integrations_plugin.scripting.protocol import FaultKind, ScriptRunner, Trial, TrialCall
from rc_integrations_plugin.scripting.runner import ProcessScriptRunner
from tests.scripts import make_script, method

pytestmark = pytest.mark.integration
SLOPPY = "class Script {\n  run(data) { text = 'a'; this.b = text; data.c.d; }\n}"


def compiled(runner: ScriptRunner, source: str, *, skip_transpile: bool = False) -> str:
    review = runner.review(source, skip_transpile=skip_transpile)
    assert review.fault is None
    return review.compiled


def test_a_review_gives_what_is_to_be_kept(runner: ScriptRunner) -> None:
    text = compiled(runner, SLOPPY)

    assert text.startswith(f"/*compiled {mark_of(SLOPPY, skip_transpile=False)} ")
    assert text.count("\n") == SLOPPY.count("\n")


def test_what_is_kept_is_what_runs(runner: ScriptRunner) -> None:
    source = method("return 'as it was saved'")
    text = compiled(runner, source).replace("as it was saved", "as it was kept")

    assert runner.call(make_script(source, compiled=text), "run", None).value == "as it was kept"


def test_what_a_review_or_a_trial_rewrote_is_kept_for_what_comes_next(
    local_runner: ProcessScriptRunner,
) -> None:
    reviewed, tried = (make_script(method(f"kept = {number}; return kept")) for number in (1, 2))

    local_runner.review(reviewed.source)
    local_runner.try_out(Trial(script=tried, calls=(TrialCall(method="run", argument=None),)))

    for script in (reviewed, tried):
        kept = local_runner._compiled.find(script)
        assert kept is not None
        assert kept.code != script.source


@pytest.mark.parametrize("text", ["", "class Script {}", "/*compiled 0 {}*/class Script {}"])
def test_without_it_or_with_an_older_one_the_script_runs(runner: ScriptRunner, text: str) -> None:
    script = make_script(method("implicit = 5; return implicit"), compiled=text)

    assert runner.call(script, "run", None).value == 5


def test_places_are_those_of_the_script_as_it_was_saved(runner: ScriptRunner) -> None:
    for text in (compiled(runner, SLOPPY), ""):
        fault = runner.call(make_script(SLOPPY, compiled=text), "run", {}).fault

        assert fault is not None
        assert (fault.line, fault.column) == (2, SLOPPY.splitlines()[1].index("data.c") + 1)


def test_a_strict_script_is_kept_as_it_is(runner: ScriptRunner) -> None:
    text = compiled(runner, SLOPPY, skip_transpile=True)

    assert text.endswith(SLOPPY)
    script = make_script(SLOPPY, skip_transpile=True, compiled=text)
    fault = runner.call(script, "run", {}).fault
    assert fault is not None
    assert fault.name == "ReferenceError"


def test_a_script_that_does_not_compile_is_not_kept(runner: ScriptRunner) -> None:
    source = "class Script {\n  run() { return 1 +; }\n}"

    assert runner.review(source).compiled == ""
    run = runner.call(make_script(source), "run", None)
    assert run.fault is not None
    assert (run.fault.kind, run.fault.line, run.fresh_instance) == (FaultKind.SYNTAX, 2, True)


def test_nothing_of_a_script_runs_where_it_is_compiled(runner: ScriptRunner) -> None:
    """What one integration's script does can't reach what the same script is for another."""
    source = method("return Object.tampered === undefined") + "Object.tampered = 1; 'mark';"

    results = [runner.call(make_script(source), "run", None) for _ in range(2)]

    assert [run.value for run in results] == [False, False]
    assert "tampered" in compiled(runner, source)


def test_a_first_line_for_unix_is_a_comment(runner: ScriptRunner) -> None:
    source = "#!/usr/bin/env node\n" + method("return 1")

    for strict in (False, True):
        script = make_script(source, skip_transpile=strict)
        assert runner.call(script, "run", None).value == 1
