"""What a number was on a day that nothing else remembers."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from sqlalchemy import bindparam, select

from bot.store.tables.digests import digest_readings
from bot.store.tx import Tx

_OF = (
    select(digest_readings.c.value)
    .where(
        digest_readings.c.metric == bindparam("of_metric"),
        digest_readings.c.scope == bindparam("in_scope"),
        digest_readings.c.day >= bindparam("since", type_=digest_readings.c.day.type),
        digest_readings.c.day < bindparam("until", type_=digest_readings.c.day.type),
    )
    .order_by(digest_readings.c.day)
)


async def keep(tx: Tx, metric: str, scope: str, day: date, value: str) -> bool:
    """Write down what it is today; False if that is known."""
    row = {"metric": metric, "scope": scope, "day": day, "value": value}
    return await tx.insert_new(digest_readings, row)


async def of_month(tx: Tx, metric: str, scope: str, *, before: date) -> list[Decimal]:
    """What it was on the days of this month before this one."""
    rows = await tx.all(_OF, of_metric=metric, in_scope=scope, since=before.replace(day=1), until=before)
    return [Decimal(row.value) for row in rows]
