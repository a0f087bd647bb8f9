import re
from pathlib import Path
from typing import Any

import pluggy
import pytest
from flask import Flask
from flask.testing import FlaskClient

import host_stub.web
from host_stub.chat import users
from host_stub.chat.server import current_chat
from host_stub.plugins import PLUGINS
from tests.unit.host_stub.web.people import PASSWORD, Chatter, log_in

PAGES = ["/login", "/channel/general", "/home"]
STATIC = Path(host_stub.web.__file__).parent / "static"
HOSTILE = '<img src=x onerror="alert(1)"></script><script>alert(2)</script>'


def policy_of(browser: FlaskClient, address: str) -> dict[str, str]:
    header = browser.get(address, follow_redirects=True).headers["Content-Security-Policy"]
    directives = (part.strip().partition(" ") for part in header.split(";"))
    return {name: sources for name, _, sources in directives}


@pytest.mark.parametrize("address", PAGES)
def test_pages_run_scripts_of_this_server_only(anna: FlaskClient, address: str) -> None:
    policy = policy_of(anna, address)

    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == "'self'"
    assert policy["style-src"] == "'self'"
    assert policy["base-uri"] == policy["frame-ancestors"] == "'none'"
    assert policy["img-src"] == "'self' https: http: data:"


@pytest.mark.parametrize("address", PAGES)
def test_pages_hold_nothing_that_the_policy_forbids(
    app: Flask, anna: FlaskClient, address: str
) -> None:
    page = (app.test_client() if address == "/login" else anna).get(address).text

    assert not re.search(r"<script(?![^>]*\ssrc=)", page)
    assert not re.search(r"<style|\sstyle=|\son\w+=|javascript:", page)


def test_pages_are_not_kept_by_the_browser(anna: FlaskClient) -> None:
    answer = anna.get("/channel/general")

    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "same-origin"


def test_messages_reach_the_page_as_json_only(anna: FlaskClient, chatter: Chatter) -> None:
    chatter.write("general", HOSTILE, alias=HOSTILE, attachments=[{"title": HOSTILE}])

    page = anna.get("/channel/general")
    changes = anna.get("/web/changes?since=0")

    assert "onerror" not in page.text
    assert changes.mimetype == "application/json"
    assert changes.headers["X-Content-Type-Options"] == "nosniff"
    assert HOSTILE in str(changes.get_json())


def test_the_address_of_a_room_is_not_repeated_in_the_page(anna: FlaskClient) -> None:
    page = anna.get("/channel/%3Cscript%3Ealert(1)%3C/script%3E").text

    assert "alert(1)" not in page


def test_a_hostile_name_is_text(app: Flask) -> None:

    with app.app_context(), current_chat().transaction():
        users.create_user(current_chat(), "mallory", password=PASSWORD, name=HOSTILE)

    page = log_in(app, "mallory").get("/home").text

    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(2)" in page


def test_the_menu_shows_links_of_plugins(app: Flask, anna: FlaskClient) -> None:
    hookimpl = pluggy.HookimplMarker("chat_host")

    class Plugin:
        @hookimpl
        def chat_host_menu_links(self, user: Any) -> list[tuple[str, str]]:
            return [(f"Integrations of {user.username}", "/admin?a=1&b=2")]

    app.extensions[PLUGINS].register(Plugin())

    page = anna.get("/home").text

    assert '<a href="/admin?a=1&amp;b=2">Integrations of anna</a>' in page


@pytest.mark.parametrize("name", sorted(path.name for path in STATIC.iterdir()))
def test_every_static_file_is_served_with_its_type(app: Flask, name: str) -> None:
    types = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}

    answer = app.test_client().get(f"/web/static/{name}")

    assert answer.status_code == 200
    assert answer.mimetype == types[Path(name).suffix]
    assert answer.headers["Content-Security-Policy"]
    answer.close()


def test_the_scripts_never_write_html() -> None:
    forbidden = re.compile(
        r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|\bstyle:"
    )

    found = [path.name for path in STATIC.glob("*.js") if forbidden.search(path.read_text())]

    assert found == []


def test_short_codes_have_their_characters_and_are_kept(anna: FlaskClient) -> None:
    address = re.findall(r'data-emoji="([^"]+)"', anna.get("/home").text)[0]

    answer = anna.get(address)
    table = answer.get_json()

    assert table["ghost"] == "👻"
    assert table["white_check_mark"] == "✅"
    assert table["+1"] == "👍"
    assert table["robot_face"] == "🤖"
    assert "immutable" in answer.headers["Cache-Control"]
