"""`column IN (these)` with one parameter for all of them: the text stays the same however many they are.

A list spelled place by place is another statement for each length: compiled anew, prepared anew. Here
SQLite gets a JSON array and PostgreSQL an array, and the statement is prepared once.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import orjson
from sqlalchemy import ColumnElement, Dialect, String, Text, bindparam
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import NullType, TypeDecorator, TypeEngine


class _Texts(TypeDecorator[Sequence[str]]):
    """Some texts as one value."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Choose the driver's type."""
        kind: TypeEngine[Any] = Text() if dialect.name == "sqlite" else ARRAY(String())
        return dialect.type_descriptor(kind)

    def process_bind_param(self, value: Iterable[str] | None, dialect: Dialect) -> Any:  # noqa: ANN401 - per driver
        """Spell them."""
        texts = list(value or ())
        return orjson.dumps(texts).decode() if dialect.name == "sqlite" else texts


class _Among(FunctionElement[bool]):
    """`column IN (the texts of one parameter)`."""

    name = "among"
    #: Not a boolean: on SQLite `… = 1` would be put behind it, and no index would be used.
    type = NullType()  # type: ignore[assignment]  # what it is in SQL does not concern SQLAlchemy
    inherit_cache = True


def among(column: ColumnElement[Any], those: str) -> ColumnElement[bool]:
    """Whether a text column is one of the texts that come as the parameter `those`."""
    return _Among(column, bindparam(those, type_=_Texts()))


@compiles(_Among, "sqlite")
def _on_sqlite(element: _Among, compiler: SQLCompiler, **kw: Any) -> str:  # noqa: ANN401 - the compiler's own
    column, those = (compiler.process(one, **kw) for one in element.clauses)
    return f"{column} IN (SELECT value FROM json_each({those}))"  # noqa: S608 - parts that were compiled


@compiles(_Among, "postgresql")
def _on_postgresql(element: _Among, compiler: SQLCompiler, **kw: Any) -> str:  # noqa: ANN401 - the compiler's own
    column, those = (compiler.process(one, **kw) for one in element.clauses)
    return f"{column} = ANY({those})"
