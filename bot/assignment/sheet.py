"""Gather what a lead's cards tell."""

from __future__ import annotations

from datetime import datetime

from bot.assignment.clock import due_at
from bot.cards.texts import touch as texts
from bot.crm.lead import Lead, LeadStatus
from bot.crm.lead_sheet import LeadSheet
from bot.crm.pool import pool_of, terms_of
from bot.crm.user import User
from bot.rules.script import script_for
from bot.store import consents, leads, scores, tags
from bot.store.desk import Desk
from bot.touch import agreed

#: Characters of what the customer wrote.
_MESSAGE = 60
_UNTOUCHED = frozenset({LeadStatus.OFFERED, LeadStatus.RECYCLED, LeadStatus.ASSIGNED, LeadStatus.NEW})


async def lead_sheet(desk: Desk, lead: Lead, owner: User | None = None) -> LeadSheet:
    """Ask the store why it has its points, and the company what to say."""
    company = desk.company
    form = company.form(lead.form)
    tier = next((one for one in company.scoring.tiers if one.key == lead.tier), None)
    zone = company.org.zone
    due = due_at(company, lead)
    return LeadSheet(
        lead=lead,
        form=form.name if form else "",
        pool=pool_of(company, lead.pool_id).name if lead.owner_id is None else "",
        tier=tier.label if tier else "",
        advice=tier.advice if tier else "",
        reasons=await scores.reasons(desk.tx, lead.id),
        tags=tuple(await tags.of(desk.tx, lead.id)),
        message=(await leads.message(desk, lead.id))[:_MESSAGE] if lead.owner_id else "",
        refused=await _refused(desk, lead) if lead.owner_id else "",
        script=script_for(company, source=lead.source, stage=_stage(lead)),
        due_at=due.astimezone(zone) if due else None,
        owner_name=owner.name if owner else "",
        reveal_seconds=terms_of(company, lead.pool_id).reveal_seconds if lead.owner_id is None else 0,
        now=local_now(desk),
    )


async def _refused(desk: Desk, lead: Lead) -> str:
    said = await consents.all_of(desk.tx, lead.id)
    if agreed.is_closed(said):
        return texts.ANYTHING
    names = {one.key: one.name for one in desk.company.channels.channels}
    ended = [name for key, name in names.items() if agreed.by_channel(said, [key]).get(key) is False]
    channels = texts.ALL_CHANNELS if len(ended) == len(names) else "、".join(ended)
    return texts.MARKETING_ON.format(channel=channels) if ended else ""


def local_now(desk: Desk) -> datetime:
    """The present moment as the company's clocks show it."""
    return desk.now.astimezone(desk.company.org.zone)


def _stage(lead: Lead) -> str:
    """A lead that somebody had before is talked to otherwise, until its new owner did so."""
    if lead.previous_owner_id is not None and lead.status in _UNTOUCHED:
        return LeadStatus.RECYCLED.value
    return lead.status.value
