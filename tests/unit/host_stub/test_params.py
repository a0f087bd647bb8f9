from typing import Any

import pytest

from tests.unit.host_stub.conftest import Api

METHODS = [
    "login",
    "users.create",
    "users.delete",
    "permissions.update",
    "roles.addUserToRole",
    "channels.create",
    "channels.invite",
    "groups.rename",
    "rooms.muteUser",
    "dm.create",
    "chat.postMessage",
    "chat.sendMessage",
    "chat.update",
]


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b'{"a":1}x',
        b"[]",
        b"1",
        b'"text"',
        b"null",
        b"\xff\xfe",
        b'{"a": NaN}',
        b'{"a": ' + b"9" * 5000 + b"}",
        b"[" * 100_000,
        b'{"a":' * 100_000,
        b'{"a":' * 200 + b"1" + b"}" * 200,
        b'{"a": ["\\u0000"]}',
        b'{"a": {"\\ud800": 1}}',
        b'{"a": "\\udc00\\ud800"}',
    ],
    ids=lambda body: f"{body[:12]!r}, {len(body)} bytes",
)
def test_a_body_that_is_no_plain_object_is_refused(admin: Api, method: str, body: bytes) -> None:
    answer = admin.send(method, data=body, content_type="application/json")

    assert answer.refusal == (400, "invalid-params")


@pytest.mark.parametrize("value", [0, 1.5, True, [], ["x"], {}, {"a": {"b": []}}, "", "x" * 9000])
@pytest.mark.parametrize("method", METHODS)
def test_a_value_of_a_wrong_type_is_no_crash(admin: Api, method: str, value: Any) -> None:
    names = ("username", "password", "name", "email", "roles", "roomId", "channel", "text")
    more = ("userId", "members", "permissions", "message", "attachments", "msgId", "usernames")

    answer = admin.post(method, **dict.fromkeys((*names, *more), value))

    assert 400 <= answer.status < 500
    assert answer.json["success"] is False


@pytest.mark.parametrize("kind", ["application/json", "application/x-www-form-urlencoded"])
def test_a_body_that_is_too_long_is_refused(ann: Api, kind: str) -> None:
    answer = ann.send("chat.postMessage", data=b" " * (2 * 1024 * 1024), content_type=kind)

    assert (answer.status, answer.json["success"]) == (413, False)


def test_a_forms_text_is_checked_too(ann: Api) -> None:
    body = {"channel": "@bob", "text": "a\0b"}

    assert ann.send("chat.postMessage", data=body).refusal == (400, "invalid-params")


def test_an_empty_body_is_an_empty_object(ann: Api) -> None:
    for kind in ("application/json", "", "application/x-www-form-urlencoded"):
        answer = ann.send("dm.create", data=b"", content_type=kind)
        assert answer.refusal == (400, "invalid-params")
        assert "username" in answer.json["error"]


def test_lists_come_in_a_query_or_a_form_too(ann: Api) -> None:
    form = {"name": "news", "members[]": ["bob", "admin"]}

    assert ann.send("channels.create", data=form)["channel"]["usersCount"] == 3
