"""What each of six people sees: four with a permission each, an owner of a room, and nobody."""

import dataclasses
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from host_stub.chat import users
from host_stub.chat.server import current_chat
from host_stub.seed import ensure_room, ensure_user
from tests.browser.admin.listeners import Listener, listening
from tests.browser.conftest import PASSWORD
from tests.callers import ALL, OUTGOING_ALL, OUTGOING_OWN, OWN, Server

pytestmark = pytest.mark.browser

PREFIX = "/admin/integrations"
EVERYTHING = ["In", "In the garden", "In, mine", "Out", "Out of the garden", "Out, mine"]
BUTTONS = ["Edit", "Duplicate", "Disable", "Delete…"]


@dataclasses.dataclass(frozen=True)
class Person:
    """Somebody, and what he is to see."""

    username: str
    permissions: Sequence[str]
    listed: Sequence[str]
    forms: Sequence[str]
    """What he may make: the tabs of New, or no tabs but one form."""


PEOPLE = (
    Person("ina", [ALL], ["In", "In the garden", "In, mine"], ["incoming"]),
    Person("own_ina", [OWN], ["In, mine"], ["incoming"]),
    Person("otto", [OUTGOING_ALL], ["Out", "Out of the garden", "Out, mine"], ["outgoing"]),
    Person("own_otto", [OUTGOING_OWN], ["Out, mine"], ["outgoing"]),
    Person("olga", [], ["In the garden", "Out of the garden"], ["incoming", "outgoing"]),
)


@pytest.fixture(scope="module")
def listener(
    chromium: Browser, tmp_path_factory: pytest.TempPathFactory, server_database: Path
) -> Iterator[Listener]:
    folder = tmp_path_factory.mktemp("permissions")
    with listening(chromium, folder, server_database) as listener:
        yield listener


@pytest.fixture(scope="module")
def ids(listener: Listener) -> dict[str, str]:
    """The integrations by name: some of an administrator, two of others."""
    server = Server(listener.app)
    for one in PEOPLE:
        server.caller(one.username, *one.permissions)
    with listener.app.app_context(), current_chat().transaction():
        chat = current_chat()
        for username in (*(one.username for one in PEOPLE), "nobody"):
            ensure_user(chat, username, password=PASSWORD)
        bot = users.load_user(chat, username="rocket.cat")
        olga = users.load_user(chat, username="olga")
        ensure_room(chat, "garden", owner=olga, members_too=[bot])
        for username in ("own_ina", "own_otto"):
            member = users.load_user(chat, username=username)
            ensure_room(chat, "general", owner=member, members_too=[member])
    admin = server.caller("admin")
    made = [
        admin.create(name="In"),
        admin.create(name="In the garden", channel="#garden"),
        server.caller("own_ina").create(name="In, mine"),
        admin.create_outgoing(name="Out"),
        admin.create_outgoing(name="Out of the garden", channel="#garden"),
        server.caller("own_otto").create_outgoing(name="Out, mine"),
    ]
    return {one["name"]: one["_id"] for one in made}


def names(page: Page) -> list[str]:
    return sorted(page.locator("tbody th").all_inner_texts())


def offered(page: Page) -> list[str]:
    """Return what can be made on the page for new ones."""
    return [one.get_attribute("action") or "" for one in page.locator("form[data-edit]").all()]


def answer_of(page: Page, path: str) -> tuple[int, str]:
    answer = page.request.get(f"{PREFIX}{path}")
    return answer.status, answer.text()


def check(page: Page, person: Person, ids: dict[str, str]) -> None:
    """Go through the pages as somebody."""
    assert names(page) == person.listed
    # who may manage one type alone has nothing to choose from
    assert page.get_by_label("Type").count() == len(person.forms) - 1
    page.locator("tbody a").first.click()
    expect(page.locator(".rc-heading .rc-actions").locator("a, button")).to_have_text(BUTTONS)
    page.goto(f"{PREFIX}/new")
    assert offered(page) == [f"{PREFIX}/new/{kind}" for kind in person.forms]
    expect(page.get_by_role("tab")).to_have_count(len(person.forms) if person.forms[1:] else 0)
    missing = answer_of(page, "/no-such-id")
    assert missing[0] == 404
    for name, integration_id in ids.items():
        for part in ("", "/edit", "/history", "/try"):
            answer = answer_of(page, f"/{integration_id}{part}")
            if name in person.listed:
                assert answer[0] == 200, (name, part)
            else:
                assert answer == missing, (name, part)


def test_everybody_sees_what_he_may_manage_and_nothing_else(
    listener: Listener, ids: dict[str, str]
) -> None:
    assert sorted(ids) == EVERYTHING
    for person in PEOPLE:
        with listener.visit(person.username, PREFIX) as page:
            check(page, person, ids)

    with listener.visit("nobody", "/channel/general") as page:
        assert page.get_by_role("link", name="Integrations").count() == 0
        for path in ("", "/new", f"/{ids['In']}", "/no-such-id"):
            status, text = answer_of(page, path)
            assert status == 403
            assert "You may not manage integrations" in text
