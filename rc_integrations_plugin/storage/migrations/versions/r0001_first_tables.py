"""Make the tables of integrations and of calls of incoming hooks."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make both tables."""
    _create_integrations()
    _create_calls()


def downgrade() -> None:
    """Drop them, with all they hold."""
    op.drop_table("rc_integration_calls")
    op.drop_table("rc_integrations")


def _create_integrations() -> None:
    op.create_table(
        "rc_integrations",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("type", sa.String(32), nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("name_folded", sa.Text, nullable=False),
        sa.Column("enabled", sa.Boolean, nullable=False),
        sa.Column("username", sa.Text, nullable=False),
        sa.Column("user_id", sa.Text, nullable=False),
        sa.Column("channels", sa.Text, nullable=False),
        sa.Column("token", sa.Text, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by_id", sa.Text, nullable=False),
        sa.Column("created_by_username", sa.Text, nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_by_id", sa.Text),
        sa.Column("updated_by_username", sa.Text),
        sa.Column("alias", sa.Text),
        sa.Column("avatar", sa.Text),
        sa.Column("emoji", sa.Text),
        sa.Column("override_destination", sa.Boolean, nullable=False),
        sa.Column("allow_get", sa.Boolean, nullable=False),
        sa.Column("script_enabled", sa.Boolean, nullable=False),
        sa.Column("script", sa.Text),
        sa.Column("script_compiled", sa.Text),
        sa.Column("script_error", sa.Text),
        sa.Column("script_engine", sa.Text, nullable=False),
        sa.Column("skip_transpile", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_rc_integrations"),
    )
    op.create_index("ix_rc_integrations_type_created_at", "rc_integrations", ["type", "created_at"])


def _create_calls() -> None:
    op.create_table(
        "rc_integration_calls",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("integration_id", sa.String(64), nullable=False),
        sa.Column("called_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("outcome", sa.String(32), nullable=False),
        sa.Column("status", sa.Integer, nullable=False),
        sa.Column("duration_ms", sa.Float, nullable=False),
        sa.Column("method", sa.Text, nullable=False),
        sa.Column("query", sa.Text, nullable=False),
        sa.Column("headers", sa.Text, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("body_bytes", sa.Integer, nullable=False),
        sa.Column("remote_address", sa.Text, nullable=False),
        sa.Column("results", sa.Text, nullable=False),
        sa.Column("console", sa.Text, nullable=False),
        sa.Column("script_duration_ms", sa.Float),
        sa.Column("script_restarted", sa.Boolean, nullable=False),
        sa.Column("error_code", sa.Text),
        sa.Column("error", sa.Text),
        sa.PrimaryKeyConstraint("id", name="pk_rc_integration_calls"),
    )
    op.create_index(
        "ix_rc_integration_calls_integration_id_called_at",
        "rc_integration_calls",
        ["integration_id", "called_at"],
    )
