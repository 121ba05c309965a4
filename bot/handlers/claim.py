"""Claim: take a lead out of its pool."""

from __future__ import annotations

from bot.assignment.access import face_of
from bot.assignment.claim import Claimed, Refused, claim
from bot.assignment.faces import lead_face
from bot.assignment.sheet import local_now
from bot.cards import lead_gone, lead_taken
from bot.cards.texts import refusals
from bot.chat.outbound import Reply
from bot.chat.router import Router
from bot.crm.commands import ClaimLead
from bot.crm.pool import Refusal, terms_of
from bot.handlers import Scope
from bot.store import offers, tenures

router: Router[Scope] = Router()


@router.on(ClaimLead)
async def on_claim(command: ClaimLead, scope: Scope) -> Reply:
    """Give the lead to whoever asked first; everybody else hears why not."""
    outcome = await claim(scope.desk, command.lead_id, by=scope.actor)
    if isinstance(outcome, Claimed):
        card = await lead_face(scope.desk, outcome.lead, scope.actor)
        return Reply(card=card, topic=outcome.lead.topic)
    return await _refused(scope, outcome)


async def _refused(scope: Scope, refused: Refused) -> Reply:
    lead, desk = refused.lead, scope.desk
    if lead is None:
        return Reply(card=lead_gone.missing())
    topic = f"lead:{lead.id}"
    if refused.why is Refusal.TAKEN:
        winner = lead.owner_name
        is_named = await _was_shown(scope, lead.id)
        now = local_now(desk)
        card = lead_taken.card(lead, winner=winner, at=lead.owned_at, now=now, is_named=is_named)
        return Reply(card=card, topic=topic)
    days = terms_of(desk.company, lead.pool_id).cool_down_days
    note = refusals.claim(refused.why, cap=refused.cap, days=days)
    return Reply(card=await face_of(desk, lead.id, scope.actor, note=note), topic=topic)


async def _was_shown(scope: Scope, lead_id: str) -> bool:
    """Whether he was asked to take it, or had it once."""
    tx, who = scope.desk.tx, scope.actor.id
    if await offers.last_epoch(tx, lead_id, who) is not None:
        return True
    return any(tenure.owner_id == who for tenure in await tenures.of_lead(tx, lead_id))
