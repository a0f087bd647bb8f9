"""Keep the messages that an attempt of an outgoing integration was to post."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; of attempts until then, the messages are not known."""
    with op.batch_alter_table("rc_integration_attempts") as table:
        table.add_column(sa.Column("messages", sa.Text))


def downgrade() -> None:
    """Take it away again."""
    with op.batch_alter_table("rc_integration_attempts") as table:
        table.drop_column("messages")
