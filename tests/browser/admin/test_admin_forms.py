"""Integrations are made and changed in a real browser."""

import subprocess

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from rc_integrations_plugin.services import Services
from tests.factories import make_incoming

pytestmark = pytest.mark.browser

NEW = "/admin/integrations/new"


def test_an_incoming_integration_is_made_and_its_command_line_posts(
    page: Page, context: BrowserContext, address: str
) -> None:
    context.grant_permissions(["clipboard-read", "clipboard-write"], origin=address)
    page.get_by_role("link", name="New").click()
    expect(page.get_by_role("tab", name="Incoming")).to_have_attribute("aria-selected", "true")
    form = page.get_by_role("tabpanel")
    form.get_by_label("Name", exact=True).fill("CI")
    form.get_by_label("Post to Channel").fill("#general")
    form.get_by_role("button", name="Save").click()

    expect(page.get_by_text("Saved.")).to_be_visible()
    expect(page.get_by_role("heading", name="Instructions")).to_be_visible()
    page.get_by_role("button", name="Copy Command line").click()
    expect(page.get_by_role("status").filter(has_text="Command line copied")).to_be_visible()
    line = page.evaluate("navigator.clipboard.readText()")
    done = subprocess.run(["sh", "-c", line], capture_output=True, text=True, check=True)
    assert '"success":true' in done.stdout.replace(" ", "")
    page.goto("/channel/general")
    expect(page.locator(".message").last).to_contain_text("Example message")


def test_an_outgoing_integration_is_made_and_its_secret_is_shown_once(page: Page) -> None:
    page.goto(f"{NEW}#outgoing")
    form = page.get_by_role("tabpanel")
    form.get_by_label("Event Trigger").select_option("User Created")
    expect(form.get_by_label("Trigger Words")).to_be_hidden()
    form.get_by_label("Event Trigger").select_option("Message Sent")
    form.get_by_label("Trigger Words").fill("deploy")
    form.get_by_label("URLs").fill("https://receiver.test/hook")
    form.get_by_text("Advanced settings").click()
    form.get_by_label("Signing secret: what to do").select_option("Make a new one")
    form.get_by_role("button", name="Save").click()

    secret = page.locator("#once")
    expect(secret).to_contain_text("whsec_")
    shown = secret.inner_text()
    page.reload()
    expect(page.get_by_role("heading", name="Settings")).to_be_visible()
    assert shown not in page.content()
    page.get_by_role("button", name="Show the token").click()
    expect(page.locator("#token")).not_to_have_text("••••••••")


def test_errors_are_reached_from_the_summary_which_has_the_focus(page: Page) -> None:
    page.goto(f"{NEW}#outgoing")
    form = page.get_by_role("tabpanel")
    form.get_by_label("Alias").fill("Robot")
    form.get_by_text("Advanced settings").click()
    form.get_by_label("Retry Count").fill("many")
    form.get_by_label("Token: what to do").select_option("Use this one:")
    form.locator("#outgoing-token").fill("typed")
    form.get_by_role("button", name="Save").click()

    summary = page.get_by_role("alert")
    expect(summary).to_be_focused()
    expect(page.get_by_role("tab", name="Outgoing")).to_have_attribute("aria-selected", "true")
    expect(form.get_by_label("Alias")).to_have_value("Robot")
    expect(form.locator("#outgoing-token")).to_have_value("typed")
    expect(form.get_by_label("Retry Count")).to_have_value("many")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(form.get_by_label("URLs")).to_be_focused()
    summary.get_by_role("link", name="Retry Count").click()
    expect(form.get_by_label("Retry Count")).to_be_focused()
    expect(form.get_by_label("Retry Count")).to_have_accessible_description(
        "This must be a number. How often to call again."
    )


def test_the_keyboard_is_enough_to_make_one(page: Page) -> None:
    page.goto(NEW)
    page.get_by_role("tab", name="Incoming").focus()

    def go_to(name: str) -> None:
        for _ in range(30):
            page.keyboard.press("Tab")
            if page.evaluate("document.activeElement.name || document.activeElement.type") == name:
                return
        pytest.fail(f"Tab does not lead to {name}")

    go_to("enabled")
    page.keyboard.press("Space")
    go_to("name")
    page.keyboard.type("CI")
    go_to("channel")
    page.keyboard.type("#general")
    page.keyboard.press("Enter")

    expect(page.get_by_text("Saved.")).to_be_visible()
    expect(page.locator(".rc-heading")).to_contain_text("Off")


@pytest.mark.real_scripts
def test_a_script_that_does_not_compile_is_not_lost(page: Page, services: Services) -> None:
    hook = make_incoming(channels=("#general",))
    services.integrations.add(hook)
    page.goto(f"/admin/integrations/{hook.id}/edit")
    page.locator("[data-script-editor]").scroll_into_view_if_needed()
    expect(page.locator("[data-script-editor] .cm-content")).to_be_visible()
    page.get_by_role("textbox", name="Script").click()
    page.keyboard.insert_text("class Script {\n  broken(\n}\n")
    page.get_by_label("Script Enabled").check()
    page.get_by_role("button", name="Save").click()

    expect(page.get_by_role("alert")).to_contain_text("does not compile")
    page.get_by_role("alert").get_by_role("link", name="Script").click()
    expect(page.get_by_role("textbox", name="Script")).to_contain_text("broken(")
    expect(page.get_by_text("SyntaxError").first).to_be_visible()
    page.get_by_label("Script Enabled").uncheck()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved.")).to_be_visible()
    assert services.integrations.find(hook.id).script == "class Script {\n  broken(\n}\n"  # type: ignore[union-attr]


def test_the_second_of_two_people_is_told(
    page: Page, context: BrowserContext, services: Services
) -> None:
    hook = make_incoming(alias="before", channels=("#general",), username="rocket.cat")
    services.integrations.add(hook)
    path = f"/admin/integrations/{hook.id}/edit"
    page.goto(path)
    other = context.new_page()
    other.goto(path)
    other.get_by_label("Alias").fill("theirs")
    other.get_by_role("button", name="Save").click()
    expect(other.get_by_text("Saved.")).to_be_visible()

    page.get_by_label("Alias").fill("mine")
    page.get_by_role("button", name="Save").click()

    expect(page.get_by_role("alert")).to_be_focused()
    expect(page.get_by_role("row", name="Alias")).to_contain_text("theirs")
    expect(page.get_by_label("Alias")).to_have_value("mine")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved.")).to_be_visible()


def test_forms_work_without_scripts(
    chromium: Browser, page: Page, context: BrowserContext, address: str
) -> None:
    plain = chromium.new_context(
        base_url=address, java_script_enabled=False, storage_state=context.storage_state()
    )
    page = plain.new_page()
    page.goto(NEW)
    form = page.locator("#outgoing")
    form.get_by_label("Name", exact=True).fill("Bridge")
    form.get_by_role("button", name="Save").click()
    expect(page.get_by_role("alert")).to_contain_text("URLs")
    form.get_by_label("URLs").fill("https://receiver.test/")
    form.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved.")).to_be_visible()
    page.get_by_role("link", name="Edit").click()
    page.get_by_label("Alias").fill("Robot")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Robot")).to_be_visible()
    plain.close()
