"""Alembic's environment: the app's own engine and metadata."""

from alembic import context

import lapak.app  # noqa: F401 - loads every table
from lapak.db.base import Base, UtcDateTime, db


def plain_types(kind, item, _context):
    """Write our own column types as what the database sees, so that a migration outlives our code."""
    return "sa.DateTime()" if kind == "type" and isinstance(item, UtcDateTime) else False


def run() -> None:
    """Migrate through the app's write engine, all in one transaction.

    A table that SQLite has to build anew is dropped on the way; foreign keys are checked at the end instead of at the drop.
    """
    engine = db.engine
    is_sqlite = engine.dialect.name == "sqlite"
    with engine.connect() as connection:
        if engine.dialect.name == "postgresql":
            from lapak.db.postgresql import refuse_foreign_order, start_alone

            refuse_foreign_order(connection)
            connection.rollback()
        driver = connection.connection.dbapi_connection
        if is_sqlite:
            driver.execute("PRAGMA foreign_keys=OFF")
        try:
            context.configure(
                connection=connection, target_metadata=Base.metadata, render_as_batch=True, compare_type=True, render_item=plain_types
            )
            with context.begin_transaction():
                if engine.dialect.name == "postgresql":
                    start_alone(connection)
                context.run_migrations()
                if is_sqlite and (broken := connection.exec_driver_sql("PRAGMA foreign_key_check").all()):
                    raise RuntimeError(f"rows that point nowhere: {broken[:5]}")
        finally:
            if is_sqlite:
                connection.rollback()
                driver.execute("PRAGMA foreign_keys=ON")


run()
