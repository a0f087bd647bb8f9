import json
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest

from rc_integrations_plugin.integrations.masks import Mask

TOKEN = "aBcD" * 12
mask = Mask(TOKEN)


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        (f"POST /hooks/id/{TOKEN}?a=1", "POST /hooks/id/***?a=1"),
        ('{"password": "a\\"b", "x": 1}', '{"password": ***, "x": 1}'),
        ('{"apiKey":12345,"key":"PROJ-1"}', '{"apiKey":***,"key":"PROJ-1"}'),
        ('{"tokens":["a","b"],"x":1}', '{"tokens":***,"x":1}'),
        ('{"client_secret":{"a":"b"}}', '{"client_secret":***}'),
        (
            '"{\\"access_token\\":\\"a\\\\\\"b\\",\\"x\\":1}"',
            '"{\\"access_token\\":***,\\"x\\":1}"',
        ),
        ("{ token: 'a b', author: 'me' }", "{ token: ***, author: 'me' }"),
        ('{"password":"cut off', '{"password":***'),
        ("a=1&password=x,y%20z&b=2", "a=1&password=***&b=2"),
        ("Authorization: Bearer a.b-c", "Authorization: ***"),
        ("The author pushed to master", "The author pushed to master"),
        ("", ""),
    ],
)
def test_secrets_in_text_are_masked(text: str, masked: str) -> None:
    assert mask.text(text) == masked


def test_a_token_is_found_in_its_escaped_form_too() -> None:
    assert Mask("a/b c").text("/hooks/i/a%2Fb%20c and a/b c") == "/hooks/i/*** and ***"


def test_an_empty_token_masks_nothing() -> None:
    assert Mask("").text("hello") == "hello"


def test_several_secrets_are_masked_the_longer_ones_first() -> None:
    several = Mask("hunter2", "ann:hunter2", "abc", 'quo"ted')

    assert several.text("ann:hunter2, hunter2") == "***, ***"
    assert several.text(json.dumps({"a": 'quo"ted'})) == '{"a": "***"}'
    assert several.text("abc: too short to be told from words") == (
        "abc: too short to be told from words"
    )


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("GET https://ann:hunter2@x.test/a?b=c", "GET https://***@x.test/a?b=c"),
        ("https://ann@x.test and http://b:c@d", "https://***@x.test and http://***@d"),
        ("https://x.test/@ann", "https://x.test/@ann"),
        ("https://x.test?to=a@b", "https://x.test?to=a@b"),
        ("://" * 50_000 + "@", "://" * 50_000 + "@"),
    ],
    ids=["password", "several", "a path", "a query", "many beginnings"],
)
def test_users_and_passwords_of_urls_are_masked(text: str, masked: str) -> None:
    assert mask.text(text) == masked


def test_secrets_in_a_json_list_are_masked() -> None:
    content = [{"secret": {"deep": "hunter2"}}]

    assert mask.body(json.dumps(content), content, limit=1000) == '[{"secret": "***"}]'


def test_headers_with_credentials_are_masked_and_signatures_are_kept() -> None:
    headers = {
        "authorization": "Basic abc",
        "cookie": "session=1",
        "x-gitlab-token": "t",
        "x-api-key": "k",
        "x-auth-user": "u",
        "x-original-uri": f"/hooks/id/{TOKEN}",
        "x-hub-signature-256": "sha256=12ab",
        "user-agent": "curl/8",
    }

    masked = mask.headers(headers)

    assert masked == {
        "authorization": "***",
        "cookie": "***",
        "x-gitlab-token": "***",
        "x-api-key": "***",
        "x-auth-user": "***",
        "x-original-uri": "/hooks/id/***",
        "x-hub-signature-256": "sha256=12ab",
        "user-agent": "curl/8",
    }


def test_long_headers_are_cut() -> None:
    assert len(mask.headers({"x-long": "a" * 8000})["x-long"]) == 1000


def test_a_secret_that_the_end_of_a_long_header_would_split_is_masked() -> None:
    long = "a" * 995

    assert mask.headers({"x-long": f"{long}{TOKEN}"})["x-long"] == f"{long}***"


def test_a_body_without_secrets_is_kept_as_it_came() -> None:
    raw = '{ "text" : "é" }'

    assert mask.body(raw, {"text": "é"}, limit=1000) == raw


def test_secrets_anywhere_in_a_json_body_are_masked() -> None:
    content = {
        "text": "password: hunter2",
        "list": [{"db_password": {"deep": ["hunter2"]}, "secret": ""}],
        TOKEN: 1,
        "count": 3,
    }

    masked = mask.body(json.dumps(content), content, limit=1000)

    assert json.loads(masked) == {
        "text": "password: ***",
        "list": [{"db_password": "***", "secret": ""}],
        "***": 1,
        "count": 3,
    }


def test_an_encoded_payload_with_secrets_is_kept_decoded() -> None:
    raw = "payload=%7B%22token%22%3A%22hunter2%22%2C%22text%22%3A%22x%22%7D"

    masked = mask.body(raw, {"token": "hunter2", "text": "x"}, limit=1000)

    assert masked == '{"token": "***", "text": "x"}'


def test_secrets_in_an_encoded_payload_longer_than_the_limit_are_masked() -> None:
    content = {"text": "x", "secret": {"a": {"b": "hunter2"}}, "pad": "p" * 5000}

    masked = mask.body(f"payload={quote(json.dumps(content))}", content, limit=1000)

    assert masked.startswith('{"text": "x", "secret": "***", "pad": "ppp')
    assert len(masked) == 1000


def test_a_body_is_cut_to_the_limit_in_bytes() -> None:
    assert mask.body("é" * 100, {"text": "x"}, limit=101) == "é" * 50


def test_a_secret_that_the_cut_would_split_is_masked() -> None:
    raw = '{"text":"' + "a" * 80 + '","password":"' + "hunter2" * 10 + '"}'

    masked = mask.body(raw, {}, limit=120)

    assert masked.endswith('"password":***}')
    assert "h" not in masked.partition("password")[2]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("token" * 6000, id="words"),
        pytest.param('token:"' * 5000, id="quotes"),
        pytest.param("token:\\" * 5000, id="backslashes"),
        pytest.param('token:"' + "\\" * 30000, id="escapes"),
        pytest.param("token" + "\\" * 30000, id="backslashes after a word"),
        pytest.param("token:" + " " * 30000, id="blanks"),
        pytest.param("token:[" * 5000, id="brackets"),
        pytest.param("a" * 32000 + "token", id="letters"),
    ],
)
def test_masking_takes_time_in_proportion(text: str) -> None:
    def seconds(times: int) -> float:
        return _seconds(lambda: mask.text(text * times))

    # four times as long may take four times the time, and some noise, but not sixteen times
    assert min(seconds(4) for _ in range(2)) < 9 * seconds(1) + 0.05


@pytest.mark.parametrize(
    "build",
    [
        pytest.param(lambda size: {"token": 1, "list": ["a"] * size}, id="texts"),
        pytest.param(lambda size: {f"token{number}": 1 for number in range(size)}, id="names"),
        pytest.param(lambda size: {"token": 1, "text": "a" * size}, id="a long text"),
    ],
)
def test_no_more_of_a_large_body_is_masked_than_is_kept(
    build: Callable[[int], dict[str, Any]],
) -> None:
    def seconds(size: int) -> float:
        content = build(size)
        raw = json.dumps(content)
        return _seconds(lambda: mask.body(raw, content, limit=32768))

    # both are larger than what is kept: four times the size is hardly more work
    assert min(seconds(80_000) for _ in range(2)) < 2 * seconds(20_000) + 0.05


def _seconds(work: Callable[[], object]) -> float:
    started = time.process_time()
    work()
    return time.process_time() - started
