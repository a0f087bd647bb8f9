import io

import pytest

from tests.callers import Caller, Server

CALLS = [
    "create",
    "update",
    "remove",
    "clearHistory",
    "replayOutgoing",
    "try",
    "keepTest",
    "recover",
]
BODIES = [
    b"",
    b"null",
    b"[]",
    b'"text"',
    b"1",
    b"{",
    b'{"type": "webhook-incoming"',
    b"\xff\xfe\x00",
    b"\x80",
    b"type=webhook-incoming&name=x",
    b"[" * 100_000,
    b'{"a":' * 100_000,
    b"9" * 10_000,
    b'{"type": NaN}',
    b'{"type": {"type": {}}}',
    b'{"type": "\\ud800"}',
    b'{"type": "webhook-incoming", "integrationId": "\\u0000"}',
    b'{"type": "webhook-incoming", "integrationId": ["x"]}',
    b'{"integrationId": "' + b"x" * 5000 + b'"}',
]


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("body", BODIES, ids=[str(number) for number, _ in enumerate(BODIES)])
def test_a_hostile_body_is_a_clear_400(admin: Caller, call: str, body: bytes) -> None:
    response = admin.send(call, body, content_type="application/json")

    assert response.status_code == 400
    assert response.json is not None
    assert response.json["success"] is False
    assert response.json["errorType"] == "invalid-params"
    assert len(response.json["error"]) < 500


@pytest.mark.parametrize("call", CALLS)
def test_a_huge_body_is_refused(admin: Caller, call: str) -> None:
    response = admin.send(call, b'{"x": "' + b"x" * 1024 * 1024 + b'"}')

    assert response.status_code == 413
    assert response.json is not None
    assert response.json["errorType"] == "error-body-too-large"


@pytest.mark.parametrize("call", CALLS)
def test_a_huge_body_of_unknown_length_is_refused(admin: Caller, call: str) -> None:
    body = io.BytesIO(b'{"x": "' + b"x" * 1024 * 1024 + b'"}')

    response = admin.send(
        call,
        None,
        input_stream=body,
        environ_overrides={"wsgi.input_terminated": True},
    )

    assert response.status_code == 413


@pytest.mark.parametrize("call", CALLS)
def test_strangers_are_told_to_log_in_before_their_body_is_read(server: Server, call: str) -> None:
    stranger = Caller(server.app, "", "", {})

    assert stranger.send(call, b"{").status_code == 401


def test_a_wrong_place_in_json_is_told(admin: Caller) -> None:
    response = admin.send("create", b'{"type": \n nonsense}')

    assert response.json is not None
    assert response.json["error"] == "The body is not JSON: Expecting value at line 2 column 2"


@pytest.mark.parametrize("content_type", ["", "text/plain", "application/x-www-form-urlencoded"])
def test_json_is_understood_under_any_name(admin: Caller, content_type: str) -> None:
    body = (
        b'{"type": "webhook-incoming", "name": "CI", "enabled": true, "username": "rocket.cat",'
        b' "channel": "#general", "scriptEnabled": false}'
    )

    assert admin.send("create", body, content_type=content_type).status_code == 200
