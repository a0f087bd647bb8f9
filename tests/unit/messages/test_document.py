from typing import Any

import pytest

from rc_integrations_plugin.host.port import MessageDraft
from rc_integrations_plugin.messages.document import message_document
from rc_integrations_plugin.messages.posting import PostResult, post_all
from tests.unit.messages.memory_host import BOT, MemoryHost


def document(**fields: Any) -> dict[str, Any]:
    chat = MemoryHost()
    draft = MessageDraft(**{"text": "hi", "integration_id": "i1", **fields})
    (result,) = post_all(chat, draft, ["#general"], as_user=BOT, topic=None)
    return message_document(result, author=BOT, host=chat)


def test_a_message_has_the_documented_shape() -> None:
    attachment = {"color": "#764FA5", "text": "the best open source chat"}

    made = document(
        text="Example message", attachments=(attachment,), parse_urls=False, emoji=":ghost:"
    )

    assert made == {
        "alias": "",
        "msg": "Example message",
        "attachments": [attachment],
        "parseUrls": False,
        "bot": {"i": "i1"},
        "groupable": False,
        "emoji": ":ghost:",
        "ts": "2025-07-28T11:43:39.154Z",
        "u": {"_id": "u-bot", "username": "rocket.cat", "name": "Rocket Cat"},
        "rid": "r-general",
        "_id": "m1",
        "_updatedAt": "2025-07-28T11:43:39.154Z",
        "mentions": [],
        "channels": [],
        "md": [
            {"type": "PARAGRAPH", "value": [{"type": "PLAIN_TEXT", "value": "Example message"}]}
        ],
    }


def test_optional_parts_are_there_only_if_given() -> None:
    made = document(avatar="/a.png", thread_id="t1", custom_fields={"a": 1}, alias="CI")

    assert (made["avatar"], made["tmid"], made["customFields"], made["alias"]) == (
        "/a.png",
        "t1",
        {"a": 1},
        "CI",
    )
    assert "emoji" not in made


def test_people_and_rooms_that_exist_are_mentioned_once() -> None:
    made = document(text="@ann *@ann* @all @nobody see #general and #nowhere")

    assert made["mentions"] == [
        {"_id": "u-ann", "username": "ann", "name": "Ann", "type": "user"},
        {"_id": "all", "username": "all"},
    ]
    assert made["channels"] == [{"_id": "r-general", "name": "general", "fname": "general"}]


def test_addresses_are_listed_where_they_are_to_be_looked_at() -> None:
    text = "see https://x.test/a, [b](http://y.test) and https://x.test/a"

    assert document(text=text)["urls"] == [
        {"url": "https://x.test/a", "meta": {}},
        {"url": "http://y.test", "meta": {}},
    ]
    assert "urls" not in document(text=text, parse_urls=False)


def test_a_text_full_of_names_asks_the_host_for_a_few_only() -> None:
    chat = MemoryHost()
    draft = MessageDraft(text=" ".join(f"@u{n}" for n in range(500)), integration_id="i1")
    (result,) = post_all(chat, draft, ["#general"], as_user=BOT, topic=None)

    message_document(result, author=BOT, host=chat)

    assert chat.asked["find_users"] == 20


def test_a_refused_room_has_no_document() -> None:
    with pytest.raises(ValueError, match="only a result with a message"):
        message_document(
            PostResult(channel="#x", error_code="invalid-channel"), author=BOT, host=MemoryHost()
        )
