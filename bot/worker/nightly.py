"""Everything that happens by the company's own clock."""

from __future__ import annotations

from apscheduler.triggers.cron import CronTrigger

from bot.worker import (
    assigning,
    auditing,
    digests,
    directory,
    forecasting,
    forgetting,
    journey_results,
    quality,
    rollups,
    segments,
    training,
)
from bot.worker.bench import Bench
from bot.worker.schedules import Schedule


def schedules(bench: Bench) -> tuple[Schedule, ...]:
    """When what is done; while people sleep if it takes long."""
    zone = bench.company.org.zone
    rescoring = Schedule(
        "segments", CronTrigger(hour=2, minute=15, timezone=zone), lambda: segments.nightly(bench)
    )
    address_book = Schedule("directory", CronTrigger(hour=3, timezone=zone), lambda: directory.sync(bench))
    forgets = Schedule("arrivals", CronTrigger(hour=4, timezone=zone), lambda: forgetting.forget(bench))
    learning = Schedule(
        "scorecard", CronTrigger(hour=4, minute=30, timezone=zone), lambda: training.train(bench)
    )
    sums = Schedule("rollups", CronTrigger(hour=2, minute=45, timezone=zone), lambda: rollups.nightly(bench))
    foresight = Schedule(
        "forecast", CronTrigger(hour=4, minute=45, timezone=zone), lambda: forecasting.learn(bench)
    )
    outcomes = CronTrigger(hour=3, minute=20, timezone=zone)
    results = Schedule("journey_results", outcomes, lambda: journey_results.nightly(bench))
    morning = Schedule("audit_head", CronTrigger(hour=9, timezone=zone), lambda: auditing.announce(bench))
    own = (rescoring, sums, address_book, forgets, learning, foresight, results, morning)
    return (*own, *assigning.schedules(bench), *quality.schedules(bench), *digests.schedules(bench))
