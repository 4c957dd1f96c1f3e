"""Where PostgreSQL is stricter than SQLite with values, so that no query has to know which of the two it asks."""

from typing import Any

from psycopg import Connection
from psycopg.types.numeric import FloatLoader
from psycopg.types.string import StrDumperUnknown
from sqlalchemy import BigInteger, Dialect, Integer, SmallInteger
from sqlalchemy import Connection as Link

from lapak.kernel.errors import Conflict

ORDERS = {"C", "POSIX", "C.UTF-8", "C.utf8"}
"""Collations that order text by its letters' numbers, as SQLite does: region codes are looked up by what lies between two of them."""

STARTING = 0x6C6170616B
"""The number that starting processes queue at."""


class _Whole(Integer):
    """A whole number that is sent in the size it has.

    SQLAlchemy would cast it to its column's, and a number from an address that no key can have would be a fault instead of not found.
    """

    render_bind_cast = False


class _Text(StrDumperUnknown):
    """Text without nulls, which PostgreSQL cannot hold; the mark that stands in their place is found nowhere."""

    def dump(self, obj: str) -> Any:
        """Return the bytes that are sent."""
        return super().dump(obj.replace("\0", "\ufffd"))


class _Number(FloatLoader):
    """The sum of large numbers, whole as they are, or a mean; no column of ours is a decimal."""

    def load(self, data: Any) -> Any:
        """Return an int, or a float where there is a point."""
        return super().load(data) if b"." in bytes(data) else int(bytes(data))


def speak_as_sqlite_does(dialect: Dialect) -> None:
    """Have an engine send whole numbers as they are."""
    dialect.colspecs = {**dialect.colspecs, Integer: _Whole, BigInteger: _Whole, SmallInteger: _Whole}


def take_and_give_as_sqlite_does(connection: Connection[Any]) -> None:
    """Have a connection look for text with nulls without finding any, and return sums as whole numbers."""
    connection.adapters.register_dumper(str, _Text)
    connection.adapters.register_loader("numeric", _Number)


def refuse_foreign_order(connection: Link) -> None:
    """Raise Conflict where the database orders or stores text in another way than every query here expects."""
    about = "SELECT datcollate, pg_encoding_to_char(encoding) FROM pg_database WHERE datname = current_database()"
    collation, encoding = connection.exec_driver_sql(about).one()
    if collation not in ORDERS or encoding != "UTF8":
        raise Conflict(
            "Basis data PostgreSQL ini memakai urutan huruf %(collation)s dan penyandian %(encoding)s. Buat yang baru dengan "
            "createdb --template=template0 --encoding=UTF8 --locale=C.UTF-8, lalu jalankan lagi. Tidak ada yang berubah.",
            collation=collation, encoding=encoding,
        )  # fmt: skip


def start_alone(connection: Link) -> None:
    """Wait, as long as it takes, until nobody else migrates this database; the second then finds all done."""
    connection.exec_driver_sql("SET LOCAL lock_timeout = 0")
    connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({STARTING})")
