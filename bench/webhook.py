"""A text callback, from the first byte to the answer: what durability costs, and what others need.

One server process on one core, one generator on the other, every server on a fresh database for each
round, rounds interleaved so that a slow minute of the machine hits all of them.
"""

from __future__ import annotations

import http.client
import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from bench import deliveries, figures, load, machine, peers
from bot.store.migrate import migrate

#: Answers a second that no server here comes near: the deliveries of a round must not run out.
_MOST_RATE = 16_000
_WARM_UP = 300
_TEMPLATE, _WARM, _HOT = "template.db", "warm.txt", "hot.txt"


@dataclass(frozen=True)
class Variant:
    """One server."""

    key: str
    title: str
    #: Where its answered deliveries must be found afterwards; empty when it keeps nothing.
    table: str = ""


DURABLE = Variant("durable", "LeadBell: committed, SQLite FULL", "inbox")
STUB = Variant("stub", "LeadBell: the commit left out")
FLASK = Variant("flask", "wechatpy + Flask + gunicorn sync")
FLASK_ORM = Variant("flask_orm", "the same + SQLAlchemy ORM commit", "deliveries")
VARIANTS = (STUB, DURABLE, FLASK, FLASK_ORM)
#: Ours, committed, against each of the others.
#: What `bench.serve` knows.
_OURS = frozenset(("durable", "stub", "drained"))
AIMS = {STUB: figures.at_least(0.85), FLASK: figures.at_least(3), FLASK_ORM: figures.at_least(10)}


@dataclass(frozen=True)
class Round:
    """One server under load once."""

    rate: float
    #: Of the server and its children, for one answer.
    cpu_us: float
    #: How much of its core the server got; far below 1 it waited for its disk, or somebody else worked there.
    share: float
    p50_ms: float
    p99_ms: float


def run(*, rounds: int, seconds: int, variants: tuple[Variant, ...] = VARIANTS) -> bool:
    """Measure and print; True when every aim is met."""
    with tempfile.TemporaryDirectory(prefix="leadbell-bench-") as folder:
        place = Path(folder)
        migrate(f"sqlite+aiosqlite:///{place / _TEMPLATE}")
        deliveries.write(place / _WARM, _WARM_UP, first_id=1)
        deliveries.write(place / _HOT, _MOST_RATE * seconds, first_id=10**12)
        found: dict[Variant, list[Round]] = {variant: [] for variant in variants}
        for number in range(rounds):
            for variant in variants:
                found[variant].append(_round(variant, place, seconds))
            print(
                f"round {number + 1} of {rounds}: "
                + ", ".join(f"{v.key} {r[-1].rate:.0f}/s" for v, r in found.items())
            )
    return _print(found)


def _round(variant: Variant, place: Path, seconds: int) -> Round:
    server_core, own_core = machine.cores()
    database = place / f"{variant.key}.db"
    for old in place.glob(f"{variant.key}.db*"):
        old.unlink()
    if variant in {DURABLE, STUB}:
        shutil.copy(place / _TEMPLATE, database)
    with server(variant, database, server_core) as (port, pid):
        warm_up(port, place / _WARM)
        before = machine.cpu_seconds(pid)
        result = load.put(port, place / _HOT, seconds=seconds, core=own_core)
        spent = machine.cpu_seconds(pid) - before
    _check(variant, result, database, seconds)
    share = spent / result.seconds
    return Round(result.rate, 1e6 * spent / result.answers, share, result.p50_ms, result.p99_ms)


def _check(variant: Variant, result: load.Load, database: Path, seconds: int) -> None:
    """Only answers that mean something are counted."""
    if result.refused or result.broken or not result.answers:
        msg = f"{variant.key}: {result.refused} refused, {result.broken} broken, {result.answers} answered"
        raise RuntimeError(msg)
    if result.answers >= _MOST_RATE * seconds:
        msg = "the deliveries ran out: raise _MOST_RATE"
        raise RuntimeError(msg)
    if variant.table:
        with sqlite3.connect(database) as db:
            (kept,) = db.execute(f"SELECT count(*) FROM {variant.table}").fetchone()  # noqa: S608 - our own word
        if kept < result.answers + _WARM_UP:
            msg = f"{variant.key}: {result.answers + _WARM_UP} answered and only {kept} kept"
            raise RuntimeError(msg)


@contextmanager
def server(variant: Variant, database: Path, core: int) -> Iterator[tuple[int, int]]:
    port = _free_port()
    if variant.key in _OURS:
        command = [sys.executable, "-m", "bench.serve", variant.key, str(port), str(database)]
        environment = dict(os.environ)
    else:
        command = peers.command(port)
        environment = peers.environment(database if variant is FLASK_ORM else None)
    pin = machine.pinned(core)
    process = subprocess.Popen(command, env=environment, preexec_fn=pin)  # noqa: PLW1509 - no threads here
    try:
        _wait_for(port, process)
        yield port, process.pid
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=20)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + 20
    while time.monotonic() < until:
        if process.poll() is not None:
            msg = f"the server ended with {process.returncode}"
            raise RuntimeError(msg)
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
            connection.request("GET", "/healthz")
            if connection.getresponse().status == 200:
                return
        except OSError:
            time.sleep(0.05)
    msg = "the server does not answer"
    raise RuntimeError(msg)


def warm_up(port: int, file: Path) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    for where, body in deliveries.read(file):
        connection.request("POST", where, body.encode(), {"Content-Type": "text/xml"})
        answer = connection.getresponse()
        answer.read()
        if answer.status != 200:
            msg = f"a genuine delivery was answered {answer.status}"
            raise RuntimeError(msg)


def _print(found: dict[Variant, list[Round]]) -> bool:
    ours = found[DURABLE]
    rows, met = [], True
    for variant, rounds in found.items():
        rates = [r.rate for r in rounds]
        ratio, by_cpu, said = "", "", ""
        if variant in AIMS:
            # Each round against its neighbour: what the machine did meanwhile it did to both.
            ratios = [own.rate / other.rate for own, other in zip(ours, rounds, strict=True)]
            ratio = f"{median(ratios):.2f}× ({min(ratios):.2f} to {max(ratios):.2f})"
            by_cpu = (
                f"{median(other.cpu_us / own.cpu_us for own, other in zip(ours, rounds, strict=True)):.2f}×"
            )
            said = figures.verdict(median(ratios), AIMS[variant])
            met &= AIMS[variant].met(median(ratios))
        waits = [f"{median(r.p50_ms for r in rounds):.1f}", f"{median(r.p99_ms for r in rounds):.1f}"]
        spent = [f"{median(r.cpu_us for r in rounds):.0f}", f"{100 * median(r.share for r in rounds):.0f} %"]
        rate = [f"{median(rates):,.0f}", f"{figures.spread(rates):.0f} %"]
        rows.append([variant.title, *rate, *spent, *waits, ratio, by_cpu, said])
    title = (
        f"Text callback, {load.CONNECTIONS} connections by {load.generator()}, median of {len(ours)} rounds"
    )
    columns = ["server", "answers/s", "spread", "CPU µs", "of its core", "p50 ms", "p99 ms"]
    figures.show(title, [*columns, "ours is", "by CPU", "aim"], rows)
    return met
