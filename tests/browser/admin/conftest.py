"""A chat server with the plugin, and Anna, an administrator, in front of its management pages."""

import dataclasses
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import BrowserContext, Page
from werkzeug.serving import make_server

from host_stub.app import create_app
from host_stub.chat.server import EXTENSION as STUB, current_chat
from host_stub.seed import ensure_room, ensure_user
from rc_integrations_plugin.services import EXTENSION, Services
from tests.browser.admin.workshop import build_workshop
from tests.browser.conftest import PASSWORD
from tests.fakes import ScriptedRunner

UNFINISHED = r"ignore:Exception ignored in. <_io\.:pytest.PytestUnraisableExceptionWarning"
"""A browser that goes on to another page leaves static files of the one before unread."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let the tests of this folder go on from pages that are still being loaded."""
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.filterwarnings("ignore:unclosed file:ResourceWarning"))
            item.add_marker(pytest.mark.filterwarnings(UNFINISHED))


@pytest.fixture
def app(
    request: pytest.FixtureRequest, config: dict[str, Any], scripted: ScriptedRunner
) -> Iterator[Flask]:
    """The server; `@pytest.mark.real_scripts` leaves it its real scripts."""
    fast = {
        "HOST_STUB_PASSWORD_HASH": "pbkdf2:sha256:1",
        "RC_INTEGRATIONS_LOGIN_URL": "/login?next={next}",
    }
    app = create_app({**fast, **config})
    app.register_blueprint(build_workshop())
    with app.app_context(), current_chat().transaction():
        chat = current_chat()
        anna = ensure_user(chat, "anna", password=PASSWORD, name="Anna", roles=["admin"])
        robot = ensure_user(chat, "rocket.cat", roles=["bot"])
        ensure_room(chat, "general", owner=anna, members_too=[robot])
    services: Services = app.extensions[EXTENSION]
    if request.node.get_closest_marker("real_scripts") is None:
        app.extensions[EXTENSION] = dataclasses.replace(services, scripts=scripted)
    yield app
    services.scripts.close()
    services.sender.close()
    with app.app_context():
        app.extensions["sqlalchemy"].engine.dispose()


@pytest.fixture
def services(app: Flask) -> Services:
    found: Services = app.extensions[EXTENSION]
    return found


@pytest.fixture
def address(app: Flask) -> Iterator[str]:
    """Where the chat server listens, and says that it is."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    address = f"http://127.0.0.1:{server.server_port}"
    chat = app.extensions[STUB]
    chat.settings = dataclasses.replace(chat.settings, site_url=address)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield address
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def page(context: BrowserContext, address: str) -> Iterator[Page]:
    """Anna, logged in. Whatever the page's scripts or the browser complain about fails the test."""
    page = context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on(
        "console",
        lambda line: (
            complaints.append(line.text)
            # a form that was refused is a page like any other
            if line.type in {"error", "warning"} and "Failed to load resource" not in line.text
            else None
        ),
    )
    page.goto("/login?next=/admin/integrations")
    page.get_by_label("Username").fill("anna")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    page.wait_for_url("**/admin/integrations")
    yield page
    assert complaints == []


@pytest.fixture
def faults(page: Page) -> Callable[[], list[str]]:
    """Return what keeps people out of the page as it is now, as axe-core sees it."""

    def look() -> list[str]:
        found = Axe().run(page).response["violations"]
        return [
            f"{one['impact']} {one['id']}: {node['html'][:120]}"
            for one in found
            for node in one["nodes"]
        ]

    return look
