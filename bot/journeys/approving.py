"""Somebody on his way waits for a colleague's word: asked by a card, answered once, or nobody did in time."""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING

import structlog

from bot.cards import approval as cards
from bot.chat.card import Card
from bot.chat.outbound import Notice
from bot.crm.approval import Approval, ApprovalState
from bot.crm.lead import Lead
from bot.crm.user import User
from bot.journeys.book import Shelf, open_book
from bot.journeys.colleagues import whom
from bot.store import approvals, audit, enrollments, incidents, leads, outbox, users
from bot.store.desk import Desk
from bot.store.enrollments import DONE, Row

if TYPE_CHECKING:
    from bot.journeys.course import Course, Moved
    from bot.journeys.live import Live
    from bot.journeys.step import AskApproval, EndApproval

_log = structlog.get_logger()
NOBODY = "nobody"


class Answered(enum.Enum):
    """What became of an answer."""

    DONE = "done"
    #: Somebody answered before, or the time was over.
    TOO_LATE = "too_late"
    #: The customer is not there any more: he left the journey, or it was stopped.
    NOT_NEEDED = "not_needed"


async def ask(live: Live, way: Course, moved: Moved, wanted: AskApproval) -> str:
    """Show the question to each who may answer; with nobody there, it waits for its time to be over."""
    desk = live.desk
    lead = await leads.get(desk.tx, moved.after.lead_id)
    people = await whom(desk, wanted.by, lead)
    if not people:
        await incidents.count(desk.tx, "journey.nobody_to_approve", way.key, desk.now)
        return NOBODY
    occasion = _occasion(moved)
    one = await approvals.ask(
        desk, enrollment_id=moved.after.id, place=moved.line.place, occasion=occasion,
        journey=way.journey.name, text=wanted.text, asked=[user.id for user in people], due_at=wanted.due_at,
    )  # fmt: skip
    for user in people:
        card = face(desk, one, lead, user)
        await outbox.post(desk, Notice(to=user.id, key=occasion, card=card, topic=one.topic))
    _log.info("approval.asked", approval=one.id, journey=way.key, people=len(people))
    return wanted.by


async def end(live: Live, way: Course, moved: Moved, _wanted: EndApproval) -> str:
    """The time is over: nobody can answer any more."""
    one = await approvals.on_occasion(live.desk.tx, _occasion(moved))
    if one is not None and await approvals.settle(live.desk, one.id, ApprovalState.EXPIRED):
        await refresh(live.desk, one.id)
        _log.info("approval.expired", approval=one.id, journey=way.key)
    return ""


async def answer(desk: Desk, one: Approval, actor: User, verdict: str, reason: str) -> Answered:
    """Let him go on by this answer, if it is the first; his owner hears of it."""
    book = await open_book(desk.tx, Shelf(), hold=True)
    row = await enrollments.find(desk.tx, one.enrollment_id)
    # Whoever is in a journey that was stopped is out, even if nobody has let him out yet.
    if row is None or book.is_stopped(row.journey) or not _waits(row, one):
        if await approvals.settle(desk, one.id, ApprovalState.VOID):
            await refresh(desk, one.id)
            return Answered.NOT_NEEDED
        return Answered.TOO_LATE
    if not await approvals.settle(desk, one.id, ApprovalState(verdict), by=actor.id, reason=reason):
        return Answered.TOO_LATE
    await enrollments.wake(desk, row.id, verdict)
    await audit.note(desk, actor=actor.id, action=f"approval.{verdict}", of=one.topic, lead=row.lead_id)
    await refresh(desk, one.id)
    await _tell_owner(desk, row.lead_id, one.id, actor)
    _log.info("approval.answered", approval=one.id, verdict=verdict, user=actor.id)
    return Answered.DONE


async def waiting(desk: Desk, actor: User) -> list[tuple[Approval, Lead | None]]:
    """What waits for his word, and whom it is about; what nobody needs any more is settled by looking."""
    book = await open_book(desk.tx, Shelf(), hold=True)
    found = []
    for one in await approvals.waiting_for(desk.tx, actor.id):
        row = await enrollments.find(desk.tx, one.enrollment_id)
        if row is None or book.is_stopped(row.journey) or not _waits(row, one):
            if await approvals.settle(desk, one.id, ApprovalState.VOID):
                await refresh(desk, one.id)
            continue
        found.append((one, await leads.find(desk.tx, row.lead_id) if actor.role.sells else None))
    return sorted(found, key=lambda each: (each[0].due_at, int(each[0].id[1:])))


def _waits(row: Row, one: Approval) -> bool:
    return row.state != DONE and row.place == one.place and row.awaits_since is not None


async def _tell_owner(desk: Desk, lead_id: str, approval_id: str, actor: User) -> None:
    one, lead = await approvals.find(desk.tx, approval_id), await leads.get(desk.tx, lead_id)
    if one is None or lead.owner_id in {None, actor.id}:
        return
    text = cards.told(one, lead, actor.name)
    await outbox.post(
        desk, Notice(to=lead.owner_id or "", key=f"{one.topic}:told", text=text, topic=lead.topic)
    )


async def refresh(desk: Desk, approval_id: str) -> None:
    """Draw every card of it again."""
    one = await approvals.find(desk.tx, approval_id)
    lead = None if one is None else await lead_of(desk, one)
    if one is None or lead is None:
        return
    by = await _name(desk, one.answered_by)
    viewers = await users.before_whom(desk.tx, one.topic)
    for shown in await outbox.on_topic(desk, one.topic):
        viewer = viewers.get(shown.user_id)
        if viewer is not None:
            await outbox.redraw(desk, shown, face(desk, one, lead, viewer, by=by))


async def shown_to(desk: Desk, one: Approval, viewer: User, *, note: str = "") -> Card | None:
    """As it stands, for somebody who was asked; None if the customer is gone altogether."""
    lead = await lead_of(desk, one)
    return (
        None
        if lead is None
        else face(desk, one, lead, viewer, by=await _name(desk, one.answered_by), note=note)
    )


async def lead_of(desk: Desk, one: Approval) -> Lead | None:
    """Whom it is about now."""
    row = await enrollments.find(desk.tx, one.enrollment_id)
    return None if row is None else await leads.find(desk.tx, row.lead_id)


def face(
    desk: Desk, one: Approval, lead: Lead, viewer: User, *, by: str = "", note: str = ""
) -> Card:  # fmt: skip
    """The card for one reader; whoever sees no customers is told no name."""
    zone = desk.company.org.zone
    return cards.card(one, lead if viewer.role.sells else None, zone=zone, now=desk.now, by=by, note=note)


async def _name(desk: Desk, user_id: str) -> str:
    found = await users.find(desk.tx, user_id) if user_id else None
    return found.name if found is not None else ""


def _occasion(moved: Moved) -> str:
    """The same at every try, and when its time is over."""
    return f"journey:{moved.after.id}:{moved.line.place}:{moved.line.occurrence}"
