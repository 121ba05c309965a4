"""Old steps become sums: of ways that ended long ago only how many came and went is kept, by place and day.

Steps of experiments stay: they say into which arm somebody fell, and what he does later still counts.
Whoever does not count in results is in no sum either.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, delete, select, text

from bot.store.enrollments import DONE
from bot.store.journey_outcomes import who
from bot.store.tables.journeys import journey_enrollments, journey_steps
from bot.store.tables.leads import leads
from bot.store.tables.results import journey_step_sums
from bot.store.tx import Tx

_e, _s = journey_enrollments, journey_steps
_OLD = (
    select(_e.c.id, _e.c.journey, _e.c.version)
    .where(
        _e.c.id.in_(
            select(_s.c.enrollment_id)
            .where(_s.c.enrollment_id > bindparam("after"))
            .group_by(_s.c.enrollment_id)
            .order_by(_s.c.enrollment_id)
            .limit(bindparam("most"))
        )
    )
    .where(_e.c.state == DONE, _e.c.ended_at < bindparam("before"))
    .order_by(_e.c.id)
)
_LAST = (
    select(_s.c.enrollment_id)
    .where(_s.c.enrollment_id > bindparam("after"))
    .group_by(_s.c.enrollment_id)
    .order_by(_s.c.enrollment_id)
    .limit(bindparam("most"))
)
_WHO = (
    select(_e.c.id, _e.c.version, _e.c.n, _e.c.ended_how, _e.c.entered_at, leads.c.region)
    .select_from(_e.join(leads, leads.c.id == _e.c.lead_id))
    .where(who(_e), _e.c.id.in_(bindparam("those", expanding=True)))
)
#: What is dropped is what is added up, whoever else does the same at the same moment.
_DROP = (
    delete(_s)
    .where(
        _s.c.enrollment_id.in_(bindparam("those", expanding=True)),
        _s.c.place.not_in(bindparam("but", expanding=True)),
    )
    .returning(_s.c.enrollment_id, _s.c.n, _s.c.place, _s.c.outcome)
)
_ADD = text(
    'INSERT INTO journey_step_sums (journey, version, place, outcome, "on", region, people)'
    " VALUES (:journey, :version, :place, :outcome, :day, :region, :people)"
    ' ON CONFLICT (journey, version, place, outcome, "on", region)'
    " DO UPDATE SET people = journey_step_sums.people + excluded.people"
).bindparams(bindparam("day", type_=journey_step_sums.c.on.type))
#: No place is called so.
_NOWHERE = ""


async def old(
    tx: Tx, after: str, *, before: datetime, most: int
) -> tuple[Mapping[tuple[str, int], list[str]], str | None]:
    """Of the next ways with steps those that ended before, by journey and version; how far one has come."""
    looked = [row.enrollment_id for row in await tx.all(_LAST, after=after, most=most)]
    found: dict[tuple[str, int], list[str]] = {}
    for row in await tx.all(_OLD, after=after, most=most, before=before):
        found.setdefault((row.journey, row.version), []).append(row.id)
    return found, looked[-1] if looked else None


async def fold(
    tx: Tx,
    journey: str,
    ids: Sequence[str],
    *,
    splits: Collection[str],
    repeats: bool,
    test_tag: str,
) -> int:
    """Add these ways of one version up and drop their steps but those at `splits`; how many steps."""
    params = {"of": journey, "numbered": 0, "repeats": int(repeats), "test_tag": test_tag}
    ways = {row.id: row for row in await tx.all(_WHO, **params, of_region="", those=list(ids))}
    dropped = await tx.all(_DROP, those=list(ids), but=sorted(splits) or [_NOWHERE])
    made = [(ways[step.enrollment_id], step) for step in dropped if step.enrollment_id in ways]
    if sums := [{"journey": journey, **one} for one in _sums(made)]:
        await tx.run_all(_ADD, sums)
    return len(dropped)


def _sums(made: Iterable[tuple[Any, Any]]) -> Iterable[dict[str, Any]]:
    """Each way once for a place, and once for each of its outcomes there."""
    once: set[tuple[Any, ...]] = set()
    for way, step in made:
        where, when = (way.id, way.version, step.place), (way.entered_at.date(), way.region)
        once.add((*where, "", *when))
        once.add((*where, _outcome(way, step), *when))
    names = ("version", "place", "outcome", "day", "region")
    counted = Counter(one[1:] for one in once)
    return [{**dict(zip(names, key, strict=True)), "people": n} for key, n in sorted(counted.items())]


def _outcome(way: Any, step: Any) -> str:  # noqa: ANN401 - rows
    """As `journey_outcomes.outcome` says it of one that is not folded."""
    return str(way.ended_how if step.n == way.n and step.outcome == "waits" else step.outcome)
