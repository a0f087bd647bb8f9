"""The page of a room, in a real browser."""

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import BrowserContext, Page, expect

if TYPE_CHECKING:
    from tests.browser.conftest import Robot

pytestmark = pytest.mark.browser

HOSTILE = [
    "<img src=x onerror=alert(1)>",
    "<script>alert(1)</script>",
    "[click](javascript:alert(1))",
    "![x](javascript:alert(1))",
    "[click](data:text/html,<script>alert(1)</script>)",
    '[a](https://a.example/"onmouseover="alert(1))',
    "`<b>code</b>`",
    "<https://a.example|<img src=x onerror=alert(1)>>",
    "https://a.example/<script>alert(1)</script>",
]


def log(page: Page) -> str:
    return page.locator("#messages").inner_text()


def test_a_webhooks_message_appears_live_as_it_was_meant(page: Page, robot: "Robot") -> None:
    attachment = {
        "color": "#ff8800",
        "title": "Build 7",
        "title_link": "https://ci.example/7",
        "author_name": "Jenkins",
        "text": "All *green*",
        "fields": [
            {"short": True, "title": "Branch", "value": "main"},
            {"short": True, "title": "Took", "value": "3 min"},
            {"short": False, "title": "Commit", "value": "abc"},
        ],
        "actions": [{"type": "button", "text": "Open", "url": "https://ci.example/open"}],
    }

    robot.write("#general", text="done", alias="CI", emoji=":ghost:", attachments=[attachment])

    message = page.locator(".message").last
    expect(message.locator(".name")).to_have_text("CI")
    expect(message.locator(".username")).to_have_text("@robot")
    expect(message.locator(".avatar")).to_have_text("👻")
    box = message.locator(".attachment")
    expect(box).to_have_css("border-left-color", "rgb(255, 136, 0)")
    expect(box.locator(".attachment-author")).to_have_text("Jenkins")
    expect(box.get_by_role("link", name="Build 7")).to_have_attribute(
        "href", "https://ci.example/7"
    )
    expect(box.locator("strong")).to_have_text("green")
    expect(box.get_by_role("link", name="Open")).to_have_attribute(
        "href", "https://ci.example/open"
    )
    expect(box.locator("dt")).to_have_text(["Branch", "Took", "Commit"])
    first, second, third = (field.bounding_box() for field in box.locator(".field").all())
    assert first
    assert second
    assert third
    assert first["y"] == second["y"] < third["y"], "short fields stand side by side"


@pytest.mark.parametrize("hostile", HOSTILE)
def test_nothing_in_a_message_runs(page: Page, robot: "Robot", hostile: str) -> None:
    attachment = {
        "title": hostile,
        "text": hostile,
        "author_name": hostile,
        "pretext": hostile,
        "footer": hostile,
        "color": f"red;}} * {{ display: none }} {hostile}",
        "fields": [{"title": hostile, "value": hostile}],
    }

    robot.write("#general", text=hostile, alias=hostile, emoji=hostile, attachments=[attachment])

    message = page.locator(".message").last
    expect(message.locator(".name")).to_have_text(hostile)
    expect(message.locator(".attachment-footer")).to_have_text(hostile)
    expect(message.locator("script")).to_have_count(0)
    hrefs = [link.get_attribute("href") or "" for link in message.locator("a").all()]
    assert all(re.match(r"https?://a\.example", href) for href in hrefs)
    sources = [image.get_attribute("src") or "" for image in message.locator("img").all()]
    assert sources == []
    assert not message.evaluate(
        "(all) => [...all.querySelectorAll('*')].some((one) => "
        "[...one.attributes].some(({ name }) => name.startsWith('on')))"
    )


def test_markdown_is_drawn(page: Page, robot: "Robot") -> None:
    text = "\n".join(
        [
            "*bold* _italic_ ~strike~ `a*b*c` **two** snake_case_name 2*3*4",
            "",
            "> quoted",
            "- one",
            "- two",
            "1. first",
            "```py",
            "x = *1*",
            "```",
            "[site](https://a.example/x_(y)) https://b.example/p?q=1. @anna @all #none :tada:",
        ]
    )

    robot.write("#general", text=text)

    body = page.locator(".message .text").last
    expect(body.locator("strong")).to_have_text(["bold", "two", "3"])
    expect(body.locator("em")).to_have_text("italic")
    expect(body.locator("s")).to_have_text("strike")
    expect(body.locator("p code")).to_have_text("a*b*c")
    expect(body.locator("blockquote")).to_have_text("quoted")
    expect(body.locator("ul li")).to_have_text(["one", "two"])
    expect(body.locator("ol li")).to_have_text("first")
    expect(body.locator("pre")).to_have_text("x = *1*")
    links = [link.get_attribute("href") for link in body.locator("a").all()]
    assert links == ["https://a.example/x_(y)", "https://b.example/p?q=1"]
    expect(body.locator(".mention.for-me")).to_have_text(["@anna", "@all"])
    expect(body).to_contain_text("🎉")
    expect(body).to_contain_text("snake_case_name")


def test_a_person_writes_edits_and_deletes(page: Page) -> None:
    area = page.get_by_role("textbox", name="Write to #general")
    area.fill("helo")
    area.press("Enter")
    message = page.locator(".message").last
    expect(message.locator(".text")).to_have_text("helo")

    message.hover()
    message.get_by_role("button", name="Edit").click()
    area.fill("hello")
    area.press("Enter")
    expect(message.locator(".text")).to_have_text("hello")
    expect(message.locator(".edited")).to_be_visible()

    message.hover()
    message.get_by_role("button", name="Delete").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    expect(page.locator(".message")).to_have_count(0)


def test_edits_and_deletions_of_others_are_shown_live(page: Page, robot: "Robot") -> None:
    message = robot.write("#general", text="before")
    expect(page.locator(".message .text")).to_have_text("before")

    robot.call("chat.update", roomId=message["rid"], msgId=message["_id"], text="after")
    expect(page.locator(".message .text")).to_have_text("after")

    robot.call("chat.delete", roomId=message["rid"], msgId=message["_id"])
    expect(page.locator(".message")).to_have_count(0)


def test_a_thread_opens_at_the_side_and_takes_answers(page: Page, robot: "Robot") -> None:
    first = robot.write("#general", text="the question")
    robot.write("#general", text="an answer", tmid=first["_id"])
    expect(page.locator("#messages .reply-to")).to_have_text("In reply to the question")

    page.get_by_role("button", name="1 reply").click()
    panel = page.locator("#thread")
    expect(panel.locator(".text")).to_have_text(["the question", "an answer"])
    panel.get_by_role("textbox").fill("another")
    panel.get_by_role("textbox").press("Enter")

    expect(panel.locator(".text")).to_have_text(["the question", "an answer", "another"])
    expect(page.get_by_role("button", name="2 replies")).to_be_visible()
    panel.get_by_role("button", name="Close the thread").click()
    expect(panel).to_be_hidden()


def test_a_file_is_sent_and_can_be_fetched(page: Page) -> None:
    page.locator("#composer input[type=file]").set_input_files(
        {"name": "notes.txt", "mimeType": "text/plain", "buffer": b"hello file"}
    )

    link = page.locator(".message").last.get_by_role("link", name="notes.txt")
    expect(link).to_be_visible()
    with page.expect_download() as download:
        link.click()
    assert download.value.path().read_bytes() == b"hello file"


def test_other_rooms_show_that_something_came(page: Page, robot: "Robot") -> None:
    robot.call("channels.invite", roomName="quiet", username="anna")
    room = page.get_by_role("link", name="quiet")
    expect(room).to_be_visible()

    robot.write("#quiet", text="psst")
    expect(room.locator(".badge")).to_have_text("1")
    room.click()

    expect(page.locator(".message .text")).to_have_text("psst")
    expect(room.locator(".badge")).to_have_count(0)
    assert page.url.endswith("/channel/quiet")


def test_a_channel_is_read_then_joined(page: Page, robot: "Robot") -> None:
    robot.write("#quiet", text="public words")

    page.goto("/channel/quiet")
    expect(page.locator(".message .text")).to_have_text("public words")
    expect(page.locator("#composer")).to_be_hidden()
    page.get_by_role("button", name="Join").click()

    expect(page.get_by_role("textbox", name="Write to #quiet")).to_be_visible()


def test_a_private_group_is_made_and_left_alone_by_others(page: Page, robot: "Robot") -> None:
    page.get_by_role("button", name="Create a private group").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Name", exact=True).fill("plans")
    dialog.get_by_role("button", name="Create").click()

    expect(page.get_by_role("heading", name="plans")).to_be_visible()
    assert page.url.endswith("/group/plans")
    expect(page.locator("#welcome")).to_contain_text("Nothing has been written in plans yet.")


def test_what_the_server_refuses_is_said(page: Page) -> None:
    area = page.get_by_role("textbox", name="Write to #general")
    area.fill("x" * 5001)
    area.press("Enter")

    expect(page.locator("#composer [role=alert]")).to_contain_text("Message size exceeds")
    expect(area).to_have_value("x" * 5001)


def test_no_such_room_is_said(page: Page) -> None:
    page.goto("/group/nothing")

    expect(page.get_by_role("heading", name="No such room")).to_be_visible()


def test_on_a_phone_nothing_sticks_out(page: Page, context: BrowserContext, robot: "Robot") -> None:
    page.set_viewport_size({"width": 360, "height": 640})
    long = "W" * 400
    robot.write(
        "#general",
        text=f"{long} `{long}`\n```\n{long}\n```",
        alias=long,
        attachments=[
            {"title": long, "text": long, "fields": [{"title": long, "value": long, "short": True}]}
        ],
    )
    expect(page.locator(".attachment")).to_be_visible()

    widths = page.evaluate(
        "[document.documentElement.scrollWidth, "
        "Math.max(...[...document.querySelectorAll('#messages *')]"
        ".filter((one) => !one.closest('pre')).map((one) => one.getBoundingClientRect().right))]"
    )

    assert max(widths) <= 360


def test_the_newest_message_stays_in_sight_when_a_keyboard_opens(
    page: Page, robot: "Robot"
) -> None:
    page.set_viewport_size({"width": 360, "height": 640})
    for number in range(20):
        robot.write("#general", text=f"line {number}")
    newest = page.get_by_text("line 19")
    expect(newest).to_be_in_viewport()

    page.set_viewport_size({"width": 360, "height": 320})

    expect(newest).to_be_in_viewport()


def test_without_a_place_in_the_stream_the_page_asks_again_and_again(
    page: Page, context: BrowserContext, robot: "Robot"
) -> None:
    page.route("**/stream*", lambda route: route.fulfill(status=503, body=""))
    page.goto("/channel/general")
    page.wait_for_selector("body[data-connection=polling]")

    robot.write("#general", text="by polling")

    expect(page.locator(".message .text")).to_have_text("by polling")


def test_who_is_logged_out_elsewhere_lands_on_the_form(page: Page, robot: "Robot") -> None:
    page.context.clear_cookies()

    page.get_by_role("textbox", name="Write to #general").fill("anybody there?")
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", name="Log in")).to_be_visible()
    assert "next=%2Fchannel%2Fgeneral" in page.url
