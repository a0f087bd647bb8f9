"""What a shell is told when somebody presses Tab."""

import pytest
from click.shell_completion import ShellComplete
from flask import Flask
from flask.cli import ScriptInfo
from sqlalchemy.exc import OperationalError

from rc_integrations_plugin.integrations.records import Editor
from rc_integrations_plugin.services import current_services
from tests.callers import OWN, Server
from tests.factories import make_call, make_delivery, make_incoming, make_outgoing


@pytest.mark.parametrize(
    ("given", "begun", "completed"),
    [
        ([], "re", {"recover", "remove", "renew-token", "replay"}),
        (["db"], "", {"upgrade"}),
        (["history", "x", "--outcome"], "fa", {"failed"}),
        (["list", "--type"], "", {"incoming", "outgoing"}),
        (["create", "--event"], "room", {"roomArchived", "roomCreated", "roomJoined", "roomLeft"}),
        (["apply", "f"], "--p", {"--prune"}),
    ],
    ids=["command", "group", "outcome", "type", "event", "option"],
)
def test_commands_options_and_values_are_completed(
    app: Flask, given: list[str], begun: str, completed: set[str]
) -> None:
    shell = ShellComplete(app.cli, {}, "flask", "_FLASK_COMPLETE")

    found = shell.get_completions(["integrations", *given], begun)

    assert {one.value for one in found} == completed


def ids(app: Flask, *given: str, begun: str = "") -> dict[str, str | None]:
    """Return what is offered, each with what is said of it."""
    info = ScriptInfo(create_app=lambda: app)
    shell = ShellComplete(app.cli, {"obj": info}, "flask", "_FLASK_COMPLETE")
    return {one.value: one.help for one in shell.get_completions(["integrations", *given], begun)}


def test_ids_are_completed_with_their_names(server: Server) -> None:
    hook = make_incoming(id="abc1", name="CI\n\x1b[31m")
    bridge = make_outgoing(id="abd2", name="Bridge")
    for one in (hook, bridge):
        server.services.integrations.add(one)

    assert ids(server.app, "show") == {"abc1": "CI \ufffd[31m", "abd2": "Bridge"}
    assert ids(server.app, "enable", "abc1", begun="abd") == {"abd2": "Bridge"}
    assert set(ids(server.app, "replay")) == {"abd2"}
    assert set(ids(server.app, "recover", "--since", "1h", "--integration")) == {"abd2"}
    assert set(ids(server.app, "renew-token")) == {"abc1"}
    assert set(ids(server.app, "script", "rollback")) == {"abc1", "abd2"}


def test_ids_are_those_that_the_one_who_acts_may_manage(server: Server) -> None:
    carol = server.caller("carol", OWN)
    server.services.integrations.add(make_incoming(id="hers", created_by=Editor(carol.id, "carol")))
    server.services.integrations.add(make_incoming(id="others"))

    assert set(ids(server.app, "show", "--as", "carol")) == {"hers"}
    for nobody in ("bob", "nobody"):
        assert ids(server.app, "show", "--as", nobody) == {}


def test_lines_of_the_history_are_completed_after_their_integration(server: Server) -> None:
    hook, bridge = make_incoming(id="abc1"), make_outgoing(id="abd2")
    for one in (hook, bridge):
        server.services.integrations.add(one)
    server.services.calls.add(make_call(id="call1", integration_id="abc1"))
    delivery = make_delivery(id="waiting1", integration_id="abd2")
    server.services.deliveries.open([delivery])

    assert ids(server.app, "explain", "abc1") == {"call1": "2026-03-01 12:00 posted"}
    assert set(ids(server.app, "replay", "abd2", begun="wai")) == {"waiting1"}
    assert set(ids(server.app, "test", "abc1", "--from-history")) == {"call1"}
    assert ids(server.app, "explain", "nothing") == {}
    server.caller("carol", OWN)
    assert ids(server.app, "explain", "--as", "carol", "abc1") == {}


def test_a_database_that_is_away_completes_nothing(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_given: object, **_options: object) -> None:
        raise OperationalError("SELECT", {}, Exception("away"))

    with server.app.app_context():
        store = current_services().integrations
    monkeypatch.setattr(store, "page", refuse)

    assert ids(server.app, "show") == {}
