"""Going through all leads in the order of their creation, a few at a time, and remembering how far."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import and_, bindparam, or_, select, update

from bot.store.desk import Desk
from bot.store.tables.leads import leads
from bot.store.tables.quality import sweeps

_FIND = select(sweeps).where(sweeps.c.name == bindparam("of")).with_for_update()
_AT = bindparam("since", type_=leads.c.created_at.type)
_NEXT = (
    select(leads.c.id, leads.c.created_at)
    .where(
        or_(leads.c.created_at > _AT, and_(leads.c.created_at == _AT, leads.c.id > bindparam("last"))),
        leads.c.created_at >= _AT,
        leads.c.created_at <= bindparam("until", type_=leads.c.created_at.type),
    )
    .order_by(leads.c.created_at, leads.c.id)
    .limit(bindparam("most"))
)
_GO_ON = update(sweeps).where(sweeps.c.name == bindparam("of")).values(
    at=bindparam("now_at"), last=bindparam("now_last")
)  # fmt: skip


async def following(desk: Desk, name: str, *, until: datetime, most: int) -> list[str]:
    """The next leads of this sweep, created at `until` or before; they count as done with this unit."""
    row = await desk.tx.first(_FIND, of=name)
    if row is None:
        await desk.tx.insert_new(
            sweeps, {"name": name, "at": datetime.fromtimestamp(0, until.tzinfo), "last": ""}
        )
        row = await desk.tx.first(_FIND, of=name)
    found = await desk.tx.all(_NEXT, since=row.at, last=row.last, until=until, most=most) if row else []
    if found:
        await desk.tx.run(_GO_ON, of=name, now_at=found[-1].created_at, now_last=found[-1].id)
    return [one.id for one in found]
