"""One unit's hands on the database: the same on both, inside a write or a read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from sqlalchemy import Executable, Table


class Tx(Protocol):
    """What a unit of work may await, and nothing else.

    Statements are SQLAlchemy Core; one that lives at module level is compiled once. Rows
    have attribute names; they stay inside the store, whose functions give dataclasses.
    """

    async def all(self, statement: Executable, /, **params: Any) -> list[Any]:  # noqa: ANN401 - any column
        """Every row of a query, or of a change with RETURNING."""

    async def first(self, statement: Executable, /, **params: Any) -> Any | None:  # noqa: ANN401 - any column
        """The first row, or None."""

    async def run(self, statement: Executable, /, **params: Any) -> int:  # noqa: ANN401 - any column
        """Make a change; the number of rows it touched."""

    async def insert(self, table: Table, values: Mapping[str, Any], /) -> None:
        """Insert one row."""

    async def insert_new(self, table: Table, values: Mapping[str, Any], /) -> bool:
        """Insert one row unless one of its unique keys is taken; say whether it went in."""

    async def insert_all(self, table: Table, rows: Sequence[Mapping[str, Any]], /) -> None:
        """Insert rows of the same columns, in one go."""

    async def insert_all_new(self, table: Table, rows: Sequence[Mapping[str, Any]], /) -> None:
        """Insert rows of the same columns, leaving out those of which a unique key is taken."""

    async def insert_rows(self, table: Table, names: Sequence[str], rows: Sequence[Sequence[Any]], /) -> None:
        """As `insert_all`, each row the values of these columns."""

    async def run_all(self, statement: Executable, rows: Sequence[Mapping[str, Any]], /) -> None:
        """Make a change once for each row of parameters."""

    async def run_rows(
        self, statement: Executable, names: Sequence[str], rows: Sequence[Sequence[Any]], /
    ) -> None:
        """As `run_all`, each row the values of these parameters; no two change the same row of a table.

        Each parameter has a type of its own, and the change is an UPDATE.
        """

    async def number(self, name: str, /) -> int:
        """The next number of a series (`lead`, `task`); gaps are possible, repeats are not."""

    async def numbers(self, name: str, n: int, /) -> Sequence[int]:
        """As `number`, so many at once."""
