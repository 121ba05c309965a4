"""A lead comes in, or comes back: by the rules to a person or into a pool."""

from __future__ import annotations

import dataclasses

import structlog

from bot.assignment import first_task, respond
from bot.assignment.assign import assign, tell_owner
from bot.assignment.offer import offer
from bot.cards.texts import assignment as texts
from bot.crm.lead import Lead, LeadStatus
from bot.crm.pool import HELD
from bot.crm.user import SYSTEM, User
from bot.rules.route import Route, RouteKind, route
from bot.store import incidents, lead_status, leads, ownership, rings, users
from bot.store.desk import Desk

_log = structlog.get_logger()


async def arrive(desk: Desk, lead: Lead, *, rings: bool) -> Lead:
    """Route a lead, and ring for it unless it is still being nurtured; the lead as it stands then.

    A lead that has an owner stays his; if it rings he is told that it has become hot.
    """
    if lead.owner_id is not None:
        if rings and lead.status is not LeadStatus.INVALID:
            await _ring_owner(desk, lead)
        return lead
    way = route(desk.company, await _values(desk, lead))
    await ownership.into_pool(desk, lead, pool_id=way.pool_id, region=way.region or lead.region)
    lead = await leads.get(desk.tx, lead.id)
    _log.info("lead.routed", lead=lead.id, pool=way.pool_id, kind=way.kind.value, rings=rings)
    if not rings:
        return lead
    owner = await _chosen(desk, way)
    if owner is not None:
        reason = texts.REASON_RULE.format(rule=way.rule)
        found = await assign(desk, lead, to=owner, by=SYSTEM, reason=reason, note=texts.YOURS_BY_RULE)
        return found or await leads.get(desk.tx, lead.id)
    await offer(desk, lead)
    return await leads.get(desk.tx, lead.id)


async def re_enquire(desk: Desk, lead: Lead, text: str = "", *, rings: bool = True) -> Lead:
    """Somebody we know wrote again: his owner hears of it and the clock starts anew.

    Without an owner it is offered again, as if it had just come; also when it was marked invalid.
    """
    owner = await users.find(desk.tx, lead.owner_id) if lead.owner_id else None
    if lead.status is LeadStatus.INVALID and rings:
        way = route(desk.company, await _values(desk, lead))
        await lead_status.reopen(desk, lead, pool_id=way.pool_id, reason=texts.REASON_WROTE_AGAIN)
        owner = None
    await ownership.wait_anew(desk, lead)
    lead = await leads.get(desk.tx, lead.id)
    if owner is None:
        return await arrive(desk, lead, rings=rings)
    if lead.status in HELD:
        await respond.start(desk, lead)
    note = texts.WROTE_AGAIN.format(text=text) if text else texts.WROTE_AGAIN_SILENT
    key = f"re_enquiry:{lead.id}:{desk.now.isoformat()}:{owner.id}"
    await tell_owner(desk, lead, owner, key=key, note=note)
    _log.info("lead.re_enquired", lead=lead.id, user=owner.id)
    return lead


async def _ring_owner(desk: Desk, lead: Lead) -> None:
    owner = await users.get(desk.tx, lead.owner_id or "")
    await first_task.create(desk, lead, owner)
    key = f"hot:{lead.id}:{lead.epoch}:{lead.score}"
    await tell_owner(desk, lead, owner, key=key, note=texts.GOT_HOT.format(score=lead.score))


async def _chosen(desk: Desk, way: Route) -> User | None:
    """The person whom the rule names, if he can take it; otherwise the lead lies in the pool."""
    if way.kind is RouteKind.OWNER:
        owner = await users.find(desk.tx, way.owner_id or "")
        if owner is not None and owner.takes_leads(desk.now):
            return owner
        await incidents.count(desk.tx, "route.owner_missing", way.rule, desk.now)
        return None
    if way.kind is RouteKind.ROUND_ROBIN:
        found = [await users.find(desk.tx, one) for one in way.members]
        ready = {one.id: one for one in found if one is not None and one.takes_leads(desk.now)}
        chosen = await rings.next_of(desk.tx, f"route:{way.rule}", way.members, ready)
        if chosen is None:
            await incidents.count(desk.tx, "route.ring_empty", way.rule, desk.now)
        return ready[chosen] if chosen else None
    return None


async def _values(desk: Desk, lead: Lead) -> dict[str, object]:
    """Field values as conditions ask for them; custom fields under their own keys."""
    known = await leads.particulars(desk, lead.id)
    private = {"phone": known.phone.reveal(), "email": known.email.reveal(), "message": known.message}
    values: dict[str, object] = {
        field.name: getattr(lead, field.name) for field in dataclasses.fields(lead) if field.name != "custom"
    }
    system = {"pool": lead.pool_id, "owner": lead.owner_id, "status": lead.status.value}
    return {**lead.custom, **values, **private, **system, "external_id": known.external_id}
