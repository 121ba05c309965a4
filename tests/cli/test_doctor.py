"""Doctor, subject by subject: each trouble has its line, its mark and its cure."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.chat.inbound import Accepted
from bot.cli.diagnosis import address, database, files, platforms, two_platforms, work
from bot.cli.diagnosis.finding import Level
from bot.kit.ids import seeded_random_bytes
from bot.kit.vault import Vault
from bot.settings import Settings
from bot.store import inbox, key_check, leases, open_store
from bot.store.tables.machinery import outbox
from tests.conftest import NOW


def levels(findings):
    return {one.what: one.level for one in findings}


async def seen(findings):
    return [one async for one in findings]


@pytest.mark.parametrize(
    ("mode", "level"), [(0o600, Level.FINE), (0o640, Level.WORTH_A_LOOK), (0o644, Level.BROKEN)]
)
def test_files_that_others_can_read_are_named(tmp_path_factory, mode, level):
    """A file is open to strangers only if every directory above it is."""
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        secret = Path(folder) / ".env"
        secret.write_text("x")
        secret.chmod(mode)
        found = list(files.look(secrets=[secret], data=[]))
        Path(folder).chmod(0o700)
        hidden = list(files.look(secrets=[secret], data=[]))

    assert [one.level for one in found] == [level]
    assert level is Level.FINE or f"chmod 600 {secret}" in found[0].cure
    assert hidden[0].level is not Level.BROKEN


def test_a_database_that_is_not_there_or_old(tmp_path):
    from sqlalchemy import create_engine, text

    from bot.store.migrate import migrate

    url = f"sqlite+aiosqlite:///{tmp_path}/x.db"
    assert levels(database.look(url, quick=False)) == {"database.reached": Level.BROKEN}
    migrate(url)
    assert set(levels(database.look(url, quick=False)).values()) == {Level.FINE}
    engine = create_engine(f"sqlite:///{tmp_path}/x.db")
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '2026_11_22_1'"))
    engine.dispose()
    assert levels(database.look(url, quick=False))["database.revision"] is Level.BROKEN


def test_a_damaged_file_is_found(sqlite_url):
    with Path(sqlite_url.removeprefix("sqlite+aiosqlite:///")).open("r+b") as file:
        file.seek(4096 * 3)
        file.write(b"\xff" * 4096 * 20)

    assert levels(database.look(sqlite_url, quick=False))["database.whole"] is Level.BROKEN


@pytest.mark.postgres
def test_postgres_without_durability_is_told(postgres_url):
    """The throw-away server of the tests runs with fsync off: doctor says what that means."""
    found = {one.what: one for one in database.look(postgres_url, quick=False)}

    assert found["database.durable"].level is Level.BROKEN
    assert "fsync=off" in found["database.durable"].text


async def test_what_waits_is_told(store, database_url, vault):
    """Late work, quarantined rows, sends that nobody knows of, a connection that was pushed out."""

    async def unit(tx):
        for key in "ab":
            await inbox.receive(tx, vault, Accepted("wecom", key, f"lane{key}", b"x"), now=NOW)
        kept = (await inbox.waiting(tx, vault, "lanea", most=1))[0]
        await inbox.settle(tx, kept, state="quarantined", name="x", reason="y", now=NOW)
        await tx.insert(outbox, {
            "lane_key": "l", "key": "1", "platform": "wecom", "kind": "text", "recipient": "r", "body": b"", "topic": "",
            "created_at": NOW, "due_at": NOW, "attempts": 1, "fence": 1, "rank": 0, "state": "unknown",
        })  # fmt: skip
        await leases.hold(tx, "robot", by="here", now=NOW, for_=timedelta(hours=9))
        await leases.tell(tx, "robot", "kicked", by="here", now=NOW)

    await store.write(unit, within=10)
    soon = levels(await seen(work.look(database_url, vault, NOW + timedelta(seconds=5), quick=False)))
    late = levels(await seen(work.look(database_url, vault, NOW + timedelta(seconds=90), quick=False)))
    stuck = levels(await seen(work.look(database_url, vault, NOW + timedelta(hours=1), quick=False)))

    assert [one["work.deliveries"] for one in (soon, late, stuck)] == list(Level)
    assert soon["work.quarantined"] is soon["work.unknown"] is soon["lease"] is Level.WORTH_A_LOOK
    # Deliveries came, and the chain has no beginning: somebody removed it.
    assert soon["audit.chain"] is Level.BROKEN


@pytest.mark.parametrize(
    ("seconds", "level"), [(0, Level.FINE), (-4, Level.FINE), (20, Level.WORTH_A_LOOK), (-600, Level.BROKEN)]
)
def test_clocks_that_differ(seconds, level):
    assert platforms._clocks("wecom", NOW, NOW + timedelta(seconds=seconds)).level is level


async def test_no_platform_is_worth_a_word():
    from bot.kit.clock import system_clock

    assert levels(await seen(platforms.look(Settings(), system_clock))) == {"platform.on": Level.WORTH_A_LOOK}


@pytest.mark.parametrize(
    ("healthz", "callback", "reached", "called"),
    [
        (200, 401, Level.FINE, Level.FINE),
        (200, 404, Level.FINE, Level.BROKEN),
        (502, 502, Level.BROKEN, None),
        (404, 404, Level.BROKEN, None),
    ],
)
async def test_the_outer_address(healthz, callback, reached, called):
    """A proxy that has nobody behind it, or forwards half, is told apart from one that works."""

    async def healthy(_request):
        return web.Response(status=healthz)

    async def called_back(_request):
        return web.Response(status=callback)

    outer = web.Application()
    outer.router.add_get("/healthz", healthy)
    outer.router.add_get("/callback/wecom", called_back)
    async with TestServer(outer) as server:
        public = f"http://127.0.0.1:{server.port}"
        found = levels(await seen(address.look(public=public, listen="127.0.0.1:9", callbacks=("wecom",))))

    assert found["address.running"] is Level.WORTH_A_LOOK
    assert found["address.https"] is found["address.private"] is Level.WORTH_A_LOOK
    assert found["address.reached"] is reached
    assert found.get("address.callback") is called


async def test_a_months_allowance_that_runs_out_is_told(company):
    """Of what is counted on platforms that are on: well, nearly used, gone."""
    used = {("dingtalk", "calls"): 3500, ("dingtalk", "pushes"): 3000, ("wecom", "calls"): 9}
    found = levels(two_platforms.allowances(company, used, on=frozenset({"dingtalk", "wecom"})))
    assert found == {"month.dingtalk.calls": Level.WORTH_A_LOOK, "month.dingtalk.pushes": Level.BROKEN}
    assert levels(two_platforms.allowances(company, {}, on=frozenset({"dingtalk"}))) == {
        "month.dingtalk.calls": Level.FINE, "month.dingtalk.pushes": Level.FINE,
    }  # fmt: skip
    assert not levels(two_platforms.allowances(company, used, on=frozenset({"wecom"})))
    assert two_platforms.conflicts(2).level is Level.WORTH_A_LOOK


async def test_a_half_damaged_database_is_a_finding_and_no_traceback(tmp_path):
    """Its first pages answer, a table behind them does not."""
    import sqlite3

    from bot.cli.doctor import _examine
    from bot.store.migrate import migrate

    path = tmp_path / "x.db"
    migrate(f"sqlite+aiosqlite:///{path}")
    with sqlite3.connect(path) as db:
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        (page,) = db.execute("SELECT rootpage FROM sqlite_master WHERE name = 'inbox'").fetchone()
        (size,) = db.execute("PRAGMA page_size").fetchone()
    with path.open("r+b") as file:
        file.seek((page - 1) * size)
        file.write(b"\xff" * size)
    settings = Settings(database_url=f"sqlite+aiosqlite:///{path}", secret_key="k" * 32)

    quick = levels(await _examine(settings, quick=True, say=lambda _: None))
    whole = levels(await _examine(settings, quick=False, say=lambda _: None))

    assert quick["database.read"] is Level.BROKEN
    assert whole["database.whole"] is Level.BROKEN
    assert "database.read" not in whole


async def test_another_key_is_named(tmp_path):
    """The database was begun with one, and doctor is run with another."""
    from bot.cli.doctor import _examine
    from bot.store.migrate import migrate

    url = f"sqlite+aiosqlite:///{tmp_path}/x.db"
    migrate(url)
    vault = Vault(["first" * 8], seeded_random_bytes(1))
    store = open_store(url)
    try:
        await store.write(lambda tx: key_check.keep(tx, vault))
    finally:
        await store.close()

    right = levels(await _examine(Settings(database_url=url, secret_key="first" * 8), quick=True, say=print))
    wrong = levels(await _examine(Settings(database_url=url, secret_key="other" * 8), quick=True, say=print))

    assert right["database.key"] is Level.FINE
    assert wrong["database.key"] is Level.BROKEN


async def test_an_address_without_its_beginning_is_named():
    """People write crm.example.com."""
    found = await seen(address.look(public="crm.example.com", listen="127.0.0.1:1", callbacks=()))
    assert levels(found)["address.public"] is Level.BROKEN
    assert "https://" in found[-1].cure
