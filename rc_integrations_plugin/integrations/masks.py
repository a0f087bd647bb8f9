"""Hiding tokens and secrets in what is kept of a call."""

import json
import re
import sys
from collections.abc import Mapping
from functools import lru_cache
from typing import Any
from urllib.parse import quote

MASK = "***"

# Names whose values are secrets hold one of these. `key` alone does not make one (issue keys), nor
# does `signature`: it is made from a secret but does not tell it, and helps to find mistakes.
_WORDS = [
    "passw",
    "passphrase",
    "passcode",
    "pwd",
    "secret",
    "token",
    "credential",
    "authorization",
    "apikey",
    "api_key",
    "api-key",
    "accesskey",
    "access_key",
    "access-key",
    "privatekey",
    "private_key",
    "private-key",
]
_HEADER_WORDS = (*_WORDS, "cookie", "-auth", "functions-key", "subscription-key")
_LONGEST_HEADER = 1000
_LONGEST_SECRET = 2000
_SHORTEST_SECRET = 4
_BYTES_PER_CHARACTER = 4

# Only what follows a name is looked for, so that a long word costs no more than a short one.
_NAMED_VALUE = re.compile(
    rf"""
    ( (?:{"|".join(_WORDS)}) [\w.-]{{0,64}}+ (?:\\*+["'])? \s{{0,8}}+ [:=] \s{{0,8}}+ )
    (?: "  (?: [^"\\] | \\. )*  "?                      # JSON
      | '  (?: [^'\\] | \\. )*  '?                      # as console.log prints it
      | \\"  (?: [^"\\] | \\\\(?:\\")? | \\[^"\\] )*  (?:\\")?  # JSON inside JSON
      | \\{{2,}}" [^"]* "?
      | (?:Bearer|Basic|Digest|Token) \s+ [^\s"',;]+
      | [\[{{] [^\[\]{{}}]* [\]}}]?
      | (?<==) [^&\s"']+                                # a form or query string
      | [^\s,;&}}\]"']+
    )
    """,
    re.IGNORECASE | re.VERBOSE | re.DOTALL,
)


# What stands before the @ of a URL.
_USER_OF_URL = re.compile(r"(?<=://)[^\s/?#@]{1,512}@")


class Mask:
    """Hides the token and other secrets of one integration, and all that looks like a secret."""

    def __init__(self, *secrets: str) -> None:
        spellings = {
            spelling
            for secret in secrets
            for spelling in (
                secret,
                quote(secret, safe="", errors="replace"),
                json.dumps(secret)[1:-1],
            )
            # a short one would be found everywhere
            if len(secret) >= _SHORTEST_SECRET
        }
        self._secrets = tuple(sorted(spellings, key=len, reverse=True))

    def text(self, text: str) -> str:
        """Return a text of any kind with secrets masked."""
        for secret in self._secrets:
            if secret in text:
                text = text.replace(secret, MASK)
        if "://" in text and "@" in text:
            text = _USER_OF_URL.sub(f"{MASK}@", text)
        return _NAMED_VALUE.sub(rf"\1{MASK}", text) if has_secret_word(text) else text

    def headers(self, headers: Mapping[str, str]) -> dict[str, str]:
        """Return headers (names in lower case) with the values of some masked."""
        return {
            name: MASK
            if _is_secret_header(name)
            else self.beginning(value, limit=_LONGEST_HEADER)[0]
            for name, value in headers.items()
        }

    def body(self, raw: str, content: Any, *, limit: int) -> str:
        """Return a body with secrets masked: as it came, or as JSON where it has secrets.

        Args:
            raw: the body's text.
            content: the JSON that was read from it; empty if nothing could be.
            limit: how many bytes of it are wanted.
        """
        if content and isinstance(content, dict | list) and has_secret_word(raw):
            return _cut(
                json.dumps(_Copy(self, enough=limit).of(content), ensure_ascii=False), limit
            )
        return self.beginning(raw, limit=limit)[0]

    def beginning(self, text: str, *, limit: int) -> tuple[str, bool]:
        """Return what of a text takes at most so many bytes, masked, and whether that is all."""
        # a secret that is cut in two would not be recognised: so cut with something to spare
        most = limit + _LONGEST_SECRET
        masked = self.text(text[:most])
        whole = masked if len(text) <= most else masked[:-_LONGEST_SECRET]
        kept = _cut(whole, limit)
        return kept, len(text) <= most and len(kept) == len(whole)

    def data(self, value: Any) -> Any:
        """Return a copy of JSON data with secrets masked, all of it."""
        return _Copy(self, enough=sys.maxsize).of(value)


def _cut(text: str, limit: int) -> str:
    """Return what of a text takes at most so many bytes."""
    if len(text) * _BYTES_PER_CHARACTER <= limit:
        return text
    return text.encode("utf-8", "replace")[:limit].decode("utf-8", "ignore")


class _Copy:
    """Copies JSON data with secrets masked, and leaves out what comes after enough of it."""

    def __init__(self, mask: Mask, *, enough: int) -> None:
        self._mask = mask
        self._left = enough

    def of(self, value: Any) -> Any:
        """Return the copy of a value."""
        self._left -= 1
        match value:
            case str():
                return self._text(value)
            case list():
                return [self.of(item) for item in value if self._left > 0]
            case dict():
                return {
                    self._text(name): self._named(name, item)
                    for name, item in value.items()
                    if self._left > 0
                }
        return value

    def _named(self, name: str, item: Any) -> Any:
        return MASK if has_secret_word(name) and item else self.of(item)

    def _text(self, text: str) -> str:
        text = self._mask.text(text[: max(self._left, 0) + _LONGEST_SECRET])
        self._left -= len(text)
        return text


def has_secret_word(text: str) -> bool:
    """Return whether a text, or a name, speaks of a secret."""
    text = text.lower()
    # a plain loop: it takes half the time of any(), for each header and body of each call
    for word in _WORDS:  # noqa: SIM110
        if word in text:
            return True
    return False


@lru_cache(maxsize=512)
def _is_secret_header(name: str) -> bool:
    return any(word in name for word in _HEADER_WORDS)
