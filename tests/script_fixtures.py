"""Runners with real processes and canned HTTP answers, for the tests that ask."""

from collections.abc import Iterator

import pytest

from rc_integrations_plugin.scripting.http import CannedHttp
from rc_integrations_plugin.scripting.protocol import ScriptRunner
from rc_integrations_plugin.scripting.runner import ProcessScriptRunner
from rc_integrations_plugin.settings import Settings
from tests.script_places import Place, runner_at
from tests.scripts import CALL_SECONDS


@pytest.fixture(scope="module")
def http() -> CannedHttp:
    """The outside world: 404 for URLs with `missing` in them, `{"ok": true}` for others."""
    return CannedHttp([{"match": "missing", "result": {"statusCode": 404, "content": "no such"}}])


@pytest.fixture(scope="module")
def local_runner(http: CannedHttp) -> Iterator[ProcessScriptRunner]:
    """The runner that has the processes, wherever `runner` is."""
    runner = ProcessScriptRunner(Settings(script_call_seconds=CALL_SECONDS), http=http)
    yield runner
    runner.close()


@pytest.fixture(scope="module", params=list(Place))
def runner(
    request: pytest.FixtureRequest, local_runner: ProcessScriptRunner
) -> Iterator[ScriptRunner]:
    """One runner for a module, in each of the two places: no test may spoil the next."""
    with runner_at(request.param, local_runner) as runner:
        yield runner
