"""Remember who changed what, the scripts that there were, and the tests of scripts."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    _make_audit()
    _make_scripts()


def _make_audit() -> None:
    op.create_table(
        "rc_integration_audit",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("integration_id", sa.String(64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("action", sa.String(32), nullable=False),
        sa.Column("type", sa.String(32), nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("by_id", sa.Text),
        sa.Column("by_username", sa.Text),
        sa.Column("before", sa.Text, nullable=False),
        sa.Column("after", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_rc_integration_audit"),
    )
    op.create_index(
        "ix_rc_integration_audit_integration_id_at",
        "rc_integration_audit",
        ["integration_id", "at"],
    )
    op.create_index("ix_rc_integration_audit_at", "rc_integration_audit", ["at"])


def _make_scripts() -> None:
    op.create_table(
        "rc_integration_script_versions",
        sa.Column("integration_id", sa.String(64), nullable=False),
        sa.Column("number", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("saved_by_id", sa.Text, nullable=False),
        sa.Column("saved_by_username", sa.Text, nullable=False),
        sa.Column("script", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint(
            "integration_id", "number", name="pk_rc_integration_script_versions"
        ),
    )
    op.create_table(
        "rc_integration_script_tests",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("integration_id", sa.String(64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by_id", sa.Text, nullable=False),
        sa.Column("created_by_username", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("sample", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_rc_integration_script_tests"),
    )
    op.create_index(
        "ix_rc_integration_script_tests_integration_id_created_at",
        "rc_integration_script_tests",
        ["integration_id", "created_at"],
    )


def downgrade() -> None:
    """Drop them."""
    for name in ("script_tests", "script_versions", "audit"):
        op.drop_table(f"rc_integration_{name}")
