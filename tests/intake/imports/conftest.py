"""Files brought in: by bytes and kind, on both databases or on SQLite alone."""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from sqlalchemy import select

from bot.crm.company import Company
from bot.intake.imports import engine, job, mapping, table
from bot.intake.imports.columns import ImportKind
from bot.intake.imports.engine import Tools
from bot.intake.imports.mapping import ColumnMap
from bot.kit.ids import RandomBytes
from bot.kit.vault import Vault
from bot.store import Store
from bot.store.import_batches import Batch
from bot.store.import_writing import Written
from bot.store.tables import METADATA
from bot.store.tables.people import users
from tests.conftest import HandClock

#: What an import leaves beside the business: its own number and record, who did it, and notes of the
#: database's triggers that something has to be worked out anew.
APART = frozenset({*("numbers", "import_batches", "audit", "audit_head"), *("segment_marks", "rollup_marks")})


@pytest.fixture
def tools(lite: Store, company: Company, vault: Vault, clock: HandClock, random_bytes: RandomBytes) -> Tools:
    return Tools(lite, company, vault, clock, random_bytes)


@pytest.fixture
def both(store: Store, company: Company, vault: Vault, clock: HandClock, random_bytes: RandomBytes) -> Tools:
    """On each database in turn."""
    return Tools(store, company, vault, clock, random_bytes)


def mapped(tools: Tools, kind: str, data: bytes, **said: Any) -> tuple[table.Table, ColumnMap]:
    """The file and its map: guessed, with what is said besides."""
    opened = table.open_table(data, "file.csv")
    guessed = mapping.guess(
        tools.company, ImportKind(kind), opened.header, engine.sample(opened, mapping.LOOKED_AT)
    )
    parts = {name: getattr(guessed, name) for name in ("columns", "dates")} | said
    return opened.reopened(), ColumnMap(kind=ImportKind(kind), **parts)


async def trial(tools: Tools, kind: str, data: bytes, **said: Any) -> list[Written]:
    """What would become of each row."""
    lines: list[Written] = []
    opened, columns = mapped(tools, kind, data, **said)
    await engine.run(tools, opened, columns, batch=None, heard=lines.extend)
    return lines


async def bring(tools: Tools, kind: str, data: bytes, *, again: bool = False, **said: Any) -> Batch:
    """Bring a file in."""
    opened, columns = mapped(tools, kind, data, **said)
    batch = await job.begin(tools, opened, columns, by="boss", again=again)
    assert isinstance(batch, Batch), batch
    return await job.carry_out(tools, opened, columns, batch)


async def take_back(tools: Tools, batch: Batch) -> Batch:
    """Undo a batch."""
    from bot.intake.imports.undo import undo

    found = await tools.store.write(lambda tx: job.undoing(tools.desk(tx), batch.id), within=10)
    assert isinstance(found, Batch), found
    return await undo(tools, found)


async def rows(store: Store, name: str) -> list[dict[str, Any]]:
    """All rows of a table."""
    async with store.read() as tx:
        return [row._asdict() for row in await tx.all(select(METADATA.tables[name]))]


async def fingerprint(store: Store) -> dict[str, tuple[int, str]]:
    """Row count and digest of every table but those that record the imports themselves."""
    found = {}
    for name in METADATA.tables:
        if name not in APART:
            lines = sorted(repr(sorted(row.items())) for row in await rows(store, name))
            found[name] = (len(lines), hashlib.sha256("\n".join(lines).encode()).hexdigest())
    return found


@pytest.fixture
def people(tools: Tools, now: Any) -> Callable[..., Awaitable[None]]:
    return lambda *names: enter(tools, *names)


async def enter(tools: Tools, *seats: tuple[str, str, str]) -> None:
    """Let colleagues be here: name, region, team; their id is their name."""
    made = [
        {
            "id": name, "name": name, "role": "rep", "region": region, "team": team, "position": "",
            "active": True, "on_duty": True, "platform": "", "joined_at": tools.clock(),
        }
        for name, region, team in seats
    ]  # fmt: skip
    await tools.store.write(lambda tx: tx.insert_all(users, made), within=10)
