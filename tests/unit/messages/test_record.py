"""What the history keeps of a message."""

import json
from typing import Any

import pytest

from rc_integrations_plugin.host.port import MessageDraft
from rc_integrations_plugin.integrations.masks import Mask
from rc_integrations_plugin.messages.record import record_message, recorded_draft
from tests.unit.messages.memory_host import BOT, MemoryUser

TOKEN = "tok3n-tok3n-tok3n"
LIMIT = 1000


def record(limit: int = LIMIT, **fields: Any) -> dict[str, Any]:
    draft = MessageDraft(**{"text": "Hello", "integration_id": "i", **fields})
    return record_message(draft, BOT, mask=Mask(TOKEN), limit=limit)


def test_a_plain_message_is_its_text_and_its_author() -> None:
    assert record() == {
        "text": "Hello",
        "u": {"_id": "u-bot", "username": "rocket.cat", "name": "Rocket Cat"},
        "parseUrls": True,
    }


def test_all_of_a_message_is_kept() -> None:
    draft = MessageDraft(
        text="Hello",
        integration_id="",
        alias="CI",
        avatar="https://a.test/a.png",
        emoji=":cat:",
        attachments=({"text": "a", "fields": [{"title": "n", "value": 7}]}, {"text": "b"}),
        thread_id="t1",
        custom_fields={"build": {"number": 512}},
        topic="Builds",
        parse_urls=False,
        groupable=True,
    )

    kept = record_message(draft, None, mask=Mask(TOKEN), limit=LIMIT)

    assert set(kept) == {
        "text",
        "alias",
        "avatar",
        "emoji",
        "attachments",
        "tmid",
        "customFields",
        "topic",
        "groupable",
    }
    assert recorded_draft(json.loads(json.dumps(kept))) == draft


@pytest.mark.parametrize(
    "fields",
    [
        {"text": f"call {TOKEN}"},
        {"text": f"password={TOKEN}"},
        {"alias": TOKEN},
        {"avatar": f"https://me:{TOKEN}@a.test/"},
        {"emoji": TOKEN},
        {"thread_id": TOKEN},
        {"topic": TOKEN},
        {"attachments": ({"text": f"at /hooks/i/{TOKEN}"},)},
        {"attachments": ({"text": "a", "attachments": [{"title": TOKEN}]},)},
        {"attachments": ({"text": "a", TOKEN: 1},)},
        {"custom_fields": {"deep": [{"er": TOKEN}]}},
    ],
    ids=str,
)
def test_the_token_is_masked_wherever_it_stands(fields: dict[str, Any]) -> None:
    kept = json.dumps(record(**fields))

    assert TOKEN not in kept
    assert "***" in kept


def test_what_is_named_like_a_secret_is_masked() -> None:
    kept = record(
        text="api_key: hunter2",
        attachments=({"text": "a", "actions": [{"url": "https://x.test/?token=hunter2"}]},),
        custom_fields={"secret": {"a": "hunter2"}, "n": 1},
    )

    assert "hunter2" not in json.dumps(kept)
    assert kept["customFields"] == {"secret": "***", "n": 1}


def test_a_text_beyond_the_limit_is_cut_and_nothing_follows() -> None:
    kept = record(
        text="é" * 600, attachments=({"text": "a"}, {"text": "b"}), custom_fields={"a": 1}
    )

    assert kept["text"] == "é" * 500
    assert kept["leftOut"] == {"text": True, "attachments": 2, "customFields": True}
    assert "attachments" not in kept
    assert "customFields" not in kept


def test_attachments_are_kept_as_long_as_they_fit_as_a_whole() -> None:
    small, large = {"text": "a" * 300}, {"text": "b" * 700}

    kept = record(attachments=(small, large, small), custom_fields={"a": 1})

    assert kept["attachments"] == [small]
    assert kept["customFields"] == {"a": 1}
    assert kept["leftOut"] == {"attachments": 2}


def test_a_text_that_just_fits_is_whole() -> None:
    kept = record(text="x" * LIMIT)

    assert len(kept["text"]) == LIMIT
    assert "leftOut" not in kept


def test_no_half_of_a_secret_is_left_where_a_text_is_cut() -> None:
    # masks make it so much shorter that the place of the cut is within the limit
    text = f"{TOKEN} " * 2000

    kept = record(text=text, limit=8000)

    assert kept["leftOut"] == {"text": True}
    assert set(kept["text"].split()) <= {"***", "**", "*"}


def test_masks_do_not_make_it_larger_than_the_limit() -> None:
    parts = {f"pwd{number}": "x" for number in range(90)}

    assert record(custom_fields=parts)["leftOut"] == {"customFields": True}


def test_what_no_database_stores_does_no_harm() -> None:
    author = MemoryUser("u", name="\ud800\0")
    draft = MessageDraft(text="x", integration_id="i", alias="\ud800", custom_fields={"n": 2**900})

    kept = record_message(draft, author, mask=Mask(), limit=LIMIT)

    assert kept["alias"] == "\ud800"
    assert kept["customFields"] == {"n": 2**900}


def test_long_lines_are_cut() -> None:
    kept = record(avatar="https://a.test/" + "a" * 8000, topic="t" * 8000)

    assert (len(kept["avatar"]), len(kept["topic"])) == (2000, 2000)


def test_a_secret_that_the_end_of_a_line_would_split_is_masked() -> None:
    address = f"https://a.test/{'a' * 1975}"

    kept = record(avatar=f"{address}{TOKEN}", alias=f"{address}{TOKEN}{'b' * 2000}")

    assert kept["avatar"] == f"{address}***"
    assert "tok" not in kept["alias"]
