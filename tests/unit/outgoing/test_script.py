from typing import Any

import pytest

from rc_integrations_plugin.outgoing.script import (
    find_script,
    prepare_argument,
    process_argument,
    read_json_answer,
)
from rc_integrations_plugin.scripting.protocol import Script
from tests.factories import NOON, make_outgoing
from tests.unit.outgoing.answers import make_answer


@pytest.mark.parametrize(
    "off",
    [{"script_enabled": False}, {"script": None}, {"script": " \n"}],
    ids=["switched off", "none", "blank"],
)
def test_a_script_runs_only_if_it_is_on(off: dict[str, Any]) -> None:
    assert find_script(make_outgoing(script="class Script {}")) is not None
    assert find_script(make_outgoing(**{"script": "class Script {}", **off})) is None


def test_a_script_that_does_not_compile_is_called_so_that_nothing_is_sent() -> None:
    integration = make_outgoing(
        id="i", script="class {", script_compiled=None, script_enabled=True, skip_transpile=True
    )

    assert find_script(integration) == Script(
        integration_id="i",
        name="Bridge",
        version=NOON.isoformat(),
        source="class {",
        skip_transpile=True,
    )


def test_the_request_is_given_as_it_is() -> None:
    assert prepare_argument({"url": "u"}) == {"request": {"url": "u"}}


@pytest.mark.parametrize(
    ("content_type", "body", "parsed"),
    [
        ("application/json", '{"a":1}', {"a": 1}),
        ("application/json; charset=utf-8", '{"a":1}', {"a": 1}),
        ("Application/JSON", "[1]", [1]),
        ("text/javascript", '{"a":1}', {"a": 1}),
        ("application/javascript", '{"a":1}', {"a": 1}),
        ("application/x-javascript", '{"a":1}', {"a": 1}),
        ("application/vnd.github+json", '{"a":1}', {"a": 1}),
        ("application/json", ' {"a":"\\ud800"} ', {"a": "\ud800"}),
        ("application/json", "7", 7),
        ("application/json", "null", None),
        ("application/json", "", None),
        ("application/json", "{", None),
        ("application/json", "NaN", None),
        ("application/json", '{"a":"\\u00fc",', None),
        ("application/json", '["\\u00fc", NaN]', None),
        pytest.param(
            "application/json", "[" * 100_000 + "]" * 100_000, None, id="nested too deeply"
        ),
        pytest.param(
            "application/json", '["\\u00fc",' + "[" * 100_000, None, id="the same with an escape"
        ),
        ("text/plain", '{"a":1}', None),
        ("text/html; charset=application/json", '{"a":1}', None),
        ("", '{"a":1}', None),
        (None, '{"a":1}', None),
    ],
)
def test_an_answer_is_read_as_json_if_it_says_so(
    content_type: str | None, body: str, parsed: Any
) -> None:
    assert read_json_answer(make_answer(body=body, content_type=content_type)) == parsed


@pytest.mark.parametrize(
    ("body", "content"),
    [
        ('[{"number":1}]', [{"number": 1}]),
        ("[]", []),
        ("false", False),
        ("not found", "not found"),
        ("", ""),
    ],
    ids=["JSON", "an empty list", "a single value", "text", "nothing"],
)
def test_the_response_is_given_parsed_and_as_text(body: str, content: Any) -> None:
    response = make_answer(404, body, x_a="1")

    assert process_argument({"url": "u"}, response) == {
        "request": {"url": "u"},
        "response": {
            "error": None,
            "status_code": 404,
            "content": content,
            "content_raw": body,
            "headers": {"content-type": "application/json", "x-a": "1"},
        },
    }
