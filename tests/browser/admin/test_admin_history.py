"""The history of an integration in a real browser."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from rc_integrations_plugin.integrations.deliveries import DeliveryOutcome
from rc_integrations_plugin.services import Services
from tests.factories import NOON, make_attempt, make_delivery, make_outgoing

pytestmark = pytest.mark.browser


@pytest.fixture
def context(chromium: Browser, address: str) -> Iterator[BrowserContext]:
    """A browser in Berlin, on a phone."""
    context = chromium.new_context(
        base_url=address, viewport={"width": 360, "height": 740}, timezone_id="Europe/Berlin"
    )
    context.set_default_timeout(10_000)
    yield context
    context.close()


def test_times_are_the_reader_s_own_and_failed_calls_are_made_again(
    page: Page, services: Services, faults: Callable[[], list[str]]
) -> None:
    bridge = make_outgoing(name="Bridge " * 40)
    services.integrations.add(bridge)
    now = datetime.now(UTC)
    for at in (NOON, NOON + timedelta(hours=2), now):
        delivery = make_delivery(integration_id=bridge.id, outcome=DeliveryOutcome.FAILED)
        failed = make_attempt(delivery, started_at=at, outcome=DeliveryOutcome.FAILED, status=503)
        services.deliveries.open([delivery], attempts=[failed])

    page.goto(f"/admin/integrations/{bridge.id}/history")
    page.get_by_label("From").fill("2026-03-01T14:00")
    page.get_by_label("Until").fill("2026-03-01T16:00")
    page.get_by_role("button", name="Show").click()

    page.wait_for_url("**/history?from=2026-03-01T13%3A00Z&to=2026-03-01T15%3A00Z")
    expect(page.get_by_label("From", exact=True)).to_have_value("2026-03-01T14:00")
    expect(page.locator(".rc-call")).to_have_count(1)
    expect(page.locator(".rc-call time")).to_contain_text("Mar 1")
    page.get_by_label("Outcome").select_option("failed")
    page.wait_for_url("**/history?outcome=failed&from=2026-03-01T13%3A00Z&to=*")
    expect(page.locator(".rc-call")).to_have_count(1)
    assert faults() == []

    page.get_by_role("link", name="Last hour").click()
    expect(page.locator(".rc-call")).to_have_count(1)
    expect(page.locator(".rc-call time")).to_have_text("just now")
    page.get_by_role("link", name="Make failed calls again").click()
    expect(page.get_by_text("1 call failed for good")).to_be_visible()
    assert faults() == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.get_by_role("button", name="Make 1 call again").click()

    expect(page.get_by_text("1 call will be made again.")).to_be_visible()
    expect(page.get_by_text("No call failed for good")).to_be_visible()
