"""A company whose sums are kept, things that happen to its rows, and the proof that nothing was forgotten."""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Column, ColumnElement, Table, select
from sqlalchemy.sql import visitors

from bot.crm.company import Company
from bot.crm.query import Period
from bot.kit.ids import seeded_random_bytes
from bot.kit.vault import Vault
from bot.store import Store, Tx, rollups
from bot.store.desk import Desk
from bot.store.metrics.rollup_days import waiting
from bot.store.metrics.rollup_facts import work_out
from bot.store.metrics.rollup_series import BOOKS, Book, by_day
from bot.store.metrics.statement import statement
from bot.store.rollups_cells import stored
from bot.store.types import UTCDateTime
from bot.worker.rollups import RollupKeeper

#: All of it, with a day on which a task is still to come.
WHOLE = Period(date(2026, 5, 1), date(2027, 1, 1))
_RANDOM = seeded_random_bytes(5)
_VAULT = Vault(["a secret that is long enough for tests"], _RANDOM)


@dataclass
class KeptBench:
    """What the keeper needs of a bench; its seconds stand still, so no book rests."""

    store: Store
    company: Company
    now: datetime
    poll: float = 0.01
    woken: list[bool] = field(default_factory=list)

    def clock(self) -> datetime:
        return self.now

    def monotonic(self) -> float:
        return 0.0

    def desk(self, tx: Tx) -> Desk:
        return Desk(tx=tx, company=self.company, now=self.now, vault=_VAULT, random_bytes=_RANDOM)

    def wake(self) -> None:
        self.woken.append(True)

    async def write(self, work: Any) -> Any:
        return await self.store.write(lambda tx: work(self.desk(tx)), within=20)

    async def keep(self) -> None:
        """Work out all that waits."""
        keeper: Any = RollupKeeper(self)  # type: ignore[arg-type]
        await keeper.define()
        while await keeper.step():
            pass


async def forgotten(bench: KeptBench, books: Iterable[Book] = BOOKS) -> list[str]:
    """Days that nobody marked and that are not what the facts say."""
    found = []
    async with bench.store.read() as tx:
        for book in books:
            state = await waiting(tx, book, bench.company, WHOLE)
            assert state is not None, f"{book.id} is not kept"
            kept = await stored(tx, book, tuple(_days()))
            right = await work_out(tx, book, bench.company, WHOLE, now=bench.now)
            found += [
                f"{book.id} {day}"
                for day in _days()
                if day not in state.days and kept.get(day, {}) != right.days.get(day, {})
            ]
    return found


async def waits(bench: KeptBench) -> tuple[int, int]:
    async with bench.store.read() as tx:
        return await rollups.waiting(tx)


def _days() -> list[date]:
    return [WHOLE.begins + timedelta(days=n) for n in range((WHOLE.ends - WHOLE.begins).days)]


def columns_read(company: Company) -> dict[str, dict[str, set[Book]]]:
    """Every column of every table that kept numbers are worked out from, by the SQL itself; and whose."""
    found: dict[str, dict[str, set[Book]]] = {}
    for book in BOOKS:
        for series in book.series:
            query = statement(series.combined, by_day(series, WHOLE, company.org.zone))
            columns = (one for one in visitors.iterate(query) if isinstance(one, ColumnElement))
            for base in {base for one in columns for base in one.base_columns}:
                if isinstance(base, Column) and isinstance(base.table, Table):
                    found.setdefault(base.table.name, {}).setdefault(base.name, set()).add(book)
    return found


class Hand:
    """Changes rows as nobody should have to think of: any column, to what it is elsewhere."""

    def __init__(self, seed: int, now: datetime) -> None:
        self.chance = random.Random(seed)
        self.now = now

    async def change(self, desk: Desk, table: Table, column: str, *, rows: int = 4) -> bool:
        """Let some rows have another value in one column; False if there is no other."""
        found = await desk.tx.all(select(table))
        values = list(dict.fromkeys(getattr(row, column) for row in found))
        if table.c[column].nullable:
            values.append(None)
        if isinstance(table.c[column].type, UTCDateTime):
            values += [one - timedelta(days=40) for one in values[:3] if one is not None]
        changed = False
        for row in self.chance.sample(found, min(rows, len(found))):
            others = [value for value in values if value != getattr(row, column)]
            if others:
                changed = True
                await desk.tx.run(_update(table, row, column, self.chance.choice(others)))
        return changed

    async def take_away(self, desk: Desk, table: Table, *, rows: int = 3) -> list[dict[str, Any]]:
        """Delete some rows; what they were."""
        found = await desk.tx.all(select(table))
        gone = self.chance.sample(found, min(rows, len(found)))
        for row in gone:
            await desk.tx.run(table.delete().where(*_is(table, row)))
        return [row._asdict() for row in gone]

    async def put_back(self, desk: Desk, table: Table, rows: list[dict[str, Any]]) -> None:
        if rows:
            await desk.tx.insert_all(table, rows)


def _update(table: Table, row: Any, column: str, value: Any) -> Any:
    return table.update().where(*_is(table, row)).values({column: value})


def _is(table: Table, row: Any) -> list[Any]:
    return [one == getattr(row, one.name) for one in table.primary_key.columns]
