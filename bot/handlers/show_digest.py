"""What else comes by itself, now (今日清单, 日报, 周报): to whom it belongs."""

from __future__ import annotations

from bot.cards.texts import digests as texts
from bot.chat.outbound import Reply
from bot.chat.router import Router
from bot.crm.digest_commands import ShowDigest
from bot.crm.user import Role
from bot.handlers import Scope
from bot.insight.digests import day_report
from bot.insight.digests.compose import KINDS, OF_REPS, compose
from bot.insight.digests.posting import shown
from bot.insight.digests.view import view_of
from bot.store.metrics.guard import NotPermittedError

router: Router[Scope] = Router()
_LEADERS = frozenset({Role.MANAGER, Role.DIRECTOR, Role.EXECUTIVE})
_WHY_SILENT = {"sent": texts.DAY_SENT_BEFORE, "left": texts.DAY_LEFT}


@router.on(ShowDigest)
async def on_show_digest(command: ShowDigest, scope: Scope) -> Reply:
    """A rep's own lists, a leader's recaps."""
    actor, kind = scope.actor, command.kind
    if not scope.is_private:
        return Reply(text=texts.ONLY_PRIVATE)
    if kind == "day_report" and actor.role in _LEADERS:
        # 日报 is a rep's own, and a manager's of his people.
        kind = "daily"
    if kind not in KINDS or not actor.active or actor.role in {Role.ADMIN, Role.MARKETER}:
        return Reply(text=texts.NO_DIGESTS)
    if (kind in OF_REPS) != (actor.role is Role.REP):
        return Reply(text=texts.ONLY_REPS if kind in OF_REPS else texts.ONLY_LEADERS)
    view = await view_of(scope.desk, actor)
    try:
        digest = await compose(view, kind)
    except NotPermittedError:
        return Reply(text=texts.NO_DIGESTS)
    if digest.silent:
        return Reply(text=_WHY_SILENT[digest.silent])
    if kind == "day_report":
        await day_report.keep(scope.desk, actor.id, view.today, digest.text)
    return await shown(scope.desk, actor.id, scope.platform, digest)
