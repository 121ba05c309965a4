"""A message that certainly did not go: the next way in its order, or the owner; once."""

from __future__ import annotations

from bot.crm.touching import Intent, Refusal
from bot.store import leads, touch_asked
from bot.store.desk import Desk
from bot.store.touch_plans import Plan
from bot.touch.facts import read_intent
from bot.touch.request import request

#: The key of the second try ends so.
AGAIN = ":elsewhere"


def intent_of(plan: Plan, lead_id: str = "") -> Intent:
    """What was wanted, words and all, if the plan was read with them; of another lead if one is named.

    Raises ValueError if its words cannot be opened.
    """
    if plan.words is None:
        msg = f"the words of {plan.id} cannot be opened"
        raise ValueError(msg)
    wanted = read_intent(plan.key, lead_id or plan.lead_id, plan.wanted)
    # The last moment is the row's, where what our rules made it wait is not counted.
    return wanted._replace(
        not_after=plan.not_after,
        words=plan.words,
        campaign=plan.campaign,
        journey=plan.journey,
        arm=plan.arm,
    )


async def elsewhere(desk: Desk, plan: Plan, intent: Intent, why: Refusal) -> None:
    """Have it decided again without the way that failed; for nobody who was erased meanwhile."""
    if plan.key.endswith(AGAIN) or await is_gone(desk, plan.lead_id):
        return
    await request(desk, intent._replace(key=f"{plan.key}{AGAIN}"), before={plan.way: why})


async def is_gone(desk: Desk, lead_id: str) -> bool:
    """Whether whoever it was for was erased: nothing that names him is written any more."""
    lead = await leads.find(desk.tx, lead_id)
    return lead is None or lead.is_erased


async def again(desk: Desk, touch_id: str, why: Refusal) -> None:
    """The same for a touch by its id."""
    plan = await touch_asked.whole(desk, touch_id)
    if plan is not None and not await is_gone(desk, plan.lead_id):
        await elsewhere(desk, plan, intent_of(plan), why)
