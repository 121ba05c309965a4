"""A journey of three steps (wait, branch, send) on SQLite with every commit durable, beside the bare limit.

The limit is one UPDATE of all due rows with one INSERT … SELECT into the log and one into the outbox for each
of the three steps: no decision, no condition, one statement for everybody. The engine is measured twice: its
messages as rows of the outbox, and decided by the planner with consent, caps and windows.
"""

from __future__ import annotations

import asyncio
import json
import sqlite3
import tempfile
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from pathlib import Path
from statistics import median
from typing import Any

import structlog

from bench import figures
from bot.crm.company import Company
from bot.crm.company.journeys import Journey
from bot.crm.company.load import load
from bot.crm.touching import Intent, Planned, Verdict
from bot.journeys import engine
from bot.journeys.book import Shelf
from bot.journeys.step import Memory
from bot.kit.ids import seeded_random_bytes
from bot.kit.vault import Vault
from bot.store import Tx, enrollments, open_store
from bot.store.desk import Desk
from bot.store.enrollments import Row
from bot.store.migrate import migrate
from bot.store.tables.leads import leads as leads_table
from bot.store.tables.machinery import outbox
from bot.touch.request import request as planner

AIM = figures.Aim("≥ 25,000/s", lambda found: found >= 25_000)
FLAT = figures.at_most(1.3, "×")
NOW = datetime(2026, 11, 18, 2, 0, tzinfo=timezone.utc)
_CONFIG = Path(__file__).resolve().parent.parent / "config"
_TEXTS = (
    *("name", "company", "company_key", "title", "phone_masked", "email_masked", "province"),
    *("city", "region", "industry", "source", "campaign", "form", "tier", "lifecycle", "last_behaviour"),
)
_STEPS = [
    {"wait": "1天"},
    {"branch": [{"when": {"field": "score", "op": ">=", "value": 0}, "steps": []}], "else": [{"exit": "否"}]},
    {"touch": "product_intro"},
]
_BATCH = 500
_MOVE = "UPDATE e SET place = place + 1, due_at = ? WHERE state = 'running' AND due_at <= ?"
_LOG = "INSERT INTO log SELECT id, place, 'next', ? FROM e WHERE state = 'running' AND due_at <= ?"
_SEND = (
    "INSERT INTO box (key, body) SELECT id || ':touch', 'x' FROM e WHERE state = 'running' AND due_at <= ?"
)
Request = Callable[[Desk, Intent], Awaitable[Verdict]]


def run(*, rounds: int, people: int) -> bool:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(40))
    raw, plain, planned = [], [], []
    for _ in range(rounds):
        raw.append(_raw(people))
        plain.append(asyncio.run(_engine(people, _posted)))
        planned.append(asyncio.run(_engine(max(people // 20, 100), planner)))
    limit = median(raw)
    figures.show(
        f"Three-step journey, {people:,} people, SQLite synchronous=FULL",
        ("who", "steps per second", "spread", "of the limit", "aim"),
        [
            ("set-based SQL, no decisions", f"{limit:,.0f}", f"{figures.spread(raw):.0f} %", "", ""),
            ("the engine, messages as rows", f"{median(plain):,.0f}", f"{figures.spread(plain):.0f} %",
             f"{median(plain) / limit:.3f}×", figures.verdict(median(plain), AIM)),
            ("the engine, messages planned", f"{median(planned):,.0f}", f"{figures.spread(planned):.0f} %",
             f"{median(planned) / limit:.3f}×", ""),
        ],
    )  # fmt: skip
    return AIM.met(median(plain)) & _picking(rounds)


def _raw(people: int) -> float:
    """One statement for everybody, three times, each durable."""
    with tempfile.TemporaryDirectory() as directory:
        db = sqlite3.connect(Path(directory) / "raw.db", isolation_level=None)
        for pragma in ("journal_mode=WAL", "synchronous=FULL"):
            db.execute(f"PRAGMA {pragma}")
        db.execute("CREATE TABLE e (id TEXT PRIMARY KEY, place INTEGER, due_at TEXT, state TEXT)")
        db.execute("CREATE INDEX due ON e (due_at, id) WHERE state = 'running'")
        db.execute("CREATE TABLE log (id TEXT, place INTEGER, outcome TEXT, at TEXT)")
        db.execute("CREATE TABLE box (id INTEGER PRIMARY KEY, key TEXT UNIQUE, body TEXT)")
        db.execute("BEGIN")
        rows = ((f"{n:026d}", 0, "2026-11-18T01", "running") for n in range(people))
        db.executemany("INSERT INTO e VALUES (?, ?, ?, ?)", rows)
        db.execute("COMMIT")
        begun = time.perf_counter()
        for step in range(3):
            db.execute("BEGIN IMMEDIATE")
            if step == 2:
                db.execute(_SEND, ("2026-11-18T02",))
            db.execute(_LOG, ("2026-11-18T02", "2026-11-18T02"))
            db.execute(_MOVE, ("2026-11-18T01" if step < 2 else "2027", "2026-11-18T02"))
            db.execute("COMMIT")
        took = time.perf_counter() - begun
        db.close()
    return 3 * people / took


async def _posted(desk: Desk, intent: Intent) -> Verdict:
    row = {
        "lane_key": intent.lead_id, "key": intent.key, "platform": "bench", "kind": "text", "recipient": "x",
        "body": b"x", "topic": "", "created_at": desk.now, "due_at": desk.now, "rank": 1, "state": "pending",
        "attempts": 0, "fence": 0,
    }  # fmt: skip
    await desk.tx.insert_new(outbox, row)
    return Planned(touch_id=intent.key, channel="email", at=desk.now)


async def _engine(people: int, request: Request) -> float:
    """The same three steps by the engine, from the end of the wait on."""
    with tempfile.TemporaryDirectory() as directory:
        url = f"sqlite+aiosqlite:///{Path(directory) / 'engine.db'}"
        migrate(url)
        store, company = open_store(url, unit_span=600), _company()
        vault = Vault(["a secret that is long enough for this"], seeded_random_bytes(1))
        chance = seeded_random_bytes(2)

        def desk(tx: Tx) -> Desk:
            return Desk(tx=tx, company=company, now=NOW, vault=vault, random_bytes=chance)

        shelf, steps = Shelf(), 0
        await store.write(lambda tx: engine.define(desk(tx), shelf), within=600)
        await store.write(lambda tx: _fill(desk(tx), people), within=600)
        begun = time.perf_counter()
        while True:
            made = await store.write(
                lambda tx: engine.step(desk(tx), shelf, request, most=_BATCH), within=600
            )
            steps += made.steps
            if not made.people:
                break
        took = time.perf_counter() - begun
        await store.close()
    assert steps == 3 * people, steps
    return steps / took


def _company() -> Company:
    text = {"name": "三步", "enter": [{"manual": True}], "steps": _STEPS}
    made = Journey.model_validate_json(json.dumps(text))
    return replace(load(_CONFIG), journeys={"three": made})


async def _fill(desk: Desk, people: int) -> None:
    values: dict[str, Any] = {
        **dict.fromkeys(_TEXTS, ""),
        "status": "new",
        "custom": {},
        "score": 10,
        "epoch": 0,
    }
    values |= {"created_at": desk.now, "changed_at": desk.now}
    for start in range(0, people, 2_000):
        these = range(start, min(start + 2_000, people))
        await desk.tx.insert_all(leads_table, [{**values, "id": f"L{n}"} for n in these])
        for n in these:
            await enrollments.enter(desk.tx, _waiting(n, NOW - timedelta(minutes=1)))


def _waiting(n: int, due: datetime) -> Row:
    memory = Memory(times={"wait": 1}, waits="wait")
    return Row(
        id=f"{n:026d}", journey="three", version=1, lead_id=f"L{n}", person=f"L{n}",
        entered_at=NOW - timedelta(days=1), place="wait", due_at=due, memory=memory.spell(),
    )  # fmt: skip


def _picking(rounds: int) -> bool:
    """How long it takes to pick 500 due ones out of ten thousand and out of a million waiting."""
    took = {size: asyncio.run(_picked(size, rounds)) for size in (10_000, 1_000_000)}
    small, large = (median(took[size]) for size in sorted(took))
    figures.show(
        "Picking 500 due rows, processor time",
        ("waiting", "median", "spread", "ratio", "aim"),
        [
            ("10,000", f"{small * 1000:.2f} ms", f"{figures.spread(took[10_000]):.0f} %", "", ""),
            ("1,000,000", f"{large * 1000:.2f} ms", f"{figures.spread(took[1_000_000]):.0f} %",
             f"{large / small:.2f}×", figures.verdict(large / small, FLAT)),
        ],
    )  # fmt: skip
    return FLAT.met(large / small)


async def _picked(waiting: int, rounds: int) -> list[float]:
    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory) / "picking.db"
        migrate(f"sqlite+aiosqlite:///{path}")
        db = sqlite3.connect(path, isolation_level=None)
        db.execute("PRAGMA synchronous=OFF")
        db.execute("BEGIN")
        late, soon = "2027-11-18T02:00:00.000000Z", "2026-11-18T01:00:00.000000Z"
        rows = ((f"{n:026d}", f"L{n}", f"L{n}", soon if n < _BATCH else late) for n in range(waiting))
        db.executemany(
            "INSERT INTO journey_enrollments (id, journey, version, lead_id, person, slot, state, place,"
            " due_at, woken, entered_at, ended_how, memory, n) VALUES (?, 'three', 1, ?, ?, '', 'running',"
            " 'wait', ?, '', '2026-11-17T02:00:00.000000Z', '', '{}', 1)",
            rows,
        )
        db.execute("COMMIT")
        db.close()
        store = open_store(f"sqlite+aiosqlite:///{path}", unit_span=600)
        found = [await store.write(_pick, within=600) for _ in range(rounds * 5 + 1)]
        await store.close()
    return found[1:]


async def _pick(tx: Tx) -> float:
    begun = time.thread_time()
    rows = await enrollments.due(tx, now=NOW, most=_BATCH)
    took = time.thread_time() - begun
    assert len(rows) == _BATCH, len(rows)
    return took
