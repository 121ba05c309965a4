"""Hand-over (交接, 批量改派): many leads to one colleague, a few in each unit, each by the usual rules."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import structlog

from bot.assignment import reassign, task_faces
from bot.assignment.access import held
from bot.assignment.assign import PassedOn
from bot.cards.texts import hand_over as texts
from bot.chat.outbound import Notice
from bot.crm.assigning_signals import HandOverGoesOn
from bot.crm.user import User
from bot.store import claims, counters, departures, hand_overs, outbox, tasks, timers, users
from bot.store.desk import Desk
from bot.store.hand_overs import HandOver

#: Pieces in one unit of work: each moves a lead with its cards, tasks and deals.
AT_ONCE = 3
#: Leads that one sentence can name.
AT_MOST = 100
#: Why a lead was not moved; stored, so never rename one.
MISSING, CLOSED, IS_OWNER, CHANGED = "missing", "closed", "is_owner", "changed"

_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Preview:
    """What a hand-over would do, before anybody says yes."""

    movable: tuple[str, ...]
    #: (lead id, why) of the others.
    skipped: tuple[tuple[str, str], ...]
    #: Leads that the receiver holds now.
    held: int


async def preview(desk: Desk, lead_ids: Sequence[str], *, to: User, by: User) -> Preview:
    """Which of these could be moved to him by this actor."""
    movable, skipped = [], []
    for lead_id in lead_ids:
        why = await _obstacle(desk, lead_id, to=to, by=by)
        if why:
            skipped.append((lead_id, why))
        else:
            movable.append(lead_id)
    return Preview(tuple(movable), tuple(skipped), await counters.read(desk.tx, claims.holding_key(to.id)))


async def begin(
    desk: Desk, lead_ids: Sequence[str], *, to: User, by: User, of: User | None = None, is_all: bool = False
) -> HandOver:
    """Write down what goes, and begin at once; both sides are told when it is done."""
    hand_over = HandOver(
        id=desk.new_id(), by=by.id, to_user=to.id, from_user=of.id if of else None, waiting=tuple(lead_ids),
        is_all=is_all,
    )  # fmt: skip
    await hand_overs.begin(desk, hand_over)
    await _go_on(desk, hand_over)
    _log.info("hand_over.began", id=hand_over.id, to=to.id, by=by.id, leads=len(lead_ids))
    return hand_over


async def go_on(desk: Desk, hand_over_id: str) -> bool:
    """Move the next few; True while more is left."""
    hand_over = await hand_overs.find(desk.tx, hand_over_id)
    if hand_over is None or hand_over.done_at is not None:
        return False
    to, by = await users.get(desk.tx, hand_over.to_user), await users.get(desk.tx, hand_over.by)
    after = await _leads(desk, hand_over, to, by) if hand_over.waiting else await _rest(desk, hand_over, to)
    if after != hand_over:
        await hand_overs.keep(desk.tx, after)
        await _go_on(desk, after)
        return True
    done = replace(after, done_at=desk.now)
    await hand_overs.keep(desk.tx, done)
    await _sum_up(desk, done, to, by)
    return False


async def _leads(desk: Desk, hand_over: HandOver, to: User, by: User) -> HandOver:
    now, later = hand_over.waiting[:AT_ONCE], hand_over.waiting[AT_ONCE:]
    for lead_id in now:
        hand_over = await _one(desk, hand_over, lead_id, to, by)
    return replace(hand_over, waiting=later)


async def _one(desk: Desk, hand_over: HandOver, lead_id: str, to: User, by: User) -> HandOver:
    """The rights are asked again: between the yes and now somebody else may have got it."""
    why = await _obstacle(desk, lead_id, to=to, by=by)
    found = None if why else await held(desk, lead_id)
    moved = None if found is None else await reassign.reassign(desk, found.lead, to=to, by=by, is_told=False)
    if not isinstance(moved, PassedOn):
        return replace(hand_over, skipped=(*hand_over.skipped, (lead_id, why or CHANGED)))
    return replace(
        hand_over, moved=hand_over.moved + 1, deals=hand_over.deals + len(moved.deals),
        tasks=hand_over.tasks + len(moved.tasks),
    )  # fmt: skip


async def _obstacle(desk: Desk, lead_id: str, *, to: User, by: User) -> str:
    found = await held(desk, lead_id)
    if found is None or not reassign.may_reassign(by, found.lead, found.owner):
        return MISSING
    if found.lead.owner_id == to.id:
        return IS_OWNER
    return "" if reassign.is_open(found.lead) else CLOSED


async def _rest(desk: Desk, hand_over: HandOver, to: User) -> HandOver:
    """Tasks and opportunities that hang on no lead of his."""
    of = await users.find(desk.tx, hand_over.from_user or "") if hand_over.is_all else None
    if of is None:
        return hand_over
    left = (await tasks.open_of_owner(desk, of.id))[:AT_ONCE]
    for task in left:
        await tasks.hand_over(desk, task, to=to, by=hand_over.by)
        await task_faces.refresh(desk, task)
    if left:
        return replace(hand_over, tasks=hand_over.tasks + len(left))
    deals = await departures.pass_on_deals(desk, of, to=to, at_most=AT_ONCE)
    return replace(hand_over, deals=hand_over.deals + deals)


async def _go_on(desk: Desk, hand_over: HandOver) -> None:
    command = HandOverGoesOn(hand_over.id)
    lane_key = f"user:{hand_over.to_user}"
    await timers.set_timer(desk, lane_key=lane_key, command=command, key=hand_over.id, due_at=desk.now)


async def _sum_up(desk: Desk, done: HandOver, to: User, by: User) -> None:
    of = await users.find(desk.tx, done.from_user) if done.from_user else None
    name = of.name if of else ""
    said = {"leads": done.moved, "deals": done.deals, "tasks": done.tasks}
    if to.id != by.id and done.moved + done.deals + done.tasks:
        text = texts.received(by=by.name, of=name, **said)
        await outbox.post(desk, Notice(to=to.id, key=f"handed_over:{done.id}:{to.id}", text=text))
    text = texts.done(to=to.name, of=name, skipped=done.skipped, **said)
    await outbox.post(desk, Notice(to=by.id, key=f"handed_over:{done.id}:{by.id}", text=text, answers=True))
    if of is not None and of.active and of.id not in {by.id, to.id}:
        text = texts.taken_over(by=by.name, to=to.name, **said)
        await outbox.post(desk, Notice(to=of.id, key=f"handed_over:{done.id}:{of.id}", text=text))
    _log.info("hand_over.done", id=done.id, moved=done.moved, skipped=len(done.skipped))
