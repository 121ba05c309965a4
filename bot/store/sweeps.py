"""Leads that wait to be compared with the others: noted when they are entered, struck off when it is done.

A note and not a time: what a list brings is years old, and a unit that ends late has an early moment.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import and_, bindparam, delete, or_, select

from bot.store.desk import Desk
from bot.store.tables.quality import uncompared
from bot.store.tx import Tx

#: Whoever comes alone goes before whoever comes with a list of thousands.
ALONE, LISTED = 0, 1

_ALONE = (
    select(uncompared.c.lane, uncompared.c.id)
    .where(uncompared.c.lane == ALONE, uncompared.c.at <= bindparam("until", type_=uncompared.c.at.type))
    .order_by(uncompared.c.at, uncompared.c.id)
    .limit(bindparam("most"))
    .with_for_update()
)
_LISTED = (
    select(uncompared.c.lane, uncompared.c.id)
    .where(uncompared.c.lane == LISTED)
    .order_by(uncompared.c.id)
    .limit(bindparam("most"))
    .with_for_update()
)
_WAITS = (
    select(uncompared.c.id)
    .where(
        or_(
            uncompared.c.lane == LISTED,
            and_(
                uncompared.c.lane == ALONE, uncompared.c.at <= bindparam("until", type_=uncompared.c.at.type)
            ),
        )
    )
    .limit(1)
)
_DONE = delete(uncompared).where(
    uncompared.c.lane == bindparam("of_lane"), uncompared.c.id.in_(bindparam("some", expanding=True))
)


async def note(desk: Desk, lead_id: str) -> None:
    """A lead came in: it has to be compared once."""
    await desk.tx.insert_new(uncompared, {"lane": ALONE, "id": lead_id, "at": desk.now})


async def is_work(tx: Tx, *, until: datetime) -> bool:
    """Whether anybody may be compared now."""
    return await tx.first(_WAITS, until=until) is not None


async def following(desk: Desk, *, until: datetime, most: int) -> list[str]:
    """The next leads, those that came alone at `until` or before first; they are done with this unit."""
    found = await desk.tx.all(_ALONE, until=until, most=most)
    if len(found) < most:
        found += await desk.tx.all(_LISTED, most=most - len(found))
    for lane in (ALONE, LISTED):
        if some := [one.id for one in found if one.lane == lane]:
            await desk.tx.run(_DONE, of_lane=lane, some=some)
    return [one.id for one in found]
