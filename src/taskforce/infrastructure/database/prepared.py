"""Statements compiled once and run straight on the driver: a tenth of what the expression layer takes."""

from collections.abc import Callable, Iterable, Mapping
from importlib import import_module
from typing import Any, TypeAlias

from sqlalchemy import Column, Connection, Delete, Dialect, Insert, Select, String, Table, Update
from sqlalchemy.dialects import sqlite
from sqlalchemy.engine.interfaces import DBAPICursor
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.types import TypeDecorator, TypeEngine

Statement: TypeAlias = Select[Any] | Insert | Update | Delete
Values: TypeAlias = Mapping[str, Any]
Row: TypeAlias = tuple[Any, ...]
Codec: TypeAlias = Callable[[Any, Dialect], Any]
Upserting: TypeAlias = sqlite.Insert
"""An insert that says what happens on a conflict; PostgreSQL's own takes the same words."""
MakeInsert: TypeAlias = Callable[[Table], Upserting]


class _Compiled:
    """A statement in the words of one dialect."""

    def __init__(self, statement: Statement, dialect: Dialect) -> None:
        compiled = _compiled(statement, dialect)
        self.sql = str(compiled)
        self._dialect = dialect
        self._binds = [
            (name, compiled.params[name], encoder(compiled.binds[name].type, dialect))
            for name in compiled.positiontup or ()
        ]
        self._decoders = [
            (place, column.type.process_result_value)
            for place, column in enumerate(statement.exported_columns)
            if isinstance(column.type, TypeDecorator)
        ]

    def arguments(self, values: Values) -> Row:
        """Return what the driver binds: the values by name, else what the statement says itself."""
        dialect = self._dialect
        return tuple(
            [
                encode(values.get(name, fixed), dialect) if encode else values.get(name, fixed)
                for name, fixed, encode in self._binds
            ]
        )

    def rows(self, raw: list[Row]) -> list[Row]:
        """Return rows of the driver with values of their columns' types."""
        return [self.row(one) for one in raw] if self._decoders else raw

    def row(self, raw: Row) -> Row:
        """Return a row of the driver with values of its columns' types."""
        if not self._decoders:
            return raw
        row = list(raw)
        for place, decode in self._decoders:
            row[place] = decode(row[place], self._dialect)
        return tuple(row)


class Prepared:
    """A statement with named places, run many times. Values and rows have the types of their columns.

    One that says what happens on a conflict is given as a function of the dialect's own `insert`.
    """

    def __init__(self, statement: Statement | Callable[[MakeInsert], Statement]) -> None:
        self._statement = statement
        self._by_dialect: dict[str, _Compiled] = {}

    def one(self, connection: Connection, values: Values) -> Row | None:
        """Run it and return the first row, if there is one."""
        compiled = self._on(connection)
        cursor = _execute(connection, compiled.sql, compiled.arguments(values))
        raw = cursor.fetchone()
        cursor.close()
        return None if raw is None else compiled.row(raw)

    def all(self, connection: Connection, values: Values) -> list[Row]:
        """Run it and return all rows."""
        compiled = self._on(connection)
        cursor = _execute(connection, compiled.sql, compiled.arguments(values))
        rows = list(cursor.fetchall())
        cursor.close()
        return compiled.rows(rows)

    def run(self, connection: Connection, values: Values) -> int:
        """Run it and return how many rows it wrote."""
        compiled = self._on(connection)
        cursor = _execute(connection, compiled.sql, compiled.arguments(values))
        count: int = cursor.rowcount
        cursor.close()
        return count

    def run_each(self, connection: Connection, many: Iterable[Values]) -> None:
        """Run it once for each set of values."""
        compiled = self._on(connection)
        cursor = connection.connection.cursor()
        cursor.executemany(compiled.sql, [compiled.arguments(values) for values in many])
        cursor.close()

    def _on(self, connection: Connection) -> _Compiled:
        dialect = connection.dialect
        compiled = self._by_dialect.get(dialect.name)
        if compiled is None:
            given = self._statement
            statement = given(_insert_of(dialect)) if callable(given) else given
            compiled = self._by_dialect[dialect.name] = _Compiled(statement, dialect)
        return compiled


def _insert_of(dialect: Dialect) -> MakeInsert:
    """Return a dialect's own `insert`; of the dialects only the one that is used gets imported."""
    insert: MakeInsert = import_module(f"sqlalchemy.dialects.{dialect.name}").insert
    return insert


def _execute(connection: Connection, sql: str, arguments: Row) -> DBAPICursor:
    cursor = connection.connection.cursor()
    cursor.execute(sql, arguments)
    return cursor


def _compiled(statement: Statement, dialect: Dialect) -> SQLCompiler:
    """Return the statement compiled; an insert gives all columns but those that the database fills."""
    if not isinstance(statement, Insert):
        return statement.compile(dialect=dialect)
    table = statement.table
    assert isinstance(table, Table)  # noqa: S101 - for the type checker
    given = [name for name, column in table.columns.items() if not _is_filled(column)]
    return statement.inline().compile(dialect=dialect, column_keys=given)  # inline: it returns no key


def _is_filled(column: "Column[Any]") -> bool:
    """Tell whether the database gives the column's value: a number, or what follows from others."""
    return column is column.table.autoincrement_column or column.computed is not None


def encoder(of: TypeEngine[Any], dialect: Dialect) -> Codec | None:
    """Return what makes a value of a type one that the driver takes; None where it is one."""
    if isinstance(of, TypeDecorator):
        return of.process_bind_param
    return _without_nul if isinstance(of, String) and dialect.name == "postgresql" else None


def _without_nul(value: str | None, _: Dialect) -> str | None:
    """Return the text as PostgreSQL can keep it, which knows no U+0000: with U+FFFD in its place."""
    return value.replace("\0", "\ufffd") if value else value
