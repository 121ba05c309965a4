"""Giving a lead to somebody: by rule, by a manager, by its owner. Nobody's cap stands in the way."""

from __future__ import annotations

from dataclasses import dataclass, replace

import structlog

from bot.assignment import deal_faces, faces, first_task, protect, respond, task_faces
from bot.cards.texts import assignment as texts
from bot.chat.outbound import Notice
from bot.crm.lead import Lead, LeadStatus
from bot.crm.opportunity import Opportunity
from bot.crm.task import Task
from bot.crm.user import User
from bot.store import accounts, counters, leads, opportunities, outbox, ownership, tasks
from bot.store.claims import holding_key
from bot.store.desk import Desk

_log = structlog.get_logger()


async def assign(
    desk: Desk,
    lead: Lead,
    *,
    to: User,
    by: User,
    reason: str = "",
    note: str = "",
    how: str = "assigned",
    is_counted: bool = False,
    is_told: bool = True,
) -> Lead | None:
    """Make `to` the owner of a lead that has none and show it to him; None if somebody was faster.

    `how` is created when he entered it himself: then he has it before him and gets no card.
    `is_counted`: the caller has taken the place in his hands, which is given back if it comes to nothing.
    """
    if not await ownership.take(desk, lead, to=to, how=how, by=by, reason=reason, is_counted=is_counted):
        if is_counted:
            await counters.give(desk.tx, holding_key(to.id))
        return None
    return await _begin(desk, lead, to, by=by, note=note, is_told=is_told and how != "created")


@dataclass(frozen=True, slots=True)
class PassedOn:
    """A lead with its new owner, and what went with it."""

    lead: Lead
    deals: tuple[Opportunity, ...] = ()
    tasks: tuple[Task, ...] = ()

    @property
    def said(self) -> str:
        """What went with it, in words; empty if nothing did."""
        return texts.together([deal.id for deal in self.deals], len(self.tasks))


async def pass_on(
    desk: Desk,
    lead: Lead,
    *,
    to: User,
    by: User,
    how: str,
    reason: str,
    note: str = "",
    is_told: bool = True,
) -> PassedOn | None:
    """Make `to` the owner in place of another: transferred by himself, or reassigned over his head.

    The lead stays whole: its open deals, their account and all that is to be done go with it. Not
    `is_told`: the caller sums it up for the new owner.
    """
    if not await ownership.pass_on(desk, lead, to=to, how=how, by=by, reason=reason):
        return None
    moved = await tasks.hand_over_of_lead(desk, lead.id, to=to, by=by.id)
    for task in moved:
        await task_faces.refresh(desk, task)
    deals = await opportunities.pass_on_of_lead(desk, lead.id, to=to, by=by.id)
    for deal in deals:
        await accounts.pass_on(desk.tx, deal.account_id, of=deal.owner_id, to=to.id)
        await deal_faces.refresh(desk, deal.id)
    passed = PassedOn(lead, deals, moved)
    note = "，".join(part for part in (note, passed.said) if part)
    after = await _begin(desk, lead, to, by=by, note=note, is_told=is_told)
    await _show_deals(desk, after, deals if is_told else (), to, by=by)
    return replace(passed, lead=after)


async def _show_deals(desk: Desk, lead: Lead, deals: tuple[Opportunity, ...], to: User, *, by: User) -> None:
    """Put the open deals before their new owner, who has no card of them yet."""
    for deal in deals if to.id != by.id else ():
        now = await opportunities.find(desk.tx, deal.id)
        if now is not None:
            key = f"owned:{deal.id}:{lead.epoch}:{to.id}"
            card = await deal_faces.deal_face(desk, now)
            await outbox.post(desk, Notice(to=to.id, key=key, card=card, topic=deal.topic))


async def _begin(desk: Desk, before: Lead, to: User, *, by: User, note: str, is_told: bool) -> Lead:
    lead = await leads.get(desk.tx, before.id)
    await respond.start(desk, lead)
    await protect.begin(desk, lead, is_passed=before.owner_id is not None)
    if lead.status is not LeadStatus.CONVERTED:
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
