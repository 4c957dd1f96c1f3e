"""One write transaction at a time per process, and reads that never wait for it.

Writes go through `with transaction():` and the ORM session; SQLite takes the write lock at once (BEGIN IMMEDIATE), so two
writers queue instead of failing half-way. Reads outside a transaction run on a second, read-only engine in autocommit.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Generic, TypeVar, cast

from flask import g
from sqlalchemy import Connection, CursorResult, Engine, Select, UpdateBase, event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import SQLAlchemyError

from lapak.db.base import db

T = TypeVar("T")
AnySelect = Select[*tuple[Any, ...]]
READ = "read"
_WRITE_LOCK = threading.Lock()
_state = threading.local()
_INSERT: dict[str, Any] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}


class Query(Generic[T]):
    """A read: one statement built once, its rows poured into plain values (a frozen dataclass, usually).

    Inside `transaction()` it sees the transaction's own changes; outside it uses the read-only connection.
    """

    def __init__(self, statement: AnySelect, into: Callable[..., T]) -> None:
        self.statement = statement
        self.into = into

    def all(self, **values: object) -> list[T]:
        """Return every row."""
        return [self.into(*row) for row in _execute(self.statement, values)]

    def first(self, **values: object) -> T | None:
        """Return the first row, or None."""
        row = _execute(self.statement, values).first()
        return None if row is None else self.into(*row)


def _execute(statement: AnySelect, values: dict[str, object]) -> Any:
    if in_transaction():
        return db.session.execute(statement, values)
    return read_connection().execute(statement, values)


def read_connection() -> Connection:
    """Return this app context's read-only connection, opened on first use and given back at its end."""
    if "read_connection" not in g:
        g.read_connection = db.engines[READ].connect()
    connection: Connection = g.read_connection
    return connection


def close_read_connection(_error: BaseException | None = None) -> None:
    """Give the read connection back; runs at the end of every app context."""
    connection = g.pop("read_connection", None)
    if connection is not None:
        connection.close()


def in_transaction() -> bool:
    """Whether this thread is inside `transaction()`."""
    return getattr(_state, "callbacks", None) is not None


@contextmanager
def transaction() -> Iterator[None]:
    """Change data: all of it or nothing. An inner block joins the outer one; only the outermost commits."""
    if in_transaction():
        yield
        return
    with _WRITE_LOCK:
        _state.callbacks = []
        try:
            yield
            db.session.commit()
            callbacks = _state.callbacks
        except BaseException:
            db.session.rollback()
            raise
        finally:
            _state.callbacks = None
            db.session.remove()
    for callback in callbacks:
        callback()


def after_commit(callback: Callable[[], None]) -> None:
    """Run `callback` once the outermost transaction has committed; never when it failed."""
    if not in_transaction():
        raise RuntimeError("after_commit outside a transaction")
    _state.callbacks.append(callback)


def insertion(table: type[Any]) -> Any:
    """Return an INSERT into a model's table in this database's dialect, which knows what to do on a conflict."""
    return _INSERT[db.engine.dialect.name](table)


def changed(statement: UpdateBase) -> int:
    """Run an UPDATE or DELETE inside the transaction and return how many rows it touched: the answer to "was I first?"."""
    return cast("CursorResult[Any]", db.session.execute(statement)).rowcount


def engine_options(url: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the write engine's and the read engine's options for Flask-SQLAlchemy."""
    if url.startswith("sqlite"):
        write = {
            "url": url,
            "hide_parameters": True,
            "connect_args": {"timeout": 5, "check_same_thread": False},
            "pool_size": 4,
            "max_overflow": 8,
        }
        read = {**write, "isolation_level": "AUTOCOMMIT", "pool_size": 8, "max_overflow": 12}
        return write, read
    write = {"url": url, "hide_parameters": True, "pool_pre_ping": True}
    return write, {**write, "isolation_level": "AUTOCOMMIT", "execution_options": {"postgresql_readonly": True}}


def tune(engine: Engine, *, read_only: bool) -> None:
    """Give a SQLite engine's connections their settings (performance.md, section 4); leave other databases alone."""
    if engine.dialect.name != "sqlite":
        return

    @event.listens_for(engine, "connect")
    def _on_connect(connection: Any, _record: object) -> None:
        connection.isolation_level = None
        cursor = connection.cursor()
        cursor.execute("PRAGMA journal_mode = WAL")
        cursor.execute("PRAGMA synchronous = FULL")
        cursor.execute("PRAGMA busy_timeout = 5000")
        cursor.execute("PRAGMA foreign_keys = ON")
        if read_only:
            cursor.execute("PRAGMA query_only = ON")
        cursor.close()

    if not read_only:

        @event.listens_for(engine, "begin")
        def _on_begin(connection: Connection) -> None:
            connection.exec_driver_sql("BEGIN IMMEDIATE")


def is_ready() -> bool:
    """Whether the database answers and its schema is there."""
    try:
        return read_connection().exec_driver_sql("SELECT 1 FROM alembic_version").first() is not None
    except SQLAlchemyError:
        return False
