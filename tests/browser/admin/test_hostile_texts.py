"""Whatever anybody wrote stays a text on each page, in a real browser."""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from host_stub.chat.server import current_chat
from host_stub.seed import ensure_room, ensure_user
from rc_integrations_plugin.integrations.deliveries import DeliveryOutcome
from rc_integrations_plugin.integrations.history import CallOutcome
from rc_integrations_plugin.integrations.records import Editor
from rc_integrations_plugin.outgoing.steps import Step
from rc_integrations_plugin.services import Services
from tests.browser.admin.addresses import Known, addresses, prepare
from tests.browser.admin.listeners import EDITOR, Listener, listening, open_editor
from tests.browser.conftest import PASSWORD
from tests.factories import make_attempt, make_call, make_delivery, make_incoming, make_outgoing

pytestmark = pytest.mark.browser

PREFIX = "/admin/integrations"
RUN = "javascript:window.pwned=1"
TAG = (
    "</textarea></script></title>\"'><img src=x onerror=window.pwned=1 data-hostile>"
    "<script data-hostile>window.pwned=1</script><svg data-hostile onload=window.pwned=1></svg>"
    f"<a data-hostile href={RUN}>x</a>{{{{ 7*7 }}}}<i data-hostile>"
)
MARKDOWN = f"{TAG} [a]({RUN}) ![b]({RUN}) <{RUN}|c> [d](data:text/html,{TAG}) `{TAG}`\n```\n{TAG}"
WEB = f'https://a.test/"onmouseover="window.pwned=1"{TAG}'.replace(" ", "%20")
WATCH = """
window.pwned = 0;
window.refused = [];
addEventListener("securitypolicyviolation", (event) => window.refused.push(event.blockedURI));
"""
MADE = """() => {
  const bad = "[data-hostile], [onerror], [onload], [onmouseover], img, iframe, script:not([src])";
  const roots = [document, ...[...document.querySelectorAll("*")].map((one) => one.shadowRoot)];
  const wanted = `${bad}, a, form`;
  const all = roots.filter(Boolean).flatMap((root) => [...root.querySelectorAll(wanted)]);
  const runs = (one) => [one.href, one.action].some((each) => /^(javascript|data):/i.test(each));
  return {
    pwned: window.pwned,
    refused: window.refused,
    made: all.filter((one) => one.matches(bad) || runs(one)).map(({ outerHTML }) => outerHTML),
  };
}"""
NOTHING = {"pwned": 0, "refused": [], "made": []}
ATTACHMENT: dict[str, Any] = {
    "color": f"red;{TAG}",
    "pretext": MARKDOWN,
    "author_name": TAG,
    "author_link": WEB,
    "author_icon": WEB,
    "title": TAG,
    "title_link": WEB,
    "text": MARKDOWN,
    "fields": [{"short": True, "title": TAG, "value": MARKDOWN}],
    "image_url": WEB,
    "thumb_url": WEB,
    "audio_url": WEB,
    "video_url": WEB,
    "message_link": WEB,
    "footer": TAG,
    "actions": [{"type": "button", "text": TAG, "url": WEB}],
}
LINKS = ("author_link", "title_link", "image_url", "thumb_url", "audio_url", "video_url")
MESSAGE: dict[str, Any] = {
    "text": MARKDOWN,
    "alias": TAG,
    "emoji": TAG,
    "attachments": [{**ATTACHMENT, "attachments": [ATTACHMENT]}],
}
RECORDED: dict[str, Any] = {
    **MESSAGE,
    "u": {"_id": TAG, "username": TAG, "name": TAG},
    "avatar": RUN,
    "tmid": TAG,
    "topic": TAG,
    "customFields": {TAG: [TAG]},
}
TEMPLATE = """// TAG
class Script {
  process_incoming_request({ request }) {
    console.log(TEXT, { x: TEXT });
    console.error(TEXT);
    if (request.content.old) Meteor[TEXT];
    return { content: request.content };
  }
  prepare_outgoing_request({ request }) {
    console.warn(TEXT);
    return { ...request, url: request.url + '?' + TEXT, headers: { 'x-y': TEXT } };
  }
  process_outgoing_response({ response }) {
    return { content: MESSAGE };
  }
}
"""
SCRIPT = (
    TEMPLATE.replace("MESSAGE", json.dumps(MESSAGE))
    .replace("TEXT", json.dumps(TAG))
    .replace("TAG", TAG)
)
ENEMY = Editor(TAG, TAG)
SENT = {"method": TAG, "url": TAG, "headers": {TAG: TAG}, "data": {TAG: TAG}}
REFUSED = {"channel": TAG, "error": TAG, "reason": TAG}
CONSOLE = tuple({"level": level, "text": TAG} for level in ("log", "warn", "error"))


@pytest.fixture(scope="module")
def listener(
    chromium: Browser, tmp_path_factory: pytest.TempPathFactory, empty_database: Path
) -> Iterator[Listener]:
    folder = tmp_path_factory.mktemp("hostile")
    with listening(chromium, folder, empty_database) as listener:
        with listener.app.app_context(), current_chat().transaction():
            chat = current_chat()
            anna = ensure_user(chat, "anna", password=PASSWORD, name=TAG[:100], roles=["admin"])
            robot = ensure_user(chat, "rocket.cat", name=TAG[:100], roles=["bot"])
            ensure_room(chat, "general", owner=anna, members_too=[robot])
        yield listener


@pytest.fixture(scope="module")
def known(listener: Listener) -> Sequence[Known]:
    """An integration of each type that holds nothing else, whatever the API would say to it."""
    with listener.services.host_context():
        [robot] = listener.services.host.find_users("rocket.cat")
    texts: dict[str, Any] = {
        "name": TAG,
        "alias": TAG,
        "avatar": RUN,
        "emoji": TAG,
        "username": TAG,
        "user_id": robot.id,
        "script": SCRIPT,
        "enabled": False,
        "disabled_reason": TAG,
        "created_by": ENEMY,
        "updated_by": ENEMY,
    }
    return [add_hook(listener.services, texts), add_bridge(listener.services, texts)]


def add_hook(services: Services, texts: dict[str, Any]) -> Known:
    hook = make_incoming(**texts, channels=("#general", f"#{TAG}"), override_destination=True)
    services.integrations.add(hook)
    call = make_call(
        integration_id=hook.id,
        outcome=CallOutcome.PARTLY_POSTED,
        body=json.dumps(MESSAGE),
        query=TAG,
        headers={TAG: TAG},
        remote_address=TAG,
        console=CONSOLE,
        error=TAG,
        error_code=TAG,
        message=RECORDED,
        results=(REFUSED, {"channel": TAG, "room_id": TAG, "message_id": TAG}),
    )
    services.calls.add(call)
    return prepare(services, hook.id, TAG, {"request": {"content": MESSAGE}, "expected": MESSAGE})


def add_bridge(services: Services, texts: dict[str, Any]) -> Known:
    bridge = make_outgoing(
        **texts,
        channels=(f"#{TAG}",),
        urls=(RUN, TAG),
        trigger_words=(TAG,),
        target_room=TAG,
        headers={TAG: TAG},
        token=TAG,
        retry_delay=TAG,
    )
    services.integrations.add(bridge)
    delivery = make_delivery(
        integration_id=bridge.id, url=RUN, trigger_word=TAG, data={"text": TAG, TAG: TAG}
    )
    attempt = make_attempt(
        delivery,
        outcome=DeliveryOutcome.FAILED,
        steps=(Step.BEFORE_CALL,),
        url=RUN,
        sent=SENT,
        response_headers={TAG: TAG},
        response_body=TAG,
        error=TAG,
        failure=TAG,
        console=CONSOLE,
        messages={"prepare": RECORDED, "answer": RECORDED},
        results=({"phase": "answer", **REFUSED},),
    )
    services.deliveries.open([delivery], attempts=[attempt])
    sample = {"argument": {"request": {"url": TAG, "data": {"text": TAG}}}, "expected": MESSAGE}
    return prepare(services, bridge.id, TAG, sample)


@pytest.fixture
def page(listener: Listener) -> Iterator[Page]:
    with listener.visit("anna", PREFIX) as page:
        page.context.add_init_script(WATCH)
        yield page


def look(page: Page) -> None:
    """Open what is folded, and see that nothing of it came to life."""
    page.evaluate("document.querySelectorAll('details').forEach((one) => (one.open = true))")
    if page.locator(f"{EDITOR}:visible").count():
        open_editor(page)
    assert page.evaluate(MADE) == NOTHING, page.url


def test_nothing_that_anybody_wrote_comes_to_life_on_any_page(
    listener: Listener, known: Sequence[Known], page: Page
) -> None:
    for path in addresses(listener.app, known):
        answer = page.goto(path)
        assert answer is not None
        assert answer.ok, path
        look(page)


def test_nothing_that_scripts_make_of_it_comes_to_life(known: Sequence[Known], page: Page) -> None:
    page.goto(f"{PREFIX}/{known[0].id}")
    open_editor(page)
    expect(page.locator(".rc-finding").first).to_be_visible()
    page.get_by_role("button", name="Delete…").click()
    expect(page.get_by_role("dialog")).to_contain_text("onerror")
    look(page)
    page.goto(f"{PREFIX}/new")
    page.get_by_label("Post as").first.fill("rocket")
    expect(page.get_by_role("option").first).to_contain_text("rocket.cat")
    look(page)
    for one in known:
        page.goto(f"{PREFIX}/{one.id}/tests")
        page.get_by_role("button", name="Run all").click()
        expect(page.get_by_text("0 of 1 passed.")).to_be_visible()
        look(page)


def try_message(page: Page, attachment: dict[str, Any]) -> Locator:
    """Return what is shown of a message with an attachment."""
    body = json.dumps({**MESSAGE, "attachments": [attachment]})
    page.get_by_label("Body", exact=True).fill(body)
    page.get_by_role("button", name="Try it", exact=True).click()
    expect(page.get_by_role("heading", name="What would happen")).to_be_focused()
    return page.get_by_role("article", name="The message")


def test_nothing_in_a_preview_comes_to_life(known: Sequence[Known], page: Page) -> None:
    page.goto(f"{PREFIX}/{known[0].id}/try")

    expect(try_message(page, ATTACHMENT)).to_contain_text("onerror")
    look(page)
    for link in LINKS:
        # what could run is no link that a message may have
        expect(try_message(page, {**ATTACHMENT, link: RUN})).to_have_count(0)
        expect(page.get_by_text(f"{link} must be an http(s) address").first).to_be_visible()
        look(page)
