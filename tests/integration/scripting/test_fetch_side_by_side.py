"""What a script fetches before it waits is fetched side by side."""

from collections.abc import Iterator, Sequence

import pytest

from rc_integrations_plugin.scripting.protocol import ScriptHttpRequest, ScriptHttpResponse
from rc_integrations_plugin.scripting.runner import ProcessScriptRunner
from rc_integrations_plugin.settings import Settings
from tests.scripts import fault_of, make_script, method, value_of

pytestmark = pytest.mark.integration


class Recorder:
    """Answers with the path, and remembers what came together."""

    def __init__(self) -> None:
        self.rounds: list[list[str]] = []

    def send(self, request: ScriptHttpRequest) -> ScriptHttpResponse:
        return self.send_all([request])[0]

    def send_all(self, requests: Sequence[ScriptHttpRequest]) -> Sequence[ScriptHttpResponse]:
        self.rounds.append([request.url.rpartition("/")[2] for request in requests])
        return [
            ScriptHttpResponse(error="refused")
            if "bad" in request.url
            else ScriptHttpResponse(status=200, content=request.url.rpartition("/")[2])
            for request in requests
        ]


@pytest.fixture
def outside() -> Recorder:
    return Recorder()


@pytest.fixture
def own_runner(outside: Recorder) -> Iterator[ProcessScriptRunner]:
    runner = ProcessScriptRunner(Settings(script_call_seconds=1.0), http=outside)
    yield runner
    runner.close()


GET = "const get = name => fetch('http://host/' + name).then(r => r.text());"


def test_promise_all_makes_its_calls_at_once(
    own_runner: ProcessScriptRunner, outside: Recorder
) -> None:
    body = f"{GET} return Promise.all(['a', 'b', 'c'].map(get))"

    assert value_of(own_runner, body) == ["a", "b", "c"]
    assert outside.rounds == [["a", "b", "c"]]


def test_calls_that_follow_from_others_come_after_them(
    own_runner: ProcessScriptRunner, outside: Recorder
) -> None:
    body = f"""{GET} return (async () => {{
        const [a, b] = await Promise.all([get('a').then(x => get(x + 1)), get('b')]);
        return a + b + await get('last');
    }})()"""

    assert value_of(own_runner, body) == "a1blast"
    assert outside.rounds == [["a", "b"], ["a1"], ["last"]]


def test_one_that_fails_leaves_the_others(
    own_runner: ProcessScriptRunner, outside: Recorder
) -> None:
    body = f"""{GET} return Promise.allSettled([get('a'), get('bad'), get('c')])
        .then(all => all.map(one => one.value || one.reason.message))"""

    assert value_of(own_runner, body) == ["a", "fetch failed: refused", "c"]
    assert len(outside.rounds) == 1


def test_timers_and_calls_go_together(own_runner: ProcessScriptRunner) -> None:
    body = f"""{GET} const later = (ms, value) => new Promise(done => setTimeout(done, ms, value));
        return Promise.all([later(30, 'timer'), get('a'), later(1).then(() => get('b'))])"""

    assert value_of(own_runner, body) == ["timer", "a", "b"]


def test_a_call_that_nobody_waits_for_is_made(
    own_runner: ProcessScriptRunner, outside: Recorder
) -> None:
    body = f"{GET} get('a').then(() => get('b')); return 'at once'"

    assert value_of(own_runner, body) == "at once"
    assert outside.rounds == [["a"], ["b"]]


def test_calls_without_end_that_nobody_waits_for_end(own_runner: ProcessScriptRunner) -> None:
    body = f"{GET} const again = () => get('a').then(again, again); again(); return 1"
    script = make_script(method(body))

    runs = [own_runner.call(script, "run", None) for _ in range(2)]

    assert [run.value for run in runs] == [1, 1]


def test_an_error_behind_a_call_has_its_place(own_runner: ProcessScriptRunner) -> None:
    body = "return (async () => {\n  await fetch('http://host/a');\n  nope();\n})()"

    fault = fault_of(own_runner, body)

    assert (fault.name, fault.line) == ("ReferenceError", 3)


def test_a_rejection_behind_a_call_has_the_place_of_its_error(
    own_runner: ProcessScriptRunner,
) -> None:
    body = "return fetch('http://host/a').then(() => {\n\n  throw new Error('late');\n})"

    fault = fault_of(own_runner, body)

    assert (fault.message, fault.line) == ("late", 3)
