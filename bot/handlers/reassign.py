"""Reassign (改派, 转交): give a lead to somebody else."""

from __future__ import annotations

from bot.assignment import reassign
from bot.assignment.access import Held, face_of, held
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
    to = scope.chosen(lead_reassign.KEY) or command.to
    if not to:
        return await _ask(scope, found)
    meant = await reassign.named(desk, found.lead, to)
    if isinstance(meant, Unclear):
        return await _ask(scope, found, note=_NOTES[meant.obstacle].format(to=to), among=meant.among)
    done = await reassign.reassign(desk, found.lead, to=meant, by=actor)
    note = "" if done else refusals.TOO_LATE
    if isinstance(done, Unclear):
        note = _NOTES[done.obstacle]
    return Reply(card=await face_of(desk, found.lead.id, actor, note=note), topic=found.lead.topic)


async def _ask(scope: Scope, found: Held, *, note: str = "", among: tuple[User, ...] = ()) -> Reply:
    desk, lead = scope.desk, found.lead
    people = among or await reassign.candidates(desk, lead, found.owner)
    away = frozenset(one.id for one in people if not one.takes_leads(desk.now))
    card = lead_reassign.card(lead, people, away=away, is_own=found.is_of(scope.actor), note=note)
    return Reply(card=card, topic=lead.topic)
