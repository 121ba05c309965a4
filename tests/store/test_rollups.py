"""Sums kept beside the facts: at every moment they are what the facts say."""

from __future__ import annotations

import random
from datetime import date, datetime, timedelta
from functools import partial

import pytest
from sqlalchemy import String, select, text
from sqlalchemy import column as named
from sqlalchemy import table as listing

from bot.crm.company import Company
from bot.crm.query import Period, Query
from bot.store import Store, incidents, rollups, rollups_check
from bot.store.desk import Desk
from bot.store.metrics import rollup_read
from bot.store.metrics.guard import permit
from bot.store.metrics.registry import MEASURES
from bot.store.metrics.rollup_facts import WorkedOut
from bot.store.metrics.rollup_series import BOOKS, KEPT
from bot.store.metrics.sums import asked_of, count
from bot.store.tables import METADATA
from bot.worker.rollups import compare, settle
from tests.store.metrics_data import Maker, pour
from tests.store.rollups_kit import WHOLE, Hand, KeptBench, columns_read, forgotten, waits
from tests.store.test_metrics_numbers import ASKED_AT, BOSS, ZONES, in_zone, questions

#: Seconds for one of them, on a slow machine that is busy besides.
pytestmark = pytest.mark.timeout(300)
SERVED = [key for key, measure in MEASURES.items() if measure in KEPT]


@pytest.fixture
async def bench(seed: int, database_url: str, store: Store, company: Company) -> KeptBench:
    """A company from a seed whose sums are kept."""
    where = in_zone(company, ZONES[seed % len(ZONES)])
    return await kept(database_url, store, where, seed)


@pytest.fixture
async def lite_bench(seed: int, sqlite_url: str, lite: Store, company: Company) -> KeptBench:
    """The same on SQLite alone, for what cannot differ between databases."""
    return await kept(sqlite_url, lite, in_zone(company, ZONES[seed % len(ZONES)]), seed)


async def kept(url: str, store: Store, company: Company, seed: int) -> KeptBench:
    maker = Maker(seed, company.org.zone, ASKED_AT, leads=20)
    maker.begins = ASKED_AT - timedelta(days=120)
    pour(url, maker.make())
    made = KeptBench(store, company, ASKED_AT)
    await made.keep()
    return made


async def wrong(bench: KeptBench, asked: list[Query]) -> tuple[list[str], int]:
    """Questions that are answered otherwise than by the facts, and how many were answered by kept sums."""
    found, served = [], 0
    async with bench.store.read() as tx:
        for query in asked:
            allowed = await permit(tx, query, BOSS, bench.company)
            measure = MEASURES[query.metrics[0]]
            facts = partial(count, tx, allowed, measure, now=bench.now)
            one = asked_of(allowed, query.period)
            kept = await rollup_read.kept(tx, bench.company, measure, one, now=bench.now, count=facts)
            served += kept is not None
            if kept is not None and kept != await facts(one):
                found.append(repr(query.to_json()))
    return found, served


@pytest.mark.parametrize("seed", [3])
async def test_every_column_that_a_number_is_made_of_is_watched(bench):
    """Whatever changes, comes or goes, the days that it touches are marked in the unit that does it."""
    hand = Hand(1, bench.now)
    read = columns_read(bench.company)
    assert {"leads", "tenures", "follow_ups", "tasks", "opportunities", "payments", "touches"} <= set(read)
    missed = []
    for name, columns in sorted(read.items(), key=lambda one: (one[0] == "leads", one[0])):
        table = METADATA.tables[name]
        for column in sorted(one for one in columns if not table.c[one].primary_key):
            await bench.write(partial(hand.change, table=table, column=column))
            missed += [f"{name}.{column}: {one}" for one in (await forgotten(bench, columns[column]))[:1]]
            await bench.keep()
        books = set().union(*columns.values())
        gone = await bench.write(partial(hand.take_away, table=table))
        missed += [f"{name} gone: {one}" for one in (await forgotten(bench, books))[:1]]
        await bench.keep()
        if name == "leads":
            # Nothing hangs on a lead that has just come.
            gone = [{**row, "id": f"{row['id']}-new"} for row in gone]
        await bench.write(partial(hand.put_back, table=table, rows=gone))
        missed += [f"{name} came: {one}" for one in (await forgotten(bench, books))[:1]]
    assert missed == []


@pytest.mark.parametrize("seed", [0])
async def test_answers_are_those_of_the_facts_after_every_step(bench, seed):
    """Random changes of anything, days worked out or waiting; each time questions that they may change."""
    chance, hand = random.Random(seed), Hand(seed, bench.now)
    changeable = [
        (name, column, books)
        for name, columns in sorted(columns_read(bench.company).items())
        for column, books in sorted(columns.items())
        if not METADATA.tables[name].c[column].primary_key
    ]
    served = 0
    for step in range(14):
        name, column, books = chance.choice(changeable)
        await bench.write(partial(hand.change, table=METADATA.tables[name], column=column))
        if chance.random() < 0.4:
            await bench.keep()
        metrics = sorted(key for key in SERVED if KEPT[MEASURES[key]][0] in books)
        asked = [one for key in chance.sample(metrics, min(3, len(metrics))) for one in about(key, step)]
        differs, answered = await wrong(bench, asked)
        assert differs == [], f"step {step}: {name}.{column}"
        served += answered
    # The questions were about something: many were answered from what is kept.
    assert served > 40


def about(metric_id: str, step: int) -> list[Query]:
    """All of it by day and by team, and some questions at random."""
    whole = [Query(metrics=(metric_id,), by=(key,), period=WHOLE) for key in ("day", "team")]
    return [*whole, *questions(step, metric_id)[:3]]


@pytest.mark.parametrize("seed", [1])
async def test_a_clock_that_was_set_back_makes_no_difference(bench):
    """What is kept knows more than the facts of an earlier moment: nobody compares the two."""
    bench.now -= timedelta(days=40)

    assert await compare(bench, everything=True) == []


@pytest.mark.parametrize("seed", [2])
async def test_the_night_finds_mends_and_tells_what_was_forgotten(bench):
    """Rows changed behind the triggers' back: found, counted, written down, told; then right again."""
    assert await compare(bench, everything=True) == []
    await bench.write(_behind_the_back)
    asked = [one for key in ("won_amount", "won_deals") for n in range(8) for one in questions(n, key)]
    differs, _ = await wrong(bench, asked)
    assert differs, "the fault shows"

    found = await compare(bench, everything=True)
    assert {one.book for one in found} >= {"closed", "opened"}
    assert (await wrong(bench, asked))[0] == []
    await bench.keep()
    assert (await wrong(bench, asked))[0] == []
    assert await compare(bench, everything=True) == []

    async with bench.store.read() as tx:
        cells, example = await rollups_check.found_since(tx, bench.now - timedelta(days=1))
        counted = await incidents.totals(tx)
    assert cells == sum(one.cells for one in found)
    assert example
    assert sum(n for (name, _), n in counted.items() if name == rollups_check.DIFFERED) == cells


async def _behind_the_back(desk: Desk) -> None:
    """Take the amount's watcher away, as a forgotten column would."""
    names = [row[0] for row in await desk.tx.all(_WATCHERS[_dialect(desk)])]
    assert names
    for name in names:
        on = " ON opportunities" if _dialect(desk) == "postgresql" else ""
        await desk.tx.run(text(f"DROP TRIGGER {name}{on}"))
    await desk.tx.run(text("UPDATE opportunities SET amount = coalesce(amount, 0) + 100"))


def _dialect(desk: Desk) -> str:
    return desk.tx._connection.compiler.dialect.name  # type: ignore[attr-defined]


_NAMED = "rollups_opportunities_own_update%"
_WATCHERS = {
    dialect: select(named(name, String)).select_from(listing(where)).where(named(name).like(_NAMED))
    for dialect, name, where in (("sqlite", "name", "sqlite_master"), ("postgresql", "tgname", "pg_trigger"))
}


@pytest.mark.parametrize("seed", [4])
async def test_in_another_time_zone_nothing_old_is_read(lite_bench):
    """Days are other days there: the facts answer until all of them are worked out anew."""
    asked = [one for key in ("new_leads", "won_amount", "on_time_rate") for one in questions(1, key)]
    assert (await wrong(lite_bench, asked))[1] > 0
    lite_bench.company = in_zone(lite_bench.company, "America/Los_Angeles")
    assert await wrong(lite_bench, asked) == ([], 0)
    await lite_bench.keep()
    differs, served = await wrong(lite_bench, asked)
    assert differs == []
    assert served > 0
    assert await forgotten(lite_bench) == []


@pytest.mark.parametrize("seed", [5])
async def test_what_time_alone_changes_is_counted_until_it_has_happened(lite_bench):
    """A task due tonight is late tomorrow: nobody does anything, and the number changes all the same."""
    due = lite_bench.now + timedelta(hours=6)
    await lite_bench.write(partial(_task, due=due))
    await lite_bench.keep()
    today = due.astimezone(lite_bench.company.org.zone).date()
    asked = [
        Query(metrics=("on_time_rate",), by=by, period=Period(today - timedelta(days=20), today + timedelta(days=5)))
        for by in ((), ("day",), ("team",))
    ]  # fmt: skip
    for hours in (0, 5, 7, 40):
        lite_bench.now = ASKED_AT + timedelta(hours=hours)
        assert await wrong(lite_bench, asked) == ([], len(asked))
        if hours == 40:
            await lite_bench.keep()
    assert await waits(lite_bench) == (0, 0)
    # Who asks as of a moment before all of it was worked out is answered by the facts.
    lite_bench.now = ASKED_AT
    assert await wrong(lite_bench, asked) == ([], 0)


async def _task(desk: Desk, *, due: datetime) -> None:
    await desk.tx.insert(
        METADATA.tables["tasks"],
        {
            "id": "T-tonight", "owner_id": "u1", "title": b"", "due_at": due, "whole_day": False,
            "is_urgent": False, "state": "open", "created_at": desk.now, "created_by": "u1",
            "team": "上海组", "region": "华东大区",
        },
    )  # fmt: skip


@pytest.mark.parametrize("seed", [6])
async def test_of_two_keepers_the_one_who_looked_first_writes_nothing(lite_bench):
    """He took the day, somebody changed it, another took it: what he saw is old."""
    book = next(one for one in BOOKS if one.id == "closed")
    day = date(2026, 11, 10)
    await lite_bench.write(partial(rollups.make_stale, book=book, days=[day]))
    first = await lite_bench.write(partial(rollups.take, book=book, at_most=5))
    assert first.days == (day,)
    await lite_bench.write(partial(rollups.make_stale, book=book, days=[day]))
    second = await lite_bench.write(partial(rollups.take, book=book, at_most=5))

    nothing = WorkedOut({day: {("won:region+team", ("华东大区", "上海组", "", "")): (9, 9, 9)}})
    assert (
        await lite_bench.write(partial(rollups.keep, taken=first, found=nothing, as_of=lite_bench.now)) == 0
    )
    assert await settle(lite_bench, second) == 1
    assert await forgotten(lite_bench, [book]) == []
    assert await waits(lite_bench) == (0, 0)
