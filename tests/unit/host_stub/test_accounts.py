import base64
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import text

from host_stub.database import db
from host_stub.models.schema import now
from tests.unit.host_stub.conftest import PASSWORD, Api

LOGGED_OUT = (401, "You must be logged in to do this.")


def rows(app: Flask, query: str) -> list[tuple[object, ...]]:
    with app.app_context():
        return [tuple(row) for row in db.session.execute(text(query))]


@pytest.mark.parametrize("name", ["user", "username"])
@pytest.mark.parametrize("form", [False, True], ids=["json", "form"])
def test_people_log_in(stranger: Api, name: str, *, form: bool) -> None:
    body = {name: "ann", "password": PASSWORD}

    answer = stranger.send("login", **({"data": body} if form else {"json": body}))

    assert answer["status"] == "success"
    data = answer["data"]
    assert data["me"]["username"] == "ann"
    stranger.headers = {"X-Auth-Token": data["authToken"], "X-User-Id": data["userId"]}
    assert stranger.get("me")["_id"] == data["userId"]


def test_people_log_in_as_meteor_does_or_by_mail(stranger: Api, admin: Api) -> None:
    admin.post("users.create", username="eve", password=PASSWORD, email="Eve@a.test", name="Eve")

    for user in ({"username": "eve"}, {"email": "eve@a.test"}, "eve@a.test", "EVE"):
        assert stranger.post("login", user=user, password=PASSWORD)["status"] == "success"


def test_json_is_understood_under_any_content_type(stranger: Api) -> None:
    body = f'{{"user": "ann", "password": "{PASSWORD}"}}'

    for kind in ("text/plain", "application/x-www-form-urlencoded", ""):
        assert stranger.send("login", data=body, content_type=kind).status == 200


@pytest.mark.parametrize(
    "body",
    [
        {"user": "ann", "password": "wrong"},
        {"user": "nobody", "password": PASSWORD},
        {"user": "rocket.cat", "password": ""},
        {"user": "ann"},
        {},
        {"user": "ann", "password": "x" * 100_000},
    ],
    ids=["wrong password", "no such user", "no password set", "no password", "nothing", "huge"],
)
def test_nobody_gets_in_without_the_password(stranger: Api, body: dict[str, str]) -> None:
    assert stranger.post("login", **body).refusal == (401, "Unauthorized")


def test_a_deactivated_user_is_out_at_once(stranger: Api, admin: Api, ann: Api) -> None:
    admin.post("users.setActiveStatus", userId=ann.user_id, activeStatus=False)

    assert ann.get("me").refusal == LOGGED_OUT
    assert stranger.post("login", user="ann", password=PASSWORD).refusal == (401, "Unauthorized")


def test_who_is_activated_again_has_to_log_in_again(admin: Api, ann: Api) -> None:
    admin.post("users.setActiveStatus", userId=ann.user_id, activeStatus=False)
    admin.post("users.setActiveStatus", userId=ann.user_id, activeStatus=True)

    assert ann.get("me").refusal == LOGGED_OUT


def test_the_last_administrator_stays_active(admin: Api) -> None:
    refused = admin.post("users.setActiveStatus", userId=admin.user_id, activeStatus=False)

    assert refused.refusal == (400, "error-action-not-allowed")
    assert admin.get("me").status == 200


def test_a_token_is_worthless_after_the_logout(ann: Api) -> None:
    assert ann.send("logout")["status"] == "success"

    assert ann.get("me").refusal == LOGGED_OUT
    assert ann.post("logout").refusal == LOGGED_OUT


def test_a_token_ends_one_day(app: Flask, ann: Api) -> None:
    with app.app_context():
        past = (now() - timedelta(seconds=1)).replace(tzinfo=None)
        db.session.execute(text("UPDATE auth_tokens SET expires_at = :past"), {"past": past})
        db.session.commit()

    assert ann.get("me").refusal == LOGGED_OUT


def test_a_token_is_good_for_its_owner_only(ann: Api, bob: Api) -> None:
    bob.headers["X-Auth-Token"] = ann.headers["X-Auth-Token"]

    assert bob.get("me").refusal == LOGGED_OUT


@pytest.mark.parametrize("header", ["X-Auth-Token", "X-User-Id"])
@pytest.mark.parametrize("value", ["", "x", "a" * 5000, "\x7f\xff"])
def test_a_broken_login_header_is_a_strangers(ann: Api, header: str, value: str) -> None:
    ann.headers[header] = value

    assert ann.get("me").refusal == LOGGED_OUT


def test_neither_passwords_nor_tokens_are_stored(app: Flask, ann: Api) -> None:
    token = ann.headers["X-Auth-Token"]

    stored = str(rows(app, "SELECT * FROM users") + rows(app, "SELECT * FROM auth_tokens"))

    assert "pbkdf2:sha256" in stored
    assert token not in stored
    assert PASSWORD not in stored
    assert base64.b64encode(PASSWORD.encode()).decode() not in stored


def test_the_pages_cookie_is_taken_from_our_pages_only(ann: Api) -> None:
    cookie = f"{ann.user_id}:{ann.headers['X-Auth-Token']}"
    ann.client.set_cookie("host_stub_token", cookie)
    ann.headers = {}

    def post_with(**headers: str) -> int:
        return ann.send("dm.create", json={"username": "bob"}, headers=headers).status

    assert ann.get("me")["username"] == "ann"
    assert post_with() == 401
    assert post_with(**{"Sec-Fetch-Site": "cross-site"}) == 401
    assert post_with(Origin="https://evil.test") == 401
    assert post_with(Origin="http://localhost") == 200
    assert post_with(**{"Sec-Fetch-Site": "same-origin"}) == 200


def test_info_needs_no_login(stranger: Api) -> None:
    assert stranger.get("info")["version"]
    assert stranger.client.get("/api/info").get_json()["info"]["version"]


@pytest.mark.parametrize(
    "method",
    ["me", "users.list", "channels.list", "rooms.get", "dm.list", "permissions.listAll"],
)
def test_a_stranger_reads_nothing(stranger: Api, method: str) -> None:
    answer = stranger.get(method)

    assert answer.refusal == LOGGED_OUT
    assert answer.json["status"] == "error"
    assert answer.json["message"] == "You must be logged in to do this."


@pytest.mark.parametrize("method", ["nothing", "users.info.more"])
def test_an_unknown_method_is_answered_as_json(ann: Api, method: str) -> None:
    assert ann.get(method).status == 404
    assert ann.get(method).json["success"] is False


def test_a_wrong_verb_is_answered_as_json(ann: Api) -> None:
    assert ann.get("channels.create").status == 405
