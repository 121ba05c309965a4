"""Plays chapters against the bot: to learn the points, up to a crash, and after it."""

from __future__ import annotations

import asyncio
import os
import shutil
import sys
from collections.abc import Coroutine, Sequence
from pathlib import Path
from typing import Any, TypeVar

from bot.crm.company import Company
from tests.conftest import HandClock
from tests.kill import check
from tests.kill.bases import Base
from tests.kill.hooks import Point, Watch, WatchedLoop
from tests.kill.house import House, Plan, build
from tests.kill.plot import Plot
from tests.kill.story import Story
from tests.kill.tally import Case
from tests.kill.wire import Wire

T = TypeVar("T")


def run(work: Coroutine[Any, Any, T], watch: Watch | None = None) -> T:
    """Run in a loop of its own, which says of each await when it ends."""
    with asyncio.Runner(loop_factory=None if watch is None else lambda: WatchedLoop(watch)) as runner:
        return runner.run(work)


class Stage:
    """One bot of a plan, on databases of one kind."""

    def __init__(self, base: Base, company: Company, plan: Plan, home: Path) -> None:
        self.base, self.company, self.plan, self.home = base, company, plan, home
        self._lives = 0
        # Several campaigns may share one server.
        self._mark = os.getpid()

    def _plot(self, seed: int) -> Plot:
        return Plot(seed, self.plan.platform.name)

    def scene(self, seed: int, chapter: str) -> str:
        """The database as it was when the chapter began."""
        return f"scene_{self._mark}_{seed}_{chapter}"

    def wire_of(self, name: str) -> Path:
        return self.home / f"{name}.wire"

    def trace(self, seed: int) -> dict[str, list[Point]]:
        """Play a plot without a crash, keep how each chapter begins, and tell what each passes."""
        name = f"count_{os.getpid()}_{seed}"
        self.base.fresh(name)
        self.wire_of(name).touch()
        found = {}
        for chapter in self._plot(seed).chapters:
            scene = self.scene(seed, chapter)
            self.base.settle(name)
            self.base.keep(name, scene)
            shutil.copyfile(self.wire_of(name), self.wire_of(scene))
            watch = Watch()
            run(self.play(name, Case(seed, chapter, Point("", 0)), watch), watch)
            found[chapter] = watch.trace
        seen = run(self.look(name, Case(seed, chapter, Point("", 0))))
        if seen["breaches"] and self.plan.name == "as it is":
            msg = f"plot {seed} breaks without any crash: {seen['breaches']}"
            raise RuntimeError(msg)
        self.base.settle(name)
        self.base.drop(name)
        self.wire_of(name).unlink()
        return found

    def forget(self, seed: int) -> None:
        """Throw the scenes of a plot away."""
        for chapter in self._plot(seed).chapters:
            self.base.drop(self.scene(seed, chapter))
            self.wire_of(self.scene(seed, chapter)).unlink()

    async def play(self, name: str, case: Case, watch: Watch, *, after_crash: bool = False) -> None:
        """Play the case's chapter, from its beginning or from where the last life ended."""
        house = self._build(name, watch, case.seed)
        rested = await Story(house, self._plot(case.seed), watch).play(
            (case.chapter,), after_crash=after_crash
        )
        if not rested:
            house.wire.write("restless")
        await house.close()

    async def look(self, name: str, case: Case, *, deaths: int = 1) -> dict[str, Any]:
        """Start again, play on to the end of the chapter (of the plot), then check."""
        watch = Watch()
        house = self._build(name, watch, case.seed)
        try:
            chapters: Sequence[str] = () if case.to_the_end and deaths == 1 else (case.chapter,)
            rested = await Story(house, self._plot(case.seed), watch).play(chapters, after_crash=True)
            rows = await house.store.write(check.read)
            found = check.breaches(rows, house.wire, self._plot(case.seed), house.clock.now, deaths=deaths)
            if not rested:
                found.append("stuck: it never came to rest")
            return {"breaches": found, "facts": check.facts(rows, house.wire)}
        finally:
            await house.close()

    def _build(self, name: str, watch: Watch, seed: int) -> House:
        # Random bytes must be others in each life: the pid says which process, the count which start in it.
        self._lives += 1
        life = seed + (os.getpid() << 24) + (self._lives << 48)
        wire = Wire(self.wire_of(name))
        return build(self.base.url(name), wire, watch, HandClock(), self.company, self.plan, life)


def say_less() -> None:
    """Leave out of the logs what is not a warning: it would be most of the work."""
    import logging

    import structlog

    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
