"""Open dashboard (看板): a link to the numbers of one's role, for whoever asked alone."""

from __future__ import annotations

from bot.cards import dashboard as cards
from bot.chat import insight_links
from bot.chat.outbound import Reply
from bot.chat.router import Router
from bot.crm.insight_commands import OpenDashboard
from bot.crm.user import Role
from bot.handlers import Scope
from bot.insight.boards.board import board_of, scope_words

router: Router[Scope] = Router()


@router.on(OpenDashboard, reads=True)
async def on_open_dashboard(_command: OpenDashboard, scope: Scope) -> Reply:
    """The page decides anew what it shows; the link says only who asked."""
    desk, actor = scope.desk, scope.actor
    if not scope.is_private:
        return Reply(text=cards.ONLY_PRIVATE)
    board = board_of(actor)
    if board is None:
        face = cards.not_for_admins() if actor.role is Role.ADMIN else cards.no_region()
        return Reply(card=face, audit="numbers.refused")
    link = insight_links.NumbersLink(actor.id, desk.now)
    url = insight_links.address(desk.company.doors.base_url, desk.vault, link)
    if not url:
        return Reply(card=cards.no_address())
    return Reply(card=cards.card(board.title, scope_words(actor), url=url))
