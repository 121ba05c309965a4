"""Claim: take a lead out of its pool."""

from __future__ import annotations

from bot.assignment.access import face_of
from bot.assignment.claim import Claimed, Refused, Registered, claim
from bot.assignment.faces import lead_face
from bot.assignment.pool_page import pool_page
from bot.assignment.sheet import local_now
from bot.cards import lead_gone, lead_registered, lead_taken, pool_list
from bot.cards.texts import refusals, reveal
from bot.chat.card import Card
from bot.chat.outbound import Notice, Reply
from bot.chat.router import Router
from bot.crm.commands import ClaimLead
from bot.crm.listing import page_number
from bot.crm.pool import Refusal, terms_of, veiled
from bot.handlers import Scope
from bot.store import leads, offers, outbox, tenures

router: Router[Scope] = Router()


@router.on(ClaimLead)
async def on_claim(command: ClaimLead, scope: Scope) -> Reply:
    """Give the lead to whoever asked first, or take the tap down; everybody else hears why not."""
    outcome = await claim(scope.desk, command.lead_id, by=scope.actor)
    if isinstance(outcome, Refused):
        reply = await _refused(scope, outcome)
    else:
        lead = await leads.get(scope.desk.tx, command.lead_id)
        reply = Reply(card=await _his(scope, outcome), topic=lead.topic)
    if not (command.page and scope.tapped):
        return reply
    return await _beside_the_list(command, scope, outcome, reply)


async def _his(scope: Scope, outcome: Claimed | Registered) -> Card:
    if isinstance(outcome, Claimed):
        return await lead_face(scope.desk, outcome.lead, scope.actor)
    lead = await leads.get(scope.desk.tx, outcome.lead.id)
    return lead_registered.card(veiled(scope.desk.company, lead), seconds=outcome.seconds)


async def _beside_the_list(
    command: ClaimLead, scope: Scope, outcome: Claimed | Refused | Registered, reply: Reply
) -> Reply:
    """Pressed on the list of a pool: the list stays, drawn anew, and says what became of this one."""
    desk, lead_id = scope.desk, command.lead_id
    said = reply.card.note if reply.card is not None else ""
    note = pool_list.REGISTERED.format(id=lead_id, said=said)
    if isinstance(outcome, Claimed):
        note = pool_list.TAKEN.format(id=lead_id)
        key = f"owned:{lead_id}:{outcome.lead.epoch}:{scope.actor.id}"
        card = Notice(to=scope.actor.id, key=key, card=reply.card, topic=reply.topic, answers=True)
        await outbox.post(desk, card)
    elif isinstance(outcome, Registered):
        note = pool_list.REGISTERED.format(id=lead_id, said=reveal.REGISTERED.format(seconds=outcome.seconds))
    return Reply(card=await pool_page(desk, scope.actor, page_number(command.page), note=note))


async def _refused(scope: Scope, refused: Refused) -> Reply:
    lead, desk = refused.lead, scope.desk
    if lead is None:
        return Reply(card=lead_gone.missing())
    topic = f"lead:{lead.id}"
    if refused.why is Refusal.TAKEN:
        winner = lead.owner_name
        is_named = await _was_shown(scope, lead.id)
        known, now = veiled(desk.company, lead), local_now(desk)
        card = lead_taken.card(known, winner=winner, at=lead.owned_at, now=now, is_named=is_named)
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
