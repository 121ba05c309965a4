"""After a restore there are two genuine histories; no row of one can be put into the other."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import create_engine, text

from bot.store import audit
from bot.store.audit_verify import verify
from bot.store.desk import Desk


async def test_a_genuine_row_of_another_history_is_found(
    lite, sqlite_url, company, vault, clock, random_bytes
):
    """Its place and contents are under the key; what it hangs on is another row."""

    async def note(*actors: str) -> None:
        for actor in actors:
            clock.push(timedelta(seconds=1))

            async def work(tx, actor=actor):
                desk = Desk(tx=tx, company=company, now=clock.now, vault=vault, random_bytes=random_bytes)
                await audit.note(desk, actor=actor, action="contact.revealed", of="lead:L1")

            await lite.write(work, within=10)
        await lite.write(lambda tx: audit.link_waiting(tx, vault), within=10)

    def by_hand(*statements: str) -> None:
        with engine.begin() as connection:
            for statement in statements:
                connection.execute(text(statement))

    async def is_whole() -> bool:
        async with lite.read() as tx:
            return (await verify(tx, vault)).whole

    engine = create_engine(sqlite_url.replace("+aiosqlite", ""))
    await note("one", "two", "three")
    by_hand("CREATE TABLE head_then AS SELECT * FROM audit_head")
    await note("seen", "after")
    by_hand(
        "CREATE TABLE seen_then AS SELECT * FROM audit WHERE n = 4",
        "DELETE FROM audit WHERE n > 3",
        "DELETE FROM audit_head",
        "INSERT INTO audit_head SELECT * FROM head_then",
    )
    await note("restored", "later")
    assert await is_whole()

    by_hand("DELETE FROM audit WHERE n = 4", "INSERT INTO audit SELECT * FROM seen_then")

    assert not await is_whole()
    engine.dispose()
