"""Kill -9 at every point: `python -m tests.kill --points 10000 --database sqlite`; status 1 if a promise broke."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import orjson
from sqlalchemy import create_engine, text

from bot.crm.company.load import load
from bot.store.migrate import migrate
from tests import postgres
from tests.conftest import ROOT
from tests.kill.bases import Base, PostgresBase, SqliteBase
from tests.kill.crash import Range, crash, workshop
from tests.kill.dingtalk import DingTalk
from tests.kill.house import Plan
from tests.kill.plants import PLANTS


@contextmanager
def sqlite_base(home: Path, on: str) -> Iterator[Base]:
    """SQLite files in a folder."""
    migrate(f"sqlite+aiosqlite:///{home / 'migrated.db'}")
    yield SqliteBase(home / "migrated.db", home, on)


@contextmanager
def postgres_base(home: Path, on: str) -> Iterator[Base]:
    """A server of our own, with its data in the same folder."""
    import tempfile

    tempfile.tempdir = str(home)
    home.chmod(0o777)
    server = postgres.start()
    try:
        engine = create_engine(server.url("postgres"), isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(text("CREATE DATABASE kill_migrated"))
        engine.dispose()
        migrate(server.url("kill_migrated"))
        base = PostgresBase(server, "kill_migrated", on)
        yield base
        base.close()
    finally:
        server.stop()


_BASES: dict[str, Callable[[Path, str], object]] = {"sqlite": sqlite_base, "postgres": postgres_base}


def main() -> int:
    """Run a campaign, print its figures."""
    asked = _arguments()
    plain = Plan(platform=DingTalk) if asked.on == "dingtalk" else Plan()
    plan = next((plan for plan, *_ in PLANTS if plan.name == asked.plant), plain)
    with workshop() as home, _BASES[asked.database](home, asked.on) as base:  # type: ignore[attr-defined]
        scope = Range(
            asked.points, home, asked.jobs, asked.first, hunts="any" if asked.stop else "",
            only=tuple(filter(None, asked.only.split(","))),
        )  # fmt: skip
        tally = crash(base, load(ROOT / "config"), plan, scope)
    document = orjson.dumps(tally.document(), option=orjson.OPT_INDENT_2).decode()
    if asked.json:
        Path(asked.json).write_text(document + "\n")
    sys.stdout.write(document + "\n")
    # Fewer points than were asked for would be a promise about less than it says.
    return int(bool(tally.breaches) or tally.killed < asked.points * 0.9)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.kill", description=__doc__)
    parser.add_argument("--points", type=int, default=1000, help="kills to make")
    parser.add_argument("--database", choices=sorted(_BASES), default="sqlite")
    parser.add_argument(
        "--on", choices=("wecom", "dingtalk"), default="wecom", help="where the company reads"
    )
    parser.add_argument("--jobs", type=int, default=2, help="processes side by side")
    parser.add_argument("--first", type=int, default=0, help="the plot to begin with")
    parser.add_argument("--only", default="", help="kinds of places, as commit,statement; all if not given")
    parser.add_argument("--stop", action="store_true", help="end at the first breach")
    parser.add_argument("--plant", default="", choices=["", *(plan.name for plan, *_ in PLANTS)])
    parser.add_argument("--json", default="", help="write the figures to this file as well")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
