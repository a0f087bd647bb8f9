"""The demo as its user sees it: he types, and integrations answer."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.integration.demo import RunningDemo, running_demo

pytestmark = [pytest.mark.browser, pytest.mark.integration]

ANSWER_MILLISECONDS = 30_000


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningDemo]:
    with running_demo(tmp_path_factory.mktemp("demo") / "data") as demo:
        yield demo


@pytest.fixture
def room(chromium: Browser, demo: RunningDemo) -> Iterator[Page]:
    """The administrator in #general."""
    context = chromium.new_context(base_url=demo.url, viewport={"width": 1200, "height": 800})
    context.set_default_timeout(10_000)
    page = context.new_page()
    page.goto("/channel/general")
    page.get_by_label("Username").fill("admin")
    page.get_by_label("Password").fill(demo.password)
    page.get_by_role("button", name="Log in").click()
    page.wait_for_selector("body[data-connection=live]")
    yield page
    context.close()


def say(room: Page, text: str) -> None:
    area = room.get_by_role("textbox", name="Write to #general")
    area.fill(text)
    area.press("Enter")


def test_pull_requests_appear_with_links_that_open(room: Page, demo: RunningDemo) -> None:
    say(room, "pr ls")

    answer = room.locator(".message", has_text="Start in half the time").last
    expect(answer).to_be_visible(timeout=ANSWER_MILLISECONDS)
    link = answer.get_by_role("link", name="#12")
    expect(link).to_have_attribute("href", f"{demo.receiver}/demo/app/pull/12")
    expect(answer.locator("blockquote")).to_contain_text("Say which file is missing")
    expect(answer.locator(".name")).to_have_text("Rocket.Cat")


def test_the_help_is_drawn_as_it_was_written(room: Page) -> None:
    say(room, "help")

    answer = room.locator(".message", has=room.locator("pre", has_text="pr ls [open|closed|all]"))
    expect(answer.last).to_be_visible(timeout=ANSWER_MILLISECONDS)


def test_what_failed_twice_is_answered_at_last(room: Page) -> None:
    say(room, "flaky hello")

    answer = room.locator(".message", has_text="It took 3 calls to hear: hello").last
    expect(answer).to_be_visible(timeout=ANSWER_MILLISECONDS)
