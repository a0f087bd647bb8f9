"""A call of a hook as it came in, and its URL as scripts see it. Its body is read in `body`."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Self
from urllib.parse import quote

from qs_codec import DecodeOptions, decode

from rc_integrations_plugin.errors import InvalidRequest

# Rocket.Chat reads query strings with these bounds of qs, and refuses what is beyond
_QUERY_OPTIONS = DecodeOptions(list_limit=500, parameter_limit=1000, raise_on_limit_exceeded=True)
# what a browser leaves unescaped in a path
_SAFE_IN_PATH = "/:@!$&'()*+,;=~|^[]"
# senders may claim anything; the history counts with 32 bits
_LARGEST_COUNT = 2**31 - 1
_MOST_DIGITS = 18


@dataclass(frozen=True, kw_only=True)
class HookRequest:
    """A call of a hook: nothing in it is checked yet."""

    method: str
    scheme: str
    path: str
    """Decoded once, as WSGI gives it. It holds the token: never for a log."""
    query: str
    headers: Mapping[str, str]
    """Names in lower case."""
    body: bytes
    remote_address: str
    user_id: str | None = None
    """From the legacy URL with three parts; it means nothing."""
    oversize: bool = False
    """The body was larger than allowed and has not been read."""

    @classmethod
    def from_http(
        cls,
        method: str,
        url: tuple[str, str, str],
        headers: Iterable[tuple[str, str]],
        body: bytes | None,
        *,
        remote_address: str,
        user_id: str | None = None,
    ) -> Self:
        """Return a request from the parts that a web framework knows.

        `url` is scheme, decoded path, and the query string as it was sent; `body` is None if it
        was too large to be read.
        """
        scheme, path, query = url
        return cls(
            method=method,
            scheme=scheme,
            path=path,
            query=query,
            headers={name.lower(): value for name, value in headers},
            body=body or b"",
            remote_address=remote_address,
            user_id=user_id,
            oversize=body is None,
        )

    @property
    def body_bytes(self) -> int:
        """How large the body is, also if it has not been read (0 where its sender doesn't say)."""
        told = self.headers.get("content-length", "")
        if self.oversize and told.isdecimal():
            return min(int(told[:_MOST_DIGITS]), _LARGEST_COUNT)
        return len(self.body)

    @property
    def content_type(self) -> str:
        """The header as it was sent, or the empty string."""
        return self.headers.get("content-type", "")


def read_query(request: HookRequest) -> dict[str, Any]:
    """Return the query string as scripts know it: `a[b]=c` is an object, `a=1&a=2` a list.

    Raises:
        InvalidRequest: it has too many parts.
    """
    if not request.query:
        return {}
    try:
        # a query has been decoded as Latin-1 by WSGI, so escapes are all that is not ASCII
        return decode(request.query, _QUERY_OPTIONS)
    except (ValueError, IndexError, RecursionError):
        raise InvalidRequest(
            "The query string has more than 1000 parts or a list of more than 500",
            code="Invalid query parameters",
        ) from None


def describe_url(request: HookRequest) -> dict[str, Any]:
    """Return `url_raw` and `url` of the request that a script is given.

    Raises:
        InvalidRequest: the query string has too many parts.
    """
    path = quote(request.path, safe=_SAFE_IN_PATH)
    search = f"?{request.query}" if request.query else ""
    raw = f"{_scheme_of(request)}://{request.headers.get('host', 'localhost')}{path}{search}"
    url = {
        "hash": "",
        "search": search,
        "query": read_query(request),
        "pathname": path,
        "path": raw,
    }
    return {"url": url, "url_raw": raw}


def _scheme_of(request: HookRequest) -> str:
    """Return the scheme that the sender used, which a proxy before us may have told.

    Each of several proxies appends to the header; the first value is the sender's.
    """
    told = request.headers.get("x-forwarded-proto", "").split(",", 1)[0].strip().lower()
    return told if told in {"http", "https"} else request.scheme
