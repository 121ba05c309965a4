"""Core statements, compiled once and handed to the driver as text and plain values.

SQLAlchemy builds the SQL and knows the types; on the way of a tap its result and
connection objects would cost five times the database's own work.
"""

from __future__ import annotations

import re
import sys
import weakref
from collections import namedtuple
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from operator import itemgetter
from typing import Any

import orjson
from sqlalchemy import ClauseElement, Dialect, Executable, Insert, Table, TableClause
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.types import TypeEngine

from bot.store.types import Direct

Processor = Callable[[Any], Any]
#: One name alone is picked as itself, not as a row of one.
_SEVERAL = 2
#: Rows from which on they are looked at column by column.
_MANY = 8
#: Where a value stands in a statement for PostgreSQL.
_PLACE = re.compile(r"%\((\w+)\)s(?:::(?:TIMESTAMP WITH TIME ZONE|[A-Z]+))?")
_OR_NOTHING = " ON CONFLICT DO NOTHING"
#: Kinds of rows that are remembered.
_REMEMBERED = 1024


class Compiled:
    """One statement in one dialect: its text, how values go in and how rows come out."""

    __slots__ = (
        "_binds",
        "_compiled",
        "_defaults",
        "_expands",
        "_named",
        "_names",
        "_record",
        "_results",
        "_table",
        "_together",
        "text",
    )

    def __init__(
        self, statement: Executable, dialect: Dialect, column_keys: Sequence[str] | None = None
    ) -> None:
        compiled = _compile(statement, dialect, column_keys)
        self.text = str(compiled)
        self._compiled = compiled
        self._named = not compiled.positional
        names = (compiled.positiontup or ()) if compiled.positional else compiled.binds
        self._names = tuple(map(str, names))
        #: Lists (`IN`) have as many places as values: the text is finished for each call.
        self._expands = bool(compiled.post_compile_params)
        self._defaults = {name: bind.value for name, bind in compiled.binds.items() if not bind.required}
        self._binds = {
            name: processor
            for name, bind in compiled.binds.items()
            if (processor := _bind_processor(bind.type, dialect)) is not None
        }
        #: For many rows at once, which come as one document; None where it is not known yet.
        self._together: str | None = None
        self._table = statement.table if isinstance(statement, Insert) else None
        columns = _columns(statement)
        self._record: Any = _record(tuple(columns)) if columns else None
        results = [_result_processor(kind, dialect) for kind in columns.values()]
        self._results = [(i, p) for i, p in enumerate(results) if p is not None]

    def bound(self, params: Mapping[str, Any]) -> tuple[str, Sequence[Any] | Mapping[str, Any]]:
        """Give the text and the parameters in the order and the shape that the driver wants."""
        if self._expands:
            return self._expanded(params)
        binds, defaults = self._binds, self._defaults
        out = []
        for name in self._names:
            value = params[name] if name in params else defaults[name]
            processor = binds.get(name)
            out.append(value if processor is None or value is None else processor(value))
        return self.text, dict(zip(self._names, out, strict=True)) if self._named else out

    def bound_all(self, rows: Sequence[Mapping[str, Any]]) -> tuple[str, Sequence[Any]]:
        """As `bound`, for many rows of the same parameters."""
        # One UPDATE changes a row once, however many rows of parameters mean it.
        alone = self._expands or (self._named and self._table is None) or len(self._names) < _SEVERAL
        if alone or not self._names_all_of(rows):
            return self.text, [self.bound(row)[1] for row in rows]
        return self.bound_rows(self._names, map(itemgetter(*self._names), rows))

    def bound_rows(self, names: Sequence[str], rows: Iterable[Sequence[Any]]) -> tuple[str, Sequence[Any]]:
        """The same for rows without names, which are those of all alike."""
        columns = dict(zip(names, zip(*rows, strict=True), strict=True))
        found = [self._column(name, columns[name]) for name in self._names]
        if not self._named:
            return self.text, list(zip(*found, strict=True))
        if self._together is None:
            self._together = _together(self._compiled, self._table)
        spelled = [dict(zip(self._names, row, strict=True)) for row in zip(*found, strict=True)]
        return self._together, [{"rows": orjson.dumps(spelled, default=_bytes).decode()}]

    def _column(self, name: str, values: Sequence[Any]) -> Sequence[Any]:
        processor = self._binds.get(name)
        return values if processor is None else _processed(values, processor)

    def _names_all_of(self, rows: Sequence[Mapping[str, Any]]) -> bool:
        """Whether rows bring every parameter: nothing is left to what the statement itself says."""
        return bool(rows) and not self._defaults.keys() - rows[0].keys()

    def _expanded(self, params: Mapping[str, Any]) -> tuple[str, Sequence[Any] | Mapping[str, Any]]:
        state = self._compiled.construct_expanded_state(dict(params))
        processors = {**self._binds, **state.processors}
        values = {
            name: processors[name](value) if name in processors and value is not None else value
            for name, value in state.parameters.items()
        }
        if self._named:
            return state.statement, values
        return state.statement, [values[name] for name in state.positiontup or ()]

    def rows(self, raw: Sequence[Sequence[Any]]) -> list[Any]:
        """Give records with attribute names, values as Python means them."""
        # As `_make`, without a call of Python for each row; the database gives as many values as are named.
        record, make = self._record, tuple.__new__
        if not self._results:
            return [make(record, row) for row in raw]
        if len(raw) >= _MANY:
            columns: list[Sequence[Any]] = list(zip(*raw, strict=True))
            for i, processor in self._results:
                columns[i] = [None if value is None else processor(value) for value in columns[i]]
            return [make(record, row) for row in zip(*columns, strict=True)]
        rows = []
        for row in raw:
            values = list(row)
            for i, processor in self._results:
                # What is not there is None in every type of ours.
                if values[i] is not None:
                    values[i] = processor(values[i])
            rows.append(make(record, values))
        return rows


def _processed(values: Sequence[Any], processor: Processor) -> list[Any]:
    """One column of many rows as the driver wants it; rows of one unit share their moment."""
    if values and values.count(values[0]) == len(values):
        return [None if values[0] is None else processor(values[0])] * len(values)
    found: list[Any] = []
    last = became = None
    for value in values:
        if value is None:
            found.append(None)
            continue
        if value is not last:
            last, became = value, processor(value)
        found.append(became)
    return found


def _compile(statement: Executable, dialect: Dialect, column_keys: Sequence[str] | None) -> SQLCompiler:
    assert isinstance(statement, ClauseElement)  # noqa: S101 - every Executable we build is one
    compiled = statement.compile(
        dialect=dialect, column_keys=None if column_keys is None else list(column_keys)
    )
    assert isinstance(compiled, SQLCompiler)  # noqa: S101 - not DDL
    return compiled


def _columns(statement: Executable) -> dict[str, Any]:
    """Name and type of each column that comes back, in order; empty when nothing does."""
    if getattr(statement, "is_select", False) or hasattr(statement, "selected_columns"):
        source = statement.selected_columns  # type: ignore[attr-defined]
    elif getattr(statement, "_returning", None):
        source = statement.exported_columns  # type: ignore[attr-defined]
    else:
        return {}
    return {key: column.type for key, column in source.items()}


def _together(compiled: SQLCompiler, table: TableClause | None) -> str:
    """A change for many rows as PostgreSQL takes it in one statement, from one document.

    A statement for each row takes it three times as long, and an array for each column is slower still:
    the driver spells it value by value.
    """
    return _updated(compiled) if table is None else _inserted(compiled, table)


def _inserted(compiled: SQLCompiler, table: TableClause) -> str:
    columns = [one for one in table.c if one.key in compiled.binds]
    names = ", ".join(compiled.preparer.format_column(one) for one in columns)
    values = ", ".join(f'"{one.key}"' for one in columns)
    given = _given({one.key: one.type for one in columns}, compiled.dialect)
    into = compiled.preparer.format_table(table)
    ends = _OR_NOTHING if _OR_NOTHING in str(compiled) else ""
    return f"INSERT INTO {into} ({names}) SELECT {values} FROM {given}{ends}"  # noqa: S608 - names of ours


def _updated(compiled: SQLCompiler) -> str:
    """Every place that stands for a value becomes a column of the rows that come."""
    given = _given({name: bind.type for name, bind in compiled.binds.items()}, compiled.dialect)
    text = _PLACE.sub(r'given."\1"', str(compiled))
    begins, where, ends = text.partition(" WHERE ")
    return f"{begins} FROM {given}{where}{ends}"


def _given(kinds: Mapping[str, TypeEngine[Any]], dialect: Dialect) -> str:
    columns = ", ".join(f'"{name}" {kind.compile(dialect)}' for name, kind in kinds.items())
    return f"json_to_recordset(%(rows)s::json) AS given ({columns})"


def _bytes(value: bytes) -> str:
    """As PostgreSQL reads them in a text."""
    return f"\\x{value.hex()}"


def _bind_processor(kind: Any, dialect: Dialect) -> Processor | None:  # noqa: ANN401 - a column type
    """A type of ours says itself how, where it is never asked about None; SQLAlchemy's own way is longer."""
    if isinstance(kind, Direct):
        return kind.spelled(dialect)
    processor: Processor | None = kind.dialect_impl(dialect).bind_processor(dialect)
    return processor


def _result_processor(kind: Any, dialect: Dialect) -> Processor | None:  # noqa: ANN401 - a column type
    if isinstance(kind, Direct):
        return kind.read(dialect)
    processor: Processor | None = kind.dialect_impl(dialect).result_processor(dialect, None)
    return processor


@lru_cache(maxsize=_REMEMBERED)
def _record(names: tuple[str, ...]) -> Any:  # noqa: ANN401 - a generated class
    return namedtuple("Record", names, rename=True)  # noqa: PYI024 - made from a statement's columns


def warm(compiler: Compiler) -> int:
    """Compile every statement that the store keeps, before the first tap waits for it; how many.

    A compiler that was asked before looks only at what was imported since.
    """
    for name, module in list(sys.modules.items()):
        if not name.startswith("bot.store") or name in compiler.looked_at:
            continue
        compiler.looked_at.add(name)
        for value in list(vars(module).values()):
            if isinstance(value, Executable) and isinstance(value, ClauseElement):
                compiler.of(value)
                compiler.warmed += 1
    return compiler.warmed


class Compiler:
    """Remembers, for one dialect, what each statement compiled to, as long as the statement lives."""

    def __init__(self, dialect: Dialect) -> None:
        self.dialect = dialect
        #: Statements that were compiled ahead.
        self.warmed = 0
        self.looked_at: set[str] = set()
        self._module = sqlite if dialect.name == "sqlite" else postgresql
        self._known: dict[int, tuple[weakref.ref[Executable], Compiled]] = {}
        #: Statements that were compiled, ahead or because somebody waited.
        self.compiled = 0
        self._inserts: dict[tuple[str, tuple[str, ...], bool], Compiled] = {}
        #: The same by their columns in any order.
        self._shapes: dict[tuple[str, frozenset[str], bool], Compiled] = {}

    def of(self, statement: Executable) -> Compiled:
        """Compile `statement`, or find what it compiled to."""
        key = id(statement)
        found = self._known.get(key)
        if found is not None and found[0]() is statement:
            return found[1]
        compiled = Compiled(statement, self.dialect)
        self.compiled += 1
        self._known[key] = (weakref.ref(statement, lambda _: self._known.pop(key, None)), compiled)
        return compiled

    def insert(self, table: Table, keys: tuple[str, ...], *, or_nothing: bool) -> Compiled:
        """Compile an insert of these columns; with `or_nothing` a taken key inserts no row."""
        found = self._inserts.get((table.name, keys, or_nothing))
        if found is None:
            found = self._inserts[table.name, keys, or_nothing] = self._shaped(
                table, keys, or_nothing=or_nothing
            )
        return found

    def _shaped(self, table: Table, keys: tuple[str, ...], *, or_nothing: bool) -> Compiled:
        """Values are bound by name, so the order of the columns is nobody's."""
        shape = (table.name, frozenset(keys), or_nothing)
        found = self._shapes.get(shape)
        if found is None:
            statement = self._module.insert(table)
            if or_nothing:
                statement = statement.on_conflict_do_nothing()
            found = self._shapes[shape] = Compiled(statement, self.dialect, keys)
            self.compiled += 1
        return found
