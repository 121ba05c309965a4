"""Sums kept beside the facts, and which of them wait to be worked out anew."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Integer, String, Table

from bot.store.tables.meta import METADATA
from bot.store.types import UTCDateTime

_NUMBER = BigInteger().with_variant(Integer, "sqlite")
#: Dimensions and sums that one cell has room for.
DIMS, SUMS = 4, 10

#: In which hour of which book a fact came, went or changed; written by triggers of the database in the
#: unit that did it. Append-only, so that no two writers wait for each other.
rollup_marks = Table(
    "rollup_marks",
    METADATA,
    Column("id", _NUMBER, primary_key=True, autoincrement=True),
    Column("book", String, nullable=False),
    #: Of UTC, `2026-11-22T03`; a local day, `2026-11-22`, of what has no time of day.
    Column("hour", String, nullable=False),
)
Index("ix_rollup_marks_hour", rollup_marks.c.book, rollup_marks.c.hour)

#: Local days whose cells may be wrong until they are worked out: they are read from the facts.
rollup_stale = Table(
    "rollup_stale",
    METADATA,
    Column("book", String, primary_key=True),
    Column("day", String, primary_key=True),
    #: Of whoever works it out; another one has come since if it differs.
    Column("token", String, nullable=False),
    Column("due_at", UTCDateTime, nullable=False),
)
Index("ix_rollup_stale_due", rollup_stale.c.due_at)

#: What the cells of a book were worked out by; a book without a row, or with another digest, is not read.
rollup_books = Table(
    "rollup_books",
    METADATA,
    Column("book", String, primary_key=True),
    #: Of its SQL, its dimensions and the time zone.
    Column("digest", String, nullable=False),
    #: The latest moment for which a day was worked out.
    Column("settled_at", UTCDateTime, nullable=False),
)


def _cells(name: str) -> Table:
    return Table(
        name,
        METADATA,
        #: Series and dimensions, `won:region+source`.
        Column("cube", String, primary_key=True),
        #: The local day, or the first one of the month.
        Column("begins", String, primary_key=True),
        *(Column(f"d{n}", String, primary_key=True) for n in range(DIMS)),
        #: Facts in it; never 0.
        Column("n", BigInteger, nullable=False),
        *(Column(f"s{n}", BigInteger) for n in range(SUMS)),
        sqlite_with_rowid=False,
    )


rollup_days = _cells("rollup_days")
rollup_months = _cells("rollup_months")

#: What a night found to be wrong; each is a defect of ours.
rollup_differences = Table(
    "rollup_differences",
    METADATA,
    Column("id", _NUMBER, primary_key=True, autoincrement=True),
    Column("book", String, nullable=False),
    Column("month", String, nullable=False),
    #: Cells that differed from the facts.
    Column("cells", Integer, nullable=False),
    #: One of them, cube and day: where to begin looking.
    Column("example", String, nullable=False),
    Column("found_at", UTCDateTime, nullable=False),
)
Index("ix_rollup_differences_found", rollup_differences.c.found_at)
