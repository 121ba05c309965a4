"""Fairness (分配公平): who got how many of which leads, by what way."""

from __future__ import annotations

from bot.assignment.fairness import LEADING, month_of, report
from bot.cards.texts import fairness as texts
from bot.chat.outbound import Reply
from bot.chat.router import Router
from bot.crm.assigning import ShowFairness
from bot.handlers import Scope

router: Router[Scope] = Router()


@router.on(ShowFairness, reads=True)
async def on_show_fairness(command: ShowFairness, scope: Scope) -> Reply:
    """A manager reads of his region, those above him of all."""
    actor = scope.actor
    if not actor.active or actor.role not in LEADING:
        return Reply(text=texts.ONLY_LEADERS)
    if not scope.is_private:
        return Reply(text=texts.ONLY_PRIVATE)
    return Reply(text=await report(scope.desk, actor, month_of(scope.desk, command.month)))
