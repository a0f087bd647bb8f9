"""A chat server that listens, and Chromium with a person in front of it."""

import os
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from werkzeug.serving import make_server

from host_stub.app import create_app
from host_stub.chat.server import current_chat
from host_stub.seed import ensure_room, ensure_user

PASSWORD = "correct horse"
SHELL = Path("/usr/bin/chromium-headless-shell")
"""Chromium without a window: the same engine, and pages open in two thirds of the time."""
USUAL = SHELL if SHELL.exists() else Path("/usr/bin/chromium")
CHROMIUM = Path(os.environ.get("RC_TEST_CHROMIUM", USUAL))
QUIET = [
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    # pages of the chat server only; routes of Playwright would switch the cache off
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
    "--no-first-run",
    "--no-sandbox",
]


# not for the session: while Playwright is open its event loop counts as running in this thread,
# and other tests could not run one of their own
@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    if not CHROMIUM.exists():
        if os.environ.get("RC_TEST_REQUIRE_BROWSER"):
            pytest.fail(f"There is no Chromium at {CHROMIUM} (set RC_TEST_CHROMIUM)")
        pytest.skip(f"There is no Chromium at {CHROMIUM} (set RC_TEST_CHROMIUM)")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield browser
        browser.close()


@pytest.fixture
def app(config: dict[str, Any]) -> Iterator[Flask]:
    """The chat server with anna, who reads, and the bot that writes to her."""
    fast = {"HOST_STUB_PASSWORD_HASH": "pbkdf2:sha256:1", "HOST_STUB_LOAD_PLUGINS": False}
    app = create_app({**fast, **config})
    with app.app_context(), current_chat().transaction():
        chat = current_chat()
        anna = ensure_user(chat, "anna", password=PASSWORD, name="Anna")
        robot = ensure_user(chat, "robot", password=PASSWORD, roles=("user", "bot"))
        ensure_room(chat, "general", owner=anna, members_too=[robot])
        ensure_room(chat, "quiet", owner=robot)
    yield app
    with app.app_context():
        app.extensions["sqlalchemy"].engine.dispose()


@pytest.fixture
def address(app: Flask) -> Iterator[str]:
    """Where the chat server listens."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


class Robot:
    """Writes by REST."""

    def __init__(self, client: FlaskClient) -> None:
        self._client = client
        login = {"user": "robot", "password": PASSWORD}
        data = client.post("/api/v1/login", json=login).get_json()["data"]
        self._headers = {"X-Auth-Token": data["authToken"], "X-User-Id": data["userId"]}

    def call(self, method: str, **body: Any) -> dict[str, Any]:
        answer = self._client.post(f"/api/v1/{method}", json=body, headers=self._headers)
        document: dict[str, Any] = answer.get_json()
        assert answer.status_code == 200, document
        return document

    def write(self, channel: str, **fields: Any) -> dict[str, Any]:
        message: dict[str, Any] = self.call("chat.postMessage", channel=channel, **fields)[
            "message"
        ]
        return message


@pytest.fixture
def robot(app: Flask) -> Robot:
    return Robot(app.test_client())


@pytest.fixture
def context(chromium: Browser, address: str) -> Iterator[BrowserContext]:
    """A browser that opens pages of the chat server only."""
    context = chromium.new_context(base_url=address, viewport={"width": 1200, "height": 800})
    context.set_default_timeout(10_000)
    yield context
    context.close()


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    """Anna in #general. Whatever the page's scripts complain about fails the test."""
    page = context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("dialog", lambda dialog: complaints.append(f"dialog: {dialog.message}"))
    page.on(
        "console",
        lambda line: (
            complaints.append(line.text)
            if line.type == "error" and "Failed to load resource" not in line.text
            else None
        ),
    )
    page.goto("/channel/general")
    page.get_by_label("Username").fill("anna")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    page.wait_for_selector("body[data-connection=live]")
    yield page
    assert complaints == []
