"""The pages with the keyboard alone: the focus is never lost, hidden or without a frame."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from host_stub.chat.server import current_chat
from host_stub.seed import ensure_room, ensure_user
from tests.browser.admin.listeners import Listener, listening
from tests.browser.conftest import PASSWORD

pytestmark = pytest.mark.browser

FURTHEST = 60
"""So many times Tab is pressed at most to get somewhere on a page."""
STATE = """() => {
  let one = document.activeElement;
  // the editor has a document of its own
  while (one?.shadowRoot?.activeElement) one = one.shadowRoot.activeElement;
  if (!one || one === document.body) return "nothing has the focus";
  const isEditor = one.classList.contains("cm-content");
  const framed = isEditor ? one.closest(".cm-editor") : one;
  const style = getComputedStyle(framed);
  const name = one.outerHTML.slice(0, 120);
  // what takes the focus by a script alone, as the head of a result, is not a stop of Tab
  if (one.tabIndex >= 0 && (style.outlineStyle === "none" || parseFloat(style.outlineWidth) < 2))
    return `no frame around ${name}`;
  const box = framed.getBoundingClientRect();
  if (box.width < 2 || box.height < 2) return `too small to be seen: ${name}`;
  const middle = (from, to, most) => (Math.max(from, 0) + Math.min(to, most)) / 2;
  const x = middle(box.left, box.right, innerWidth);
  const y = middle(box.top, box.bottom, innerHeight);
  const there = framed.getRootNode().elementFromPoint(x, y);
  // an inline link of two lines may have something else in its middle
  const isThere = there && (framed.contains(there) || there.contains(framed));
  return isThere ? "" : `hidden behind ${there?.outerHTML.slice(0, 120)}: ${name}`;
}"""
SCRIPT = (
    "class Script {{ process_incoming_request() {{ return {{ content: {{ text: '{}' }} }}; }} }}"
)


class Keyboard:
    """Fingers on the keys, and eyes that look for the focus after each."""

    def __init__(self, page: Page) -> None:
        self._page = page

    def press(self, key: str) -> None:
        """Press a key that leaves the page open."""
        self._page.keyboard.press(key)
        self.look()

    def look(self) -> None:
        assert self._page.evaluate(STATE) == ""

    def go_to(self, target: Locator, *, key: str = "Tab") -> None:
        """Press Tab until something has the focus."""
        for _ in range(FURTHEST):
            if target.evaluate("(one) => one === one.getRootNode().activeElement"):
                return
            if self._page.locator(".cm-content[contenteditable=true]:focus").count():
                # there Tab indents otherwise
                self.press("Escape")
            self.press(key)
        pytest.fail(f"{key} does not lead to {target}")

    def type(self, text: str) -> None:
        self._page.keyboard.type(text)
        self.look()

    def follow(self, target: Locator, *, key: str = "Tab") -> None:
        """Go to a link or button, and let it open another page."""
        self.go_to(target, key=key)
        with self._page.expect_navigation():
            self._page.keyboard.press("Enter")

    def skip(self) -> None:
        """Skip what all pages begin with."""
        self.press("Tab")
        expect(self._page.get_by_role("link", name="Skip to the content")).to_be_focused()
        self.press("Enter")
        expect(self._page.locator("main")).to_be_focused()


@pytest.fixture(scope="module")
def listener(
    chromium: Browser, tmp_path_factory: pytest.TempPathFactory, empty_database: Path
) -> Iterator[Listener]:
    folder = tmp_path_factory.mktemp("keyboard")
    with listening(chromium, folder, empty_database) as listener:
        with listener.app.app_context(), current_chat().transaction():
            chat = current_chat()
            anna = ensure_user(chat, "anna", password=PASSWORD, name="Anna", roles=["admin"])
            robot = ensure_user(chat, "rocket.cat", roles=["bot"])
            ensure_room(chat, "general", owner=anna, members_too=[robot])
        yield listener


@pytest.fixture
def page(listener: Listener) -> Iterator[Page]:
    with listener.visit("anna", "/admin/integrations") as page:
        yield page


@pytest.fixture
def keyboard(page: Page) -> Keyboard:
    return Keyboard(page)


def link(page: Page, name: str) -> Locator:
    return page.locator("main").get_by_role("link", name=name, exact=True)


def button(page: Page, name: str) -> Locator:
    return page.locator("main").get_by_role("button", name=name, exact=True).last


def test_an_integration_is_made_tried_and_rolled_back(page: Page, keyboard: Keyboard) -> None:
    make(page, keyboard)
    change_script(page, keyboard)
    send_a_test(page, keyboard)
    look_into_history(page, keyboard)

    keyboard.follow(link(page, "Script versions"), key="Shift+Tab")
    keyboard.skip()
    keyboard.follow(link(page, "Version 1"))
    keyboard.skip()
    keyboard.follow(button(page, "Make this the script"))
    expect(page.get_by_text("The old version is the script now.")).to_be_visible()


def make(page: Page, keyboard: Keyboard) -> None:
    keyboard.skip()
    keyboard.follow(link(page, "New"))
    keyboard.skip()
    form = page.get_by_role("tabpanel")
    keyboard.go_to(form.get_by_label("Name", exact=True))
    keyboard.type("CI")
    keyboard.go_to(form.get_by_label("Post to Channel"))
    keyboard.type("#general")
    keyboard.press("Escape")
    keyboard.go_to(form.get_by_label("Script Enabled"))
    keyboard.press("Space")
    write(page, keyboard, SCRIPT.format("one"))
    keyboard.follow(button(page, "Save"))
    expect(page.get_by_text("Saved.")).to_be_visible()


def write(page: Page, keyboard: Keyboard, text: str) -> None:
    """Replace the text of the editor, and leave it."""
    editor = page.locator(".cm-content:visible")
    expect(editor).to_be_visible()
    keyboard.go_to(editor)
    keyboard.press("ControlOrMeta+a")
    # as if it were pasted: no bracket is closed by the editor
    page.keyboard.insert_text(text)
    keyboard.press("ControlOrMeta+End")
    keyboard.press("Tab")
    expect(editor).to_be_focused()
    keyboard.press("Escape")
    keyboard.press("Tab")
    expect(editor).not_to_be_focused()


def change_script(page: Page, keyboard: Keyboard) -> None:
    keyboard.skip()
    keyboard.follow(link(page, "Edit"))
    keyboard.skip()
    write(page, keyboard, SCRIPT.format("two"))
    keyboard.follow(button(page, "Save"))
    expect(page.get_by_text("Saved.")).to_be_visible()


def send_a_test(page: Page, keyboard: Keyboard) -> None:
    keyboard.skip()
    keyboard.follow(link(page, "Try it"))
    keyboard.skip()
    keyboard.follow(button(page, "Try it"))
    expect(page.get_by_role("heading", name="What would happen")).to_be_focused()
    expect(page.get_by_role("article", name="The message")).to_contain_text("two")
    keyboard.look()
    keyboard.follow(button(page, "Send a test…"), key="Shift+Tab")
    expect(page.get_by_role("alert")).to_be_focused()
    keyboard.follow(button(page, "Send it now"))
    expect(page.get_by_role("heading", name="It was sent")).to_be_focused()
    keyboard.follow(link(page, "See it in the history"))


def look_into_history(page: Page, keyboard: Keyboard) -> None:
    keyboard.press("Tab")
    summary = page.locator("details.rc-call summary")
    keyboard.go_to(summary)
    if not page.locator("details.rc-call").evaluate("(one) => one.open"):
        keyboard.press("Enter")
    expect(page.get_by_text("What happened")).to_be_visible()
    keyboard.follow(link(page, "Run again"))
    keyboard.skip()
    keyboard.follow(button(page, "Try it"))
    expect(page.get_by_role("heading", name="Then and now")).to_be_visible()
    expect(page.get_by_role("heading", name="What would happen")).to_be_focused()


def test_a_question_before_deleting_keeps_the_focus(page: Page, keyboard: Keyboard) -> None:
    make(page, keyboard)
    keyboard.skip()
    keyboard.go_to(button(page, "Delete…"))
    keyboard.press("Enter")
    field = page.get_by_role("dialog").get_by_role("textbox")
    expect(field).to_be_focused()
    keyboard.press("Escape")
    expect(button(page, "Delete…")).to_be_focused()
