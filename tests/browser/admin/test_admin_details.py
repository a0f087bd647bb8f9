"""The page of one integration, in a real browser."""

import subprocess

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from rc_integrations_plugin.integrations.records import IncomingIntegration
from rc_integrations_plugin.services import Services
from tests.factories import make_incoming

pytestmark = pytest.mark.browser

SCRIPT = """class Script {
  process_incoming_request({ request }) {
    count = 1;
    return { content: { text: Meteor.userId() } };
  }
}
"""


@pytest.fixture
def hook(services: Services) -> IncomingIntegration:
    host = services.host
    with services.host_context():
        (user,) = host.find_users("rocket.cat")
    hook = make_incoming(name="CI", user_id=user.id, token="t0ken'$x")
    services.integrations.add(hook)
    return hook


def clipboard(page: Page) -> str:
    return str(page.evaluate("navigator.clipboard.readText()"))


def test_the_token_is_shown_when_it_is_asked_for(page: Page, hook: IncomingIntegration) -> None:
    page.goto(f"/admin/integrations/{hook.id}")
    assert "t0ken" not in page.content()
    button = page.get_by_role("button", name="Show the token")

    button.click()
    expect(page.locator("#token")).to_have_text("t0ken%27%24x")
    expect(page.locator("#url")).to_have_text(f"{origin(page)}/hooks/{hook.id}/t0ken%27%24x")
    expect(button).to_have_attribute("aria-pressed", "true")
    button.click()
    expect(page.locator("#token")).to_have_text("••••••••")


def test_the_command_line_that_is_copied_posts_a_message(
    page: Page, context: BrowserContext, hook: IncomingIntegration, address: str
) -> None:
    context.grant_permissions(["clipboard-read", "clipboard-write"], origin=address)
    page.goto(f"/admin/integrations/{hook.id}")

    page.get_by_role("button", name="Copy Command line").click()
    expect(page.get_by_role("status").filter(has_text="Command line copied")).to_be_visible()
    line = clipboard(page)
    done = subprocess.run(["sh", "-c", line], capture_output=True, text=True, check=True)

    assert '"success":true' in done.stdout.replace(" ", "")
    page.reload()
    expect(page.locator("tbody tr").first).to_contain_text("Posted")
    page.goto("/channel/general")
    expect(page.locator(".message").last).to_contain_text("Example message")


@pytest.mark.real_scripts
def test_the_script_is_shown_with_its_warnings_at_their_lines(
    page: Page, services: Services
) -> None:
    hook = make_incoming(script=SCRIPT)
    services.integrations.add(hook)
    page.goto(f"/admin/integrations/{hook.id}")
    page.locator("[data-script-editor]").scroll_into_view_if_needed()

    expect(page.locator("[data-script-editor] .cm-content")).to_be_visible()
    editor = page.get_by_role("textbox", name="Script")
    expect(editor).to_contain_text("process_incoming_request")
    expect(editor).to_have_attribute("aria-readonly", "true")
    expect(page.get_by_text("1 error, 1 warning")).to_be_visible()
    marked = page.locator(".cm-lintRange-error")
    expect(marked).to_have_text("Meteor")
    page.get_by_role("button", name="Line 4 Meteor").click()
    expect(editor).to_be_focused()
    expect(page.locator(".cm-gutter-lint .cm-lint-marker")).to_have_count(2)
    page.keyboard.type("x")
    expect(editor).not_to_contain_text("xMeteor")


def origin(page: Page) -> str:
    return str(page.evaluate("location.origin"))
