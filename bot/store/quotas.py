"""How often a receiver may be written to: never more than so many in any span of time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta, timezone

from sqlalchemy import bindparam, select, text

from bot.store.tables.machinery import quotas
from bot.store.tx import Tx
from bot.store.types import Json

_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
_KEEP = text(
    "INSERT INTO quotas (key, sent) VALUES (:key, :sent) ON CONFLICT (key) DO UPDATE SET sent = :sent"
).bindparams(bindparam("sent", type_=Json))
_ROW = select(quotas.c.sent).where(quotas.c.key == bindparam("of"))


async def spend(
    tx: Tx, key: str, spans: Sequence[tuple[int, timedelta]], *, now: datetime
) -> datetime | None:
    """Spend one sending to a receiver; None if it is granted, else when there is room again.

    Never more than `most` in any of its spans, counted to the millisecond. Only who holds the
    receiver's lane may ask.
    """
    at, row = _milliseconds(now), await tx.first(_ROW, of=key)
    oldest = at - max(_span(span) for _, span in spans)
    sent = [one for one in (row.sent if row else ()) if one > oldest]
    waits = [
        sent[-most] + _span(span) - at
        for most, span in spans
        if len(sent) >= most and sent[-most] > at - _span(span)
    ]
    if waits:
        return now + timedelta(milliseconds=max(waits))
    await tx.run(_KEEP, key=key, sent=[*sent, at])
    return None


def _milliseconds(at: datetime) -> int:
    return _span(at - _EPOCH)


def _span(span: timedelta) -> int:
    return span // timedelta(milliseconds=1)
