import pytest
from flask import Flask
from flask.testing import FlaskClient

from host_stub.chat import rooms
from host_stub.chat.server import current_chat
from tests.unit.host_stub.web.people import OURS, PASSWORD

FORM = {"username": "anna", "password": PASSWORD}


def test_a_stranger_is_sent_to_the_form_and_comes_back_to_the_room(app: Flask) -> None:
    browser = app.test_client()

    sent_to = browser.get("/channel/general").headers["Location"]
    form = browser.get(sent_to).text
    back = browser.post("/login", data={**FORM, "next": "/channel/general"}, headers=OURS)

    assert 'name="next" value="/channel/general"' in form
    assert back.headers["Location"] == "/channel/general"


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(app: Flask) -> None:
    answer = app.test_client().post("/login", data=FORM, headers=OURS)

    (cookie,) = answer.headers.getlist("Set-Cookie")
    assert cookie.startswith("host_stub_token=")
    assert "HttpOnly" in cookie
    assert "SameSite=Strict" in cookie
    assert "Secure" not in cookie


def test_over_https_the_cookie_never_leaves_in_the_clear(app: Flask) -> None:
    secure = {"Origin": "https://localhost"}

    answer = app.test_client().post(
        "/login", data=FORM, headers=secure, base_url="https://localhost"
    )

    assert "Secure" in answer.headers["Set-Cookie"]


@pytest.mark.parametrize(
    ("username", "password"),
    [("anna", "wrong"), ("nobody", PASSWORD), ("", ""), ("an\0na", PASSWORD), ("anna", "x" * 5000)],
    ids=["password", "user", "nothing", "NUL", "long"],
)
def test_a_wrong_login_says_so_and_gives_no_cookie(
    app: Flask, username: str, password: str
) -> None:
    form = {"username": username, "password": password}

    answer = app.test_client().post("/login", data=form, headers=OURS)

    assert answer.status_code == 401
    assert "Set-Cookie" not in answer.headers
    assert "The username or the password is wrong." in answer.text


def test_the_form_shows_the_name_again_without_running_it(app: Flask) -> None:
    form = {"username": '"><script>alert(1)</script>', "password": "x"}

    answer = app.test_client().post("/login", data=form, headers=OURS)

    assert "<script>" not in answer.text
    assert "&#34;&gt;&lt;script&gt;" in answer.text


@pytest.mark.parametrize(
    "headers",
    [{}, {"Origin": "https://evil.example"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"}],
    ids=["nothing", "other origin", "null origin", "cross-site"],
)
def test_another_site_can_log_nobody_in(app: Flask, headers: dict[str, str]) -> None:
    answer = app.test_client().post("/login", data=FORM, headers=headers)

    assert answer.status_code == 403
    assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize(
    "address",
    [
        "https://evil.example/",
        "//evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "javascript:alert(1)",
        "/\t/evil.example",
        "/\r\nSet-Cookie: a=b",
        "home",
        "//[",
    ],
)
def test_after_the_login_nobody_is_sent_to_another_site(app: Flask, address: str) -> None:
    answer = app.test_client().post("/login", data={**FORM, "next": address}, headers=OURS)

    assert answer.headers["Location"] == "/"


def test_logging_out_ends_the_session_everywhere(app: Flask, anna: FlaskClient) -> None:
    cookie = anna.get_cookie("host_stub_token")
    assert cookie is not None
    thief = app.test_client()
    thief.set_cookie("host_stub_token", cookie.value)
    assert thief.get("/web/rooms").status_code == 200

    answer = anna.post("/logout", headers=OURS)

    assert answer.headers["Location"] == "/login"
    assert anna.get_cookie("host_stub_token") is None
    assert thief.get("/web/rooms").status_code == 401


def test_another_site_can_log_nobody_out(anna: FlaskClient) -> None:
    answer = anna.post("/logout", headers={"Origin": "https://evil.example"})

    assert answer.status_code == 403
    assert anna.get("/web/rooms").status_code == 200


def test_who_is_logged_in_needs_no_form(anna: FlaskClient) -> None:
    assert anna.get("/login?next=/home").headers["Location"] == "/home"
    assert anna.get("/").headers["Location"] == "/channel/general"


def test_without_a_general_channel_one_starts_at_home(app: Flask) -> None:
    with app.app_context(), current_chat().transaction():
        rooms.delete_room(current_chat(), rooms.load_room(current_chat(), name="general"))
    browser = app.test_client()
    browser.post("/login", data=FORM, headers=OURS)

    assert browser.get("/").headers["Location"] == "/home"
