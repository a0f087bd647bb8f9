"""What the plugin's columns are made of: times in UTC on every database, texts and flags."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    ColumnElement,
    DateTime,
    Dialect,
    Text,
    TypeDecorator,
    and_,
    true,
)


class UtcDateTime(TypeDecorator[datetime]):
    """Aware times in UTC, also where the database knows no time zones."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def bind_processor(self, dialect: Dialect) -> Callable[[Any], Any] | None:
        """Write texts that sort as the times do for SQLite, which knows no times."""
        return _to_text if dialect.name == "sqlite" else super().bind_processor(dialect)

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], Any] | None:  # noqa: ARG002
        """Give every time its zone."""
        return _from_text if dialect.name == "sqlite" else _in_utc


# a delivery has a dozen times to write and to read, each three calls of SQLAlchemy otherwise
def _to_text(value: datetime | None) -> str | None:
    if value is None:
        return None
    return value.astimezone(UTC).isoformat(" ", "microseconds")[:-6]


def _from_text(value: str | None) -> datetime | None:
    return None if value is None else datetime.fromisoformat(value).replace(tzinfo=UTC)


def _in_utc(value: datetime | None) -> datetime | None:
    return None if value is None else value.astimezone(UTC)


def between(
    time: Column[Any], since: datetime | None, until: datetime | None
) -> ColumnElement[bool]:
    """Return the condition that a time is not before `since`, and before `until`; None is open."""
    bounds = [] if since is None else [time >= since]
    return and_(true(), *bounds, *([] if until is None else [time < until]))


def text_column(name: str, **options: Any) -> Column[str]:
    """Return a column of a text that is always there."""
    return Column(name, Text, nullable=False, **options)


def flag_column(name: str) -> Column[bool]:
    """Return a column that says yes or no."""
    return Column(name, Boolean, nullable=False)
