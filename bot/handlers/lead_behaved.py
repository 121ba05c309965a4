"""Count what a lead did on our pages and in our mails, a few at a time."""

from __future__ import annotations

from bot.chat.outbound import Reply
from bot.chat.router import Router
from bot.crm.behaviour_signals import LeadHasBehaved
from bot.handlers import Scope
from bot.intake.behave import behave
from bot.intake.track import wake
from bot.rules.score import Behaviour
from bot.store import behaviours, leads

router: Router[Scope] = Router()
#: Counted in one unit; what is left comes right after it.
_MOST = 8
#: Says who somebody is, not what he did.
_NOTHING_DONE = frozenset({"identified", "aliased", "grouped"})


@router.on(LeadHasBehaved)
async def on_lead_behaved(command: LeadHasBehaved, scope: Scope) -> Reply:
    """Points, tags, and at the SQL line the hand-over; in the order in which it came."""
    desk = scope.desk
    lead = await leads.find(desk.tx, command.lead_id)
    if lead is None:
        return Reply()
    into = lead if lead.merged_into is None else await leads.get(desk.tx, lead.merged_into)
    waiting = await behaviours.uncounted(desk.tx, lead.id, most=_MOST)
    for one in waiting:
        if one.event not in _NOTHING_DONE:
            await behave(desk, into, Behaviour(one.event, one.at, one.object))
    if len(waiting) == _MOST:
        await wake(desk, lead.id)
    return Reply()
