"""`explain`, `test` and `tail`."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from rc_integrations_plugin.commands.acting import Actor
from rc_integrations_plugin.commands.watching import follow, tail_line
from rc_integrations_plugin.integrations.deliveries import DeliveryOutcome
from rc_integrations_plugin.integrations.permissions import Operator
from rc_integrations_plugin.storage.calls import CallFilter
from tests.callers import OWN, Server
from tests.factories import make_attempt, make_call, make_delivery, make_incoming, make_outgoing
from tests.unit.commands.conftest import Console


def test_explain_of_an_attempt(console: Console, server: Server) -> None:
    one = make_outgoing(token="sesame-open")
    server.services.integrations.add(one)
    delivery = make_delivery(
        integration_id=one.id,
        trigger_word="pr",
        data={"token": "sesame-open", "channel_name": "general", "user_name": "alice"},
        outcome=DeliveryOutcome.DELIVERED,
        finished_at=datetime.now(UTC),
    )
    refused = {
        "phase": "answer",
        "channel": "#ops",
        "error": "error-not-allowed",
        "reason": "`rocket.cat` is not a member of `#ops`",
    }
    attempt = make_attempt(
        delivery,
        results=(refused,),
        steps=(*make_attempt().steps, "after-http-call-send-message-failed"),
    )
    server.services.deliveries.open([delivery], attempts=[attempt])

    assert console.ok("explain", one.id, attempt.id).splitlines() == [
        "Told of sendMessage in #general by alice.",
        "Matched by trigger word `pr`.",
        "Called POST https://receiver.test/hook",
        "It answered 200, with 2 bytes, in 2 ms.",
        "The answer held a message that could not be posted.",
        "Refused for #ops: `rocket.cat` is not a member of `#ops`",
        "The receiver has it.",
    ]


def test_explain_of_a_call(console: Console, server: Server) -> None:
    one = make_incoming()
    server.services.integrations.add(one)
    call = make_call(integration_id=one.id)
    server.services.calls.add(call)

    assert console.json("explain", one.id, call.id) == [
        "Called by POST from 127.0.0.1, with 16 bytes.",
        "Posted as rocket.cat into #general.",
        "All was posted.",
        "The caller got 200.",
    ]
    assert "No such line" in console.fails(3, "explain", one.id, "nothing")


def test_test_calls_the_hook_for_real(console: Console, server: Server) -> None:
    one = server.caller("admin").create()

    printed = console.ok("test", one["_id"])

    assert "Posted as rocket.cat into #general." in printed
    assert len(console.json("history", one["_id"])) == 1


def test_test_of_a_hook_tells_its_line_of_the_history(console: Console, server: Server) -> None:
    one = server.caller("admin").create()

    told = console.json("test", one["_id"])

    (line,) = console.json("history", one["_id"])
    assert (told["status"], told["historyId"]) == (200, line["_id"])


def test_test_of_a_hook_that_refuses_ends_with_1(
    console: Console, server: Server, tmp_path: Path
) -> None:
    one = server.caller("admin").create()
    (tmp_path / "body").write_text("{broken")

    result = console.run("test", one["_id"], "--body", f"{tmp_path}/body")

    assert result.exit_code == 1
    assert "The call was refused" in result.stdout
    assert result.stderr == "Error: The hook answered 400\n"


def test_test_of_an_outgoing_one_opens_a_delivery_for_each_url(
    console: Console, server: Server
) -> None:
    one = server.caller("admin").create_outgoing(
        urls=["https://a.test/", "https://b.test/"], channel="#alerts", triggerWords="pr"
    )

    opened = console.json("test", one["_id"])
    assert f"`history {one['_id']}` shows" in console.ok("test", one["_id"])

    deliveries = [server.services.deliveries.find(each["deliveryId"]) for each in opened]
    assert [delivery.url for delivery in deliveries if delivery] == one["urls"]
    assert deliveries[0] is not None
    assert deliveries[0].data["channel_name"] == "alerts"
    assert deliveries[0].data["text"] == "pr Example message"
    console.ok("disable", one["_id"])
    assert "switched off" in console.fails(1, "test", one["_id"])


def test_a_dry_run_shows_the_message_and_posts_nothing(console: Console, server: Server) -> None:
    one = server.caller("admin").create()

    told = console.json("test", one["_id"], "--dry-run")

    assert told["message"]["text"] == "Example message"
    assert told["message"]["author"] == "rocket.cat"
    assert told["answer"]["body"]["success"] is True
    wanted = CallFilter(integration_id=one["_id"])
    assert server.services.calls.page(wanted, offset=0, count=1)[1] == 0


def test_a_recorded_call_is_tried_again(console: Console, server: Server) -> None:
    one = server.caller("admin").create()
    recorded = make_call(integration_id=one["_id"], body='{"text": "Again"}')
    server.services.calls.add(recorded)

    told = console.json("test", one["_id"], "--dry-run", "--from-history", recorded.id)

    assert told["message"]["text"] == "Again"
    assert "No such line" in console.fails(3, "test", one["_id"], "--from-history", "none")


def test_an_event_is_tried_with_its_request(
    console: Console, server: Server, tmp_path: Path
) -> None:
    one = server.caller("admin").create_outgoing(token="sesame-open")
    event = tmp_path / "event.json"
    data = {"text": "told", "channel_id": server.room_id("general")}
    event.write_text(json.dumps(data))

    told = console.json("test", one["_id"], "--dry-run", "--body", str(event))

    assert json.loads(told["request"]["body"]) == {**data, "token": "***"}
    event.write_text('{"text": "told"}')
    for options in (["--dry-run"], []):
        refused = console.fails(1, "test", one["_id"], *options, "--body", str(event))
        assert "channel_id of the event" in refused
    event.write_text("[]")
    assert "must be a JSON object" in console.fails(
        2, "test", one["_id"], "--dry-run", "--body", str(event)
    )


def pauses(*steps: Callable[[], object]) -> Callable[[], bool]:
    """Return what waits until each step is done, and then ends."""
    left = list(steps)

    def pause() -> bool:
        if not left:
            return False
        left.pop(0)()
        return True

    return pause


def test_tail_shows_what_is_new_and_each_once(server: Server) -> None:
    services = server.services
    incoming, outgoing, other = make_incoming(name="CI"), make_outgoing(name=""), make_incoming()
    for one in (incoming, outgoing, other):
        services.integrations.add(one)
    now = datetime.now(UTC)
    old = make_call(integration_id=incoming.id, called_at=now)
    services.calls.add(old)
    new = make_call(integration_id=incoming.id, called_at=now)
    elsewhere = make_call(integration_id=other.id, called_at=now)
    ended = {"outcome": DeliveryOutcome.DELIVERED, "finished_at": now}
    delivery = make_delivery(integration_id=outgoing.id, **ended)
    attempt = make_attempt(delivery, started_at=now)

    with server.app.app_context():
        actor = Actor(services, Operator())
        steps = pauses(
            lambda: services.calls.add(new),
            lambda: services.calls.add(elsewhere),
            lambda: services.deliveries.open([delivery], attempts=[attempt]),
            lambda: None,
        )
        found = list(follow(actor, [incoming.id, outgoing.id], pause=steps))
        all_found = list(follow(actor, [], pause=pauses(lambda: None)))

    assert [one["_id"] for one in found] == [new.id, attempt.id]
    assert [one["integrationName"] for one in found] == ["CI", ""]
    assert [tail_line(one).split("  ")[:3] for one in found] == [
        [incoming.id, "CI", new.id],
        [outgoing.id, "(no name)", attempt.id],
    ]
    assert all_found == []


def test_tail_shows_only_what_one_may_see(server: Server) -> None:
    services = server.services
    one = make_incoming()
    services.integrations.add(one)
    carol = server.caller("carol", OWN)
    call = make_call(integration_id=one.id, called_at=datetime.now(UTC))

    with server.app.app_context():
        user = services.host.find_user(carol.id)
        assert user is not None
        shown = list(
            follow(Actor(services, user), [], pause=pauses(lambda: services.calls.add(call)))
        )

    assert shown == []


def test_tail_of_nothing_is_told(console: Console) -> None:
    assert "No integration" in console.fails(3, "tail", "nothing")


def test_tail_of_waiting_deliveries_is_silent(server: Server) -> None:
    one = make_outgoing()
    server.services.integrations.add(one)

    with server.app.app_context():
        actor = Actor(server.services, Operator())
        waiting = make_delivery(integration_id=one.id, created_at=datetime.now(UTC))
        opened = pauses(lambda: server.services.deliveries.open([waiting]))
        assert json.dumps(list(follow(actor, [], pause=opened))) == "[]"
