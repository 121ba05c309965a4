"""Keep journeys going: one of all processes works at a time; the others find nothing to do."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
from typing import TypeVar

import structlog

from bot.errors import StoreBusyError, UnitTooSlowError
from bot.journeys import engine
from bot.journeys.book import Shelf
from bot.journeys.live import Request
from bot.journeys.sweeping import Named
from bot.store import incidents, journeys
from bot.store.desk import Desk
from bot.worker.bench import Bench
from bot.worker.keeping import keep
from bot.worker.pacing import MOST, Pace, lag_of

log = structlog.get_logger()
T = TypeVar("T")
_LANE = "journeys"
#: A unit that was too slow left no trace, and the next try finds the machine awake.
_TRIES = 3
#: Seconds until a walk that got nowhere is tried again.
_REST = 60.0
#: Stands for every walk, when nobody can tell which are due.
_ALL: Named = ("", "")


class JourneyKeeper:
    """Follows what happens and moves whose time has come."""

    def __init__(self, bench: Bench, request: Request, *, at_once: int = MOST) -> None:
        self._bench = bench
        self._request = request
        self._shelf = Shelf()
        #: Walks that got nowhere, and until when on our own clock they are left alone.
        self._resting: dict[Named, float] = {}
        #: People moved in one unit: fewer while somebody at the door waits.
        self.pace = Pace(most=at_once)

    async def run(self) -> None:
        """Keep until cancelled."""
        await keep(self._bench, self, "journeys")

    async def define(self) -> None:
        """Publish what the files have that nobody published yet."""
        new = await self._unit(lambda desk: engine.define(desk, self._shelf))
        if new:
            log.info("journeys.defined", new=new)

    async def step(self) -> bool:
        """One round; whether there may be more to do at once."""
        more = await self._follow_states()
        is_work, walks = await self._look()
        if not is_work and not walks:
            return more
        swept = await self._sweep(walks)
        stepped = await self._move()
        if stepped.marks or stepped.people:
            await asyncio.sleep(self.pace.rest)
        if stepped.steps:
            self._bench.wake()
        return swept or more or bool(stepped.marks or stepped.people)

    async def _look(self) -> tuple[bool, list[Named]]:
        async with self._bench.store.read() as tx:
            desk = self._bench.desk(tx)
            return await self._is_work(desk), await self._walks(desk)

    async def _is_work(self, desk: Desk) -> bool:
        try:
            return await engine.is_work(desk)
        except StoreBusyError:
            raise
        except Exception as exc:
            # What cannot be asked is tried, and says so itself.
            log.exception("journey.work_unknown", error=type(exc).__name__)
            return True

    async def _walks(self, desk: Desk) -> list[Named]:
        """Those that are due and do not rest; none while nobody can tell: people go on."""
        now = self._bench.monotonic()
        self._resting = {one: until for one, until in self._resting.items() if until > now}
        if _ALL in self._resting:
            return []
        try:
            found = await engine.walks(desk, self._shelf)
        except StoreBusyError:
            raise
        except Exception as exc:
            log.exception("journey.walks_unknown", error=type(exc).__name__)
            self._resting[_ALL] = now + _REST
            return []
        return [one for one in found if one not in self._resting]

    async def _sweep(self, walks: list[Named]) -> bool:
        """A part of the first that can be walked."""
        for walk in walks:
            if await self._walked(walk):
                return True
        return False

    async def _walked(self, walk: Named) -> bool:
        size = self.pace.size
        try:
            return bool(await self._unit(partial(self._part, walk, size)))
        except StoreBusyError:
            raise
        except Exception as exc:  # noqa: BLE001 - whose it was is found out below
            log.warning("journey.walk_failed", journey=walk[0], error=type(exc).__name__)
        try:
            for _ in range(size):
                if not await self._tried(partial(self._part, walk, 1), partial(self._passed_by, walk)):
                    break
        except StoreBusyError:
            raise
        except Exception:
            # It does not get as far as anybody: the others are walked, and it is tried again.
            log.exception("journey.walk_stuck", journey=walk[0])
            self._resting[walk] = self._bench.monotonic() + _REST
            await self._unit(lambda desk: incidents.count(desk.tx, "journey.walk_stuck", walk[0], desk.now))
            return False
        return True

    async def _part(self, walk: Named, most: int, desk: Desk) -> int:
        return await engine.sweep(desk, self._shelf, walk, most=most)

    async def _passed_by(self, walk: Named, reason: str, desk: Desk) -> None:
        await engine.pass_by(desk, self._shelf, walk, reason)

    async def _move(self) -> engine.Stepped:
        size, bench = self.pace.size, self._bench
        took = 0.0

        async def timed(desk: Desk) -> engine.Stepped:
            nonlocal took
            begun = bench.monotonic()
            stepped = await engine.step(desk, self._shelf, self._request, most=size)
            took = bench.monotonic() - begun
            return stepped

        lag = await lag_of(bench.monotonic)
        _, before = bench.store.taken()
        try:
            stepped = await self._unit(timed)
        except StoreBusyError:
            raise
        except Exception as exc:  # noqa: BLE001 - whose it was is found out below
            log.warning("journey.batch_failed", error=type(exc).__name__)
            return await self._one_by_one(size)
        others = bench.store.taken()[1] - before - 1
        self.pace.took(took, stepped.marks + stepped.people, others=others, lag=lag)
        return stepped

    async def _one_by_one(self, size: int) -> engine.Stepped:
        """Something failed among many: each alone, and what fails alone is set aside."""
        marks = 0
        while marks < size and await self._tried(self._followed, self._passed_over):
            marks += 1
        ids = await self._unit(lambda desk: engine.due_ids(desk, most=size))
        steps = 0
        for row_id in ids:
            steps += await self._tried(partial(self._alone, row_id), partial(self._aside, row_id))
        return engine.Stepped(marks=marks, people=len(ids), steps=steps)

    async def _tried(
        self, work: Callable[[Desk], Awaitable[int]], aside: Callable[[str, Desk], Awaitable[None]]
    ) -> int:
        """What the work gives, or 1 once it is set aside; a machine that stood still is no fault of it."""
        for left in range(_TRIES, 0, -1):
            try:
                return await self._unit(work)
            except StoreBusyError:
                raise
            except Exception as exc:
                if left > 1 and isinstance(exc, UnitTooSlowError):
                    continue
                log.exception("journey.step_failed")
                await self._unit(partial(aside, type(exc).__name__))
                break
        return 1

    async def _followed(self, desk: Desk) -> int:
        return await engine.follow_one(desk, self._shelf)

    async def _passed_over(self, reason: str, desk: Desk) -> None:
        await engine.pass_over(desk, reason)

    async def _alone(self, row_id: str, desk: Desk) -> int:
        return await engine.one_by_one(desk, self._shelf, self._request, row_id)

    async def _aside(self, row_id: str, reason: str, desk: Desk) -> None:
        await engine.set_aside(desk, self._shelf, row_id, reason)

    async def _follow_states(self) -> bool:
        """Who rested runs again, who is in a stopped journey is let out; some at a time."""
        async with self._bench.store.read() as tx:
            states = await journeys.states(tx)
            resting = await engine.unsettled(tx, states)
        for key in resting:
            do = engine.put_out if states[key].state == journeys.STOPPED else engine.unpark
            await self._unit(lambda desk, do=do, key=key: do(desk, key, most=500))  # type: ignore[misc]
        return bool(resting)

    async def _unit(self, work: Callable[[Desk], Awaitable[T]]) -> T:
        bench = self._bench
        return await bench.store.write(lambda tx: work(bench.desk(tx)), lane_key=_LANE, within=5)
