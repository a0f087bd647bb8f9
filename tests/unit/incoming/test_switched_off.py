"""`RC_INTEGRATIONS_SCRIPTS = "off"`: hooks work as if no integration had a script."""

import dataclasses
from collections.abc import Iterator

import pytest
from flask import Flask

from rc_integrations_plugin.integrations.history import CallOutcome
from rc_integrations_plugin.services import EXTENSION, Services
from rc_integrations_plugin.settings import ScriptsAllowed
from tests.hooks import Stage

ANSWER = {"content": {"text": "by the script"}}


@pytest.fixture(params=[ScriptsAllowed.OFF, ScriptsAllowed.FROZEN])
def allowed(request: pytest.FixtureRequest, stage: Stage, app: Flask) -> Iterator[ScriptsAllowed]:
    before: Services = app.extensions[EXTENSION]
    settings = dataclasses.replace(before.settings, scripts=request.param)
    app.extensions[EXTENSION] = dataclasses.replace(before, settings=settings)
    yield request.param
    app.extensions[EXTENSION] = before


def test_scripts_run_unless_they_are_off(stage: Stage, allowed: ScriptsAllowed) -> None:
    hook = stage.hook(answer=ANSWER)

    answer = hook.post(text="by the sender")

    off = allowed is ScriptsAllowed.OFF
    assert answer.status_code == 200
    assert stage.texts() == ["by the sender" if off else "by the script"]
    assert bool(stage.scripted.calls) is not off
    assert hook.call().outcome is CallOutcome.POSTED


@pytest.mark.parametrize("allowed", [ScriptsAllowed.OFF], indirect=True)
def test_a_body_that_only_a_script_could_read_is_refused_as_without_one(
    stage: Stage, allowed: ScriptsAllowed
) -> None:
    hook = stage.hook(answer=ANSWER)

    assert hook.send("{", "application/json").status_code == 400
    assert hook.post().status_code == 200
    assert stage.texts() == []
