"""Leads whose points no longer say what the rules say at this hour: windows slid, old points faded."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import Select, and_, bindparam, exists, func, not_, or_, select

from bot.crm.company import Company
from bot.crm.company.scoring import ScoringRule
from bot.crm.condition import asks_time
from bot.store.conditions import begins, question, spans_of
from bot.store.desk import Desk
from bot.store.tables.leads import leads, score_changes
from bot.store.tables.segments import lead_tags


@dataclass(frozen=True, slots=True, eq=False)
class _Plan:
    query: Select[Any] | None
    spans: frozenset[int]


async def stale(desk: Desk, *, after: str, at_most: int) -> list[str]:
    """The next of them behind the lead `after`; none for a company whose rules know no time."""
    plan = _plan(desk.company)
    if plan.query is None:
        return []
    rows = await desk.tx.all(plan.query, after=after, at_most=at_most, **begins(plan.spans, desk.now))
    return [row.id for row in rows]


@lru_cache(maxsize=8)
def _plan(company: Company) -> _Plan:
    scoring = company.scoring
    timed = [rule for rule in scoring.rules if rule.event is None and rule.when and asks_time(rule.when)]
    fading = [rule.id for rule in scoring.rules if rule.decay is not None]
    wrong = [_differs(company, rule) for rule in timed]
    if fading:
        given = select(score_changes.c.id).where(
            score_changes.c.lead_id == leads.c.id, score_changes.c.rule.in_(fading)
        )
        wrong.append(exists(given))
    if not wrong:
        return _Plan(None, frozenset())
    query = (
        select(leads.c.id)
        .where(leads.c.id > bindparam("after"), leads.c.merged_into.is_(None), or_(*wrong))
        .order_by(leads.c.id)
        .limit(bindparam("at_most"))
    )
    return _Plan(query, spans_of([rule.when for rule in timed if rule.when]))


def _differs(company: Company, rule: ScoringRule) -> Any:  # noqa: ANN401 - an expression
    """The rule holds and has not given its points or tag, or the other way round."""
    assert rule.when is not None  # noqa: S101 - only rules with a condition ask for time
    holds = question(rule.when, company.registry).where
    if rule.points is None:
        tags = rule.tags_given or ("",)
        has: Any = exists(
            select(lead_tags.c.tag).where(lead_tags.c.lead_id == leads.c.id, lead_tags.c.tag == tags[0])
        )
    else:
        sums = (
            select(func.coalesce(func.sum(score_changes.c.points), 0))
            .where(score_changes.c.lead_id == leads.c.id, score_changes.c.rule == rule.id)
            .scalar_subquery()
        )
        has = sums != 0
    is_held = func.coalesce(holds, False)
    return or_(and_(holds, not_(has)), and_(has, not_(is_held)))
