"""Who calls the management API, and with what body."""

import json
from collections.abc import Mapping
from typing import Any

from flask import request
from werkzeug.exceptions import RequestEntityTooLarge

from rc_integrations_plugin.errors import (
    BodyTooLarge,
    InvalidParams,
    NotLoggedIn,
    PermissionMissing,
)
from rc_integrations_plugin.host.port import User
from rc_integrations_plugin.management.saved import may_manage_some
from rc_integrations_plugin.services import Services


def current_user(services: Services) -> User:
    """Return who sent the request.

    Raises:
        NotLoggedIn: a stranger did.
    """
    user = services.host.find_current_user()
    if user is None:
        raise NotLoggedIn("You must be logged in to do this.")
    return user


def require_any_permission(services: Services, user: User) -> None:
    """Do nothing for a user who may manage integrations of some type.

    Raises:
        PermissionMissing: he may manage none.
    """
    if not may_manage_some(services, user):
        raise PermissionMissing("User does not have the permissions required for this action")


def read_query() -> Mapping[str, str]:
    """Return the query string's fields, of each name the first."""
    return request.args.to_dict()


def read_body(*, most_bytes: int) -> dict[str, Any]:
    """Return the JSON object in the body, whatever its Content-Type says.

    Raises:
        BodyTooLarge: it is longer than allowed.
        InvalidParams: it is something else.
    """
    # one more than allowed, because werkzeug cuts a body of unknown length without a word
    request.max_content_length = most_bytes + 1
    try:
        raw = request.get_data()
    except RequestEntityTooLarge:
        raw = None
    if raw is None or len(raw) > most_bytes:
        raise BodyTooLarge(f"The body must not have more than {most_bytes} bytes")
    body = _parse(raw) if raw else {}
    if not isinstance(body, dict):
        raise InvalidParams("must be object")
    return body


def _parse(raw: bytes) -> Any:
    try:
        return json.loads(raw, parse_constant=_refuse)
    except json.JSONDecodeError as error:
        where = f"line {error.lineno} column {error.colno}"
        raise InvalidParams(f"The body is not JSON: {error.msg} at {where}") from error
    except (ValueError, RecursionError) as error:
        # not UTF-8, NaN, a number of thousands of digits, or nested without end
        raise InvalidParams("The body is not JSON that can be read") from error


def _refuse(name: str) -> None:
    raise ValueError(name)
