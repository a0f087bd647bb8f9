"""Make room for outgoing integrations, their deliveries and the attempts to make these."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_COLUMNS = ("channel_ids", "outgoing", "disabled_reason")
_IS_DUE = sa.text("due_at IS NOT NULL")
_IS_LEASED = sa.text("lease IS NOT NULL")


def upgrade() -> None:
    """Add the columns and the tables."""
    with op.batch_alter_table("rc_integrations") as table:
        for name in _COLUMNS:
            table.add_column(sa.Column(name, sa.Text))
    _create_changes()
    _create_deliveries()
    _create_attempts()
    _create_circuits()


def downgrade() -> None:
    """Take all of it away again, with all outgoing integrations."""
    op.execute("DELETE FROM rc_integrations WHERE type = 'webhook-outgoing'")
    for name in ("circuits", "attempts", "deliveries", "changes"):
        op.drop_table(f"rc_integration_{name}")
    with op.batch_alter_table("rc_integrations") as table:
        for name in _COLUMNS:
            table.drop_column(name)


def _create_changes() -> None:
    changes = op.create_table(
        "rc_integration_changes",
        sa.Column("id", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_rc_integration_changes"),
    )
    op.bulk_insert(changes, [{"id": 1, "version": 1}])


def _create_deliveries() -> None:
    op.create_table(
        "rc_integration_deliveries",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("webhook_id", sa.String(64), nullable=False),
        sa.Column("integration_id", sa.String(64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("event", sa.String(32), nullable=False),
        sa.Column("url", sa.Text, nullable=False),
        sa.Column("trigger_word", sa.Text),
        sa.Column("data", sa.Text, nullable=False),
        sa.Column("depth", sa.Integer, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True)),
        sa.Column("lease", sa.String(64)),
        sa.Column("posted", sa.String(16)),
        sa.Column("replay", sa.Text),
        sa.Column("outcome", sa.String(16)),
        sa.Column("finished_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("id", name="pk_rc_integration_deliveries"),
    )
    op.create_index(
        "ix_rc_integration_deliveries_integration_id_created_at",
        "rc_integration_deliveries",
        ["integration_id", "created_at"],
    )
    _create_partial_index("due", ["integration_id", "due_at", "created_at"], where=_IS_DUE)
    _create_partial_index("due_at", ["due_at"], where=_IS_DUE)
    _create_partial_index("lease", ["lease", "due_at", "integration_id"], where=_IS_LEASED)


def _create_partial_index(name: str, columns: list[str], *, where: sa.TextClause) -> None:
    op.create_index(
        f"ix_rc_integration_deliveries_{name}",
        "rc_integration_deliveries",
        columns,
        postgresql_where=where,
        sqlite_where=where,
    )


def _create_attempts() -> None:
    op.create_table(
        "rc_integration_attempts",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("delivery_id", sa.String(64), nullable=False),
        sa.Column("integration_id", sa.String(64), nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("duration_ms", sa.Float, nullable=False),
        sa.Column("outcome", sa.String(16), nullable=False),
        sa.Column("steps", sa.Text, nullable=False),
        sa.Column("url", sa.Text, nullable=False),
        sa.Column("sent", sa.Text),
        sa.Column("status", sa.Integer),
        sa.Column("response_headers", sa.Text),
        sa.Column("response_body", sa.Text),
        sa.Column("response_bytes", sa.Integer),
        sa.Column("failure", sa.String(32)),
        sa.Column("error", sa.Text),
        sa.Column("console", sa.Text, nullable=False),
        sa.Column("results", sa.Text, nullable=False),
        sa.Column("script_duration_ms", sa.Float),
        sa.Column("script_restarted", sa.Boolean, nullable=False),
        sa.Column("next_attempt_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("id", name="pk_rc_integration_attempts"),
    )
    for columns in (["integration_id", "started_at"], ["delivery_id", "number"]):
        op.create_index(
            f"ix_rc_integration_attempts_{'_'.join(columns)}", "rc_integration_attempts", columns
        )


def _create_circuits() -> None:
    op.create_table(
        "rc_integration_circuits",
        sa.Column("integration_id", sa.String(64), nullable=False),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.Column("failing_since", sa.DateTime(timezone=True)),
        sa.Column("openings", sa.Integer, nullable=False),
        sa.Column("open_until", sa.DateTime(timezone=True)),
        sa.Column("probe_until", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("integration_id", name="pk_rc_integration_circuits"),
    )
