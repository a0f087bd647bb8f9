"""What an outgoing integration is checked for when it is saved, in Rocket.Chat's order and words.

No error quotes a URL, a header's value or a secret: they may hold what others must not read.
"""

import re
from collections.abc import Iterable, Mapping

from rc_integrations_plugin.delivery.headers import refusal_of_request, sendable_headers
from rc_integrations_plugin.delivery.http import HttpFailure, HttpRequest
from rc_integrations_plugin.delivery.retry import RetryDelay
from rc_integrations_plugin.delivery.signing import (
    HEADER_PREFIX,
    is_signing_secret,
    new_signing_secret,
)
from rc_integrations_plugin.delivery.target import read_target
from rc_integrations_plugin.errors import ApiError
from rc_integrations_plugin.host.events import EventName
from rc_integrations_plugin.integrations.channels import EVENTS_WITH_CHANNELS, split_channels
from rc_integrations_plugin.integrations.permissions import Manager
from rc_integrations_plugin.management.checks import check_channels
from rc_integrations_plugin.outgoing.matching import (
    EVENTS_WITH_TARGET_ROOM,
    KINDS_OF_ROOMS,
)

USUAL_RETRIES = 4
_USUAL_DELAY = RetryDelay.POWERS_OF_TEN
_ANY_URL = "https://receiver.invalid/"
_NOT_IN_CREDENTIALS = re.compile(r"[\x00-\x1f\x7f]")


def read_event(name: str) -> EventName:
    """Return the event of this name.

    Raises:
        ApiError: there is none.
    """
    try:
        return EventName(name)
    except ValueError:
        raise ApiError("Invalid event type", code="error-invalid-event-type") from None


def check_target_room(target: str | None, event: EventName) -> None:
    """Do nothing if there is a room for answers, or the event happens in one.

    Raises:
        ApiError: there must be one and is not.
    """
    if event in EVENTS_WITH_TARGET_ROOM and not (target or "").strip():
        raise ApiError("Invalid Target Room", code="error-invalid-targetRoom")


def read_urls(urls: Iterable[str]) -> tuple[str, ...]:
    """Return the URLs to call, each once.

    Raises:
        ApiError: there is none, or one is no http(s) URL.
    """
    read = tuple(dict.fromkeys(url.strip() for url in urls if url.strip()))
    for number, url in enumerate(read, start=1):
        target = read_target(url)
        if isinstance(target, HttpFailure):
            raise _invalid_urls(f": {target.message} (number {number})")
    if not read:
        raise _invalid_urls("")
    return read


def read_channels(csv: str, event: EventName, *, chosen_by: Manager) -> tuple[str, ...]:
    """Return the channels of a comma-separated list; none stands for all public channels.

    Raises:
        ApiError: one is not written as a channel, or the event is told of all rooms and the one
            who saves may not hear that.
    """
    if event not in EVENTS_WITH_CHANNELS:
        if not chosen_by.has_everyones:
            raise ApiError(
                "Invalid permission for required Integration creation.",
                code="error-invalid-permissions",
            )
        return ()
    if not csv.strip():
        return ()
    channels = split_channels(csv)
    check_channels(channels, other_words=KINDS_OF_ROOMS)
    return tuple(dict.fromkeys(channels))


def read_retry_count(number: float) -> int:
    """Return how often to call again: Rocket.Chat's usual number where it is not above 0."""
    return int(number) if int(number) > 0 else USUAL_RETRIES


def read_retry_delay(name: str) -> str:
    """Return the name of the formula by which calls are made again; blank means the usual one.

    Raises:
        ApiError: there is no such formula.
    """
    wanted = name.strip().lower()
    if not wanted:
        return _USUAL_DELAY.value
    try:
        return RetryDelay(wanted).value
    except ValueError:
        raise ApiError(
            f"Invalid retryDelay: it is one of {', '.join(RetryDelay)}",
            code="error-invalid-retryDelay",
        ) from None


def check_token(token: str | None) -> None:
    """Do nothing if the token of a changed integration is left out or says something.

    Raises:
        ApiError: it is blank.
    """
    if token is not None and not token.strip():
        raise ApiError("Invalid token", code="error-invalid-token")


def read_signing_secret(given: str, *, generate: str) -> str:
    """Return the secret to sign calls with: the given one, or a new one.

    Raises:
        ApiError: it is none.
    """
    if given == generate:
        return new_signing_secret()
    if not is_signing_secret(given):
        raise ApiError(
            "Invalid signingSecret: it is whsec_ and the base64 of 24 to 64 bytes, or true for a"
            " new one",
            code="error-invalid-signing-secret",
        )
    return given


def check_headers(headers: Mapping[str, str]) -> None:
    """Do nothing if all these headers may be sent with each call.

    Raises:
        ApiError: one may not.
    """
    names = [name.lower() for name in headers]
    if len(set(names)) < len(names):
        raise _invalid_headers("a header is there twice")
    request = HttpRequest(method="POST", url=_ANY_URL, headers=headers)
    failure = refusal_of_request(request)
    if failure is not None:
        raise _invalid_headers(failure.message)
    for name in headers:
        if name.lower().startswith(HEADER_PREFIX) or not sendable_headers({name: ""}):
            raise _invalid_headers(f"{name} is set by the server itself")


def check_basic_auth(pair: str) -> None:
    """Do nothing if this is a user and a password.

    Raises:
        ApiError: it is not.
    """
    if ":" not in pair or _NOT_IN_CREDENTIALS.search(pair):
        raise ApiError(
            "Invalid basicAuth: it is of the form user:password", code="error-invalid-basic-auth"
        )


def _invalid_urls(why: str) -> ApiError:
    return ApiError(f"Invalid URLs{why}", code="error-invalid-urls")


def _invalid_headers(why: str) -> ApiError:
    return ApiError(f"Invalid headers: {why}", code="error-invalid-headers")
