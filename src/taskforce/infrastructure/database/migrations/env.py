"""Alembic's environment: it works on the connection that it is given."""

from alembic import context

from taskforce.infrastructure.database.indexes import indexed_tables

context.configure(connection=context.config.attributes["connection"], target_metadata=indexed_tables())
with context.begin_transaction():
    context.run_migrations()
