"""Alembic's environment: the app's own engine and metadata."""

from alembic import context

import lapak.app  # noqa: F401 - loads every table
from lapak.db.base import Base, UtcDateTime, db


def plain_types(kind, item, _context):
    """Write our own column types as what the database sees, so that a migration outlives our code."""
    return "sa.DateTime()" if kind == "type" and isinstance(item, UtcDateTime) else False


def run() -> None:
    """Migrate through the app's write engine, all in one transaction."""
    engine = db.engine
    with engine.connect() as connection:
        context.configure(
            connection=connection, target_metadata=Base.metadata, render_as_batch=True, compare_type=True, render_item=plain_types
        )
        with context.begin_transaction():
            context.run_migrations()


run()
