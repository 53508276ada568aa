"""Statements of the hot path, compiled once for each database and run straight on its driver.

SQLAlchemy's `execute` builds a cache key, a context and a result for every run, which for the half dozen small
statements of a turn costs more than SQLite takes to run them. The statement is still written in SQLAlchemy, and its
types still convert what goes in and what comes out.
"""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable, Mapping
from operator import itemgetter
from typing import Any

from sqlalchemy import BindParameter, Connection, Dialect, Table, bindparam
from sqlalchemy.dialects.postgresql import insert as postgres_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.sql.compiler import SQLCompiler

Convert = Callable[[Any], Any]


def slot(name: str) -> BindParameter[Any]:
    """Leave a place in a statement for the parameter of that name; its type is that of the column it meets."""
    return bindparam(name, None, required=False)


class Prepared:
    """A statement with named parameters; called with a connection and their values, it gives rows as named tuples."""

    def __init__(self, statement: Any, *parameters: str) -> None:
        self._statement = statement
        self._parameters = parameters
        self._compiled: dict[str, _Compiled] = {}

    def __call__(self, conn: Connection, values: Mapping[str, Any]) -> list[Any]:
        """Run the statement; raises what the driver raises."""
        name = conn.dialect.name
        compiled = self._compiled.get(name)
        if compiled is None:
            compiled = self._compiled[name] = _Compiled(self._statement, self._parameters, conn.dialect)
        cursor = conn.connection.cursor()
        try:
            cursor.execute(compiled.sql, compiled.bind(values))
            return [compiled.read(row) for row in cursor.fetchall()] if compiled.has_rows else []
        finally:
            cursor.close()


class _Compiled:
    """A statement as one database's driver takes it."""

    def __init__(self, statement: Any, parameters: tuple[str, ...], dialect: Dialect) -> None:
        compiled: SQLCompiler = statement.compile(dialect=dialect, column_keys=list(parameters) or None)
        self.sql = compiled.string
        fixed = compiled.construct_params(dict.fromkeys(parameters))
        places = list(compiled.positiontup or ())
        self._fixed = {name: fixed[name] for name in places if name not in parameters}
        self._pick = itemgetter(*places) if len(places) > 1 else lambda values: (values[places[0]],)
        binders = [_binder(compiled, name, dialect) for name in places]
        self._binders = [(n, convert) for n, convert in enumerate(binders) if convert is not None]
        columns = list(getattr(compiled.statement, "exported_columns", ()))
        self.has_rows = bool(columns)
        names = [column.key or f"column_{n}" for n, column in enumerate(columns)]
        row = namedtuple("row", names)  # type: ignore[misc]  # noqa: PYI024 - its fields are known only now
        self._make: Convert = row._make
        readers = [column.type.dialect_impl(dialect).result_processor(dialect, None) for column in columns]
        self._readers = [(n, convert) for n, convert in enumerate(readers) if convert is not None]

    def bind(self, values: Mapping[str, Any]) -> tuple[Any, ...]:
        """Put values into their places."""
        cells = list(self._pick({**self._fixed, **values} if self._fixed else values))
        for n, convert in self._binders:
            cells[n] = convert(cells[n])
        return tuple(cells)

    def read(self, row: Any) -> Any:
        """Convert one row."""
        if not self._readers:
            return self._make(row)
        cells = list(row)
        for n, convert in self._readers:
            cells[n] = convert(cells[n])
        return self._make(cells)


def _binder(compiled: SQLCompiler, name: str, dialect: Dialect) -> Convert | None:
    bound = compiled.binds[name]
    processor: Convert | None = bound.type.dialect_impl(dialect).bind_processor(dialect)
    return processor


class _Insert:
    """An insert of one row, all columns given but an `id`, which it gives back."""

    def __init__(self, table: Table, *, ignoring_conflicts: bool) -> None:
        names = [column.name for column in table.columns if column.name != "id"]
        self._by_dialect = {
            dialect: Prepared(_statement(insert(table), table, ignoring_conflicts=ignoring_conflicts), *names)
            for dialect, insert in (("sqlite", sqlite_insert), ("postgresql", postgres_insert))
        }

    def __call__(self, conn: Connection, values: Mapping[str, Any]) -> list[Any]:
        return self._by_dialect[conn.dialect.name](conn, values)


def _statement(statement: Any, table: Table, *, ignoring_conflicts: bool) -> Any:
    return (statement.on_conflict_do_nothing() if ignoring_conflicts else statement).returning(table.c.id)


def prepared_insert(table: Table, *, ignoring_conflicts: bool = False) -> _Insert:
    """Prepare the insert of one row into a table with an id; a conflict may be ignored, and then gives no row."""
    return _Insert(table, ignoring_conflicts=ignoring_conflicts)
