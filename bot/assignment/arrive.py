"""A lead comes in, or comes back: by the rules to a person or into a pool."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import structlog

from bot.assignment import absence, first_task, respond
from bot.assignment.assign import assign, tell_owner
from bot.assignment.choose import Choice, choose
from bot.assignment.offer import offer, tell_manager
from bot.cards.texts import assignment as texts
from bot.crm.company import Company
from bot.crm.lead import Lead, LeadStatus
from bot.crm.pool import HELD
from bot.crm.user import SYSTEM, User
from bot.rules.route import Route, route
from bot.store import decisions, lead_status, leads, ownership, users
from bot.store.decisions import Decision
from bot.store.desk import Desk
from bot.store.worked_out import Wanted, wanted, work_out

#: What a rule may go by that is no secret: kept with the decision.
_INPUTS = ("region", "province", "city", "industry", "source", "campaign", "form", "score", "tier")
_log = structlog.get_logger()


async def arrive(desk: Desk, lead: Lead, *, rings: bool, note: str = "") -> Lead:
    """Route a lead, and ring for it unless it is still being nurtured; the lead as it stands then.

    A lead that has an owner stays his; if it rings he is told that it has become hot. `note` says why
    it rings now.
    """
    if lead.owner_id is not None:
        if rings and lead.status is not LeadStatus.INVALID:
            await _ring_owner(desk, lead, note)
        return lead
    values = await _values(desk, lead)
    way = route(desk.company, values, is_working=desk.company.working_time.is_working(desk.now))
    await ownership.into_pool(desk, lead, pool_id=way.pool_id, region=way.region or lead.region)
    lead = await leads.get(desk.tx, lead.id)
    _log.info("lead.routed", lead=lead.id, pool=way.pool_id, kind=way.kind.value, rings=rings)
    if not rings:
        return lead
    choice = await choose(desk, lead, way)
    await _write_down(desk, lead, way, choice, values)
    if choice.user is not None:
        found = await assign(
            desk, lead, to=choice.user, by=SYSTEM, reason=texts.REASON_RULE.format(rule=way.rule),
            note=note or texts.YOURS_BY_RULE, is_counted=True,
        )  # fmt: skip
        return found or await leads.get(desk.tx, lead.id)
    await offer(desk, lead, note=note)
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
    covered = await _covered(desk, lead, owner)
    if covered is not None:
        return covered
    note = texts.WROTE_AGAIN.format(text=text) if text else texts.WROTE_AGAIN_SILENT
    key = f"re_enquiry:{lead.id}:{desk.now.isoformat()}:{owner.id}"
    await tell_owner(desk, lead, owner, key=key, note=note)
    _log.info("lead.re_enquired", lead=lead.id, user=owner.id)
    return lead


async def _covered(desk: Desk, lead: Lead, owner: User) -> Lead | None:
    """Its owner is away: whoever answers for him gets it; without one his manager is asked."""
    covered = await absence.answer_for(desk, lead, owner)
    if covered is None and owner.away_until is not None and desk.now < owner.away_until:
        await tell_manager(desk, lead, texts.AWAY_UNCOVERED.format(owner=owner.name))
    return covered


async def _ring_owner(desk: Desk, lead: Lead, note: str) -> None:
    owner = await users.get(desk.tx, lead.owner_id or "")
    if await _covered(desk, lead, owner) is not None:
        return
    await first_task.create(desk, lead, owner)
    key = f"hot:{lead.id}:{lead.epoch}:{lead.score}"
    await tell_owner(desk, lead, owner, key=key, note=note or texts.GOT_HOT.format(score=lead.score))


async def _write_down(desk: Desk, lead: Lead, way: Route, choice: Choice, values: dict[str, object]) -> None:
    """Keep why, for whoever asks later; never the customer's name or number."""
    known = {key: values[key] for key in _INPUTS if values.get(key)}
    known |= {"region": way.region} if way.region else {}
    await decisions.note(desk, Decision(
        lead_id=lead.id, epoch=lead.epoch, mode=choice.mode, rule=way.rule, pool_id=way.pool_id,
        chosen=choice.user.id if choice.user else None, sticky_key=choice.sticky_key,
        inputs={**known, "why": way.why, "unfit": list(way.unfit)}, candidates=choice.candidates,
    ))  # fmt: skip


@lru_cache(maxsize=8)
def _wanted(company: Company) -> Wanted:
    """What the routing rules ask that is no field of a lead."""
    return wanted([rule.when for rule in company.routing.rules if rule.when is not None])


async def _values(desk: Desk, lead: Lead) -> dict[Any, object]:
    """Field values as conditions ask for them; custom fields under their own keys."""
    known = await leads.particulars(desk, lead.id)
    private = {"phone": known.phone.reveal(), "email": known.email.reveal(), "message": known.message}
    values = {name: value for name, value in lead._asdict().items() if name != "custom"}
    system = {"pool": lead.pool_id, "owner": lead.owner_id, "status": lead.status.value}
    worked_out = await work_out(desk.tx, lead.id, _wanted(desk.company), desk.now)
    return {**lead.custom, **values, **private, **system, "external_id": known.external_id, **worked_out}
