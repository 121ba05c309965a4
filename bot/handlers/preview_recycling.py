"""Preview (回收预览): who would lose what under a rule of protection, before it is switched on."""

from __future__ import annotations

from bot.assignment.preview import AHEAD, preview
from bot.cards.texts import recycling as texts
from bot.chat.outbound import Reply
from bot.chat.router import Router
from bot.crm.assigning import PreviewRecycling
from bot.crm.company.pools import Protection
from bot.crm.user import Role, User
from bot.handlers import Scope

router: Router[Scope] = Router()
_LEADING = frozenset({Role.MANAGER, Role.DIRECTOR, Role.EXECUTIVE})
#: Most days that somebody may try out.
_MOST = 3650


@router.on(PreviewRecycling, reads=True)
async def on_preview(command: PreviewRecycling, scope: Scope) -> Reply:
    """A manager sees his region, those above him everybody."""
    desk, actor = scope.desk, scope.actor
    if not may_preview(actor):
        return Reply(text=texts.NOT_YOURS)
    if not scope.is_private:
        return Reply(text=texts.ONLY_PRIVATE)
    asked = _terms(command.terms, desk.company.pools.terms.protection)
    if command.terms and asked is None:
        return Reply(text=texts.UNCLEAR)
    seen = await preview(desk, actor, asked)
    pools = desk.company.pools
    if asked is None and not any(pools.terms_of(one.id).protection.on for one in pools.pools):
        return Reply(text=texts.OFF)
    today = desk.now.astimezone(desk.company.org.zone).date()
    loss = seen.asked
    text = texts.fall(
        asked, on=loss.on, today=today, first=loss.first, soon=loss.soon, ahead=AHEAD,
        protected=loss.protected, now=seen.now.first.total() if seen.now else None,
    )  # fmt: skip
    return Reply(text=text)


def may_preview(actor: User) -> bool:
    """Whether he leads people who could lose leads."""
    return actor.active and actor.role in _LEADING


def _terms(said: str, usual: Protection) -> Protection | None:
    """Days, extension and longest as far as they were said; the rest as configured. None: not understood."""
    parts = said.split("/") if said else []
    if not parts or len(parts) > 3 or not all(one.isdecimal() and int(one) <= _MOST for one in parts):  # noqa: PLR2004 - days, extension, longest
        return None
    numbers = [int(one) for one in parts]
    days = numbers[0]
    extend = numbers[1] if len(numbers) > 1 else min(usual.extend_days, days)
    longest = numbers[2] if len(numbers) > 2 else max(usual.longest_days, days)  # noqa: PLR2004 - the third
    if days < 1 or longest < days:
        return None
    return usual.model_copy(update={"on": True, "days": days, "extend_days": extend, "longest_days": longest})
