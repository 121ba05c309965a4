"""Reassign (改派, 转交): give a lead to somebody else."""

from __future__ import annotations

from dataclasses import replace

from bot.assignment import reassign
from bot.assignment.access import Held, face_of, held
from bot.assignment.assign import PassedOn
from bot.assignment.reassign import Obstacle, Unclear
from bot.cards import lead_gone, lead_reassign
from bot.cards.texts import refusals
from bot.chat.outbound import Reply
from bot.chat.router import Router
from bot.crm.commands import ReassignLead
from bot.crm.user import User
from bot.handlers import Scope
from bot.store import subjects

router: Router[Scope] = Router()
_NOTES = {
    Obstacle.NOBODY: refusals.NOBODY_NAMED,
    Obstacle.SEVERAL: refusals.SEVERAL_NAMED,
    Obstacle.IS_OWNER: refusals.IS_OWNER,
    Obstacle.CLOSED: refusals.CLOSED,
}


@router.on(ReassignLead)
async def on_reassign(command: ReassignLead, scope: Scope) -> Reply:
    """Ask to whom, then give it to him; its owner and whoever leads its region may."""
    desk, actor = scope.desk, scope.actor
    found = await held(desk, command.lead_id)
    if found is None:
        return Reply(card=lead_gone.missing())
    if not reassign.may_reassign(actor, found.lead, found.owner):
        await subjects.refused(desk, actor, action="reassign", of=found.lead.topic)
        return Reply(card=await face_of(desk, found.lead.id, actor), topic=found.lead.topic)
    meant = await _to_whom(command, scope, found)
    if isinstance(meant, Reply):
        return meant
    done = await reassign.reassign(desk, found.lead, to=meant, by=actor, why=_why(scope))
    note = "" if done else refusals.TOO_LATE
    if isinstance(done, Unclear):
        note = _NOTES[done.obstacle]
    card = await face_of(desk, found.lead.id, actor, note=note)
    if isinstance(done, PassedOn) and done.said:
        card = replace(card, text="\n".join(part for part in (card.text, done.said) if part))
    return Reply(card=card, topic=found.lead.topic)


async def _to_whom(command: ReassignLead, scope: Scope, found: Held) -> User | Reply:
    """The colleague, or the next question."""
    chosen, lead = scope.chosen(lead_reassign.KEY), found.lead
    to = chosen or command.to
    if to in {"", lead_reassign.UNCHOSEN}:
        return await _ask(scope, found, note=lead_reassign.WHOM if to else "")
    meant = await reassign.named(scope.desk, lead, to)
    if isinstance(meant, Unclear):
        return await _ask(scope, found, note=_NOTES[meant.obstacle].format(to=to), among=meant.among)
    reasons = scope.desk.company.reasons.reassigned
    if chosen and reasons and not scope.chosen(lead_reassign.WHY):
        card = lead_reassign.why(lead, meant, reasons, is_own=found.is_of(scope.actor))
        return Reply(card=card, topic=lead.topic)
    return meant


def _why(scope: Scope) -> str:
    chosen = scope.chosen(lead_reassign.WHY)
    return chosen if chosen in scope.desk.company.reasons.reassigned else ""


async def _ask(scope: Scope, found: Held, *, note: str = "", among: tuple[User, ...] = ()) -> Reply:
    desk, lead = scope.desk, found.lead
    people = among or await reassign.candidates(desk, lead, found.owner)
    away = frozenset(one.id for one in people if not one.takes_leads(desk.now))
    card = lead_reassign.card(
        lead, people, away=away, is_own=found.is_of(scope.actor), note=note,
        is_asked_why=bool(desk.company.reasons.reassigned),
    )  # fmt: skip
    return Reply(card=card, topic=lead.topic)
