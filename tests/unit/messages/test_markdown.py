import json
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st

from rc_integrations_plugin.messages.markdown import parse_markdown

RECORDED = json.loads((Path(__file__).parent / "parsed.json").read_text())


@pytest.mark.parametrize(("text", "nodes"), RECORDED["cases"], ids=range(len(RECORDED["cases"])))
def test_a_text_is_parsed_as_rocket_chats_own_parser_does(
    text: str, nodes: list[dict[str, Any]]
) -> None:
    assert parse_markdown(text) == nodes


def test_the_documents_sample_is_one_paragraph() -> None:
    assert parse_markdown("Example message") == [
        {"type": "PARAGRAPH", "value": [{"type": "PLAIN_TEXT", "value": "Example message"}]}
    ]


def test_no_text_has_no_nodes() -> None:
    assert parse_markdown("") == []


@pytest.mark.parametrize("text", ["[a](javascript:alert(1))", "<JavaScript:x|b>", "[a](data:x)"])
def test_a_dangerous_target_is_no_link(text: str) -> None:
    assert "LINK" not in json.dumps(parse_markdown(text))


WORDS = """
    * _ ~ ` [ ]( ( < | || : :x: @ # a *a _a ~a *a_b~ *_~ [a]( [*a ![ <http://a| ``` ||* > a. a- a@
    a.a@ +1- http://a.b/ a.b! (a.b \\ 😀 :) -_- <t: __a__b [a]](http://x.test) [a]_[ *` _`a *[
"""
PARTS = [*WORDS.split(), "* a\n", "```\n", "||\n", "> ", "- ", "\n", "\t", "*a\n", "1. a\n", "# "]


@pytest.mark.parametrize("part", PARTS)
def test_time_grows_with_the_length_only(part: str) -> None:
    def seconds(length: int) -> float:
        text = "x " + (part * (length // len(part)))
        started = time.process_time()
        parse_markdown(text)
        return time.process_time() - started

    # four times as long may take four times the time, and some noise, but not sixteen times
    assert min(seconds(16_000) for _ in range(2)) < 9 * seconds(4_000) + 0.05


@settings(max_examples=100, deadline=None)
@given(st.text() | st.lists(st.sampled_from([*PARTS, " ", "b"]), max_size=15).map("".join))
def test_any_text_can_be_parsed_and_written_as_json(text: str) -> None:
    nodes = parse_markdown(text)

    assert json.dumps(nodes)
    assert bool(nodes) == bool(text)
