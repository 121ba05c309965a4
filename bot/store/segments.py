"""Segments that are kept up to date: who is in, who came and went, and when time may change that.

Triggers of the database mark every lead of which something changed that a condition may ask for. What
is marked, and what time may have changed, is looked at again by one statement for all segments; only
what differs is written. A walk through all leads begins when a segment is defined anew.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, Literal, TypeAlias

from sqlalchemy import Select, bindparam, delete, exists, func, select, update

from bot.crm.company import Company
from bot.crm.company.segments import Segment
from bot.store import segment_dues as dues
from bot.store.conditions import Question, begins, question
from bot.store.desk import Desk
from bot.store.erased import is_erased
from bot.store.tables.leads import leads
from bot.store.tables.segments import (
    segment_changes,
    segment_dues,
    segment_marks,
    segment_members,
    segment_states,
)
from bot.store.tx import Tx

#: What made somebody a member or no member: something of his, time alone, the definition.
Why: TypeAlias = Literal["changed", "time", "defined"]

_LIVING = select(segment_states).order_by(segment_states.c.segment)
#: One keeper at a time: an older look at a lead must never be written after a newer one.
_HOLD = _LIVING.with_for_update()
_BEGIN_ANEW = update(segment_states).values(built_to="")
_FORGET = delete(segment_states).where(segment_states.c.segment == bindparam("named"))
_REDEFINE = (
    update(segment_states)
    .where(segment_states.c.segment == bindparam("named"))
    .values(digest=bindparam("is_now"), began_at=bindparam("at"))
)
_BUILT_TO = (
    update(segment_states).where(segment_states.c.built_to.is_not(None)).values(built_to=bindparam("to"))
)
_MARKS = (
    select(segment_marks.c.id, segment_marks.c.lead_id)
    .order_by(segment_marks.c.id)
    .limit(bindparam("at_most"))
)
_UNMARK = delete(segment_marks).where(segment_marks.c.id.in_(bindparam("ids", expanding=True)))
_NEXT = (
    select(leads.c.id).where(leads.c.id > bindparam("after")).order_by(leads.c.id).limit(bindparam("at_most"))
)
_WORK = select(
    exists(select(segment_marks.c.id)).label("is_marked"),
    exists(select(segment_dues.c.lead_id).where(segment_dues.c.due_at <= bindparam("now_at"))).label(
        "is_due"
    ),
    exists(select(segment_states.c.segment).where(segment_states.c.built_to.is_not(None))).label(
        "is_walking"
    ),
)
_MEMBERS = select(segment_members.c.segment, segment_members.c.lead_id).where(
    segment_members.c.lead_id.in_(bindparam("ids", expanding=True))
)
_LEAVE = delete(segment_members).where(
    segment_members.c.segment == bindparam("out_of"), segment_members.c.lead_id == bindparam("who")
)
_STRANDED = (
    select(segment_members.c.lead_id)
    .where(segment_members.c.segment == bindparam("named"))
    .limit(bindparam("at_most"))
)
_SIZES = select(segment_members.c.segment, func.count().label("size")).group_by(segment_members.c.segment)
_HELD_STRANGERS = select(segment_members.c.segment).distinct()


@dataclass(frozen=True, slots=True)
class Change:
    """Somebody came in or went out."""

    segment: str
    lead_id: str
    joined: bool


@dataclass(frozen=True, slots=True, eq=False)
class _Plan:
    """All live segments of a company as one statement."""

    segments: tuple[Segment, ...]
    questions: tuple[Question, ...]
    moments: tuple[dues.Moment, ...]
    statement: Select[Any]

    @property
    def spans(self) -> frozenset[int]:
        """Of days, whose beginnings the statement wants."""
        return frozenset().union(*(one.spans for one in self.questions))


@lru_cache(maxsize=8)
def _plan(company: Company) -> _Plan:
    live = company.segments.live
    questions = tuple(question(one.when, company.registry) for one in live)
    moments = dues.moments([one.when for one in live], company.registry)
    columns = [asked.column.label(f"is_{n}") for n, asked in enumerate(questions)]
    columns += [one.column.label(f"at_{n}") for n, one in enumerate(moments)]
    statement = select(leads.c.id, leads.c.merged_into, *columns).where(
        leads.c.id.in_(bindparam("ids", expanding=True)), ~is_erased()
    )
    return _Plan(live, questions, moments, statement)


def digest(segment: Segment) -> str:
    """Of what it asks: another digest is another segment under the same name."""
    return hashlib.sha256(segment.when.model_dump_json().encode()).hexdigest()[:32]


async def define(desk: Desk) -> bool:
    """Bring what is kept in line with the configuration; True if a walk through all leads has begun."""
    known = {row.segment: row.digest for row in await desk.tx.all(_HOLD)}
    live = {one.key: digest(one) for one in desk.company.segments.live}
    for key in known.keys() - live.keys():
        await desk.tx.run(_FORGET, named=key)
    anew = [key for key in live if known.get(key) != live[key]]
    for key in anew:
        row = {"segment": key, "digest": live[key], "built_to": "", "began_at": desk.now}
        if not await desk.tx.insert_new(segment_states, row):
            await desk.tx.run(_REDEFINE, named=key, is_now=live[key], at=desk.now)
    if anew:
        await desk.tx.run(_BEGIN_ANEW)
    return bool(anew)


async def walk_again(tx: Tx) -> None:
    """Look at every lead once more: what is kept must be what would be worked out."""
    await tx.run(_BEGIN_ANEW)


async def is_work(tx: Tx, now: datetime) -> bool:
    """Whether there is anything to follow."""
    row = await tx.first(_WORK, now_at=now)
    return row is not None and bool(row.is_marked or row.is_due or row.is_walking)


async def clear_stranded(desk: Desk, *, at_most: int) -> int:
    """Let members out of segments that are no longer kept; how many."""
    live = {one.key for one in desk.company.segments.live}
    gone = 0
    for row in await desk.tx.all(_HELD_STRANGERS):
        if row.segment in live or gone >= at_most:
            continue
        found = await desk.tx.all(_STRANDED, named=row.segment, at_most=at_most - gone)
        await _write(desk, [Change(row.segment, one.lead_id, joined=False) for one in found], "defined")
        gone += len(found)
    return gone


async def follow_marks(desk: Desk, *, at_most: int) -> int:
    """Look at the leads that were marked; how many marks there were."""
    await desk.tx.all(_HOLD)
    marks = await desk.tx.all(_MARKS, at_most=at_most)
    if marks:
        await settle(desk, sorted({row.lead_id for row in marks}), "changed")
        await desk.tx.run(_UNMARK, ids=[row.id for row in marks])
    return len(marks)


async def follow_time(desk: Desk, *, at_most: int) -> int:
    """Look at the leads whose time has come; how many."""
    found = await dues.come(desk, at_most=at_most)
    if found:
        await desk.tx.all(_HOLD)
        await settle(desk, found, "time")
    return len(found)


async def walk(desk: Desk, *, at_most: int) -> int:
    """Go on through all leads if a walk is under way; how many were looked at."""
    places = [row.built_to for row in await desk.tx.all(_HOLD) if row.built_to is not None]
    if not places:
        return 0
    ids = [row.id for row in await desk.tx.all(_NEXT, after=min(places), at_most=at_most)]
    if ids:
        await settle(desk, ids, "defined")
    await desk.tx.run(_BUILT_TO, to=ids[-1] if len(ids) == at_most else None)
    return len(ids)


async def settle(desk: Desk, lead_ids: Sequence[str], why: Why) -> list[Change]:
    """Work out these leads' memberships, write what differs, and when to look again."""
    plan = _plan(desk.company)
    if not plan.segments:
        await dues.keep(desk, lead_ids, {})
        return []
    rows = await desk.tx.all(plan.statement, ids=list(lead_ids), **begins(plan.spans, desk.now))
    keys = [one.key for one in plan.segments]
    is_in = {
        (key, row.id)
        for row in rows
        if row.merged_into is None
        for n, key in enumerate(keys)
        if getattr(row, f"is_{n}")
    }
    was_in = {
        (row.segment, row.lead_id)
        for row in await desk.tx.all(_MEMBERS, ids=list(lead_ids))
        if row.segment in keys
    }
    changes = [Change(*one, joined=True) for one in sorted(is_in - was_in)]
    changes += [Change(*one, joined=False) for one in sorted(was_in - is_in)]
    await _write(desk, changes, why)
    await dues.keep(desk, lead_ids, {row.id: _due(plan, row, desk.now) for row in rows})
    return changes


def _due(plan: _Plan, row: Any, now: datetime) -> datetime | None:  # noqa: ANN401 - a row
    """When time alone may change something next; never for a lead that was merged away."""
    if row.merged_into is not None:
        return None
    ends = [one.end(getattr(row, f"at_{n}")) for n, one in enumerate(plan.moments)]
    return min((end for end in ends if end is not None and end > now), default=None)


async def _write(desk: Desk, changes: Sequence[Change], why: Why) -> None:
    if not changes:
        return
    came = [one for one in changes if one.joined]
    if came:
        rows: list[dict[str, Any]] = [
            {"segment": one.segment, "lead_id": one.lead_id, "since": desk.now} for one in came
        ]
        await desk.tx.insert_all_new(segment_members, rows)
    gone = [{"out_of": one.segment, "who": one.lead_id} for one in changes if not one.joined]
    if gone:
        await desk.tx.run_all(_LEAVE, gone)
    history: list[Mapping[str, Any]] = [
        {"segment": c.segment, "lead_id": c.lead_id, "joined": c.joined, "why": why, "at": desk.now}
        for c in changes
    ]
    await desk.tx.insert_all_new(segment_changes, history)


async def sizes(tx: Tx) -> Mapping[str, int]:
    """How many are in each segment that is kept, once its walk is over."""
    done = {row.segment for row in await tx.all(_LIVING) if row.built_to is None}
    found = {row.segment: int(row.size) for row in await tx.all(_SIZES)}
    return {key: found.get(key, 0) for key in done}


_CAME_AND_WENT = (
    select(segment_changes.c.joined, func.count().label("times"))
    .where(segment_changes.c.segment == bindparam("named"), segment_changes.c.at >= bindparam("since_at"))
    .group_by(segment_changes.c.joined)
)


async def came_and_went(tx: Tx, segment: str, *, since: datetime) -> tuple[int, int]:
    """How often somebody entered, and left, since then."""
    found = {
        bool(r.joined): int(r.times) for r in await tx.all(_CAME_AND_WENT, named=segment, since_at=since)
    }
    return found.get(True, 0), found.get(False, 0)
