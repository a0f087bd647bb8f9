"""Who sends a request: a program by two headers, the page by a cookie.

The cookie is sent by the browser also when another site makes it; so with the cookie, a request
that may change something must come from our own pages.
"""

from urllib.parse import urlsplit

from flask import request

from host_stub.chat.refusals import ChatRefused
from host_stub.chat.server import current_chat
from host_stub.chat.tokens import find_token_owner
from host_stub.models.users import User

COOKIE = "host_stub_token"
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
_SENDER = "host_stub.sender"
_UNKNOWN = object()


def find_current_user() -> User | None:
    """Return who sent the request that is being handled, or None for a stranger."""
    # kept with the request: one app context may serve several
    user = request.environ.get(_SENDER, _UNKNOWN)
    if user is _UNKNOWN:
        user = request.environ[_SENDER] = _find_sender()
    return user if isinstance(user, User) else None


def current_user() -> User:
    """Return who sent the request that is being handled.

    Raises:
        ChatRefused: nobody who is logged in.
    """
    user = find_current_user()
    if user is None:
        raise ChatRefused("You must be logged in to do this.", status=401)
    return user


def current_token() -> str | None:
    """Return the token that the request carries, good or not."""
    credentials = _credentials()
    return None if credentials is None else credentials[1]


def _find_sender() -> User | None:
    credentials = _credentials()
    if credentials is None:
        return None
    user_id, token = credentials
    return find_token_owner(current_chat(), user_id, token)


def _credentials() -> tuple[str, str] | None:
    user_id = request.headers.get("X-User-Id")
    token = request.headers.get("X-Auth-Token")
    if user_id and token:
        return user_id, token
    user_id, colon, token = request.cookies.get(COOKIE, "").partition(":")
    if not (user_id and colon and token):
        return None
    if request.method not in SAFE_METHODS and not is_from_our_pages():
        return None
    return user_id, token


def is_from_our_pages() -> bool:
    """Return whether the browser says that a page of this server sent the request."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site == "same-origin"
    origin = request.headers.get("Origin")
    return origin is not None and urlsplit(origin).netloc == request.host
