"""Keep the sums beside the facts: work out what was marked, and look through it all at night."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Sequence
from datetime import date
from functools import partial
from typing import TypeVar

import structlog

from bot.cards.texts import rollups as texts
from bot.chat.outbound import Notice
from bot.crm.user import Role
from bot.store import outbox, rollups, rollups_check, users
from bot.store.desk import Desk
from bot.store.metrics.rollup_days import runs
from bot.store.metrics.rollup_facts import WorkedOut, work_out
from bot.store.metrics.rollup_series import BOOKS, Book
from bot.store.rollups import Taken
from bot.store.rollups_check import Difference
from bot.worker.bench import Bench
from bot.worker.keeping import keep

log = structlog.get_logger()
T = TypeVar("T")

_LANE = "rollups"
#: Days worked out at once; cells put down in one unit, so that nobody at the door waits for it.
_DAYS_AT_ONCE, _CELLS_A_UNIT = 31, 1000
#: Days with this few between them are read by one statement.
_CLOSE = 3
#: A book that took so long is left alone for so many times as long, unless much of it waits.
_REST = 10
#: Seconds that a unit may wait for its commit.
_WITHIN = 10


async def _unit(bench: Bench, work: Callable[[Desk], Awaitable[T]]) -> T:
    return await bench.store.write(lambda tx: work(bench.desk(tx)), lane_key=_LANE, within=_WITHIN)


class RollupKeeper:
    """Several processes may keep at once: what two of them took is put down by the later one."""

    def __init__(self, bench: Bench) -> None:
        self._bench = bench
        #: Until when a book rests, in steady seconds.
        self._rests: dict[str, float] = {}

    async def run(self) -> None:
        """Keep until cancelled."""
        await keep(self._bench, self, "rollups")

    async def define(self) -> None:
        """Begin to keep what is not kept, or was kept by another definition."""
        bench, company = self._bench, self._bench.company
        # It compiles the statements of all books: on a busy machine as long as a form waits for its commit.
        await asyncio.to_thread(lambda: [book.digest(company) for book in BOOKS])
        async with bench.store.read() as tx:
            wanted = await rollups.not_kept(tx, company)
            days = {book.id: await rollups.days_with_facts(tx, book) for book in wanted}
        for book in wanted:
            await _unit(bench, partial(rollups.begin, book=book, days=days[book.id]))
        if wanted:
            log.info("rollups.defined", books=[one.id for one in wanted], days=sum(map(len, days.values())))

    async def step(self) -> bool:
        """One round; whether there is more to do at once."""
        bench = self._bench
        async with bench.store.read() as tx:
            if not await rollups.is_work(tx, bench.clock()):
                return False
        while await _unit(bench, rollups.follow_marks):
            pass
        rested = [book for book in BOOKS if bench.monotonic() >= self._rests.get(book.id, 0)]
        return any([await self._follow(book) for book in rested])

    async def _follow(self, book: Book) -> bool:
        """Work out the days of one book; whether there may be more of them."""
        bench = self._bench
        taken = await _unit(bench, partial(rollups.take, book=book, at_most=_DAYS_AT_ONCE))
        if not taken.days:
            return False
        began = bench.monotonic()
        await settle(bench, taken)
        is_full = len(taken.days) == _DAYS_AT_ONCE
        took = bench.monotonic() - began
        self._rests[book.id] = bench.monotonic() + (0 if is_full else took * _REST)
        return is_full


async def settle(bench: Bench, taken: Taken) -> int:
    """Work days out beside the writer, and put them down a few at a time; how many were still ours."""
    as_of, kept = bench.clock(), 0
    found = WorkedOut()
    async with bench.store.read() as tx:
        for period in runs(taken.days, gap=_CLOSE):
            part = await work_out(tx, taken.book, bench.company, period, now=as_of)
            found.days |= part.days
            found.moving |= part.moving
    for days in _pieces(taken.days, found):
        some = Taken(taken.book, days, taken.token)
        kept += await _unit(bench, partial(rollups.keep, taken=some, found=found, as_of=as_of))
    return kept


def _pieces(days: Sequence[date], found: WorkedOut) -> Iterator[tuple[date, ...]]:
    """Days that are put down together: few if they have many cells."""
    piece: list[date] = []
    cells = 0
    for day in days:
        more = len(found.days.get(day, {}))
        if piece and cells + more > _CELLS_A_UNIT:
            yield tuple(piece)
            piece, cells = [], 0
        piece.append(day)
        cells += more
    if piece:
        yield tuple(piece)


async def nightly(bench: Bench) -> None:
    """Compare with the facts, mend what differs, and tell the admins."""
    found = await compare(bench)
    if not found:
        log.info("rollups.compared", differences=0)
        return
    cells = sum(one.cells for one in found)
    log.error("rollups.differed", cells=cells, books=sorted({one.book for one in found}))
    text = texts.differed(cells=cells, months=len({one.month for one in found}), example=found[0].example)
    today = bench.clock().astimezone(bench.company.org.zone).date()

    async def tell(desk: Desk) -> None:
        for admin in [one for one in await users.active(desk.tx) if one.role is Role.ADMIN]:
            key = f"rollups_differed:{today.isoformat()}:{admin.id}"
            await outbox.post(desk, Notice(to=admin.id, key=key, text=text))

    await _unit(bench, tell)
    bench.wake()


async def compare(bench: Bench, *, everything: bool = False) -> Sequence[Difference]:
    """Look at the latest months and some of the others, or at all; what differed is mended."""
    found = []
    for book in BOOKS:
        async with bench.store.read() as tx:
            months = await rollups_check.months(
                tx, book, bench.company, now=bench.clock(), everything=everything
            )
        for month in months:
            async with bench.store.read() as tx:
                one = await rollups_check.compare(tx, book, bench.company, month, now=bench.clock())
            if one is None:
                continue
            found.append(one)
            await _unit(bench, partial(rollups_check.mend, difference=one))
    return found
