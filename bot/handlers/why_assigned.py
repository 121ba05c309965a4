"""Why (为什么 L7 给了张三, 为什么没给我): the rule, what it went by, and its version."""

from __future__ import annotations

from bot.assignment.access import Held, held
from bot.assignment.explain import why, why_not
from bot.cards import lead_gone
from bot.cards.texts import hand_over, work
from bot.chat.outbound import Reply
from bot.chat.router import Router
from bot.crm.assigning import WhyAssigned
from bot.crm.pool import WAITING, may_enter
from bot.crm.user import User
from bot.handlers import Scope
from bot.store import offers, tenures, users

router: Router[Scope] = Router()


@router.on(WhyAssigned, reads=True)
async def on_why(command: WhyAssigned, scope: Scope) -> Reply:
    """Those who lead its region read all; a rep what concerns himself, of leads that he may know of."""
    desk, actor = scope.desk, scope.actor
    found = await held(desk, command.lead_id)
    if found is None or not await _may_know(scope, found):
        return Reply(card=lead_gone.missing())
    if not scope.is_private:
        return Reply(text=work.ONLY_PRIVATE)
    of = await _about(command, scope, found)
    if isinstance(of, Reply):
        return of
    if of.id not in {actor.id, found.lead.owner_id} and not found.is_under(actor):
        return Reply(text=work.ONLY_OWN_REASON)
    explain = why_not if command.got == "no" else why
    return Reply(text=await explain(desk, found, of, actor))


async def _may_know(scope: Scope, found: Held) -> bool:
    """His own, his people's, what he was shown or had, or what lies in a pool of his."""
    desk, actor, lead = scope.desk, scope.actor, found.lead
    if not actor.active:
        return False
    if found.is_of(actor) or found.is_under(actor):
        return True
    if lead.owner_id is None and lead.status in WAITING and may_enter(desk.company, actor, lead.pool_id):
        return True
    if await offers.last_epoch(desk.tx, lead.id, actor.id) is not None:
        return True
    return any(one.owner_id == actor.id for one in await tenures.of_lead(desk.tx, lead.id))


async def _about(command: WhyAssigned, scope: Scope, found: Held) -> User | Reply:
    """Whom it is about; without a name its owner, or himself if nobody has it."""
    if command.who == "me" or (not command.who and found.owner is None):
        return scope.actor
    if not command.who and found.owner is not None:
        return found.owner
    everybody = [one for one in await users.everybody(scope.desk.tx) if command.who in {one.name, one.id}]
    named = [one for one in everybody if one.id == found.lead.owner_id] or everybody
    if len(named) == 1:
        return named[0]
    among = "、".join(f"{one.id}（{one.team or one.region}）" for one in named)
    text = hand_over.SEVERAL if named else work.HAND_OVER_NOBODY
    return Reply(text=text.format(name=command.who, to=command.who, among=among))
