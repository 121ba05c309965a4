"""What each person sees of an opportunity now."""

from __future__ import annotations

from bot.cards import deal as deal_card
from bot.chat.card import Card
from bot.crm.opportunity import DealFacts, Opportunity
from bot.crm.rights import may_work
from bot.store import opportunities, outbox, users
from bot.store.desk import Desk


async def deal_face(desk: Desk, deal: Opportunity, *, note: str = "") -> Card:
    """The card of an opportunity for somebody who may work on it."""
    return _drawn(desk, await opportunities.facts(desk.tx, deal), note=note)


async def refresh(desk: Desk, deal_id: str, *, also_for: str = "") -> None:
    """Draw again every card about it; who leads its owner can only read, others learn whose it is now."""
    deal = await opportunities.find(desk.tx, deal_id)
    shown = await outbox.on_topic(desk, deal.topic) if deal else []
    if deal is None or not shown:
        return
    facts = await opportunities.facts(desk.tx, deal)
    owner = await users.find(desk.tx, deal.owner_id) if deal.owner_id else None
    viewers = await users.before_whom(desk.tx, deal.topic)
    for one in shown:
        viewer = viewers.get(one.user_id)
        may_see = viewer is not None and may_work(viewer, owner_id=deal.owner_id, owner=owner)
        may_act = one.user_id in {deal.owner_id, also_for}
        card = _drawn(desk, facts, may_work=may_act) if may_see else deal_card.given_away(facts)
        await outbox.redraw(desk, one, card)


def _drawn(desk: Desk, facts: DealFacts, *, note: str = "", may_work: bool = True) -> Card:
    stages = tuple(stage.name for stage in desk.company.pipeline.stages if stage.kind == "open")
    return deal_card.card(
        facts, stages, now=desk.now, zone=desk.company.org.zone, note=note, may_work=may_work
    )
