"""Trying a hook out: all of a real call, and nothing of it is done."""

import dataclasses
from typing import Any

import pytest
from sqlalchemy import select

from host_stub.models.messages import Message
from rc_integrations_plugin.errors import ApiError
from rc_integrations_plugin.host.port import Host
from rc_integrations_plugin.integrations.history import CallOutcome
from rc_integrations_plugin.integrations.permissions import Operator, read_manager
from rc_integrations_plugin.integrations.records import IncomingIntegration, IntegrationType
from rc_integrations_plugin.management.rehearsal import _RehearsingHost
from rc_integrations_plugin.management.trying import (
    ScriptChoice,
    TriedCall,
    shown_headers,
    try_incoming,
)
from rc_integrations_plugin.schemas.trials import SampleCall
from rc_integrations_plugin.scripting.protocol import FaultKind, ScriptFault, ScriptRun
from rc_integrations_plugin.services import Services
from rc_integrations_plugin.settings import ScriptsAllowed
from rc_integrations_plugin.storage.calls import CallFilter
from tests.callers import Server
from tests.factories import make_incoming
from tests.fakes import ScriptedRunner

NONE = ScriptChoice(source="")
SCRIPT = ScriptChoice(source="class Script {}")


@pytest.fixture(autouse=True)
def server(app: Any, app_context: None) -> Server:
    server = Server(app)
    server.fill()
    return server


@pytest.fixture
def hook(services: Services) -> IncomingIntegration:
    made = hook_of(services)
    services.integrations.add(made)
    return made


def hook_of(services: Services, **fields: Any) -> IncomingIntegration:
    """Return a hook of rocket.cat's that is not stored."""
    cat = services.host.find_users("rocket.cat")[0]
    return make_incoming(**{"user_id": cat.id, **fields})


def try_it(
    services: Services,
    hook: IncomingIntegration,
    choice: ScriptChoice = NONE,
    **call: Any,
) -> TriedCall:
    manager = read_manager(services.host, Operator(), IntegrationType.INCOMING)
    return try_incoming(services, manager, hook, SampleCall(**call), choice)


def test_the_message_is_shown_and_nothing_is_posted_or_remembered(
    services: Services, server: Server, hook: IncomingIntegration
) -> None:
    tried = try_it(services, hook, body='{"text": "Hello", "alias": "CI"}')

    assert tried.message is not None
    assert tried.message.draft is not None
    assert (tried.message.draft.text, tried.message.draft.alias) == ("Hello", "CI")
    assert [place.channel for place in tried.message.places] == ["#general"]
    assert tried.outcome is CallOutcome.POSTED
    assert tried.answer.status == 200
    assert services.calls.page(CallFilter(integration_id=hook.id), offset=0, count=9)[1] == 0
    with server.chat.transaction() as session:
        assert session.scalars(select(Message)).all() == []


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("application/x-www-form-urlencoded", "payload=%7B%22text%22%3A%22Hello%22%7D"),
        ("application/x-www-form-urlencoded", "text=Hello"),
        ("text/plain", '{"text": "Hello"}'),
    ],
)
def test_every_form_of_a_body_is_read_as_a_hook_reads_it(
    services: Services, hook: IncomingIntegration, kind: str, body: str
) -> None:
    tried = try_it(services, hook, body=body, content_type=kind)

    assert tried.message is not None
    assert tried.message.draft is not None
    assert tried.message.draft.text == "Hello"


def test_a_room_that_would_be_joined_is_not_joined(
    services: Services, server: Server, hook: IncomingIntegration
) -> None:
    bob = services.host.find_users("bob")[0]
    hook = hook_of(services, user_id=bob.id, username="bob")
    server.grant("message-impersonate", ["user"])

    tried = try_it(services, hook, body='{"text": "Hello"}')

    assert tried.message is not None
    assert [place.joins for place in tried.message.places] == [True]
    assert not services.host.is_member(bob, services.host.find_rooms("general")[0])


def test_a_conversation_is_not_opened(services: Services) -> None:
    hook = hook_of(services, channels=("@alice",))

    tried = try_it(services, hook, body='{"text": "Hello"}')

    assert tried.message is not None
    assert [place.is_conversation for place in tried.message.places] == [True]
    assert tried.answer.status == 200


def test_a_room_that_is_closed_to_the_author_is_named_with_the_message(
    services: Services,
) -> None:
    hook = hook_of(services, channels=("#general", "#secret"))

    tried = try_it(services, hook, body='{"text": "Hello"}')

    assert tried.outcome is CallOutcome.REFUSED
    assert tried.message is not None
    assert tried.message.draft is not None
    assert [(one.channel, one.error_code is None) for one in tried.message.places] == [
        ("#secret", False)
    ]


def test_a_room_that_does_not_exist_is_told(services: Services) -> None:
    tried = try_it(services, hook_of(services, channels=("#nowhere",)), body='{"text": "Hello"}')

    assert tried.answer.status == 400
    assert tried.answer.body["error"] == "invalid-channel"


def test_a_hook_that_is_off_can_be_tried(services: Services) -> None:
    tried = try_it(services, hook_of(services, enabled=False), body='{"text": "Hello"}')

    assert tried.outcome is CallOutcome.POSTED


def test_a_body_that_cannot_be_read_gets_the_answer_of_a_hook(
    services: Services, hook: IncomingIntegration
) -> None:
    tried = try_it(services, hook, body='{"text": ')

    assert tried.answer.status == 400
    assert tried.message is None


def test_an_edited_script_runs_without_being_stored_and_sees_no_token(
    services: Services, hook: IncomingIntegration, scripted: ScriptedRunner
) -> None:
    scripted.answer = lambda argument: ScriptRun(
        value={"content": {"text": argument["request"]["url_params"]["token"]}},
        value_type="object",
    )

    tried = try_it(services, hook, SCRIPT, body="{}")

    assert tried.message is not None
    assert tried.message.draft is not None
    assert tried.message.draft.text == "***"
    assert scripted.calls == []
    assert [trial.script.source for trial, _, _ in scripted.tried] == [SCRIPT.source]
    assert services.integrations.find(hook.id) == hook
    assert tried.calls[0].argument["request"]["content"] == {}


@pytest.mark.parametrize(("real", "answers"), [(False, ()), (True, None)])
def test_the_script_s_calls_are_made_only_where_that_is_wanted(
    services: Services,
    hook: IncomingIntegration,
    scripted: ScriptedRunner,
    real: bool,  # noqa: FBT001
    answers: Any,
) -> None:
    choice = ScriptChoice(source=SCRIPT.source, real_http=real)

    try_it(services, hook, choice, body="{}")

    assert scripted.tried[0][0].answers == answers


def test_a_script_that_fails_is_told_with_its_line(
    services: Services, hook: IncomingIntegration, scripted: ScriptedRunner
) -> None:
    fault = ScriptFault(
        kind=FaultKind.EXCEPTION, name="TypeError", message="no such thing", line=3, column=7
    )
    scripted.answer = lambda _argument: ScriptRun(fault=fault)

    tried = try_it(services, hook, SCRIPT, body="{}")

    assert tried.outcome is CallOutcome.SCRIPT_FAILED
    assert tried.calls[0].run.fault == fault
    assert tried.answer.body["error"] == "error-running-script"


def test_frozen_scripts_cannot_be_replaced_by_trying_another(
    services: Services, hook: IncomingIntegration
) -> None:
    settings = dataclasses.replace(services.settings, scripts=ScriptsAllowed.FROZEN)
    frozen = dataclasses.replace(services, settings=settings)

    with pytest.raises(ApiError, match="cannot be changed"):
        try_it(frozen, hook, SCRIPT, body="{}")


READS = {
    "capabilities",
    "signals",
    "refusals",
    "site_url",
    "message_size_limit",
    "find_current_user",
    "find_user",
    "find_users",
    "find_rooms",
    "search_rooms",
    "search_users",
    "owned_rooms",
}


def test_whatever_of_the_chat_server_may_change_something_has_a_stand_in() -> None:
    methods = {name for name in vars(Host) if not name.startswith("_")}

    assert methods - READS == {name for name in vars(_RehearsingHost) if not name.startswith("_")}


def test_headers_of_a_script_s_call_are_shown_as_a_page_can_hold_them() -> None:
    shown = shown_headers({"X-Half": "a\ud800", "Authorization": "Bearer sesame"})

    assert shown == {"X-Half": "a\N{REPLACEMENT CHARACTER}", "Authorization": "***"}
