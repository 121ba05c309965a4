"""A delivery or timer that kills the process is set aside at the third look; one that fails, after five."""

from __future__ import annotations

import pytest

from bot.errors import StoreBusyError
from bot.store.lanes import Lane
from bot.worker.lanes import LaneWorker
from tests.kill.bases import SqliteBase
from tests.kill.crash import workshop
from tests.outage.plants import CountsAfterwards
from tests.outage.poison import BROKEN, DEADLY, FATAL_LOOKS, Ward, epidemic

POISONS = 8


@pytest.fixture
def home():
    with workshop() as made:
        yield made


@pytest.fixture
def base(sqlite_template, home):
    return SqliteBase(sqlite_template, home)


def test_a_poison_is_set_aside_and_stops_nobody(base, company, home):
    """First, in the middle, last; while writing and while reading: row, counter and log tell of it."""
    found = epidemic(base, company, home, POISONS)

    assert found.breaches == []
    assert found.deaths == POISONS * 3 // 4 * FATAL_LOOKS


@pytest.mark.parametrize(
    ("word", "deaths", "why"), [(DEADLY, FATAL_LOOKS, "killed_the_process"), (BROKEN, 0, "RuntimeError")]
)
def test_a_timer_that_is_poison_is_set_aside(base, company, home, word, deaths, why):
    died, seen = Ward(base, company, home).treat("timed", [("lina", "反馈 好")], timer=word)

    assert died == deaths
    assert seen["timers"] == {"T1": f"quarantined {why}"}
    assert seen["counted"]["timer.quarantined:signal.task.remind"] == 1
    assert seen["inbox"] == {"said-0": "done"}


def test_a_count_that_comes_after_the_work_is_found(base, company, home):
    found = epidemic(base, company, home, 1, CountsAfterwards)

    assert found.breaches


class ShutOut(LaneWorker):
    """Its database takes nothing, several times, between the taking of a lane and the end of the work."""

    times = 4

    async def _try(self, lane: Lane, most: int) -> None:
        self.times -= 1
        if self.times >= 0:
            raise StoreBusyError
        await super()._try(lane, most)


def test_what_the_database_kept_from_being_done_is_no_poison(base, company, home):
    """Tries that nobody died of do not count, and the lane is free at once, not when its lease is over."""
    died, seen = Ward(base, company, home, ShutOut).treat("shut_out", [("lina", "反馈 好")])

    assert died == 0
    assert seen["inbox"] == {"said-0": "done"}
    assert "lane.store_busy" in seen["log"]
