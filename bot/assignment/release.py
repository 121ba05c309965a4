"""Giving a lead up: back to its pool by its owner (退回), or by the clock (回收); or marking it worthless."""

from __future__ import annotations

import structlog

from bot.assignment import faces, respond, task_faces
from bot.assignment.offer import offer
from bot.crm.lead import Lead
from bot.crm.pool import pool_of
from bot.crm.user import SYSTEM, User
from bot.store import lead_status, leads, ownership, tasks
from bot.store.desk import Desk

_log = structlog.get_logger()


async def release(desk: Desk, lead: Lead, *, owner: User, reason: str) -> Lead | None:
    """The owner gives it back: others are asked, he is not for some days; None if he was too late."""
    return await _back(desk, lead, owner=owner, by=owner, how="released", reason=reason)


async def recycle(
    desk: Desk,
    lead: Lead,
    *,
    owner: User,
    by: User,
    reason: str,
    pool_id: str | None = None,
    is_offered: bool = True,
) -> Lead | None:
    """It is taken from its owner, into its pool or another one, and offered to others."""
    return await _back(
        desk, lead, owner=owner, by=by, how="recycled", reason=reason, is_offered=is_offered, pool_id=pool_id
    )


async def leave_behind(desk: Desk, lead: Lead, *, owner: User, reason: str, is_offered: bool) -> Lead | None:
    """Its owner has left the company: into the pool, and offered to others if a customer waits."""
    return await _back(desk, lead, owner=owner, by=SYSTEM, how="left", reason=reason, is_offered=is_offered)


async def send_back(desk: Desk, lead: Lead, *, owner: User, by: User, reason: str) -> Lead | None:
    """Sales gives it back to marketing: nobody is asked to take it; None if it changed hands meanwhile."""
    return await _back(desk, lead, owner=owner, by=by, how="rejected", reason=reason, is_offered=False)


async def _back(
    desk: Desk,
    lead: Lead,
    *,
    owner: User,
    by: User,
    how: str,
    reason: str,
    is_offered: bool = True,
    pool_id: str | None = None,
) -> Lead | None:
    pool = pool_of(desk.company, pool_id or lead.pool_id)
    if not await ownership.give_back(desk, lead, pool_id=pool.id, how=how, by=by, owner=owner, reason=reason):
        return None
    await respond.stop(desk, lead.id)
    await _call_off(desk, lead, by, reason=how)
    back = await leads.get(desk.tx, lead.id)
    if is_offered:
        await offer(desk, back)
    await faces.refresh(desk, lead.id)
    _log.info("lead.returned", lead=lead.id, how=how, user=owner.id, by=by.id, epoch=back.epoch)
    return back


async def invalidate(desk: Desk, lead: Lead, *, by: User, owner: User | None, reason: str) -> Lead | None:
    """Close it as worthless; its keys stay, so that whoever writes again is recognised."""
    if not await lead_status.invalidate(desk, lead, by=by, owner=owner, reason=reason):
        return None
    await respond.stop(desk, lead.id)
    await _call_off(desk, lead, by, reason="invalid")
    closed = await leads.get(desk.tx, lead.id)
    await faces.redraw(desk, closed)
    _log.info("lead.invalidated", lead=lead.id, by=by.id)
    return closed


async def _call_off(desk: Desk, lead: Lead, by: User, *, reason: str) -> None:
    for task in await tasks.cancel_of_lead(desk, lead.id, by=by.id, reason=reason):
        await task_faces.refresh(desk, task)
