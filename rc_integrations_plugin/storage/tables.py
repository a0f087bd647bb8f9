"""The plugin's tables, on metadata of their own: a host's tables are never touched.

`migrations/` makes and changes them; `schema.py` runs it at start-up.
"""

from sqlalchemy import (
    BigInteger,
    Column,
    Float,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    text,
)

from rc_integrations_plugin.storage.columns import UtcDateTime, flag_column, text_column

metadata = MetaData(
    naming_convention={"ix": "ix_%(table_name)s_%(column_0_N_name)s", "pk": "pk_%(table_name)s"}
)


integrations = Table(
    "rc_integrations",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("type", String(32), nullable=False),
    text_column("name"),
    text_column("name_folded"),
    flag_column("enabled"),
    text_column("username"),
    text_column("user_id"),
    text_column("channels"),
    text_column("token"),
    Column("created_at", UtcDateTime, nullable=False),
    text_column("created_by_id"),
    text_column("created_by_username"),
    Column("updated_at", UtcDateTime, nullable=False),
    Column("updated_by_id", Text),
    Column("updated_by_username", Text),
    Column("alias", Text),
    Column("avatar", Text),
    Column("emoji", Text),
    flag_column("override_destination"),
    flag_column("allow_get"),
    flag_column("script_enabled"),
    Column("script", Text),
    Column("script_compiled", Text),
    Column("script_error", Text),
    text_column("script_engine"),
    flag_column("skip_transpile"),
    Column("channel_ids", Text),
    Column("outgoing", Text),
    Column("disabled_reason", Text),
    Column("previous_token", Text),
    Column("previous_token_until", UtcDateTime),
    flag_column("bound_to_rooms"),
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
    text_column("method"),
    text_column("query"),
    text_column("headers"),
    text_column("body"),
    Column("body_bytes", Integer, nullable=False),
    text_column("remote_address"),
    text_column("results"),
    text_column("console"),
    Column("script_duration_ms", Float),
    flag_column("script_restarted"),
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
    text_column("url"),
    Column("trigger_word", Text),
    text_column("data"),
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
    text_column("steps"),
    text_column("url"),
    Column("sent", Text),
    Column("status", Integer),
    Column("response_headers", Text),
    Column("response_body", Text),
    Column("response_bytes", Integer),
    Column("failure", String(32)),
    Column("error", Text),
    text_column("console"),
    text_column("results"),
    Column("script_duration_ms", Float),
    flag_column("script_restarted"),
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
    text_column("name"),
    Column("by_id", Text),
    Column("by_username", Text),
    text_column("before"),
    text_column("after"),
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
    text_column("saved_by_id"),
    text_column("saved_by_username"),
    text_column("script"),
)
"""The scripts that an integration has had, the one it has included; the first has the number 1."""

script_tests = Table(
    "rc_integration_script_tests",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("integration_id", String(64), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    text_column("created_by_id"),
    text_column("created_by_username"),
    text_column("name"),
    text_column("sample"),
    Index(None, "integration_id", "created_at"),
)
"""Sample calls of a script and what must come of them. `sample` is a JSON object."""
