"""The page for trying integrations out."""

import dataclasses
import json
import re
from html import unescape
from typing import Any

import pytest
from flask import Flask

from rc_integrations_plugin.integrations.history import CallOutcome
from rc_integrations_plugin.integrations.records import IncomingIntegration, OutgoingIntegration
from rc_integrations_plugin.management.sample_calls import SAMPLE_CALLS
from rc_integrations_plugin.outgoing.steps import Step
from rc_integrations_plugin.scripting.protocol import (
    ConsoleLine,
    FaultKind,
    ScriptFault,
    ScriptRun,
)
from rc_integrations_plugin.services import EXTENSION, Services
from rc_integrations_plugin.settings import ScriptsAllowed
from rc_integrations_plugin.storage.attempts import AttemptFilter
from rc_integrations_plugin.storage.calls import CallFilter
from tests.callers import OUTGOING_ALL, OWN, Server
from tests.factories import make_attempt, make_call, make_delivery, make_incoming, make_outgoing
from tests.fakes import RecordingWakeUp, ScriptedRunner
from tests.unit.admin.conftest import Visitor, visitor

HOSTILE = "\"'><script>alert(1)</script><img src=x onerror=alert(1)>{{ 7*7 }}"
SCRIPT = "class Script {}"
SECRET = "sesame-sesame-sesame"


@pytest.fixture
def cat(app: Flask, services: Services, server: Server) -> str:
    with app.app_context():
        return services.host.find_users("rocket.cat")[0].id


@pytest.fixture
def hook(services: Services, cat: str) -> IncomingIntegration:
    made = make_incoming(user_id=cat)
    services.integrations.add(made)
    return made


@pytest.fixture
def bridge(services: Services, cat: str) -> OutgoingIntegration:
    made = make_outgoing(user_id=cat, token=SECRET, headers={"X-Key": SECRET})
    services.integrations.add(made)
    return made


def call(body: str, **fields: str) -> dict[str, str]:
    """Return the form of a call that is run."""
    usual = {"do": "run", "try_method": "POST", "try_contentType": "application/json"}
    return {**usual, "try_body": body, **fields}


def event(data: Any, **fields: str) -> dict[str, str]:
    return {"do": "run", "try_data": json.dumps(data), **fields}


def running(script: str = SCRIPT) -> dict[str, str]:
    return {"script": script, "try_run": "yes"}


def result(page: str) -> str:
    """Return the part of a page that says what would happen."""
    return unescape(page[page.index('id="result"') :])


def rows(services: Services, hook: IncomingIntegration) -> int:
    return services.calls.page(CallFilter(integration_id=hook.id), offset=0, count=1)[1]


def test_a_sample_is_there_to_begin_with(admin: Visitor, hook: IncomingIntegration) -> None:
    page = unescape(admin.text(f"/{hook.id}/try"))

    assert SAMPLE_CALLS["message"][1].body in page
    assert 'id="result"' not in page
    assert hook.token not in page


@pytest.mark.parametrize("name", SAMPLE_CALLS)
def test_each_sample_makes_a_call_that_can_be_run(
    admin: Visitor, hook: IncomingIntegration, name: str
) -> None:
    sample = SAMPLE_CALLS[name][1]

    page = admin.submit(
        f"/{hook.id}/try",
        call(sample.body, try_contentType=sample.content_type),
    ).text

    assert "What the sender would get" in result(page)


def test_a_run_shows_the_message_and_the_answer_and_posts_nothing(
    services: Services, admin: Visitor, hook: IncomingIntegration
) -> None:
    answer = admin.submit(f"/{hook.id}/try", call('{"text": "*Hello* [a](https://a.test)"}'))

    assert answer.status_code == 200
    shown = result(answer.text)
    assert "<strong>Hello</strong>" in shown
    assert '<a href="https://a.test" rel="noreferrer noopener nofollow" target="_blank">a</a>' in (
        shown
    )
    assert "#general would get it" in re.sub("<[^>]+>", "", shown)
    assert "What the sender would get: 200" in shown
    assert "Would be posted" in shown
    assert rows(services, hook) == 0


def test_an_attachment_is_drawn_and_its_picture_is_not_loaded(
    admin: Visitor, hook: IncomingIntegration
) -> None:
    attachment = {
        "title": "The title",
        "title_link": "https://t.test",
        "author_name": "Author",
        "color": "#764FA5",
        "text": "_inside_",
        "collapsed": True,
        "image_url": "https://i.test/a.png",
        "fields": [{"title": "Short", "value": 7, "short": True}],
        "actions": [{"type": "button", "text": "Press", "url": "https://p.test"}],
        "attachments": [{"text": "nested"}],
    }

    page = admin.submit(
        f"/{hook.id}/try", call(json.dumps({"text": "", "attachments": [attachment]}))
    ).text

    shown = result(page)
    for text in (
        'fill="#764FA5"',
        "https://t.test",
        "Author",
        "<em>inside</em>",
        "Folded at first",
        'href="https://i.test/a.png"',
        "<dt>Short</dt>",
        "disabled>Press</button>",
        "nested",
    ):
        assert text in shown
    assert "<img" not in page


def test_an_edited_script_runs_and_is_not_stored(
    services: Services, admin: Visitor, hook: IncomingIntegration, scripted: ScriptedRunner
) -> None:
    scripted.answer = lambda _argument: ScriptRun(
        value={"content": {"text": "By the script"}},
        value_type="object",
        console=(ConsoleLine("log", "a line of it"),),
        duration_ms=12.3,
    )

    page = admin.submit(f"/{hook.id}/try", call("{}", **running("class Script { /* new */ }"))).text

    shown = result(page)
    for text in ("By the script", "a line of it", "12.3 ms"):
        assert text in shown
    assert "class Script { /* new */ }" in unescape(page)
    assert services.integrations.find(hook.id) == hook
    assert scripted.calls == []


def test_a_fault_stands_with_its_line(
    admin: Visitor, hook: IncomingIntegration, scripted: ScriptedRunner
) -> None:
    fault = ScriptFault(
        kind=FaultKind.EXCEPTION, name="TypeError", message="no such thing", line=2, column=5
    )
    scripted.answer = lambda _argument: ScriptRun(fault=fault)

    page = admin.submit(
        f"/{hook.id}/try", call("{}", **running("class Script {\n  broken\n}"))
    ).text

    shown = result(page)
    assert "TypeError: no such thing" in shown
    assert 'data-goto="2" data-column="5"' in shown
    assert "2 │   broken" in shown


def test_a_script_that_finds_no_place_is_told_of(
    admin: Visitor, hook: IncomingIntegration, scripted: ScriptedRunner
) -> None:
    scripted.available = False

    answer = admin.submit(f"/{hook.id}/try", call('{"text": "typed"}', **running()))

    assert answer.status_code == 503
    assert "No process can be had" in answer.text
    assert "typed" in answer.text


def test_a_recorded_call_is_filled_in_and_compared_after_it_was_run(
    services: Services, admin: Visitor, hook: IncomingIntegration
) -> None:
    recorded = make_call(
        integration_id=hook.id,
        outcome=CallOutcome.REFUSED,
        status=400,
        body='{"text": "Again"}',
        headers={"content-type": "application/json", "x-event": "push", "x-token": "***"},
        results=({"channel": "#ops", "error": "e", "reason": "Not a member then"},),
        console=({"level": "log", "text": "said then"},),
    )
    services.calls.add(recorded)

    page = unescape(admin.text(f"/{hook.id}/try", **{"from": recorded.id}))
    assert '{"text": "Again"}' in page
    assert "x-event: push" in page
    assert "What was secret then is not recorded" in page

    ran = admin.submit(f"/{hook.id}/try", call('{"text": "Again"}', try_filled=recorded.id)).text
    shown = result(ran)
    for text in (
        "Then and now",
        "Not a member then",
        "log: said then",
        "Refused",
        "#general: posted",
    ):
        assert text in shown
    assert shown.count('class="rc-differs"') == 4


def compared(page: str) -> dict[str, list[str]]:
    """Return the lines of then and of now that differ, by what they are about."""
    table = page[page.index("rc-compared-table") :]
    rows = re.findall(r'<tr class="rc-differs">(.*?)</tr>', table, re.DOTALL)
    found = {}
    for row in rows:
        [label] = re.findall(r'<th scope="row">(.*?) <span', row)
        cells = re.findall(r"<bdi[^>]*>(.*?)</bdi>", row, re.DOTALL)
        found[label] = [unescape(re.sub("<[^>]+>", "", cell)) for cell in cells]
    return found


def test_what_there_was_not_then_is_a_dash_beside_what_there_is_now(
    services: Services, admin: Visitor, hook: IncomingIntegration
) -> None:
    recorded = make_call(integration_id=hook.id, message={"text": "Old"})
    services.calls.add(recorded)
    body = {"text": "Old", "attachments": [{"title": "Now"}]}

    ran = admin.submit(f"/{hook.id}/try", call(json.dumps(body), try_filled=recorded.id)).text

    then, now = compared(ran)["Attachments"]
    assert then.strip() == "\N{EN DASH}"
    assert '"title": "Now"' in now
    assert "<mark>" not in ran


def test_the_message_of_then_is_shown_beside_the_one_of_now(
    services: Services, admin: Visitor, hook: IncomingIntegration, cat: str
) -> None:
    attachment = {"text": "same", "title": "Then"}
    recorded = make_call(
        integration_id=hook.id,
        message={
            "text": "*Old*\nsame",
            "u": {"_id": cat, "username": "rocket.cat"},
            "attachments": [attachment],
            "alias": "Robot",
        },
    )
    services.calls.add(recorded)
    body = {"text": "*New*\nsame", "attachments": [{"title": "Now", "text": "same"}]}

    page = admin.submit(f"/{hook.id}/try", call(json.dumps(body), try_filled=recorded.id)).text

    differing = compared(page)
    assert differing == {
        "Text": ["*Old*\nsame", "*New*\nsame"],
        "Alias": ["Robot", "\N{EN DASH}"],
        "Attachments": [
            '[\n  {\n    "text": "same",\n    "title": "Then"\n  }\n]',
            '[\n  {\n    "text": "same",\n    "title": "Now"\n  }\n]',
        ],
    }
    assert re.findall("<mark>(.*?)</mark>", page) == [
        "*Old*",
        "*New*",
        "    &#34;title&#34;: &#34;Then&#34;",
        "    &#34;title&#34;: &#34;Now&#34;",
    ]
    then, now = page.split('aria-label="As it would be now"')
    assert "<strong>Old</strong>" in then.split('aria-label="As it was then"')[1]
    assert "<strong>New</strong>" in now


def test_a_message_that_is_the_same_does_not_differ(
    app: Flask, services: Services, admin: Visitor, hook: IncomingIntegration
) -> None:
    limit = services.settings.history_body_bytes
    body = json.dumps({"text": f"password: hunter2 {hook.token}", "emoji": ":cat:"})
    large = json.dumps({"text": "x", "attachments": [{"text": "y" * limit}, {"text": "z"}]})
    for sent in (body, large):
        app.test_client().post(f"/hooks/{hook.id}/{hook.token}", data=sent)
        [recorded] = services.calls.page(CallFilter(integration_id=hook.id), offset=0, count=1)[0]
        again = sent.replace(hook.token, "***")

        page = admin.submit(f"/{hook.id}/try", call(again, try_filled=recorded.id)).text

        assert recorded.message is not None
        assert compared(page) == {}
    assert "2 of its attachments are not kept." in page


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({}, True),
        ({"outcome": CallOutcome.REFUSED, "results": ()}, True),
        ({"outcome": CallOutcome.NOTHING_TO_POST, "results": ()}, False),
        ({"message": {"text": "Then"}}, False),
    ],
    ids=["posted", "refused", "nothing", "kept"],
)
def test_a_message_of_then_that_is_not_kept_is_not_compared(
    services: Services,
    admin: Visitor,
    hook: IncomingIntegration,
    fields: dict[str, Any],
    told: bool,  # noqa: FBT001 a case
) -> None:
    recorded = make_call(integration_id=hook.id, **fields)
    services.calls.add(recorded)

    page = admin.submit(f"/{hook.id}/try", call('{"text": "Now"}', try_filled=recorded.id)).text

    assert ("No message is kept of then." in page) is told
    assert ("Text" in compared(page)) is not told


def test_a_body_of_which_only_the_beginning_was_recorded_says_so(
    services: Services, admin: Visitor, hook: IncomingIntegration
) -> None:
    limit = services.settings.history_body_bytes
    cut = make_call(integration_id=hook.id, body="x" * limit, body_bytes=limit * 3)
    services.calls.add(cut)

    assert "Only the beginning of this body" in admin.text(f"/{hook.id}/try", **{"from": cut.id})


def test_picking_another_call_keeps_the_script_that_is_being_written(
    services: Services, admin: Visitor, hook: IncomingIntegration
) -> None:
    recorded = make_call(integration_id=hook.id, body='{"text": "Picked"}')
    services.calls.add(recorded)

    page = unescape(
        admin.submit(
            f"/{hook.id}/try",
            call("{}", do="pick", try_from=recorded.id, **running("class Script { /* mine */ }")),
        ).text
    )

    assert '{"text": "Picked"}' in page
    assert "/* mine */" in page


def test_another_s_recorded_call_is_not_shown(
    services: Services, admin: Visitor, hook: IncomingIntegration
) -> None:
    other = make_call(integration_id="another", body='{"text": "Not yours"}')
    services.calls.add(other)

    page = admin.text(f"/{hook.id}/try", **{"from": other.id})

    assert "Not yours" not in page


def test_the_form_of_an_integration_brings_its_unsaved_script(
    admin: Visitor, hook: IncomingIntegration
) -> None:
    page = admin.submit(
        f"/{hook.id}/try", {"name": "x", "script": "class Script { /* unsaved */ }"}
    ).text

    assert "/* unsaved */" in page
    assert 'id="try-run" name="try_run" value="yes" checked' in page
    assert 'id="result"' not in page


def test_a_script_goes_back_into_the_form_without_being_stored(
    services: Services, admin: Visitor, hook: IncomingIntegration
) -> None:
    answer = admin.submit(f"/{hook.id}/edit/script", {"script": "class Script { /* tried */ }"})

    assert "/* tried */" in answer.text
    assert "data-unsaved" in answer.text
    assert services.integrations.find(hook.id) == hook


def test_a_test_is_sent_only_after_a_question(
    services: Services, admin: Visitor, hook: IncomingIntegration
) -> None:
    asked = admin.submit(f"/{hook.id}/try", call('{"text": "For real"}', do="send")).text
    assert "Send it for real?" in asked
    assert "#general" in asked
    assert rows(services, hook) == 0

    sent = admin.submit(f"/{hook.id}/try", call('{"text": "For real"}', do="really")).text

    calls, total = services.calls.page(CallFilter(integration_id=hook.id), offset=0, count=1)
    assert total == 1
    assert calls[0].outcome is CallOutcome.POSTED
    assert f"/admin/integrations/{hook.id}/history#call-{calls[0].id}" in sent


def test_an_event_is_shown_as_it_would_be_told(
    services: Services, admin: Visitor, bridge: OutgoingIntegration
) -> None:
    page = admin.submit(f"/{bridge.id}/try", event({"text": "hello", "token": SECRET})).text

    shown = result(page)
    assert "POST https://receiver.test/hook" in shown
    assert '"text": "hello"' in shown
    assert '"token": "***"' in shown
    assert "X-Key: ***" in shown
    assert SECRET not in shown
    assert services.deliveries.next_due() is None


def test_a_recorded_event_comes_with_its_answer_and_without_secrets(
    services: Services, admin: Visitor, bridge: OutgoingIntegration
) -> None:
    delivery = make_delivery(integration_id=bridge.id, data={"token": SECRET, "text": "told"})
    attempt = make_attempt(delivery, status=500, response_body='{"no": 1}')
    services.deliveries.open([delivery], attempts=[attempt])

    page = unescape(admin.text(f"/{bridge.id}/try", **{"from": attempt.id}))

    assert '"text": "told"' in page
    assert '{"no": 1}' in page
    assert SECRET not in page


def test_an_answer_becomes_a_message(
    app: Flask, services: Services, admin: Visitor, bridge: OutgoingIntegration
) -> None:
    with app.app_context():
        room = services.host.find_rooms("general")[0].id
    fields = {
        "try_status": "200",
        "try_answerHeaders": "content-type: application/json",
        "try_answer": '{"text": "An *answer*"}',
    }

    page = admin.submit(f"/{bridge.id}/try", event({"channel_id": room}, **fields)).text

    assert "<strong>answer</strong>" in result(page)
    assert "would be posted" in result(page)


def test_a_recorded_event_is_compared_after_it_was_run(
    app: Flask, services: Services, admin: Visitor, bridge: OutgoingIntegration, cat: str
) -> None:
    with app.app_context():
        room = services.host.find_rooms("general")[0].id
    data = {"channel_id": room, "token": SECRET, "text": "told"}
    delivery = make_delivery(integration_id=bridge.id, data=data)
    author = {"_id": cat, "username": "rocket.cat"}
    attempt = make_attempt(
        delivery,
        steps=(Step.BEFORE_CALL,),
        sent={"method": "PUT", "url": "https://receiver.test/old", "data": {**data, "more": 1}},
        messages={"prepare": {"text": "wait"}, "answer": {"text": "*Old*", "u": author}},
        results=tuple(
            {"phase": phase, "channel": "#general", "room_id": room, "message_id": phase}
            for phase in ("prepare", "answer")
        ),
        console=({"level": "log", "text": "said then"},),
    )
    services.deliveries.open([delivery], attempts=[attempt])
    fields = {
        "try_filled": attempt.id,
        "try_status": "200",
        "try_answerHeaders": "content-type: application/json",
        "try_answer": '{"text": "*New*", "parseUrls": false}',
    }

    page = admin.submit(f"/{bridge.id}/try", event(data, **fields)).text

    differing = compared(page)
    assert differing.pop("What was sent")[0].splitlines()[2] == '  "more": 1,'
    assert differing == {
        "The call": ["PUT https://receiver.test/old", "POST https://receiver.test/hook"],
        "Rooms before the call": ["#general: posted", "\N{EN DASH}"],
        "Text before the call": ["wait", "\N{EN DASH}"],
        "Text after the answer": ["*Old*", "*New*"],
        "Console": ["log: said then", "\N{EN DASH}"],
    }
    then, now = page.split('aria-label="As it would be now after the answer"')
    assert "<strong>Old</strong>" in then.split('aria-label="As it was then after the answer"')[1]
    assert "<strong>New</strong>" in now
    assert SECRET not in result(page)


def test_an_event_that_leads_to_the_same_does_not_differ(
    app: Flask, services: Services, admin: Visitor, bridge: OutgoingIntegration, cat: str
) -> None:
    with app.app_context():
        room = services.host.find_rooms("general")[0].id
    data = {"text": "told", "token": SECRET, "channel_id": room}
    delivery = make_delivery(integration_id=bridge.id, data=data)
    author = {"_id": cat, "username": "rocket.cat", "name": "rocket.cat"}
    message = {"text": "same", "u": author, "parseUrls": True}
    results = ({"phase": "answer", "channel": "#general", "room_id": room, "message_id": "m"},)
    attempt = make_attempt(
        delivery, steps=(Step.BEFORE_CALL,), messages={"answer": message}, results=results
    )
    services.deliveries.open([delivery], attempts=[attempt])
    fields = {
        "try_filled": attempt.id,
        "try_status": "200",
        "try_answerHeaders": "content-type: application/json",
        "try_answer": '{"text": "same"}',
    }

    page = admin.submit(f"/{bridge.id}/try", event({**data, "token": "***"}, **fields)).text

    assert "Then and now" in page
    assert compared(page) == {}


def test_a_room_that_refused_the_message_of_an_event_is_told_beside_what_it_would_do_now(
    app: Flask, services: Services, admin: Visitor, bridge: OutgoingIntegration
) -> None:
    with app.app_context():
        room = services.host.find_rooms("general")[0].id
    delivery = make_delivery(integration_id=bridge.id, data={"channel_id": room})
    refused = {"phase": "answer", "channel": "#general", "error": "e", "reason": "Not a member"}
    attempt = make_attempt(delivery, results=(refused,))
    services.deliveries.open([delivery], attempts=[attempt])
    answer = {
        "try_status": "200",
        "try_answerHeaders": "content-type: application/json",
        "try_answer": '{"text": "now"}',
    }

    fields = event({"channel_id": room}, try_filled=attempt.id, **answer)
    page = admin.submit(f"/{bridge.id}/try", fields).text

    then, now = compared(page)["Rooms after the answer"]
    assert then.strip() == "#general: Not a member"
    assert now.strip() == "#general: posted"
    assert "No message is kept of then." in page


def test_an_attempt_from_before_messages_were_kept_has_none_to_compare(
    services: Services, admin: Visitor, bridge: OutgoingIntegration
) -> None:
    delivery = make_delivery(integration_id=bridge.id)
    results = ({"phase": "answer", "channel": "#a", "room_id": "r", "message_id": "m"},)
    attempt = make_attempt(delivery, results=results)
    services.deliveries.open([delivery], attempts=[attempt])

    page = admin.submit(f"/{bridge.id}/try", event({}, try_filled=attempt.id)).text

    assert "No message is kept of then." in page
    assert "Text after the answer" not in page
    assert "message after the answer" not in page[page.index("Then and now") :]


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"try_data": "{"}, "This is not JSON"),
        ({"try_data": "[1]"}, "must be a JSON object"),
        ({"try_data": '{"a": NaN}'}, "This is not JSON"),
        ({"try_data": "[" * 100_000}, "This is not JSON"),
        ({"try_status": "99"}, "from 100 to 599"),
        ({"try_answerHeaders": "none"}, "Line 1 is not of the form"),
    ],
    ids=["broken", "list", "nan", "deep", "status", "headers"],
)
def test_what_cannot_be_read_is_told_at_its_field(
    admin: Visitor, bridge: OutgoingIntegration, fields: dict[str, str], said: str
) -> None:
    answer = admin.submit(f"/{bridge.id}/try", {**event({}), **fields})

    assert answer.status_code == 400
    assert said in answer.text


def test_a_test_of_an_outgoing_one_opens_deliveries(
    app: Flask, services: Services, admin: Visitor, bridge: OutgoingIntegration
) -> None:
    wake_up = RecordingWakeUp()
    app.extensions[EXTENSION] = dataclasses.replace(services, wake_up=wake_up)
    asked = admin.submit(f"/{bridge.id}/try", event({"text": "hi"}, do="send")).text
    assert "https://receiver.test/hook" in asked
    assert services.deliveries.next_due() is None

    sent = admin.submit(f"/{bridge.id}/try", event({"text": "hi"}, do="really")).text

    waiting, _ = services.deliveries.waiting(
        AttemptFilter(integration_id=bridge.id), offset=0, count=9
    )
    assert [one.data for one in waiting] == [{"text": "hi", "token": SECRET}]
    assert f"#call-{waiting[0].id}" in sent
    assert wake_up.rings == 1


def test_nothing_that_anybody_wrote_becomes_a_part_of_the_page(
    services: Services, admin: Visitor, hook: IncomingIntegration, scripted: ScriptedRunner
) -> None:
    fields = ("title", "text", "author_name", "footer", "pretext")
    attachment: dict[str, Any] = dict.fromkeys(fields, HOSTILE)
    attachment |= {
        "color": HOSTILE,
        "fields": [{"title": HOSTILE, "value": HOSTILE, "short": True}],
        "actions": [{"text": HOSTILE}],
    }
    content = {"text": HOSTILE, "alias": HOSTILE, "emoji": HOSTILE, "attachments": [attachment]}
    fault = ScriptFault(kind=FaultKind.EXCEPTION, name=HOSTILE, message=HOSTILE, line=1)
    runs = iter(
        [
            ScriptRun(
                value={"content": content},
                value_type="object",
                console=(ConsoleLine("log", HOSTILE),),
            ),
            ScriptRun(fault=fault),
            ScriptRun(value={"error": {"x": HOSTILE}}, value_type="object"),
        ]
    )
    scripted.answer = lambda _argument: next(runs)
    recorded = make_call(
        integration_id=hook.id,
        error=HOSTILE,
        console=({"level": "log", "text": HOSTILE},),
        results=({"channel": HOSTILE, "error": HOSTILE, "reason": HOSTILE},),
        message={**content, "u": {"_id": HOSTILE}, "customFields": {HOSTILE: [HOSTILE]}},
    )
    services.calls.add(recorded)

    for _ in range(3):
        sent = call(
            HOSTILE, try_filled=recorded.id, try_headers=f"a: {HOSTILE}", **running(HOSTILE)
        )
        page = admin.submit(f"/{hook.id}/try", {**sent, "try_query": HOSTILE}).text
        assert "What would happen" in page
        assert "<script>alert" not in page
        assert "<img" not in page
        assert ">49<" not in page


def test_nothing_of_a_recorded_event_becomes_a_part_of_the_page(
    services: Services, admin: Visitor, bridge: OutgoingIntegration
) -> None:
    delivery = make_delivery(integration_id=bridge.id)
    message = {"text": HOSTILE, "alias": HOSTILE, "customFields": {HOSTILE: HOSTILE}}
    attempt = make_attempt(
        delivery,
        steps=(Step.BEFORE_CALL,),
        sent={"method": HOSTILE, "url": HOSTILE, "data": HOSTILE},
        console=({"level": HOSTILE, "text": HOSTILE},),
        messages={"prepare": message, "answer": message},
    )
    services.deliveries.open([delivery], attempts=[attempt])

    page = admin.submit(f"/{bridge.id}/try", event({}, try_filled=attempt.id)).text

    assert page[page.index("Then and now") :].count("onerror=alert(1)&gt;") > 9
    assert "<script>alert" not in page
    assert "<img" not in page
    assert ">49<" not in page


@pytest.mark.parametrize("path", ["/try", "/edit/script"])
def test_what_is_another_s_is_not_found(
    services: Services, server: Server, cat: str, path: str
) -> None:
    others = make_incoming(user_id=cat)
    services.integrations.add(others)

    for caller in (server.caller("bob", OWN), server.caller("carla", OUTGOING_ALL)):
        person = visitor(caller)
        hidden = person.submit(f"/{others.id}{path}", call("{}"))
        missing = person.submit(f"/missing{path}", call("{}"))
        assert (hidden.status_code, missing.status_code) == (404, 404)
        assert hidden.text.replace(others.id, "") == missing.text.replace("missing", "")


@pytest.mark.parametrize("path", ["/try", "/edit/script"])
def test_a_form_of_another_site_does_nothing(
    services: Services, admin: Visitor, hook: IncomingIntegration, path: str
) -> None:
    for headers in ({"Sec_Fetch_Site": "cross-site"}, {"token": "forged"}):
        answer = admin.submit(f"/{hook.id}{path}", call('{"text": "x"}', do="really"), **headers)
        assert answer.status_code == 403
    assert rows(services, hook) == 0


def test_frozen_scripts_can_be_run_and_not_be_replaced(
    app: Flask, services: Services, admin: Visitor, hook: IncomingIntegration
) -> None:
    settings = dataclasses.replace(services.settings, scripts=ScriptsAllowed.FROZEN)
    app.extensions[EXTENSION] = dataclasses.replace(services, settings=settings)

    answer = admin.submit(f"/{hook.id}/try", call("{}", **running()))

    assert answer.status_code == 400
    assert "Scripts cannot be changed on this server" in answer.text


@pytest.mark.parametrize(
    "data", ['{"text": "\\ud800"}', '{"\\ud800": 1}', '{"trigger_word": "\\ud800"}']
)
def test_half_a_character_is_shown_as_it_is_escaped(
    admin: Visitor, bridge: OutgoingIntegration, data: str
) -> None:
    answer = admin.submit(f"/{bridge.id}/try", {"do": "run", "try_data": data})

    assert answer.status_code == 200
    assert "\\ud800" in result(answer.text)
