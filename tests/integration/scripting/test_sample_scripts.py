"""The scripts that the forms offer to begin with do what they say."""

import pytest

from rc_integrations_plugin.admin.sample_scripts import SAMPLE_SCRIPTS
from rc_integrations_plugin.integrations.records import IntegrationType
from rc_integrations_plugin.testing import run_script

pytestmark = pytest.mark.integration
INCOMING = SAMPLE_SCRIPTS[IntegrationType.INCOMING]
OUTGOING = SAMPLE_SCRIPTS[IntegrationType.OUTGOING]


def test_the_incoming_one_makes_a_message_of_a_body() -> None:
    content = {"title": "Done", "link": "https://ci.example/1"}

    run = run_script(INCOMING, "process_incoming_request", {"request": {"content": content}})

    link = {"title": "More about it", "title_link": "https://ci.example/1"}
    assert run.result == {"content": {"text": "*Done*", "attachments": [link]}}


def test_the_incoming_one_posts_nothing_without_a_title() -> None:
    run = run_script(INCOMING, "process_incoming_request", {"request": {"content": {}}})

    assert (run.ok, run.type) == (True, "undefined")


def test_the_outgoing_one_asks_for_the_words_of_a_message() -> None:
    request = {
        "url": "https://x.example/find",
        "headers": {"a": "b"},
        "data": {"text": "two words"},
    }

    run = run_script(OUTGOING, "prepare_outgoing_request", {"request": request})

    url = "https://x.example/find?q=two%20words"
    assert run.result == {"url": url, "method": "GET", "headers": {"a": "b"}}


@pytest.mark.parametrize(
    ("status", "result"), [(200, {"content": {"text": "Found: It"}}), (404, False)]
)
def test_the_outgoing_one_posts_what_was_found(status: int, result: object) -> None:
    response = {"status_code": status, "content": {"title": "It"}}

    run = run_script(OUTGOING, "process_outgoing_response", {"request": {}, "response": response})

    assert run.result == result
