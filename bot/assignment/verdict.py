"""Sales answers marketing: a lead that was handed over is accepted, or sent back with a reason."""

from __future__ import annotations

import structlog

from bot.assignment import faces, release
from bot.cards.texts import qualification as texts
from bot.crm.lead import Lead, LeadStatus
from bot.crm.pool import HELD
from bot.crm.user import User
from bot.store import lead_status, leads, verdicts
from bot.store.desk import Desk

_log = structlog.get_logger()


async def accept(desk: Desk, lead: Lead, *, by: User, owner: User | None) -> bool:
    """Take it; False if that was said before, or it is nobody's any more."""
    if lead.status not in HELD or not await verdicts.accept(desk, lead, by=by, owner=owner):
        return False
    await faces.refresh(desk, lead.id)
    _log.info("lead.accepted", lead=lead.id, user=by.id, score=lead.score)
    return True


async def reject(desk: Desk, lead: Lead, *, by: User, owner: User, reason: str) -> Lead | None:
    """Send it back: nobody's, offered to nobody, nurtured until it has earned more; None if too late."""
    said = texts.REASON_REJECTED.format(reason=reason)
    back = await release.send_back(desk, lead, owner=owner, by=by, reason=said)
    if back is None:
        return None
    await verdicts.reject(desk, lead, by=by, owner=owner, reason=reason)
    await lead_status.set_status(desk, back, LeadStatus.NEW, by=by, owner=owner, reason=said)
    await faces.refresh(desk, lead.id)
    _log.info("lead.rejected", lead=lead.id, user=by.id, score=lead.score)
    return await leads.get(desk.tx, lead.id)
