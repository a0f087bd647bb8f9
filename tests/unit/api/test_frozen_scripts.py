"""`RC_INTEGRATIONS_SCRIPTS = "frozen"`: stored scripts run, and nobody changes them."""

import dataclasses
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask

from rc_integrations_plugin.services import EXTENSION, Services
from rc_integrations_plugin.settings import ScriptsAllowed
from tests.callers import Caller, Server, change_body, new_body
from tests.fakes import ScriptedRunner

Freeze = Callable[[], None]
SCRIPT = "class Script {}"


@pytest.fixture
def freeze(app: Flask) -> Iterator[Freeze]:
    """Freezes scripts from now on."""
    before: Services = app.extensions[EXTENSION]

    def freeze() -> None:
        settings = dataclasses.replace(before.settings, scripts=ScriptsAllowed.FROZEN)
        app.extensions[EXTENSION] = dataclasses.replace(before, settings=settings)

    yield freeze
    app.extensions[EXTENSION] = before


@pytest.mark.parametrize("enabled", [True, False])
def test_no_integration_is_made_with_a_script(
    admin: Caller, freeze: Freeze, scripted: ScriptedRunner, *, enabled: bool
) -> None:
    freeze()

    response = admin.send("create", new_body(scriptEnabled=enabled, script=SCRIPT))

    assert response.status_code == 400
    assert response.json is not None
    assert response.json["errorType"] == "integration-scripts-disabled"
    assert response.json["error"].endswith("[integration-scripts-disabled]")
    assert scripted.checked == []


@pytest.mark.parametrize("script", [..., None, "", " \n"])
def test_an_integration_without_a_script_can_be_made(
    admin: Caller, freeze: Freeze, script: Any
) -> None:
    freeze()

    assert admin.create(scriptEnabled=True, script=script)["scriptEnabled"] is True


def test_the_user_name_is_looked_at_before_and_the_user_after(
    admin: Caller, freeze: Freeze
) -> None:
    freeze()

    codes = [
        admin.send("create", new_body(username=name, script=SCRIPT)).json["errorType"]  # type: ignore[index]
        for name in ("", "nobody")
    ]

    assert codes == ["error-invalid-username", "integration-scripts-disabled"]


@pytest.mark.parametrize(
    ("stored", "change"),
    [
        (SCRIPT, {"script": "class Script { run() {} }"}),
        (SCRIPT, {"script": ""}),
        (None, {"script": SCRIPT}),
        (SCRIPT, {"scriptEngine": "vm2"}),
    ],
    ids=["another text", "none any more", "a first one", "another engine"],
)
def test_a_change_of_a_script_is_refused_and_nothing_is_stored(
    server: Server,
    admin: Caller,
    freeze: Freeze,
    stored: str | None,
    change: dict[str, Any],
) -> None:
    document = admin.create(scriptEnabled=True, script=stored)
    before = server.stored(document)
    freeze()

    response = admin.send("update", change_body(document, name="New", **change))

    assert response.status_code == 400
    assert response.json is not None
    assert response.json["errorType"] == "integration-scripts-disabled"
    assert server.stored(document) == before


def test_what_else_is_changed_is_stored_and_the_script_stays_as_it_was(
    server: Server, admin: Caller, freeze: Freeze, scripted: ScriptedRunner
) -> None:
    document = admin.create(scriptEnabled=True, script=SCRIPT)
    before = server.stored(document)
    freeze()

    response = admin.send(
        "update",
        change_body(
            document, name="New", script=f" {SCRIPT}\n", scriptEnabled=False, skipTranspile=True
        ),
    )

    after = server.stored(document)
    assert response.status_code == 200
    assert before is not None
    assert after is not None
    assert after.name == "New"
    assert (after.script, after.script_compiled) == (before.script, before.script_compiled)
    assert (after.script_enabled, after.skip_transpile) == (True, False)
    assert len(scripted.checked) == 1


def test_an_error_that_was_noted_stays(server: Server, admin: Caller, freeze: Freeze) -> None:
    document = admin.create(script="syntax error")
    freeze()

    response = admin.send("update", change_body(document, scriptEnabled=True))

    after = server.stored(document)
    assert response.status_code == 200
    assert after is not None
    assert after.script_error is not None
    assert after.script_enabled is False


def test_the_engine_of_an_integration_without_script_does_not_matter(
    admin: Caller, freeze: Freeze
) -> None:
    document = admin.create()
    freeze()

    response = admin.send("update", change_body(document, scriptEngine="vm2"))

    assert response.status_code == 200


def test_a_script_can_be_removed_with_its_integration(admin: Caller, freeze: Freeze) -> None:
    document = admin.create(script=SCRIPT)
    freeze()

    body = {"type": "webhook-incoming", "integrationId": document["_id"]}

    assert admin.send("remove", body).status_code == 200
