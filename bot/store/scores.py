"""Points: given once for each occasion, added up on the lead, never taken back without a row."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol

from sqlalchemy import bindparam, case, func, select, update

from bot.crm.lead_sheet import Reason
from bot.crm.score_entry import ScoreEntry
from bot.store.desk import Desk
from bot.store.tables.leads import leads, score_changes
from bot.store.tx import Tx


class Gain(Protocol):
    """Points from one rule, for one occasion."""

    @property
    def rule(self) -> str:
        """The rule's id."""

    @property
    def points(self) -> int:
        """How many; fewer than none for a malus."""

    @property
    def reason(self) -> str:
        """Why, in words for reps."""

    @property
    def occasion(self) -> str:
        """What it is for; a second time gives nothing."""


@dataclass(frozen=True, slots=True)
class RulePoints:
    """What one rule has given a lead so far, in how many rows."""

    points: int
    rows: int


_SCORE = select(leads.c.score).where(leads.c.id == bindparam("of"))
_SET = (
    update(leads)
    .where(leads.c.id == bindparam("of"))
    .values(
        score=bindparam("becomes"),
        tier=bindparam("in_tier"),
        # The day a line is first crossed stays, whatever the score does later.
        marketing_qualified_at=case(
            (bindparam("is_mql"), func.coalesce(leads.c.marketing_qualified_at, bindparam("at"))),
            else_=leads.c.marketing_qualified_at,
        ),
        sales_qualified_at=case(
            (bindparam("is_sql"), func.coalesce(leads.c.sales_qualified_at, bindparam("at"))),
            else_=leads.c.sales_qualified_at,
        ),
    )
)
_BY_RULE = (
    select(
        score_changes.c.rule,
        func.sum(score_changes.c.points).label("points"),
        func.count().label("rows"),
    )
    .where(score_changes.c.lead_id == bindparam("of"))
    .group_by(score_changes.c.rule)
)
_ENTRIES = select(score_changes.c.rule, score_changes.c.points, score_changes.c.at).where(
    score_changes.c.lead_id == bindparam("of")
)
_REASONS = (
    select(score_changes.c.reason, func.sum(score_changes.c.points).label("points"))
    .where(score_changes.c.lead_id == bindparam("of"))
    .group_by(score_changes.c.reason)
    .order_by(func.sum(score_changes.c.points).desc(), score_changes.c.reason)
)


async def add(desk: Desk, lead_id: str, gains: Iterable[Gain]) -> int:
    """Write down points that are new and give the score that they make; the lead must be locked."""
    row = await desk.tx.first(_SCORE, of=lead_id)
    if row is None:
        raise KeyError(lead_id)
    score = int(row.score)
    for gain in gains:
        change = {
            "lead_id": lead_id,
            "rule": gain.rule,
            "occasion": gain.occasion,
            "points": gain.points,
            "reason": gain.reason,
            "score": score + gain.points,
            "at": desk.now,
        }
        if await desk.tx.insert_new(score_changes, change):
            score += gain.points
    return score


async def settle(desk: Desk, lead_id: str, score: int, *, tier: str, is_mql: bool, is_sql: bool) -> None:
    """Put the score on the lead, its tier, and the day on which it first reached a line."""
    await desk.tx.run(
        _SET, of=lead_id, becomes=score, in_tier=tier, is_mql=is_mql, is_sql=is_sql, at=desk.now
    )


async def by_rule(tx: Tx, lead_id: str) -> Mapping[str, RulePoints]:
    """What each rule has given so far."""
    rows = await tx.all(_BY_RULE, of=lead_id)
    return {row.rule: RulePoints(int(row.points), int(row.rows)) for row in rows}


async def entries(tx: Tx, lead_id: str) -> tuple[ScoreEntry, ...]:
    """Every row of points, with when it was given."""
    rows = await tx.all(_ENTRIES, of=lead_id)
    return tuple(ScoreEntry(row.rule, int(row.points), row.at) for row in rows)


async def reasons(tx: Tx, lead_id: str) -> tuple[Reason, ...]:
    """Why a lead has its points, the weightiest first."""
    rows = await tx.all(_REASONS, of=lead_id)
    return tuple(Reason(row.reason, int(row.points)) for row in rows if row.points)
