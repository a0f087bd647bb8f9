"""What all tables share: the declarative root, column types, ids."""

# ruff: noqa: ARG002 -- SQLAlchemy fixes the arguments of column types

import json
import secrets
import string
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import DateTime, Dialect, Text, TypeDecorator
from sqlalchemy.orm import DeclarativeBase

ID_LENGTH = 17
# Rocket.Chat's alphabet, without characters that look alike
_ALPHABET = "".join(c for c in string.ascii_letters + string.digits if c not in "0O1Il")
_LETTERS = "".join(_ALPHABET[byte % len(_ALPHABET)] for byte in range(256)).encode()
# bytes above the last whole multiple of the alphabet would favour its first characters
_UNFAIR_BYTES = bytes(range(256 // len(_ALPHABET) * len(_ALPHABET), 256))


class Base(DeclarativeBase):
    """Root of the chat server's tables; plugins bring their own."""


def random_id(length: int = ID_LENGTH) -> str:
    """Return a new random id, shaped like Rocket.Chat's."""
    found = b""
    while len(found) < length:
        found += secrets.token_bytes(length * 2).translate(_LETTERS, _UNFAIR_BYTES)
    return found[:length].decode()


def now() -> datetime:
    """Return the time, aware, in whole milliseconds as clients get to see it."""
    time = datetime.now(UTC)
    return time.replace(microsecond=time.microsecond // 1000 * 1000)


def iso(time: datetime) -> str:
    """Return a time as it is written in JSON."""
    return f"{time.isoformat(timespec='milliseconds').removesuffix('+00:00')}Z"


class UtcTime(TypeDecorator[datetime]):
    """An aware time, stored as UTC (SQLite forgets time zones)."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Drop the zone after going to UTC."""
        return None if value is None else value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Say again that it is UTC."""
        return None if value is None else value.replace(tzinfo=UTC)


class Json(TypeDecorator[Any]):
    """A JSON value, stored as text and always replaced as a whole."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        """Write it."""
        return None if value is None else json.dumps(value, separators=(",", ":"))

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:
        """Read it."""
        return None if value is None else json.loads(value)
