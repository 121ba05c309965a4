"""Giving a lead to somebody: by rule, by a manager, by its owner. Nobody's cap stands in the way."""

from __future__ import annotations

import structlog

from bot.assignment import deal_faces, faces, first_task, respond, task_faces
from bot.chat.outbound import Notice
from bot.crm.lead import Lead
from bot.crm.user import User
from bot.store import leads, opportunities, outbox, ownership, tasks
from bot.store.desk import Desk

_log = structlog.get_logger()


async def assign(
    desk: Desk, lead: Lead, *, to: User, by: User, reason: str = "", note: str = "", how: str = "assigned"
) -> Lead | None:
    """Make `to` the owner of a lead that has none and show it to him; None if somebody was faster.

    `how` is created when he entered it himself: then he has it before him and gets no card.
    """
    if not await ownership.take(desk, lead, to=to, how=how, by=by, reason=reason):
        return None
    return await _begin(desk, lead, to, by=by, note=note, is_told=how != "created")


async def pass_on(
    desk: Desk, lead: Lead, *, to: User, by: User, how: str, reason: str, note: str = ""
) -> Lead | None:
    """Make `to` the owner in place of another: transferred by himself, or reassigned over his head."""
    if not await ownership.pass_on(desk, lead, to=to, how=how, by=by, reason=reason):
        return None
    for task in await tasks.hand_over_of_lead(desk, lead.id, to=to, by=by.id):
        await task_faces.refresh(desk, task)
    for deal in await opportunities.pass_on_of_lead(desk, lead.id, to=to, by=by.id):
        await deal_faces.refresh(desk, deal.id)
    return await _begin(desk, lead, to, by=by, note=note, is_told=True)


async def _begin(desk: Desk, before: Lead, to: User, *, by: User, note: str, is_told: bool) -> Lead:
    lead = await leads.get(desk.tx, before.id)
    await respond.start(desk, lead)
    await first_task.create(desk, lead, to)
    # Cards that he has are drawn as his; whoever acts sees his own by the answer.
    await faces.redraw(desk, lead)
    if is_told and to.id != by.id:
        await tell_owner(desk, lead, to, key=f"owned:{lead.id}:{lead.epoch}:{to.id}", note=note)
    _log.info("lead.assigned", lead=lead.id, user=to.id, by=by.id, epoch=lead.epoch)
    return lead


async def tell_owner(desk: Desk, lead: Lead, owner: User, *, key: str, note: str) -> None:
    """Put the lead before its owner once for this occasion."""
    card = await faces.lead_face(desk, lead, owner, note=note)
    await outbox.post(desk, Notice(to=owner.id, key=key, card=card, topic=lead.topic))
