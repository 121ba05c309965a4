"""Show quality (数据质量): a manager sees his region's rows, a rep his own, a marketer totals alone."""

from __future__ import annotations

from datetime import timedelta

from bot.cards import quality_report
from bot.cards.texts import quality as texts
from bot.chat.outbound import Reply
from bot.chat.router import Router
from bot.crm.quality_commands import ShowQuality
from bot.crm.user import Role
from bot.handlers import Scope
from bot.insight.quality import report_card
from bot.store import users
from bot.store.reads import quality

router: Router[Scope] = Router()
_MOST_PAGES = 1000


@router.on(ShowQuality, reads=True)
async def on_show_quality(command: ShowQuality, scope: Scope) -> Reply:
    """The report, or the rows behind one of its figures."""
    actor = scope.actor
    if not scope.is_private:
        return Reply(text=texts.ONLY_PRIVATE)
    if not actor.active or actor.role is Role.ADMIN:
        return Reply(text=texts.NO_QUALITY)
    if command.what in quality.WRONG and actor.role is not Role.MARKETER:
        return await _listed(command, scope)
    card = await report_card(scope.desk, actor, weekly=False)
    return Reply(card=card, topic=f"quality:{actor.id}")


async def _listed(command: ShowQuality, scope: Scope) -> Reply:
    desk, said, most = scope.desk, command.page, quality_report.AT_MOST
    page = min(max(int(said), 1), _MOST_PAGES) if said.isascii() and said.isdigit() else 1
    until = desk.now - timedelta(days=desk.company.response.stale_after_days)
    found = await quality.listed(
        desk.tx, scope.actor, command.what, until=until, most=most + 1, skipped=(page - 1) * most
    )
    names = await users.names(desk.tx, {one.owner_id or "" for one in found})
    rows = [(one, names.get(one.owner_id or "", "")) for one in found[:most]]
    card = quality_report.listed(command.what, rows, page=page, has_more=len(found) > most)
    return Reply(card=card, topic=f"quality:{scope.actor.id}")
