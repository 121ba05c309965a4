"""What colleagues promise to win in a month or quarter: said again, the last word counts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import bindparam, select

from bot.crm.query import Period
from bot.crm.user import User
from bot.store.desk import Desk
from bot.store.tables.forecast import commitments
from bot.store.tx import Tx

_OF_PERIOD = (
    select(commitments)
    .where(
        commitments.c.begins == bindparam("from_day"),
        commitments.c.ends == bindparam("until_day"),
        commitments.c.user_id.in_(bindparam("of", expanding=True)),
    )
    .order_by(commitments.c.at, commitments.c.id)
)


@dataclass(frozen=True, slots=True)
class Commitment:
    """What somebody said once; None: he took it back."""

    user_id: str
    amount: Decimal | None
    at: datetime


async def say(desk: Desk, user: User, period: Period, amount: Decimal | None) -> None:
    """Write down what he promises from now on; None takes it back."""
    await desk.tx.insert(
        commitments,
        {
            "user_id": user.id, "begins": period.begins, "ends": period.ends,
            "amount": amount, "team": user.team, "region": user.region, "at": desk.now,
        },
    )  # fmt: skip


async def said(tx: Tx, user_ids: Iterable[str], period: Period) -> dict[str, list[Commitment]]:
    """All that these people ever said of a period, by person, the latest last."""
    wanted = list(user_ids)
    found: dict[str, list[Commitment]] = {}
    if not wanted:
        return found
    for row in await tx.all(_OF_PERIOD, from_day=period.begins, until_day=period.ends, of=wanted):
        found.setdefault(row.user_id, []).append(Commitment(row.user_id, row.amount, row.at))
    return found
