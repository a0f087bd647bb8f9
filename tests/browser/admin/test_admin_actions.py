"""Switching, deleting, new tokens and the history, in a real browser."""

import re
from datetime import datetime, timedelta

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from rc_integrations_plugin.integrations.records import IncomingIntegration
from rc_integrations_plugin.outgoing.steps import Step
from rc_integrations_plugin.services import Services
from tests.factories import make_attempt, make_call, make_delivery, make_incoming, make_outgoing

pytestmark = pytest.mark.browser


@pytest.fixture
def hook(services: Services) -> IncomingIntegration:
    with services.host_context():
        (user,) = services.host.find_users("rocket.cat")
    hook = make_incoming(name="CI & more", user_id=user.id, token="old-token")
    services.integrations.add(hook)
    return hook


def test_an_integration_is_switched_off_renewed_and_deleted(
    page: Page, services: Services, hook: IncomingIntegration, address: str
) -> None:
    page.goto(f"/admin/integrations/{hook.id}")
    page.get_by_role("button", name="Disable").click()
    expect(page.get_by_text("It is off now.")).to_be_visible()
    page.get_by_role("button", name="Enable").click()
    expect(page.get_by_text("It is on now.")).to_be_visible()

    page.get_by_text("New token…").click()
    page.get_by_label("The token that it has now ends").select_option("after an hour")
    page.get_by_role("button", name="Make a new token").click()
    expect(page.get_by_text(re.compile("still works. It ends in (60|59) minutes"))).to_be_visible()
    page.get_by_role("button", name="Show the token").click()
    expect(page.locator("#token")).not_to_have_text("••••••••")
    for token in ("old-token", page.locator("#token").inner_text()):
        sent = page.request.post(f"{address}/hooks/{hook.id}/{token}", data={"text": "Hello"})
        assert sent.status == 200

    page.get_by_role("button", name="Delete…").click()
    page.get_by_role("dialog").get_by_role("textbox").fill("CI & more")
    page.keyboard.press("Enter")
    expect(page.get_by_text("The integration was deleted.")).to_be_visible()
    assert services.integrations.find(hook.id) is None


def test_deleting_works_without_scripts(
    chromium: Browser,
    page: Page,
    context: BrowserContext,
    address: str,
    services: Services,
    hook: IncomingIntegration,
) -> None:
    plain = chromium.new_context(
        base_url=address, java_script_enabled=False, storage_state=context.storage_state()
    )
    page = plain.new_page()
    page.goto(f"/admin/integrations/{hook.id}")
    page.get_by_role("button", name="Delete…").click()
    expect(page.get_by_text("This is not its name")).to_be_hidden()
    page.get_by_role("textbox").fill("Other")
    page.get_by_role("button", name="Delete").click()
    expect(page.get_by_text("This is not its name")).to_be_visible()
    page.get_by_role("textbox").fill("CI & more")
    page.get_by_role("button", name="Delete").click()
    expect(page.get_by_text("The integration was deleted.")).to_be_visible()
    assert services.integrations.find(hook.id) is None
    plain.close()


def test_the_history_keeps_itself_current(
    page: Page, services: Services, hook: IncomingIntegration
) -> None:
    first = make_call(integration_id=hook.id, body="the first one")
    services.calls.add(first)
    page.goto(f"/admin/integrations/{hook.id}/history")
    calls = page.locator("details.rc-call")
    expect(calls).to_have_count(1)
    calls.first.locator("summary").press("Enter")
    expect(page.get_by_text("the first one")).to_be_visible()

    services.calls.add(make_call(integration_id=hook.id, called_at=later(first.called_at)))

    expect(calls).to_have_count(2, timeout=20_000)
    expect(page.get_by_text("There are new calls")).to_be_visible()
    expect(page.get_by_text("the first one")).to_be_visible()
    expect(calls.nth(1).locator("summary")).to_be_focused()
    page.get_by_label("Outcome").select_option("Failed")
    expect(page.get_by_text("No call ended like that.")).to_be_visible()


def test_a_call_is_made_again(page: Page, services: Services) -> None:
    bridge = make_outgoing()
    services.integrations.add(bridge)
    delivery = make_delivery(integration_id=bridge.id)
    attempt = make_attempt(delivery, steps=(Step.START, Step.BEFORE_CALL))
    services.deliveries.open([delivery], attempts=[attempt])
    page.goto(f"/admin/integrations/{bridge.id}/history")

    page.locator(f"#call-{attempt.id} summary").click()
    page.get_by_role("button", name="Make this call again").click()

    expect(page.get_by_text("The call will be made again.")).to_be_visible()
    expect(page.locator("details.rc-call", has_text="Waiting").first).to_be_visible()


def later(moment: datetime) -> datetime:
    return moment + timedelta(seconds=1)
