import pytest

from rc_integrations_plugin.errors import ScriptsUnavailable
from rc_integrations_plugin.scripting.protocol import Script, ScriptRunner
from rc_integrations_plugin.scripting.switch import CheckingRunner
from tests.fakes import ScriptedRunner


def test_where_scripts_are_off_none_is_called() -> None:
    scripted = ScriptedRunner()
    runner: ScriptRunner = CheckingRunner(scripted)
    script = Script(integration_id="i", name="CI", version="1", source="class Script {}")

    with pytest.raises(ScriptsUnavailable) as caught:
        runner.call(script, "process_incoming_request", {})

    assert caught.value.code == "integration-scripts-disabled"
    assert scripted.calls == []


def test_where_scripts_are_off_they_are_checked_all_the_same() -> None:
    scripted = ScriptedRunner()
    runner: ScriptRunner = CheckingRunner(scripted)

    assert runner.check("syntax error") is not None
    assert runner.review("class Script {}").fault is None
    runner.close()

    assert scripted.checked == ["syntax error", "class Script {}"]
    assert scripted.closed
