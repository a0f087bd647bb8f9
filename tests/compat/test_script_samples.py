"""Scripts as operators wrote them for Rocket.Chat, run unchanged against senders' real payloads.

What each must give was taken from Node.js, after Babel, as Rocket.Chat ran it.
"""

from collections.abc import Iterator, Sequence
from itertools import count

import pytest

from rc_integrations_plugin.scripting.http import CannedHttp
from rc_integrations_plugin.scripting.protocol import (
    ConsoleLine,
    Script,
    ScriptHttpRequest,
    ScriptHttpResponse,
    ScriptRun,
    ScriptRunner,
)
from rc_integrations_plugin.scripting.runner import ProcessScriptRunner
from rc_integrations_plugin.settings import Settings
from tests.script_cases import ScriptCase, case_names, load_case
from tests.script_places import Place, runner_at


class CurrentAnswers:
    """Answers HTTP calls with those of the case that runs."""

    def __init__(self) -> None:
        self.canned = CannedHttp()

    def send(self, request: ScriptHttpRequest) -> ScriptHttpResponse:
        return self.canned.send(request)

    def send_all(self, requests: Sequence[ScriptHttpRequest]) -> Sequence[ScriptHttpResponse]:
        return self.canned.send_all(requests)


@pytest.fixture(scope="module")
def answers() -> CurrentAnswers:
    return CurrentAnswers()


@pytest.fixture(scope="module")
def local_runner(answers: CurrentAnswers) -> Iterator[ProcessScriptRunner]:
    runner = ProcessScriptRunner(Settings(), http=answers)
    yield runner
    runner.close()


@pytest.fixture(scope="module", params=list(Place))
def runner(
    request: pytest.FixtureRequest, local_runner: ProcessScriptRunner
) -> Iterator[ScriptRunner]:
    with runner_at(request.param, local_runner) as runner:
        yield runner


_numbers = count(1)


def run_case(runner: ScriptRunner, name: str, case: ScriptCase) -> ScriptRun:
    # what an instance remembers must not meet another test
    number = str(next(_numbers))
    script = Script(integration_id=number, name=name, version="1", source=case.source)
    runs = [runner.call(script, case.method, case.argument) for _ in range(case.calls)]
    return runs[-1]


@pytest.mark.parametrize("name", case_names())
def test_script_gives_what_it_gave_on_rocket_chat(
    name: str, runner: ScriptRunner, answers: CurrentAnswers
) -> None:
    case = load_case(name)
    answers.canned = CannedHttp(case.http)

    run = run_case(runner, name, case)

    assert run.fault is None
    assert run.value == case.expected["value"]
    assert run.value_type == case.expected["type"]


@pytest.mark.parametrize("name", [n for n in case_names() if "console" in load_case(n).expected])
def test_script_logs_what_it_logged_on_rocket_chat(
    name: str, runner: ScriptRunner, answers: CurrentAnswers
) -> None:
    case = load_case(name)
    answers.canned = CannedHttp(case.http)

    run = run_case(runner, f"{name}, for its console", case)

    assert list(run.console) == [ConsoleLine(**line) for line in case.expected["console"]]
