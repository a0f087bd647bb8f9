from typing import Any

import pytest
from flask import Flask

from host_stub import seed
from host_stub.chat.server import Chat
from tests.unit.host_stub.conftest import PASSWORD, Api

FORBIDDEN = (403, "error-unauthorized")


def create(admin: Api, **fields: Any) -> Any:
    body = {"username": "eve", "password": PASSWORD, "name": "Eve", "email": "eve@a.test"}
    return admin.post("users.create", **(body | fields))


def test_an_administrator_creates_accounts(admin: Api, stranger: Api) -> None:
    user = create(admin, roles=["bot"], joinDefaultChannels=False)["user"]

    assert (user["username"], user["type"], user["roles"]) == ("eve", "bot", ["bot"])
    assert user["emails"] == [{"address": "eve@a.test", "verified": False}]
    assert len(user["_id"]) == 17
    assert stranger.log_in("eve").get("me")["name"] == "Eve"


def test_a_person_with_the_role_bot_stays_a_person(admin: Api) -> None:
    assert create(admin, roles=["user", "bot"])["user"]["type"] == "user"


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"username": "ann"}, "error-field-unavailable"),
        ({"username": "ANN"}, "error-field-unavailable"),
        ({"username": "a b"}, "error-invalid-username"),
        ({"username": "all"}, "error-invalid-username"),
        ({"username": "é"}, "error-invalid-username"),
        ({"username": "x" * 101}, "error-invalid-username"),
        ({"username": ""}, "invalid-params"),
        ({"username": 7}, "invalid-params"),
        ({"username": ["eve"]}, "invalid-params"),
        ({"password": ""}, "invalid-params"),
        ({"password": "  "}, "error-invalid-password"),
        ({"password": "x" * 1001}, "error-invalid-password"),
        ({"name": "x" * 201}, "invalid-params"),
        ({"name": {"a": 1}}, "invalid-params"),
        ({"roles": ["nothing"]}, "error-invalid-role"),
        ({"roles": [1]}, "invalid-params"),
        ({"active": "maybe"}, "invalid-params"),
    ],
)
def test_an_account_that_makes_no_sense_is_refused(
    admin: Api, fields: dict[str, Any], code: str
) -> None:
    assert create(admin, **fields).refusal == (400, code)
    assert admin.get("users.list")["total"] == 4


def test_an_email_address_has_one_account(admin: Api) -> None:
    create(admin)

    assert create(admin, username="eve2").refusal == (400, "error-field-unavailable")


def test_only_administrators_manage_accounts(ann: Api, bob: Api) -> None:
    assert create(ann).refusal == FORBIDDEN
    assert ann.post("users.delete", userId=bob.user_id).refusal == FORBIDDEN
    assert ann.post("users.createToken", userId=bob.user_id).refusal == FORBIDDEN
    assert ann.post("users.setActiveStatus", userId=bob.user_id).refusal == FORBIDDEN


@pytest.mark.parametrize("query", [{"username": "ann"}, {"userId": "id"}, {"username": "@ann"}])
def test_a_user_is_described(bob: Api, ann: Api, query: dict[str, str]) -> None:
    if "userId" in query:
        query = {"userId": ann.user_id}

    assert bob.get("users.info", **query)["user"]["_id"] == ann.user_id


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ({}, "error-user-param-not-provided"),
        ({"username": "nobody"}, "error-invalid-user"),
        ({"userId": "ann"}, "error-invalid-user"),
        ({"userId": "a\0"}, "invalid-params"),
    ],
)
def test_nobody_is_described(ann: Api, query: dict[str, str], code: str) -> None:
    assert ann.get("users.info", **query).refusal == (400, code)


def test_mail_addresses_are_for_administrators_and_oneself(admin: Api, ann: Api) -> None:
    create(admin)

    def emails(api: Api) -> dict[str, Any]:
        return {user["username"]: user.get("emails") for user in api.get("users.list")["users"]}

    assert emails(admin)["eve"]
    assert emails(ann)["eve"] is None
    assert emails(ann)["ann"] == []


def test_users_are_listed_in_pages(ann: Api) -> None:
    first = ann.get("users.list", offset=0, count=3)
    second = ann.get("users.list", offset=3, count=3)

    names = [user["username"] for page in (first, second) for user in page["users"]]
    assert names == ["admin", "ann", "bob", "rocket.cat"]
    assert (first["count"], first["total"]) == (3, 4)
    assert (second["count"], second["offset"]) == (1, 3)
    assert len(ann.get("users.list", count=0)["users"]) == 4


@pytest.mark.parametrize("value", ["-1", "x", "1.5", "1e3", "", "9" * 19, "٣", "9" * 400])
@pytest.mark.parametrize("name", ["offset", "count"])
def test_an_absurd_page_is_no_crash(ann: Api, name: str, value: str) -> None:
    assert ann.get("users.list", **{name: value}).status in {200, 400}


def test_a_token_logs_in_like_a_password(admin: Api, ann: Api) -> None:
    data = admin.post("users.createToken", userId=ann.user_id, secret="s")["data"]
    ann.headers["X-Auth-Token"] = data["authToken"]

    assert ann.get("me")["username"] == "ann"
    assert ann.post("users.createToken", userId=ann.user_id)["data"]["authToken"]


def test_a_deleted_user_is_gone_with_what_was_his(admin: Api, ann: Api, general: str) -> None:
    admin.post("channels.join", roomId=general)
    ann.post("chat.postMessage", roomId=general, text="mine")
    ann.post("chat.postMessage", channel="@admin", text="mine too")

    admin.post("users.delete", userId=ann.user_id)

    assert admin.get("channels.messages", roomId=general)["messages"] == []
    assert admin.get("dm.list")["ims"] == []
    assert ann.get("me").status == 401
    assert admin.get("users.info", username="ann").status == 400


def test_the_last_administrator_stays(admin: Api) -> None:
    code = (400, "error-action-not-allowed")

    assert admin.post("users.delete", userId=admin.user_id).refusal == code
    demotion = admin.post("roles.removeUserFromRole", roleId="admin", username="admin")
    assert demotion.refusal == code


def test_an_administrator_is_made_by_who_may_do_that(admin: Api, ann: Api) -> None:
    grant = {"_id": "create-user", "roles": ["admin", "user"]}
    admin.post("permissions.update", permissions=[grant])

    assert create(ann, roles=["admin"]).refusal == FORBIDDEN
    assert create(admin, roles=["admin"]).status == 200


def test_an_account_may_be_made_switched_off(admin: Api, stranger: Api) -> None:
    assert create(admin, active=False)["user"]["active"] is False

    assert stranger.post("login", user="eve", password=PASSWORD).status == 401


def test_a_new_password_ends_old_logins(ann: Api, app: Flask, chat: Chat) -> None:
    with app.app_context(), chat.transaction():
        seed.ensure_user(chat, "ann", password="another")

    assert ann.get("me").status == 401
    assert ann.post("login", user="ann", password="another").status == 200
