"""What became of everybody in a journey, place by place: came, waits, left by which way, or why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import bindparam, case, func, or_, select

from bot.store.enrollments import DONE
from bot.store.journey_outcomes import outcome, was_there_already, who
from bot.store.tables.journeys import journey_enrollments, journey_steps
from bot.store.tables.results import journey_step_sums
from bot.store.tx import Tx

#: How somebody's way may end at a place; every other outcome is a way on, or `waits`.
ENDS = frozenset(("goal", "left", "exit", "stopped", "gone", "too_long", "failed"))
WAITS, EVERYBODY = "waits", ""

_e = journey_enrollments
_sums = journey_step_sums


@dataclass(frozen=True, slots=True, kw_only=True)
class Whom:
    """Whose ways are counted."""

    journey: str
    #: 0: all of them.
    version: int = 0
    #: Whether somebody may go through it more than once: then each way counts.
    repeats: bool = False
    #: Leads with this tag are left out.
    test_tag: str = ""
    #: Leads of this region alone; of all if empty.
    region: str = ""

    def params(self) -> dict[str, Any]:
        """As the queries want it."""
        return {
            "of": self.journey, "numbered": self.version, "repeats": int(self.repeats),
            "test_tag": self.test_tag, "of_region": self.region,
        }  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeCount:
    """People at one place."""

    reached: int = 0
    #: At this moment.
    waiting: int = 0
    #: By way on: `next`, `then`, an arm's name …
    passed: Mapping[str, int] = field(default_factory=dict)
    #: By reason: goal, left, exit, stopped …
    left: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """People in the whole journey."""

    entered: int = 0
    inside: int = 0
    #: Their goal was reached before anything was done for it: no success of the journey's.
    already: int = 0
    #: By how it ended.
    ended: Mapping[str, int] = field(default_factory=dict)


_REACHED = (
    select(journey_steps.c.place, func.count(journey_steps.c.enrollment_id.distinct()).label("people"))
    .select_from(journey_steps.join(_e, _e.c.id == journey_steps.c.enrollment_id))
    .where(who(_e))
    .group_by(journey_steps.c.place)
)
_OUTCOME = outcome(_e).label("outcome")
_BY_OUTCOME = (
    select(
        journey_steps.c.place, _OUTCOME, func.count(journey_steps.c.enrollment_id.distinct()).label("people")
    )
    .select_from(journey_steps.join(_e, _e.c.id == journey_steps.c.enrollment_id))
    .where(who(_e))
    .group_by(journey_steps.c.place, _OUTCOME)
)
_FOLDED = (
    select(_sums.c.place, _sums.c.outcome, func.sum(_sums.c.people).label("people"))
    .where(
        _sums.c.journey == bindparam("of"),
        or_(bindparam("numbered") == 0, _sums.c.version == bindparam("numbered")),
        or_(bindparam("of_region") == "", _sums.c.region == bindparam("of_region")),
    )
    .group_by(_sums.c.place, _sums.c.outcome)
)
_WAITING = (
    select(_e.c.place, func.count().label("people")).where(who(_e), _e.c.state != DONE).group_by(_e.c.place)
)
_TOTALS = (
    select(
        _e.c.ended_how,
        func.sum(case((_e.c.state == DONE, 0), else_=1)).label("inside"),
        func.sum(case((was_there_already(_e), 1), else_=0)).label("already"),
        func.count().label("people"),
    )
    .where(who(_e))
    .group_by(_e.c.ended_how)
)
_VERSIONS = (
    select(_e.c.version, func.count().label("people")).where(who(_e)).group_by(_e.c.version)
)  # fmt: skip


async def node_counts(tx: Tx, whom: Whom) -> dict[str, NodeCount]:
    """By place; one that nobody came to is left out."""
    params = whom.params()
    reached = {row.place: int(row.people) for row in await tx.all(_REACHED, **params)}
    by: dict[tuple[str, str], int] = {}
    for row in await tx.all(_BY_OUTCOME, **params):
        by[row.place, row.outcome] = int(row.people)
    for row in await tx.all(_FOLDED, of=whom.journey, numbered=whom.version, of_region=whom.region):
        if row.outcome == EVERYBODY:
            reached[row.place] = reached.get(row.place, 0) + int(row.people)
        else:
            by[row.place, row.outcome] = by.get((row.place, row.outcome), 0) + int(row.people)
    waiting = {row.place or "": int(row.people) for row in await tx.all(_WAITING, **params)}
    return {place: _node(place, reached, waiting, by) for place in sorted({*reached, *waiting} - {""})}


def _node(
    place: str, reached: Mapping[str, int], waiting: Mapping[str, int], by: Mapping[tuple[str, str], int]
) -> NodeCount:
    mine = {how: n for (at, how), n in by.items() if at == place and how != WAITS}
    return NodeCount(
        reached=reached.get(place, 0),
        waiting=waiting.get(place, 0),
        passed={how: n for how, n in mine.items() if how not in ENDS},
        left={how: n for how, n in mine.items() if how in ENDS},
    )


async def totals(tx: Tx, whom: Whom) -> Totals:
    """Of the whole."""
    rows = await tx.all(_TOTALS, **whom.params())
    return Totals(
        entered=sum(int(row.people) for row in rows),
        inside=sum(int(row.inside) for row in rows),
        already=sum(int(row.already) for row in rows),
        ended={
            row.ended_how: int(row.people) - int(row.inside) for row in rows if row.people - row.inside > 0
        },
    )


async def entered_by_version(tx: Tx, whom: Whom) -> dict[int, int]:
    """How many entered each version."""
    return {row.version: int(row.people) for row in await tx.all(_VERSIONS, **whom.params())}
