"""What hangs on a lead goes over to the one it was merged into, and back when that is undone.

A new table needs no word here: rows that name a lead follow it, unless the lead is a part of their
key, or they tell of that lead's own times (they bear its epoch). Those stay, and readers of history
look at both (`family`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import Select, Table, UniqueConstraint, Update, and_, bindparam, or_, select, update

from bot.crm.assigning_signals import RevealLead
from bot.crm.signals import RemindTask
from bot.crm.user import User
from bot.store import lanes
from bot.store.desk import Desk
from bot.store.merge_journal import Journal
from bot.store.tables.leads import leads, score_changes
from bot.store.tables.machinery import timers
from bot.store.tables.meta import METADATA
from bot.store.tables.sales import opportunities, tasks
from bot.store.tables.segments import lead_tags
from bot.store.timers import name_of_type
from bot.store.tx import Tx

#: History of the lead itself; corrections are sealed for it besides. Of two who say different things
#: about consent the stricter holds, so it has to be known which of them said what.
_STAY = frozenset({"field_changes", "status_changes", "lifecycle_changes", "consents"})
#: Changed row by row, in the journal.
_JOURNALLED = ("lead_keys", "opportunities", "tag_changes", "tasks")
#: Why a timer was called off.
MERGED = "merged"

_FAMILY = select(leads.c.id).where(or_(leads.c.id == bindparam("of"), leads.c.merged_into == bindparam("of")))
_INTO = select(leads.c.id).where(leads.c.merged_into == bindparam("of")).with_for_update()
_FOLLOW = (
    update(leads)
    .where(leads.c.id.in_(bindparam("those", expanding=True)))
    .values(merged_into=bindparam("to_lead"))
)
_WAITING = (
    select(timers.c.id, timers.c.kind, timers.c.payload, timers.c.due_at)
    .where(timers.c.lane_key == bindparam("lane"), timers.c.state == "waiting")
    .order_by(timers.c.id)
)
_CALL_OFF = (
    update(timers)
    .where(timers.c.id == bindparam("of"))
    .values(state="cancelled", done_at=bindparam("at"), reason=MERGED)
)
_OTHER_LANE = update(timers).where(timers.c.id == bindparam("of")).values(lane_key=bindparam("to_lane"))
_TASK_TO = (
    update(tasks)
    .where(tasks.c.id == bindparam("of"), tasks.c.state == "open")
    .values(owner_id=bindparam("to_user"), team=bindparam("to_team"), region=bindparam("to_region"))
)
_DEALS_TO = (
    update(opportunities)
    .where(
        opportunities.c.lead_id == bindparam("of_lead"),
        opportunities.c.owner_id == bindparam("from_user"),
        opportunities.c.closed_at.is_(None),
    )
    .values(owner_id=bindparam("to_user"))
)
_TAGS = select(lead_tags).where(lead_tags.c.lead_id == bindparam("of")).order_by(lead_tags.c.tag)
_THERE = score_changes.alias("there")
_NOT_THERE = (
    ~select(_THERE.c.id)
    .where(
        _THERE.c.lead_id == bindparam("to_lead"),
        _THERE.c.rule == score_changes.c.rule,
        _THERE.c.occasion == score_changes.c.occasion,
    )
    .exists()
)
_POINTS = select(score_changes.c.id, score_changes.c.rule, score_changes.c.points).where(
    score_changes.c.lead_id == bindparam("from_lead"), _NOT_THERE
)
_GIVE_POINTS = (
    update(score_changes).where(score_changes.c.id == bindparam("of")).values(lead_id=bindparam("to_lead"))
)


async def family(tx: Tx, lead_id: str) -> tuple[str, ...]:
    """The lead and those that were merged into it: whose history is his."""
    found = {row.id for row in await tx.all(_FAMILY, of=lead_id)}
    return (lead_id, *sorted(found - {lead_id}))


@cache
def moving() -> tuple[Table, ...]:
    """Tables whose rows follow their lead."""
    return tuple(
        table
        for table in METADATA.sorted_tables
        if "lead_id" in table.c and table.name not in {*_STAY, *_JOURNALLED} and _may_move(table)
    )


def _may_move(table: Table) -> bool:
    keys = [one for one in table.constraints if isinstance(one, UniqueConstraint)]
    in_key = table.c.lead_id.primary_key or any(table.c.lead_id in one.columns.values() for one in keys)
    return not in_key and "epoch" not in table.c


async def move(tx: Tx, gone: str, kept: str) -> dict[str, list[tuple[Any, ...]]]:
    """Let everything that hangs on `gone` hang on `kept`; which rows those were."""
    moved = {}
    for table in moving():
        rows = await tx.all(_keys(table.name), from_lead=gone)
        if rows:
            moved[str(table.name)] = [tuple(row) for row in rows]
            await tx.run(_all_over(table.name), from_lead=gone, to_lead=kept)
    for name in _JOURNALLED:
        await tx.run(_all_over(name), from_lead=gone, to_lead=kept)
    return moved


async def move_back(tx: Tx, journal: Journal, gone: str, kept: str) -> None:
    """The rows that moved are the other lead's again, unless they went on to somebody else meanwhile."""
    for name, keys in journal.moved.items():
        if name in METADATA.tables:
            rows = [{f"key_{n}": part for n, part in enumerate(key)} for key in keys]
            both = {"from_lead": kept, "to_lead": gone}
            await tx.run_all(_back(name), [{**row, **both} for row in rows])


async def follow(tx: Tx, gone: str, kept: str) -> tuple[str, ...]:
    """What was merged into `gone` before leads to `kept`, so that nobody needs two steps."""
    those = tuple(sorted(row.id for row in await tx.all(_INTO, of=gone)))
    await refollow(tx, those, kept)
    return those


async def refollow(tx: Tx, those: Sequence[str], to: str) -> None:
    """Let these lead to another one."""
    if those:
        await tx.run(_FOLLOW, those=list(those), to_lead=to)


async def give_tags(tx: Tx, gone: str, kept: str) -> None:
    """Tags of either are the person's."""
    for row in await tx.all(_TAGS, of=gone):
        values = {"lead_id": kept, "tag": row.tag, "by": row.by, "reason": row.reason, "at": row.at}
        await tx.insert_new(lead_tags, values)


async def give_points(tx: Tx, gone: str, kept: str, *, leave: frozenset[str]) -> int:
    """Points for what `gone` did are `kept`'s, but for the rules in `leave`; how many they make."""
    rows = [row for row in await tx.all(_POINTS, from_lead=gone, to_lead=kept) if row.rule not in leave]
    await tx.run_all(_GIVE_POINTS, [{"of": row.id, "to_lead": kept} for row in rows])
    return sum(row.points for row in rows)


async def pass_on(desk: Desk, lead_id: str, task_ids: Sequence[str], *, of: str, to: User) -> None:
    """Give these tasks and all open deals of a lead to another owner; the journal keeps whose they were."""
    mine = {"to_user": to.id, "to_team": to.team, "to_region": to.region}
    await desk.tx.run_all(_TASK_TO, [{"of": task_id, **mine} for task_id in task_ids])
    await desk.tx.run(_DEALS_TO, of_lead=lead_id, from_user=of, to_user=to.id)


async def still(desk: Desk, lead_id: str) -> None:
    """Call off what waits for this lead under its present owner; a task's reminder stays."""
    for row in await desk.tx.all(_WAITING, lane=f"lead:{lead_id}"):
        # Whoever tapped in a delayed reveal waits to hear that it was decided otherwise.
        if "epoch=" in row.payload and row.kind != name_of_type(RevealLead):
            await desk.tx.run(_CALL_OFF, of=row.id, at=desk.now)


async def take_reminders(desk: Desk, gone: str, kept: str) -> None:
    """Reminders of tasks run where their lead is worked on."""
    for row in await desk.tx.all(_WAITING, lane=f"lead:{gone}"):
        if row.kind == name_of_type(RemindTask):
            await desk.tx.run(_OTHER_LANE, of=row.id, to_lane=f"lead:{kept}")
            await lanes.wake(desk.tx, f"lead:{kept}", row.due_at)


async def wake(desk: Desk, lead_id: str) -> None:
    """Look at this lead's lane when its next timer is due."""
    rows = await desk.tx.all(_WAITING, lane=f"lead:{lead_id}")
    if rows:
        await lanes.wake(desk.tx, f"lead:{lead_id}", min(row.due_at for row in rows))


def stays(table: str) -> bool:
    """Whether rows of this table are left with their own lead."""
    names: Mapping[str, Any] = {one.name: one for one in moving()}
    return table not in names and table not in _JOURNALLED


@cache
def _keys(name: str) -> Select[Any]:
    table = METADATA.tables[name]
    of_lead = table.c.lead_id == bindparam("from_lead")
    return select(*table.primary_key.columns).where(of_lead).with_for_update()


@cache
def _all_over(name: str) -> Update:
    table = METADATA.tables[name]
    return update(table).where(table.c.lead_id == bindparam("from_lead")).values(lead_id=bindparam("to_lead"))


@cache
def _back(name: str) -> Update:
    table = METADATA.tables[name]
    is_it = (one == bindparam(f"key_{place}") for place, one in enumerate(table.primary_key.columns))
    return (
        update(table)
        .where(and_(*is_it), table.c.lead_id == bindparam("from_lead"))
        .values(lead_id=bindparam("to_lead"))
    )
