"""Takes pictures of the pages for docs/pictures: light, dark, and on a phone.

    python -m tests.pictures [--folder docs/pictures] [--only NAME ...]
    pngquant 64 --force --ext .png --skip-if-larger docs/pictures/*.png

It starts a stub chat server with made-up integrations and history, and needs Chromium
(`RC_TEST_CHROMIUM`, or where Debian has it). Nothing of it runs in the tests.
"""

import argparse
import dataclasses
import logging
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from flask import Flask
from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright
from werkzeug.serving import make_server

from host_stub.app import create_app
from host_stub.chat.server import EXTENSION as STUB
from rc_integrations_plugin.services import EXTENSION, Services
from tests import crowd, gallery
from tests.browser.conftest import CHROMIUM, QUIET

DESK: ViewportSize = {"width": 1200, "height": 800}
PHONE: ViewportSize = {"width": 390, "height": 844}
LOOKS = {"light": ("light", DESK), "dark": ("dark", DESK), "phone": ("light", PHONE)}
TALLEST = 2400
"""Pixels: of longer pages the upper part tells enough."""


@dataclasses.dataclass(frozen=True)
class View:
    """A page, and what is done on it before the picture is taken."""

    name: str
    path: str
    prepare: Callable[[Page], object] = lambda page: None
    part: str = ""
    """The name of the only section that is wanted."""


def _try(page: Page) -> None:
    page.get_by_role("button", name="Try it", exact=True).click()
    page.wait_for_load_state("networkidle")


def _save_nothing(page: Page) -> None:
    page.get_by_label("Post as").first.fill("nobody")
    page.get_by_label("Post to channel").first.fill("#gone")
    page.get_by_role("button", name="Save").first.click()
    page.wait_for_load_state("networkidle")


def _complete(page: Page) -> None:
    page.get_by_label("Post to channel").first.press_sequentially("#b")
    page.get_by_role("option").first.wait_for()


def _run_tests(page: Page) -> None:
    page.get_by_role("button", name="Run all").click()
    page.wait_for_load_state("networkidle")


def _open_first(page: Page) -> None:
    page.locator("details > summary").first.click()


LIST = "/admin/integrations"
VIEWS = (
    View("list", LIST),
    View("new-incoming", f"{LIST}/new#incoming"),
    View("new-outgoing", f"{LIST}/new#outgoing"),
    View("errors", f"{LIST}/new#incoming", _save_nothing),
    View("completion", f"{LIST}/new#incoming", _complete),
    View("incoming", f"{LIST}/{{grafana}}"),
    View("outgoing", f"{LIST}/{{tickets}}"),
    View("edit", f"{LIST}/{{grafana}}/edit"),
    View("try-incoming", f"{LIST}/{{grafana}}/try", _try),
    View("try-outgoing", f"{LIST}/{{tickets}}/try", _try),
    View("then-and-now", f"{LIST}/{{grafana}}/try", _try, part="Then and now"),
    View("tests", f"{LIST}/{{grafana}}/tests", _run_tests),
    View("history-incoming", f"{LIST}/{{grafana}}/history", _open_first),
    View("history-outgoing", f"{LIST}/{{tickets}}/history", _open_first),
    View("failed-calls", f"{LIST}/{{tickets}}/recover"),
    View("changes", f"{LIST}/{{grafana}}/changes"),
    View("all-changes", f"{LIST}/changes"),
    View("script-versions", f"{LIST}/{{grafana}}/script"),
    View("script-difference", f"{LIST}/{{grafana}}/script/difference?old=1&new=2"),
    View("delete", f"{LIST}/{{grafana}}/delete"),
    View("history-empty", f"{LIST}/{{off}}/history"),
    View("tests-empty", f"{LIST}/{{off}}/tests"),
    View("api", "/api/v1/integrations.docs"),
)
CROWDED_VIEWS = (
    View("crowd-list", LIST),
    View("crowd-list-failures", f"{LIST}?sort=-failures"),
    View("crowd-history-incoming", f"{LIST}/{{hook}}/history?page=400"),
    View("crowd-history-outgoing", f"{LIST}/{{bridge}}/history"),
)


def _fill_gallery(app: Flask) -> Mapping[str, str]:
    return gallery.fill(app, now=datetime.now(UTC) - timedelta(minutes=3))


def _fill_crowd(app: Flask) -> Mapping[str, str]:
    services: Services = app.extensions[EXTENSION]
    with app.app_context():
        gallery.people(services)
        filled = crowd.fill(app.extensions["sqlalchemy"].engine)
    return {"hook": filled.hook.id, "bridge": filled.bridge.id}


def _fill_nothing(app: Flask) -> Mapping[str, str]:
    with app.app_context():
        gallery.people(app.extensions[EXTENSION])
    return {}


SCENES: Sequence[tuple[Callable[[Flask], Mapping[str, str]], Sequence[View]]] = (
    (_fill_gallery, VIEWS),
    (_fill_crowd, CROWDED_VIEWS),
    (_fill_nothing, (View("list-empty", LIST),)),
)
"""Chat servers, and what is looked at on each."""


@contextmanager
def running(app: Flask) -> Iterator[str]:
    """Let a chat server listen, and say where."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    address = f"http://127.0.0.1:{server.server_port}"
    chat = app.extensions[STUB]
    chat.settings = dataclasses.replace(chat.settings, site_url=address)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield address
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def logged_in(browser: Browser, address: str, **look: Any) -> Iterator[Page]:
    """Open the list of integrations as Anna, who may manage all of them."""
    context = browser.new_context(
        base_url=address, timezone_id="Europe/Berlin", reduced_motion="reduce", **look
    )
    page = context.new_page()
    page.goto("/login?next=/admin/integrations")
    page.get_by_label("Username").fill("anna")
    page.get_by_label("Password").fill(gallery.PASSWORD)
    page.get_by_role("button", name="Log in").click()
    page.wait_for_url("**/admin/integrations")
    yield page
    context.close()


def take(page: Page, view: View, path: Path, *, size: ViewportSize) -> None:
    """Take a picture of a page, and say what is wrong with it."""
    page.set_viewport_size(size)
    # an address with another fragment alone would not be loaded anew
    page.goto("about:blank")
    answer = page.goto(view.path)
    if answer is not None and not answer.ok:
        print(f"{path.stem}: {answer.status} {view.path}")  # noqa: T201
    view.prepare(page)
    page.wait_for_load_state("networkidle")
    if view.part:
        part = page.get_by_role("region", name=view.part)
        # what is above takes its height when it is seen first: the first picture shows another part
        part.screenshot()
        part.screenshot(path=path)
        return
    page.evaluate("scrollTo(0, 0)")
    wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    if wide > 0:
        print(f"{path.stem}: {wide} pixels stick out")  # noqa: T201
    height = min(page.evaluate("document.documentElement.scrollHeight"), TALLEST)
    page.set_viewport_size({"width": size["width"], "height": max(height, size["height"])})
    page.screenshot(path=path)


def main() -> None:
    """Take the pictures that are wanted."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, default=Path("docs/pictures"))
    parser.add_argument("--only", nargs="*", default=[])
    wanted = parser.parse_args()
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    wanted.folder.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        for fill, views in SCENES:
            chosen = [view for view in views if not wanted.only or view.name in wanted.only]
            if chosen:
                take_all(browser, fill, chosen, folder=wanted.folder)
        browser.close()


def take_all(
    browser: Browser,
    fill: Callable[[Flask], Mapping[str, str]],
    views: Sequence[View],
    *,
    folder: Path,
) -> None:
    """Take the pictures of one chat server, in each look."""
    with tempfile.TemporaryDirectory() as scratch:
        app = create_app(
            {
                "SQLALCHEMY_DATABASE_URI": f"sqlite:///{scratch}/chat.db",
                "HOST_STUB_PASSWORD_HASH": "pbkdf2:sha256:1",
                "RC_INTEGRATIONS_LOGIN_URL": "/login?next={next}",
            }
        )
        ids = fill(app)
        with running(app) as address:
            for look, (scheme, size) in LOOKS.items():
                with logged_in(browser, address, color_scheme=scheme) as page:
                    for view in views:
                        shown = dataclasses.replace(view, path=view.path.format(**ids))
                        take(page, shown, folder / f"{view.name}-{look}.png", size=size)
        services: Services = app.extensions[EXTENSION]
        services.scripts.close()
        services.sender.close()


if __name__ == "__main__":
    main()
