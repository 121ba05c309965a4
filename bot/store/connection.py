"""What the writer needs of a database: groups, savepoints, statements."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol, TypeAlias

from sqlalchemy import Executable, Table

from bot.errors import UnitTooSlowError
from bot.kit.clock import Monotonic
from bot.store.statement import Compiled, Compiler

Values: TypeAlias = Sequence[Any] | Mapping[str, Any]


class Connection(Protocol):
    """One connection for writing, outside SQLAlchemy."""

    compiler: Compiler

    async def begin(self) -> None:
        """Start a group."""

    async def commit(self) -> None:
        """Make the group durable."""

    async def rollback(self) -> None:
        """Undo the group."""

    async def command(self, text: str) -> None:
        """Run SAVEPOINT and its like."""

    async def fetch(self, text: str, values: Values) -> list[Any]:
        """Run and give the rows."""

    async def change(self, text: str, values: Values) -> int:
        """Run and give the number of rows touched."""

    async def change_all(self, text: str, rows: Sequence[Values]) -> None:
        """Run once for each row."""

    async def number(self, name: str) -> int:
        """The next number of a series."""

    async def numbers(self, name: str, n: int) -> Sequence[int]:
        """The next ones."""

    def transient(self, error: Exception) -> bool:
        """Say whether the whole group should be tried again (a deadlock, a lost connection)."""

    def lost(self, error: Exception) -> bool:
        """Say whether the connection is gone, so that a COMMIT on its way may have arrived or not."""

    def unavailable(self, error: Exception) -> bool:
        """Say whether the database cannot take anything at present (a full disk, a server that is away)."""

    async def close(self) -> None:
        """Let go."""


class UnitTx:
    """The Tx of one unit on the writer's connection; it ends with the unit."""

    __slots__ = ("_compiler", "_connection", "_monotonic", "_until")

    def __init__(self, connection: Connection, monotonic: Monotonic, until: float) -> None:
        self._connection = connection
        self._compiler = connection.compiler
        self._monotonic = monotonic
        self._until = until

    def _check(self) -> None:
        if self._monotonic() > self._until:
            msg = "a unit of work held the writer for too long"
            raise UnitTooSlowError(msg)

    async def all(self, statement: Executable, /, **params: Any) -> list[Any]:  # noqa: ANN401 - any column
        """See Tx."""
        self._check()
        compiled = self._compiler.of(statement)
        return compiled.rows(await self._connection.fetch(*compiled.bound(params)))

    async def first(self, statement: Executable, /, **params: Any) -> Any | None:  # noqa: ANN401 - any column
        """See Tx."""
        rows = await self.all(statement, **params)
        return rows[0] if rows else None

    async def run(self, statement: Executable, /, **params: Any) -> int:  # noqa: ANN401 - any column
        """See Tx."""
        self._check()
        compiled = self._compiler.of(statement)
        return await self._connection.change(*compiled.bound(params))

    async def insert(self, table: Table, values: Mapping[str, Any], /) -> None:
        """See Tx."""
        self._check()
        await self._insert(self._compiler.insert(table, tuple(values), or_nothing=False), values)

    async def insert_new(self, table: Table, values: Mapping[str, Any], /) -> bool:
        """See Tx."""
        self._check()
        return await self._insert(self._compiler.insert(table, tuple(values), or_nothing=True), values) == 1

    async def insert_all(self, table: Table, rows: Sequence[Mapping[str, Any]], /) -> None:
        """See Tx."""
        await self._insert_all(table, rows, or_nothing=False)

    async def insert_all_new(self, table: Table, rows: Sequence[Mapping[str, Any]], /) -> None:
        """See Tx."""
        await self._insert_all(table, rows, or_nothing=True)

    async def _insert_all(self, table: Table, rows: Sequence[Mapping[str, Any]], *, or_nothing: bool) -> None:
        self._check()
        compiled = self._compiler.insert(table, tuple(rows[0]), or_nothing=or_nothing)
        await self._connection.change_all(*compiled.bound_all(rows))

    async def insert_rows(self, table: Table, names: Sequence[str], rows: Sequence[Sequence[Any]], /) -> None:
        """See Tx."""
        self._check()
        if rows:
            compiled = self._compiler.insert(table, tuple(names), or_nothing=False)
            await self._connection.change_all(*compiled.bound_rows(names, rows))

    async def run_all(self, statement: Executable, rows: Sequence[Mapping[str, Any]], /) -> None:
        """See Tx."""
        self._check()
        compiled = self._compiler.of(statement)
        await self._connection.change_all(*compiled.bound_all(rows))

    async def run_rows(
        self, statement: Executable, names: Sequence[str], rows: Sequence[Sequence[Any]], /
    ) -> None:
        """See Tx."""
        self._check()
        if rows:
            await self._connection.change_all(*self._compiler.of(statement).bound_rows(names, rows))

    async def _insert(self, compiled: Compiled, values: Mapping[str, Any]) -> int:
        return await self._connection.change(*compiled.bound(values))

    async def number(self, name: str, /) -> int:
        """See Tx."""
        return await self._connection.number(name)

    async def numbers(self, name: str, n: int, /) -> Sequence[int]:
        """See Tx."""
        return await self._connection.numbers(name, n)
