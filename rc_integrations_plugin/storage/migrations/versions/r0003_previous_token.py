"""Let the token that an incoming integration had before go on for a while."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns."""
    with op.batch_alter_table("rc_integrations") as table:
        table.add_column(sa.Column("previous_token", sa.Text))
        table.add_column(sa.Column("previous_token_until", sa.DateTime(timezone=True)))


def downgrade() -> None:
    """Take them away again: only the newest token counts then."""
    with op.batch_alter_table("rc_integrations") as table:
        table.drop_column("previous_token")
        table.drop_column("previous_token_until")
