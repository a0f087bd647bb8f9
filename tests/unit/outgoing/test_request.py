import base64
from typing import Any

import pytest
from standardwebhooks import Webhook

from rc_integrations_plugin.delivery.http import FailureKind, HttpFailure, HttpRequest
from rc_integrations_plugin.integrations.records import OutgoingIntegration
from rc_integrations_plugin.outgoing.request import USER_AGENT, build_request, default_request
from tests.factories import NOON, make_outgoing

URL = "https://receiver.test/hook"
STAMP = {"webhook-id": "d1", "webhook-timestamp": str(int(NOON.timestamp()))}
PLAIN = make_outgoing()


def build(
    options: dict[str, Any], integration: OutgoingIntegration = PLAIN
) -> HttpRequest | HttpFailure:
    return build_request(options, integration, delivery_id="d1", sent_at=NOON)


def sent(integration: OutgoingIntegration = PLAIN, **options: Any) -> HttpRequest:
    """Return the request for a POST to the integration's URL with these options."""
    request = build({"method": "POST", "url": URL, **options}, integration)
    assert isinstance(request, HttpRequest)
    return request


def headers_of(integration: OutgoingIntegration = PLAIN, **options: Any) -> dict[str, str]:
    """Return the headers, but for id and time."""
    headers = sent(integration, **options).headers
    return {name: value for name, value in headers.items() if name not in STAMP}


def refusal(**options: Any) -> str:
    """Return why these options make no request."""
    found = build({"method": "POST", "url": URL, **options})
    assert isinstance(found, HttpFailure)
    assert found.kind is FailureKind.INVALID_REQUEST
    return found.message


def basic(pair: str) -> str:
    return "Basic " + base64.b64encode(pair.encode()).decode()


def test_the_default_request_is_rocket_chat_s() -> None:
    options = default_request(PLAIN, url=URL, data={"text": "Grüße"})

    assert options == {
        "params": {},
        "method": "POST",
        "url": URL,
        "data": {"text": "Grüße"},
        "headers": {"User-Agent": USER_AGENT},
    }
    assert build(options) == HttpRequest(
        method="POST",
        url=URL,
        headers={"User-Agent": USER_AGENT, "Content-Type": "application/json"} | STAMP,
        body='{"text":"Grüße"}'.encode(),
    )


@pytest.mark.parametrize("headers", [None, {}], ids=["null", "none"])
def test_headers_may_be_missing(headers: dict[str, str] | None) -> None:
    assert headers_of(headers=headers, auth="ann:secret", data={"a": 1}) == {
        "Content-Type": "application/json",
        "Authorization": basic("ann:secret"),
    }
    assert headers_of() == {}


@pytest.mark.parametrize("method", ["get", "PUT", "Patch", "DELETE", "HEAD"])
def test_the_script_chooses_the_method(method: str) -> None:
    request = sent(method=method)

    assert (request.method, request.body) == (method.upper(), None)


@pytest.mark.parametrize(
    ("data", "body"),
    [
        ({"a": "ü"}, '{"a":"ü"}'.encode()),
        ([], b"[]"),
        ({}, b"{}"),
        ("a=b&c=d", b"a=b&c=d"),
        ("half \ud83d", "half \ufffd".encode()),
        (7, b"7"),
        (True, b"true"),
    ],
    ids=["object", "empty list", "empty object", "text as it is", "half", "number", "true"],
)
def test_data_is_sent_as_json(data: Any, body: bytes) -> None:
    request = sent(data=data, headers={"content-type": "text/xml"})

    assert request.body == body
    assert request.headers == {"Content-Type": "application/json"} | STAMP


@pytest.mark.parametrize("data", [None, "", 0, False])
def test_without_data_there_is_no_body_and_no_content_type(data: Any) -> None:
    request = sent(data=data, headers={"X-A": "1"})

    assert request.body is None
    assert request.headers == {"X-A": "1"} | STAMP


@pytest.mark.parametrize("method", ["GET", "HEAD", "get"])
def test_a_get_takes_no_data(method: str) -> None:
    assert refusal(method=method, data={"a": 1}) == (
        f"a {method.upper()} request takes no data: leave it out, or delete request.data"
    )


@pytest.mark.parametrize("auth", ["ann:secret", "ann:", ":", "a:b:c", "ann:gehäuse"])
def test_auth_becomes_a_header(auth: str) -> None:
    assert headers_of(auth=auth, headers={"authorization": "other"}) == {
        "Authorization": basic(auth)
    }


@pytest.mark.parametrize("auth", ["secret", {"user": "a"}, True, ["a:b"]])
def test_auth_must_be_a_pair(auth: Any) -> None:
    assert refusal(auth=auth) == 'auth option should be of the form "username:password"'


@pytest.mark.parametrize("auth", [None, "", False])
def test_no_auth_is_fine(auth: Any) -> None:
    assert headers_of(auth=auth) == {}


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("text", "text"),
        (7, "7"),
        (7.0, "7"),
        (1234567890.0, "1234567890"),
        (1.5, "1.5"),
        (True, "true"),
        (["a", 1], "a, 1"),
    ],
)
def test_header_values_are_written_as_fetch_writes_them(value: Any, expected: str) -> None:
    assert headers_of(headers={"X-A": value}) == {"X-A": expected}


def test_a_header_that_is_null_is_left_out() -> None:
    assert headers_of(headers={"X-A": None}) == {}


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"headers": "X-A: 1"}, "headers must be an object"),
        ({"headers": ["X-A"]}, "headers must be an object"),
        ({"headers": {"X-A": {}}}, "the header X-A must be a string"),
        ({"headers": {"X-A": [["a"], {}]}}, "the header X-A must be a string"),
        ({"url": 7}, "url must be a string"),
        ({"method": ["GET"]}, "method must be a string"),
        ({"timeout": "soon"}, "timeout must be a number of milliseconds"),
        ({"timeout": True}, "timeout must be a number of milliseconds"),
    ],
)
def test_what_makes_no_request_is_refused(options: dict[str, Any], words: str) -> None:
    assert refusal(**options) == words


@pytest.mark.parametrize(
    ("milliseconds", "seconds"),
    [(None, 8), (1500, 1.5), (0, 8), (-1, 8), (10**9, 120), (0.5, 0.0005)],
)
def test_the_script_s_timeout_counts_before_the_integration_s(
    milliseconds: float | None, seconds: float
) -> None:
    integration = make_outgoing(timeout_seconds=8)

    assert sent(integration, timeout=milliseconds).timeout_seconds == seconds


def test_without_any_the_server_s_usual_timeout_holds() -> None:
    assert sent().timeout_seconds is None


@pytest.mark.parametrize(
    "option", ["params", "query", "content", "followRedirects", "npmRequestOptions"]
)
def test_some_options_have_no_meaning(option: str) -> None:
    options = {"method": "POST", "url": URL}

    assert build(options | {option: {"a": "b"}}) == build(options)


OWN = make_outgoing(headers={"X-Api-Key": "k1", "X-Team": "ops"}, basic_auth="bot:pw")


def test_an_integration_s_headers_and_user_are_added_and_kept_from_other_origins() -> None:
    request = sent(OWN)

    assert request.headers == {
        "X-Api-Key": "k1",
        "X-Team": "ops",
        "Authorization": basic("bot:pw"),
        **STAMP,
    }
    assert request.secret_headers == {"X-Api-Key", "X-Team", "Authorization"}


@pytest.mark.parametrize(
    "url",
    [
        "https://receiver.test/other?path=1",
        "HTTPS://RECEIVER.TEST:443/hook",
    ],
)
def test_they_go_anywhere_on_the_receiver_s_origin(url: str) -> None:
    assert "X-Api-Key" in headers_of(OWN, url=url)


@pytest.mark.parametrize(
    "url",
    [
        "http://receiver.test/hook",
        "https://receiver.test:8443/hook",
        "https://receiver.test.evil.test/hook",
        "https://receiver.test@evil.test/hook",
        "no url",
    ],
)
def test_they_do_not_go_where_a_script_sends_the_call(url: str) -> None:
    assert headers_of(OWN, url=url) == {}


def test_a_script_s_headers_count_before_the_integration_s() -> None:
    headers = headers_of(OWN, headers={"x-api-key": "k2"}, auth="ann:pw")

    assert headers == {"x-api-key": "k2", "Authorization": basic("ann:pw"), "X-Team": "ops"}


def test_an_integration_may_name_itself() -> None:
    integration = make_outgoing(headers={"user-agent": "Bridge/1"})

    options = default_request(integration, url=URL, data={})

    assert headers_of(integration, **options)["user-agent"] == "Bridge/1"
    assert options["headers"] == {}


def test_a_call_is_signed_where_there_is_a_secret() -> None:
    integration = make_outgoing(signing_secret="whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")

    request = sent(integration, data={"a": 1})

    signature = Webhook("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").sign("d1", NOON, '{"a":1}')
    assert request.headers["webhook-signature"] == signature


@pytest.mark.parametrize(
    "fields",
    [{"signing_secret": "whsec_hunter2"}, {"basic_auth": "hunter2"}],
    ids=["signing secret", "basic auth"],
)
def test_an_integration_that_was_saved_wrongly_sends_nothing(fields: dict[str, str]) -> None:
    found = build({"method": "POST", "url": URL}, make_outgoing(**fields))

    assert isinstance(found, HttpFailure)
    assert "hunter2" not in found.message


def test_a_script_cannot_sign() -> None:
    forged = {"Webhook-Signature": "v1,x", "WEBHOOK-ID": "d2", "webhook-timestamp": "1"}

    assert sent(headers=forged | {"webhook-replay": "true"}).headers == STAMP


def test_a_replay_says_so() -> None:
    options = {"method": "POST", "url": URL}

    request = build_request(
        options, make_outgoing(), delivery_id="d1", sent_at=NOON, is_replay=True
    )

    assert isinstance(request, HttpRequest)
    assert request.headers == STAMP | {"webhook-replay": "true"}


def test_what_an_integration_keeps_secret_is_not_in_its_text() -> None:
    integration = make_outgoing(
        token="hunter2",
        signing_secret="whsec_hunter2",
        basic_auth="bot:hunter2",
        headers={"X-Key": "hunter2"},
    )

    assert "hunter2" not in repr(integration)
