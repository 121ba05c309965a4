"""A row that a command leaves while the bot has the database: it is there, and the audit's chain holds."""

from __future__ import annotations

from sqlalchemy import select

from bot.store import audit, open_store
from bot.store.audit_verify import verify
from bot.store.beside import write_beside
from bot.store.desk import Desk
from bot.store.tables.machinery import audit as table


async def test_a_row_is_left_beside_whoever_writes(database_url, company, clock, vault, random_bytes):
    """Before and after it the one who has the file writes rows of his own."""
    store = open_store(database_url)

    def note(actor):
        async def unit(tx):
            desk = Desk(tx, company, clock.now, vault, random_bytes)
            await audit.note(desk, actor=actor, action="person.exported", of="lead:L1")

        return unit

    await store.write(note("one"), within=20)
    await write_beside(database_url, note("beside"))
    await store.write(note("two"), within=20)
    await store.write(lambda tx: audit.link_waiting(tx, vault), within=20)
    async with store.read() as tx:
        rows = [row.actor for row in await tx.all(select(table.c.actor).order_by(table.c.n))]
        verdict = await verify(tx, vault)
    await store.close()

    assert rows == ["one", "beside", "two"]
    assert verdict.whole
