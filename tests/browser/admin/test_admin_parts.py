"""What pages are made of: tabs, completion, questions, guarded forms, editor and comparison."""

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Dialog, Page, expect

pytestmark = pytest.mark.browser

PATH = "/admin/integrations/-/workshop"


@pytest.fixture
def workshop(page: Page) -> Page:
    page.goto(PATH)
    # the text area has the same role and name until the editor takes its place
    expect(page.locator("[data-script-editor] .cm-content")).to_be_visible()
    return page


def test_tabs_are_chosen_with_the_mouse_and_with_the_arrows(workshop: Page) -> None:
    panel = workshop.get_by_role("tabpanel")
    expect(panel).to_have_text("What comes in")

    workshop.get_by_role("tab", name="Other").click()
    expect(panel).to_have_text("What else there is")
    workshop.keyboard.press("ArrowRight")
    expect(workshop.get_by_role("tab", name="Incoming")).to_be_focused()
    expect(panel).to_have_text("What comes in")
    workshop.keyboard.press("End")
    workshop.keyboard.press("ArrowLeft")
    expect(workshop.get_by_role("tab", name="Outgoing")).to_have_attribute("aria-selected", "true")
    workshop.keyboard.press("Tab")
    expect(panel).to_be_focused()


def test_the_address_says_which_tab_is_first(page: Page) -> None:
    page.goto(f"{PATH}#outgoing")

    expect(page.get_by_role("tabpanel")).to_have_text("What goes out")


def test_a_room_is_completed_with_the_keyboard(workshop: Page) -> None:
    field = workshop.get_by_role("combobox", name="Room", exact=True)
    field.press_sequentially("room-2")
    options = workshop.get_by_role("option")
    expect(options).to_have_count(11)
    expect(field).to_have_attribute("aria-expanded", "true")

    field.press("ArrowDown")
    field.press("ArrowDown")
    expect(options.nth(1)).to_have_attribute("aria-selected", "true")
    active = field.get_attribute("aria-activedescendant")
    assert options.nth(1).get_attribute("id") == active
    field.press("Enter")
    expect(field).to_have_value("#room-20")
    expect(options).to_have_count(0)
    expect(field).to_be_focused()


def test_one_of_several_rooms_is_completed_with_the_mouse(workshop: Page) -> None:
    field = workshop.get_by_role("combobox", name="Rooms")
    field.press("End")
    field.press_sequentially("bold")
    option = workshop.get_by_role("option")
    expect(option).to_contain_text("#<b>bold</b>")
    option.click()

    expect(field).to_have_value("#general, #<b>bold</b>")
    field.press_sequentially(", 30")
    workshop.get_by_role("option", name="#room-30").click()
    expect(field).to_have_value("#general, #<b>bold</b>, #room-30")


def test_escape_and_leaving_close_the_list(workshop: Page) -> None:
    field = workshop.get_by_role("combobox", name="Room", exact=True)
    field.press_sequentially("room")
    expect(workshop.get_by_role("option")).to_have_count(20)
    expect(workshop.get_by_text("20 suggestions")).to_have_count(1)
    field.press("Escape")
    expect(workshop.get_by_role("option")).to_have_count(0)
    field.fill("nothing")
    expect(workshop.get_by_text("No suggestions")).to_have_count(1)
    expect(field).to_have_value("nothing")
    field.fill("room")
    expect(workshop.get_by_role("option")).to_have_count(20)
    field.press("Tab")
    expect(workshop.get_by_role("option")).to_have_count(0)


def test_what_cannot_be_undone_asks_for_the_name(workshop: Page) -> None:
    workshop.get_by_role("button", name="Delete…").click()
    dialog = workshop.get_by_role("dialog", name="Delete this integration?")
    confirm = dialog.get_by_role("button", name="Delete")
    expect(dialog.get_by_role("textbox")).to_be_focused()
    expect(confirm).to_be_disabled()
    dialog.get_by_role("textbox").fill("CI")
    workshop.keyboard.press("Enter")
    expect(confirm).to_be_disabled()
    workshop.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(workshop.get_by_role("button", name="Delete…")).to_be_focused()

    workshop.keyboard.press("Enter")
    workshop.keyboard.type("CI & more")
    workshop.keyboard.press("Enter")
    expect(workshop.locator("#sent")).to_contain_text('"delete": "yes"')


def test_unsaved_changes_are_not_lost_without_a_question(workshop: Page) -> None:
    asked: list[str] = []

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    workshop.once("dialog", stay)
    editor = workshop.get_by_role("textbox", name="Script")
    editor.press("ControlOrMeta+End")
    editor.press_sequentially("// mine")
    workshop.get_by_role("link", name="Chat").click()
    workshop.wait_for_timeout(300)
    assert asked == ["beforeunload"]
    assert workshop.url.endswith(PATH)

    workshop.get_by_role("button", name="Save").click()
    expect(workshop.locator("#sent")).to_contain_text("// mine")


def test_the_editor_is_left_with_escape_and_tab(workshop: Page) -> None:
    editor = workshop.get_by_role("textbox", name="Script")
    editor.click()
    workshop.keyboard.press("ControlOrMeta+End")
    workshop.keyboard.press("Tab")
    expect(editor).to_be_focused()
    workshop.keyboard.press("Escape")
    workshop.keyboard.press("Tab")

    expect(editor).not_to_be_focused()
    assert workshop.locator("textarea#script").input_value().endswith("}\n  ")


@pytest.mark.real_scripts
def test_the_editor_marks_what_does_not_work_while_somebody_types(workshop: Page) -> None:
    expect(workshop.get_by_text("Nothing in this script was found")).to_be_visible()
    editor = workshop.get_by_role("textbox", name="Script")
    editor.click()
    workshop.keyboard.press("ControlOrMeta+End")
    workshop.keyboard.type("Meteor.call();")

    finding = workshop.get_by_role("button", name="Line 4 Meteor")
    expect(finding).to_be_visible()
    workshop.keyboard.press("ControlOrMeta+Home")
    workshop.keyboard.press("F8")
    expect(workshop.locator(".cm-tooltip-lint, .cm-lintRange-active").first).to_be_visible()
    workshop.keyboard.press("ControlOrMeta+End")
    workshop.keyboard.type("\n}")
    expect(workshop.get_by_text("SyntaxError")).to_be_visible()


def test_the_editor_searches(workshop: Page) -> None:
    workshop.get_by_role("textbox", name="Script").click()
    workshop.keyboard.press("ControlOrMeta+f")
    workshop.keyboard.type("process")

    expect(workshop.get_by_role("textbox", name="Find")).to_be_focused()
    expect(workshop.locator(".cm-searchMatch")).to_have_count(1)
    workshop.keyboard.press("Escape")
    expect(workshop.get_by_role("textbox", name="Find")).to_have_count(0)


def test_the_editor_s_text_is_copied(workshop: Page, context: BrowserContext, address: str) -> None:
    context.grant_permissions(["clipboard-read", "clipboard-write"], origin=address)

    workshop.get_by_role("button", name="Copy Script").click()

    expect(workshop.get_by_text("Script copied")).to_be_visible()
    assert "process_incoming_request" in workshop.evaluate("navigator.clipboard.readText()")


@pytest.mark.parametrize("width", [390, 1280])
def test_two_versions_are_compared(workshop: Page, width: int) -> None:
    workshop.set_viewport_size({"width": width, "height": 800})
    workshop.locator("[data-comparison]").scroll_into_view_if_needed()

    expect(workshop.locator(".cm-changedText, .cm-insertedLine").first).to_be_visible()
    expect(workshop.get_by_text("unchanged lines").first).to_be_visible()
    sides = workshop.locator(".cm-mergeView .cm-editor")
    expect(sides).to_have_count(2 if width > 1000 else 0)
    workshop.get_by_role("button", name="Show all lines").press("Enter")
    expect(workshop.get_by_text("unchanged lines")).to_have_count(0)
    expect(workshop.locator(".cm-line", has_text="// same").first).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_axe_finds_nothing(
    workshop: Page, faults: Callable[[], list[str]], scheme: str, width: int
) -> None:
    workshop.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    workshop.set_viewport_size({"width": width, "height": 800})
    expect(workshop.get_by_text("Nothing in this script was found")).to_be_visible()
    workshop.locator("[data-comparison]").scroll_into_view_if_needed()
    expect(workshop.get_by_text("unchanged lines").first).to_be_visible()
    assert faults() == []

    workshop.get_by_role("combobox", name="Room", exact=True).press_sequentially("room")
    expect(workshop.get_by_role("option").first).to_be_visible()
    assert faults() == []
    workshop.keyboard.press("Escape")
    workshop.get_by_role("textbox", name="Script").click()
    workshop.keyboard.press("ControlOrMeta+f")
    assert faults() == []
    workshop.get_by_role("button", name="Delete…").click()
    assert faults() == []
