"""What people did: kept once, given to the lead whose it is, and counted in that lead's lane."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select, update

from bot.store.tables.behaviour import behaviours
from bot.store.tx import Tx

#: Names in one `IN`; SQLite takes far more, but the text grows with them.
_MOST = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Behaved:
    """One thing that somebody did."""

    #: Names the occasion: the same one is kept once.
    message_id: str
    event: str
    at: datetime
    received_at: datetime
    lead_id: str | None = None
    visitor: str | None = None
    #: Page path, mail, file.
    object: str = ""
    #: web, app, mail, form, wechat, import, api.
    channel: str = "web"
    properties: Mapping[str, Any] = field(default_factory=dict, repr=False)
    #: Waits in its lead's lane to be counted.
    uncounted: bool = False


_KNOWN = select(behaviours.c.message_id).where(
    behaviours.c.message_id.in_(bindparam("those", expanding=True))
)
_UNCOUNTED = (
    select(behaviours)
    .where(behaviours.c.lead_id == bindparam("of"), behaviours.c.uncounted.is_(True))
    .order_by(behaviours.c.id)
    .limit(bindparam("most"))
)
_COUNTED = update(behaviours).where(behaviours.c.id == bindparam("row_id")).values(uncounted=False)
_GIVE = (
    update(behaviours)
    .where(behaviours.c.visitor.in_(bindparam("those", expanding=True)), behaviours.c.lead_id.is_(None))
    .values(lead_id=bindparam("to_lead"), uncounted=True)
)
_OF_LEAD = (
    select(behaviours)
    .where(behaviours.c.lead_id == bindparam("of"))
    .order_by(behaviours.c.at.desc(), behaviours.c.id.desc())
    .limit(bindparam("most"))
)


def _values(one: Behaved) -> dict[str, Any]:
    return {
        "message_id": one.message_id,
        "lead_id": one.lead_id,
        "visitor": one.visitor,
        "event": one.event,
        "object": one.object,
        "channel": one.channel,
        "properties": dict(one.properties),
        "at": one.at,
        "received_at": one.received_at,
        "uncounted": one.uncounted,
    }


async def record(tx: Tx, one: Behaved) -> bool:
    """Keep it; False if this occasion was kept before."""
    return await tx.insert_new(behaviours, _values(one))


async def record_all(tx: Tx, those: Sequence[Behaved]) -> None:
    """Keep them, leaving out what was kept before."""
    if those:
        await tx.insert_all_new(behaviours, [_values(one) for one in those])


async def known(tx: Tx, message_ids: Sequence[str]) -> frozenset[str]:
    """Which of these occasions we have already."""
    found: set[str] = set()
    for start in range(0, len(message_ids), _MOST):
        rows = await tx.all(_KNOWN, those=list(message_ids[start : start + _MOST]))
        found |= {row.message_id for row in rows}
    return frozenset(found)


async def give(tx: Tx, visitors: Iterable[str], lead_id: str) -> int:
    """What these did while nobody knew them is this lead's now, and waits to be counted."""
    those = sorted(visitors)
    return await tx.run(_GIVE, those=those, to_lead=lead_id) if those else 0


async def uncounted(tx: Tx, lead_id: str, *, most: int) -> list[Behaved]:
    """What waits to be counted, in the order in which it came; taken once, it waits no more."""
    rows = await tx.all(_UNCOUNTED, of=lead_id, most=most)
    if rows:
        await tx.run_all(_COUNTED, [{"row_id": row.id} for row in rows])
    return [_read(row) for row in rows]


async def are_waiting(tx: Tx, lead_id: str) -> bool:
    """Whether something that this lead did waits to be counted."""
    return await tx.first(_UNCOUNTED, of=lead_id, most=1) is not None


async def of_lead(tx: Tx, lead_id: str, *, most: int) -> list[Behaved]:
    """What a lead did last, the newest first."""
    return [_read(row) for row in await tx.all(_OF_LEAD, of=lead_id, most=most)]


def _read(row: Any) -> Behaved:  # noqa: ANN401 - a row
    return Behaved(
        message_id=row.message_id, event=row.event, at=row.at, received_at=row.received_at,
        lead_id=row.lead_id, visitor=row.visitor, object=row.object, channel=row.channel,
        properties=row.properties, uncounted=row.uncounted,
    )  # fmt: skip
