from typing import Any

import pytest

from rc_integrations_plugin.storage.calls import CallFilter
from tests.callers import ALL, OWN, Caller, Server
from tests.factories import make_call

ONE_OF = "must match exactly one schema in oneOf"


def body(document: dict[str, Any], **fields: Any) -> dict[str, Any]:
    return {"type": "webhook-incoming", "integrationId": document["_id"]} | fields


def test_the_answer_is_what_was_removed(server: Server, admin: Caller) -> None:
    document = admin.create()
    server.services.calls.add(make_call(integration_id=document["_id"]))

    response = admin.send("remove", body(document))

    assert response.status_code == 200
    assert response.json == {"success": True, "integration": document}
    assert server.stored(document) is None
    wanted = CallFilter(integration_id=document["_id"])
    assert server.services.calls.page(wanted, offset=0, count=1)[1] == 0


def test_it_can_be_removed_once(admin: Caller) -> None:
    document = admin.create()
    admin.send("remove", body(document))

    response = admin.send("remove", body(document))

    assert response.status_code == 400
    assert response.json == {"success": False, "error": "No integration found."}


def test_ids_that_are_unknown_and_ones_of_others_are_answered_alike(
    server: Server, admin: Caller
) -> None:
    foreign = admin.create()
    owner = server.caller("ann", OWN)

    answers = {
        (response.status_code, response.data)
        for integration_id in (foreign["_id"], "unknown", "")
        for response in [owner.send("remove", body(foreign, integrationId=integration_id))]
    }

    assert len(answers) == 1
    assert server.stored(foreign) is not None


def test_who_may_manage_all_may_remove_others(server: Server, admin: Caller) -> None:
    helper = server.caller("ann", ALL)

    assert helper.send("remove", body(admin.create())).status_code == 200


def test_removing_takes_a_permission(server: Server, admin: Caller, stranger: Caller) -> None:
    document = admin.create()

    response = stranger.send("remove", body(document))

    assert response.status_code == 403
    assert server.stored(document) is not None


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"type": "webhook-outgoing"}, "Invalid integration type."),
        ({"type": "webhook-incoming-x"}, "Invalid integration type."),
        ({"type": 3}, "type must be string\n must match exactly one schema in oneOf"),
        (
            {"integrationId": 3},
            "integrationId must be string\n must match exactly one schema in oneOf",
        ),
        ({"target_url": "http://a"}, "must match exactly one schema in oneOf"),
        (
            {"more": 1},
            "must NOT have additional properties\n must match exactly one schema in oneOf",
        ),
    ],
)
def test_a_body_of_another_form_is_refused(
    server: Server, admin: Caller, fields: dict[str, Any], message: str
) -> None:
    document = admin.create()

    response = admin.send("remove", body(document, **fields))

    assert response.status_code == 400
    assert response.json is not None
    assert response.json["error"] == message
    assert server.stored(document) is not None


def test_an_address_names_no_integration_yet(admin: Caller) -> None:
    response = admin.send("remove", {"type": "webhook-outgoing", "target_url": "http://a"})

    assert response.json == {"success": False, "error": "No integration found."}


def test_something_must_be_named(admin: Caller) -> None:
    response = admin.send("remove", {"type": "webhook-incoming"})

    assert response.status_code == 400
