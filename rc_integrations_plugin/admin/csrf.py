"""Whether a request that may change something was sent by one of our own pages.

Two locks, since one of them may be open: old browsers don't say where a request comes from, and a
token may leak. Neither needs anything of the chat server; a `SECRET_KEY` makes the second stronger.

1. The browser says that the request comes from this server (`Sec-Fetch-Site`, else `Origin`, else
   `Referer`). Who says nothing is refused.
2. The request carries a token that the page got. It is signed for the user with a key that holds a
   random part, which only this browser has (a cookie), and the app's `SECRET_KEY` if there is one.
"""

import hashlib
import secrets
from collections.abc import Mapping, Set as AbstractSet
from urllib.parse import urlsplit

from flask import Response, current_app, request
from itsdangerous import BadData, URLSafeTimedSerializer

from rc_integrations_plugin.errors import NotFromPage
from rc_integrations_plugin.host.port import User

COOKIE = "rc_integrations_page"
HEADER = "X-CSRF-Token"
FIELD = "csrf_token"
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
_SALT = "rc_integrations.pages"
_NONCE_BYTES = 32
_NONCE_LENGTH = 43
_NEW_NONCE = "rc_integrations.new_nonce"
_PORTS = {"http": 80, "https": 443}

Origin = tuple[str, str, int]


def read_origin(address: str) -> Origin | None:
    """Return scheme, host and port of an address, or None where it has none, as `null`."""
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        return None
    if parts.scheme not in _PORTS or not parts.hostname:
        return None
    return parts.scheme, parts.hostname.lower(), port or _PORTS[parts.scheme]


def is_same_origin(headers: Mapping[str, str], own: AbstractSet[Origin | None]) -> bool:
    """Return whether a browser says that a page of one of these origins sent the request."""
    site = headers.get("Sec-Fetch-Site")
    if site is not None:
        return site == "same-origin"
    said = headers.get("Origin") or headers.get("Referer")
    origin = read_origin(said) if said else None
    return origin is not None and origin in own


def issue_token(user: User) -> str:
    """Return the token for the page that is made for this user now; `keep_cookie` must follow."""
    nonce = _nonce()
    if nonce is None:
        # kept with the request: one app context may serve several
        nonce = request.environ.setdefault(_NEW_NONCE, secrets.token_urlsafe(_NONCE_BYTES))
    return _serializer(nonce).dumps(user.id)


def keep_cookie(response: Response, *, path: str, secure: bool) -> None:
    """Give the browser its random part, if the page was made with a new one."""
    nonce = request.environ.get(_NEW_NONCE)
    if nonce is not None:
        response.set_cookie(
            COOKIE, nonce, path=path, secure=secure, httponly=True, samesite="Strict"
        )


def check_request(user: User, *, site_url: str) -> None:
    """Do nothing if the request that is being handled comes from a page of this user's.

    Raises:
        NotFromPage: it does not, or it cannot be told.
    """
    own = {read_origin(request.host_url), read_origin(site_url)}
    if not is_same_origin(dict(request.headers), own):
        raise NotFromPage("The request does not come from a page of this server.")
    token = request.headers.get(HEADER) or request.form.get(FIELD, "")
    nonce = _nonce()
    if nonce is None or not _is_signed_for(user, token, nonce):
        raise NotFromPage("The page is out of date. Please load it anew.")


def _is_signed_for(user: User, token: str, nonce: str) -> bool:
    try:
        return bool(_serializer(nonce).loads(token) == user.id)
    except BadData:
        return False


def _nonce() -> str | None:
    nonce = request.cookies.get(COOKIE, "")
    return nonce if len(nonce) == _NONCE_LENGTH else None


def _serializer(nonce: str) -> URLSafeTimedSerializer:
    # the time in it changes the token with each page, so that compressed pages don't give it away
    secret = current_app.secret_key or b""
    key = secret.encode() if isinstance(secret, str) else secret
    return URLSafeTimedSerializer(
        key + nonce.encode("utf-8", "surrogatepass"),
        salt=_SALT,
        signer_kwargs={"digest_method": hashlib.sha256},
    )
