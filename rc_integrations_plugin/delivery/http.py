"""An HTTP call as values: the request, and the answer or the failure. Nothing is sent here."""

import codecs
import functools
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.message import Message
from enum import StrEnum

# Only what browsers know too: some of Python's codecs take a time that grows with the square of the
# length, and the server that answers chooses the name.
_CHARSETS = re.compile(
    r"ascii|big5(hkscs)?|cp125[0-8]|cp866|cp874|cp932|cp949|euc_(jp|kr)|gb(18030|2312|k)"
    r"|iso2022_jp|iso8859-\d+|koi8-[ru]|mac-(cyrillic|roman)|shift_jis|utf-16(-[bl]e)?"
)


@dataclass(frozen=True, kw_only=True)
class HttpRequest:
    """A call to make."""

    method: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = None
    timeout_seconds: float | None = None
    """For everything together, redirects too; None for the server's usual limit."""
    follow_redirects: bool = True
    secret_headers: frozenset[str] = frozenset()
    """Names of headers that no other origin may see, beside those that are known to be secret."""


@dataclass(frozen=True, kw_only=True)
class HttpResponse:
    """An answer, of any status."""

    status: int
    reason: str
    headers: Mapping[str, str]
    """Names in lower case; values of a repeated one are joined by a comma."""
    body: bytes
    url: str
    """Where the answer came from, after redirects."""
    redirected: bool = False

    @property
    def text(self) -> str:
        """The body as text, in the charset it names if that is a usual one, else as UTF-8."""
        return self.body.decode(_charset(self.headers.get("content-type", "")), "replace")


class FailureKind(StrEnum):
    """Why there is no answer."""

    INVALID_REQUEST = "bad-request"
    """Method, URL or headers make no HTTP request; nothing was sent."""
    ADDRESS_REFUSED = "address-refused"
    """The address guard says no; nothing was sent to there."""
    NAME_NOT_FOUND = "name-not-found"
    CONNECTION = "connection"
    """Nobody listens there, or the connection broke."""
    TLS = "tls"
    """The other side's certificate is not trusted, or it speaks no usable TLS."""
    TIMEOUT = "timeout"
    TOO_LARGE = "too-large"
    """The body, decompressed, is larger than allowed."""
    TOO_MANY_REDIRECTS = "too-many-redirects"
    BAD_ANSWER = "bad-answer"
    """What came back is not HTTP, or its body is damaged."""


@dataclass(frozen=True, kw_only=True)
class HttpFailure:
    """A call that got no answer. `message` is for people and holds neither URL nor headers."""

    kind: FailureKind
    message: str


@functools.lru_cache(maxsize=64)  # reading a header takes longer than reading a small body
def _charset(content_type: str) -> str:
    header = Message()
    header["content-type"] = content_type.replace("\r", " ").replace("\n", " ")
    try:
        name = codecs.lookup(header.get_content_charset("utf-8")).name
    except (LookupError, ValueError):
        name = "utf-8"
    return name if _CHARSETS.fullmatch(name) else "utf-8-sig"
