"""A statement compiled once for a database, and run without SQLAlchemy looking at it again.

Building the text, finding it in the cache and preparing the result takes SQLAlchemy longer than most of our statements take SQLite.
Values and columns still go through their types, and whoever listens to the engine still hears of each statement.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Dialect

Convert = Callable[[Any], Any]
Rows = list[Sequence[Any]]


class Prepared:
    """A statement's text for one dialect, with what its values and columns have to go through."""

    def __init__(self, statement: Any, dialect: Dialect, columns: Sequence[str] = ()) -> None:
        compiled = statement.compile(dialect=dialect, **({"column_keys": list(columns)} if columns else {}))
        self.is_fixed = not compiled.post_compile_params and not compiled.literal_execute_params
        """Whether the text is the same for all values: a list of values makes it longer, and such a statement is not run here."""
        self.text: str = compiled.string
        self._is_positional = bool(compiled.positional)
        names: Sequence[str] = (compiled.positiontup if self._is_positional else list(compiled.binds)) or ()
        self._values = [(name, _value(compiled.binds[name], dialect)) for name in names]
        converts: list[Convert | None] = [
            column.type.dialect_impl(dialect).result_processor(dialect, None) for column in _columns(statement)
        ]
        self._converts = [(place, convert) for place, convert in enumerate(converts) if convert is not None]

    def run(self, connection: Connection, values: Mapping[str, Any]) -> Any:
        """Run it once; return the driver's result, as SQLAlchemy hands it on."""
        return connection.exec_driver_sql(self.text, self._bound(values))

    def run_many(self, connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
        """Run it for each of several rows of values."""
        connection.exec_driver_sql(self.text, [self._bound(row) for row in rows])

    def rows(self, connection: Connection, values: Mapping[str, Any]) -> Rows:
        """Run it and return its rows, each column as its type reads it."""
        found: Rows = self.run(connection, values).fetchall()
        if not self._converts:
            return found
        return [self._converted(row) for row in found]

    def _bound(self, values: Mapping[str, Any]) -> Any:
        if self._is_positional:
            return tuple(value(values) for _, value in self._values)
        return {name: value(values) for name, value in self._values}

    def _converted(self, row: Sequence[Any]) -> Sequence[Any]:
        read = list(row)
        for place, convert in self._converts:
            read[place] = convert(read[place])
        return read


def _columns(statement: Any) -> Sequence[Any]:
    if statement.is_select:
        return list(statement.selected_columns)
    return list(statement._returning)  # noqa: SLF001 - SQLAlchemy has no other name for what INSERT … RETURNING gives


def _value(bind: Any, dialect: Dialect) -> Callable[[Mapping[str, Any]], Any]:
    """How a place in the text is filled: with what was given under its name, or what the statement says itself."""
    convert: Convert | None = bind.type.dialect_impl(dialect).bind_processor(dialect)
    key, own = bind.key, bind.effective_value

    def given(values: Mapping[str, Any]) -> Any:
        value = values[key] if bind.required else values.get(key, own)
        return value if convert is None else convert(value)

    return given
