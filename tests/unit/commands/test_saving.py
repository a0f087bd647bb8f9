"""`create` and `update`."""

import json
from pathlib import Path
from typing import Any

import pytest

from rc_integrations_plugin.admin.form_values import usual_values, values_of
from rc_integrations_plugin.integrations.records import IncomingIntegration, IntegrationType
from rc_integrations_plugin.scripting.protocol import Finding, Severity
from tests.callers import OWN, Server
from tests.fakes import ScriptedRunner
from tests.unit.commands.conftest import Console

HOOK = ("create", "incoming", "CI", "--channel", "#general", "--username", "rocket.cat")
BRIDGE = (
    *("create", "outgoing", "Bridge", "--event", "sendMessage", "--username", "rocket.cat"),
    *("--url", "https://a.test/", "--url", "https://b.test/"),
)


def test_create_makes_a_hook_that_posts(console: Console, server: Server) -> None:
    printed = console.ok(*HOOK, "--alias", "Build")

    url = printed.split("url: ")[1].strip()
    path = url.removeprefix(server.services.host.site_url)
    answer = server.app.test_client().post(path, json={"text": "hello"})
    assert answer.status_code == 200


def test_create_makes_an_outgoing_one_with_any_field(console: Console, server: Server) -> None:
    document = console.json(
        *(*BRIDGE, "--trigger-word", "pr", "--disabled", "--set", "timeout=2.5"),
        *("--set", "runOnEdits=true", "--set", 'headers={"X-Key": "header-secret"}'),
        *("--set", "targetRoom=#alerts", "--set", "signingSecret=true", "--set", "token=12345"),
    )

    stored = server.stored_outgoing(document)
    assert stored.urls == ("https://a.test/", "https://b.test/")
    assert stored.trigger_words == ("pr",)
    assert not stored.enabled
    assert stored.run_on_edits
    assert stored.timeout_seconds == 2.5
    assert stored.headers == {"X-Key": "header-secret"}
    assert stored.token == "12345"
    assert document["signingSecret"] == stored.signing_secret
    assert document["token"] == "***"


def test_create_has_failed_calls_made_again_as_the_form_has(
    console: Console, server: Server
) -> None:
    made = server.stored_outgoing(console.json(*BRIDGE))

    form = usual_values(IntegrationType.OUTGOING)
    kept = {"retryFailedCalls", "retryCount", "retryDelay", "retryOn"}
    assert {name: values_of(made)[name] for name in kept} == {name: form[name] for name in kept}
    once = console.json(*BRIDGE, "--set", "retryFailedCalls=false")
    assert server.stored_outgoing(once).retry_failed_calls is False
    # Rocket.Chat's API has it so, and its clients rely on it
    assert server.caller("admin").create_outgoing().get("retryFailedCalls") is not True


def test_update_changes_what_is_given_and_nothing_else(console: Console, server: Server) -> None:
    document = console.json(*BRIDGE, "--set", "callsAtOnce=3", "--set", "retryCount=7")
    before = server.stored_outgoing(document)

    console.ok("update", document["_id"], "--name", "Other", "--set", "callsAtOnce=null")

    after = server.stored_outgoing(document)
    changed = {name for name, value in vars(before).items() if getattr(after, name) != value}
    assert changed == {"name", "calls_at_once", "updated_at", "updated_by"}
    assert after.calls_at_once is None


def test_scripts_and_secrets_come_from_files(
    console: Console, server: Server, scripted: ScriptedRunner, tmp_path: Path
) -> None:
    (tmp_path / "s.js").write_text("class Script {}")
    (tmp_path / "secret").write_text("user:pass-word\n")
    scripted.findings = (
        Finding(
            code="x",
            severity=Severity.WARNING,
            name="x",
            line=1,
            column=2,
            lines=(1,),
            message="take care",
            advice="do",
        ),
    )

    result = console.run(*BRIDGE, "--script", f"{tmp_path}/s.js", "--json")
    document = json.loads(result.stdout)
    console.ok("update", document["_id"], "--set-file", f"basicAuth={tmp_path}/secret")

    stored = server.stored_outgoing(document)
    assert stored.script == "class Script {}"
    assert stored.script_enabled
    assert stored.basic_auth == "user:pass-word"
    assert "script:1:2: warning: take care [x]" in result.stderr


def test_update_of_a_hook(console: Console, server: Server) -> None:
    document = console.json(*HOOK)

    printed = console.ok("update", document["_id"], "--channel", "#alerts", "--disabled")

    stored = server.services.integrations.find_any(document["_id"])
    assert isinstance(stored, IncomingIntegration)
    assert stored.channels == ("#alerts",)
    assert not stored.enabled
    assert stored.token not in printed


@pytest.mark.parametrize(
    ("arguments", "status", "reason"),
    [
        ((*HOOK, "--set", "urls=x"), 2, "have no field urls"),
        ((*HOOK, "--set", "nonsense"), 2, "of the form KEY=VALUE"),
        ((*HOOK, "--set-file", "alias=/nothing"), 2, "cannot be read"),
        ((*BRIDGE, "--set", "timeout=soon"), 2, "timeout is no JSON"),
        ((*HOOK, "--set", "allowGet=maybe"), 1, "allowGet must be boolean"),
        ((*HOOK[:5], "--username", "nobody"), 1, "Invalid user"),
        (("create", "incoming", "CI"), 1, "must have required property"),
        (("create", "sideways", "CI"), 2, "is not one of"),
    ],
)
def test_what_cannot_be_is_told(
    console: Console, arguments: tuple[str, ...], status: int, reason: str
) -> None:
    assert reason in console.fails(status, *arguments)


def test_update_without_changes_is_a_mistake(console: Console) -> None:
    document: dict[str, Any] = console.json(*HOOK)

    assert "nothing is to be changed" in console.fails(2, "update", document["_id"])
    assert "No integration" in console.fails(3, "update", "nothing", "--name", "x")


def test_a_user_makes_what_he_may(console: Console, server: Server) -> None:
    server.caller("carol", OWN)

    assert "Invalid Channel" in console.fails(1, *HOOK, "--as", "carol")
    server.invite("carol", "general")
    document = console.json(*HOOK, "--as", "carol")
    assert document["_createdBy"]["username"] == "carol"
