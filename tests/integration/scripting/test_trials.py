"""Trials of scripts: real instances that nobody else uses, and that leave nothing behind."""

import dataclasses
import threading
from typing import Any

import pytest

from rc_integrations_plugin.errors import ScriptsUnavailable
from rc_integrations_plugin.integrations.tokens import new_id
from rc_integrations_plugin.scripting.protocol import (
    FaultKind,
    Script,
    ScriptRunner,
    Trial,
    TrialCall,
)
from rc_integrations_plugin.scripting.runner import ProcessScriptRunner
from rc_integrations_plugin.scripting.trials import AT_ONCE, TrialPlaces
from rc_integrations_plugin.settings import Settings

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


def test_so_many_trials_run_at_once_and_no_more() -> None:
    places = TrialPlaces(Settings(script_call_seconds=0.01))
    inside = threading.Barrier(AT_ONCE + 1)
    done = threading.Event()

    def stay() -> None:
        with places.one():
            inside.wait(timeout=10)
            done.wait(timeout=10)

    threads = [threading.Thread(target=stay) for _ in range(AT_ONCE)]
    for thread in threads:
        thread.start()
    inside.wait(timeout=10)
    try:
        with pytest.raises(ScriptsUnavailable, match="try again"), places.one():
            pass
    finally:
        done.set()
        for thread in threads:
            thread.join()
