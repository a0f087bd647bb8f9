import json
from typing import Any

import pytest

from rc_integrations_plugin.errors import InvalidRequest
from rc_integrations_plugin.incoming.body import (
    MAX_DEPTH,
    PAYLOAD_NOT_OBJECT,
    read_body,
)

JSON = "application/json"
FORM = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data; boundary=x"


def part(name: str, value: str, *, more: str = "") -> bytes:
    head = f'Content-Disposition: form-data; name="{name}"{more}'
    return f"--x\r\n{head}\r\n\r\n{value}\r\n".encode()


@pytest.mark.parametrize(
    ("body", "content_type", "content"),
    [
        pytest.param(b'{"text":"x"}', JSON, {"text": "x"}, id="json"),
        pytest.param(b'{"text":"x"}', JSON + ";charset=utf-8", {"text": "x"}, id="with charset"),
        pytest.param(b'{"text":"x"}', "Application/JSON", {"text": "x"}, id="type in capitals"),
        pytest.param(b'{"text":"x"}', "application/vnd.x+json", {"text": "x"}, id="json suffix"),
        pytest.param(b' \r\n{"text":"x"}\n ', JSON, {"text": "x"}, id="blanks around"),
        pytest.param(b'{"text":"x"}', "", {"text": "x"}, id="no type"),
        pytest.param(b'{"text":"x"}', "text/plain", {"text": "x"}, id="json as plain text"),
        pytest.param(b'{"text":"x"}', "text/html", {"text": "x"}, id="json under another type"),
        pytest.param(b'{"text":"a=b&c"}', FORM, {"text": "a=b&c"}, id="json as form"),
        pytest.param(b"%7B%22text%22%3A+%22x%22%7D", FORM, {"text": "x"}, id="encoded json"),
        pytest.param(b"\xef\xbb\xbf{}", JSON, {}, id="byte order mark"),
        pytest.param(b'{"a":1,"a":2}', JSON, {"a": 2}, id="of equal keys the last"),
        pytest.param(b'{"a":%b}' % (b"9" * 30), JSON, {"a": 1e30}, id="large number"),
        pytest.param(b"text=a+b&channel=%23x", FORM, {"text": "a b", "channel": "#x"}, id="form"),
        pytest.param(b"text=&x", FORM, {"text": "", "x": ""}, id="form with blanks"),
        pytest.param(b"a=1&a=2", FORM, {"a": "2"}, id="of equal fields the last"),
        pytest.param(b"text=%E9", FORM, {"text": "\ufffd"}, id="form in another charset"),
        pytest.param(
            b"payload=%7B%22text%22%3A+%22a%2Bb%22%7D", FORM, {"text": "a+b"}, id="payload"
        ),
        pytest.param(
            b'token=t&payload={"text":"x"}', FORM, {"text": "x"}, id="payload among others"
        ),
        pytest.param(b'payload={"text":"x"}&a=1', FORM, {"text": "x"}, id="payload and others"),
        pytest.param(b'payload={"text":"x"}', "", {"text": "x"}, id="payload without type"),
        pytest.param(
            b'payload={"text":"a+b & 50% c%20d"}', FORM, {"text": "a+b & 50% c%20d"}, id="literal"
        ),
        pytest.param(
            b"payload=hi&text=x", FORM, {"payload": "hi", "text": "x"}, id="payload as plain field"
        ),
        pytest.param(part("payload", '{"text":"x"}'), MULTIPART, {"text": "x"}, id="multipart"),
        pytest.param(
            part("text", "x") + part("channel", "#a"),
            MULTIPART,
            {"text": "x", "channel": "#a"},
            id="multipart fields",
        ),
        pytest.param(
            part("payload", '{"text":"x"}', more='; filename="a.json"'),
            MULTIPART,
            {"text": "x"},
            id="multipart file",
        ),
    ],
)
def test_each_form_of_body_is_read(body: bytes, content_type: str, content: dict[str, Any]) -> None:
    if content_type == MULTIPART:
        body += b"--x--\r\n"

    read = read_body(body, content_type)

    assert read.content == content
    assert read.problem is None


@pytest.mark.parametrize(
    ("body", "content_type"),
    [(b"", JSON), (b"", FORM), (b"", MULTIPART), (b"", ""), (b" \r\n", JSON), (b" \n", FORM)],
)
def test_no_body_is_no_content(body: bytes, content_type: str) -> None:
    read = read_body(body, content_type)

    assert read.content == {}
    assert read.problem is None


@pytest.mark.parametrize(
    ("body", "content_type", "expected"),
    [
        (b'{"text":"x",}', JSON, "line 1, column 12 (character 11)"),
        (b'\n\n  {"text":\n  oops}', JSON, "line 4, column 3 (character 15)"),
        ('{"é":"日本", bad}'.encode(), JSON, "line 1, column 12 (character 11)"),
        (b'{"text":"x"', "", "line 1, column 12"),
        (b'{"text":"x"', FORM, "line 1, column 12"),
        (b"{'text':'x'}", "text/plain", "line 1, column 2"),
        (b"oops", JSON, "line 1, column 1"),
        (b'{"a":NaN}', JSON, "line 1, column 6"),
        (b'{"a":1e999}', JSON, "line 1, column 6"),
        (b'{"a":"\\ud83d"}', JSON, "line 1, column 7"),
        (b'{"a":"x\ny"}', JSON, "line 1, column 8"),
        (b"payload=%7B%22text%22", FORM, "The field payload is not valid JSON"),
        (b'payload={"text":"x', FORM, "The field payload is not valid JSON"),
        (b'payload={"text":"50%', FORM, "The field payload is not valid JSON"),
    ],
)
def test_malformed_json_is_refused_with_its_position(
    body: bytes, content_type: str, expected: str
) -> None:
    with pytest.raises(InvalidRequest) as caught:
        read_body(body, content_type)

    assert expected in caught.value.reason


@pytest.mark.parametrize("body", [b"payload=[1]", b"payload=%221%22", b"payload=3"])
def test_a_payload_that_is_no_object_is_refused(body: bytes) -> None:
    with pytest.raises(InvalidRequest) as caught:
        read_body(body, FORM)

    assert caught.value.code == PAYLOAD_NOT_OBJECT


@pytest.mark.parametrize(
    ("body", "content_type", "expected"),
    [
        (b"disk full", "text/plain", "neither JSON nor a form"),
        (b"disk full", FORM, "neither JSON nor a form"),
        (b"<a>{}</a>", "application/xml", "neither JSON nor a form"),
        (b"[1, 2]", JSON, "an array, not an object"),
        (b"3", JSON, "a single value, not an object"),
        (b"null", JSON, "a single value, not an object"),
        (b"[1, 2]", "", "an array, not an object"),
        (b'{"a":1}\n{"b":2}', "application/x-ndjson", "line 2, column 1"),
    ],
)
def test_other_text_is_left_to_scripts(body: bytes, content_type: str, expected: str) -> None:
    read = read_body(body, content_type)

    assert read.content == {}
    assert read.raw == body.decode()
    assert read.problem is not None
    assert expected in read.problem.reason


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"no boundary in it", MULTIPART),
        (b"no boundary given", "multipart/form-data"),
        (b"--x\r\nContent-Disp", MULTIPART),
        (part("a", "1") * 1001 + b"--x--\r\n", MULTIPART),
        (b"&".join([b"a=1"] * 1001), FORM),
    ],
    ids=["without parts", "without boundary", "cut", "too many parts", "too many fields"],
)
def test_a_damaged_form_is_refused(body: bytes, content_type: str) -> None:
    with pytest.raises(InvalidRequest, match=r"form (is damaged|has more than)"):
        read_body(body, content_type)


def test_depth_is_bounded() -> None:
    def nested(levels: int) -> bytes:
        return b'{"a":' * levels + b"1" + b"}" * levels

    assert read_body(nested(MAX_DEPTH), JSON).problem is None
    with pytest.raises(InvalidRequest, match="nested more than 100 levels"):
        read_body(nested(MAX_DEPTH + 1), JSON)
    with pytest.raises(InvalidRequest, match="depth limit exceeded"):
        read_body(b"[" * 100_000, JSON)


def test_wide_bodies_are_not_deep() -> None:
    body = json.dumps({"list": [[] for _ in range(1000)]}).encode()

    assert len(read_body(body, JSON).content["list"]) == 1000
