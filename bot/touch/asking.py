"""What a colleague is asked to send to his customers (企业群发): gathered, asked once, settled by results.

Each function is one unit of work; the calls lie between them (`bot.worker.group_messages`). A task has
no key at the platform, so it is marked before the call, and looked for when the answer was lost.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.cards.texts import outreach as texts
from bot.chat.group_sending import MOST, REMINDERS, Got, Made, Results
from bot.chat.outbound import Notice
from bot.crm.touching import Purpose, Refusal, TouchState
from bot.store import (
    group_messages,
    incidents,
    leads,
    outbox,
    touch_asked,
    touch_costs,
    touch_suppressions,
    touches,
    users,
)
from bot.store.desk import Desk
from bot.store.group_messages import ASKED, GATHERING, LOST, SENDING, UNKNOWN, WITHDRAWN, Group, Member
from bot.store.touch_plans import Plan
from bot.store.touches import Fate
from bot.touch import batch_links, group_faces
from bot.touch.elsewhere import again
from bot.touch.gather import zone_of

#: A task waits so long for the next customer, and so long in all; an answer waits for nobody.
GATHER, LONGEST, AT_ONCE = timedelta(seconds=45), timedelta(minutes=10), timedelta(seconds=2)
#: When its results are looked at, from the moment it was asked; then once a day.
LOOKS = (timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=2))
DAILY = timedelta(days=1)
#: When it is looked for after its answer was lost: the platform's list may lag.
SEARCHES = (timedelta(seconds=10), timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30))
TRIES = 6
#: Customers settled in one unit.
CHUNK = 100
DECLINE = "decline"


@dataclass(frozen=True, slots=True)
class Task:
    """What goes on the wire."""

    group: Group
    text: str = field(repr=False)
    members: tuple[Member, ...] = ()


async def join(desk: Desk, leased: Plan, *, to: str, by: str, text: str) -> str:
    """Put a message into the task of his colleague; the task's id."""
    user = await users.by_login(desk.tx, "wecom", by)
    wait = GATHER if leased.purpose == Purpose.MARKETING else AT_ONCE
    group = _new(desk, user.id if user else by, by, leased.content, at=desk.now + wait)
    day = desk.now.astimezone(desk.company.org.zone).date().toordinal()
    own = "" if leased.purpose == Purpose.MARKETING else leased.purpose
    gathers = desk.vault.index("group_message", "\n".join((by, leased.content, str(day), own, text)))
    return await group_messages.join(
        desk, group, gathers=gathers, text=text, most=MOST, until=desk.now + LONGEST,
        member=Member(leased.id, leased.lead_id, group_messages.WAITING, to),
    )  # fmt: skip


def _new(desk: Desk, user_id: str, account: str, content: str, *, at: datetime) -> Group:
    return Group(
        id=desk.new_id(), user_id=user_id, account=account, content=content, state=GATHERING,
        opened_at=desk.now, due_at=at, fence=0, began_at=None, tries=0, provider_id="", asked_at=None,
        reminders=0, reminded_at=None, looks=0,
    )  # fmt: skip


async def close(desk: Desk, group: Group) -> Task | None:
    """Nobody joins any more, and the tombstone is written; None if nobody is left in it."""
    began = replace(
        group, state=SENDING, began_at=desk.now, tries=group.tries + 1,
        due_at=desk.now + group_messages.LEASE,
    )  # fmt: skip
    if not await group_messages.write(desk.tx, began):
        return None
    await _leave_out(desk, group.id)
    members = tuple(await group_messages.waiting(desk, group.id))
    if not members:
        await _end(desk, began, WITHDRAWN)
        return None
    return Task(began, await batch_links.keep(desk, group), members)


async def asked(desk: Desk, group: Group, made: Made) -> None:
    """The task is there: the colleague hears of it, and whom the platform does not take goes elsewhere."""
    now = desk.now
    stands = replace(group, state=ASKED, provider_id=made.id, asked_at=now, due_at=now + LOOKS[0], looks=0)
    if not await group_messages.write(desk.tx, stands):
        return
    for one in sorted(await group_messages.waiting(desk, group.id), key=lambda one: one.lead_id):
        if one.address in made.refused:
            await _not_gone(desk, one, TouchState.FAILED, Refusal.NO_ADDRESS, "fail_list")
    await group_faces.tell(desk, stands, occasion="asked")


async def busy(desk: Desk, group: Group, after: timedelta) -> bool:
    """Certainly not made: again a little later, and not for ever; whether more are to be settled."""
    if group.tries >= TRIES:
        return await refused(desk, group, "busy")
    at = desk.now + max(after, timedelta(seconds=5) * 2**group.tries)
    await group_messages.write(desk.tx, replace(group, state=GATHERING, due_at=at))
    return False


async def refused(desk: Desk, group: Group, why: str) -> bool:
    """Certainly not made, and never will be: some go another way; whether more are to be settled."""
    if await _some(desk, group, TouchState.FAILED, Refusal.FAILED, why):
        return True
    await incidents.count(desk.tx, "group_message.refused", why[:40], desk.now)
    await _end(desk, group, group_messages.REFUSED, why)
    return False


async def lost(desk: Desk, group: Group) -> None:
    """Nobody knows whether it was made: it is looked for, and never made a second time."""
    await incidents.count(desk.tx, "group_message.lost", "answer_lost", desk.now)
    stands = replace(group, state=LOST, due_at=desk.now + SEARCHES[0], looks=0)
    await group_messages.write(desk.tx, stands)


async def not_found(desk: Desk, group: Group) -> None:
    """Not there yet; in the end it stays unknown, and its colleague hears of it."""
    looks = group.looks + 1
    if looks < len(SEARCHES):
        await group_messages.write(desk.tx, replace(group, looks=looks, due_at=desk.now + SEARCHES[looks]))
        return
    await unknown(desk, group, "answer_lost")
    text = texts.LOST.format(what=group_faces.called(desk.company, group.content))
    await outbox.post(desk, Notice(to=group.user_id, key=f"group_message:{group.id}:lost", text=text))


async def unknown(desk: Desk, group: Group, why: str) -> None:
    """Nobody knows whether it will be sent: it counts, it is shown, and nobody says it again."""
    for one in await group_messages.waiting(desk, group.id):
        await group_messages.settle(desk.tx, one.touch_id, UNKNOWN)
        if await touch_asked.settle(desk.tx, one.touch_id, TouchState.UNKNOWN, at=desk.now, detail=why):
            await incidents.count(desk.tx, "touch.unknown", "wecom", desk.now)
    await _end(desk, group, UNKNOWN, why)


async def not_taken_back(desk: Desk, group: Group, code: str) -> None:
    """The platform keeps the task: its colleague is told why he must not send it."""
    left = await group_messages.waiting(desk, group.id)
    is_erased = any(one.erased_as for one in left)
    must = is_erased or bool(await group_messages.stopped(desk.tx, group.id))
    await unknown(desk, group, f"not_taken_back:{code}")
    for one in left:
        await group_messages.forget(desk.tx, one.touch_id) if one.erased_as else None
    await incidents.count(desk.tx, "group_message.not_taken_back", code[:40], desk.now)
    what = group_faces.called(desk.company, group.content)
    why = texts.NOT_TAKEN_BACK_WHY[is_erased] if must else ""
    text = texts.NOT_TAKEN_BACK.format(what=what, code=code, why=why)
    await outbox.post(desk, Notice(to=group.user_id, key=f"group_message:{group.id}:kept", text=text))


async def settle(desk: Desk, results: Results, members: Sequence[Member]) -> None:
    """Write down what became of some of them."""
    for one in members:
        got, at = results.got.get(_address(desk, results, one), (Got.WAITING, None))
        if got is Got.SENT:
            await _sent(desk, one, at or desk.now)
        elif got is Got.NO_CONTACT:
            await _not_gone(desk, one, TouchState.FAILED, Refusal.NO_ADDRESS, "no_contact")
        elif got is Got.LIMIT:
            await _not_gone(desk, one, TouchState.FAILED, Refusal.CAPPED, "platform_limit")
        elif results.is_sent:
            await _not_gone(desk, one, TouchState.DECLINED, Refusal.NOT_CONFIRMED, "left_out")


def _address(desk: Desk, results: Results, one: Member) -> str:
    """His id in the answer; of who was erased only the blind index is left."""
    if not one.erased_as:
        return one.address
    return next((to for to in results.got if group_messages.index_of(desk, to) == one.erased_as), "")


class Next:
    """What is to be done after its results were looked at."""

    DONE, WAIT, REMIND, CANCEL = "done", "wait", "remind", "cancel"


async def looked(desk: Desk, group: Group) -> str:
    """All that is known is written down: when to look again, or what to call now (`Next`)."""
    left = await group_messages.waiting(desk, group.id)
    if not left:
        got = any(one.state == "sent" for one in await group_messages.everybody(desk.tx, group.id))
        await _end(desk, group, group_messages.SENT if got else group_messages.DECLINED)
        return Next.DONE
    if group.reason == DECLINE or _is_over(desk, group) or await group_messages.stopped(desk.tx, group.id):
        return Next.CANCEL
    if group.reminders < REMINDERS and desk.now >= _reminds_at(group):
        return Next.REMIND
    await _wait(desk, replace(group, looks=group.looks + 1))
    return Next.WAIT


async def reminded(desk: Desk, group: Group) -> None:
    """The platform reminded him, and so do we, with what is waiting."""
    stands = replace(group, reminders=group.reminders + 1, reminded_at=desk.now, looks=group.looks + 1)
    await _wait(desk, stands)
    await group_faces.tell(desk, stands, occasion=f"reminded:{stands.reminders}")


async def cancelled(desk: Desk, group: Group) -> bool:
    """The task is gone: who said stop gets nothing, the rest a new task, or another way if it is over.

    Whether more are to be settled.
    """
    if group.reason == DECLINE or _is_over(desk, group):
        declined = group.reason == DECLINE
        state = TouchState.DECLINED if declined else TouchState.EXPIRED
        if await _some(desk, group, state, Refusal.NOT_CONFIRMED, state.value):
            return True
        ends = group_messages.DECLINED if declined else group_messages.EXPIRED
        await _end(desk, group, ends)
        return False
    await _leave_out(desk, group.id)
    left = [one.touch_id for one in await group_messages.waiting(desk, group.id)]
    if left:
        fresh = _new(desk, group.user_id, group.account, group.content, at=desk.now)
        text = await group_messages.text_of(desk, group.id)
        await group_messages.begin_again(desk, fresh, text=text, touch_ids=left)
    await _end(desk, group, WITHDRAWN)
    return False


async def later(desk: Desk, group: Group, after: timedelta) -> None:
    """The platform could not be asked now."""
    await group_messages.write(desk.tx, replace(group, due_at=desk.now + max(after, timedelta(seconds=30))))


def _is_over(desk: Desk, group: Group) -> bool:
    return group.asked_at is not None and desk.now >= group_faces.ends_at(desk.company, group)


def _reminds_at(group: Group) -> datetime:
    return (group.reminded_at or group.asked_at or group.opened_at) + DAILY


async def _wait(desk: Desk, group: Group) -> None:
    since = group.asked_at or desk.now
    looks = [since + span for span in LOOKS if since + span > desk.now]
    due = [looks[0] if looks else desk.now + DAILY, group_faces.ends_at(desk.company, group)]
    if group.reminders < REMINDERS:
        due.append(_reminds_at(group))
    at = max(min(due), desk.now + timedelta(seconds=30))
    await group_messages.write(desk.tx, replace(group, due_at=at))


async def _leave_out(desk: Desk, group_id: str) -> None:
    """Whoever said stop since he joined, or was erased: not sent, and the ledger says why."""
    erased = {one.touch_id for one in await group_messages.waiting(desk, group_id) if one.erased_as}
    for touch_id in sorted(await group_messages.stopped(desk.tx, group_id)):
        is_erased = touch_id in erased
        why = Refusal.GONE.value if is_erased else Refusal.SUPPRESSED.value
        detail = touch_suppressions.ERASED if is_erased else "at_its_time"
        if await touch_asked.settle(
            desk.tx, touch_id, TouchState.SKIPPED, at=desk.now, reason=why, detail=detail
        ):
            await group_messages.settle(desk.tx, touch_id, WITHDRAWN)
            await group_messages.forget(desk.tx, touch_id) if is_erased else None
            await touches.mark(desk.tx, touch_id, Fate.FAILED, at=desk.now, why=why)
            await incidents.count(desk.tx, "touch.skipped", why, desk.now)


async def _some(desk: Desk, group: Group, state: TouchState, why: Refusal, detail: str) -> bool:
    """Settle a few who wait; whether there are more."""
    left = sorted(await group_messages.waiting(desk, group.id), key=lambda one: one.lead_id)
    for one in left[:CHUNK]:
        await _not_gone(desk, one, state, why, detail)
    return len(left) > CHUNK


async def _sent(desk: Desk, one: Member, at: datetime) -> None:
    if await touch_asked.settle(desk.tx, one.touch_id, TouchState.SENT, at=at, detail="confirmed"):
        lead = await leads.get(desk.tx, one.lead_id)
        zone = ZoneInfo(zone_of(desk.company, lead))
        await touch_asked.went_on(desk.tx, one.touch_id, at.astimezone(zone).date().toordinal())
        # The platform names whom it reached.
        await touches.mark(desk.tx, one.touch_id, Fate.DELIVERED, at=at)
        await touch_costs.book(desk, one.touch_id, "wecom")
    await group_messages.settle(desk.tx, one.touch_id, "sent")
    await group_messages.forget(desk.tx, one.touch_id) if one.erased_as else None


async def _not_gone(desk: Desk, one: Member, state: TouchState, why: Refusal, detail: str) -> None:
    """It did not go this way: its place under the caps is free, and it is decided again."""
    await group_messages.settle(desk.tx, one.touch_id, state.value)
    if not await touch_asked.settle(desk.tx, one.touch_id, state, at=desk.now, detail=detail):
        return
    await touches.mark(desk.tx, one.touch_id, Fate.FAILED, at=desk.now, why=detail)
    await incidents.count(desk.tx, "touch.not_confirmed", state.value, desk.now)
    if one.erased_as:
        await group_messages.forget(desk.tx, one.touch_id)
    else:
        await again(desk, one.touch_id, why)


async def _end(desk: Desk, group: Group, state: str, reason: str = "") -> None:
    ended = replace(group, state=state, reason=reason or group.reason, due_at=None)
    if await group_messages.write(desk.tx, ended, ended_at=desk.now):
        await group_faces.redraw(desk, ended)
