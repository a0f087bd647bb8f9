"""Each page that there is, in light and dark, wide and on a phone: nothing keeps people out."""

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, ViewportSize, expect

from host_stub.chat.server import current_chat
from host_stub.seed import ensure_user
from rc_integrations_plugin.outgoing.steps import PREPARE
from rc_integrations_plugin.services import Services
from tests.browser.admin.addresses import Known, addresses, prepare
from tests.browser.admin.listeners import Listener, listening, open_editor
from tests.browser.conftest import PASSWORD
from tests.callers import OUTGOING_OWN, OWN, Server
from tests.factories import make_call, make_incoming, make_outgoing
from tests.gallery import fill

pytestmark = pytest.mark.browser

PREFIX = "/admin/integrations"
OUTDATED = """class Script {
  process_incoming_request({ request }) {
    count = 1;
    return { content: { text: Meteor.userId() } };
  }
}
"""
"""With an error and a warning."""
LONG = "n" * 300
SAMPLES: Mapping[str, Mapping[str, Any]] = {
    "grafana": {"request": {"content": {"alerts": []}}, "expected": {"result": {}}},
    "tickets": {
        "argument": {"request": {"url": "https://x.test/", "data": {"text": "x"}}},
        "expected": {"result": {}},
        "options": {"method": PREPARE},
    },
}
WIDE: ViewportSize = {"width": 1280, "height": 800}
PHONE: ViewportSize = {"width": 360, "height": 740}
ALL_RULES: Mapping[str, Any] = {"resultTypes": ["violations"]}
PHONE_RULES: Mapping[str, Any] = {
    **ALL_RULES,
    "runOnly": ["color-contrast", "scrollable-region-focusable", "target-size"],
}
"""What width and colours can break; the rest is the same document."""
OPEN = "[...document.querySelectorAll('details')].slice(0, 8).forEach((one) => (one.open = true))"
"""Some: the first lines of a history are of all kinds, and axe takes its time for each element."""
OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
Faults = dict[str, list[str]]


@dataclasses.dataclass(frozen=True)
class Gallery:
    """A server full of integrations."""

    listener: Listener
    known: Sequence[Known]
    troubled: str
    """The id of an integration that something is wrong with."""
    long: str
    """The id of one whose names are too long for any page."""


@pytest.fixture(scope="module")
def gallery(
    chromium: Browser, tmp_path_factory: pytest.TempPathFactory, empty_database: Path
) -> Iterator[Gallery]:
    folder = tmp_path_factory.mktemp("gallery")
    with listening(chromium, folder, empty_database) as listener:
        ids = fill(listener.app, now=datetime.now(UTC) - timedelta(minutes=3))
        services = listener.services
        known = [prepare(services, ids[name], "fires", one) for name, one in SAMPLES.items()]
        Server(listener.app).caller("newcomer", OWN, OUTGOING_OWN)
        with listener.app.app_context(), current_chat().transaction():
            ensure_user(current_chat(), "newcomer", password=PASSWORD)
        yield Gallery(listener, known, add_troubled(services), add_long(services))


def add_troubled(services: Services) -> str:
    """Add an integration that was switched off, with a script of bygone days and a bad call."""
    made = make_incoming(script=OUTDATED, enabled=False, disabled_reason="It failed too often")
    services.integrations.add(made)
    lines = [{"level": level, "text": "x" * 300} for level in ("log", "warn", "error")]
    services.calls.add(make_call(integration_id=made.id, error="e" * 300, console=lines))
    return made.id


def add_long(services: Services) -> str:
    """Add an integration with long names, and enough others for a second page."""
    for number in range(50):
        make = make_incoming if number % 2 else make_outgoing
        services.integrations.add(make(name=f"Hook {number}", enabled=number % 3 > 0))
    made = make_outgoing(name=LONG, urls=(f"https://x.test/{LONG}",), headers={"X-Key": "v"})
    services.integrations.add(made)
    return made.id


def states(gallery: Gallery) -> Sequence[str]:
    """Return addresses of what pages look like now and then."""
    hook, bridge = (known.id for known in gallery.known)
    return [
        "?q=no-such-name",
        "?sort=name&page=2&done=deleted",
        "/new#outgoing",
        "/changes?user=nobody",
        "/no-such-integration",
        f"/{hook}?done=on",
        f"/{hook}/history?outcome=refused",
        f"/{bridge}/recover?made=2",
        f"/{gallery.troubled}",
        f"/{gallery.troubled}/history",
        f"/{gallery.troubled}/tests",
        f"/{gallery.troubled}/script",
        f"/{gallery.long}",
        f"/{gallery.long}/edit",
        f"/{gallery.long}/duplicate",
        f"/{gallery.long}/script",
        f"/{gallery.long}/history",
    ]


def look(page: Page) -> list[str]:
    """Return what keeps people out of a page: wide and light, then narrow and dark."""
    page.evaluate(OPEN)
    found = faults(page)
    page.set_viewport_size(PHONE)
    page.emulate_media(color_scheme="dark")
    found += [f"on a phone: {one}" for one in faults(page, PHONE_RULES)]
    wide = page.evaluate(OVERFLOW)
    page.set_viewport_size(WIDE)
    page.emulate_media(color_scheme="light")
    return [*found, f"{wide} pixels stick out"] if wide else found


def faults(page: Page, rules: Mapping[str, Any] = ALL_RULES) -> list[str]:
    axe = Axe()
    if not page.evaluate("'axe' in window"):
        page.evaluate(axe.axe_script)
    found = page.evaluate("(rules) => axe.run(document, rules)", rules)["violations"]
    return [
        f"{one['impact']} {one['id']}: {node['html'][:120]}"
        for one in found
        for node in one["nodes"]
        # axe does not know that what is editable takes the focus
        if not (one["id"] == "scrollable-region-focusable" and "cm-scroller" in node["html"])
    ]


def look_at(page: Page, paths: Sequence[str], *, status: int = 200) -> Faults:
    """Return what is wrong with pages, by address, where something is."""
    found: Faults = {}
    for path in paths:
        # an address with another fragment alone would not be loaded anew
        page.goto("about:blank")
        answer = page.goto(path)
        assert answer is not None
        assert answer.status == status, path
        found[path] = look(page)
    return {path: each for path, each in found.items() if each}


def test_nothing_keeps_people_out_of_any_page(gallery: Gallery) -> None:
    paths = addresses(gallery.listener.app, gallery.known)

    with gallery.listener.visit("anna", PREFIX) as page:
        assert look_at(page, paths) == {}


def test_nothing_keeps_people_out_of_what_pages_look_like_now_and_then(gallery: Gallery) -> None:
    paths = [PREFIX + state for state in states(gallery)]
    missing = f"{PREFIX}/no-such-integration"

    with gallery.listener.visit("anna", PREFIX) as page:
        assert look_at(page, [path for path in paths if path != missing]) == {}
        assert look_at(page, [missing], status=404) == {}


def test_nothing_keeps_people_out_of_empty_pages(gallery: Gallery) -> None:
    with gallery.listener.visit("newcomer", PREFIX) as page:
        assert look_at(page, [PREFIX, f"{PREFIX}/changes"]) == {}


def test_nothing_keeps_people_out_of_what_pages_answer(gallery: Gallery) -> None:
    found: Faults = {}

    with gallery.listener.visit("anna", PREFIX) as page:
        page.goto(f"{PREFIX}/{gallery.troubled}")
        open_editor(page)
        expect(page.get_by_text("1 error, 1 warning")).to_be_visible()
        found["findings"] = look(page)
        for known in gallery.known:
            page.goto(f"{PREFIX}/{known.id}/try")
            page.get_by_role("button", name="Try it", exact=True).click()
            expect(page.get_by_role("heading", name="What would happen")).to_be_focused()
            found[f"{known.kind}, tried"] = look(page)
            page.get_by_role("button", name="Send a test…").click()
            expect(page.get_by_role("alert")).to_be_focused()
            found[f"{known.kind}, asked"] = look(page)
            page.goto(f"{PREFIX}/new#{known.kind}")
            form = page.get_by_role("tabpanel")
            form.get_by_role("button", name="Save", exact=True).last.click()
            expect(page.get_by_role("alert")).to_be_focused()
            found[f"{known.kind}, refused"] = look(page)

    assert {path: each for path, each in found.items() if each} == {}
