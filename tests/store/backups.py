"""What the tests of backups share: something in every column, and how a backup is taken and put back."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone
from decimal import Decimal

from sqlalchemy import Boolean, Date, Integer, LargeBinary, create_engine, delete, insert, select
from sqlalchemy.engine import make_url

from bot.chat.outbound import Repeat, SendText
from bot.store.backup import back_up
from bot.store.backup_format import tables
from bot.store.restore import Job
from bot.store.types import Hundredths, Json, UTCDateTime
from tests.conftest import NOW

#: Changed by a restore on purpose.
SETTLED = {"outbox", "lanes", "leases", "audit", "audit_head", "incidents", "numbers"}
#: Where nobody knows what went after the backup, whoever was due is out and days begun are passed over.
UNCERTAIN = {"journey_enrollments", "journey_marks", "journey_sweeps"}


def engine_of(url):
    parsed = make_url(url)
    kind = "sqlite" if parsed.get_backend_name() == "sqlite" else "postgresql+psycopg"
    return create_engine(parsed.set(drivername=kind))


#: Something telling for each type: zero and one, quotes, line ends, emoji, every byte. Narrow types first.
VALUES = (
    (UTCDateTime, lambda row: datetime(2026, 11, 18, 2, row, 3, 4 + row, tzinfo=timezone.utc)),
    (Json, lambda row: {"text": '线索 "1"\n😀', "n": row, "list": [1.5, None, True]}),
    (Hundredths, lambda row: Decimal(1234567 + row) / 100),
    (Boolean, bool),
    (Date, lambda row: date(2026, 2, 27 + row)),
    (LargeBinary, lambda row: bytes(range(256)) if row else b""),
    (Integer, lambda row: row + 1),
)


def value_of(column, row):
    if column.nullable and row == 1:
        return None
    found = next((make for kind, make in VALUES if isinstance(column.type, kind)), None)
    return f"{column.name} ' \\ \t 中文 {row}" if found is None else found(row)


def fill(url):
    """Two rows in every table."""
    engine = engine_of(url)
    with engine.begin() as connection:
        # Triggers mark what comes into other tables: the marks come last, and alone.
        for table in sorted(tables(), key=lambda one: one.name == "rollup_marks"):
            if table.name in {"instance", "audit", "audit_head"}:
                continue
            connection.execute(delete(table))
            for row in range(2):
                connection.execute(insert(table).values({c.name: value_of(c, row) for c in table.columns}))
    engine.dispose()


def contents(url, *, but=frozenset()):
    engine = engine_of(url)
    with engine.connect() as connection:
        found = {
            table.name: sorted(map(repr, connection.execute(select(table)).all()))
            for table in tables()
            if table.name not in but
        }
    engine.dispose()
    return found


def policy(_platform, outgoing):
    """As WeCom has it: cards and greetings are known again, texts for some hours, groups never."""
    if isinstance(outgoing, SendText):
        return Repeat.NEVER if outgoing.group else Repeat.WINDOW
    return Repeat.KEYED


def job(url, file, vault, *, after=timedelta(hours=1), **given):
    return Job(url, file, vault, NOW + after, "restoredrestoredrestored", policy, **given)


def take(url, file, vault, **given):
    return back_up(url, file, vault=vault, now=NOW, program="0.1.0", **given)
