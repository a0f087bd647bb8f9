"""Names of rooms and users complete themselves in the real forms."""

import pytest
from playwright.sync_api import Page, Request, expect

pytestmark = pytest.mark.browser


def test_rooms_and_the_user_to_post_as_are_completed(page: Page) -> None:
    asked: list[str] = []
    page.on("request", lambda sent: note(asked, sent))
    page.goto("/admin/integrations/new#incoming")
    rooms = page.get_by_role("combobox", name="Post to Channel")
    options = page.get_by_role("option")

    rooms.press("ArrowDown")
    rooms.press_sequentially("@ann")
    expect(options).to_have_text(["@annaAnna"])
    rooms.press("ArrowDown")
    rooms.press("Enter")
    rooms.press_sequentially(", gen")
    options.filter(has_text="#general").click()
    expect(rooms).to_have_value("@anna, #general")
    author = page.get_by_role("combobox", name="Post as")
    author.fill("cat")
    expect(options).to_have_text(["rocket.cat"])
    author.press("ArrowDown")
    author.press("Tab")
    expect(author).to_have_value("rocket.cat")

    assert 0 < len(asked) < 10
    # nothing was typed yet
    assert all("q=&" not in f"{address}&" for address in asked)
    page.get_by_label("Name", exact=True).first.fill("CI")
    page.get_by_role("button", name="Save").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("CI")


def note(asked: list[str], sent: Request) -> None:
    if "/suggest/" in sent.url:
        asked.append(sent.url)
