"""A manager's dashboard on SQLite: each number from the sums that are kept, beside the same number counted.

Both are asked in the same process, in turn, from the same snapshot; the answers must be equal. Processor
time of all threads of the process, so that the driver's thread counts and other people's work does not.
"""

from __future__ import annotations

import asyncio
import random
import sqlite3
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

import structlog

from bench import figures
from bot.crm.company import Company
from bot.crm.company.load import load
from bot.crm.query import Period, Query
from bot.crm.user import Role, User
from bot.kit.ids import seeded_random_bytes
from bot.kit.vault import Vault
from bot.store import Store, Tx, open_store
from bot.store.desk import Desk
from bot.store.metrics.guard import permit
from bot.store.metrics.registry import MEASURES
from bot.store.metrics.sums import asked_of, count, sums
from bot.store.migrate import migrate
from bot.worker.rollups import RollupKeeper

RATIO = figures.at_least(250)
EACH = figures.at_most(5, "ms")
NOW = datetime(2026, 11, 18, 2, 0, tzinfo=timezone.utc)
_CONFIG = Path(__file__).resolve().parent.parent / "config"
_REGIONS = ("华东大区", "华南大区", "华北大区", "西部大区", "华中大区")
_SOURCES = ("官网", "抖音", "展会", "百度推广", "公众号", "转介绍", "小红书", "电话")
_INDUSTRIES = ("制造", "软件", "零售", "教育", "医疗", "")
_PRODUCTS, _CAMPAIGNS = ("专业版", "旗舰版", "标准版"), ("双十一", "秋季巡展", "")
_OWNERS, _TEAMS_A_REGION, _DAYS = 200, 4, 365
_MINE: dict[str, tuple[str | int, ...]] = {"region": (_REGIONS[0],)}
_MONTH = Period(date(2026, 11, 1), date(2026, 12, 1))
_QUARTER = Period(date(2026, 10, 1), date(2027, 1, 1))
_YEAR = Period(date(2026, 1, 1), date(2027, 1, 1))
_BOSS = User(id="boss", name="", role=Role.EXECUTIVE, region="", team="")
DASHBOARD: dict[str, Query] = {
    "new leads by day, this month": Query(metrics=("new_leads",), by=("day",), where=_MINE, period=_MONTH),
    "new leads by source, this quarter": Query(
        metrics=("new_leads",), by=("source",), where=_MINE, period=_QUARTER
    ),
    "follow-ups by person, this month": Query(
        metrics=("follow_ups",), by=("owner",), where=_MINE, period=_MONTH
    ),
    "first response by team, this quarter": Query(
        metrics=("first_response_minutes",), by=("team",), where=_MINE, period=_QUARTER
    ),
    "on time by person, this month": Query(
        metrics=("on_time_rate",), by=("owner",), where=_MINE, period=_MONTH
    ),
    "win rate by team, this quarter": Query(
        metrics=("win_rate",), by=("team",), where=_MINE, period=_QUARTER
    ),
    "won amount by month, this year": Query(
        metrics=("won_amount",), by=("month",), where=_MINE, period=_YEAR
    ),
    "funnel, this year": Query(metrics=("funnel",), where=_MINE, period=_YEAR),
}


def run(*, rounds: int, leads: int) -> bool:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(40))
    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory) / "dashboards.db"
        migrate(f"sqlite+aiosqlite:///{path}")
        begun = time.perf_counter()
        rows = _fill(path, leads)
        print(
            f"{leads:,} leads and {rows:,} rows of their work put down in {time.perf_counter() - begun:.0f} s"
        )
        return asyncio.run(_measured(path, rounds, leads))


@dataclass
class _Bench:
    """What the keeper needs of a bench; its seconds stand still, so no book rests."""

    store: Store
    company: Company
    vault: Vault
    poll: float = 0.01

    def clock(self) -> datetime:
        return NOW

    def monotonic(self) -> float:
        return 0.0

    def desk(self, tx: Tx) -> Desk:
        random_bytes = seeded_random_bytes(1)
        return Desk(tx=tx, company=self.company, now=NOW, vault=self.vault, random_bytes=random_bytes)


async def _measured(path: Path, rounds: int, leads: int) -> bool:
    vault = Vault(["a secret that is long enough for this"], seeded_random_bytes(1))
    store = open_store(f"sqlite+aiosqlite:///{path}", unit_span=600)
    bench = _Bench(store, load(_CONFIG), vault)
    begun, keeper = time.perf_counter(), RollupKeeper(bench)  # type: ignore[arg-type]
    await keeper.define()
    while await keeper.step():
        pass
    print(f"All of it worked out from the beginning in {time.perf_counter() - begun:.0f} s")
    _size(path)
    try:
        return await _compared(bench, rounds, leads)
    finally:
        await store.close()


def _size(path: Path) -> None:
    db = sqlite3.connect(path)
    found = [
        db.execute(f"SELECT count(*) FROM {name}").fetchone()[0]  # noqa: S608 - our own names
        for name in ("rollup_days", "rollup_months")
    ]
    db.close()
    print(f"{found[0]:,} cells of days, {found[1]:,} of months")


async def _compared(bench: _Bench, rounds: int, leads: int) -> bool:
    kept: dict[str, list[float]] = {name: [] for name in DASHBOARD}
    counted: dict[str, list[float]] = {name: [] for name in DASHBOARD}
    for _ in range(rounds + 1):
        async with bench.store.read() as tx:
            for name, query in DASHBOARD.items():
                allowed = await permit(tx, query, _BOSS, bench.company)
                measure = MEASURES[query.metrics[0]]
                fast = partial(sums, tx, allowed, measure, query.period, now=NOW)
                slow = partial(count, tx, allowed, measure, asked_of(allowed, query.period), now=NOW)
                one, other = await _timed(fast, kept[name]), await _timed(slow, counted[name])
                assert one == other, name
    lines = []
    for name in DASHBOARD:
        ours, theirs = kept[name][1:], counted[name][1:]
        ratios = [b / a for a, b in zip(ours, theirs, strict=True)]
        lines.append(
            (name, f"{median(ours) * 1000:.2f} ms", f"{figures.spread(ours):.0f} %",
             f"{median(theirs) * 1000:.0f} ms", f"{figures.spread(theirs):.0f} %",
             f"{median(ratios):,.0f}×", figures.verdict(median(ours) * 1000, EACH))
        )  # fmt: skip
    whole = [
        sum(counted[name][n] for name in DASHBOARD) / sum(kept[name][n] for name in DASHBOARD)
        for n in range(1, rounds + 1)
    ]
    ours, theirs = (
        [sum(found[name][n] for name in DASHBOARD) for n in range(1, rounds + 1)] for found in (kept, counted)
    )
    lines.append(
        ("all of it", f"{median(ours) * 1000:.1f} ms", f"{figures.spread(ours):.0f} %",
         f"{median(theirs) * 1000:,.0f} ms", f"{figures.spread(whole):.0f} %", f"{median(whole):,.0f}×",
         figures.verdict(median(whole), RATIO))
    )  # fmt: skip
    figures.show(
        f"A manager's dashboard over {leads:,} leads, processor time",
        ("number", "kept", "spread", "counted", "spread", "ratio", "aim"),
        lines,
    )
    slowest = max(median(kept[name][1:]) for name in DASHBOARD) * 1000
    return RATIO.met(median(whole)) and EACH.met(slowest)


async def _timed(ask: Callable[[], Awaitable[Any]], took: list[float]) -> Any:
    begun = time.process_time()
    found = await ask()
    took.append(time.process_time() - begun)
    return found


def _fill(path: Path, leads: int) -> int:
    """Straight into the file: a year of leads with an owner each, and what came of them."""
    dice = random.Random(4)
    db = sqlite3.connect(path)
    db.execute("PRAGMA synchronous=OFF")
    db.execute("PRAGMA cache_size=-262144")
    for table, rows in (
        ("leads", _leads(dice, leads)),
        ("tenures", _tenures(leads)),
        ("follow_ups", _follow_ups(dice, 2 * leads)),
        ("tasks", _tasks(dice, leads)),
        ("opportunities", _deals(dice, leads // 10)),
        ("quotes", _quotes(dice, leads // 15)),
    ):
        first = next(rows)
        places, marks = ", ".join(first), ", ".join("?" * len(first))
        db.execute(f"INSERT INTO {table} ({places}) VALUES ({marks})", tuple(first.values()))  # noqa: S608 - our own names
        db.executemany(
            f"INSERT INTO {table} ({places}) VALUES ({marks})",  # noqa: S608 - our own names
            (tuple(row.values()) for row in rows),
        )
        db.commit()
    found = sum(
        db.execute(f"SELECT count(*) FROM {name}").fetchone()[0]  # noqa: S608 - our own names
        for name in ("tenures", "follow_ups", "tasks", "opportunities", "quotes")
    )
    db.execute("ANALYZE")
    db.close()
    return int(found)


def _whose(n: int) -> dict[str, Any]:
    owner = n * 7919 % _OWNERS
    region = owner % len(_REGIONS)
    team = f"{_REGIONS[region][:2]}{owner // len(_REGIONS) % _TEAMS_A_REGION + 1}组"
    return {"owner_id": f"u{owner}", "team": team, "region": _REGIONS[region]}


def _at(n: int, total: int) -> datetime:
    """Evenly over the year, in working hours of Shanghai."""
    day = n * _DAYS // total
    return NOW - timedelta(days=_DAYS - day, hours=1) + timedelta(minutes=n * 37 % 480)


def _later(at: datetime, days: int) -> datetime | None:
    """Nothing has happened yet that is still to come."""
    found = at + timedelta(days=days)
    return found if found < NOW else None


def _leads(dice: random.Random, count: int) -> Iterator[dict[str, Any]]:
    blank = (
        *("name", "company", "company_key", "title", "phone_masked", "email_masked", "province", "city"),
        *("form", "tier", "lifecycle", "last_behaviour"),
    )
    for n in range(count):
        at, whose = _at(n, count), _whose(n)
        mql = _later(at, dice.randrange(1, 20)) if dice.random() < 0.4 else None
        sql = _later(mql, 3) if mql and dice.random() < 0.5 else None
        yield {
            **dict.fromkeys(blank, ""), "id": f"L{n}", "status": "working", "region": whose["region"],
            "industry": _INDUSTRIES[n % 6], "source": _SOURCES[n * 31 % 8], "campaign": _CAMPAIGNS[n % 3],
            "custom": "{}", "score": 0, "owner_id": whose["owner_id"], "epoch": 1, "created_at": _spelled(at),
            "changed_at": _spelled(at), "marketing_qualified_at": mql and _spelled(mql),
            "sales_qualified_at": sql and _spelled(sql),
        }  # fmt: skip


def _tenures(count: int) -> Iterator[dict[str, Any]]:
    for n in range(count):
        yield {"lead_id": f"L{n}", "epoch": 1, **_whose(n), "how": "claimed", "by": "", "reason": "",
               "from_at": _spelled(_at(n, count))}  # fmt: skip


def _follow_ups(dice: random.Random, count: int) -> Iterator[dict[str, Any]]:
    for n in range(count):
        lead = n // 2
        yield {"id": f"F{n}", "lead_id": f"L{lead}", "user_id": _whose(lead)["owner_id"], "kind": "call",
               "text": b"", "at": _spelled(_at(n, count) + timedelta(minutes=dice.randrange(30))),
               "response_minutes": dice.randrange(120) if n % 2 == 0 else None, **_whose(lead)}  # fmt: skip


def _tasks(dice: random.Random, count: int) -> Iterator[dict[str, Any]]:
    for n in range(count):
        due = _at(n, count) + timedelta(minutes=5)
        done = due + timedelta(hours=dice.choice((-1, 0, 30)))
        yield {"id": f"T{n}", "lead_id": f"L{n}", "title": b"", "due_at": _spelled(due), "whole_day": 0,
               "is_urgent": 0, "state": "done", "created_at": _spelled(due), "created_by": "",
               "done_at": _spelled(done), **_whose(n)}  # fmt: skip


def _deals(dice: random.Random, count: int) -> Iterator[dict[str, Any]]:
    for n in range(count):
        at, whose = _at(n, count), _whose(n * 10)
        closed = _later(at, dice.randrange(1, 30))
        won = dice.choice((1, 1, 0, None)) if closed else None
        kept = {f"{when}_{key}": value for when in ("created", "closed") for key, value in whose.items()}
        yield {
            **kept, "id": f"D{n}", "account_id": f"A{n % 5000}", "lead_id": f"L{n * 10}", "name": "",
            "owner_id": whose["owner_id"], "product": _PRODUCTS[n % 3], "stage": "初步接触",
            "currency": "CNY", "amount": dice.randrange(10_000, 9_000_000), "source": _SOURCES[n % 8],
            "campaign": "", "industry": "", "created_at": _spelled(at), "stage_since": _spelled(at),
            "won": won, "closed_at": None if won is None or closed is None else _spelled(closed),
        }  # fmt: skip


def _quotes(dice: random.Random, count: int) -> Iterator[dict[str, Any]]:
    for n in range(count):
        yield {"id": f"Q{n}", "opportunity_id": f"D{dice.randrange(count)}", "amount": 100, "discount": 0,
               "product": "", "by": "", "at": _spelled(_at(n, count))}  # fmt: skip


def _spelled(at: datetime) -> str:
    return at.isoformat(timespec="microseconds")[:-6] + "Z"
