"""A runner with real processes and canned HTTP answers, for the tests that ask."""

from collections.abc import Iterator

import pytest

from rc_integrations_plugin.scripting.http import CannedHttp
from rc_integrations_plugin.scripting.runner import ProcessScriptRunner
from rc_integrations_plugin.settings import Settings
from tests.scripts import CALL_SECONDS


@pytest.fixture(scope="module")
def http() -> CannedHttp:
    """The outside world: 404 for URLs with `missing` in them, `{"ok": true}` for others."""
    return CannedHttp([{"match": "missing", "result": {"statusCode": 404, "content": "no such"}}])


@pytest.fixture(scope="module")
def runner(http: CannedHttp) -> Iterator[ProcessScriptRunner]:
    """One runner for a module: no test may spoil the next."""
    runner = ProcessScriptRunner(Settings(script_call_seconds=CALL_SECONDS), http=http)
    yield runner
    runner.close()
