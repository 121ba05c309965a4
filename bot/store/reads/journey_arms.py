"""Arms of an experiment: who fell into each, and what they did afterwards, by the arm they were given first.

An arm is an arm whatever was sent: those in the hold-out got nothing and count like everybody else.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Float,
    Integer,
    Select,
    bindparam,
    case,
    cast,
    func,
    literal_column,
    select,
    union_all,
)

from bot.store import journey_outcomes as outcomes
from bot.store.journey_outcomes import who
from bot.store.tables.journeys import journey_enrollments, journey_steps
from bot.store.tx import Tx

_e = journey_enrollments
_WHOLE = 100.0


@dataclass(frozen=True, slots=True)
class Arm:
    """What became of the people of one arm, in one version."""

    name: str
    version: int
    n: int
    #: Those for whom the journey's window is still open.
    open: int
    #: Who reached the goal, who bought something.
    reached: int
    bought: int
    #: What they paid within the window, and the sum of the squares of each one's; in the currency.
    money: float
    squares: float


def _assigned() -> Any:  # noqa: ANN401 - a subquery
    """One row a person: the arm that he was given first."""
    turn = func.row_number().over(
        partition_by=_e.c.lead_id,
        order_by=(journey_steps.c.at, journey_steps.c.enrollment_id, journey_steps.c.n),
    )
    given = (
        select(
            _e.c.lead_id, _e.c.version, _e.c.entered_at,
            journey_steps.c.at, journey_steps.c.outcome.label("arm"), turn.label("turn"),
        )
        .select_from(journey_steps.join(_e, _e.c.id == journey_steps.c.enrollment_id))
        .where(
            who(_e),
            journey_steps.c.place == bindparam("at_place"),
            journey_steps.c.outcome.in_(bindparam("arms", expanding=True)),
        )
        .subquery("given")
    )  # fmt: skip
    return (
        select(given.c.lead_id, given.c.version, given.c.entered_at, given.c.at, given.c.arm)
        .where(given.c.turn == 1)
        .cte("assigned")
    )


def _arms() -> Any:  # noqa: ANN401 - a query
    """Rows of three kinds added up, not joined: whoever was assigned, reached it, bought something."""
    one, goal, buys = _assigned(), outcomes.goals(), outcomes.purchases()
    whose = (one.c.lead_id, one.c.arm, one.c.version)
    is_open = case((one.c.entered_at > bindparam("open_since"), 1), else_=0)
    reached = (
        select(*whose)
        .join(goal, goal.c.lead_id == one.c.lead_id)
        .where(outcomes.within(one.c.at, one.c.entered_at, goal.c.at, by_night=True))
        .distinct()
        .subquery("reached")
    )
    bought = (
        select(*whose, func.sum(buys.c.cents).label("cents"))
        .join(buys, buys.c.lead_id == one.c.lead_id)
        .where(outcomes.within(one.c.at, one.c.entered_at, buys.c.at))
        .group_by(*whose)
        .subquery("bought")
    )
    paid = cast(bought.c.cents, Float) / _WHOLE
    part = union_all(
        _part(one, n=literal_column("1"), open=is_open),
        _part(reached, reached=literal_column("1")),
        _part(bought, bought=literal_column("1"), money=paid, squares=paid * paid),
    ).subquery("parts")
    return (
        select(
            part.c.arm, part.c.version,
            *(func.sum(part.c[name]).label(name) for name in ("n", "open", "reached", "bought")),
            *(outcomes.added(part.c[name]).label(name) for name in ("money", "squares")),
        )
        .group_by(part.c.arm, part.c.version)
        .order_by(part.c.arm, part.c.version)
    )  # fmt: skip


def _part(of: Any, **given: ColumnElement[Any]) -> Select[Any]:  # noqa: ANN401 - a subquery
    """One kind of row; what it does not say is nought."""
    nought = {name: literal_column("0", Integer) for name in ("n", "open", "reached", "bought")}
    nothing = {name: cast(literal_column("0"), Float) for name in ("money", "squares")}
    said = {**nought, **nothing, **given}
    return select(of.c.arm, of.c.version, *(column.label(name) for name, column in said.items()))


_ARMS = _arms()


async def arms(
    tx: Tx, params: dict[str, Any], place: str, names: Collection[str], *, days: int, now: datetime
) -> list[Arm]:
    """Of the split at this place; `params` as `journey_nodes.Whom` gives them."""
    rows = await tx.all(
        _ARMS, **params, at_place=place, arms=sorted(names), window=days * 86_400,
        open_since=now - timedelta(days=days),
    )  # fmt: skip
    return [
        Arm(
            r.arm, r.version, int(r.n), int(r.open), int(r.reached), int(r.bought),
            float(r.money), float(r.squares),
        )
        for r in rows
    ]  # fmt: skip
