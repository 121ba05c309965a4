"""Segments on SQLite: a narrow one beside the same question in bare SQL, and keeping live ones up to date.

The narrow one: a tag, a score, an event within thirty days, no purchase. Bare SQL is what somebody would
write by hand over the same tables and indexes, without merged leads, accounts or won opportunities.
"""

from __future__ import annotations

import asyncio
import json
import random
import sqlite3
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from pathlib import Path
from statistics import median
from typing import Any

import structlog
from sqlalchemy import func, select
from sqlalchemy.dialects import sqlite

from bench import figures
from bot.crm.company import Company
from bot.crm.company.load import load
from bot.crm.company.segments import Segments
from bot.kit.ids import seeded_random_bytes
from bot.kit.vault import Vault
from bot.store import Tx, open_store, segments
from bot.store.conditions import Question, question
from bot.store.desk import Desk
from bot.store.migrate import migrate
from bot.store.statement import Compiled
from bot.store.tables.leads import leads as leads_table

AIM = figures.at_most(1.6, "× bare SQL")
RATE = figures.Aim("≥ 1,000/s", lambda found: found >= 1000)
NOW = datetime(2026, 11, 18, 2, 0, tzinfo=timezone.utc)
_CONFIG = Path(__file__).resolve().parent.parent / "config"
_TAGS = ("价格敏感", "决策人", "采购", "有计划", "看重服务")
_EVENTS = ("mail_opened", "pricing_page_viewed", "key_page_viewed", "handbook_downloaded")
_TEXTS = (
    *("status", "name", "company", "company_key", "title", "phone_masked", "email_masked", "province"),
    *("city", "region", "industry", "source", "campaign", "form", "tier", "lifecycle", "last_behaviour"),
)
_OTHERS = ("custom", "score", "epoch", "last_behaviour_at", "created_at", "changed_at")
NARROW = {
    "all": [
        {"field": "tags", "op": "contains", "value": "价格敏感"},
        {"field": "score", "op": ">=", "value": 80},
        {"event": "pricing_page_viewed", "within_days": 30},
        {"field": "order_count", "op": "=", "value": 0},
    ]
}
_BARE = """
SELECT count(*) FROM leads WHERE score >= 80
AND EXISTS (SELECT 1 FROM lead_tags t WHERE t.lead_id = leads.id AND t.tag = '价格敏感')
AND EXISTS (SELECT 1 FROM behaviours b
  WHERE b.lead_id = leads.id AND b.event = 'pricing_page_viewed' AND b.at > ?)
AND NOT EXISTS (SELECT 1 FROM orders o WHERE o.lead_id = leads.id)
"""
_LIVE = {
    "narrow": NARROW,
    "eager": {"event": "pricing_page_viewed", "times": ">=", "value": 3, "within_days": 30},
    "active": {"since": "last_behaviour_at", "within_days": 30},
}


def run(*, rounds: int, leads: int, events: int) -> bool:
    # Units of thousands are slow on purpose here.
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(30))
    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory) / "segments.db"
        migrate(f"sqlite+aiosqlite:///{path}")
        begun = time.perf_counter()
        _fill(path, leads, events)
        print(f"{leads:,} leads and {events:,} events put down in {time.perf_counter() - begun:.0f} s")
        met = _narrow(path, rounds)
        return asyncio.run(_kept(path, rounds, leads)) and met


def _narrow(path: Path, rounds: int) -> bool:
    company = load(_CONFIG)
    asked: Question = question(_company(company, {"narrow": NARROW}).segments.live[0].when, company.registry)
    inside = select(func.count()).where(asked.where, leads_table.c.merged_into.is_(None))
    text, bound = Compiled(inside, sqlite.dialect()).bound(asked.params(NOW))
    db = sqlite3.connect(path)
    db.execute("PRAGMA cache_size=-262144")
    after = _spelled(NOW - timedelta(days=30))
    ours, bare = [], []
    for _ in range(rounds + 1):
        found = []
        for took, statement, given in ((bare, _BARE, (after,)), (ours, text, bound)):
            begun = time.thread_time()
            found.append(db.execute(statement, given).fetchone()[0])
            took.append(time.thread_time() - begun)
        assert found[0] == found[1] > 0, found
    db.close()
    ratios = [a / b for a, b in zip(ours[1:], bare[1:], strict=True)]
    figures.show(
        f"Narrow segment, {found[0]:,} people in it, processor time",
        ("who", "median", "spread", "ratio", "aim"),
        [
            ("bare SQL", f"{median(bare[1:]) * 1000:.1f} ms", f"{figures.spread(bare[1:]):.0f} %", "", ""),
            ("the condition as SQL", f"{median(ours[1:]) * 1000:.1f} ms", f"{figures.spread(ratios):.0f} %",
             f"{median(ratios):.2f}×", figures.verdict(median(ratios), AIM)),
        ],
    )  # fmt: skip
    return AIM.met(median(ratios))


async def _kept(path: Path, rounds: int, leads: int) -> bool:
    """Behaviour rows with the leads' last behaviour, then the keeper until nothing is marked."""
    company, dice = _company(load(_CONFIG), _LIVE), random.Random(3)
    vault = Vault(["a secret that is long enough for this"], seeded_random_bytes(1))
    store = open_store(f"sqlite+aiosqlite:///{path}", unit_span=600)
    counter = iter(range(10**9))

    def desk(tx: Tx) -> Desk:
        return Desk(tx=tx, company=company, now=NOW, vault=vault, random_bytes=seeded_random_bytes(1))

    await store.write(lambda tx: segments.define(desk(tx)), within=600)
    begun = time.perf_counter()
    while await store.write(lambda tx: segments.walk(desk(tx), at_most=2000), within=600):
        pass
    walked = leads / (time.perf_counter() - begun)
    rates = []
    for _ in range(rounds):
        batch = [_event(dice, leads, next(counter)) for _ in range(2000)]
        await store.write(lambda tx, batch=batch: _insert(tx, batch), within=600)
        begun = time.perf_counter()
        while await store.write(lambda tx: segments.follow_marks(desk(tx), at_most=500), within=600):
            pass
        rates.append(len(batch) / (time.perf_counter() - begun))
    await store.close()
    figures.show(
        f"{len(_LIVE)} live segments over {leads:,} leads",
        ("what", "per second", "spread", "", "aim"),
        [
            ("leads looked through when defined anew", f"{walked:,.0f}", "", "", ""),
            ("events followed", f"{median(rates):,.0f}", f"{figures.spread(rates):.0f} %", "",
             figures.verdict(median(rates), RATE)),
        ],
    )  # fmt: skip
    return RATE.met(median(rates))


async def _insert(tx: Tx, batch: list[dict[str, Any]]) -> None:
    from bot.store.tables.behaviour import behaviours

    await tx.insert_all_new(behaviours, batch)


def _event(dice: random.Random, leads: int, n: int) -> dict[str, Any]:
    return {"message_id": f"live-{n}", "lead_id": f"L{int(leads * dice.random() ** 2)}", "visitor": None,
            "event": dice.choice(_EVENTS), "object": "", "channel": "web", "properties": {}, "at": NOW,
            "received_at": NOW}  # fmt: skip


def _company(company: Company, live: dict[str, Any]) -> Company:
    found = [{"key": key, "name": key, "when": when, "live": True} for key, when in live.items()]
    return replace(company, segments=Segments.model_validate_json(json.dumps({"segments": found})))


def _fill(path: Path, leads: int, events: int) -> None:
    """Straight into the file: three tags a lead, events over a year that lean to few leads, few orders."""
    dice = random.Random(2)
    db = sqlite3.connect(path)
    db.execute("PRAGMA synchronous=OFF")
    columns = ("id", *_TEXTS, *_OTHERS)
    places, marks = ", ".join(columns), ", ".join("?" * len(columns))
    statement = f"INSERT INTO leads ({places}) VALUES ({marks})"  # noqa: S608 - our own names
    db.executemany(statement, _leads(dice, leads))
    tagged = ((f"L{n}", tag, "r", "", _spelled(NOW)) for n in range(leads) for tag in dice.sample(_TAGS, 3))
    db.executemany("INSERT INTO lead_tags VALUES (?, ?, ?, ?, ?)", tagged)
    db.executemany(
        "INSERT INTO behaviours (message_id, lead_id, event, object, channel, properties, at, received_at)"
        " VALUES (?, ?, ?, '', 'web', '{}', ?, ?)",
        _events(dice, leads, events),
    )
    bought = ((f"O{n}", f"L{dice.randrange(leads)}", _spelled(NOW)) for n in range(leads // 60))
    db.executemany(
        "INSERT INTO orders (id, lead_id, product, amount, ordered_at, created_at)"
        " VALUES (?1, ?2, '', 100, ?3, ?3)",
        bought,
    )
    db.commit()
    db.execute("ANALYZE")
    db.close()


def _leads(dice: random.Random, count: int) -> Iterator[tuple[Any, ...]]:
    now, blank = _spelled(NOW), ("",) * (len(_TEXTS) - 1)
    for n in range(count):
        seen = _spelled(NOW - timedelta(minutes=dice.randrange(60 * 24 * 365)))
        yield (f"L{n}", "new", *blank, "{}", dice.randrange(100), 0, seen, now, now)


def _events(dice: random.Random, leads: int, count: int) -> Iterator[tuple[str, str, str, str, str]]:
    for n in range(count):
        at = _spelled(NOW - timedelta(minutes=dice.randrange(60 * 24 * 365)))
        yield f"e{n}", f"L{int(leads * dice.random() ** 2)}", dice.choice(_EVENTS), at, at


def _spelled(at: datetime) -> str:
    return at.isoformat(timespec="microseconds")[:-6] + "Z"
