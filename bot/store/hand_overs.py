"""Hand-overs: many leads go to somebody, some in each unit of work, and what became of each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select, update

from bot.crm.pool import HELD
from bot.store.desk import Desk
from bot.store.tables.assignment import hand_overs
from bot.store.tables.leads import leads
from bot.store.tx import Tx

_OPEN = sorted({*HELD, "converted"})


@dataclass(frozen=True, slots=True, kw_only=True)
class HandOver:
    """One of them, as far as it got."""

    id: str
    by: str
    to_user: str
    from_user: str | None = None
    #: Leads still to be moved.
    waiting: tuple[str, ...] = ()
    #: What hangs on no lead goes too.
    is_all: bool = False
    moved: int = 0
    deals: int = 0
    tasks: int = 0
    #: (lead id, why) of those that were not moved.
    skipped: tuple[tuple[str, str], ...] = ()
    done_at: datetime | None = None


_BY_ID = select(hand_overs).where(hand_overs.c.id == bindparam("of"))
_KEEP = (
    update(hand_overs)
    .where(hand_overs.c.id == bindparam("of"), hand_overs.c.done_at.is_(None))
    .values(
        waiting=bindparam("left"), moved=bindparam("so_many"), deals=bindparam("of_deals"),
        tasks=bindparam("of_tasks"), skipped=bindparam("not_moved"), done_at=bindparam("done"),
    )
)  # fmt: skip
_OWNED = (
    select(leads.c.id)
    .where(leads.c.owner_id == bindparam("of_user"), leads.c.status.in_(_OPEN), leads.c.merged_into.is_(None))
    .order_by(leads.c.id)
)


async def begin(desk: Desk, hand_over: HandOver) -> None:
    """Write down what is to be moved."""
    await desk.tx.insert(
        hand_overs,
        {
            "id": hand_over.id,
            "by": hand_over.by,
            "from_user": hand_over.from_user,
            "to_user": hand_over.to_user,
            "waiting": list(hand_over.waiting),
            "is_all": hand_over.is_all,
            "moved": 0,
            "deals": 0,
            "tasks": 0,
            "skipped": [],
            "created_at": desk.now,
            "done_at": None,
        },
    )


async def find(tx: Tx, hand_over_id: str) -> HandOver | None:
    """The hand-over of this id."""
    row = await tx.first(_BY_ID, of=hand_over_id)
    return None if row is None else _hand_over(row)


async def keep(tx: Tx, hand_over: HandOver) -> None:
    """Remember how far it got; one that is done stays as it is."""
    await tx.run(
        _KEEP, of=hand_over.id, left=list(hand_over.waiting), so_many=hand_over.moved,
        of_deals=hand_over.deals, of_tasks=hand_over.tasks,
        not_moved=[list(one) for one in hand_over.skipped], done=hand_over.done_at,
    )  # fmt: skip


async def owned(tx: Tx, user_id: str) -> list[str]:
    """Numbers of the open leads of somebody, those that became opportunities too."""
    return [row.id for row in await tx.all(_OWNED, of_user=user_id)]


def _hand_over(row: Any) -> HandOver:  # noqa: ANN401 - a row
    return HandOver(
        id=row.id,
        by=row.by,
        to_user=row.to_user,
        from_user=row.from_user,
        waiting=tuple(row.waiting),
        is_all=bool(row.is_all),
        moved=row.moved,
        deals=row.deals,
        tasks=row.tasks,
        skipped=tuple((one[0], one[1]) for one in row.skipped),
        done_at=row.done_at,
    )
