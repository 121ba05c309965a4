"""One person's way through a journey before it happens (模拟 旅程 欢迎 L12): in words and as a picture."""

from __future__ import annotations

from bot.assignment.access import held
from bot.cards import journey as cards
from bot.cards import lead_gone
from bot.cards.texts import journey_trials as texts
from bot.chat.outbound import Image, Reply
from bot.chat.router import Router
from bot.crm.trial_commands import SimulateJourney
from bot.crm.user import Role
from bot.handlers import Scope
from bot.journeys import publishing, simulated
from bot.journeys.simulate_anybody import anybody
from bot.journeys.simulate_lead import one_lead
from bot.kit.yaml_model import similar

router: Router[Scope] = Router()
_LOOK = frozenset({Role.MARKETER, Role.MANAGER, Role.DIRECTOR, Role.EXECUTIVE})
#: Lines of a message; the page has all.
_MOST = 40


@router.on(SimulateJourney, reads=True)
async def on_simulate_journey(command: SimulateJourney, scope: Scope) -> Reply:
    """For the owner of a customer and those above him; for nobody in particular: whoever may see journeys."""
    desk, actor = scope.desk, scope.actor
    if not scope.is_private:
        return Reply(text=texts.NOT_HERE)
    lead = None
    if command.lead_id:
        found = await held(desk, command.lead_id)
        if found is None or not (found.is_of(actor) or found.is_under(actor)):
            return Reply(card=lead_gone.missing())
        lead = found.lead
    elif actor.role not in _LOOK:
        return Reply(text=texts.NOT_YOURS.format(name=command.name))
    key = await publishing.meant(desk.tx, desk.company, command.name)
    definitions = await publishing.definitions(desk.tx, desk.company)
    if key is None:
        known = [one.name for one in definitions.values()]
        return Reply(text=cards.unknown(command.name, similar(command.name, known), known))
    journey = definitions[key]
    if lead is None:
        way = await anybody(desk.company, key, journey, desk.now)
        told = simulated.told(way, journey, desk.company, who=texts.ANYBODY)
    else:
        walked = await one_lead(desk, key, journey, lead.id)
        if walked is None:
            return Reply(card=lead_gone.missing())
        way, told = walked, simulated.told(walked, journey, desk.company, who=f"{lead.id} {lead.display}")
    chart = simulated.picture(way, journey, desk.company, who=lead.id if lead else texts.ANYBODY)
    return Reply(text="\n".join(told.lines(_MOST)), image=Image(chart=chart))
