"""Keep the message that a call of a hook was to post."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; of calls until then, the message is not known."""
    with op.batch_alter_table("rc_integration_calls") as table:
        table.add_column(sa.Column("message", sa.Text))


def downgrade() -> None:
    """Take it away again."""
    with op.batch_alter_table("rc_integration_calls") as table:
        table.drop_column("message")
