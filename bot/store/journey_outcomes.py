"""Who counts in a journey's results, and what counts as reached or bought: parts of queries.

A way of somebody's counts once. Not counted are ways of leads that are gone, erased or marked as a test, and
of two ways that a merging made one person's in a journey that everybody goes through once, the later.
"""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Integer,
    String,
    Subquery,
    and_,
    bindparam,
    case,
    exists,
    func,
    literal_column,
    or_,
    select,
    tuple_,
    type_coerce,
    union_all,
)
from sqlalchemy.types import NullType

from bot.store.enrollments import DONE
from bot.store.erased import is_erased
from bot.store.metrics.local_days import Seconds
from bot.store.tables.imports import orders
from bot.store.tables.journeys import journey_enrollments, journey_steps
from bot.store.tables.leads import leads
from bot.store.tables.results import journey_goals
from bot.store.tables.sales import opportunities
from bot.store.tables.segments import lead_tags

GOAL: Final = "goal"
#: Whoever was there from the beginning was not brought there: his only step found it.
_FIRST_STEP = 1
#: What is seen once a night is seen up to a day later.
_A_NIGHT = 86_400
_ONE: ColumnElement[Any] = literal_column("1")
_EARLIER = journey_enrollments.alias("earlier_way")
_LEAD, _TAG = leads.alias("counted_lead"), lead_tags.alias("test_mark")


def who(e: Any) -> ColumnElement[bool]:  # noqa: ANN401 - enrollments, under any name
    """Ways that count; its parameters are those of `journey_nodes.Whom`."""
    version, region = bindparam("numbered", type_=Integer), bindparam("of_region", type_=String)
    return and_(
        e.c.journey == bindparam("of"),
        or_(version == 0, e.c.version == version),
        e.c.ended_how.not_in(("merged", "erased")),
        exists(
            select(_ONE).where(
                _LEAD.c.id == e.c.lead_id,
                _LEAD.c.merged_into.is_(None),
                ~is_erased(_LEAD),
                or_(region == "", _LEAD.c.region == region),
            )
        ),
        ~exists(
            select(_ONE).where(
                _TAG.c.lead_id == e.c.lead_id, _TAG.c.tag == bindparam("test_tag", type_=String)
            )
        ),
        or_(bindparam("repeats", type_=Integer) == 1, ~_is_second(e)),
    )


def _is_second(e: Any) -> ColumnElement[bool]:  # noqa: ANN401 - enrollments, under any name
    """Somebody else's way before, who is the same person now."""
    return exists(
        select(_ONE).where(
            _EARLIER.c.lead_id == e.c.lead_id,
            _EARLIER.c.journey == e.c.journey,
            _EARLIER.c.person != e.c.person,
            _EARLIER.c.ended_how != "erased",
            tuple_(_EARLIER.c.entered_at, _EARLIER.c.id) < tuple_(e.c.entered_at, e.c.id),
        )
    )


def outcome(e: Any) -> ColumnElement[str]:  # noqa: ANN401 - enrollments, under any name
    """How a place was left: whoever was taken out while he waited there left by that."""
    taken_out = and_(journey_steps.c.n == e.c.n, journey_steps.c.outcome == "waits", e.c.state == DONE)
    return case((taken_out, e.c.ended_how), else_=journey_steps.c.outcome)


def was_there_already(e: Any) -> ColumnElement[bool]:  # noqa: ANN401 - enrollments, under any name
    """His goal was reached before anything was done for it."""
    return and_(e.c.ended_how == GOAL, e.c.n <= _FIRST_STEP)


def goals() -> Subquery:
    """(lead_id, at): found by a step, or by the look of a night."""
    e = journey_enrollments.alias("way_with_goal")
    seen = journey_enrollments.alias("seen_way")
    found = select(e.c.lead_id, e.c.ended_at.label("at")).where(
        e.c.journey == bindparam("of"), e.c.ended_how == GOAL, e.c.n > _FIRST_STEP
    )
    by_night = (
        select(seen.c.lead_id, journey_goals.c.at)
        .select_from(seen.join(journey_goals, journey_goals.c.enrollment_id == seen.c.id))
        .where(seen.c.journey == bindparam("of"))
    )
    return union_all(found, by_night).subquery("reached_goals")


def purchases() -> Subquery:
    """(lead_id, at, cents): orders and won deals of the lead, or of its account if they name no lead."""
    return _purchases().subquery("bought_by")


def _purchases() -> CompoundSelect[Any]:
    won = opportunities.c.won.is_(True)
    parts = []
    for table, at, which in (
        (orders, orders.c.ordered_at, None),
        (opportunities, opportunities.c.closed_at, won),
    ):
        own = select(table.c.lead_id, at.label("at"), _cents(table).label("cents")).where(
            func.coalesce(table.c.lead_id, "") != ""
        )
        through = (
            select(leads.c.id.label("lead_id"), at.label("at"), _cents(table).label("cents"))
            .select_from(table.join(leads, leads.c.account_id == table.c.account_id))
            .where(func.coalesce(table.c.lead_id, "") == "", func.coalesce(table.c.account_id, "") != "")
        )
        parts += [own, through] if which is None else [own.where(which), through.where(which)]
    return union_all(*parts)


def _cents(table: Any) -> ColumnElement[int]:  # noqa: ANN401 - a table
    """Plain cents: the column's type would make money of what is added up."""
    return func.coalesce(literal_column(f"{table.name}.amount"), 0)


def within(since: Any, entered: Any, at: Any, *, by_night: bool = False) -> ColumnElement[bool]:  # noqa: ANN401 - columns
    """It happened after this moment and within the journey's window (seconds, `window`) from his entry."""
    window = bindparam("window", type_=Integer)
    return and_(at >= since, Seconds(entered, at) <= (window + _A_NIGHT if by_night else window))


def added(amounts: ColumnElement[Any]) -> ColumnElement[Any]:
    """The sum of plain floating numbers, as the driver gives it."""
    return type_coerce(func.sum(func.coalesce(amounts, 0.0)), NullType())
