"""A script is tried, broken, repaired and guarded by a test, all in a real browser."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from rc_integrations_plugin.services import Services

pytestmark = [pytest.mark.browser, pytest.mark.real_scripts]

GOOD = """class Script {
  process_incoming_request({ request }) {
    console.log('title', request.content.title);
    return { content: { text: `*${request.content.title}*` } };
  }
}
"""
BROKEN = GOOD.replace("request.content.title}*`", "request.body.no.title}*`")
OTHER = GOOD.replace("*$", "_$").replace("}*`", "}_`")
ERROR_LINE = 4


def write(page: Page, text: str) -> None:
    """Put a script into the editor in place of what is in it."""
    page.locator("[data-script-editor]").scroll_into_view_if_needed()
    expect(page.locator("[data-script-editor] .cm-content")).to_be_visible()
    page.evaluate(
        "text => document.querySelector('[data-script-editor]').rcEditor.replace(text)", text
    )


def result(page: Page) -> str:
    return page.get_by_role("region", name="What would happen").inner_text()


def make(page: Page) -> None:
    page.get_by_role("link", name="New").click()
    form = page.get_by_role("tabpanel")
    form.get_by_label("Name", exact=True).fill("Titles")
    form.get_by_label("Post to Channel").fill("#general")
    form.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved.")).to_be_visible()


def try_one_that_is_broken(page: Page) -> None:
    pages = page.get_by_role("navigation", name="Pages of this integration")
    pages.get_by_role("link", name="Try it").click()
    page.get_by_label("Body", exact=True).fill('{"title": "Disk full"}')
    page.get_by_label("Run this script").check()
    write(page, BROKEN)
    page.get_by_role("button", name="Try it", exact=True).click()


def try_it_repaired(page: Page) -> None:
    write(page, GOOD)
    page.get_by_role("button", name="Try it", exact=True).click()
    message = page.get_by_role("article", name="The message")
    expect(message.locator("strong").last).to_have_text("Disk full")


def save_another(page: Page) -> None:
    page.goto(page.url.partition("/tests")[0] + "/edit")
    page.get_by_label("Script Enabled").check()
    write(page, OTHER)
    page.get_by_role("button", name="Save").click()


def test_a_script_is_tried_broken_and_guarded_by_a_test(
    page: Page, services: Services, faults: Callable[[], list[str]]
) -> None:
    make(page)

    try_one_that_is_broken(page)
    expect(page.get_by_role("heading", name="What would happen")).to_be_focused()
    assert "TypeError" in result(page)
    page.get_by_role("button", name=f"Go to line {ERROR_LINE}").click()
    expect(page.get_by_role("textbox", name="Script")).to_be_focused()
    expect(page.locator("[data-script-editor] .cm-activeLine")).to_contain_text("request.body.no")

    try_it_repaired(page)
    assert "title Disk full" in result(page)
    assert faults() == []

    page.get_by_label("Keep as a test named").fill("bold title")
    page.get_by_role("button", name="Keep").click()
    expect(page.get_by_text("The test is kept.")).to_be_visible()
    assert faults() == []

    save_another(page)
    expect(page.get_by_role("alert")).to_contain_text("breaks 1 of 1 test: bold title")
    expect(page.get_by_role("alert")).to_be_focused()
    page.get_by_text("bold title", exact=True).click()
    expect(page.locator(".rc-broke")).to_contain_text('+    "text": "_Disk full_"')
    assert faults() == []

    # where the error is, and one step from its link
    page.get_by_role("alert").get_by_role("link", name="Script").focus()
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Save anyway").first).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Saved.")).to_be_visible()
    stored = services.integrations.find(page.url.rsplit("/", 1)[-1].partition("?")[0])
    assert stored is not None
    assert stored.script == OTHER
