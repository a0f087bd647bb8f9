"""Ids and tokens, and comparing a token without telling how much of it was right."""

import hmac
import secrets
from datetime import timedelta

# docs: Rocket.Chat's Random.id() leaves out characters that look alike
ALPHABET = "23456789ABCDEFGHJKLMNPQRSTWXYZabcdefghijkmnopqrstuvwxyz"
ID_LENGTH = 17
TOKEN_LENGTH = 48
LONGEST_OVERLAP = timedelta(days=30)
"""So long a token may go on after it got a successor."""

_LETTERS = bytes(ALPHABET[byte % 55].encode()[0] for byte in range(256))
_BEYOND = bytes(range(220, 256))


def new_id() -> str:
    """Return an id that no record has, in Rocket.Chat's form."""
    return _random(ID_LENGTH)


def new_token() -> str:
    """Return a token that nobody can guess (278 bits)."""
    return _random(TOKEN_LENGTH)


def same_token(given: str, wanted: str) -> bool:
    """Return whether two tokens are equal, in a time that does not tell where they differ."""
    return hmac.compare_digest(
        given.encode("utf-8", "surrogatepass"), wanted.encode("utf-8", "surrogatepass")
    )


def _random(length: int) -> str:
    # bytes beyond 219 are left out, so that each of the 55 letters stands for 4 others; enough stay
    return secrets.token_bytes(length * 2 + 32).translate(_LETTERS, _BEYOND)[:length].decode()
