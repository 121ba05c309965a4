"""How many of all who entered a journey reached its goal or bought something within its window."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Float, cast, func, select

from bot.store import journey_outcomes as outcomes
from bot.store.journey_outcomes import was_there_already, who
from bot.store.tables.journeys import journey_enrollments
from bot.store.tx import Tx

_e = journey_enrollments


@dataclass(frozen=True, slots=True)
class Reached:
    """People, each once, however often they entered."""

    people: int
    reached: int
    bought: int
    #: In the currency.
    money: float


def _reached() -> Any:  # noqa: ANN401 - a query
    one = (
        select(_e.c.lead_id, func.min(_e.c.entered_at, type_=_e.c.entered_at.type).label("entered_at"))
        .where(who(_e), ~was_there_already(_e))
        .group_by(_e.c.lead_id)
        .cte("entered")
    )
    goal, buys = outcomes.goals(), outcomes.purchases()
    reached = (
        select(one.c.lead_id)
        .join(goal, goal.c.lead_id == one.c.lead_id)
        .where(outcomes.within(one.c.entered_at, one.c.entered_at, goal.c.at, by_night=True))
        .distinct()
        .subquery("reached")
    )
    bought = (
        select(one.c.lead_id, func.sum(buys.c.cents).label("cents"))
        .join(buys, buys.c.lead_id == one.c.lead_id)
        .where(outcomes.within(one.c.entered_at, one.c.entered_at, buys.c.at))
        .group_by(one.c.lead_id)
        .subquery("bought")
    )
    # Counted one beside the other: a join of three unindexed lists would be a loop within a loop.
    paid = select(func.count().label("n"), outcomes.added(cast(bought.c.cents, Float) / 100.0).label("sum"))
    money = paid.select_from(bought).subquery("money")
    return select(
        select(func.count()).select_from(one).scalar_subquery().label("people"),
        select(func.count()).select_from(reached).scalar_subquery().label("reached"),
        money.c.n.label("bought"),
        money.c.sum.label("money"),
    )


_REACHED = _reached()


async def reached(tx: Tx, params: dict[str, Any], *, days: int) -> Reached:
    """Whoever was there already is not among them; `params` as `journey_nodes.Whom` gives them."""
    row = await tx.first(_REACHED, **params, window=days * 86_400)
    if row is None or not row.people:
        return Reached(0, 0, 0, 0.0)
    return Reached(int(row.people), int(row.reached), int(row.bought), float(row.money or 0))
