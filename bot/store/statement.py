"""Core statements, compiled once and handed to the driver as text and plain values.

SQLAlchemy builds the SQL and knows the types; on the way of a tap its result and
connection objects would cost five times the database's own work.
"""

from __future__ import annotations

import sys
import weakref
from collections import namedtuple
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from operator import itemgetter
from typing import Any

from sqlalchemy import ClauseElement, Dialect, Executable, Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.sql.compiler import SQLCompiler

Processor = Callable[[Any], Any]
#: One name alone is picked as itself, not as a row of one.
_SEVERAL = 2
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
        "text",
    )

    def __init__(
        self, statement: Executable, dialect: Dialect, column_keys: Sequence[str] | None = None
    ) -> None:
        compiled = _compile(statement, dialect, column_keys)
        self.text = str(compiled)
        self._compiled = compiled
        self._named = not compiled.positional
        self._names = tuple(compiled.positiontup or ()) if compiled.positional else tuple(compiled.binds)
        #: Lists (`IN`) have as many places as values: the text is finished for each call.
        self._expands = bool(compiled.post_compile_params)
        self._defaults = {name: bind.value for name, bind in compiled.binds.items() if not bind.required}
        self._binds = {
            name: processor
            for name, bind in compiled.binds.items()
            if (processor := bind.type.dialect_impl(dialect).bind_processor(dialect)) is not None
        }
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
            out.append(value if processor is None else processor(value))
        return self.text, dict(zip(self._names, out, strict=True)) if self._named else out

    def bound_all(self, rows: Sequence[Mapping[str, Any]]) -> list[Any]:
        """As `bound`, for many rows of the same parameters."""
        if self._expands or self._named or len(self._names) < _SEVERAL or not self._names_all_of(rows):
            return [self.bound(row)[1] for row in rows]
        pick = itemgetter(*self._names)
        found = [list(pick(row)) for row in rows]
        for place, name in enumerate(self._names):
            processor = self._binds.get(name)
            if processor is not None:
                _process(found, place, processor)
        return found

    def _names_all_of(self, rows: Sequence[Mapping[str, Any]]) -> bool:
        """Whether rows bring every parameter: nothing is left to what the statement itself says."""
        return bool(rows) and not self._defaults.keys() - rows[0].keys()

    def _expanded(self, params: Mapping[str, Any]) -> tuple[str, Sequence[Any] | Mapping[str, Any]]:
        state = self._compiled.construct_expanded_state(dict(params))
        processors = {**self._binds, **state.processors}
        values = {
            name: processors[name](value) if name in processors else value
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
        rows = []
        for row in raw:
            values = list(row)
            for i, processor in self._results:
                # What is not there is None in every type of ours.
                if values[i] is not None:
                    values[i] = processor(values[i])
            rows.append(make(record, values))
        return rows


def _process(found: Sequence[list[Any]], place: int, processor: Processor) -> None:
    """Bring one column of many rows into the driver's shape; rows of one unit share their moment."""
    last = became = None
    for values in found:
        value = values[place]
        if value is not None:
            if value is not last:
                last, became = value, processor(value)
            values[place] = became


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


def _result_processor(kind: Any, dialect: Dialect) -> Processor | None:  # noqa: ANN401 - a column type
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
