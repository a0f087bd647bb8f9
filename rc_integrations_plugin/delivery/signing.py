"""Headers by which a receiver knows who calls, and that it was not called so before.

They follow https://www.standardwebhooks.com: `webhook-id` stays the same when a call is made again,
so a receiver can drop the second one.
"""

import base64
import binascii
import secrets
from datetime import UTC, datetime

from standardwebhooks import Webhook

PREFIX = "whsec_"
HEADER_PREFIX = "webhook-"
"""Nobody else may set headers that begin so."""
REPLAY_HEADER = "webhook-replay"
"""Not in the specification: how a receiver that drops repeats knows one that is wanted."""
# The specification's bounds.
_FEWEST_BYTES, _MOST_BYTES = 24, 64


def new_signing_secret() -> str:
    """Return a secret that nobody can guess."""
    return PREFIX + base64.b64encode(secrets.token_bytes(32)).decode()


def is_signing_secret(text: str) -> bool:
    """Return whether it is `whsec_` and the base64 of 24 to 64 bytes."""
    if not text.startswith(PREFIX):
        return False
    try:
        key = base64.b64decode(text.removeprefix(PREFIX), validate=True)
    except (binascii.Error, ValueError):
        return False
    return _FEWEST_BYTES <= len(key) <= _MOST_BYTES


def webhook_headers(
    secret: str | None,
    *,
    delivery_id: str,
    sent_at: datetime,
    body: bytes | None,
    is_replay: bool = False,
) -> dict[str, str]:
    """Return id and time of a call, and its signature where there is a secret.

    Args:
        secret: one for which `is_signing_secret` is true; None to sign nothing.
        delivery_id: the same for each attempt.
        sent_at: when this attempt is made.
        body: UTF-8, as it is sent; without one, the empty text is signed.
        is_replay: somebody wants the call to be made once more, though its id was seen before.
    """
    sent_at = sent_at.astimezone(UTC)  # the package takes any time for UTC
    headers = {"webhook-id": delivery_id, "webhook-timestamp": str(int(sent_at.timestamp()))}
    if is_replay:
        headers[REPLAY_HEADER] = "true"
    if secret is not None:
        text = "" if body is None else body.decode()
        headers["webhook-signature"] = Webhook(secret).sign(delivery_id, sent_at, text)
    return headers
