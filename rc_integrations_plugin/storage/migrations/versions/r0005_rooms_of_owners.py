"""Remember since when an integration is about its rooms, and whether it is bound to them."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns; until its last change, an integration may have been about other rooms."""
    with op.batch_alter_table("rc_integrations") as table:
        table.add_column(
            sa.Column("bound_to_rooms", sa.Boolean, nullable=False, server_default=sa.false())
        )
        table.add_column(sa.Column("rooms_since", sa.DateTime(timezone=True)))
    op.execute("UPDATE rc_integrations SET rooms_since = updated_at")
    with op.batch_alter_table("rc_integrations") as table:
        table.alter_column("bound_to_rooms", server_default=None)


def downgrade() -> None:
    """Take them away again: nothing is bound then."""
    with op.batch_alter_table("rc_integrations") as table:
        table.drop_column("bound_to_rooms")
        table.drop_column("rooms_since")
