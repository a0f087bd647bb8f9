"""Trials of scripts: real instances that nobody else uses, and that leave nothing behind."""

import contextlib
import dataclasses
import threading
from collections.abc import Iterator
from functools import partial
from typing import Any

import pytest

from rc_integrations_plugin.errors import ScriptsUnavailable
from rc_integrations_plugin.integrations.tokens import new_id
from rc_integrations_plugin.scripting.http import CannedHttp
from rc_integrations_plugin.scripting.protocol import (
    FaultKind,
    Script,
    ScriptHttpRequest,
    ScriptHttpResponse,
    ScriptRunner,
    Trial,
    TrialCall,
)
from rc_integrations_plugin.scripting.runner import ProcessScriptRunner
from rc_integrations_plugin.scripting.trials import AT_ONCE, TrialPlaces, seconds_of
from rc_integrations_plugin.settings import Settings
from tests.workers import await_true

pytestmark = pytest.mark.integration

COUNTER = """
class Script {
  constructor() { this.calls = 0; }
  process_incoming_request({ request }) {
    Store.set('calls', (Store.get('calls') || 0) + 1);
    return { content: { text: `${++this.calls} ${Store.get('calls')}` } };
  }
}
"""
PAIR = """
class Script {
  prepare_outgoing_request({ request }) {
    this.seen = HTTP('GET', 'https://a.test/x').result.data;
    return request.data.quiet ? null : { url: request.url, method: 'POST', data: this.seen };
  }
  process_outgoing_response({ request, response }) {
    return { content: { text: JSON.stringify([request.data, this.seen, response]) } };
  }
}
"""


def script(source: str) -> Script:
    return Script(integration_id="one", name="one", version="1", source=source)


def trial(source: str, *calls: TrialCall, **options: Any) -> Trial:
    return Trial(script=script(source), calls=calls, **options)


def prepare(**data: Any) -> TrialCall:
    request = {"url": "https://r.test/", "data": data}
    return TrialCall(method="prepare_outgoing_request", argument={"request": request})


PROCESS = TrialCall(
    method="process_outgoing_response", argument={"request": {}, "response": 1}, takes="request"
)


def test_a_trial_neither_sees_nor_changes_the_instance_that_lives(runner: ScriptRunner) -> None:
    call = TrialCall(method="process_incoming_request", argument={"request": {}})
    living = dataclasses.replace(script(COUNTER), integration_id=new_id())
    runner.call(living, call.method, call.argument)

    report = runner.try_out(Trial(script=living, calls=(call, call)))
    after = runner.call(living, call.method, call.argument)

    assert [run.value["content"]["text"] for run in report.runs] == ["1 1", "2 2"]
    assert report.store == {"calls": 2}
    assert after.value["content"]["text"] == "2 2"
    assert not after.fresh_instance


def test_a_later_call_gets_what_the_one_before_returned(runner: ScriptRunner) -> None:
    answers = ({"match": "a.test", "result": {"data": {"n": 7}}},)

    report = runner.try_out(trial(PAIR, prepare(), PROCESS, answers=answers))

    assert report.runs[1].value == {"content": {"text": '[{"n":7},{"n":7},1]'}}
    assert [[one.url for one in some] for some in report.requests] == [["https://a.test/x"], []]


def test_it_is_left_out_where_there_is_nothing_to_get(local_runner: ProcessScriptRunner) -> None:
    report = local_runner.try_out(trial(PAIR, prepare(quiet=True), PROCESS))

    assert len(report.runs) == 1


def test_a_trial_has_the_limits_of_the_server(local_runner: ProcessScriptRunner) -> None:
    hungry = "class Script { process_incoming_request() { let a = []; for (;;) a.push([1]) } }"
    call = TrialCall(method="process_incoming_request", argument=None)

    report = local_runner.try_out(trial(hungry, call))

    fault = report.runs[0].fault
    assert fault is not None
    assert fault.kind in {FaultKind.MEMORY, FaultKind.TIMEOUT}


def test_a_trial_ends_in_its_time_and_tells_what_ran_before(runner: ScriptRunner) -> None:
    slow = (
        "class Script { wait() { const t = Date.now() + 400; while (Date.now() < t); return 7 } }"
    )
    calls = (TrialCall(method="wait", argument=None),) * 10

    runner.check(slow)  # starts what processes are forked from, which may take that long
    report = runner.try_out(trial(slow, *calls, seconds=1.0))

    *before, last = report.runs
    assert 1 <= len(before) <= 2
    assert {run.value for run in before} == {7}
    assert last.fault is not None
    assert "RC_INTEGRATIONS_SCRIPT_TRIAL_SECONDS" in last.fault.message


def test_waiting_for_other_servers_is_in_that_time() -> None:
    class Slow(CannedHttp):
        def send(self, request: ScriptHttpRequest) -> ScriptHttpResponse:
            threading.Event().wait(request.timeout_seconds)
            return ScriptHttpResponse(error="too late")

    settings = Settings(script_trial_seconds=0.8)
    runner = ProcessScriptRunner(settings, http=Slow())
    try:
        runner.check(PAIR)  # starts what processes are forked from, which may take that long
        report = runner.try_out(trial(PAIR, prepare(), PROCESS, answers=None))
    finally:
        runner.close()

    (run,) = report.runs
    assert run.fault is not None
    assert "TRIAL_SECONDS is 0.8" in run.fault.message
    assert run.duration_ms < 2000
    assert len(report.requests[0]) == 1


@contextlib.contextmanager
def trials_of(places: TrialPlaces, *people: str) -> Iterator[None]:
    """Take places in threads, and give them back at the end."""
    inside = threading.Barrier(len(people) + 1)
    done = threading.Event()

    def stay(by: str) -> None:
        with places.one(by):
            inside.wait(timeout=10)
            done.wait(timeout=10)

    threads = [threading.Thread(target=stay, args=(by,)) for by in people]
    for thread in threads:
        thread.start()
    inside.wait(timeout=10)
    try:
        yield
    finally:
        done.set()
        for thread in threads:
            thread.join()


def test_waiting_and_running_end_before_web_servers_give_up() -> None:
    settings = Settings()
    places = TrialPlaces(settings)

    # gunicorn ends a worker that is silent for 30 seconds
    assert places.patience + seconds_of(trial(PAIR, PROCESS), settings) <= 25


def test_so_many_trials_run_at_once_and_no_more() -> None:
    places = TrialPlaces(Settings(script_trial_seconds=0.04))

    with (
        trials_of(places, *map(str, range(AT_ONCE))),
        pytest.raises(ScriptsUnavailable, match="Others are trying"),
        places.one("one more"),
    ):
        pass


def test_one_person_takes_one_place_and_leaves_the_others() -> None:
    places = TrialPlaces(Settings(script_trial_seconds=0.04))

    with trials_of(places, "alice"):
        with pytest.raises(ScriptsUnavailable, match="You are trying"), places.one("alice"):
            pass
        with places.one("bob"):
            pass


def test_who_waits_longest_comes_first_also_behind_one_who_must_wait_for_himself() -> None:
    places = TrialPlaces(Settings())
    came: list[str] = []

    def come(by: str) -> None:
        with places.one(by):
            came.append(by)

    def is_waiting(number: int) -> bool:
        return len(places._waiting) == number

    threads = [threading.Thread(target=come, args=(by,)) for by in ("alice", "carol", "dave")]
    with trials_of(places, "alice"):
        with trials_of(places, "bob"):
            for number, thread in enumerate(threads, start=1):
                thread.start()
                await_true(partial(is_waiting, number))
        for thread in threads[1:]:
            thread.join(timeout=10)
        assert came == ["carol", "dave"]
    threads[0].join(timeout=10)

    assert came == ["carol", "dave", "alice"]
