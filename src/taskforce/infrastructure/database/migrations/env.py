"""Alembic's environment: it works on the connection that it is given."""

from alembic import context

from taskforce.infrastructure.database.tables import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
with context.begin_transaction():
    context.run_migrations()
