"""A merging is undone (撤销合并): both leads are as they were; what happened since stays where it did."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import structlog

from bot.crm.lead import Lead
from bot.crm.merging import may_merge
from bot.crm.user import User
from bot.intake import scoring
from bot.intake.merge import redraw
from bot.store import (
    audit,
    consents,
    enrollments_merged,
    incidents,
    lead_keys,
    leads,
    lookalikes,
    merge_journal,
    merge_leads,
    merge_moves,
    merges,
    scores,
    tasks,
    todos,
    users,
)
from bot.store.desk import Desk
from bot.store.merge_journal import Change, Journal
from bot.store.merges import Merge

_log = structlog.get_logger()
#: Columns that say whose a lead is and how it stands: put back together or not at all.
_OWNERSHIP = frozenset(
    (
        *("status", "owner_id", "epoch", "owned_at", "previous_owner_id", "released_at", "pool_id"),
        *("invalid_reason", "converted_at"),
    )
)
#: New rows of these tell of the lead's ownership while it was merged.
_OF_OWNERSHIP = frozenset({"tenures", "status_changes", "timers"})


class Refusal(enum.Enum):
    """Why it cannot be undone."""

    #: Nothing was merged there.
    NOTHING = "nothing"
    NOT_YOURS = "not_yours"
    #: Thirty days are over, or what is needed for it was erased.
    TOO_LATE = "too_late"
    #: One of the two was merged with a third since; that has to be undone first.
    LATER = "later"
    #: Whose the lead was is no longer here.
    OWNER_LEFT = "owner_left"
    #: A phone or address of the lead leads to a third one by now.
    KEY_GONE = "key_gone"


@dataclass(frozen=True, slots=True)
class Refused:
    """Why not; `which` is the merging to be undone first, the colleague, or the lead that has the key."""

    why: Refusal
    which: str = ""


@dataclass(frozen=True, slots=True)
class Unmerged:
    """Done."""

    merge: Merge
    #: How many values were left as they are, since they were changed meanwhile.
    left: int


async def unmerge(desk: Desk, said: str, *, by: User) -> Unmerged | Refused:
    """Undo the merging of this number, or the latest one of this lead."""
    merge = await (merges.find if said.startswith("M") else merges.standing)(desk.tx, said)
    if merge is None or merge.undone_at is not None:
        return Refused(Refusal.NOTHING)
    for lead_id in sorted((merge.kept, merge.gone), key=lambda one: int(one[1:])):
        await leads.lock(desk.tx, lead_id)
    merge = await merges.find(desk.tx, merge.id)
    if merge is None or merge.undone_at is not None:
        # Somebody else's word for the same was faster.
        return Refused(Refusal.NOTHING)
    kept, gone = [await leads.get(desk.tx, lead_id) for lead_id in (merge.kept, merge.gone)]
    refusal = await _refusal(desk, merge, kept, gone, by)
    if refusal is not None:
        return refusal
    journal = await merges.journal(desk, merge)
    if journal is None or desk.now > merge.undo_until:
        return Refused(Refusal.TOO_LATE)
    taken = await _key_gone(desk, journal, merge)
    if taken is not None:
        return Refused(Refusal.KEY_GONE, taken)
    left = await _put_back(desk, journal, kept, gone)
    await consents.refused_by_both(desk, kept.id, gone.id, since=merge.at)
    await enrollments_merged.take_up(desk, (kept.id, gone.id), since=merge.at)
    await merges.undone(desk, merge, by=by.id)
    await lookalikes.apart(desk, merge.kept, merge.gone, by=by.id)
    await audit.note(desk, actor=by.id, action="lead.unmerged", of=kept.topic, gone=gone.id, merge=merge.id)
    if left:
        await incidents.count(desk.tx, "unmerge.left", "changed_since", desk.now)
    await _show(desk, journal, merge)
    _log.info("lead.unmerged", lead=kept.id, gone=gone.id, merge=merge.id, user=by.id, left=left)
    return Unmerged(merge, left)


async def _refusal(desk: Desk, merge: Merge, kept: Lead, gone: Lead, by: User) -> Refused | None:
    owners = [await users.find(desk.tx, one.owner_id) if one.owner_id else None for one in (kept, gone)]
    is_his = by.active and by.id == merge.by and kept.owner_id == by.id
    if not is_his and not may_merge(by, kept, owners[0], gone, owners[1]):
        return Refused(Refusal.NOT_YOURS)
    for lead_id in (merge.kept, merge.gone):
        last = await merges.standing(desk.tx, kept.merged_into or lead_id)
        if last is not None and last.id != merge.id:
            return Refused(Refusal.LATER, last.id)
    if gone.owner_id is not None and (owners[1] is None or not owners[1].active):
        return Refused(Refusal.OWNER_LEFT, owners[1].name if owners[1] else gone.owner_id)
    return None


async def _key_gone(desk: Desk, journal: Journal, merge: Merge) -> str | None:
    """The third lead to which a key of the one that goes back leads by now."""
    for change in journal.of("lead_keys"):
        if change.after == {"lead_id": merge.kept}:
            row = await merge_journal.read(desk.tx, change)
            holder = await lead_keys.holder(desk.tx, lead_keys.LeadKey(*change.key)) if row else None
            if holder != merge.kept:
                return holder or "-"
    return None


async def _put_back(desk: Desk, journal: Journal, kept: Lead, gone: Lead) -> int:
    """Undo each change that still stands; how many do not."""
    tx = desk.tx
    of_kept = journal.find("leads", kept.id)
    after: Mapping[str, Any] = (of_kept.after if of_kept else None) or {}
    same_owner = kept.epoch == after.get("epoch", kept.epoch) and kept.owner_id == after.get(
        "owner_id", kept.owner_id
    )
    same_points = kept.score == after.get("score", kept.score)
    left = 0
    for change in reversed(journal.changes):
        left += await _undo(desk, change, kept, same_owner=same_owner, same_points=same_points)
    await merge_moves.move_back(tx, journal, gone.id, kept.id)
    await merge_moves.refollow(tx, journal.followed, gone.id)
    for before in (kept, gone):
        await merge_leads.recount_held(tx, before, await leads.get(tx, before.id))
        await merge_moves.wake(desk, before.id)
    if not same_points:
        await _rescore(desk, kept.id)
    return left


async def _undo(desk: Desk, change: Change, kept: Lead, *, same_owner: bool, same_points: bool) -> int:
    tells_of_owner = change.table in _OF_OWNERSHIP and kept.id in _named(change)
    if tells_of_owner and not same_owner:
        return 1
    if change.before is None:
        await merge_journal.drop(desk.tx, change)
        return 0
    if change.after is None:
        await merge_journal.restore(desk.tx, change)
        return 0
    now = await merge_journal.read(desk.tx, change)
    if now is None:
        return len(change.before)
    values = {
        column: value
        for column, value in change.before.items()
        if _stands(desk, change, column, now, same_owner=same_owner, same_points=same_points)
    }
    await merge_journal.put(desk.tx, change, values)
    return len(change.before.keys() - values.keys() - {"changed_at", "score", "tier"})


def _stands(
    desk: Desk, change: Change, column: str, now: Mapping[str, Any], *, same_owner: bool, same_points: bool
) -> bool:
    """Whether nobody touched it since."""
    if change.table == "leads" and column in _OWNERSHIP:
        return same_owner
    if change.table == "leads" and column == "tier":
        return same_points
    if change.table == "timers" and column in ("state", "done_at", "reason", "payload", "due_at"):
        # A clock that ran out while it stood still has to ring after all.
        return same_owner
    assert change.after is not None  # noqa: S101 - only what was changed gets here
    return merge_journal.same(desk.vault, change, column, now[column], change.after[column])


def _named(change: Change) -> set[str]:
    """Which lead a row of history is about."""
    row = {**(change.before or {}), **(change.after or {})}
    said = {str(row.get("lead_id", "")), str(row.get("lane_key", "")).removeprefix("lead:")}
    return said | {str(part) for part in change.key}


async def _rescore(desk: Desk, lead_id: str) -> None:
    """Something gave or took points since: add up what is left, and look at the fields again."""
    points = sum(one.points for one in (await scores.by_rule(desk.tx, lead_id)).values())
    await merge_leads.rescored(desk.tx, lead_id, points)
    await scoring.count(desk, await leads.get(desk.tx, lead_id))


async def _show(desk: Desk, journal: Journal, merge: Merge) -> None:
    """Cards and the platforms' own to-dos show whose everything is again."""
    for change in journal.of("tasks"):
        task = await tasks.find(desk, change.key[0])
        was = (change.after or {}).get("owner_id")
        if task is not None and was is not None and task.owner_id != was:
            occasion = f"{merge.id}:undone"
            await todos.close(desk, replace(task, owner_id=was), is_done=False, occasion=occasion)
            await todos.show(desk, task, occasion=occasion)
    await redraw(desk, journal, (merge.kept, merge.gone))
