"""Import the public data sets whole, check their known totals, and take it all back without a trace.

Usage: python tools/realdata.py DIR [crm] [olist] [xedu] [hillstrom]
"""

from __future__ import annotations

import asyncio
import csv
import hashlib
import logging
import sys
import tempfile
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date, datetime, timezone
from decimal import Decimal
from pathlib import Path
from typing import Any

import structlog
from sqlalchemy import select

from bot.crm.company.load import load
from bot.crm.query import Period, Query
from bot.crm.user import Role, User
from bot.intake.imports import engine, job, mapping, table
from bot.intake.imports.columns import ImportKind
from bot.intake.imports.engine import Tools
from bot.intake.imports.mapping import ColumnMap
from bot.intake.imports.undo import undo
from bot.kit.ids import system_random_bytes
from bot.kit.vault import Vault
from bot.store import open_store
from bot.store.import_batches import Batch
from bot.store.metrics.guard import permit
from bot.store.metrics.read import read
from bot.store.migrate import migrate
from bot.store.tables import METADATA
from bot.store.tables.people import users

ROOT = Path(__file__).resolve().parent.parent
OWN = ROOT / "tests" / "data" / "crm"
NOW = datetime(2018, 12, 1, 2, 0, tzinfo=timezone.utc)
BOSS = User(id="boss", name="陈总", role=Role.EXECUTIVE, region="", team="")
#: What an import leaves beside the business.
APART = frozenset({"numbers", "import_batches", "audit", "audit_head"})
#: Worked out of the business, and marked to be worked out again.
DERIVED = "rollup_"
STAGES = {"stage": {"Engaging": "需求确认", "Prospecting": "初步接触"}}


@dataclass
class Place:
    """A fresh database, and what was found not to agree."""

    tools: Tools
    directory: Path
    wrong: int = 0

    async def bring(self, name: str, kind: str, **said: Any) -> Batch:  # noqa: ANN401 - parts of a map
        """Import a file by the guessed map, with what is said besides."""
        opened = table.open_table(self.directory / name, name)
        sample = engine.sample(opened, mapping.LOOKED_AT)
        guessed = mapping.guess(self.tools.company, ImportKind(kind), opened.header, sample)
        parts = {"columns": guessed.columns, "dates": guessed.dates} | said
        found = ColumnMap(kind=ImportKind(kind), **parts)
        mapping.check(self.tools.company, found, opened.header)
        begun = await job.begin(self.tools, opened.reopened(), found, by="realdata")
        assert isinstance(begun, Batch)  # noqa: S101 - a fresh database
        done = await job.carry_out(self.tools, opened.reopened(), found, begun)
        print(f"  {name} as {kind}: {done.counts}")
        return done

    async def number(self, metric: str, begins: date, ends: date) -> Any:  # noqa: ANN401 - per metric
        """A number of the registry."""
        period = Period(begins, ends)
        async with self.tools.store.read() as tx:
            allowed = await permit(tx, Query(metrics=(metric,), period=period), BOSS, self.tools.company)
            return (await read(tx, allowed, metric, period, now=NOW))[()].value

    def check(self, what: str, found: object, known: object) -> None:
        """Hold a number against the published one."""
        good = found == known
        self.wrong += not good
        print(f"  {'ok ' if good else 'BAD'} {what}: {found}" + ("" if good else f", known {known}"))

    async def fingerprint(self) -> dict[str, tuple[int, str]]:
        """Row count and digest of every table of the business."""
        found = {}
        async with self.tools.store.read() as tx:
            for name, one in METADATA.tables.items():
                if name not in APART and not name.startswith(DERIVED):
                    lines = sorted(repr(tuple(row)) for row in await tx.all(select(one)))
                    found[name] = (len(lines), hashlib.sha256("\n".join(lines).encode()).hexdigest())
        return found

    async def take_back(self, *batches: Batch) -> None:
        """Undo them, the last one first."""
        for batch in reversed(batches):
            marked = await self.tools.store.write(
                lambda tx, of=batch.id: job.undoing(self.tools.desk(tx), of),  # type: ignore[misc]
                within=60,
            )
            assert isinstance(marked, Batch)  # noqa: S101 - it stands
            self.check(f"undone {batch.id}", (await undo(self.tools, marked)).state, "undone")


async def _no_trace(place: Place, before: dict[str, tuple[int, str]]) -> None:
    after = await place.fingerprint()
    place.check("tables with a trace", sorted(name for name in after if after[name] != before[name]), [])


def rows(path: Path) -> list[dict[str, str]]:
    """A file as the csv module reads it."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


async def crm(place: Place) -> list[Batch]:
    """8,800 opportunities of a hardware seller."""
    copies = [one.name for one in OWN.glob("crm_*.csv")]
    same = [(OWN / n).read_bytes() == (place.directory / n).read_bytes() for n in copies]
    place.check("the copies of the tests are the public files", all(same), known=True)
    seats = rows(place.directory / "crm_sales_teams.csv")
    made = [
        {
            "id": one["sales_agent"], "name": one["sales_agent"], "role": "rep", "position": "",
            "region": one["regional_office"], "team": one["manager"], "active": True, "on_duty": True,
            "platform": "", "joined_at": NOW,
        }
        for one in seats
    ]  # fmt: skip
    await place.tools.store.write(lambda tx: tx.insert_all(users, made), within=60)
    before = await place.fingerprint()
    batches = [
        await place.bring("crm_accounts.csv", "accounts"),
        await place.bring("crm_sales_pipeline.csv", "opportunities", values=STAGES),
    ]
    span = (date(2016, 10, 1), date(2018, 1, 1))
    place.check("won", await place.number("won_deals", *span), 4238)
    place.check("lost", await place.number("lost_deals", *span), 2473)
    place.check("won value", await place.number("won_amount", *span), Decimal(10_005_534))
    place.check("win rate", round(float(await place.number("win_rate", *span)) * 100, 2), 63.15)
    place.check("cycle", round(float(await place.number("sales_cycle_days", *span)), 2), 51.78)
    await place.take_back(*batches)
    await _no_trace(place, before)
    return []


async def olist(place: Place) -> list[Batch]:
    """8,000 marketing-qualified leads, 842 of them closed."""
    before = await place.fingerprint()
    batches = [
        await place.bring("olist_mql.csv", "leads"),
        await place.bring(
            "olist_closed_deals.csv", "opportunities", constants={"stage": "赢单"},
            columns={"lead": "mql_id", "account": "seller_id", "closed_on": "won_date"},
        ),
    ]  # fmt: skip
    span = (date(2017, 6, 1), date(2018, 12, 1))
    place.check("leads", await place.number("new_leads", *span), 8000)
    place.check("closed", await place.number("won_deals", *span), 842)
    rate = await place.number("lead_to_won_rate", *span)
    place.check("closed of all", round(float(rate) * 100, 1), 10.5)
    await place.take_back(*batches)
    await _no_trace(place, before)
    return []


async def xedu(place: Place) -> list[Batch]:
    """9,240 leads of a school."""
    before = await place.fingerprint()
    batch = await place.bring("xedu_leads.csv", "leads")
    found = rows(place.directory / "xedu_leads.csv")
    distinct = len({one["ProspectID"].strip() for one in found})
    place.check("leads", batch.counts.created, distinct)
    place.check("rows", batch.counts.rows, 9240)
    await place.take_back(batch)
    await _no_trace(place, before)
    return []


async def hillstrom(place: Place) -> list[Batch]:
    """64,000 customers without a number of their own, and what they spent."""
    before = await place.fingerprint()
    leads = await place.bring(
        "hillstrom.csv", "leads", columns={"source": "channel"}, row_id="hillstrom-{row}"
    )
    orders = await place.bring(
        "hillstrom.csv", "orders", columns={"amount": "spend"}, row_id="hillstrom-{row}",
        constants={"account": "Hillstrom", "ordered_at": "2008-04-03"},
    )  # fmt: skip
    spent = [Decimal(one["spend"]) for one in rows(place.directory / "hillstrom.csv")]
    place.check("customers", leads.counts.created, 64_000)
    place.check("orders", orders.counts.created, sum(one > 0 for one in spent))
    async with place.tools.store.read() as tx:
        total = sum(row.amount for row in await tx.all(select(METADATA.tables["orders"].c.amount)))
    place.check("spent", total, sum(one.quantize(Decimal("0.01")) for one in spent))
    await place.take_back(leads, orders)
    await _no_trace(place, before)
    return []


SETS: dict[str, Callable[[Place], Awaitable[list[Batch]]]] = {
    "crm": crm, "olist": olist, "xedu": xedu, "hillstrom": hillstrom,
}  # fmt: skip


async def run(directory: Path, names: list[str]) -> int:
    """How many numbers do not agree."""
    wrong = 0
    for name in names:
        print(name)
        with tempfile.TemporaryDirectory() as folder:
            url = f"sqlite+aiosqlite:///{folder}/realdata.db"
            migrate(url)
            store = open_store(url)
            vault = Vault(["a key for public data alone"], system_random_bytes)
            place = Place(
                Tools(store, load(ROOT / "config"), vault, lambda: NOW, system_random_bytes), directory
            )
            await SETS[name](place)
            await store.close()
            wrong += place.wrong
    return wrong


def main() -> int:
    """0 when every known total came out and every undoing left no trace."""
    names = sys.argv[2:] or list(SETS)
    if len(sys.argv) < 2 or not set(names) <= set(SETS):  # noqa: PLR2004 - the program and one directory
        print(__doc__)
        return 2
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    wrong = asyncio.run(run(Path(sys.argv[1]), names))
    print("all known totals came out" if not wrong else f"{wrong} numbers do not agree")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
