"""List pairs that may be one person (疑似重复), as far as somebody may decide them."""

from __future__ import annotations

from bot.cards import merge as merge_card
from bot.cards.texts import quality as texts
from bot.chat.outbound import Reply
from bot.chat.router import Router
from bot.crm.quality_commands import ListLookalikes
from bot.handlers import Scope
from bot.intake import likeness
from bot.store import leads, lookalikes

router: Router[Scope] = Router()
_MOST_PAGES = 1000


@router.on(ListLookalikes, reads=True)
async def on_list_lookalikes(command: ListLookalikes, scope: Scope) -> Reply:
    """One page, the likeliest first."""
    if not scope.is_private:
        return Reply(text=texts.ONLY_PRIVATE)
    said, most = command.page, merge_card.AT_MOST
    page = min(max(int(said), 1), _MOST_PAGES) if said.isascii() and said.isdigit() else 1
    tx = scope.desk.tx
    found = await lookalikes.waiting(tx, scope.actor, at_most=most + 1, skipped=(page - 1) * most)
    pairs = [
        (await leads.get(tx, one.first), await leads.get(tx, one.second), likeness.said(one))
        for one in found[:most]
    ]
    card = merge_card.listed(pairs, page=page, has_more=len(found) > most)
    return Reply(card=card, topic=f"lookalikes:{scope.actor.id}")
