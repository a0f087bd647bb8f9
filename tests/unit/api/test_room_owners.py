"""Owners of rooms manage what is about their rooms alone, and nothing reaches beyond."""

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import insert

from host_stub import seed
from host_stub.chat import members, rooms, users
from host_stub.database import db
from host_stub.models.rooms import PRIVATE_GROUP
from rc_integrations_plugin.integrations.deliveries import DeliveryAttempt, DeliveryOutcome
from rc_integrations_plugin.integrations.history import CallOutcome
from rc_integrations_plugin.storage.delivery_rows import attempt_row
from rc_integrations_plugin.storage.tables import attempts
from tests.callers import (
    OUTGOING_OWN,
    OWN,
    Caller,
    Server,
    change_body,
    new_body,
    outgoing_body,
)
from tests.factories import NOON, make_attempt, make_call, make_delivery

BOTH = ("webhook-incoming", "webhook-outgoing")


@pytest.fixture
def olga(server: Server) -> Caller:
    """Owns #garden and the private #shed, and holds no permission."""
    olga = server.caller("olga")
    with server.app.app_context(), server.chat.transaction():
        owner = users.load_user(server.chat, username="olga")
        bot = users.load_user(server.chat, username="rocket.cat")
        seed.ensure_room(server.chat, "garden", owner=owner, members_too=[bot])
        seed.ensure_room(server.chat, "shed", owner=owner, members_too=[bot], kind=PRIVATE_GROUP)
    return olga


def body_of(kind: str, **fields: Any) -> dict[str, Any]:
    make = new_body if kind == BOTH[0] else outgoing_body
    return make(**{"channel": "#garden", "username": "rocket.cat"} | fields)


def made(caller: Caller, kind: str, **fields: Any) -> dict[str, Any]:
    answer = caller.send("create", body_of(kind, **fields))
    assert answer.status_code == 200, answer.json
    document: dict[str, Any] = (answer.json or {})["integration"]
    return document


def refusal(answer: Any) -> str:
    assert answer.status_code == 400, answer.json
    return str(answer.json["errorType"])


def listed(caller: Caller) -> list[str]:
    answer = caller.get("list")
    if answer.status_code == 403:
        return []
    document = answer.json or {}
    assert document["total"] == len(document["integrations"])
    return sorted(one["_id"] for one in document["integrations"])


def may_manage(caller: Caller, document: dict[str, Any]) -> bool:
    """Tell it in all ways, which must agree."""
    answers = {
        document["_id"] in listed(caller),
        caller.get("get", integrationId=document["_id"]).status_code == 200,
    }
    assert len(answers) == 1
    return answers.pop()


def change_owner(server: Server, room: str, *, before: str, after: str) -> None:
    with server.app.app_context(), server.chat.transaction():
        found = rooms.load_room(server.chat, name=room)
        new = users.load_user(server.chat, username=after)
        members.invite(server.chat, new, found)
        old = users.load_user(server.chat, username=before)
        for user, held in ((new, True), (old, False)):
            members.set_room_role(server.chat, user, found, "owner", held=held)


@pytest.mark.parametrize("kind", BOTH)
def test_an_owner_makes_sees_changes_and_removes_what_is_about_his_rooms(
    olga: Caller, kind: str
) -> None:
    document = made(olga, kind, channel="#garden,#shed")
    assert may_manage(olga, document)

    changed = olga.send("update", change_body(document, name="New", channel="#shed"))
    removed = olga.send("remove", {"type": kind, "integrationId": document["_id"]})

    assert (changed.json or {})["integration"]["name"] == "New"
    assert removed.status_code == 200
    assert listed(olga) == []


@pytest.mark.parametrize("kind", BOTH)
def test_an_owner_manages_what_an_administrator_made_for_his_rooms(
    olga: Caller, admin: Caller, kind: str
) -> None:
    his, others = made(admin, kind), made(admin, kind, channel="#general")
    mixed = made(admin, kind, channel="#garden,#general")

    assert may_manage(olga, his)
    assert not may_manage(olga, others)
    assert not may_manage(olga, mixed)
    assert olga.send("update", change_body(his, name="New")).status_code == 200
    assert olga.send("update", change_body(others, name="New")).status_code == 400
    assert olga.send("remove", {"type": kind, "integrationId": mixed["_id"]}).status_code == 400


@pytest.mark.parametrize("kind", BOTH)
@pytest.mark.parametrize(
    "channel",
    ["#general", "#garden,#general", "#secret", "#nowhere", "@olga", "#garden,@alice", "garden,"],
)
def test_an_owner_saves_nothing_that_reaches_beyond_his_rooms(
    olga: Caller, kind: str, channel: str
) -> None:
    refused = olga.send("create", body_of(kind, channel=channel))
    document = made(olga, kind)
    unchanged = olga.send("update", change_body(document, channel=channel))

    codes = {"error-invalid-channel", "error-invalid-channel-start-with-chars"}
    assert {refusal(refused), refusal(unchanged)} <= codes
    kept = olga.get("get", integrationId=document["_id"]).json or {}
    assert kept["integration"]["channel"] == ["#garden"]


def test_rooms_that_are_not_there_are_told_of_as_rooms_of_others(olga: Caller) -> None:
    answers = [
        olga.send("create", body_of(kind, channel=channel)).json
        for kind in BOTH
        for channel in ("#secret", "#nowhere")
    ]
    targets = [
        olga.send("create", body_of(BOTH[1], targetRoom=target)).json
        for target in ("#secret", "#nowhere", "@alice")
    ]

    assert all(answer == answers[0] for answer in [*answers, *targets])


@pytest.mark.parametrize(
    "fields",
    [
        {"channel": ""},
        {"channel": "all_public_channels"},
        {"channel": "#garden,all_private_groups"},
        {"channel": "all_direct_messages"},
        {"targetRoom": "#general"},
        {"targetRoom": "@olga"},
        {"event": "roomCreated"},
        {"event": "userCreated", "targetRoom": "#garden"},
        {"impersonateUser": True},
        {"username": "alice"},
    ],
    ids=str,
)
def test_an_outgoing_one_of_an_owner_reaches_no_further(
    olga: Caller, admin: Caller, fields: dict[str, Any]
) -> None:
    refused = olga.send("create", body_of(BOTH[1], **fields))
    document = made(olga, BOTH[1])
    unchanged = olga.send("update", change_body(document, **fields))

    assert refusal(refused).startswith("error-")
    assert refusal(unchanged).startswith("error-")
    changed = admin.send("update", change_body(document, **fields))
    assert changed.status_code == 200, changed.json


def test_an_owner_posts_as_himself_or_as_a_bot(olga: Caller) -> None:
    made(olga, BOTH[1], username="olga", targetRoom="#shed")
    made(olga, BOTH[1], username="rocket.cat", event="fileUploaded")


def test_an_incoming_one_of_an_owner_takes_no_rooms_from_calls(olga: Caller) -> None:
    fields = {"overrideDestinationChannelEnabled": True}
    refused = olga.send("create", body_of(BOTH[0], **fields))
    document = made(olga, BOTH[0])

    assert refusal(refused) == "error-invalid-channel"
    changed = olga.send("update", change_body(document, **fields))
    assert refusal(changed) == "error-invalid-channel"
    assert refusal(olga.send("create", body_of(BOTH[0], username="olga"))) == (
        "error-user-lacks-message-impersonate-permission"
    )


def test_a_script_that_would_speak_as_somebody_else_is_not_changed_by_an_owner(
    olga: Caller, admin: Caller
) -> None:
    as_alice = made(admin, BOTH[1], username="alice")
    as_person = made(admin, BOTH[1], impersonateUser=True)

    for document in (as_alice, as_person):
        assert may_manage(olga, document)
        changed = olga.send("update", change_body(document, script="class Script {}"))
        assert refusal(changed).startswith("error-")
        off = olga.send("update", change_body(document, enabled=False))
        assert off.status_code == 200, off.json
        # neither later, by whoever switches it on
        changed = olga.send(
            "update", change_body(document, enabled=False, script="class Script {}")
        )
        assert refusal(changed).startswith("error-")
        assert refusal(olga.send("update", change_body(document))).startswith("error-")


def test_what_was_stored_for_one_server_is_not_sent_to_another_by_an_owner(
    olga: Caller, admin: Caller
) -> None:
    theirs = made(admin, BOTH[1], headers={"X-Key": "k"}, basicAuth="a:b")
    urls = ["https://receiver.test/other", "https://elsewhere.test/"]

    assert refusal(olga.send("update", change_body(theirs, urls=urls))) == "error-invalid-urls"
    kept = olga.send("update", change_body(theirs, urls=urls[:1]))
    half = olga.send("update", change_body(theirs, urls=urls, headers=None))
    anew = change_body(theirs, urls=urls, headers={"X-Key": "mine"}, basicAuth=None)

    assert kept.status_code == 200, kept.json
    assert refusal(half) == "error-invalid-urls"
    assert olga.send("update", anew).status_code == 200


@pytest.mark.parametrize("kind", BOTH)
def test_ids_count_and_not_names(server: Server, olga: Caller, kind: str) -> None:
    document = made(olga, kind)
    server.rename_room("garden", "park")
    server.rename_room("general", "garden")

    assert may_manage(olga, document)
    assert not may_manage(server.caller("alice"), document)
    assert refusal(olga.send("update", change_body(document))) == "error-invalid-channel"
    assert olga.send("update", change_body(document, channel="#park")).status_code == 200


@pytest.mark.parametrize("kind", BOTH)
def test_integrations_go_with_their_room_to_the_next_owner(
    server: Server, olga: Caller, kind: str
) -> None:
    document = made(olga, kind)
    bob = server.caller("bob")
    assert not may_manage(bob, document)

    change_owner(server, "garden", before="olga", after="bob")

    assert may_manage(bob, document)
    assert not may_manage(olga, document)
    assert olga.send("update", change_body(document)).status_code == 400
    assert olga.send("remove", {"type": kind, "integrationId": document["_id"]}).status_code == 400


def test_who_owns_no_room_any_more_may_nothing(server: Server, olga: Caller) -> None:
    made(olga, BOTH[0])
    for room in ("garden", "shed"):
        change_owner(server, room, before="olga", after="bob")

    assert olga.get("list").status_code == 403
    assert refusal(olga.send("create", body_of(BOTH[0]))) == "not_authorized"


def test_a_permission_for_own_ones_and_rooms_add_up(
    server: Server, olga: Caller, admin: Caller
) -> None:
    olga = server.caller("olga", OWN, OUTGOING_OWN)
    server.invite("olga", "general")
    room = [made(admin, kind) for kind in BOTH]
    own = [made(olga, kind, channel="#general") for kind in BOTH]
    others = [made(admin, kind, channel="#general") for kind in BOTH]

    assert listed(olga) == sorted(one["_id"] for one in room + own)
    assert not any(may_manage(olga, one) for one in others)
    # what is hers by its room stays in her rooms
    for one in room:
        answer = olga.send("update", change_body(one, channel="#general"))
        assert refusal(answer) == "error-invalid-channel"


def test_a_host_that_does_not_say_who_owns_rooms_asks_for_permissions_only(
    server: Server, olga: Caller, admin: Caller
) -> None:
    document = made(olga, BOTH[0])

    with server.plain_host():
        assert olga.get("list").status_code == 403
        assert olga.get("get", integrationId=document["_id"]).status_code == 400
        assert refusal(olga.send("create", body_of(BOTH[0]))) == "not_authorized"
        assert may_manage(admin, document)


def test_whoever_has_a_hook_of_an_owner_cannot_subscribe_to_his_rooms(
    server: Server, admin: Caller
) -> None:
    with server.app.app_context(), server.chat.transaction():
        bot = users.load_user(server.chat, username="rocket.cat")
        seed.ensure_room(server.chat, "bots", owner=bot)
    hook = made(admin, BOTH[0], channel="#general")

    answer = server.app.test_client().post(
        f"/hooks/add/{hook['_id']}/{hook['token']}",
        json={"name": "spy", "target_url": "https://spy.test/", "channel": "#bots"},
    )

    assert answer.status_code == 400
    assert listed(admin) == [hook["_id"]]


def history(caller: Caller, document: dict[str, Any]) -> list[str]:
    answer = caller.get("history", id=document["_id"]).json or {}
    assert answer["total"] == len(answer["history"])
    return [one["_id"] for one in answer["history"]]


def test_an_owner_sees_no_calls_of_a_time_when_it_was_about_other_rooms(
    server: Server, olga: Caller, admin: Caller
) -> None:
    document = made(admin, BOTH[0], channel="#garden,#general")
    calls = server.services.calls
    with server.app.app_context():
        calls.add(make_call(id="before", integration_id=document["_id"], called_at=NOON))
    admin.send("update", change_body(document, channel="#garden"))
    changed = server.stored(document)
    assert changed
    with server.app.app_context():
        at = changed.updated_at
        calls.add(make_call(id="after", integration_id=document["_id"], called_at=at))
    olga.send("update", change_body(document, channel="#garden,#shed"))

    assert history(olga, document) == ["after"]
    assert history(admin, document) == ["after", "before"]
    assert clear(olga, document) == 200
    assert history(admin, document) == ["before"]
    assert clear(admin, document) == 200
    assert history(admin, document) == []


def test_an_owner_sees_and_replays_no_events_of_other_rooms(
    server: Server, olga: Caller, admin: Caller
) -> None:
    document = made(admin, BOTH[1], channel="#garden,#general")
    deliveries, made_id = server.services.deliveries, document["_id"]
    old = make_delivery(integration_id=made_id, created_at=NOON)
    waiting = make_delivery(integration_id=made_id, created_at=NOON)
    admin.send("update", change_body(document, channel="#garden"))
    at = server.stored_outgoing(document).updated_at
    again = make_delivery(integration_id=made_id, created_at=at, webhook_id=old.id)
    new = make_delivery(integration_id=made_id, created_at=at)
    deliveries.open([old, waiting, again, new])
    for number, delivery in enumerate((old, again, new)):
        record_attempt(server, make_attempt(delivery, id=f"a{number}", started_at=at))

    assert sorted(history(olga, document)) == sorted(["a2", new.id])
    assert {"a0", "a1", "a2"} <= set(history(admin, document))
    for number, expected in ((0, 400), (1, 400), (2, 200)):
        body = {"integrationId": made_id, "historyId": f"a{number}"}
        assert olga.send("replayOutgoing", body).status_code == expected


def overview(caller: Caller, **query: str) -> list[dict[str, Any]]:
    answer = caller.get("overview", **query).json or {}
    wanted = ("lastCallAt", "lastOutcome", "failures")
    return [{name: one.get(name) for name in wanted} for one in answer["integrations"]]


NOTHING = {"lastCallAt": None, "lastOutcome": None, "failures": 0}


def test_what_an_owner_may_not_see_does_not_count_in_his_lists(
    server: Server, olga: Caller, admin: Caller
) -> None:
    document = made(admin, BOTH[0], channel="#garden,#general")
    calls, made_id, now = server.services.calls, document["_id"], datetime.now(UTC)
    failed = {"integration_id": made_id, "outcome": CallOutcome.FAILED}
    calls.add(make_call(**failed, called_at=now))
    admin.send("update", change_body(document, channel="#garden"))

    assert overview(olga) == [NOTHING]
    assert overview(olga, state="failing") == []
    assert [one["failures"] for one in overview(admin, state="failing")] == [1]

    changed = server.stored(document)
    assert changed
    calls.add(make_call(**failed, called_at=changed.updated_at))
    assert [(one["lastOutcome"], one["failures"]) for one in overview(olga)] == [("failed", 1)]
    assert [one["failures"] for one in overview(admin)] == [2]


def test_calls_for_events_of_other_rooms_do_not_count_in_an_owner_s_lists(
    server: Server, olga: Caller, admin: Caller
) -> None:
    document = made(admin, BOTH[1], channel="#garden,#general")
    deliveries, made_id = server.services.deliveries, document["_id"]
    old = make_delivery(integration_id=made_id, created_at=datetime.now(UTC))
    admin.send("update", change_body(document, channel="#garden"))
    at = server.stored_outgoing(document).updated_at
    again = make_delivery(integration_id=made_id, created_at=at, webhook_id=old.id)
    new = make_delivery(integration_id=made_id, created_at=at)
    failed = {"started_at": at, "outcome": DeliveryOutcome.RETRYING}
    deliveries.open([old, again])
    for delivery in (old, again):
        record_attempt(server, make_attempt(delivery, **failed))

    assert overview(olga, sort='{"lastCallAt": -1}') == [NOTHING]
    assert [one["failures"] for one in overview(admin)] == [2]

    deliveries.open([new])
    record_attempt(server, make_attempt(new, **failed))
    assert [(one["lastOutcome"], one["failures"]) for one in overview(olga)] == [("retrying", 1)]


def test_who_made_it_counts_all_of_it_though_he_owns_rooms_too(
    server: Server, olga: Caller, admin: Caller
) -> None:
    olga = server.caller("olga", OWN)
    server.invite("olga", "general")
    document = made(olga, BOTH[0], channel="#garden,#general")
    failed = {"integration_id": document["_id"], "outcome": CallOutcome.FAILED}
    server.services.calls.add(make_call(**failed, called_at=datetime.now(UTC)))
    admin.send("update", change_body(document, channel="#garden"))

    assert [one["failures"] for one in overview(olga)] == [1]


def explained(caller: Caller, document: dict[str, Any], history_id: str) -> int:
    query = {"integrationId": document["_id"], "historyId": history_id}
    tried = caller.send("try", query).status_code
    status = caller.get("explain", **query).status_code
    # what waits has no answer that could be tried
    assert tried in {status, 400}
    return status


def test_an_owner_is_explained_nothing_of_other_rooms(
    server: Server, olga: Caller, admin: Caller
) -> None:
    hook, bridge = (made(admin, kind, channel="#garden,#general") for kind in BOTH)
    for one in (hook, bridge):
        admin.send("update", change_body(one, channel="#garden"))
    stored = server.stored(hook)
    assert stored
    for name, at in (("before", NOON), ("after", stored.updated_at)):
        server.services.calls.add(make_call(id=name, integration_id=hook["_id"], called_at=at))
    at = server.stored_outgoing(bridge).updated_at
    old = make_delivery(id="old", webhook_id="old", integration_id=bridge["_id"], created_at=NOON)
    new = make_delivery(id="new", webhook_id="new", integration_id=bridge["_id"], created_at=at)
    again = [
        make_delivery(
            id=f"{one.id}-again", webhook_id=one.id, integration_id=bridge["_id"], created_at=at
        )
        for one in (old, new)
    ]
    server.services.deliveries.open([old, new, *again])
    for delivery in (old, new):
        record_attempt(server, make_attempt(delivery, id=f"of-{delivery.id}", started_at=at))
    visible = {"after": 200, "of-new": 200, "new-again": 200}
    hidden = {"before": 400, "of-old": 400, "old-again": 400, "old": 400}

    told = {
        name: explained(olga, hook if name in {"before", "after"} else bridge, name)
        for name in visible | hidden
    }

    assert told == visible | hidden
    assert explained(admin, hook, "before") == explained(admin, bridge, "of-old") == 200


def test_an_owner_sees_no_tests_versions_and_changes_of_other_rooms(
    server: Server, olga: Caller, admin: Caller
) -> None:
    script = "class Script { process_incoming_request() {} }"
    hook = made(admin, BOTH[0], channel="#garden,#general", script=script, scriptEnabled=True)
    one = {"integrationId": hook["_id"]}
    test = {"name": "old", "test": {"request": {}, "expected": {"ok": True}}}
    kept = (admin.send("keepTest", {**one, **test}).json or {})["test"]
    for number in (2, 3):
        changed = change_body(hook, channel="#garden", script=f"{script} // {number}")
        admin.send("update", changed)

    def totals(caller: Caller) -> list[int]:
        calls = ("listTests", "listScriptVersions", "changes")
        return [(caller.get(name, **one).json or {})["total"] for name in calls]

    assert totals(olga) == [0, 2, 1]
    assert totals(admin) == [1, 3, 4]
    assert olga.get("getScriptVersion", **one, version=1).status_code == 400
    assert olga.get("getScriptVersion", **one, version=3, compareTo=1).status_code == 400
    assert olga.send("rollBackScript", {**one, "version": 1}).status_code == 400
    assert olga.send("removeTest", {**one, "testId": kept["_id"]}).status_code == 400
    assert olga.send("keepTest", {**one, **test, "testId": kept["_id"]}).status_code == 400
    assert (olga.send("runTests", one).json or {})["tests"] == []
    assert (admin.get("listTests", **one).json or {})["tests"] == [kept]


def test_an_owner_sends_tests_of_his_own_events_only(
    server: Server, olga: Caller, admin: Caller
) -> None:
    bridge = made(admin, BOTH[1])
    one = {"integrationId": bridge["_id"]}
    garden = {"channel_id": server.room_id("garden"), "user_id": olga.id}

    wrongs: list[dict[str, Any]] = [
        {"channel_id": server.room_id("general")},
        {"channel_id": {}},
        {"user_id": admin.id},
        {"user_id": []},
    ]
    for wrong in wrongs:
        answer = olga.send("sendTest", {**one, "event": {"data": garden | wrong}})
        assert refusal(answer) == "error-invalid-channel"
    assert olga.send("sendTest", {**one, "event": {"data": garden}}).status_code == 200


def test_an_owner_forgets_no_events_of_other_rooms(
    server: Server, olga: Caller, admin: Caller
) -> None:
    document = made(admin, BOTH[1], channel="#garden,#general")
    ended = {
        "integration_id": document["_id"],
        "outcome": DeliveryOutcome.DELIVERED,
        "finished_at": NOON,
    }
    old = make_delivery(created_at=NOON, **ended)
    admin.send("update", change_body(document, channel="#garden"))
    at = server.stored_outgoing(document).updated_at
    old_again = make_delivery(created_at=at, webhook_id=old.id, **ended)
    new = make_delivery(created_at=at, **ended)
    new_again = make_delivery(created_at=at, webhook_id=new.id, **ended)
    everything = (old, old_again, new, new_again)
    server.services.deliveries.open(list(everything))
    for delivery in everything:
        record_attempt(server, make_attempt(delivery, id=f"of-{delivery.id}", started_at=at))

    assert clear(olga, document) == 200

    assert sorted(history(admin, document)) == sorted([f"of-{old.id}", f"of-{old_again.id}"])
    found = [server.services.deliveries.find(one.id) is not None for one in everything]
    assert found == [True, True, False, False]


def clear(caller: Caller, document: dict[str, Any]) -> int:
    return caller.send("clearHistory", {"integrationId": document["_id"]}).status_code


def record_attempt(server: Server, attempt: DeliveryAttempt) -> None:
    with server.app.app_context(), db.engine.begin() as connection:
        connection.execute(insert(attempts), attempt_row(attempt))
