"""An operator makes, tries, breaks and repairs integrations without leaving the browser."""

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from host_stub.chat import users
from host_stub.chat.server import current_chat
from host_stub.seed import ensure_room, ensure_user
from rc_integrations_plugin.integrations.tokens import new_id
from tests.browser.admin.listeners import Listener, listening, section, write_script
from tests.browser.conftest import PASSWORD
from tests.receivers import Answer, Receiver, receiver

pytestmark = pytest.mark.browser

SHOUT = """class Script {
  process_incoming_request({ request }) {
    const [first] = request.content.attachments;
    console.log('fields', first.fields.length);
    return { content: { text: `${request.content.text.toUpperCase()} ${first.title}` } };
  }
}
"""
BROKEN = SHOUT.replace("request.content.text.", "request.content.missing.")
WHISPER = SHOUT.replace("toUpperCase", "toLowerCase")
FAULTY_LINE = 5


@pytest.fixture(scope="module")
def listener(
    chromium: Browser, tmp_path_factory: pytest.TempPathFactory, empty_database: Path
) -> Iterator[Listener]:
    folder = tmp_path_factory.mktemp("journey")
    allowed = {"RC_INTEGRATIONS_ALLOWED_NETWORKS": "127.0.0.0/8"}
    with listening(chromium, folder, empty_database, **allowed) as listener:
        with listener.app.app_context(), current_chat().transaction():
            chat = current_chat()
            ensure_user(chat, "anna", password=PASSWORD, name="Anna", roles=["admin"])
            ensure_user(chat, "rocket.cat", roles=["bot"])
        yield listener


@pytest.fixture
def page(listener: Listener) -> Iterator[Page]:
    """Anna, an administrator, at the list."""
    with listener.visit("anna", "/admin/integrations") as page:
        page.context.grant_permissions(
            ["clipboard-read", "clipboard-write"], origin=listener.address
        )
        yield page


@pytest.fixture
def channel(listener: Listener) -> str:
    """Return the name of a room of Anna and the bot in which nothing was said yet."""
    name = new_id()
    with listener.app.app_context(), current_chat().transaction():
        chat = current_chat()
        anna, robot = (users.load_user(chat, username=one) for one in ("anna", "rocket.cat"))
        ensure_room(chat, name, owner=anna, members_too=[robot])
    return name


@pytest.fixture
def room(page: Page, channel: str) -> Page:
    """The room in another tab."""
    room = page.context.new_page()
    room.goto(f"/channel/{channel}")
    room.wait_for_selector("body[data-connection=live]")
    return room


@pytest.fixture
def other_server() -> Iterator[Receiver]:
    """What an outgoing integration calls."""
    with receiver() as running:
        yield running


def copied_line(page: Page) -> str:
    """Return the command line that the instructions print, by their button."""
    page.get_by_role("button", name="Copy Command line").click()
    expect(page.get_by_role("status").filter(has_text="Command line copied")).to_be_visible()
    return str(page.evaluate("navigator.clipboard.readText()"))


def run(line: str) -> bool:
    """Run a command line as it was printed, and return whether a message was posted."""
    done = subprocess.run(["sh", "-c", line], capture_output=True, text=True, check=True)
    return bool(json.loads(done.stdout)["success"])


def renew(page: Page, overlap: str) -> None:
    page.get_by_text("New token…").click()
    page.get_by_label("The token that it has now ends").select_option(overlap)
    page.get_by_role("button", name="Make a new token").click()
    expect(page.get_by_text("It has a new token.")).to_be_visible()


def say(room: Page, text: str) -> None:
    area = room.get_by_role("textbox", name="Write to")
    area.fill(text)
    area.press("Enter")
    expect(room.locator(".message .text").last).to_have_text(text)


def try_it(page: Page) -> Locator:
    """Return what is shown of a try."""
    page.get_by_role("button", name="Try it", exact=True).click()
    return page.get_by_role("region", name="What would happen")


def outcomes(page: Page) -> Locator:
    """Return how a recorded call ended, and how it would end now."""
    compared = page.get_by_role("region", name="Then and now")
    return compared.get_by_role("row", name="Outcome").get_by_role("cell")


def save(page: Page) -> None:
    page.get_by_role("button", name="Save", exact=True).last.click()
    expect(page.get_by_text("Saved.")).to_be_visible()


def make_hook(page: Page, channel: str, *, script: str = "") -> str:
    """Return the command line that its page prints."""
    page.get_by_role("link", name="New").click()
    form = page.get_by_role("tabpanel")
    form.get_by_label("Name", exact=True).fill("CI")
    form.get_by_label("Post to Channel").fill(f"#{channel}")
    if script:
        form.get_by_label("Script Enabled").check()
        write_script(page, script)
    form.get_by_role("button", name="Save", exact=True).last.click()
    expect(page.get_by_text("Saved.")).to_be_visible()
    return copied_line(page)


def break_script(page: Page) -> None:
    """Try a faulty script, find its fault, and store it all the same."""
    write_script(page, BROKEN)
    expect(try_it(page)).to_contain_text("TypeError")
    page.get_by_role("button", name=f"Go to line {FAULTY_LINE}").click()
    expect(page.get_by_role("textbox", name="Script")).to_be_focused()
    expect(page.locator(".cm-activeLine")).to_contain_text("missing.toUpperCase")
    page.get_by_role("button", name="Edit with this script").click()
    save(page)


def run_first_call_again(page: Page) -> None:
    """Compare what came of the first call with what the stored script, and another, would do."""
    section(page, "History")
    calls = page.locator("details.rc-call")
    expect(calls).to_have_count(2)
    expect(calls.first).to_contain_text("Script failed")
    calls.last.locator("summary").click()
    calls.last.get_by_role("link", name="Run again").click()
    try_it(page)
    expect(outcomes(page)).to_have_text(["Posted", "Script failed"])
    write_script(page, WHISPER)
    expect(try_it(page).get_by_role("article")).to_contain_text("example message Rocket.Chat")
    expect(outcomes(page)).to_have_text(["Posted", "Posted"])


def roll_back(page: Page) -> None:
    """Look at what differs, and put the first version back."""
    section(page, "Script versions")
    page.get_by_role("link", name="From version 1").click()
    expect(page.locator(".rc-diff-removed")).to_contain_text("request.content.text.")
    expect(page.locator(".rc-diff-added")).to_contain_text("request.content.missing.")
    section(page, "Script versions")
    page.get_by_role("link", name="Version 1", exact=True).click()
    page.get_by_role("button", name="Make this the script").click()
    expect(page.get_by_text("The old version is the script now.")).to_be_visible()


def send_test(page: Page, channel: str, body: str) -> None:
    section(page, "Try it")
    page.get_by_label("Body", exact=True).fill(body)
    page.get_by_role("button", name="Send a test…").click()
    expect(page.get_by_role("alert")).to_contain_text(f"into #{channel} as @rocket.cat")
    page.get_by_role("button", name="Send it now").click()
    expect(page.get_by_text("The hook answered 200.")).to_be_visible()


def test_a_hook_is_made_called_tried_broken_and_repaired(
    page: Page, room: Page, channel: str
) -> None:
    messages = room.locator("#messages .message .text")
    line = make_hook(page, channel, script=SHOUT)
    assert run(line)
    expect(messages).to_have_text(["EXAMPLE MESSAGE Rocket.Chat"])

    section(page, "Try it")
    page.get_by_label("Body", exact=True).fill(
        '{"text": "quiet", "attachments": [{"title": "please", "fields": []}]}'
    )
    result = try_it(page)
    expect(result.get_by_role("article", name="The message")).to_contain_text("QUIET please")
    expect(result).to_contain_text("fields 0")
    break_script(page)
    assert not run(line)
    run_first_call_again(page)
    roll_back(page)
    assert run(line)

    # nothing that was only tried was posted
    expect(messages).to_have_text(["EXAMPLE MESSAGE Rocket.Chat"] * 2)


def test_old_tokens_end_when_they_were_told_to_and_a_test_is_sent(
    page: Page, room: Page, channel: str
) -> None:
    messages = room.locator("#messages .message .text")
    first_line = make_hook(page, channel)
    renew(page, "after an hour")
    second_line = copied_line(page)
    assert second_line != first_line
    assert run(first_line)
    assert run(second_line)

    renew(page, "at once")
    assert not run(first_line)
    assert not run(second_line)
    assert run(copied_line(page))

    send_test(page, channel, '{"text": "for real"}')
    expect(messages.last).to_have_text("for real")
    page.get_by_role("link", name="See it in the history").click()
    expect(page.locator("details.rc-call")).to_have_count(4)
    expect(page.locator("details.rc-call").first).to_contain_text("Posted")


def make_bridge(page: Page, channel: str, url: str) -> None:
    page.get_by_role("link", name="New").click()
    page.get_by_role("tab", name="Outgoing").click()
    form = page.get_by_role("tabpanel")
    form.get_by_label("Name", exact=True).fill("Deployer")
    form.get_by_label("Channel", exact=True).fill(f"#{channel}")
    form.get_by_label("Trigger Words").fill("deploy")
    form.get_by_label("URLs").fill(url)
    form.get_by_text("Advanced settings").click()
    form.get_by_label("Retry Failed Url Calls").uncheck()
    form.get_by_role("button", name="Save", exact=True).last.click()
    expect(page.get_by_text("Saved.")).to_be_visible()


def answer(other_server: Receiver, text: str, *, status: int = 200) -> None:
    """Let the other server answer so from now on."""
    body = json.dumps({"text": text}).encode()
    headers = (("Content-Type", "application/json"),)
    other_server.answers["/deploy"] = Answer(status=status, headers=headers, body=body)


def test_a_bridge_calls_answers_and_makes_failed_calls_again(
    listener: Listener, page: Page, room: Page, channel: str, other_server: Receiver
) -> None:
    newest = room.locator("#messages .message .text").last
    calls = other_server.received
    make_bridge(page, channel, f"{other_server.url}/deploy")
    answer(other_server, "Deployed.")
    for text in ("nothing to see", "deploy shop"):
        say(room, text)
    listener.deliver()
    expect(newest).to_have_text("Deployed.")
    assert [json.loads(call.body)["text"] for call in calls] == ["deploy shop"]

    answer(other_server, "", status=503)
    say(room, "deploy blog")
    listener.deliver()
    section(page, "History")
    failed = page.locator("details.rc-call").first
    expect(failed).to_contain_text("503")
    failed.locator("summary").click()
    answer(other_server, "Deployed at last.")
    failed.get_by_role("button", name="Make this call again").click()
    expect(page.get_by_text("The call will be made again.")).to_be_visible()
    listener.deliver()
    expect(newest).to_have_text("Deployed at last.")
    assert calls[-1].headers["webhook-id"] == calls[-2].headers["webhook-id"]


def test_all_calls_that_failed_are_made_again(
    listener: Listener, page: Page, room: Page, channel: str, other_server: Receiver
) -> None:
    make_bridge(page, channel, f"{other_server.url}/deploy")
    answer(other_server, "", status=503)
    for what in ("wiki", "mail"):
        say(room, f"deploy {what}")
    listener.deliver()
    section(page, "History")
    page.get_by_role("link", name="Make failed calls again").click()
    answer(other_server, "Deployed too.")
    page.get_by_role("button", name="Make 2 calls again").click()
    expect(page.get_by_text("2 calls will be made again.")).to_be_visible()
    listener.deliver()

    expect(room.get_by_text("Deployed too.")).to_have_count(2)
    told = [json.loads(call.body)["text"] for call in other_server.received]
    # calls are made side by side
    for made in (told[:2], told[2:]):
        assert sorted(made) == ["deploy mail", "deploy wiki"]
