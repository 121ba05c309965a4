"""What else comes by itself, now (今日清单, 日报, 周报): to whom it belongs."""

from __future__ import annotations

from bot.cards.texts import digests as texts
from bot.chat.card import plain
from bot.chat.outbound import Reply
from bot.chat.router import Router
from bot.crm.digest_commands import ShowDigest
from bot.crm.user import Role
from bot.handlers import Scope
from bot.insight.digests import alerts, day_report, desk_book
from bot.insight.digests.compose import KINDS, OF_REPS, compose
from bot.insight.digests.posting import shown
from bot.insight.digests.view import view_of
from bot.store.metrics.guard import NotPermittedError

router: Router[Scope] = Router()
_LEADERS = frozenset({Role.MANAGER, Role.DIRECTOR, Role.EXECUTIVE})
_OF_THE_TEAM = {"day_report": "daily", "morning": "team_morning"}
_ALERTS = "alerts"
_WHY_SILENT = {"sent": texts.DAY_SENT_BEFORE, "left": texts.DAY_LEFT}


async def _alerts(scope: Scope) -> Reply:
    """All that he is told of when it is unusual, as it is now; what is as ever is named."""
    view = await view_of(scope.desk, scope.actor)
    kinds = [one for one in alerts.ORDER if desk_book.of_this_role(scope.desk, scope.actor, one)]
    if not scope.actor.active or not kinds:
        return Reply(text=texts.NO_DIGESTS)
    try:
        found = [(texts.ALERTS_OF[kind], await alerts.look(view, kind, subscription="")) for kind in kinds]
    except NotPermittedError:
        return Reply(text=texts.NO_DIGESTS)
    told = [plain(one.card) for _, one in found if one.card is not None]
    usual = [name for name, one in found if one.silent == alerts.QUIET]
    thin = [name for name, one in found if one.silent in {alerts.THIN, alerts.UNRECORDED}]
    parts = [
        texts.ALERTS_HEAD.format(scope=view.scope), *told,
        texts.ALERTS_NONE + "、".join(usual) if usual else "",
        texts.ALERTS_THIN.format(names="、".join(thin)) if thin else "", texts.ALERTS_FOOT,
    ]  # fmt: skip
    return Reply(text="\n\n".join(part for part in parts if part))


@router.on(ShowDigest)
async def on_show_digest(command: ShowDigest, scope: Scope) -> Reply:
    """A rep's own lists, a leader's recaps."""
    if not scope.is_private:
        return Reply(text=texts.ONLY_PRIVATE)
    return await (_alerts(scope) if command.kind == _ALERTS else _digest(scope, command.kind))


async def _digest(scope: Scope, kind: str) -> Reply:
    actor = scope.actor
    if actor.role in _LEADERS:
        # 日报 and 早报 are a rep's own, and a manager's of his people.
        kind = _OF_THE_TEAM.get(kind, kind)
    if kind not in KINDS or not actor.active or actor.role in {Role.ADMIN, Role.MARKETER}:
        return Reply(text=texts.NO_DIGESTS)
    if (kind in OF_REPS) != (actor.role is Role.REP):
        return Reply(text=texts.ONLY_LEADERS)
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
