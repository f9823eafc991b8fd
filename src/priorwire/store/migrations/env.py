"""What Alembic runs for every command; `priorwire.store.migrations` hands it the connection."""

from __future__ import annotations

from alembic import context
from sqlalchemy import Connection

from priorwire.store.tables import METADATA

connection: Connection = context.config.attributes["connection"]
if connection.dialect.name == "postgresql":
    # A migration that cannot get its lock stands in everybody's way: it gives up instead, and is run again.
    connection.exec_driver_sql("SET LOCAL lock_timeout = '5s'")
context.configure(
    connection=connection,
    target_metadata=METADATA,
    render_as_batch=True,  # SQLite alters a table by building it anew
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
