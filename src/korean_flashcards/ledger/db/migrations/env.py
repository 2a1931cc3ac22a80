"""Run the migrations on the given connection, inside its transaction. Alembic loads this file."""

from alembic import context

context.configure(connection=context.config.attributes["connection"], transactional_ddl=True)
with context.begin_transaction():
    context.run_migrations()
