"""The call that an integration makes, as its script sees it and as it is sent."""

import base64
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from rc_integrations_plugin.delivery.http import FailureKind, HttpFailure, HttpRequest
from rc_integrations_plugin.delivery.signing import (
    HEADER_PREFIX,
    is_signing_secret,
    webhook_headers,
)
from rc_integrations_plugin.delivery.target import Target, read_target
from rc_integrations_plugin.integrations.records import OutgoingIntegration
from rc_integrations_plugin.outgoing.data import encode_data
from rc_integrations_plugin.scripting.protocol import is_truthy

USER_AGENT = (
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/41.0.2227.0 Safari/537.36"
)
"""Rocket.Chat's, word by word: some receivers let only browsers in."""
LONGEST_TIMEOUT_SECONDS = 120.0
"""Whatever a script asks for: a worker's lease must outlive its calls."""
_WITHOUT_BODY = frozenset({"GET", "HEAD"})
_JSON = "application/json"


class _Unsendable(Exception):
    """What a script returned makes no request."""


def default_request(
    integration: OutgoingIntegration, *, url: str, data: Mapping[str, Any]
) -> dict[str, Any]:
    """Return the request that is made where no script says otherwise, as scripts see it."""
    names_itself = _has(integration.headers, "User-Agent")
    return {
        "params": {},
        "method": "POST",
        "url": url,
        "data": dict(data),
        "headers": {} if names_itself else {"User-Agent": USER_AGENT},
    }


def current_url(integration: OutgoingIntegration, url: str) -> str | None:
    """Return where a delivery goes whose URL was found when it was made; None if to nowhere.

    Somebody may have corrected the integration meanwhile: its only URL takes the place of another.
    """
    urls = [own.strip() for own in integration.urls if own.strip()]
    if url in urls:
        return url
    return urls[0] if len(urls) == 1 else None


def current_data(integration: OutgoingIntegration, data: Mapping[str, Any]) -> dict[str, Any]:
    """Return a delivery's data with the token that the integration has now."""
    known = dict(data)
    if integration.token is None:
        known.pop("token", None)
    else:
        known["token"] = integration.token
    return known


def build_request(
    options: Mapping[str, Any],
    integration: OutgoingIntegration,
    *,
    delivery_id: str,
    sent_at: datetime,
    is_replay: bool = False,
) -> HttpRequest | HttpFailure:
    """Return the request to send, or why there is none.

    Args:
        options: of `default_request`, or what the script returned. `params`, `query`, `content`,
            `followRedirects` and `npmRequestOptions` have no meaning, as in Rocket.Chat.
        integration: what it adds goes to the origins of its own URLs only, wherever its script
            sends the call; a header that the script gives counts before it.
        delivery_id: the same for each attempt.
        sent_at: when this attempt is made.
        is_replay: whether the receiver is told that somebody wants it once more.
    """
    try:
        method, url = _read_text(options, "method").upper(), _read_text(options, "url")
        headers = _read_headers(options.get("headers"))
        body = _read_body(options.get("data"), method)
        authorization = _read_auth(options.get("auth"))
        timeout = _read_timeout(options.get("timeout"), integration)
        own = _own_headers(integration) if _is_own_origin(url, integration) else {}
        secret = _read_secret(integration.signing_secret)
    except _Unsendable as reason:
        return HttpFailure(kind=FailureKind.INVALID_REQUEST, message=str(reason))
    if body is not None:
        _put(headers, "Content-Type", _JSON)
    if authorization is not None:
        _put(headers, "Authorization", authorization)
    for name, value in own.items():
        if not _has(headers, name):
            headers[name] = value
    signature = webhook_headers(
        secret, delivery_id=delivery_id, sent_at=sent_at, body=body, is_replay=is_replay
    )
    headers = {k: v for k, v in headers.items() if not k.lower().startswith(HEADER_PREFIX)}
    return HttpRequest(
        method=method,
        url=url,
        headers=headers | signature,
        body=body,
        timeout_seconds=timeout,
        secret_headers=frozenset(own),
    )


def _read_text(options: Mapping[str, Any], key: str) -> str:
    value = options.get(key)
    if not isinstance(value, str):
        raise _Unsendable(f"{key} must be a string")
    return value


def _read_headers(headers: Any) -> dict[str, str]:
    """Return headers as JavaScript's `fetch` writes them; none for null."""
    if headers is None:
        return {}
    if not isinstance(headers, dict):
        raise _Unsendable("headers must be an object")
    return {
        str(name): _header_value(name, value)
        for name, value in headers.items()
        if value is not None
    }


def _header_value(name: str, value: Any) -> str:
    match value:
        case str():
            return value
        case bool():
            return str(value).lower()
        case int() | float():
            whole = isinstance(value, float) and value.is_integer()
            return str(int(value) if whole else value)
        case list():
            return ", ".join(_header_value(name, one) for one in value)
        case _:
            raise _Unsendable(f"the header {name[:256]} must be a string")


def _read_body(data: Any, method: str) -> bytes | None:
    if not is_truthy(data):
        return None
    if method in _WITHOUT_BODY:
        raise _Unsendable(f"a {method} request takes no data: leave it out, or delete request.data")
    if isinstance(data, str):
        return data.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace").encode()
    return encode_data(data)


def _read_auth(auth: Any) -> str | None:
    if not is_truthy(auth):
        return None
    if not isinstance(auth, str) or ":" not in auth:
        # Rocket.Chat's words
        raise _Unsendable('auth option should be of the form "username:password"')
    return "Basic " + base64.b64encode(auth.encode("utf-8", "replace")).decode()


def _read_timeout(milliseconds: Any, integration: OutgoingIntegration) -> float | None:
    if milliseconds is None:
        return integration.timeout_seconds
    if isinstance(milliseconds, bool) or not isinstance(milliseconds, int | float):
        raise _Unsendable("timeout must be a number of milliseconds")
    if milliseconds <= 0:
        return integration.timeout_seconds
    return min(milliseconds / 1000, LONGEST_TIMEOUT_SECONDS)


def _read_secret(secret: str | None) -> str | None:
    if secret is not None and not is_signing_secret(secret):
        raise _Unsendable("the integration's signing secret is not a usable one")
    return secret


def _own_headers(integration: OutgoingIntegration) -> dict[str, str]:
    headers = dict(integration.headers)
    if integration.basic_auth is not None and not _has(headers, "Authorization"):
        headers["Authorization"] = _read_auth(integration.basic_auth) or ""
    return headers


def _is_own_origin(url: str, integration: OutgoingIntegration) -> bool:
    origin = _origin(url)
    return origin is not None and any(_origin(own) == origin for own in integration.urls)


def _origin(url: str) -> tuple[str, str, int | None] | None:
    target = read_target(url)
    return target.origin if isinstance(target, Target) else None


def _has(headers: Mapping[str, str], name: str) -> bool:
    return any(given.lower() == name.lower() for given in headers)


def _put(headers: dict[str, str], name: str, value: str) -> None:
    """Set a header in place of all that differ from it by capitals only."""
    for given in [given for given in headers if given.lower() == name.lower()]:
        del headers[given]
    headers[name] = value
