"""Outgoing integrations in get, list and remove."""

import json
from typing import Any

import pytest

from rc_integrations_plugin.integrations.records import Editor
from rc_integrations_plugin.storage.attempts import AttemptFilter
from tests.callers import ALL, OUTGOING_ALL, OUTGOING_OWN, OWN, Caller, Server
from tests.factories import make_attempt, make_delivery, make_incoming, make_outgoing

URL = "https://receiver.test/hook"


def listed(caller: Caller, **query: Any) -> list[str]:
    """Return the names in a list, sorted."""
    response = caller.get("list", **query)
    assert response.status_code == 200, response.json
    names = [document["name"] for document in response.json["integrations"]]  # type: ignore[index]
    assert response.json["total"] == len(names)  # type: ignore[index]
    return sorted(names)


def test_one_can_be_read(admin: Caller) -> None:
    document = admin.create_outgoing(token="abc", script="class Script {}")

    response = admin.get("get", integrationId=document["_id"], createdBy=admin.id)

    assert response.json == {"success": True, "integration": document}


def test_whose_permission_it_takes_to_read_one(server: Server, admin: Caller) -> None:
    outgoing, incoming = admin.create_outgoing(), admin.create()
    caller = server.caller("ann", OUTGOING_ALL, OWN)

    answers = [
        caller.get("get", integrationId=document["_id"]).status_code
        for document in (outgoing, incoming)
    ]

    assert answers == [200, 400]


def test_ids_that_are_unknown_and_ones_of_others_are_answered_alike(
    server: Server, admin: Caller, stranger: Caller
) -> None:
    foreign = admin.create_outgoing()["_id"]
    callers = [server.caller("ann", OUTGOING_OWN), server.caller("ben", ALL, OWN), stranger]

    answers = {
        caller.get("get", integrationId=integration_id).data
        for caller in callers
        for integration_id in (foreign, "unknown")
    }

    assert len(answers) == 1


@pytest.mark.parametrize(
    ("grants", "expected"),
    [
        ([ALL], ["her in", "his in"]),
        ([OUTGOING_ALL], ["her out", "his out"]),
        ([OUTGOING_OWN], ["her out"]),
        ([OWN], ["her in"]),
        ([ALL, OUTGOING_OWN], ["her in", "her out", "his in"]),
        ([OWN, OUTGOING_ALL], ["her in", "her out", "his out"]),
        ([OWN, OUTGOING_OWN], ["her in", "her out"]),
        ([ALL, OUTGOING_ALL], ["her in", "her out", "his in", "his out"]),
        # Rocket.Chat's rule: both permissions for own ones narrow the one for all
        ([ALL, OWN, OUTGOING_OWN], ["her in", "her out"]),
        ([ALL, OUTGOING_ALL, OWN, OUTGOING_OWN], ["her in", "her out", "his in", "his out"]),
    ],
    ids=str,
)
def test_a_list_shows_what_the_user_may_manage(
    server: Server, admin: Caller, grants: list[str], expected: list[str]
) -> None:
    caller = server.caller("ann", *grants)
    for name, maker in (("her", caller), ("his", admin)):
        made_by = Editor(maker.id, maker.username)
        server.services.integrations.add(make_incoming(name=f"{name} in", created_by=made_by))
        server.services.integrations.add(make_outgoing(name=f"{name} out", created_by=made_by))

    assert listed(caller) == expected


def test_a_list_can_be_of_one_type(admin: Caller) -> None:
    admin.create(name="in a")
    admin.create_outgoing(name="out a")
    admin.create_outgoing(name="out b")

    assert listed(admin) == ["in a", "out a", "out b"]
    assert listed(admin, type="webhook-outgoing") == ["out a", "out b"]
    assert listed(admin, type="webhook-incoming") == ["in a"]
    assert listed(admin, type="webhook-outgoing", name="A") == ["out a"]


def test_a_list_can_be_sorted_by_type(admin: Caller) -> None:
    admin.create_outgoing(name="out")
    admin.create(name="in")

    response = admin.get("list", sort='{"type": -1}', count=1)

    assert response.json is not None
    assert [one["name"] for one in response.json["integrations"]] == ["out"]
    assert response.json["total"] == 2


def test_a_query_cannot_widen_what_is_shown(server: Server, admin: Caller) -> None:
    admin.create_outgoing()
    owner = server.caller("ann", OUTGOING_OWN)

    query = json.dumps({"_createdBy._id": admin.id, "$or": [{}]})

    assert listed(owner, query=query, type="webhook-outgoing") == []


@pytest.mark.parametrize("by", ["id", "url"])
def test_the_answer_to_a_removal_is_what_was_removed(
    server: Server, admin: Caller, by: str
) -> None:
    document, other = admin.create_outgoing(), admin.create_outgoing(urls=[f"{URL}s"])
    delivery = make_delivery(integration_id=document["_id"])
    server.services.deliveries.open([delivery], attempts=[make_attempt(delivery)])
    named = {"integrationId": document["_id"]} if by == "id" else {"target_url": URL}

    response = admin.send("remove", {"type": "webhook-outgoing", **named})

    assert response.json == {"success": True, "integration": document}
    assert server.services.integrations.find_any(document["_id"]) is None
    assert server.services.integrations.find_any(other["_id"]) is not None
    assert server.services.deliveries.find(delivery.id) is None
    wanted = AttemptFilter(integration_id=document["_id"])
    assert server.services.deliveries.page(wanted, offset=0, count=1)[1] == 0


def test_removing_does_not_tell_which_integrations_there_are(server: Server, admin: Caller) -> None:
    foreign = admin.create_outgoing()
    owner = server.caller("ann", OUTGOING_OWN)
    names = [
        {"integrationId": foreign["_id"]},
        {"integrationId": "unknown"},
        {"target_url": URL},
        {"target_url": "http://unknown.test"},
    ]

    answers = {owner.send("remove", {"type": "webhook-outgoing", **name}).data for name in names}

    assert len(answers) == 1
    assert b"No integration found." in answers.pop()
    assert server.services.integrations.find_any(foreign["_id"]) is not None


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({}, "must match exactly one schema in oneOf"),
        (
            {"integrationId": "x", "target_url": URL},
            "must match exactly one schema in oneOf",
        ),
        (
            {"target_url": ["x"]},
            "target_url must be string\n must match exactly one schema in oneOf",
        ),
    ],
)
def test_one_must_be_named_one_way(admin: Caller, fields: dict[str, Any], error: str) -> None:
    response = admin.send("remove", {"type": "webhook-outgoing", **fields})

    assert response.status_code == 400
    assert response.json is not None
    assert response.json["error"] == error


@pytest.mark.parametrize(
    ("made", "said"),
    [("webhook-outgoing", "webhook-incoming"), ("webhook-incoming", "webhook-outgoing")],
)
def test_one_of_another_type_is_left(server: Server, admin: Caller, made: str, said: str) -> None:
    document = admin.create() if made == "webhook-incoming" else admin.create_outgoing()

    response = admin.send("remove", {"type": said, "integrationId": document["_id"]})

    assert response.json is not None
    assert response.json["error"] == "Invalid integration type."
    assert server.services.integrations.find_any(document["_id"]) is not None


def test_a_url_that_several_call_removes_none(server: Server, admin: Caller) -> None:
    documents = [admin.create_outgoing() for _ in range(2)]

    response = admin.send("remove", {"type": "webhook-outgoing", "target_url": URL})

    assert response.json is not None
    assert response.json["errorType"] == "error-ambiguous-integration"
    assert len(listed(admin)) == len(documents)
