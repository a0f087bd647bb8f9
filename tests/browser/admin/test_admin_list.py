"""The list of integrations and what is reached from it, in a real browser."""

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from rc_integrations_plugin.services import Services
from tests.browser.conftest import PASSWORD
from tests.factories import make_call, make_incoming, make_outgoing

pytestmark = pytest.mark.browser

LONG = "A name that a program made out of a path/and/its/description" * 5


@pytest.fixture
def many(services: Services) -> None:
    for number in range(120):
        make = make_incoming if number % 3 else make_outgoing
        services.integrations.add(make(name=f"Hook {number:03}", enabled=number % 4 != 0))
    hook = make_incoming(
        name=LONG, username="n" * 200, channels=tuple("#" + letter * 90 for letter in "abcde")
    )
    services.integrations.add(hook)
    services.calls.add(make_call(integration_id=hook.id))


def overflow(page: Page) -> int:
    return int(
        page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    )


def test_the_menu_of_the_chat_leads_to_the_list(page: Page) -> None:
    page.goto("/channel/general")
    page.get_by_role("link", name="Integrations").click()

    expect(page.get_by_role("heading", name="Integrations")).to_be_visible()
    expect(page.get_by_text("There are no integrations yet.")).to_be_visible()
    page.get_by_role("link", name="Chat").click()
    page.wait_for_url("**/channel/general")


def test_a_stranger_comes_back_after_the_log_in(context: BrowserContext, address: str) -> None:
    page = context.new_page()
    page.goto("/admin/integrations?q=a+b")
    page.get_by_label("Username").fill("anna")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()

    page.wait_for_url(lambda url: url.endswith("/admin/integrations?q=a+b"))


@pytest.mark.usefixtures("many")
def test_the_list_is_searched_and_filtered(page: Page) -> None:
    page.reload()
    rows = page.locator("tbody tr")
    expect(rows).to_have_count(50)
    expect(page.get_by_text("1 to 50 of 121 integrations")).to_be_visible()

    page.get_by_label("Type").select_option("Outgoing")
    page.wait_for_url(lambda url: url.endswith("?type=outgoing&sort=-created"))
    expect(page.get_by_text("40 integrations found.")).to_be_visible()
    page.get_by_label("State").select_option("Off")
    expect(page.get_by_text("10 integrations found.")).to_be_visible()
    page.get_by_label("Name").fill("hook 01")
    page.get_by_label("Name").press("Enter")
    expect(page.get_by_text("1 integration found.")).to_be_visible()
    page.go_back()
    expect(page.get_by_text("10 integrations found.")).to_be_visible()
    expect(page.get_by_label("State")).to_have_value("off")
    expect(page.get_by_label("Name")).to_be_enabled()
    page.get_by_role("link", name="Show all").click()
    expect(rows).to_have_count(50)


@pytest.mark.usefixtures("many")
def test_columns_are_sorted_by_their_heads(page: Page) -> None:
    page.reload()
    page.get_by_role("link", name="Name", exact=True).click()
    head = page.get_by_role("columnheader", name="Name")
    expect(head).to_have_attribute("aria-sort", "ascending")
    expect(page.locator("tbody tr").nth(1)).to_contain_text("Hook 000")
    page.get_by_role("link", name="Name", exact=True).click()
    expect(head).to_have_attribute("aria-sort", "descending")
    expect(page.locator("tbody tr").first).to_contain_text("Hook 119")
    page.get_by_role("link", name="Next").click()
    expect(page.locator("tbody tr").first).to_contain_text("Hook 069")
    expect(page.get_by_text("Page 2 of 3")).to_be_visible()


@pytest.mark.usefixtures("many")
def test_the_list_is_used_with_the_keyboard_alone(page: Page) -> None:
    page.goto("/admin/integrations?q=program")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="All changes")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="New")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_label("Name")).to_be_focused()
    for _ in range(20):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.closest('tbody') !== null"):
            break
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(LONG)


@pytest.mark.usefixtures("many")
@pytest.mark.parametrize("width", [320, 390, 700, 900, 1280])
def test_nothing_stands_out_of_the_page(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    page.goto("/admin/integrations")
    assert overflow(page) == 0
    page.goto("/admin/integrations?q=program")
    assert overflow(page) == 0
    page.get_by_role("link", name=LONG).click()
    expect(page.get_by_role("heading", name="Instructions")).to_be_visible()
    page.wait_for_load_state()  # the heading may be there before the styles are
    assert overflow(page) == 0


def test_the_list_works_without_scripts(
    chromium: Browser, page: Page, context: BrowserContext, address: str, services: Services
) -> None:
    services.integrations.add(make_incoming(name="CI"))
    services.integrations.add(make_incoming(name="Other"))
    plain = chromium.new_context(
        base_url=address, java_script_enabled=False, storage_state=context.storage_state()
    )
    page = plain.new_page()
    page.goto("/admin/integrations")
    page.get_by_label("Name").fill("CI")
    page.get_by_role("button", name="Search").click()

    expect(page.locator("tbody tr")).to_have_count(1)
    page.get_by_role("link", name="CI").click()
    expect(page.get_by_role("button", name="Show the token")).to_be_hidden()
    plain.close()
