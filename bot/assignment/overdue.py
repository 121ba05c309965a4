"""The first-response time runs out: the owner is reminded, then somebody else gets the lead."""

from __future__ import annotations

import structlog

from bot.assignment import respond
from bot.assignment.assign import pass_on
from bot.assignment.clock import due_at, runs_from
from bot.assignment.offer import tell_manager
from bot.assignment.release import recycle
from bot.assignment.sheet import lead_sheet
from bot.cards import response_reminder
from bot.cards.texts import assignment as texts
from bot.chat.outbound import Notice
from bot.crm.lead import Lead
from bot.crm.pool import HELD, pool_of, regions_of
from bot.crm.user import SYSTEM, User
from bot.store import decisions, outbox, rings, users
from bot.store.decisions import Decision
from bot.store.desk import Desk

_log = structlog.get_logger()


async def remind(desk: Desk, lead_id: str, epoch: str) -> bool:
    """Remind the owner of that epoch while there is time; False if he owes no answer."""
    lead = await respond.waiting(desk, lead_id, epoch)
    if lead is None or lead.status not in HELD:
        return False
    owner = await users.get(desk.tx, lead.owner_id or "")
    since = runs_from(lead) or desk.now
    key = f"remind:{lead.id}:{lead.epoch}:{since.isoformat()}"
    card = response_reminder.card(await lead_sheet(desk, lead, owner))
    return await outbox.post(desk, Notice(to=owner.id, key=key, card=card, topic=lead.topic))


async def over(desk: Desk, lead_id: str, epoch: str) -> bool:
    """Give the lead to whoever answers, as the company wants it; False if it was answered."""
    lead = await respond.waiting(desk, lead_id, epoch)
    due = None if lead is None else due_at(desk.company, lead)
    if lead is None or due is None or desk.now < due:
        return False
    owner = await users.get(desk.tx, lead.owner_id or "")
    _log.info("lead.response_overdue", lead=lead.id, user=owner.id, epoch=lead.epoch)
    if desk.company.response.first_response.act == "back_to_pool":
        await recycle(desk, lead, owner=owner, by=SYSTEM, reason=texts.REASON_UNANSWERED)
        return True
    successor = await _next(desk, lead, owner)
    if successor is None:
        await tell_manager(desk, lead, texts.NOBODY_ANSWERS.format(owner=owner.name))
        return True
    await decisions.note(desk, Decision(
        lead_id=lead.id, epoch=lead.epoch, mode="response", rule=texts.REASON_UNANSWERED,
        pool_id=lead.pool_id or "", chosen=successor.id, inputs={"why": texts.REASON_UNANSWERED},
    ))  # fmt: skip
    await pass_on(
        desk, lead, to=successor, by=SYSTEM, how="reassigned",
        reason=texts.REASON_UNANSWERED, note=texts.YOURS_BY_RULE,
    )  # fmt: skip
    return True


async def _next(desk: Desk, lead: Lead, owner: User) -> User | None:
    """In turn among those on duty in the pool's regions, but for the one who did not answer."""
    pool = pool_of(desk.company, lead.pool_id)
    people = await users.reps(desk.tx, regions=regions_of(desk.company, pool))
    ready = {one.id: one for one in people if one.takes_leads(desk.now) and one.id != owner.id}
    chosen = await rings.next_of(desk.tx, f"response:{pool.id}", [one.id for one in people], ready)
    return ready[chosen] if chosen else None
