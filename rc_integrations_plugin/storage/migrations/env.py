"""Alembic's entry: run by `storage.schema.upgrade`, which gives the connection."""

from alembic import context

from rc_integrations_plugin.storage.schema import VERSION_TABLE
from rc_integrations_plugin.storage.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    version_table=VERSION_TABLE,
    # SQLite can't alter columns in place
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
