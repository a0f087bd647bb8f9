"""Each field of an outgoing integration, filled with what does not belong there."""

import json
from typing import Any

import pytest

from tests.callers import Caller, change_body, outgoing_body

TEXTS = [
    "type",
    "name",
    "username",
    "channel",
    "event",
    "token",
    "targetRoom",
    "alias",
    "avatar",
    "emoji",
    "retryDelay",
    "retryOn",
    "signingSecret",
    "basicAuth",
    "script",
    "scriptEngine",
]
FLAGS = [
    "enabled",
    "scriptEnabled",
    "triggerWordAnywhere",
    "runOnEdits",
    "impersonateUser",
    "retryFailedCalls",
    "skipTranspile",
]
NUMBERS = ["retryCount", "timeout", "callsAtOnce"]
LISTS = ["urls", "triggerWords"]
HUGE = "x" * 500_000


def code_of(caller: Caller, call: str, document: dict[str, Any], **fields: Any) -> str:
    """Return the code of the refusal, which must be a short 400, and not store anything."""
    make = outgoing_body if call == "create" else change_body
    body = make(**fields) if call == "create" else change_body(document, **fields)
    response = caller.send(call, json.dumps(body), content_type="application/json")
    assert response.status_code == 400, response.text[:500]
    assert len(response.data) < 1500
    assert caller.get("list").json["total"] == 1  # type: ignore[index]
    code: str = response.json["errorType"]  # type: ignore[index]
    return code


@pytest.fixture
def document(admin: Caller) -> dict[str, Any]:
    return admin.create_outgoing()


@pytest.mark.parametrize("call", ["create", "update"])
@pytest.mark.parametrize("name", TEXTS)
def test_a_text_is_a_text(admin: Caller, document: dict[str, Any], call: str, name: str) -> None:
    values: list[Any] = [1, 1.5, ["x"], {"x": "y"}, float("nan"), "\x00", "\ud800", "a\x00b"]
    if name != "signingSecret":
        values += [True, False]
    if name != "script":
        values.append(HUGE)

    codes = {code_of(admin, call, document, **{name: value}) for value in values}

    assert codes == {"invalid-params"}


@pytest.mark.parametrize("call", ["create", "update"])
@pytest.mark.parametrize("name", FLAGS)
def test_a_flag_is_true_or_false(
    admin: Caller, document: dict[str, Any], call: str, name: str
) -> None:
    values: list[Any] = ["true", "", 0, 1, [], {}, "\x00", HUGE]

    codes = {code_of(admin, call, document, **{name: value}) for value in values}

    assert codes == {"invalid-params"}


@pytest.mark.parametrize("call", ["create", "update"])
@pytest.mark.parametrize("name", NUMBERS)
def test_a_number_is_a_number_within_reason(
    admin: Caller, document: dict[str, Any], call: str, name: str
) -> None:
    values: list[Any] = [
        "1",
        "x",
        True,
        [],
        {},
        float("nan"),
        float("inf"),
        -float("inf"),
        10**300,
        10**4000,
        -(10**4000),
        1001,
    ]
    if name != "retryCount":
        values += [0, -1, 257]

    codes = {code_of(admin, call, document, **{name: value}) for value in values}

    assert codes == {"invalid-params"}


@pytest.mark.parametrize("call", ["create", "update"])
@pytest.mark.parametrize("name", LISTS)
def test_a_list_holds_texts(admin: Caller, document: dict[str, Any], call: str, name: str) -> None:
    values: list[Any] = [
        1,
        True,
        {"0": "http://a.test"},
        [1],
        [None],
        [["http://a.test"]],
        [{"a": "b"}],
        ["\x00"],
        ["\ud800"],
        "\x00",
        [HUGE],
        HUGE,
        [f"http://a.test/{number}" for number in range(5000)],
        "\n".join(f"http://a.test/{number}, x" for number in range(400)),
    ]

    codes = {code_of(admin, call, document, **{name: value}) for value in values}

    assert codes == {"invalid-params"}


@pytest.mark.parametrize("call", ["create", "update"])
def test_headers_are_an_object_of_texts(admin: Caller, document: dict[str, Any], call: str) -> None:
    values: list[Any] = [
        "X: y",
        1,
        True,
        ["X"],
        {"X": 1},
        {"X": None},
        {"X": ["y"]},
        {"X": {"y": "z"}},
        {f"X-{number}": "y" for number in range(51)},
    ]

    codes = {code_of(admin, call, document, headers=value) for value in values}

    assert codes == {"invalid-params"}


@pytest.mark.parametrize("call", ["create", "update"])
@pytest.mark.parametrize(
    "url",
    [
        "http://a.test/\x01",
        "http://a.test/\\b",
        "http://a.test:99999/",
        "http://[::1",
        "http://%00/",
        "http://0x7f.1/",
        "//a.test",
        "javascript:alert(1)",
        "file:///etc/passwd",
        "http:a.test",
        "unix:///var/run/x.sock",
        "http://" + "a" * 9000,
    ],
)
def test_a_url_is_one_that_can_be_called(
    admin: Caller, document: dict[str, Any], call: str, url: str
) -> None:
    assert code_of(admin, call, document, urls=[url]) == "error-invalid-urls"


@pytest.mark.parametrize("call", ["create", "update"])
def test_a_script_may_be_long_but_not_endless(
    admin: Caller, document: dict[str, Any], call: str
) -> None:
    body = outgoing_body(script="x" * (1024 * 1024))

    assert admin.send(call, body).status_code == 413
