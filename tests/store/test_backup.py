"""Backups: everything comes back, in either database; nothing half is left; nothing is sent twice."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import insert, select

from bot.chat.card import Card
from bot.chat.outbound import SendCard, SendText, Welcome
from bot.errors import BackupError, SettingsError
from bot.kit.ids import seeded_random_bytes
from bot.kit.vault import Vault
from bot.store import audit, incidents, key_check, open_store, outbox
from bot.store.audit_verify import verify
from bot.store.backup import back_up
from bot.store.backup_format import tables
from bot.store.desk import Desk
from bot.store.reader import open_reader
from bot.store.restore import restore
from bot.store.tables.machinery import audit as audit_table
from bot.store.tables.machinery import inbox, lanes, leases, timers
from bot.store.tables.machinery import outbox as outbox_table
from tests.conftest import NOW
from tests.store.backups import SETTLED, UNCERTAIN, contents, engine_of, fill, job, take, value_of


@pytest.fixture
def other_url(request, tmp_path, sqlite_template, postgres_server, postgres_template):
    """A fresh database of the kind that is asked for, beside the first one."""
    if request.param == "sqlite":
        (tmp_path / "other").mkdir()
        yield f"sqlite+aiosqlite:///{tmp_path}/other/leadbell.db"
        return
    from tests.conftest import _admin

    name = "restored_here"
    _admin(postgres_server, f"CREATE DATABASE {name}")
    yield postgres_server.url(name)
    _admin(postgres_server, f"DROP DATABASE {name} WITH (FORCE)")


both = pytest.mark.parametrize(
    "other_url", ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)], indirect=True
)


@both
async def test_every_row_of_every_table_comes_back(database_url, other_url, tmp_path, vault):
    """From either database into either, column by column: the way to move from SQLite to PostgreSQL."""
    fill(database_url)
    manifest = take(database_url, tmp_path / "b.zip", vault)

    done = await restore(job(other_url, tmp_path / "b.zip", vault))

    assert manifest.rows == 2 * (len(tables()) - 3) + 1
    but = SETTLED | UNCERTAIN
    assert contents(other_url, but=but) == contents(database_url, but=but)
    assert done.verdict.whole
    store = open_store(other_url)
    fresh = await store.write(lambda tx: tx.number("lead"), within=10)
    await store.close()
    assert fresh > 1000


@both
async def test_who_moves_takes_every_way_along(database_url, other_url, tmp_path, vault):
    """Nothing was sent since: whoever is on his way goes on where he stood, on the other database."""
    fill(database_url)
    take(database_url, tmp_path / "b.zip", vault)

    await restore(job(other_url, tmp_path / "b.zip", vault, moved=True))

    assert contents(other_url, but=SETTLED) == contents(database_url, but=SETTLED)


async def test_ids_that_the_database_gives_out_go_on(postgres_url, tmp_path, vault, sqlite_url):
    """After rows came with ids of their own, the next one does not collide."""
    fill(sqlite_url)
    take(sqlite_url, tmp_path / "b.zip", vault)
    await restore(job(postgres_url, tmp_path / "b.zip", vault))

    engine = engine_of(postgres_url)
    with engine.begin() as connection:
        row = {c.name: value_of(c, 0) for c in timers.columns if c.name != "id"} | {"key": "new"}
        connection.execute(insert(timers).values(row))
    engine.dispose()


@pytest.fixture
def business(database_url, company, vault, random_bytes):
    """Something of everything that is under way; then the program stops."""

    async def run():
        store = open_store(database_url)

        async def unit(tx):
            desk = Desk(tx=tx, company=company, now=NOW, vault=vault, random_bytes=random_bytes)
            await audit.note(desk, actor="zhangsan", action="contact.revealed", of="lead:L1")
            for _ in range(57):
                await tx.number("lead")
            card = SendCard(to="a", card=Card(kind="x", title="t"), card_key="k", buttons=())
            for key, outgoing in {
                "card": card, "text": SendText(to="a", text="你好"), "welcome": Welcome(code="c", text="t"),
                "group": SendText(to="g", text="喜报", group=True),
            }.items():  # fmt: skip
                await outbox.effect(desk, platform="wecom", outgoing=outgoing, key=key, lane_key=f"l{key}")
            await tx.insert(
                lanes, {"lane_key": "x", "due_at": NOW, "holder": "gone", "lease_until": NOW, "epoch": 3}
            )
            await tx.insert(leases, {"role": "r", "holder": "gone", "term": 1, "expires_at": NOW, "state": "held",
                                     "since": NOW})  # fmt: skip

        await store.write(unit, within=10)
        await store.close()

    return run


async def states(url):
    reader = open_reader(url)
    async with reader.read() as tx:
        rows = await tx.all(select(outbox_table.c.key, outbox_table.c.state, outbox_table.c.reason))
    await reader.close()
    return {row.key: row.state for row in rows}


async def everything(url, vault):
    reader = open_reader(url)
    async with reader.read() as tx:
        found = (
            await verify(tx, vault), await tx.all(select(lanes)), await tx.all(select(leases)),
            await incidents.totals(tx), await tx.all(select(audit_table).order_by(audit_table.c.n)),
        )  # fmt: skip
    await reader.close()
    return found


async def test_what_a_second_sending_would_show_is_held(business, database_url, tmp_path, vault):
    """Six hours after the backup: cards may go, the platform knows them; texts may not, groups never."""
    await business()
    take(database_url, tmp_path / "b.zip", vault)

    done = await restore(job(database_url, tmp_path / "b.zip", vault, after=timedelta(hours=6), force=True))

    assert await states(database_url) == {
        "card": "pending", "welcome": "pending", "text": "unknown", "group": "unknown",
    }  # fmt: skip
    assert (dict(done.settled.held), done.settled.going) == ({"text": 2}, 2)
    verdict, lane_rows, lease_rows, counted, rows = await everything(database_url, vault)
    assert verdict.whole
    assert [row.action for row in rows] == ["contact.revealed", "database.restored"]
    assert [(row.holder, row.epoch) for row in lane_rows] == [(None, 4)]
    assert lease_rows == []
    assert counted["send.unknown", "restored:text"] == 2


async def test_a_text_may_go_while_the_platform_still_swallows_its_twin(
    business, database_url, tmp_path, vault
):
    await business()
    take(database_url, tmp_path / "b.zip", vault)

    await restore(job(database_url, tmp_path / "b.zip", vault, force=True))

    assert (await states(database_url))["text"] == "pending"
    assert (await states(database_url))["group"] == "unknown"


async def test_moving_house_holds_nothing_and_skips_no_number(business, database_url, tmp_path, vault):
    await business()
    take(database_url, tmp_path / "b.zip", vault)

    done = await restore(
        job(database_url, tmp_path / "b.zip", vault, after=timedelta(hours=6), force=True, moved=True)
    )

    assert set((await states(database_url)).values()) == {"pending"}
    assert done.settled.numbers["lead"] == 57
    store = open_store(database_url)
    assert await store.write(lambda tx: tx.number("lead"), within=10) == 58
    await store.close()


async def test_numbers_given_out_since_are_not_given_out_again(business, database_url, tmp_path, vault):
    """L58 may stand on a card that somebody still has: it must not become another lead."""
    await business()
    take(database_url, tmp_path / "b.zip", vault)
    await restore(job(database_url, tmp_path / "b.zip", vault, force=True))

    store = open_store(database_url)
    assert await store.write(lambda tx: tx.number("lead"), within=10) == 2001
    await store.close()


async def test_a_running_installation_is_refused(store, database_url, tmp_path, vault):
    """Also with --force: two programs on one chain would both be wrong."""
    take(database_url, tmp_path / "b.zip", vault)
    await store.write(lambda tx: tx.number("lead"), within=10)

    with pytest.raises(SettingsError, match=r"进程|连接"):
        await restore(job(database_url, tmp_path / "b.zip", vault, force=True))


async def test_data_is_not_replaced_unasked(business, database_url, tmp_path, vault):
    await business()
    take(database_url, tmp_path / "b.zip", vault)
    before = contents(database_url)

    with pytest.raises(SettingsError, match="--force"):
        await restore(job(database_url, tmp_path / "b.zip", vault))

    assert contents(database_url) == before


async def test_the_replaced_file_is_kept(sqlite_url, tmp_path, vault):
    fill(sqlite_url)
    take(sqlite_url, tmp_path / "b.zip", vault)

    done = await restore(job(sqlite_url, tmp_path / "b.zip", vault, force=True))

    assert done.aside is not None
    assert contents(f"sqlite:///{done.aside}")["users"] == contents(sqlite_url)["users"]


async def test_a_backup_is_of_one_moment(store, database_url, tmp_path, vault):
    """Units go on being written; what one unit wrote into two tables is in the backup twice or not at all."""
    stop = asyncio.Event()

    async def writes():
        n = 0
        while not stop.is_set():
            n += 1

            async def unit(tx, n=n):
                row = {"lane_key": f"l{n}", "due_at": None, "epoch": 0}
                await tx.insert(lanes, row)
                await tx.insert(inbox, {
                    "lane_key": f"l{n}", "platform": "wecom", "key": str(n), "body": b"", "received_at": NOW,
                    "state": "done", "attempts": 0, "failures": 0,
                })  # fmt: skip

            await store.write(unit, within=10)
        return n

    writing = asyncio.create_task(writes())
    await asyncio.sleep(0.2)
    made = [await asyncio.to_thread(take, database_url, tmp_path / f"{i}.zip", vault) for i in range(3)]
    stop.set()
    written = await writing

    counts = [{part.table: part.rows for part in manifest.parts} for manifest in made]
    assert all(one["lanes"] == one["inbox"] for one in counts)
    assert 0 < counts[0]["lanes"] < counts[-1]["lanes"] <= written


async def test_a_backup_that_these_keys_cannot_read_is_refused(store, database_url, tmp_path, vault):
    """Signed with a key we have, but what is found by its blind index was made under an older one."""
    random_bytes = seeded_random_bytes(1)
    both, newer = Vault(["n" * 32, "o" * 32], random_bytes), Vault(["n" * 32], random_bytes)
    await store.write(lambda tx: key_check.keep(tx, both))
    back_up(database_url, tmp_path / "b.zip", vault=both, now=NOW, program="test")

    with pytest.raises(BackupError, match="LEADBELL_SECRET_KEY"):
        await restore(job(f"sqlite+aiosqlite:///{tmp_path}/new.db", tmp_path / "b.zip", newer))
    assert not (tmp_path / "new.db").exists()
