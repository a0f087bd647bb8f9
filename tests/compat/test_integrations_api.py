"""What Rocket.Chat's REST documentation says of the calls that manage integrations.

https://developer.rocket.chat/apidocs/integration-api and its older editions.
"""

from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from tests.callers import Caller, Server
from tests.databases import restore_server

SMALLEST: dict[str, Any] = {
    "type": "webhook-outgoing",
    "name": "Testing via REST API",
    "event": "sendMessage",
    "enabled": False,
    "username": "rocket.cat",
    "urls": ["http://text2gif.guggy.com/guggify"],
    "scriptEnabled": False,
}
"""The example call of `integrations.create`."""
GUGGY: dict[str, Any] = {
    "type": "webhook-outgoing",
    "name": "Guggy",
    "enabled": True,
    "event": "sendMessage",
    "username": "rocket.cat",
    "urls": ["http://text2gif.guggy.com/guggify"],
    "scriptEnabled": False,
    "channel": "#general",
    "triggerWords": "!guggy",
    "alias": "Guggy",
    "avatar": "http://res.guggy.com/logo_128.png",
    "emoji": ":ghost:",
    "token": "8DFS89DMKLWEN",
}
"""The examples of its arguments."""


@pytest.fixture
def admin(app: Flask, server_database: Path) -> Caller:
    restore_server(app, server_database)
    return Server(app).caller("admin")


def test_the_example_of_create(admin: Caller) -> None:
    """The example's answer has these fields, no channel among them."""
    response = admin.send("create", SMALLEST)

    assert response.status_code == 200
    assert response.json is not None
    assert response.json["success"] is True
    made = response.json["integration"]
    assert made == made | SMALLEST | {"channel": []}
    assert made.keys() >= {"_id", "userId", "_createdAt", "_createdBy", "_updatedAt"}


def test_the_arguments_of_create(admin: Caller) -> None:
    """`triggerWords`: "Specific words, separated by commas, which should trigger"."""
    made = admin.create_outgoing(**GUGGY)

    assert made == made | GUGGY | {"channel": ["#general"], "triggerWords": ["!guggy"]}


def test_update_keeps_what_it_does_not_mention(admin: Caller) -> None:
    """Its table calls `urls`, `event` and `token` optional."""
    made = admin.create_outgoing(**GUGGY)
    body = {
        "type": "webhook-outgoing",
        "name": "Test",
        "enabled": False,
        "username": "rocket.cat",
        "scriptEnabled": False,
        "channel": "#alerts",
        "integrationId": made["_id"],
    }

    response = admin.send("update", body)

    assert response.json is not None
    changed = response.json["integration"]
    assert (changed["name"], changed["enabled"], changed["channel"]) == ("Test", False, ["#alerts"])
    for name in ("urls", "event", "token", "triggerWords"):
        assert changed[name] == made[name]


def test_update_of_one_that_is_not_there(admin: Caller) -> None:
    """Its answer for an integration that "is not found"."""
    response = admin.send("update", {**SMALLEST, "integrationId": "x3tPXa9XXRqW6Xp2M"})

    assert response.json == {"success": False, "error": "No integration found."}


def test_get(admin: Caller) -> None:
    """The answer holds the integration."""
    made = admin.create_outgoing(**GUGGY)

    response = admin.get("get", integrationId=made["_id"], createdBy=admin.id)

    assert response.json == {"integration": made, "success": True}


def test_list(admin: Caller) -> None:
    """Both types are in one list, the newest first."""
    made = [admin.create_outgoing(**SMALLEST), admin.create()]

    response = admin.get("list")

    assert response.json == {
        "integrations": made[::-1],
        "offset": 0,
        "items": 2,
        "count": 2,
        "total": 2,
        "success": True,
    }


def test_history(admin: Caller) -> None:
    """A page of the history, empty at first."""
    made = admin.create_outgoing(**GUGGY)

    response = admin.get("history", id=made["_id"])

    assert response.json == {
        "history": [],
        "offset": 0,
        "items": 0,
        "count": 0,
        "total": 0,
        "success": True,
    }


@pytest.mark.parametrize("name", ["integrationId", "target_url"])
def test_remove(admin: Caller, name: str) -> None:
    """One is named by its id or by a URL that it calls."""
    made = admin.create_outgoing(**GUGGY)
    named = made["_id"] if name == "integrationId" else GUGGY["urls"][0]

    response = admin.send("remove", {"type": "webhook-outgoing", name: named})

    assert response.json == {"integration": made, "success": True}
    assert admin.get("list").json["total"] == 0  # type: ignore[index]


def test_a_type_that_only_begins_right_is_none(admin: Caller) -> None:
    """Rocket.Chat's own tests ask for this one; its schema lets it pass."""
    response = admin.send("create", {**SMALLEST, "type": "webhook-outgoing-invalid"})

    assert response.status_code == 400
    assert response.json is not None
    assert response.json["error"] == "Invalid integration type."
