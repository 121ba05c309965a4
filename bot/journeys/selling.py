"""What steps change of a lead and its opportunity: by the same rules as when a colleague does it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.assignment import deal_stage, release, respond
from bot.crm.catalogue_words import stage_named
from bot.crm.lead import LeadStatus
from bot.crm.pool import HELD, WAITING
from bot.crm.user import SYSTEM, User
from bot.store import lead_status, leads, opportunities, users

if TYPE_CHECKING:
    from bot.journeys.course import Course, Moved
    from bot.journeys.live import Live
    from bot.journeys.step import MoveDeal, SetTo

DONE, AS_IT_WAS, NO_DEAL = "done", "as_it_was", "no_deal"


async def set_status(live: Live, way: Course, moved: Moved, wanted: SetTo) -> str:
    """Closed, given back or being worked on; whoever is not where that can be is left as he is."""
    desk, by = live.desk, _acts(way)
    lead = await leads.lock(desk.tx, moved.after.lead_id)
    owner = await users.find(desk.tx, lead.owner_id) if lead.owner_id else None
    status = LeadStatus(wanted.status)
    live.changed.add(lead.id)
    if status is LeadStatus.INVALID and lead.status in HELD | WAITING:
        closed = await release.invalidate(desk, lead, by=by, owner=owner, reason=wanted.reason)
        return DONE if closed is not None else AS_IT_WAS
    if status is LeadStatus.RECYCLED and owner is not None and lead.status in HELD:
        back = await release.recycle(desk, lead, owner=owner, by=by, reason=wanted.reason)
        return DONE if back is not None else AS_IT_WAS
    if status is LeadStatus.WORKING and lead.status is LeadStatus.ASSIGNED:
        await lead_status.set_status(desk, lead, status, by=by, owner=owner, reason=wanted.reason)
        await respond.stop(desk, lead.id)
        return DONE
    return AS_IT_WAS


async def move_deal(live: Live, way: Course, moved: Moved, wanted: MoveDeal) -> str:
    """His open opportunity to this stage, through the same gate; what stopped it is in the log."""
    desk = live.desk
    stage = stage_named(desk.company, wanted.stage)
    found = [one for one in await opportunities.of_lead(desk.tx, moved.after.lead_id) if one.is_open]
    if not found or stage is None:
        return NO_DEAL
    outcome = await deal_stage.move(desk, found[0], stage, by=_acts(way).id, reason=way.journey.name)
    return DONE if outcome is deal_stage.MOVED else outcome.why


def _acts(way: Course) -> User:
    """The rule itself, as history names who did something."""
    return replace(SYSTEM, id=f"rule:journey.{way.key}", name=way.journey.name)
