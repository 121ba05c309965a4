"""Forecast the public CRM sales data from its own past, period by period, beside two simpler ways.

The files come in through the importer, as a company's own would. At each origin nothing is known that
happened later. Printed are the weighted errors (all misses ÷ all that came) of ours, of naive (as much a
day as in the quarter before) and of plain stage weights (open deals by the share of their stage that is
ever won), and how often the interval of 80 % held.

Usage: python tools/realdata_forecast.py DIR
"""

from __future__ import annotations

import asyncio
import csv
import logging
import sys
import tempfile
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime, timezone
from pathlib import Path

import structlog
from realdata import ROOT, STAGES, Place, rows

from bot.crm.company.load import load
from bot.crm.deal_history import Deal
from bot.insight.ask.times import spans
from bot.insight.forecast.backtest import Trial, beyond_chance, trial, weighted_error
from bot.insight.forecast.outlook import interval
from bot.intake.imports.engine import Tools
from bot.kit.ids import system_random_bytes
from bot.kit.vault import Vault
from bot.store import open_store
from bot.store.migrate import migrate
from bot.store.reads.forecast import history
from bot.store.tables.people import users

NOW = datetime(2018, 1, 2, 2, 0, tzinfo=timezone.utc)
FIRST, LAST = date(2017, 4, 1), date(2017, 12, 1)
#: Without dates: nobody knows when they were there.
UNDATED = "Prospecting"
WAYS: dict[str, Callable[[Trial], float]] = {
    "ours": lambda one: one.outlook.mean,
    "naive": lambda one: one.naive,
    "stage weights": lambda one: one.staged,
}


async def deals(directory: Path) -> list[Deal]:
    """Import the sellers, the accounts and the dated opportunities, and read what became of them."""
    with tempfile.TemporaryDirectory() as folder:
        dated = _dated(directory, Path(folder))
        url = f"sqlite+aiosqlite:///{folder}/realdata.db"
        migrate(url)
        store = open_store(url)
        vault = Vault(["a key for public data alone"], system_random_bytes)
        company = load(ROOT / "config")
        tools = Tools(store, company, vault, lambda: NOW, system_random_bytes)
        seats = [
            {
                "id": one["sales_agent"], "name": one["sales_agent"], "role": "rep", "position": "",
                "region": one["regional_office"], "team": one["manager"], "active": True, "on_duty": True,
                "platform": "", "joined_at": NOW,
            }
            for one in rows(directory / "crm_sales_teams.csv")
        ]  # fmt: skip
        await store.write(lambda tx: tx.insert_all(users, seats), within=60)
        place = Place(tools, dated)
        await place.bring("crm_accounts.csv", "accounts")
        await place.bring("crm_sales_pipeline.csv", "opportunities", values=STAGES)
        async with store.read() as tx:
            found = await history(tx, company.org.zone)
        await store.close()
    return found


def _dated(directory: Path, folder: Path) -> Path:
    """The same files without opportunities that have no date at all."""
    for name in ("crm_accounts.csv", "crm_sales_pipeline.csv"):
        kept = [one for one in rows(directory / name) if one.get("deal_stage") != UNDATED]
        with (folder / name).open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, list(kept[0]))
            writer.writeheader()
            writer.writerows(kept)
    return folder


def months() -> Iterable[date]:
    """The first day of each month that can be tried."""
    day = FIRST
    while day <= LAST:
        yield day
        day = spans.month(day).ends


def rolled(found: Sequence[Deal], cases: Iterable[tuple[date, date, date]]) -> list[Trial]:
    """Origin, begin and end of each."""
    tried = (
        trial(found, origin=origin.toordinal(), begins=begins.toordinal(), ends=ends.toordinal())
        for origin, begins, ends in cases
    )
    return [one for one in tried if one is not None]


def shown(name: str, trials: Sequence[Trial]) -> None:
    """Print a line for each, and the errors of each way."""
    print(name)
    held = 0
    for at, one in enumerate(trials):
        low, high = interval(one.outlook, beyond_chance(trials[:at]))
        held += low <= one.actual <= high
        said = "  ".join(f"{way} {value(one) / 100:>11,.0f}" for way, value in WAYS.items())
        print(f"  {date.fromordinal(one.origin)}  came {one.actual / 100:>11,.0f}  {said}")
    for way, value in WAYS.items():
        error = weighted_error((value(one), one.actual) for one in trials)
        print(f"  weighted error of {way}: {'none came' if error is None else f'{error:.1%}'}")
    print(f"  the interval of 80 % held {held} of {len(trials)} times")


def main() -> int:
    """Always 0 once it has run: it tells how it is, whoever wins."""
    if len(sys.argv) != 2:  # noqa: PLR2004 - the program and one directory
        print(__doc__)
        return 2
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    found = asyncio.run(deals(Path(sys.argv[1])))
    firsts = list(months())
    quarters = [spans.quarter(day) for day in firsts if day.month % 3 == 1]
    shown(
        "each quarter, from its first day",
        rolled(found, ((one.begins, one.begins, one.ends) for one in quarters)),
    )
    shown(
        "the next three months, from the first day of each month",
        rolled(found, ((day, day, spans.months(day.year, day.month, 0, 3).ends) for day in firsts[:-2])),
    )
    shown(
        "each quarter, from the first days of its second and third months",
        rolled(
            found,
            (
                (day, spans.quarter(day).begins, spans.quarter(day).ends)
                for day in firsts
                if day.month % 3 != 1
            ),
        ),
    )
    shown(
        "each month, from its first day", rolled(found, ((day, day, spans.month(day).ends) for day in firsts))
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
