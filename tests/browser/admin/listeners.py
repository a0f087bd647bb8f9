"""A chat server that listens, with real scripts, for all tests of a module; and its visitors."""

import dataclasses
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from flask import Flask
from playwright.sync_api import Browser, ConsoleMessage, Page, expect

from host_stub.app import create_app
from rc_integrations_plugin.outgoing.dispatch import EXTENSION as DISPATCHER, Dispatcher
from rc_integrations_plugin.services import EXTENSION, Services
from tests.browser.conftest import PASSWORD
from tests.fakes import RecordingWakeUp
from tests.listening import listen_again
from tests.pictures import running

MOST_MILLISECONDS = 10_000
expect.set_options(timeout=MOST_MILLISECONDS)
EDITOR = "[data-script-editor]"


@dataclasses.dataclass(frozen=True)
class Listener:
    """A chat server that listens."""

    app: Flask
    address: str
    browser: Browser

    @property
    def services(self) -> Services:
        found: Services = self.app.extensions[EXTENSION]
        return found

    def deliver(self) -> None:
        """Make the calls that are due, in place of a worker."""
        dispatcher: Dispatcher = self.app.extensions[DISPATCHER]
        dispatcher.work(MOST_MILLISECONDS / 1000)

    @contextmanager
    def visit(self, username: str, path: str, **look: Any) -> Iterator[Page]:
        """Let somebody log in and open a page. Whatever it complains about fails the test."""
        look = {"viewport": {"width": 1280, "height": 800}, "reduced_motion": "reduce", **look}
        context = self.browser.new_context(base_url=self.address, **look)
        context.set_default_timeout(MOST_MILLISECONDS)
        complaints: list[str] = []
        context.on("weberror", lambda error: complaints.append(str(error.error)))
        context.on("console", lambda line: note(complaints, line))
        page = context.new_page()
        page.goto(f"/login?next={path}")
        page.get_by_label("Username").fill(username)
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Log in").click()
        page.wait_for_url(f"**{path}")
        yield page
        context.close()
        assert complaints == []


def note(complaints: list[str], line: ConsoleMessage) -> None:
    """Keep what a page complains about. A form that was refused is a page like any other."""
    if line.type in {"error", "warning"} and "Failed to load resource" not in line.text:
        complaints.append(line.text)


@contextmanager
def listening(browser: Browser, folder: Path, database: Path, **config: Any) -> Iterator[Listener]:
    """Let a chat server listen, that begins with a copy of this database."""
    path = folder / "chat.db"
    shutil.copyfile(database, path)
    fast = {
        "TESTING": True,
        "SQLALCHEMY_DATABASE_URI": f"sqlite:///{path}",
        "HOST_STUB_PASSWORD_HASH": "pbkdf2:sha256:1",
        "RC_INTEGRATIONS_LOGIN_URL": "/login?next={next}",
    }
    app = create_app({**fast, **config})
    services = dataclasses.replace(app.extensions[EXTENSION], wake_up=RecordingWakeUp())
    app.extensions[EXTENSION] = services
    listen_again(app)
    dispatcher = Dispatcher(services)
    app.extensions[DISPATCHER] = dispatcher
    try:
        with running(app) as address:
            yield Listener(app, address, browser)
    finally:
        dispatcher.close()
        services.scripts.close()
        services.sender.close()
        with app.app_context():
            app.extensions["sqlalchemy"].engine.dispose()


def open_editor(page: Page) -> None:
    """Wait until a script is in its editor."""
    box = page.locator(f"{EDITOR}:visible")
    box.scroll_into_view_if_needed()
    expect(box.locator(".cm-content")).to_be_visible()


def write_script(page: Page, text: str) -> None:
    """Put a script into the editor in place of what is in it."""
    open_editor(page)
    page.locator(f"{EDITOR}:visible").evaluate("(box, text) => box.rcEditor.replace(text)", text)


def section(page: Page, name: str) -> None:
    """Go to another page of the same integration."""
    pages = page.get_by_role("navigation", name="Pages of this integration")
    pages.get_by_role("link", name=name, exact=True).click()
