import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from standardwebhooks import Webhook
from werkzeug.test import TestResponse

from host_stub.demo.receiver import build_receiver

SECRET = "whsec_" + "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIz"


@pytest.fixture
def client() -> FlaskClient:
    return build_receiver(token="t0ken", signing_secret=SECRET).test_client()


def call(
    client: FlaskClient,
    path: str,
    *,
    webhook_id: str = "d1",
    secret: str = SECRET,
    sent_at: datetime | None = None,
    **event: Any,
) -> TestResponse:
    sent_at = sent_at or datetime.now(UTC)
    body = json.dumps({"token": "t0ken", "trigger_word": "echo", "text": "echo hello"} | event)
    headers = {
        "webhook-id": webhook_id,
        "webhook-timestamp": str(int(sent_at.timestamp())),
        "webhook-signature": Webhook(secret).sign(webhook_id, sent_at, body),
    }
    return client.post(path, data=body, headers=headers)


def test_the_pull_requests_look_like_those_of_github(client: FlaskClient) -> None:
    pulls = client.get("/repos/demo/app/pulls").get_json()

    assert [(pull["number"], pull["state"]) for pull in pulls] == [(12, "open"), (11, "open")]
    assert pulls[0]["title"] == "Start in half the time"
    assert pulls[0]["html_url"] == "http://localhost/demo/app/pull/12"


@pytest.mark.parametrize(("state", "count"), [("open", 2), ("closed", 1), ("all", 3)])
def test_pull_requests_are_found_by_their_state(
    client: FlaskClient, state: str, count: int
) -> None:
    assert len(client.get(f"/repos/demo/app/pulls?state={state}").get_json()) == count


def test_a_pull_request_has_a_page(client: FlaskClient) -> None:
    assert client.get("/demo/app/pull/9").text == "#9 (closed): Mend a typo in the tour\n"
    assert client.get("/demo/app/pull/10").status_code == 404


def test_the_repository_says_where_its_pull_requests_are(client: FlaskClient) -> None:
    url = client.get("/repos/demo/app").get_json()["pulls_url"]

    assert url == "http://localhost/repos/demo/app/pulls"


def test_what_was_said_comes_back_without_the_trigger_word(client: FlaskClient) -> None:
    assert call(client, "/echo").get_json() == {"text": "You said: hello"}


@pytest.mark.parametrize(
    "wrong",
    [
        pytest.param({"token": "wrong"}, id="another token"),
        pytest.param({"token": None}, id="no token"),
        pytest.param({"secret": "whsec_" + "A" * 32}, id="signed with another secret"),
        pytest.param({"sent_at": datetime.now(UTC) - timedelta(hours=1)}, id="an old call"),
    ],
)
def test_others_are_not_let_in(client: FlaskClient, wrong: dict[str, Any]) -> None:
    assert call(client, "/echo", **wrong).status_code == 401


@pytest.mark.parametrize("body", [b"{}", b"\xff", b""])
def test_a_call_without_a_signature_is_refused(client: FlaskClient, body: bytes) -> None:
    assert client.post("/echo", data=body).status_code == 401


def test_a_signed_list_is_no_event(client: FlaskClient) -> None:
    now = datetime.now(UTC)
    headers = {
        "webhook-id": "d1",
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": Webhook(SECRET).sign("d1", now, "[]"),
    }

    assert client.post("/echo", data=b"[]", headers=headers).status_code == 400


def test_the_flaky_path_takes_the_third_call_of_each_delivery(client: FlaskClient) -> None:
    first = [call(client, "/flaky", webhook_id="d1").status_code for _ in range(4)]
    second = [call(client, "/flaky", webhook_id="d2").status_code for _ in range(3)]

    assert first == [503, 503, 200, 200]
    assert second == [503, 503, 200]


def test_old_deliveries_are_forgotten(client: FlaskClient) -> None:
    call(client, "/flaky", webhook_id="first")
    for number in range(1000):
        call(client, "/flaky", webhook_id=f"d{number}")

    again = [call(client, "/flaky", webhook_id="first").status_code for _ in range(3)]

    assert again == [503, 503, 200]
