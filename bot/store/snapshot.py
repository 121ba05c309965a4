"""Reading beside the writer: nothing can be changed, and all that one reading asks sees one moment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Executable, Table, event
from sqlalchemy.engine import URL
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from bot.errors import SettingsError
from bot.store.address import NO_DRIVER, sqlite_path

_PRAGMAS = ("busy_timeout=5000", "query_only=ON", "case_sensitive_like=ON")
_POSTGRES = "-c default_transaction_read_only=on -c timezone=UTC"


def engine_to_read(url: URL, *, pool_size: int) -> AsyncEngine:
    """Connections to an existing database; SettingsError without the driver."""
    if url.get_backend_name() == "sqlite":
        return _sqlite(url, pool_size)
    try:
        return create_async_engine(
            url.set(drivername="postgresql+psycopg"),
            pool_size=pool_size,
            pool_pre_ping=True,
            isolation_level="REPEATABLE READ",
            connect_args={"options": _POSTGRES},
        )
    except ImportError as exc:
        raise SettingsError(NO_DRIVER) from exc


def _sqlite(url: URL, pool_size: int) -> AsyncEngine:
    engine = create_async_engine(f"sqlite+aiosqlite:///{sqlite_path(url)}", pool_size=pool_size)

    @event.listens_for(engine.sync_engine, "connect")
    def _prepare(connection: Any, _record: Any) -> None:  # noqa: ANN401 - the driver's own
        # Left alone, the driver opens a transaction for changes only, and each SELECT sees another moment.
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in _PRAGMAS:
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine.sync_engine, "begin")
    def _begin(connection: Any) -> None:  # noqa: ANN401 - SQLAlchemy's own
        connection.exec_driver_sql("BEGIN")

    return engine


class ReadTx:
    """A Tx that only reads, beside the writer."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def all(self, statement: Executable, /, **params: Any) -> list[Any]:  # noqa: ANN401 - any column
        """See Tx."""
        return list((await self._connection.execute(statement, params)).all())

    async def first(self, statement: Executable, /, **params: Any) -> Any | None:  # noqa: ANN401 - any column
        """See Tx."""
        return (await self._connection.execute(statement, params)).first()

    async def run(self, statement: Executable, /, **params: Any) -> int:  # noqa: ANN401, ARG002 - refused
        """Refused: this is a reading."""
        raise _read_only()

    async def insert(self, table: Table, values: Mapping[str, Any], /) -> None:  # noqa: ARG002 - refused
        """Refused: this is a reading."""
        raise _read_only()

    async def insert_new(self, table: Table, values: Mapping[str, Any], /) -> bool:  # noqa: ARG002 - refused
        """Refused: this is a reading."""
        raise _read_only()

    async def insert_all(self, table: Table, rows: Sequence[Mapping[str, Any]], /) -> None:  # noqa: ARG002 - refused
        """Refused: this is a reading."""
        raise _read_only()

    async def insert_all_new(self, table: Table, rows: Sequence[Mapping[str, Any]], /) -> None:  # noqa: ARG002 - refused
        """Refused: this is a reading."""
        raise _read_only()

    async def insert_rows(self, table: Table, names: Sequence[str], rows: Sequence[Sequence[Any]], /) -> None:  # noqa: ARG002 - refused
        """Refused: this is a reading."""
        raise _read_only()

    async def run_all(self, statement: Executable, rows: Sequence[Mapping[str, Any]], /) -> None:  # noqa: ARG002 - refused
        """Refused: this is a reading."""
        raise _read_only()

    async def run_rows(
        self,
        statement: Executable,  # noqa: ARG002 - refused
        names: Sequence[str],  # noqa: ARG002 - refused
        rows: Sequence[Sequence[Any]],  # noqa: ARG002 - refused
        /,
    ) -> None:
        """Refused: this is a reading."""
        raise _read_only()

    async def number(self, name: str, /) -> int:  # noqa: ARG002 - refused
        """Refused: this is a reading."""
        raise _read_only()

    async def numbers(self, name: str, n: int, /) -> Sequence[int]:  # noqa: ARG002 - refused
        """Refused: this is a reading."""
        raise _read_only()


def _read_only() -> RuntimeError:
    return RuntimeError("a reading cannot change anything")
