"""The history of an integration as a page."""

import re
from datetime import UTC, datetime, timedelta
from html import unescape

import pytest
from flask import Flask

from rc_integrations_plugin.integrations.deliveries import DeliveryOutcome
from rc_integrations_plugin.integrations.history import CallOutcome
from rc_integrations_plugin.integrations.records import Editor
from rc_integrations_plugin.outgoing.steps import Step
from rc_integrations_plugin.services import Services
from rc_integrations_plugin.storage.attempts import AttemptFilter
from tests.callers import Server
from tests.factories import (
    NOON,
    make_attempt,
    make_call,
    make_delivery,
    make_incoming,
    make_outgoing,
)
from tests.unit.admin.conftest import Visitor, visitor

HOSTILE = "\"'><script>alert(1)</script><img src=x onerror=alert(1)>{{ 7*7 }}"


def shown(page: str) -> list[str]:
    return re.findall(r'<details class="rc-call" id="call-([^"]+)"', page)


def test_each_call_of_a_hook_opens_what_was_sent_and_what_came_of_it(
    services: Services, admin: Visitor
) -> None:
    hook = make_incoming()
    services.integrations.add(hook)
    call = make_call(
        integration_id=hook.id,
        body='{"text": "Hello"}',
        headers={"user-agent": "curl/8"},
        console=({"level": "log", "text": "a line of the console"},),
        results=(
            {"channel": "#general", "room_id": "r", "message_id": "m1"},
            {"channel": "#ops", "error": "error-not-allowed", "reason": "Not a member"},
        ),
    )
    services.calls.add(call)

    page = unescape(admin.text(f"/{hook.id}/history"))

    assert shown(page) == [call.id]
    for text in (
        '"text": "Hello"',
        "user-agent: curl/8",
        "a line of the console",
        "Not a member",
        "error-not-allowed",
        "m1",
        "Called by POST",
        "1 call",
    ):
        assert text in page


def test_the_message_of_a_call_is_shown_as_it_looked(services: Services, admin: Visitor) -> None:
    hook = make_incoming()
    services.integrations.add(hook)
    message = {
        "text": "*Hello*",
        "u": {"_id": "u1", "username": "rocket.cat", "name": "Rocket"},
        "attachments": [{"title": "T", "fields": [{"title": "F", "value": "_v_", "short": True}]}],
        "tmid": "thread1",
        "leftOut": {"text": True, "attachments": 2, "customFields": True},
    }
    services.calls.add(make_call(integration_id=hook.id, message=message))

    page = unescape(admin.text(f"/{hook.id}/history"))

    for text in (
        "<strong>Hello</strong>",
        "<bdi>Rocket</bdi>",
        "@rocket.cat",
        "<em>v</em>",
        "thread1",
        "Only the beginning of its text is kept.",
        "2 of its attachments are not kept.",
        "Its custom fields are not kept.",
    ):
        assert text in page
    assert "Its message is not kept" not in page


def test_a_call_that_sent_nothing_shows_what_it_was_about(
    services: Services, admin: Visitor
) -> None:
    bridge = make_outgoing()
    services.integrations.add(bridge)
    delivery = make_delivery(integration_id=bridge.id, data={"text": "Hi"})
    sent = {"method": "GET", "url": "https://receiver.test/17"}
    attempt = make_attempt(delivery, steps=(Step.BEFORE_CALL,), sent=sent)
    services.deliveries.open([delivery], attempts=[attempt])

    page = unescape(admin.text(f"/{bridge.id}/history"))

    assert '"text": "Hi"' in page.split("<h2>The event</h2>")[1]
    assert "What was sent" not in page


def test_the_messages_of_an_attempt_are_shown_as_they_looked(
    services: Services, admin: Visitor
) -> None:
    bridge = make_outgoing()
    services.integrations.add(bridge)
    delivery = make_delivery(integration_id=bridge.id)
    messages = {"prepare": {"text": "*first*"}, "answer": {"text": "_then_"}}
    services.deliveries.open([delivery], attempts=[make_attempt(delivery, messages=messages)])

    page = admin.text(f"/{bridge.id}/history")

    before, after = page.split("<h2>Message after the answer</h2>")
    assert "<strong>first</strong>" in before.split("<h2>Message before the call</h2>")[1]
    assert "<em>then</em>" in after


def test_what_is_from_before_messages_were_kept_says_so(services: Services, admin: Visitor) -> None:
    hook, bridge, silent = make_incoming(), make_outgoing(), make_outgoing()
    for one in (hook, bridge, silent):
        services.integrations.add(one)
    services.calls.add(make_call(integration_id=hook.id))
    posted = ({"phase": "answer", "channel": "#a", "room_id": "r", "message_id": "m"},)
    for one, results in ((bridge, posted), (silent, ())):
        delivery = make_delivery(integration_id=one.id)
        services.deliveries.open([delivery], attempts=[make_attempt(delivery, results=results)])

    told = [
        "Its message is not kept" in admin.text(f"/{one.id}/history")
        for one in (hook, bridge, silent)
    ]

    assert told == [True, True, False]


def test_a_call_that_made_no_message_says_nothing_of_it(services: Services, admin: Visitor) -> None:
    hook = make_incoming()
    services.integrations.add(hook)
    services.calls.add(
        make_call(integration_id=hook.id, outcome=CallOutcome.NOTHING_TO_POST, results=())
    )

    assert "Its message is not kept" not in admin.text(f"/{hook.id}/history")


def test_no_secret_of_a_message_is_in_the_page(
    app: Flask, services: Services, server: Server, admin: Visitor
) -> None:
    with app.app_context():
        [cat] = services.host.find_users("rocket.cat")
    hook = make_incoming(user_id=cat.id)
    services.integrations.add(hook)
    text = f"see /hooks/{hook.id}/{hook.token} password=hunter2"
    body = {"text": text, "attachments": [{"text": text, "title_link": f"https://a.test/{text}"}]}
    app.test_client().post(f"/hooks/{hook.id}/{hook.token}", json=body)

    page = admin.text(f"/{hook.id}/history")

    assert "password=***" in page
    assert hook.token not in page
    assert "hunter2" not in page


def test_of_very_much_text_the_first_is_shown_as_it_looked_and_all_is_there(
    services: Services, admin: Visitor
) -> None:
    hook = make_incoming()
    services.integrations.add(hook)
    for number in range(25):
        message = {"text": f"*{number}* " + "x" * 30_000}
        called_at = NOON - timedelta(minutes=number)
        services.calls.add(make_call(integration_id=hook.id, called_at=called_at, message=message))

    page = admin.text(f"/{hook.id}/history")

    assert re.findall(r"<strong>(\d+)</strong> x", page) == ["0", "1", "2"]
    assert len(re.findall(r'<p class="rc-plain">\*\d+\* x{30000}</p>', page)) == 22


def test_each_attempt_opens_its_steps_and_the_answer(services: Services, admin: Visitor) -> None:
    bridge = make_outgoing(token="s3cret-token")
    services.integrations.add(bridge)
    delivery = make_delivery(integration_id=bridge.id, data={"token": "s3cret-token", "text": "Hi"})
    attempt = make_attempt(
        delivery,
        status=500,
        response_headers={"server": "nginx"},
        response_body='{"why": "broken"}',
        outcome=DeliveryOutcome.FAILED,
        steps=(Step.START, Step.BEFORE_CALL, Step.SERVER_ERROR),
    )
    services.deliveries.open([delivery], attempts=[attempt])

    page = unescape(admin.text(f"/{bridge.id}/history"))

    for text in ('"text": "Hi"', "server: nginx", '"why": "broken"', Step.SERVER_ERROR, "500"):
        assert text in page
    assert f"POST {attempt.url}\nwebhook-id: {delivery.webhook_id}" in page
    assert "500 says that the receiver failed." in page
    assert "s3cret" not in page


def test_the_history_is_filtered_and_comes_in_pages(services: Services, admin: Visitor) -> None:
    hook = make_incoming()
    services.integrations.add(hook)
    calls = [
        make_call(
            integration_id=hook.id,
            called_at=NOON + timedelta(minutes=number),
            outcome=CallOutcome.POSTED if number % 10 else CallOutcome.REFUSED,
        )
        for number in range(60)
    ]
    for call in calls:
        services.calls.add(call)
    newest_first = [call.id for call in reversed(calls)]
    path = f"/{hook.id}/history"

    assert shown(admin.text(path)) == newest_first[:25]
    assert shown(admin.text(path, page="3")) == newest_first[50:]
    assert shown(admin.text(path, page="99")) == newest_first[50:]
    assert shown(admin.text(path, outcome="refused")) == newest_first[9::10]
    assert len(shown(admin.text(path, outcome="nonsense", page="x"))) == 25
    assert "No call ended like that" in admin.text(path, outcome="failed")


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"from": "2026-03-01T12:01"}, [2, 1]),
        ({"to": "2026-03-01T12:01Z"}, [0]),
        ({"from": "2026-03-01T13:01+01:00", "to": "2026-03-01T12:02"}, [1]),
        ({"from": "2026-03-01T12:01", "last": "hour"}, [2, 1]),
        ({"from": "2026-03-01T12:01", "outcome": "refused"}, []),
        ({"last": "week"}, []),
        ({"last": "century"}, [2, 1, 0]),
        ({"from": "yesterday", "to": "0001-01-01T00:00+14:00"}, [2, 1, 0]),
        ({"from": "0001-01-01T00:00", "to": "9999-12-31T23:59"}, [2, 1, 0]),
    ],
    ids=str,
)
def test_the_history_is_filtered_by_time(
    services: Services, admin: Visitor, query: dict[str, str], found: list[int]
) -> None:
    hook = make_incoming()
    services.integrations.add(hook)
    calls = [
        make_call(integration_id=hook.id, called_at=NOON + timedelta(minutes=number))
        for number in range(3)
    ]
    for call in calls:
        services.calls.add(call)

    assert shown(admin.text(f"/{hook.id}/history", **query)) == [calls[n].id for n in found]


def test_the_time_goes_along_from_page_to_page(services: Services, admin: Visitor) -> None:
    hook = make_incoming()
    services.integrations.add(hook)
    for number in range(60):
        services.calls.add(make_call(integration_id=hook.id, called_at=NOON, id=f"c{number:02}"))
    query = {"from": "2026-03-01T12:00+01:00", "to": "2026-03-02T00:00", "outcome": "posted"}

    page = unescape(admin.text(f"/{hook.id}/history", **query))

    span = "outcome=posted&from=2026-03-01T11:00:00Z&to=2026-03-02T00:00:00Z"
    assert f"/history?{span}&page=2" in page
    assert f"/history?{span}&page=3" in page
    assert f"/history/newest?{span}" in page
    assert 'value="2026-03-01T11:00"' in page


def test_the_last_hour_moves_on_by_itself(services: Services, admin: Visitor) -> None:
    hook = make_incoming()
    services.integrations.add(hook)
    now = datetime.now(UTC)
    for minutes in (30, 59, 61):
        at = now - timedelta(minutes=minutes)
        services.calls.add(make_call(integration_id=hook.id, called_at=at))

    page = admin.text(f"/{hook.id}/history", last="hour")

    assert len(shown(page)) == 2
    assert re.search(r'last=hour" aria-current="true">Last hour', page)
    assert '<input type="hidden" name="last" value="hour">' in page
    # what leaves it is nothing new
    assert re.search(r'data-newest=" \S+ posted"', page)


def test_what_is_newest_changes_with_each_call(services: Services, admin: Visitor) -> None:
    hook = make_incoming()
    services.integrations.add(hook)

    def newest() -> str:
        answer = admin.get(f"/{hook.id}/history/newest").json
        assert answer is not None
        return str(answer["newest"])

    before = newest()
    assert f'data-newest="{before}"' in admin.text(f"/{hook.id}/history")
    services.calls.add(make_call(integration_id=hook.id))
    after = newest()

    assert before != after == newest()
    assert f'data-newest="{after}"' in admin.text(f"/{hook.id}/history")


def test_a_call_is_made_again(services: Services, admin: Visitor) -> None:
    bridge = make_outgoing()
    services.integrations.add(bridge)
    delivery = make_delivery(integration_id=bridge.id)
    attempt = make_attempt(delivery, steps=(Step.START, Step.BEFORE_CALL))
    services.deliveries.open([delivery], attempts=[attempt])

    answer = admin.submit(f"/{bridge.id}/replay", {"call": attempt.id})

    assert answer.status_code == 303
    assert answer.headers["Location"].endswith("/history?done=replayed")
    waiting, _ = services.deliveries.waiting(
        AttemptFilter(integration_id=bridge.id), offset=0, count=9
    )
    assert attempt.id in [one.replay.attempt_id for one in waiting if one.replay]


@pytest.mark.parametrize("call", ["", "nothing", "\0"])
def test_what_is_not_there_is_not_made_again(services: Services, admin: Visitor, call: str) -> None:
    bridge, hook = make_outgoing(), make_incoming()
    services.integrations.add(bridge)
    services.integrations.add(hook)

    for one in (bridge, hook):
        answer = admin.submit(f"/{one.id}/replay", {"call": call})
        assert answer.status_code == 400
        assert "It was not made again" in answer.text


def test_no_line_of_the_history_becomes_html(services: Services, admin: Visitor) -> None:
    hook, bridge = make_incoming(name=HOSTILE), make_outgoing(name=HOSTILE)
    services.integrations.add(hook)
    services.integrations.add(bridge)
    lines = ({"level": HOSTILE, "text": HOSTILE},)
    results = ({"channel": HOSTILE, "error": HOSTILE, "reason": HOSTILE, "phase": HOSTILE},)
    services.calls.add(
        make_call(
            integration_id=hook.id,
            method=HOSTILE,
            query=HOSTILE,
            headers={HOSTILE: HOSTILE},
            body=HOSTILE,
            remote_address=HOSTILE,
            console=lines,
            results=results,
            error=HOSTILE,
            message={
                "text": HOSTILE,
                "u": {"_id": HOSTILE, "username": HOSTILE, "name": HOSTILE},
                "alias": HOSTILE,
                "avatar": HOSTILE,
                "emoji": HOSTILE,
                "attachments": [{"color": HOSTILE, "title": HOSTILE, "title_link": HOSTILE}],
                "tmid": HOSTILE,
                "topic": HOSTILE,
                "customFields": {HOSTILE: HOSTILE},
            },
        )
    )
    delivery = make_delivery(integration_id=bridge.id, data={HOSTILE: HOSTILE})
    attempt = make_attempt(
        delivery,
        url=HOSTILE,
        error=HOSTILE,
        steps=(Step.BEFORE_CALL, HOSTILE),
        sent={"method": HOSTILE, "url": HOSTILE, "headers": {HOSTILE: HOSTILE}, "data": HOSTILE},
        response_headers={HOSTILE: HOSTILE},
        response_body=HOSTILE,
        console=lines,
        results=results,
        messages={"prepare": {"text": HOSTILE, "alias": HOSTILE}, "answer": {"emoji": HOSTILE}},
    )
    services.deliveries.open([delivery], attempts=[attempt])

    for one in (hook, bridge):
        page = admin.text(f"/{one.id}/history")
        assert "<script>alert" not in page
        assert "<img" not in page
        assert ">49" not in page
        assert page.count("onerror=alert(1)&gt;") > 5


@pytest.mark.parametrize("path", ["history", "history/newest", "replay"])
def test_nobody_sees_the_history_of_others(
    services: Services, server: Server, admin: Visitor, stranger: Visitor, path: str
) -> None:
    carol = visitor(server.caller("carol", "manage-own-outgoing-integrations"))
    dave = visitor(server.caller("dave", "manage-incoming-integrations"))
    bridge = make_outgoing(created_by=Editor("somebody", "else"))
    services.integrations.add(bridge)
    address = f"/{bridge.id}/{path}"

    if path == "replay":
        assert [one.submit(address, {}).status_code for one in (carol, dave)] == [404, 404]
        assert admin.submit(address, {}, token="none").status_code == 403
    else:
        assert [one.get(address).status_code for one in (carol, dave)] == [404, 404]
        assert stranger.get(address).status_code == 401
