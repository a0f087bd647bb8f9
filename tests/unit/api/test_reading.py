import json
from typing import Any

import pytest

from rc_integrations_plugin.integrations.records import Editor
from tests.callers import ALL, OWN, Caller, Server, new_body
from tests.factories import make_call, make_incoming

OUTGOING_ALL = "manage-outgoing-integrations"
OUTGOING_OWN = "manage-own-outgoing-integrations"


def listed(caller: Caller, **query: Any) -> list[str]:
    """Return the names in a list."""
    response = caller.get("list", **query)
    assert response.status_code == 200, response.json
    return [document["name"] for document in response.json["integrations"]]  # type: ignore[index]


def test_one_integration_can_be_read(admin: Caller) -> None:
    document = admin.create()

    response = admin.get("get", integrationId=document["_id"], createdBy=admin.id)

    assert response.status_code == 200
    assert response.json == {"success": True, "integration": document}


def test_ids_that_are_unknown_and_ones_of_others_are_answered_alike(
    server: Server, admin: Caller, stranger: Caller
) -> None:
    foreign = admin.create()["_id"]
    owner = server.caller("ann", OWN)

    answers = [
        (response.status_code, response.data)
        for caller in (owner, stranger)
        for integration_id in (foreign, "unknown", "")
        for response in [caller.get("get", integrationId=integration_id)]
    ]

    assert len(set(answers)) == 1
    assert answers[0][0] == 400
    assert json.loads(answers[0][1]) == {
        "success": False,
        "error": "The integration does not exists.",
    }


def test_created_by_must_match(admin: Caller, stranger: Caller) -> None:
    document = admin.create()

    response = admin.get("get", integrationId=document["_id"], createdBy=stranger.id)

    assert response.status_code == 400


def test_the_id_must_be_given(admin: Caller) -> None:
    response = admin.get("get")

    assert response.status_code == 400
    assert response.json == {
        "success": False,
        "errorType": "invalid-params",
        "error": "must have required property 'integrationId'",
    }


def test_a_list_is_newest_first_in_pages(admin: Caller) -> None:
    for name in ("a", "b", "c"):
        admin.create(name=name)

    response = admin.get("list", offset=1, count=1)

    body = response.json
    assert body is not None
    assert [document["name"] for document in body.pop("integrations")] == ["b"]
    assert body == {"offset": 1, "items": 1, "count": 1, "total": 3, "success": True}


def test_a_page_has_fifty_unless_asked_and_never_above_a_hundred(
    server: Server, admin: Caller
) -> None:
    store = server.services.integrations

    for _ in range(101):
        store.add(make_incoming())

    assert len(listed(admin)) == 50
    assert len(listed(admin, count=0)) == 50
    assert len(listed(admin, count=1000)) == 100


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"sort": '{"name": 1}'}, ["a", "B", "c"]),
        ({"sort": '{"name": -1}'}, ["c", "B", "a"]),
        ({"sort": '{"_createdAt": 1}'}, ["c", "a", "B"]),
        ({"sort": '{"enabled": 1, "name": 1}'}, ["B", "a", "c"]),
        ({"sort": '{"ts": -1}'}, ["B", "a", "c"]),
        ({"name": "b"}, ["B"]),
        ({"name": "%"}, []),
        ({"type": "webhook-outgoing"}, []),
        ({"type": "webhook-incoming", "name": "A"}, ["a"]),
        ({"query": '{"name": "zzz"}', "fields": '{"name": 0}'}, ["B", "a", "c"]),
    ],
    ids=str,
)
def test_a_list_can_be_sorted_and_filtered(
    admin: Caller, query: dict[str, str], expected: list[str]
) -> None:
    admin.create(name="c")
    admin.create(name="a")
    admin.create(name="B", enabled=False)

    assert listed(admin, **query) == expected


@pytest.mark.parametrize(
    ("grants", "expected"),
    [
        ([ALL], ["hers", "other"]),
        ([OWN], ["hers"]),
        ([ALL, OWN], ["hers", "other"]),
        ([OUTGOING_ALL], []),
        ([OUTGOING_OWN], []),
        ([ALL, OUTGOING_OWN], ["hers", "other"]),
        ([ALL, OUTGOING_ALL, OWN, OUTGOING_OWN], ["hers", "other"]),
        # Rocket.Chat's rule: both permissions for own ones narrow the one for all
        ([ALL, OWN, OUTGOING_OWN], ["hers"]),
    ],
    ids=str,
)
def test_a_list_shows_what_the_user_may_manage(
    server: Server, admin: Caller, grants: list[str], expected: list[str]
) -> None:

    caller = server.caller("ann", *grants)
    admin.create(name="other")
    hers = make_incoming(name="hers", created_by=Editor(caller.id, "ann"))
    server.services.integrations.add(hers)

    assert sorted(listed(caller)) == expected
    assert caller.get("list").json["total"] == len(expected)  # type: ignore[index]


def test_a_query_cannot_widen_what_is_shown(server: Server, admin: Caller) -> None:
    admin.create()
    owner = server.caller("ann", OWN)

    query = json.dumps({"_createdBy._id": admin.id, "$or": [{}]})

    assert listed(owner, query=query) == []


WIDENING = [
    {"query": '{"$or": [{}]}'},
    {"query": '{"_createdBy._id": {"$ne": null}}'},
    {"query": '{"_createdBy": {"$exists": true}}', "fields": '{"token": 1}'},
    {"query": '{"type": {"$in": ["webhook-incoming", "webhook-outgoing"]}}', "count": "100"},
    {"query": '{"$where": "true"}'},
    {"query": "[1"},
    {"_createdBy._id": "ADMIN"},
    {"createdBy": "ADMIN"},
    {"userId": "ADMIN"},
    {"user_id": "ADMIN", "made_by": "ADMIN"},
    {"type": "webhook-incoming", "query": "{}"},
    {"type": "webhook-outgoing", "query": "{}"},
    {"name": "", "query": "{}"},
    {"sort": '{"_createdBy._id": 1, "token": -1}'},
    {"offset": "0", "count": "0"},
]


@pytest.mark.parametrize("query", WIDENING, ids=str)
def test_no_parameter_of_a_list_shows_what_is_somebody_else_s(
    server: Server, admin: Caller, query: dict[str, str]
) -> None:
    admin.create(name="hidden in")
    admin.create_outgoing(name="hidden out")
    owner = server.caller("ann", OWN, OUTGOING_OWN)
    server.services.integrations.add(make_incoming(name="hers", created_by=Editor(owner.id, "ann")))
    wanted = {key: value.replace("ADMIN", admin.id) for key, value in query.items()}

    answer = owner.get("list", **wanted)

    assert answer.status_code == 200
    assert answer.json is not None
    shown = [] if wanted.get("type") == "webhook-outgoing" else ["hers"]
    assert [one["name"] for one in answer.json["integrations"]] == shown
    assert answer.json["total"] == len(shown)
    assert b"hidden" not in answer.data


@pytest.mark.parametrize(
    "more",
    [
        {},
        {"query": '{"$or": [{}]}'},
        {"query": '{"integration._createdBy._id": "ADMIN"}'},
        {"integrationId": "ID", "createdBy": "ADMIN"},
        {"sort": '{"_createdAt": 1}', "count": "100"},
    ],
    ids=str,
)
def test_no_parameter_of_a_history_shows_what_is_somebody_else_s(
    server: Server, admin: Caller, more: dict[str, str]
) -> None:
    hidden = admin.create()
    server.services.calls.add(make_call(integration_id=hidden["_id"]))
    owner = server.caller("ann", OWN)
    wanted = {
        key: value.replace("ADMIN", admin.id).replace("ID", hidden["_id"])
        for key, value in more.items()
    }

    answer = owner.get("history", id=hidden["_id"], **wanted)

    assert admin.get("history", id=hidden["_id"]).json["total"] == 1  # type: ignore[index]
    assert answer.json == owner.get("history", id="unknown").json
    assert answer.json is not None
    assert answer.json["total"] == 0


def test_created_by_does_not_open_what_is_somebody_else_s(server: Server, admin: Caller) -> None:
    hidden = admin.create()
    owner = server.caller("ann", OWN)

    answers = [
        owner.get("get", integrationId=hidden["_id"], createdBy=maker)
        for maker in (admin.id, owner.id, "")
    ]

    assert {answer.status_code for answer in answers} == {400}


@pytest.mark.parametrize("call", ["list", "history"])
def test_lists_take_a_permission(server: Server, stranger: Caller, call: str) -> None:
    response = stranger.get(call, id="any")

    assert response.status_code == 403
    assert response.json == {
        "success": False,
        "error": "User does not have the permissions required for this action [error-unauthorized]",
    }


@pytest.mark.parametrize("call", ["get", "list", "history"])
def test_strangers_are_told_to_log_in(server: Server, call: str) -> None:
    assert Caller(server.app, "", "", {}).get(call).status_code == 401


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ({"count": "many"}, "invalid-params"),
        ({"count": "-1"}, "invalid-params"),
        ({"count": "\u0661"}, "invalid-params"),
        ({"offset": "1e3"}, "invalid-params"),
        ({"offset": "9" * 5000}, "invalid-params"),
        ({"sort": "name"}, "error-invalid-sort"),
        ({"sort": '{"name": "up"}'}, "error-invalid-sort"),
        ({"sort": '{"name": true}'}, "error-invalid-sort"),
        ({"sort": "[" * 9000}, "error-invalid-sort"),
        ({"sort": "[1]"}, "error-invalid-sort"),
        ({"type": "webhook"}, "invalid-params"),
        ({"name": "\x00"}, "invalid-params"),
        ({"name": "x" * 1001}, "invalid-params"),
    ],
)
def test_a_query_of_another_form_is_refused(
    admin: Caller, query: dict[str, str], code: str
) -> None:
    response = admin.get("list", **query)

    assert response.status_code == 400
    assert response.json is not None
    assert response.json["errorType"] == code


def test_the_page_may_read_with_its_cookie_but_other_sites_may_not_write(
    server: Server, admin: Caller
) -> None:
    browser = server.app.test_client()
    value = f"{admin.id}:{admin.headers['X-Auth-Token']}"
    browser.set_cookie("host_stub_token", value)
    path = "/api/v1/integrations.create"

    foreign = browser.post(path, json=new_body(), headers={"Sec-Fetch-Site": "cross-site"})
    own = browser.post(path, json=new_body(), headers={"Sec-Fetch-Site": "same-origin"})

    assert foreign.status_code == 401
    assert own.status_code == 200
    assert browser.get("/api/v1/integrations.list").json["total"] == 1  # type: ignore[index]
