"""The long campaign: `python -m tests.journeys --journeys 1000`, or one seed that failed: `--seed 17`.

With `--past` each life is lived and then replayed from what the store kept.
"""

from __future__ import annotations

import argparse
import asyncio
import shutil
import sys
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import structlog

from bot.crm.company.load import load
from bot.store import open_store
from bot.store.migrate import migrate
from tests.journeys import agree, replayed

_CONFIG = Path(__file__).resolve().parent.parent.parent / "config"


async def _run(seeds: range, compare: Callable[..., Awaitable[tuple[list[Any], list[Any]]]]) -> list[int]:
    company, failed, steps = load(_CONFIG), [], 0
    with tempfile.TemporaryDirectory() as directory:
        template = Path(directory) / "template.db"
        migrate(f"sqlite+aiosqlite:///{template}")
        for seed in seeds:
            # One file at a time, so that a long campaign fills no disk.
            path = Path(directory) / "world.db"
            for end in ("-wal", "-shm", ".lock"):
                path.with_name(path.name + end).unlink(missing_ok=True)
            shutil.copy(template, path)
            store = open_store(f"sqlite+aiosqlite:///{path}", unit_span=60)
            happened, foretold = await compare(seed, store, company)
            await store.close()
            steps += len(happened)
            if happened != foretold:
                failed.append(seed)
                print(  # noqa: T201 - asked for by hand
                    f"seed {seed}: {len(happened)} steps happened, {len(foretold)} were foretold", flush=True
                )
            elif seed % 50 == 0:
                print(f"seed {seed}: {len(happened)} steps, row for row", flush=True)  # noqa: T201 - as above
    print(f"{steps} steps in all", flush=True)  # noqa: T201 - as above
    return failed


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--journeys", "--n", type=int, default=1000, dest="n")
    parser.add_argument("--from", type=int, default=0, dest="first")
    parser.add_argument("--seed", type=int)
    parser.add_argument("--past", action="store_true")
    given = parser.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(40))
    first = given.first if given.seed is None else given.seed
    seeds = range(first, first + (given.n if given.seed is None else 1))
    failed = asyncio.run(_run(seeds, replayed.compare if given.past else agree.compare))
    print(f"{len(seeds)} seeds, failed: {failed or 'none'}")  # noqa: T201 - as above
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
