"""Random questions to generated companies: every number of the program equals the truth worked out beside it.

`python -m tests.insight.oracle --seeds 20 --queries 300` asks them all; a slice runs with the other tests.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from bot.crm.company.load import load
from bot.store.migrate import migrate
from bot.store.reader import open_reader
from tests.insight.oracle.checking import ASKED_AT, ZONES, differences, in_zone
from tests.insight.oracle.companies import Life
from tests.insight.oracle.truth import Truth
from tests.postgres import start
from tests.store.metrics_data import pour

ROOT = Path(__file__).resolve().parents[3]


async def ask(url: str, *, seed: int, queries: int) -> list[str]:
    """Questions to one company, poured into a fresh database."""
    migrate(url)
    company = in_zone(load(ROOT / "config"), ZONES[seed % len(ZONES)])
    made = Life(seed, company.org.zone, ASKED_AT, leads=0 if seed == 19 else 60).make()
    pour(url, made)
    reader = open_reader(url)
    found = await differences(reader, Truth(made), company, seed=seed, queries=queries)
    await reader.close()
    return found


def _say(*lines: str) -> None:
    sys.stdout.write("".join(f"{line}\n" for line in lines))
    sys.stdout.flush()


@contextmanager
def _databases(*, postgres: bool) -> Iterator[Callable[[int], str]]:
    """An empty database for each seed, gone afterwards."""
    if not postgres:
        with tempfile.TemporaryDirectory() as folder:
            yield lambda seed: f"sqlite+aiosqlite:///{folder}/company{seed}.db"
        return
    import psycopg

    server = start()

    def made(seed: int) -> str:
        with psycopg.connect(server.url("postgres").replace("+psycopg", ""), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE oracle_{seed}".encode())
        return server.url(f"oracle_{seed}")

    try:
        yield made
    finally:
        server.stop()


def main() -> int:
    """0 when nothing differs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--queries", type=int, default=300)
    parser.add_argument("--postgres", action="store_true", help="on PostgreSQL in place of SQLite")
    asked = parser.parse_args()
    wrong = 0
    with _databases(postgres=asked.postgres) as url:
        for seed in range(asked.first, asked.first + asked.seeds):
            found = asyncio.run(ask(url(seed), seed=seed, queries=asked.queries))
            wrong += len(found)
            _say(f"seed {seed}: {asked.queries} questions, {len(found)} differ", *found[:20])
    _say(f"{asked.seeds * asked.queries} questions, {wrong} differ")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
