"""The door and the drain at once, in one process on one core: what each leaves to the other."""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
import tempfile
from pathlib import Path
from statistics import median

from bench import deliveries, figures, load, machine, webhook
from bench.journeys_engine import House

_PEOPLE = 40_000
_SECONDS = 3
_MOST_RATE = 16_000


def run(*, rounds: int) -> bool:
    """Printed, with no aim of its own: the rates hang on each other."""
    with tempfile.TemporaryDirectory(prefix="leadbell-bench-") as folder:
        place = Path(folder)
        asyncio.run(_filled(place / "template.db"))
        deliveries.write(place / "warm.txt", 300, first_id=1)
        deliveries.write(place / "hot.txt", _MOST_RATE * _SECONDS, first_id=10**12)
        found = {key: [_round(key, place) for _ in range(rounds)] for key in ("durable", "drained")}
    alone = median(rate for rate, *_ in found["durable"])
    rows = []
    for key, title in (("durable", "no drain"), ("drained", "a drain beside it, paced")):
        rates, p99s, steps = zip(*found[key], strict=True)
        shares = f"{median(rates) / alone:.2f}×"
        spread = f"{figures.spread(rates):.0f} %"
        late = f"{median(p99s):.1f}"
        rows.append([title, f"{median(rates):,.0f}", spread, shares, late, f"{median(steps):,.0f}"])
    figures.show(
        "Text callbacks, committed, with a drain of planned journeys in the same process",
        ["the process", "answers/s", "spread", "of alone", "p99 ms", "steps/s meanwhile"],
        rows,
    )
    return True


async def _filled(path: Path) -> None:
    house = House(f"sqlite+aiosqlite:///{path}")
    await house.fill(_PEOPLE)
    await house.close()


def _round(key: str, place: Path) -> tuple[float, float, float]:
    """Answers a second, their p99, and steps a second."""
    server_core, own_core = machine.cores()
    database = place / f"{key}.db"
    for old in place.glob(f"{key}.db*"):
        old.unlink()
    shutil.copy(place / "template.db", database)
    with webhook.server(webhook.Variant(key, key), database, server_core) as (port, _):
        webhook.warm_up(port, place / "warm.txt")
        before = _steps(database)
        result = load.put(port, place / "hot.txt", seconds=_SECONDS, core=own_core)
        made = _steps(database) - before
    return result.rate, result.p99_ms, made / result.seconds


def _steps(database: Path) -> int:
    with sqlite3.connect(database) as db:
        (steps,) = db.execute("SELECT count(*) FROM journey_steps").fetchone()
    db.close()
    return int(steps)
