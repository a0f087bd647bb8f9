import base64
from datetime import UTC, datetime, timedelta, timezone

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from rc_integrations_plugin.delivery.signing import (
    is_signing_secret,
    new_signing_secret,
    webhook_headers,
)


def whsec(size: int) -> str:
    return "whsec_" + base64.b64encode(b"k" * size).decode()


def test_the_example_of_the_specification_is_signed_as_it_says() -> None:
    # the values of the specification's own reference implementations
    sent_at = datetime.fromtimestamp(1614265330, UTC)

    headers = webhook_headers(
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        delivery_id="msg_p5jXN8AQM9LWM0D4loKWxJek",
        sent_at=sent_at,
        body=b'{"test": 2432232314}',
    )

    assert headers == {
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }


@pytest.mark.parametrize("body", [b"", None, "Grüße \N{ROCKET}".encode()])
def test_a_receiver_can_check_a_call_with_the_usual_package(body: bytes | None) -> None:
    secret = new_signing_secret()
    sent_at = datetime.now(timezone(timedelta(hours=2)))

    headers = webhook_headers(secret, delivery_id="d1", sent_at=sent_at, body=body)

    Webhook(secret).verify(body or b"", headers, json_parse=False)
    with pytest.raises(WebhookVerificationError):
        Webhook(new_signing_secret()).verify(body or b"", headers, json_parse=False)


def test_without_a_secret_a_call_has_an_id_and_a_time_all_the_same() -> None:
    sent_at = datetime.fromtimestamp(1614265330.9, UTC)

    headers = webhook_headers(None, delivery_id="d1", sent_at=sent_at, body=b"{}")

    assert headers == {"webhook-id": "d1", "webhook-timestamp": "1614265330"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (whsec(24), True),
        (whsec(64), True),
        (whsec(23), False),
        (whsec(65), False),
        ("whsec_", False),
        ("", False),
        pytest.param(base64.b64encode(b"k" * 32).decode(), False, id="no prefix"),
        pytest.param(whsec(32)[:-1], False, id="no padding"),
        pytest.param(whsec(32) + "!", False, id="not base64"),
        pytest.param("whsec_" + "ü" * 40, False, id="not ASCII"),
        pytest.param("whsec_" + "\ud800" * 40, False, id="half characters"),
        pytest.param("whsec_" + "A" * 43 + "\n", False, id="a line break"),
    ],
)
def test_a_secret_is_checked_before_it_is_used(text: str, *, expected: bool) -> None:
    assert is_signing_secret(text) is expected


def test_a_new_secret_is_a_good_one_and_no_two_are_alike() -> None:
    assert is_signing_secret(new_signing_secret())
    assert new_signing_secret() != new_signing_secret()
