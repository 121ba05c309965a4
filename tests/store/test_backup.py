"""Backups: everything comes back, in either database; nothing half is left; nothing is sent twice."""

from __future__ import annotations

import asyncio
import json
import resource
import subprocess
import sys
import zipfile
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from sqlalchemy import Boolean, Date, Integer, LargeBinary, create_engine, insert, select
from sqlalchemy.engine import make_url

from bot.chat.card import Card
from bot.chat.outbound import Repeat, SendCard, SendText, Welcome
from bot.errors import BackupError, SettingsError
from bot.kit.ids import seeded_random_bytes
from bot.kit.vault import Vault
from bot.store import audit, incidents, open_store, outbox
from bot.store.audit_verify import verify
from bot.store.backup import back_up
from bot.store.backup_format import prove, tables
from bot.store.desk import Desk
from bot.store.reader import open_reader
from bot.store.restore import Job, restore
from bot.store.tables.machinery import audit as audit_table
from bot.store.tables.machinery import inbox, lanes, leases, timers
from bot.store.tables.machinery import outbox as outbox_table
from bot.store.types import Hundredths, Json, UTCDateTime
from tests.conftest import NOW

#: Changed by a restore on purpose.
SETTLED = {"outbox", "lanes", "leases", "audit", "audit_head", "incidents", "numbers"}


def engine_of(url):
    parsed = make_url(url)
    kind = "sqlite" if parsed.get_backend_name() == "sqlite" else "postgresql+psycopg"
    return create_engine(parsed.set(drivername=kind))


#: Something telling for each type: zero and one, quotes, line ends, emoji, every byte. Narrow types first.
VALUES = (
    (UTCDateTime, lambda row: datetime(2026, 11, 18, 2, row, 3, 4 + row, tzinfo=timezone.utc)),
    (Json, lambda row: {"text": '线索 "1"\n😀', "n": row, "list": [1.5, None, True]}),
    (Hundredths, lambda row: Decimal(1234567 + row) / 100),
    (Boolean, bool),
    (Date, lambda row: date(2026, 2, 27 + row)),
    (LargeBinary, lambda row: bytes(range(256)) if row else b""),
    (Integer, lambda row: row + 1),
)


def value_of(column, row):
    if column.nullable and row == 1:
        return None
    found = next((make for kind, make in VALUES if isinstance(column.type, kind)), None)
    return f"{column.name} ' \\ \t 中文 {row}" if found is None else found(row)


def fill(url):
    """Two rows in every table."""
    engine = engine_of(url)
    with engine.begin() as connection:
        for table in tables():
            if table.name in {"instance", "audit", "audit_head"}:
                continue
            for row in range(2):
                connection.execute(insert(table).values({c.name: value_of(c, row) for c in table.columns}))
    engine.dispose()


def contents(url, *, but=frozenset()):
    engine = engine_of(url)
    with engine.connect() as connection:
        found = {
            table.name: sorted(map(repr, connection.execute(select(table)).all()))
            for table in tables()
            if table.name not in but
        }
    engine.dispose()
    return found


def policy(_platform, outgoing):
    """As WeCom has it: cards and greetings are known again, texts for some hours, groups never."""
    if isinstance(outgoing, SendText):
        return Repeat.NEVER if outgoing.group else Repeat.WINDOW
    return Repeat.KEYED


def job(url, file, vault, *, after=timedelta(hours=1), **given):
    return Job(url, file, vault, NOW + after, "restoredrestoredrestored", policy, **given)


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


def take(url, file, vault, **given):
    return back_up(url, file, vault=vault, now=NOW, program="0.1.0", **given)


@both
async def test_every_row_of_every_table_comes_back(database_url, other_url, tmp_path, vault):
    """From either database into either, column by column: the way to move from SQLite to PostgreSQL."""
    fill(database_url)
    manifest = take(database_url, tmp_path / "b.zip", vault)

    done = await restore(job(other_url, tmp_path / "b.zip", vault))

    assert manifest.rows == 2 * (len(tables()) - 3) + 1
    assert contents(other_url, but=SETTLED) == contents(database_url, but=SETTLED)
    assert done.verdict.whole
    store = open_store(other_url)
    fresh = await store.write(lambda tx: tx.number("lead"), within=10)
    await store.close()
    assert fresh > 1000


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


def test_an_existing_file_is_not_overwritten_unasked(sqlite_url, tmp_path, vault):
    (tmp_path / "b.zip").write_text("mine")

    with pytest.raises(BackupError, match="--force"):
        take(sqlite_url, tmp_path / "b.zip", vault)

    assert (tmp_path / "b.zip").read_text() == "mine"
    take(sqlite_url, tmp_path / "b.zip", vault, force=True)
    assert prove(tmp_path / "b.zip", vault).rows == 1
    assert (tmp_path / "b.zip").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("at", [0.1, 0.3, 0.5, 0.7, 0.9, 0.99])
def test_a_damaged_backup_is_told_from_a_whole_one(sqlite_url, tmp_path, vault, at):
    """One byte, anywhere."""
    fill(sqlite_url)
    take(sqlite_url, tmp_path / "b.zip", vault)
    raw = bytearray((tmp_path / "b.zip").read_bytes())
    raw[int(len(raw) * at)] ^= 0x41
    (tmp_path / "b.zip").write_bytes(raw)

    try:
        manifest = prove(tmp_path / "b.zip", vault)
    except BackupError:
        return
    # A byte of the archive's own bookkeeping that nobody reads, such as a time stamp.
    assert manifest.rows == 2 * (len(tables()) - 3) + 1


async def test_half_a_backup_restores_nothing(sqlite_url, tmp_path, vault):
    fill(sqlite_url)
    take(sqlite_url, tmp_path / "b.zip", vault)
    before = contents(sqlite_url)
    raw = (tmp_path / "b.zip").read_bytes()
    (tmp_path / "half.zip").write_bytes(raw[: len(raw) // 2])

    with pytest.raises(BackupError):
        await restore(job(sqlite_url, tmp_path / "half.zip", vault, force=True))

    assert contents(sqlite_url) == before


def test_changed_contents_with_their_sums_put_right_are_found(sqlite_url, tmp_path, vault):
    """Whoever has no key cannot make a backup that we take for ours."""
    fill(sqlite_url)
    take(sqlite_url, tmp_path / "b.zip", vault)
    with zipfile.ZipFile(tmp_path / "b.zip") as old, zipfile.ZipFile(tmp_path / "forged.zip", "w") as new:
        for name in old.namelist():
            content = old.read(name)
            new.writestr(
                name, content.replace(b'"rows": 2', b'"rows": 3') if name == "manifest.json" else content
            )

    with pytest.raises(BackupError, match="SECRET_KEY"):
        prove(tmp_path / "forged.zip", vault)


def test_another_key_is_named(sqlite_url, tmp_path, vault):
    take(sqlite_url, tmp_path / "b.zip", vault)

    with pytest.raises(BackupError, match="LEADBELL_SECRET_KEY"):
        prove(tmp_path / "b.zip", Vault(["another secret, just as long"], seeded_random_bytes(1)))


def test_a_full_disk_leaves_no_half_file(sqlite_url, tmp_path):
    """The file may not grow beyond 4 KiB: the command says so and leaves nothing."""
    fill(sqlite_url)
    (tmp_path / "out").mkdir()
    done = subprocess.run(
        [sys.executable, "-B", "-m", "bot", "backup", str(tmp_path / "out" / "b.zip")],
        env={"LEADBELL_DATABASE_URL": sqlite_url, "LEADBELL_SECRET_KEY": "a secret that is long enough", "PATH": ""},
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096)),
        capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert (done.returncode, "没有留下半个文件" in done.stderr, "Traceback" in done.stderr) == (
        1,
        True,
        False,
    )
    assert list((tmp_path / "out").iterdir()) == []


def test_the_commands_print_json_alone(sqlite_url, tmp_path):
    """backup, restore into a new place, audit verify: as somebody would type them."""
    fill(sqlite_url)
    env = {"LEADBELL_SECRET_KEY": "a secret that is long enough", "PATH": ""}

    def run(url, *words):
        return subprocess.run(
            [sys.executable, "-m", "bot", *words, "--json"], env={**env, "LEADBELL_DATABASE_URL": url},
            capture_output=True, text=True, check=True,
        )  # fmt: skip

    there = f"sqlite+aiosqlite:///{tmp_path}/there/leadbell.db"
    made = json.loads(run(sqlite_url, "backup", str(tmp_path / "b.zip")).stdout)
    back = json.loads(run(there, "restore", str(tmp_path / "b.zip")).stdout)
    whole = run(there, "audit", "verify")

    assert made["rows"] == back["rows"] == 2 * (len(tables()) - 3) + 1
    assert (
        back["held"] == {value_of(outbox_table.c.kind, 0): 1, value_of(outbox_table.c.kind, 1): 1}
        or back["held"] == {}
    )
    assert (whole.returncode, json.loads(whole.stdout)["rows"]) == (0, 1)
    assert (tmp_path / "there" / "leadbell.db").stat().st_mode & 0o077 == 0
