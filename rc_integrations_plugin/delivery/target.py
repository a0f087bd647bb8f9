"""Reads the URL of a call: one reading, for the address guard and for the connection alike."""

import base64
import functools
import ipaddress
import re
from dataclasses import dataclass
from urllib.parse import quote, urljoin

from yarl import URL

from rc_integrations_plugin.delivery.guard import is_name
from rc_integrations_plugin.delivery.http import FailureKind, HttpFailure

_LONGEST_URL = 16 * 1024
# Browsers drop some of these silently and read a backslash as a slash: two readers of one URL would
# see two hosts.
_SAFE_IN_QUERY = "%!$&'()*+,-./:;=?@[]_|~"
_NEVER = re.compile(r"[\x00-\x1f\x7f\\\ud800-\udfff]")


@dataclass(frozen=True)
class Target:
    """Where a call goes."""

    url: URL
    """Without user, password and fragment; the host as in `host`."""
    host: str
    """An address in its usual spelling, or a name in lower case and ASCII without a last dot."""
    authorization: str | None = None
    """The header that the URL's user and password stand for."""

    @property
    def origin(self) -> tuple[str, str, int | None]:
        """Scheme, host and port."""
        return self.url.scheme, self.host, self.url.port


@functools.lru_cache(maxsize=1024)  # an integration calls the same URL again and again
def read_target(url: str) -> Target | HttpFailure:
    """Return where a URL leads, or why it leads nowhere."""
    url = url.strip(" \t\r\n")
    if len(url) > _LONGEST_URL:
        return _invalid("the URL is too long")
    if _NEVER.search(url):
        return _invalid("the URL holds a character that no URL may hold")
    try:
        return _target(URL(url), query=_query(url))
    except ValueError:
        return _invalid("the URL cannot be understood")


def follow_location(target: Target, location: str) -> Target | HttpFailure:
    """Return where a redirect leads."""
    if _NEVER.search(location):
        return _invalid("the redirect's URL holds a character that no URL may hold")
    try:
        return read_target(urljoin(str(target.url), location.strip()))
    except ValueError:
        return _invalid("the redirect's URL cannot be understood")


def _target(url: URL, *, query: str) -> Target | HttpFailure:
    if url.scheme not in {"http", "https"}:
        return _invalid("the URL must begin with http:// or https://")
    if not url.raw_host or not url.port:
        return _invalid("the URL names no host")
    host = _plain_host(url.raw_host)
    if host is None:
        return HttpFailure(
            kind=FailureKind.ADDRESS_REFUSED,
            message="the URL's host is neither a name nor an address in its usual spelling",
        )
    plain = URL.build(
        scheme=url.scheme,
        host=f"[{host}]" if ":" in host else host,
        port=url.explicit_port,
        path=url.raw_path,
        query_string=query,
        encoded=True,
    )
    return Target(plain, host, _authorization(url))


def _query(url: str) -> str:
    """Return the query as it is, but for what must be escaped: some are signed by their bytes."""
    return quote(url.partition("#")[0].partition("?")[2], safe=_SAFE_IN_QUERY)


def _plain_host(raw: str) -> str | None:
    """Return a host in its one spelling; None where it has several readings, or none."""
    host = raw.lower().removesuffix(".")
    if "%" in host:  # an escaped character, or the zone of a link-local address
        return None
    try:
        return str(ipaddress.ip_address(host))
    except ValueError:
        return host if is_name(host) else None


def _authorization(url: URL) -> str | None:
    if url.user is None and url.password is None:
        return None
    pair = f"{url.user or ''}:{url.password or ''}"
    return "Basic " + base64.b64encode(pair.encode()).decode()


def _invalid(message: str) -> HttpFailure:
    return HttpFailure(kind=FailureKind.INVALID_REQUEST, message=message)
