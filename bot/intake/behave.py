"""A lead did something: its points, its tags, and at the SQL line the hand-over to sales, once."""

from __future__ import annotations

import structlog

from bot.assignment import arrive
from bot.cards.texts import qualification as texts
from bot.crm.lead import Lead
from bot.intake import scoring
from bot.intake.lifecycle import AWARE, forward
from bot.intake.scoring import Scored
from bot.rules.score import Behaviour
from bot.store import leads
from bot.store.desk import Desk

_log = structlog.get_logger()


async def behave(desk: Desk, lead: Lead, behaviour: Behaviour) -> Scored:
    """Count a behaviour whose row stands in `behaviours`; the lead as it stands then.

    `behaviour.event` is one of scoring.yaml's, or the sender's own name for it: that one is kept as the
    lead's last behaviour and gives no points. A lead that was merged into another counts nothing.
    """
    before = await leads.lock(desk.tx, lead.id)
    if before.merged_into is not None:
        _log.info("behaviour.of_merged_lead", lead=before.id, into=before.merged_into)
        return Scored(before, before)
    said = desk.company.scoring.events.get(behaviour.event, behaviour.event)
    await leads.behaved(desk, before.id, said, min(behaviour.at, desk.now))
    await forward(desk, before, AWARE, reason=f"event:{behaviour.event}", by="system")
    scored = await scoring.count(desk, await leads.get(desk.tx, before.id), behaviour)
    return await hand_over(desk, scored)


async def recount(desk: Desk, lead_id: str) -> Scored:
    """Count a lead anew because its fields, its tags or the time have changed."""
    before = await leads.lock(desk.tx, lead_id)
    return await hand_over(desk, await scoring.count(desk, before))


async def hand_over(desk: Desk, scored: Scored) -> Scored:
    """Hand a lead to sales that has just reached the SQL line; nothing for one that was there before."""
    if not scored.became_sales_qualified:
        return scored
    _log.info("lead.handed_over", lead=scored.lead.id, score=scored.lead.score)
    note = texts.GOLDEN.format(score=scored.lead.score)
    lead = await arrive.arrive(desk, scored.lead, rings=True, note=note)
    return Scored(lead, scored.before)
