"""The audit chain's keeper: what waits gets its place, and the managers hear each day where it ends."""

from __future__ import annotations

from datetime import timedelta

import orjson
import pytest
from sqlalchemy import create_engine, select, text
from sqlalchemy.engine import make_url

from bot.app.parts import build_router
from bot.chat.outbound import Department, Directory, Person
from bot.kit.ids import seeded_random_bytes
from bot.store import audit, directory
from bot.store.audit_verify import Told, verify
from bot.store.tables.machinery import audit as table
from bot.store.tables.machinery import outbox
from bot.worker.auditing import AuditKeeper, announce
from bot.worker.bench import Bench
from tests.fakes import FakeAdapter

BOOK = Directory(
    (
        Person("wang", "王总", ("1",), leads=("1",)), Person("li", "李总", ("1",), leads=("1",)),
        Person("zhao", "赵经理", ("2",), leads=("2",)), Person("sun", "孙销售", ("2",)),
    ),
    (Department("1", "公司", "0"), Department("2", "华东", "1")),
)  # fmt: skip


@pytest.fixture
async def bench(store, company, vault, clock):
    made = Bench(
        store=store, adapters={"wecom": FakeAdapter()}, router=build_router(), company=company, vault=vault,
        clock=clock, random_bytes=seeded_random_bytes(3), name="here",
    )  # fmt: skip
    await store.write(lambda tx: directory.apply(made.desk(tx), "wecom", BOOK), within=10)
    return made


async def note(bench, count):
    async def unit(tx):
        for i in range(count):
            await audit.note(bench.desk(tx), actor="sun", action="contact.revealed", of=f"lead:L{i}")

    await bench.store.write(unit, within=10)


async def told(bench):
    async def look(tx):
        rows = await tx.all(select(outbox).where(outbox.c.key.like("audit_head:%")).order_by(outbox.c.id))
        bodies = [bench.vault.open(row.body, f"outbox.body:{row.lane_key}:{row.key}") for row in rows]
        return [(row.recipient, orjson.loads(body)["text"]) for row, body in zip(rows, bodies, strict=True)]

    return await bench.store.write(look, within=10)


async def test_who_leads_the_company_is_told_once_a_day(bench, clock):
    """Executive and director, not the manager of a region nor a rep; the head is one that verifies."""
    await note(bench, 3)
    await announce(bench)
    await announce(bench)
    said = await told(bench)

    assert sorted(recipient for recipient, _ in said) == ["li", "wang"]
    words = said[0][1]
    assert "校验通过" in words
    assert "共 3 条" in words
    head = Told.read(words.rpartition("--head ")[2])
    async with bench.store.read() as tx:
        assert (await verify(tx, bench.vault, told=head)).whole
    clock.push(timedelta(days=1))
    await announce(bench)
    assert len(await told(bench)) == 4


async def test_a_broken_chain_is_told_with_its_first_bad_row(bench, database_url):
    await note(bench, 5)
    await AuditKeeper(bench).step()
    parsed = make_url(database_url)
    kind = "sqlite" if parsed.get_backend_name() == "sqlite" else "postgresql+psycopg"
    engine = create_engine(parsed.set(drivername=kind))
    with engine.begin() as connection:
        connection.execute(text("UPDATE audit SET actor = 'nobody' WHERE n = 3"))
    engine.dispose()

    await announce(bench)
    words = (await told(bench))[0][1]

    assert "校验没有通过" in words
    assert "第 3 条审计记录被改过" in words
    assert "前 2 条完好" in words


async def test_what_waits_gets_its_place(bench):
    """A row whose unit found the end of the chain held is linked by the keeper, once."""
    await note(bench, 2)
    async with bench.store.read() as tx:
        before = await tx.all(select(table.c.link).order_by(table.c.n))
    await AuditKeeper(bench).step()

    assert await AuditKeeper(bench).step() == 0
    async with bench.store.read() as tx:
        rows = await tx.all(select(table).order_by(table.c.n))
    assert [row.n for row in rows] == [1, 2]
    assert len(before) == 2
