"""The MineThatData e-mail test through the results of a journey: the same figures as reckoned by themselves.

64,000 customers, two e-mails and a hold-out, as an experiment of three arms in a published journey: people
as leads, arms as steps made, visits as the goal, spend as orders. What the product then says of rates,
differences, intervals and money is set beside plain sums over the file and SciPy's intervals. Then the
parting is broken on purpose: a twentieth of one arm is left out, and the alarm must ring.

Usage: python tools/realdata_results.py DIR
"""

from __future__ import annotations

import asyncio
import csv
import json
import logging
import math
import sys
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from typing import Any

import structlog
from realdata import ROOT
from scipy import stats
from sqlalchemy import delete

from bot.crm.company import Company
from bot.crm.company.journeys import Journey
from bot.crm.company.load import load
from bot.insight.results.outline import HOLD_OUT
from bot.insight.results.report import Report, report
from bot.journeys.outline import outline_of
from bot.kit.ids import system_random_bytes
from bot.kit.vault import Vault
from bot.store import Store, journeys, open_store
from bot.store.desk import Desk
from bot.store.migrate import migrate
from bot.store.tables.imports import orders
from bot.store.tables.journeys import journey_enrollments, journey_steps
from bot.store.tables.leads import leads
from bot.store.tables.results import journey_goals

NOW = datetime(2026, 11, 22, 2, 0, tzinfo=timezone.utc)
DAY = timedelta(days=1)
ARMS = {"Mens E-Mail": "Mens", "Womens E-Mail": "Womens", "No E-Mail": HOLD_OUT}
KEY = "mail_test"
JOURNEY = {
    "name": "邮件试验",
    "enter": [{"manual": True}],
    "goal": {"event": "pricing_page_viewed"},
    "goal_days": 14,
    "steps": [
        {
            "split": "邮件",
            "arms": [
                {"name": "Mens", "percent": 33.3, "steps": [{"touch": "product_intro"}]},
                {"name": "Womens", "percent": 33.3, "steps": [{"touch": "case_story"}]},
            ],
            "hold_out": 33.4,
        }
    ],
}
#: Published with the data: visit, conversion and spend per head, rounded.
KNOWN = {
    "Mens": (18.28, 1.25, 1.42), "Womens": (15.14, 0.88, 1.08), HOLD_OUT: (10.62, 0.57, 0.65),
}  # fmt: skip
_NEAR, _CHUNK = 1e-9, 8_000


def people(file: Path) -> list[dict[str, Any]]:
    """Each customer: his arm, whether he visited, what he spent."""
    with file.open(encoding="utf-8-sig", newline="") as rows:
        return [
            {"arm": ARMS[row["segment"]], "visit": row["visit"] == "1", "spend": Decimal(row["spend"])}
            for row in csv.DictReader(rows)
        ]


async def filled(url: str, those: Sequence[dict[str, Any]]) -> tuple[Store, Company, Vault]:
    """A store in which all this has happened."""
    migrate(url)
    store = open_store(url)
    vault = Vault(["a key for public data alone"], system_random_bytes)
    company = replace(load(ROOT / "config"), journeys={KEY: _journey()})

    async def publish(tx: Any) -> None:  # noqa: ANN401 - a unit's hands
        desk = Desk(tx=tx, company=company, now=NOW - 20 * DAY, vault=vault, random_bytes=system_random_bytes)
        await journeys.publish(desk, KEY, _journey(), by="realdata")

    await store.write(publish, within=60)
    for begin in range(0, len(those), _CHUNK):
        rows = list(_rows(begin, those[begin : begin + _CHUNK]))

        async def pour(tx: Any, rows: list[dict[Any, Any]] = rows) -> None:  # noqa: ANN401 - a unit's hands
            for table in (leads, journey_enrollments, journey_steps, journey_goals, orders):
                await tx.insert_all(table, [row[table] for row in rows if table in row])

        await store.write(pour, within=60)
    return store, company, vault


def _journey() -> Journey:
    return Journey.model_validate_json(json.dumps(JOURNEY))


def _rows(first: int, those: Iterable[dict[str, Any]]) -> Iterable[dict[Any, Any]]:
    entered = NOW - 15 * DAY
    empty = dict.fromkeys((one.name for one in leads.c if not one.nullable), "")
    for n, one in enumerate(those, first):
        lead, way = f"L{n}", f"{n:026d}"
        made: dict[Any, Any] = {
            leads: {
                **empty, "id": lead, "status": "working", "score": 0, "custom": {}, "epoch": 0,
                "created_at": entered, "changed_at": entered,
            },
            journey_enrollments: {
                "id": way, "journey": KEY, "version": 1, "lead_id": lead, "person": lead, "slot": "",
                "state": "done", "place": None, "due_at": None, "woken": "", "awaits_since": None,
                "entered_at": entered, "ended_at": entered, "ended_how": "end",
                "memory": {"arms": {"邮件": one["arm"]}}, "n": 1,
            },
            journey_steps: {
                "enrollment_id": way, "n": 1, "place": "split", "occurrence": 1, "outcome": one["arm"],
                "note": "", "at": entered,
            },
        }  # fmt: skip
        if one["visit"]:
            made[journey_goals] = {"enrollment_id": way, "at": entered + DAY}
        if one["spend"]:
            made[orders] = {
                "id": f"O{n}", "lead_id": lead, "product": "", "amount": one["spend"],
                "ordered_at": entered + DAY, "created_at": entered + DAY,
            }  # fmt: skip
        yield made


async def found_of(store: Store, company: Company, vault: Vault) -> Report:
    """The product's own results."""
    async with store.read() as tx:
        desk = Desk(tx=tx, company=company, now=NOW, vault=vault, random_bytes=system_random_bytes)
        outline = await outline_of(tx, company, KEY, "", region="")
        if outline is None:
            raise KeyError(KEY)
        return await report(tx, outline, now=desk.now)


def faults(found: Report, those: Sequence[dict[str, Any]]) -> list[str]:
    """Every figure that is not as it is reckoned from the file alone."""
    wrong: list[str] = []

    def same(what: str, ours: float, theirs: float) -> None:
        print(f"  {what:<44} {ours:>16.10f} {theirs:>16.10f}")
        if not math.isclose(ours, theirs, rel_tol=_NEAR, abs_tol=_NEAR):
            wrong.append(what)

    by = {name: [one for one in those if one["arm"] == name] for name in KNOWN}
    spends = {name: [float(one["spend"]) for one in rows] for name, rows in by.items()}
    visits = {name: sum(one["visit"] for one in rows) for name, rows in by.items()}
    control = len(by[HOLD_OUT])
    for line in found.trials[0].lines:
        rows, spend, name = by[line.name], spends[line.name], line.name
        rate = stats.binomtest(visits[name], len(rows)).proportion_ci(method="wilson")
        same(f"{name} people", line.n, len(rows))
        same(f"{name} visit rate", line.rate.value, visits[name] / len(rows))
        same(f"{name} visit rate from", line.rate.low, rate.low)
        same(f"{name} visit rate to", line.rate.high, rate.high)
        same(f"{name} conversion rate", line.bought_rate.value, sum(one > 0 for one in spend) / len(rows))
        same(f"{name} spend per head", line.money.mean, math.fsum(spend) / len(rows))
        wrong += _published(line.rate.value, line.bought_rate.value, line.money.mean, name)
        if line.difference is None or line.money_difference is None:
            continue
        other = stats.binomtest(visits[HOLD_OUT], control).proportion_ci(method="wilson")
        p, q = visits[name] / len(rows), visits[HOLD_OUT] / control
        same(f"{name} visit rate above the hold-out", line.difference.value, p - q)
        low = p - q - math.sqrt((p - rate.low) ** 2 + (other.high - q) ** 2)
        same(f"{name} visit rate above, from", line.difference.low, low)
        high = p - q + math.sqrt((rate.high - p) ** 2 + (q - other.low) ** 2)
        same(f"{name} visit rate above, to", line.difference.high, high)
        told = stats.ttest_ind(spend, spends[HOLD_OUT], equal_var=False).confidence_interval(0.95)
        same(f"{name} spend per head above, from", line.money_difference.low, told.low)
        same(f"{name} spend per head above, to", line.money_difference.high, told.high)
    seen = [len(by[name]) for name in ("Mens", "Womens", HOLD_OUT)]
    due = [len(those) * share / 100 for share in (33.3, 33.3, 33.4)]
    same("shares as likely by chance as", found.trials[0].p, float(stats.chisquare(seen, due).pvalue))
    return wrong


def _published(visit: float, bought: float, spend: float, name: str) -> list[str]:
    ours = (round(visit * 100, 2), round(bought * 100, 2), round(spend, 2))
    return [] if ours == KNOWN[name] else [f"{name}: published {KNOWN[name]}, found {ours}"]


async def tried(directory: Path) -> list[str]:
    """Both: as it was, and broken."""
    those = people(directory / "hillstrom.csv")
    with tempfile.TemporaryDirectory() as folder:
        store, company, vault = await filled(f"sqlite+aiosqlite:///{folder}/realdata.db", those)
        found = await found_of(store, company, vault)
        wrong = faults(found, those)
        if found.trials[0].is_broken:
            wrong.append("the alarm rings although nothing is broken")
        lost = [f"{n:026d}" for n, one in enumerate(those) if one["arm"] == "Womens"][::20]
        for begin in range(0, len(lost), 500):
            part = delete(journey_steps).where(journey_steps.c.enrollment_id.in_(lost[begin : begin + 500]))
            await store.write(lambda tx, part=part: tx.run(part), within=60)  # type: ignore[misc]
        broken = (await found_of(store, company, vault)).trials[0]
        print(f"  {len(lost)} of one arm left out: as likely by chance as {broken.p:.2g}")
        if not broken.is_broken:
            wrong.append("the alarm is silent although an arm has lost people")
        await store.close()
    return wrong


def main() -> int:
    """1 if a figure is not as it should be."""
    if len(sys.argv) != 2:  # noqa: PLR2004 - the program and one directory
        print(__doc__)
        return 2
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    wrong = asyncio.run(tried(Path(sys.argv[1])))
    print("\n".join(wrong) or "every figure is as reckoned from the file")
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
