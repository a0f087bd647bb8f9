"""The plugin's tables, on metadata of their own: a host's tables are never touched.

`migrations/` makes and changes them; `schema.py` runs it at start-up.
"""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    DateTime,
    Dialect,
    Float,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
)

metadata = MetaData(
    naming_convention={"ix": "ix_%(table_name)s_%(column_0_N_name)s", "pk": "pk_%(table_name)s"}
)


class UtcDateTime(TypeDecorator[datetime]):
    """Aware times in UTC, also where the database knows no time zones."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Take the zone away for SQLite, which would store it as text and never give it back."""
        if value is None or dialect.name != "sqlite":
            return value
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Give every time its zone."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def _text(name: str, **options: Any) -> Column[str]:
    return Column(name, Text, nullable=False, **options)


def _flag(name: str) -> Column[bool]:
    return Column(name, Boolean, nullable=False)


integrations = Table(
    "rc_integrations",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("type", String(32), nullable=False),
    _text("name"),
    _text("name_folded"),
    _flag("enabled"),
    _text("username"),
    _text("user_id"),
    _text("channels"),
    _text("token"),
    Column("created_at", UtcDateTime, nullable=False),
    _text("created_by_id"),
    _text("created_by_username"),
    Column("updated_at", UtcDateTime, nullable=False),
    Column("updated_by_id", Text),
    Column("updated_by_username", Text),
    Column("alias", Text),
    Column("avatar", Text),
    Column("emoji", Text),
    _flag("override_destination"),
    _flag("allow_get"),
    _flag("script_enabled"),
    Column("script", Text),
    Column("script_compiled", Text),
    Column("script_error", Text),
    _text("script_engine"),
    _flag("skip_transpile"),
    Index(None, "type", "created_at"),
)
"""Both types of integrations. `channels` is a JSON list, `script_error` a JSON object."""

calls = Table(
    "rc_integration_calls",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("integration_id", String(64), nullable=False),
    Column("called_at", UtcDateTime, nullable=False),
    Column("outcome", String(32), nullable=False),
    Column("status", Integer, nullable=False),
    Column("duration_ms", Float, nullable=False),
    _text("method"),
    _text("query"),
    _text("headers"),
    _text("body"),
    Column("body_bytes", Integer, nullable=False),
    _text("remote_address"),
    _text("results"),
    _text("console"),
    Column("script_duration_ms", Float),
    _flag("script_restarted"),
    Column("error_code", Text),
    Column("error", Text),
    Index(None, "integration_id", "called_at"),
)
"""Calls of incoming hooks. `headers`, `results` and `console` are JSON.

No foreign key: a call that arrives while its integration is removed must not fail for that.
"""
