from typing import Any

import pytest

from rc_integrations_plugin.messages.blocks import render_blocks

RICH = {
    "type": "rich_text",
    "elements": [
        {
            "type": "rich_text_section",
            "elements": [
                {"type": "text", "text": "Hi "},
                {"type": "user", "user_id": "U1"},
                {"type": "text", "text": " bold ", "style": {"bold": True, "italic": True}},
                {"type": "text", "text": "x", "style": {"code": True}},
                {"type": "link", "url": "https://x.test", "text": "link"},
                {"type": "emoji", "name": "wave"},
                {"type": "broadcast", "range": "channel"},
                {"type": "channel", "channel_id": "C1"},
                {"type": "date", "timestamp": 1, "fallback": " today"},
            ],
        },
        {
            "type": "rich_text_list",
            "style": "ordered",
            "elements": [
                {"type": "rich_text_section", "elements": [{"type": "text", "text": "one"}]},
                {"type": "rich_text_section", "elements": [{"type": "text", "text": "two"}]},
            ],
        },
        {
            "type": "rich_text_list",
            "style": "bullet",
            "indent": 1,
            "elements": [
                {"type": "rich_text_section", "elements": [{"type": "text", "text": "sub"}]}
            ],
        },
        {"type": "rich_text_quote", "elements": [{"type": "text", "text": "said\ntwice"}]},
        {"type": "rich_text_preformatted", "elements": [{"type": "text", "text": "a < b"}]},
    ],
}


def mrkdwn(text: str) -> dict[str, str]:
    return {"type": "mrkdwn", "text": text}


def plain(text: str) -> dict[str, str]:
    return {"type": "plain_text", "text": text}


def test_all_blocks_are_rendered_in_their_order() -> None:
    blocks = [
        {"type": "header", "text": plain("Build\n&amp; deploy")},
        {
            "type": "section",
            "text": mrkdwn("*Status*: <https://x.test|ok>"),
            "fields": [mrkdwn("*By*\nann"), plain("a *b*")],
            "accessory": {"type": "button", "text": plain("Open"), "url": "https://x.test/1"},
        },
        {"type": "divider"},
        {"type": "image", "image_url": "https://x.test/1.png", "alt_text": "a chart"},
        {
            "type": "context",
            "elements": [
                {"type": "image", "image_url": "https://x.test/i.png", "alt_text": "icon"},
                mrkdwn("by <@U1|ann>"),
            ],
        },
        {
            "type": "actions",
            "elements": [
                {"type": "button", "text": plain("Yes")},
                {"type": "button", "text": plain("Log"), "url": "https://x.test/log"},
                {"type": "static_select", "placeholder": plain("Choose")},
            ],
        },
        {"type": "input", "label": plain("Why?"), "element": {"type": "plain_text_input"}},
        {"type": "video", "title": plain("Film"), "title_url": "https://x.test/v"},
        {"type": "markdown", "text": "**as** it &lt;is"},
    ]

    assert render_blocks(blocks).split("\n\n") == [
        "# Build & deploy",
        "*Status*: [ok](https://x.test)\n*By*\nann\na *b*\n[Open](https://x.test/1)",
        "---",
        "[a chart](https://x.test/1.png)",
        "[icon](https://x.test/i.png) by @ann",
        "Yes | [Log](https://x.test/log)",
        "Why?",
        "[Film](https://x.test/v)",
        "**as** it &lt;is",
    ]


def test_rich_text_keeps_its_styles_lists_quotes_and_code() -> None:
    assert render_blocks([RICH]) == (
        "Hi @U1 _*bold*_ `x`[link](https://x.test):wave:@all#C1 today\n"
        "1. one\n2. two\n  - sub\n> said\n> twice\n```\na < b\n```"
    )


def test_dividers_stand_between_things_only() -> None:
    text = {"type": "section", "text": mrkdwn("a")}
    line = {"type": "divider"}

    assert render_blocks([line, text, line, line, text, line]) == "a\n\n---\n\na"


@pytest.mark.parametrize(
    "blocks",
    [
        None,
        "x",
        5,
        {},
        [None, 1, "x", []],
        [{}],
        [{"type": 5}],
        [{"type": "section", "text": 5}],
        [{"type": "section", "fields": "x", "accessory": "x"}],
        [{"type": "context", "elements": {"a": 1}}],
        [{"type": "image", "image_url": "javascript:x"}],
        [{"type": "rich_text", "elements": [{"type": [], "elements": 5}, 7]}],
        [{"type": "rich_text", "elements": [{"elements": [{"type": {}, "style": 3}]}]}],
    ],
)
def test_what_is_no_block_is_passed_over(blocks: Any) -> None:
    assert render_blocks(blocks) == ""


def test_an_unknown_block_shows_its_text() -> None:
    assert render_blocks([{"type": "alert", "text": mrkdwn("disk full")}]) == "disk full"


def test_dangerous_links_are_only_labels() -> None:
    button = {"type": "button", "text": plain("go"), "url": "javascript:alert(1)"}

    assert render_blocks([{"type": "actions", "elements": [button]}]) == "go"
