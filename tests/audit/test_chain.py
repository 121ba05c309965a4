"""The audit chain: whole under many writers, and broken by whatever anybody does to its rows."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import create_engine, select, text
from sqlalchemy.engine import make_url

from bot.kit.ids import seeded_random_bytes
from bot.kit.vault import Vault
from bot.store import audit, open_store
from bot.store.audit_verify import Told, Wrong, verify
from bot.store.desk import Desk
from bot.store.tables.machinery import audit as table
from tests.audit import tampers
from tests.conftest import NOW


@pytest.fixture
def noted(store, company, vault, clock, random_bytes):
    """Add `count` rows, each in a unit of its own, all at once."""

    async def add(count, *, into=store):
        def unit(i):
            async def work(tx):
                desk = Desk(tx=tx, company=company, now=NOW + timedelta(seconds=i), vault=vault,
                            random_bytes=random_bytes)  # fmt: skip
                await audit.note(
                    desk, actor=f"rep{i}", action="contact.revealed", of=f"lead:L{i}", how="card"
                )

            return work

        await asyncio.gather(*(into.write(unit(i), lane_key=f"lane{i}", within=30) for i in range(count)))

    return add


@pytest.fixture
def check(store, vault):
    async def run(**given):
        async with store.read() as tx:
            return await verify(tx, vault, **given)

    return run


@pytest.fixture
def forge(database_url, store):
    """The hand of somebody who can write to the database and has no key."""
    parsed = make_url(database_url)
    kind = "sqlite" if parsed.get_backend_name() == "sqlite" else "postgresql+psycopg"
    engine = create_engine(parsed.set(drivername=kind))

    def run(*statements):
        with engine.begin() as connection:
            for statement in statements:
                connection.execute(text(statement))

    yield run
    engine.dispose()


async def linked(store, vault):
    return await store.write(lambda tx: audit.link_waiting(tx, vault), within=10)


async def test_rows_of_many_writers_form_one_chain(store, noted, check, vault):
    """However many write at once, nobody waits, and every row gets its place."""
    await noted(120)
    await linked(store, vault)
    verdict = await check()

    assert verdict.whole
    assert (verdict.head.n, verdict.waiting) == (120, 0)
    async with store.read() as tx:
        rows = await tx.all(select(table).order_by(table.c.n))
    assert [row.n for row in rows] == list(range(1, 121))
    assert {row.actor for row in rows} == {f"rep{i}" for i in range(120)}


@pytest.mark.postgres
async def test_two_processes_on_one_database_share_the_chain(postgres_url, company):
    """Each keeps its own keys and connections; what one leaves waiting the other links."""
    stores = [open_store(postgres_url, unit_span=5) for _ in range(2)]
    vaults = [Vault(["a secret that is long enough for tests"], seeded_random_bytes(i)) for i in range(2)]

    def unit(which, i):
        async def work(tx):
            desk = Desk(tx=tx, company=company, now=NOW, vault=vaults[which],
                        random_bytes=seeded_random_bytes(which * 1000 + i))  # fmt: skip
            await audit.note(desk, actor=f"p{which}", action="ask.refused", of="numbers")

        return work

    await asyncio.gather(
        *(stores[w].write(unit(w, i), lane_key=f"{w}{i}", within=30) for i in range(60) for w in (0, 1))
    )
    await linked(stores[1], vaults[1])
    async with stores[0].read() as tx:
        verdict = await verify(tx, vaults[0])
    for one in stores:
        await one.close()

    assert verdict.whole
    assert (verdict.head.n, verdict.waiting) == (120, 0)


async def test_a_unit_that_is_undone_leaves_no_hole(store, noted, check, vault):
    async def fails(tx):
        await audit.link_waiting(tx, vault)
        raise ValueError

    await noted(3)
    with pytest.raises(ValueError, match=r"^$"):
        await store.write(fails)
    await noted(3)
    await linked(store, vault)

    assert (await check()).head.n == 6
    assert (await check()).whole


@pytest.mark.parametrize(
    ("statement", "wrong", "n"),
    [
        ("UPDATE audit SET actor = 'nobody' WHERE n = 4", Wrong.ALTERED, 4),
        ("UPDATE audit SET at = '2026-11-18T02:00:00.000001Z' WHERE n = 4", Wrong.ALTERED, 4),
        ("UPDATE audit SET detail = '{}' WHERE n = 4", Wrong.ALTERED, 4),
        ("UPDATE audit SET object = 'lead:L999' WHERE n = 4", Wrong.ALTERED, 4),
        ("UPDATE audit SET id = 'another' WHERE n = 4", Wrong.ALTERED, 4),
        ("UPDATE audit SET link = (SELECT link FROM audit WHERE n = 5) WHERE n = 4", Wrong.ALTERED, 4),
        ("DELETE FROM audit WHERE n = 4", Wrong.MISSING, 4),
        ("DELETE FROM audit WHERE n > 6", Wrong.MISSING, 7),
        ("DELETE FROM audit WHERE n > 0", Wrong.MISSING, 1),
        ("DELETE FROM audit_head", Wrong.HEAD_GONE, None),
        ("UPDATE audit_head SET n = 6, link = (SELECT link FROM audit WHERE n = 6)", Wrong.HEAD_FORGED, None),
        ("UPDATE audit SET n = NULL WHERE n = 8", Wrong.MISSING, 8),
        (
            (
                "INSERT INTO audit (id, n, at, actor, action, object, detail, link)"
                " SELECT 'copy', 9, at, actor, action, object, detail, link FROM audit WHERE n = 8"
            ),
            Wrong.EXTRA,
            9,
        ),
        (
            (
                "INSERT INTO audit (id, n, at, actor, action, object, detail, link)"
                " SELECT 'copy', NULL, at, actor, action, object, detail, link FROM audit WHERE n = 8"
            ),
            Wrong.FORGED,
            None,
        ),
    ],
)  # fmt: skip
async def test_the_first_bad_row_is_named(statement, wrong, n, store, noted, check, forge, vault):
    """On both databases, for each way of changing, dropping and adding rows."""
    await noted(8)
    await linked(store, vault)
    assert (await check()).whole

    forge(statement)
    fault = (await check()).fault

    assert (fault.wrong, fault.n) == (wrong, n)


async def test_swapped_rows_are_found(store, noted, check, forge, vault):
    await noted(8)
    await linked(store, vault)

    forge("UPDATE audit SET n = -5 WHERE n = 5", "UPDATE audit SET n = 5 WHERE n = 6",
          "UPDATE audit SET n = 6 WHERE n = -5")  # fmt: skip

    assert (await check()).fault.n == 5


async def test_nothing_is_added_to_a_forged_end(store, noted, check, forge, vault):
    """Whoever cuts the chain and moves its end back is not helped by the next row that we write."""
    await noted(8)
    await linked(store, vault)
    forge("DELETE FROM audit WHERE n > 5",
          "UPDATE audit_head SET n = 5, link = (SELECT link FROM audit WHERE n = 5)")  # fmt: skip

    await noted(2)
    await linked(store, vault)
    verdict = await check()

    assert verdict.fault.wrong is Wrong.HEAD_FORGED
    assert verdict.waiting == 2


async def test_a_row_that_we_did_not_write_gets_no_place(store, noted, check, forge, vault):
    await noted(1)
    forge("INSERT INTO audit (id, at, actor, action, object, detail, link) SELECT 'x', at, 'forger', action,"
          " object, detail, link FROM audit")  # fmt: skip

    assert (await linked(store, vault)).forged == 1
    assert (await check()).fault.wrong is Wrong.FORGED


async def test_a_head_written_down_outside_finds_a_chain_that_was_rolled_back(
    store, noted, check, forge, vault
):
    """Rows and head put back together are whole in themselves; the message to the managers tells."""
    await noted(5)
    await linked(store, vault)
    old = (await check()).head
    forge("CREATE TABLE kept AS SELECT * FROM audit_head")
    await noted(3)
    await linked(store, vault)
    told = Told.read((await check()).head.told())
    assert (await check(told=told)).whole
    assert (await check(told=Told.read(old.told()))).whole

    forge(
        "DELETE FROM audit WHERE n > 5", "DELETE FROM audit_head", "INSERT INTO audit_head SELECT * FROM kept"
    )

    assert (await check()).whole
    assert (await check(told=told)).fault.wrong is Wrong.OTHER_THAN_TOLD
    forge("DROP TABLE kept")


async def test_another_chain_of_the_same_length_is_not_the_one_told(noted, check, store, vault):
    await noted(3)
    await linked(store, vault)

    assert (await check(told=Told(2, "0123456789abcdef"))).fault.wrong is Wrong.OTHER_THAN_TOLD


async def test_without_the_key_nothing_verifies(store, noted, vault):
    await noted(2)
    await linked(store, vault)

    async with store.read() as tx:
        other = Vault(["another secret, just as long as ours"], seeded_random_bytes(1))
        assert (await verify(tx, other)).fault.n == 1


async def test_a_newer_key_in_front_keeps_the_chain(store, noted, vault, check):
    """Keys are added in front; the chain hangs on the oldest, which stays."""
    await noted(2)
    newer = Vault(
        ["a newer secret, long enough", "a secret that is long enough for tests"], seeded_random_bytes(1)
    )
    await linked(store, newer)

    async with store.read() as tx:
        assert (await verify(tx, newer)).whole
    assert (await check()).whole


def test_no_tamper_of_two_thousand_stays_unseen(tmp_path):
    """`python -m tests.audit.tampers` does ten thousand."""
    book = tampers.write(tmp_path / "audit.db", 24)
    figures = tampers.run(book, 2000, seed=2)
    whole = book.verify().whole
    book.connection._db.close()

    assert figures.missed == []
    assert sum(figures.tried.values()) == 2000
    assert len(figures.tried) >= 20
    assert whole
