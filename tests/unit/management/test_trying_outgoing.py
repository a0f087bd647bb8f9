"""Trying an outgoing integration out: what it would send and post, with nobody called."""

import json
from typing import Any

import pytest

from rc_integrations_plugin.integrations.permissions import Manager, Operator, read_manager
from rc_integrations_plugin.integrations.records import IntegrationType, OutgoingIntegration
from rc_integrations_plugin.management.trying import Place, ScriptChoice
from rc_integrations_plugin.management.trying_outgoing import (
    SampleEvent,
    TriedEvent,
    try_outgoing,
)
from rc_integrations_plugin.outgoing.steps import PREPARE, PROCESS
from rc_integrations_plugin.scripting.protocol import FaultKind, ScriptFault, ScriptRun
from rc_integrations_plugin.services import Services
from tests.callers import Server
from tests.factories import make_outgoing
from tests.fakes import ScriptedRunner

NONE = ScriptChoice(source="")
SCRIPT = ScriptChoice(source="class Script {}")
URL = "https://receiver.test/hook"
SECRET = "sesame-sesame-sesame"


@pytest.fixture(autouse=True)
def server(app: Any, app_context: None) -> Server:
    server = Server(app)
    server.fill()
    return server


def bridge(services: Services, **fields: Any) -> OutgoingIntegration:
    cat = services.host.find_users("rocket.cat")[0]
    return make_outgoing(**{"user_id": cat.id, "urls": (URL,), **fields})


def try_it(
    services: Services,
    choice: ScriptChoice = NONE,
    fields: Any = None,
    manager: Manager | None = None,
    **event: Any,
) -> TriedEvent:
    room = services.host.find_rooms("general")[0].id
    told = {"data": {"text": "hello", "channel_id": room, "channel_name": "general"}, "url": URL}
    by = manager or read_manager(services.host, Operator(), IntegrationType.OUTGOING)
    one = bridge(services, **(fields or {}))
    return try_outgoing(services, by, one, SampleEvent(**told | event), choice)


def answers(scripted: ScriptedRunner, prepared: Any, processed: Any = None) -> None:
    """Let the script return these."""
    runs = {PREPARE: prepared, PROCESS: processed}

    def answer(argument: Any) -> ScriptRun:
        run = runs[PROCESS if "response" in argument else PREPARE]
        return run if isinstance(run, ScriptRun) else ScriptRun(value=run, value_type="object")

    scripted.answer = answer


def test_the_call_is_shown_with_its_secrets_masked(services: Services) -> None:
    tried = try_it(
        services,
        fields={
            "token": SECRET,
            "headers": {"X-Own": SECRET},
            "basic_auth": f"user:{SECRET}",
            "signing_secret": "whsec_" + "A" * 32,
        },
    )

    request = tried.request
    assert request is not None
    assert request.headers["X-Own"] == "***"
    assert request.headers["Authorization"] == "***"
    assert request.headers["webhook-signature"] == "v1,***"
    assert request.body is not None
    assert b'"token":"***"' in request.body.replace(b" ", b"")
    assert SECRET not in repr(request)


def test_without_an_answer_nothing_more_is_said(services: Services) -> None:
    tried = try_it(services)

    assert (tried.answered, tried.after) == (None, None)


@pytest.mark.parametrize(
    ("status", "said"),
    [
        (204, "nothing would be posted"),
        (410, "switched off"),
        (404, "not be tried again"),
    ],
)
def test_it_is_said_what_an_answer_leads_to(services: Services, status: int, said: str) -> None:
    tried = try_it(services, status=status)

    assert tried.answered is not None
    assert said in tried.answered


def test_a_failure_that_is_tried_again_says_when(services: Services) -> None:
    tried = try_it(services, fields={"retry_failed_calls": True}, status=503)

    assert tried.answered is not None
    assert "tried again after" in tried.answered


def test_the_message_of_an_answer_is_shown_with_its_room(services: Services) -> None:
    tried = try_it(
        services,
        status=200,
        headers={"Content-Type": "application/json"},
        body='{"text": "An answer"}',
    )

    assert tried.after is not None
    assert tried.after.draft is not None
    assert tried.after.draft.text == "An answer"
    assert [place.room_name for place in tried.after.places] == ["general"]


def test_a_message_to_a_room_that_is_closed_is_shown_with_the_reason(services: Services) -> None:
    tried = try_it(
        services,
        fields={"target_room": "#secret"},
        status=200,
        headers={"content-type": "application/json"},
        body='{"text": "An answer"}',
    )

    assert tried.after is not None
    assert tried.after.draft is not None
    assert tried.after.places[0].error_code


def test_an_owner_of_the_rooms_learns_of_no_other_room(services: Services) -> None:
    (alice,) = services.host.find_users("alice")
    (general,) = services.host.find_rooms("general")
    (alerts,) = services.host.find_rooms("alerts")
    owner = Manager(alice, has_everyones=False, has_own=False, rooms=frozenset({general.id}))
    about_it = {
        "channels": ("#general",),
        "channel_ids": {"#general": general.id},
        "listens_to": (f"#{general.id}",),
    }

    def places(manager: Manager | None, channel: str) -> tuple[Place, ...]:
        tried = try_it(
            services,
            fields=about_it,
            manager=manager,
            status=200,
            headers={"content-type": "application/json"},
            body=json.dumps({"text": "An answer", "channel": channel}),
        )
        assert tried.after is not None
        return tried.after.places

    assert [place.room_name for place in places(None, f"#{alerts.id}")] == ["alerts"]
    assert [place.room_name for place in places(owner, "#general")] == ["general"]
    (refused,) = places(owner, f"#{alerts.id}")
    assert (refused.error_code, refused.room_name) == ("error-not-allowed", "")


def test_the_script_s_request_and_message_are_shown(
    services: Services, scripted: ScriptedRunner
) -> None:
    other = {"url": "https://other.test/x", "method": "GET", "message": {"text": "First"}}
    answers(scripted, other)

    tried = try_it(services, SCRIPT)

    assert tried.request is not None
    assert (tried.request.method, tried.request.url) == ("GET", "https://other.test/x")
    assert tried.before is not None
    assert tried.before.draft is not None
    assert tried.before.draft.text == "First"


def test_the_script_sees_the_answer_with_its_own_request(
    services: Services, scripted: ScriptedRunner
) -> None:
    request = {"url": URL, "method": "POST", "mine": 1}
    answers(scripted, request, {"content": {"text": "By the script"}})

    tried = try_it(services, SCRIPT, status=500)

    assert tried.after is not None
    assert tried.after.draft is not None
    assert tried.after.draft.text == "By the script"
    assert [made.method for made in tried.calls] == [PREPARE, PROCESS]
    assert tried.calls[1].argument["request"] == request


def test_a_request_that_is_none_gets_no_answer(
    services: Services, scripted: ScriptedRunner
) -> None:
    answers(scripted, {"url": URL, "method": "GET", "data": {"a": 1}}, {"content": {"text": "x"}})

    tried = try_it(services, SCRIPT, status=200)

    assert tried.request is None
    assert tried.nothing_sent is not None
    assert "takes no data" in tried.nothing_sent
    assert tried.after is None


@pytest.mark.parametrize(
    ("run", "said"),
    [
        (None, "wants nobody to be called"),
        ({"message": "Only this"}, "no url and method"),
        (
            ScriptRun(fault=ScriptFault(kind=FaultKind.EXCEPTION, name="Error", message="no")),
            "failed: Error: no",
        ),
    ],
    ids=["nothing", "message", "fault"],
)
def test_it_is_said_why_nobody_would_be_called(
    services: Services, scripted: ScriptedRunner, run: Any, said: str
) -> None:
    answers(scripted, run)

    tried = try_it(services, SCRIPT)

    assert tried.request is None
    assert tried.nothing_sent is not None
    assert said in tried.nothing_sent
