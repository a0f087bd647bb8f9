"""The plugin's tables, on metadata of their own: a host's tables are never touched.

`migrations/` makes and changes them; `schema.py` runs it at start-up.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ColumnElement,
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
    and_,
    text,
    true,
)

metadata = MetaData(
    naming_convention={"ix": "ix_%(table_name)s_%(column_0_N_name)s", "pk": "pk_%(table_name)s"}
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
    Column("channel_ids", Text),
    Column("outgoing", Text),
    Column("disabled_reason", Text),
    Column("previous_token", Text),
    Column("previous_token_until", UtcDateTime),
    _flag("bound_to_rooms"),
    Column("rooms_since", UtcDateTime),
    Index(None, "type", "created_at"),
)
"""Both types of integrations.

`channels` is a JSON list; `script_error`, `channel_ids` and `outgoing`, which holds what only
outgoing integrations have, are JSON objects.
"""

changes = Table(
    "rc_integration_changes",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("version", BigInteger, nullable=False),
)
"""One row, which each change of an integration counts up: who keeps integrations in memory looks
whether they are still what they were.
"""

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
    Column("message", Text),
    Index(None, "integration_id", "called_at"),
)
"""Calls of incoming hooks. `headers`, `results`, `console` and `message` are JSON.

No foreign key: a call that arrives while its integration is removed must not fail for that.
"""

deliveries = Table(
    "rc_integration_deliveries",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("webhook_id", String(64), nullable=False),
    Column("integration_id", String(64), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("event", String(32), nullable=False),
    _text("url"),
    Column("trigger_word", Text),
    _text("data"),
    Column("depth", Integer, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("due_at", UtcDateTime),
    Column("lease", String(64)),
    Column("posted", String(16)),
    Column("replay", Text),
    Column("outcome", String(16)),
    Column("finished_at", UtcDateTime),
    Index(None, "integration_id", "created_at"),
    Index(
        "ix_rc_integration_deliveries_due",
        "integration_id",
        "due_at",
        "created_at",
        postgresql_where=text("due_at IS NOT NULL"),
        sqlite_where=text("due_at IS NOT NULL"),
    ),
    Index(
        "ix_rc_integration_deliveries_due_at",
        "due_at",
        postgresql_where=text("due_at IS NOT NULL"),
        sqlite_where=text("due_at IS NOT NULL"),
    ),
    Index(
        "ix_rc_integration_deliveries_lease",
        "lease",
        "due_at",
        "integration_id",
        postgresql_where=text("lease IS NOT NULL"),
        sqlite_where=text("lease IS NOT NULL"),
    ),
)
"""Calls to make, and those that were made: one row for an event, an integration and a URL.

`due_at` says when somebody may take the row, and is null once nothing is left to do. Taking it (a
*lease*) moves `due_at` to when the lease runs out: a row whose taker died is due again by itself.
`data` and `replay` are JSON.
"""

attempts = Table(
    "rc_integration_attempts",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("delivery_id", String(64), nullable=False),
    Column("integration_id", String(64), nullable=False),
    Column("number", Integer, nullable=False),
    Column("started_at", UtcDateTime, nullable=False),
    Column("duration_ms", Float, nullable=False),
    Column("outcome", String(16), nullable=False),
    _text("steps"),
    _text("url"),
    Column("sent", Text),
    Column("status", Integer),
    Column("response_headers", Text),
    Column("response_body", Text),
    Column("response_bytes", Integer),
    Column("failure", String(32)),
    Column("error", Text),
    _text("console"),
    _text("results"),
    Column("script_duration_ms", Float),
    _flag("script_restarted"),
    Column("next_attempt_at", UtcDateTime),
    Column("messages", Text),
    Index(None, "integration_id", "started_at"),
    Index(None, "delivery_id", "number"),
)
"""What came of each attempt.

`steps`, `sent`, `response_headers`, `console`, `results` and `messages` are JSON.
"""

circuits = Table(
    "rc_integration_circuits",
    metadata,
    Column("integration_id", String(64), primary_key=True),
    Column("failures", Integer, nullable=False),
    Column("failing_since", UtcDateTime),
    Column("openings", Integer, nullable=False),
    Column("open_until", UtcDateTime),
    Column("probe_until", UtcDateTime),
)
"""Integrations whose last calls failed; one without a row has a closed circuit."""

audit = Table(
    "rc_integration_audit",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("integration_id", String(64), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("action", String(32), nullable=False),
    Column("type", String(32), nullable=False),
    _text("name"),
    Column("by_id", Text),
    Column("by_username", Text),
    _text("before"),
    _text("after"),
    Index(None, "integration_id", "at"),
    Index(None, "at"),
)
"""Who made, changed, switched or removed which integration; these rows outlive it.

`by_id` is null where the server did. `before` and `after` are JSON objects of what differs, without
secrets.
"""

script_versions = Table(
    "rc_integration_script_versions",
    metadata,
    Column("integration_id", String(64), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("saved_at", UtcDateTime, nullable=False),
    _text("saved_by_id"),
    _text("saved_by_username"),
    _text("script"),
)
"""The scripts that an integration has had, the one it has included; the first has the number 1."""

script_tests = Table(
    "rc_integration_script_tests",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("integration_id", String(64), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    _text("created_by_id"),
    _text("created_by_username"),
    _text("name"),
    _text("sample"),
    Index(None, "integration_id", "created_at"),
)
"""Sample calls of a script and what must come of them. `sample` is a JSON object."""
