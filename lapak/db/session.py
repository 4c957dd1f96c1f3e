"""Write transactions, and reads that never wait for them.

Writes go through `with transaction():` and the ORM session. SQLite has one writer: it takes the write lock at once (BEGIN IMMEDIATE),
and before it a lock of the process and one among processes, so that writers queue instead of failing half-way. PostgreSQL has many, who
meet at rows: what must not be done twice at once is held by a conditional UPDATE, a constraint, a row lock or `alone()`. Reads outside a
transaction run on a second, read-only engine in autocommit.
"""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from hashlib import blake2b
from typing import Any, Generic, TypeVar, cast

from flask import g
from sqlalchemy import Connection, CursorResult, Engine, Select, UpdateBase, event, make_url, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from lapak.db.base import db
from lapak.db.prepared import Prepared
from lapak.db.turns import turn
from lapak.kernel.errors import Conflict
from lapak.kernel.words import say

T = TypeVar("T")
AnySelect = Select[*tuple[Any, ...]]
READ = "read"
PSYCOPG = "postgresql+psycopg"
PATIENCE = 5
"""Seconds that a write waits for another's lock; then the person reads that nothing was stored."""
MET = {"40001", "40P01", "23505"}
"""What PostgreSQL says to the second of two who did the same, or the opposite, at once: serialization failure, deadlock, unique violation.

Nothing is tried again from here: the block would have to run anew, and what it read before is no longer so.
"""
AT_ONCE = say("Ada perubahan lain pada saat yang sama, jadi perubahan Anda belum tersimpan. Muat ulang halaman, periksa, lalu coba lagi.")
_LOCK = text("SELECT pg_advisory_xact_lock(:key)")
_WRITE_LOCK = threading.Lock()
_state = threading.local()
_INSERT: dict[str, Any] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}


class Query(Generic[T]):
    """A read: one statement built once, its rows poured into plain values (a frozen dataclass, usually).

    Inside `transaction()` it sees the transaction's own changes; outside it uses the read-only connection. From its second run on it is
    prepared (`db.prepared`); one that is built for a single page never comes so far, and SQLAlchemy's cache serves it better.
    """

    def __init__(self, statement: AnySelect, into: Callable[..., T]) -> None:
        self.statement = statement
        self.into = into
        self._runs = 0
        self._prepared: dict[str, Prepared] = {}

    def all(self, **values: object) -> list[T]:
        """Return every row."""
        return [self.into(*row) for row in self._rows(values)]

    def first(self, **values: object) -> T | None:
        """Return the first row, or None."""
        rows = self._rows(values)
        return self.into(*rows[0]) if rows else None

    def _rows(self, values: dict[str, object]) -> Sequence[Sequence[Any]]:
        connection = _connection()
        self._runs += 1
        if self._runs == 1:
            return connection.execute(self.statement, values).all()
        dialect = connection.dialect
        prepared = self._prepared.get(dialect.name)
        if prepared is None:
            prepared = self._prepared[dialect.name] = Prepared(self.statement, dialect)
        if not prepared.is_fixed:
            return connection.execute(self.statement, values).all()
        return prepared.rows(connection, values)


class Command:
    """A write that is run often: one statement built once, run inside `transaction()` on its connection.

    `statement` builds it, once the database is known; an INSERT names the columns it fills.
    """

    def __init__(self, statement: Callable[[], Any], *columns: str) -> None:
        self._statement, self._columns = statement, columns
        self._prepared: dict[str, Prepared] = {}

    def run(self, **values: object) -> Any:
        """Run it; return the driver's result: how many rows it touched, or what it returns."""
        return self._ready().run(_connection(), values)

    def run_many(self, rows: Sequence[dict[str, Any]]) -> None:
        """Run it for each row of values."""
        self._ready().run_many(_connection(), rows)

    def _ready(self) -> Prepared:
        if not in_transaction():
            raise RuntimeError("a write outside a transaction")
        dialect = db.engine.dialect
        if dialect.name not in self._prepared:
            self._prepared[dialect.name] = Prepared(self._statement(), dialect, self._columns)
        return self._prepared[dialect.name]


def _connection() -> Connection:
    """The transaction's connection, with everything written that the session still holds back; outside of one the reader's."""
    if not in_transaction():
        return read_connection()
    db.session.flush()
    return db.session.connection()


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
def _writing() -> Iterator[None]:
    if db.engine.dialect.name != "sqlite":
        yield
        return
    with _WRITE_LOCK, turn(str(db.engine.url.database), PATIENCE):
        yield


@contextmanager
def transaction() -> Iterator[None]:
    """Change data: all of it or nothing. An inner block joins the outer one; only the outermost commits."""
    if in_transaction():
        yield
        return
    with _writing():
        _state.callbacks = []
        try:
            yield
            db.session.commit()
            callbacks = _state.callbacks
        except BaseException as error:
            db.session.rollback()
            if isinstance(error, DBAPIError) and getattr(error.orig, "sqlstate", None) in MET:
                raise Conflict(AT_ONCE) from error
            raise
        finally:
            _state.callbacks = None
            db.session.remove()
    for callback in callbacks:
        callback()


def alone(*names: object) -> None:
    """Let those who name the same pass one after the other, from here to the end of their transactions.

    For a look before a write that no row stands for yet. SQLite's writers are alone anyway.
    """
    if not in_transaction():
        raise RuntimeError("alone outside a transaction")
    if db.engine.dialect.name == "postgresql":
        digest = blake2b(repr(names).encode(), digest_size=8).digest()
        db.session.execute(_LOCK, {"key": int.from_bytes(digest, signed=True)})


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
            "connect_args": {"timeout": PATIENCE, "check_same_thread": False},
            "pool_size": 4,
            "max_overflow": 8,
        }
        read = {**write, "isolation_level": "AUTOCOMMIT", "pool_size": 8, "max_overflow": 12}
        return write, read
    write = {
        "url": make_url(f"{PSYCOPG}:{url.partition(':')[2]}"),
        "hide_parameters": True,
        "connect_args": {"client_encoding": "utf8"},
        "pool_pre_ping": True,
        "pool_size": 8,
        "max_overflow": 12,
    }
    return write, {**write, "isolation_level": "AUTOCOMMIT"}


def tune(engine: Engine, *, read_only: bool) -> None:
    """Give an engine's connections their settings: SQLite's by performance.md, section 4; on both patience, and readers cannot write."""
    if engine.dialect.name == "sqlite":
        _tune_sqlite(engine, read_only=read_only)
    else:
        _tune_postgresql(engine, read_only=read_only)


def _tune_postgresql(engine: Engine, *, read_only: bool) -> None:
    from lapak.db import postgresql  # noqa: PLC0415 - its driver is there only where an instance asks for it

    postgresql.speak_as_sqlite_does(engine.dialect)

    @event.listens_for(engine, "connect")
    def _on_connect(connection: Any, _record: object) -> None:
        is_autocommit, connection.autocommit = connection.autocommit, True
        connection.execute(f"SET lock_timeout = '{PATIENCE}s'")
        if read_only:
            connection.execute("SET default_transaction_read_only = on")
        connection.autocommit = is_autocommit
        postgresql.take_and_give_as_sqlite_does(connection)


def _tune_sqlite(engine: Engine, *, read_only: bool) -> None:
    @event.listens_for(engine, "connect")
    def _on_connect(connection: Any, _record: object) -> None:
        connection.isolation_level = None
        cursor = connection.cursor()
        cursor.execute("PRAGMA journal_mode = WAL")
        cursor.execute("PRAGMA synchronous = FULL")
        cursor.execute(f"PRAGMA busy_timeout = {PATIENCE * 1000}")
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
