"""What waiting costs: picking the due among many, memory, and how soon a step is made after a death."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

import structlog

from bench import figures
from bench.journeys_engine import BATCH, NOW, House, planned
from bot.store import Tx, enrollments, open_store
from bot.store.migrate import migrate

FLAT = figures.at_most(1.3, "×")
SMALL = figures.at_most(20, "MB")
SOON = figures.at_most(3, "s")
_SIZES = (10_000, 1_000_000)


def run(*, rounds: int) -> bool:
    return _picking(rounds) & _after_death(rounds)


def _picking(rounds: int) -> bool:
    """How long it takes to pick 500 due ones out of ten thousand and out of a million waiting."""
    found = {size: _picked(size, rounds) for size in _SIZES}
    took = {size: one[0] for size, one in found.items()}
    small, large = (median(took[size]) for size in _SIZES)
    figures.show(
        "Picking 500 due rows, processor time",
        ("waiting", "median", "spread", "ratio", "aim"),
        [
            (f"{_SIZES[0]:,}", f"{small * 1000:.2f} ms", f"{figures.spread(took[_SIZES[0]]):.0f} %", "", ""),
            (f"{_SIZES[1]:,}", f"{large * 1000:.2f} ms", f"{figures.spread(took[_SIZES[1]]):.0f} %",
             f"{large / small:.2f}×", figures.verdict(large / small, FLAT)),
        ],
    )  # fmt: skip
    grown = found[_SIZES[1]][1] - found[_SIZES[0]][1]
    figures.show(
        "Memory of a process that picked among them",
        ("a million waiting against ten thousand", "aim"),
        [(f"{grown:+.1f} MB", figures.verdict(grown, SMALL))],
    )
    return FLAT.met(large / small) & SMALL.met(grown)


def _picked(waiting: int, rounds: int) -> tuple[list[float], float]:
    """Seconds of each picking, and the memory that the store and the pickings cost."""
    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory) / "picking.db"
        migrate(f"sqlite+aiosqlite:///{path}")
        db = sqlite3.connect(path, isolation_level=None)
        db.execute("PRAGMA synchronous=OFF")
        db.execute("BEGIN")
        late, soon = "2027-11-18T02:00:00.000000Z", "2026-11-18T01:00:00.000000Z"
        rows = ((f"{n:026d}", f"L{n}", f"L{n}", soon if n < BATCH else late) for n in range(waiting))
        db.executemany(
            "INSERT INTO journey_enrollments (id, journey, version, lead_id, person, slot, state, place,"
            " due_at, woken, entered_at, ended_how, memory, n) VALUES (?, 'three', 1, ?, ?, '', 'running',"
            " 'wait', ?, '', '2026-11-17T02:00:00.000000Z', '', '{}', 1)",
            rows,
        )
        db.execute("COMMIT")
        db.close()
        command = [sys.executable, "-m", "bench.journeys_waiting", "pick", str(path), str(rounds * 5 + 1)]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        took, grown = json.loads(done.stdout.splitlines()[-1])
    return took[1:], grown


async def _pick_alone(path: str, times: int) -> None:
    """In a process of its own, that has held nothing before."""
    before = _resident()
    store = open_store(f"sqlite+aiosqlite:///{path}", unit_span=600)
    found = [await store.write(_pick, within=600) for _ in range(times)]
    grown = _resident() - before
    await store.close()
    print(json.dumps([found, grown]))


def _resident() -> float:
    """Megabytes of this process."""
    pages = int(Path("/proc/self/statm").read_text(encoding="utf-8").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


async def _pick(tx: Tx) -> float:
    begun = time.thread_time()
    rows = await enrollments.due(tx, now=NOW, most=BATCH)
    took = time.thread_time() - begun
    assert len(rows) == BATCH, len(rows)
    return took


def _after_death(rounds: int) -> bool:
    """A process that moves people is killed; the next one, from its start to its first step."""
    took = [_revived() for _ in range(rounds)]
    figures.show(
        "After kill -9 in the middle of a drain: from the start of the next process to its first step",
        ("median", "spread", "aim"),
        [(f"{median(took):.2f} s", f"{figures.spread(took):.0f} %", figures.verdict(median(took), SOON))],
    )
    return SOON.met(median(took))


def _revived() -> float:
    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory) / "killed.db"
        asyncio.run(_filled(f"sqlite+aiosqlite:///{path}"))
        command = [sys.executable, "-m", "bench.journeys_waiting", "drain", str(path)]
        with sqlite3.connect(path) as db:
            first = subprocess.Popen(command)
            _wait_for_more(db, 0)
            first.send_signal(signal.SIGKILL)
            first.wait()
            steps = _steps(db)
            begun = time.perf_counter()
            second = subprocess.Popen(command)
            _wait_for_more(db, steps)
            took = time.perf_counter() - begun
            second.kill()
            second.wait()
        db.close()
    return took


def _steps(db: sqlite3.Connection) -> int:
    return int(db.execute("SELECT count(*) FROM journey_steps").fetchone()[0])


def _wait_for_more(db: sqlite3.Connection, than: int) -> None:
    until = time.monotonic() + 60
    while _steps(db) <= than:
        if time.monotonic() > until:
            msg = "no step within a minute"
            raise TimeoutError(msg)
        time.sleep(0.01)


async def _filled(url: str) -> None:
    house = House(url)
    await house.fill(20_000)
    await house.close()


async def _drain(path: str) -> None:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(40))
    house = House(f"sqlite+aiosqlite:///{path}")
    await house.run(planned, batch=100)


if __name__ == "__main__":
    if sys.argv[1] == "pick":
        asyncio.run(_pick_alone(sys.argv[2], int(sys.argv[3])))
    else:
        asyncio.run(_drain(sys.argv[2]))
