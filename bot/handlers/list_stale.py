"""List what nobody followed up (未跟进): a manager sees his region, a rep his own."""

from __future__ import annotations

from datetime import timedelta

from bot.cards import stale_list
from bot.chat.outbound import Reply
from bot.chat.router import Router
from bot.crm.commands import ListStale
from bot.crm.user import Role
from bot.handlers import Scope
from bot.store.reads.stale_leads import StaleLead, stale_leads

router: Router[Scope] = Router()
_LEADING = frozenset({Role.MANAGER, Role.DIRECTOR, Role.EXECUTIVE})
_LONGEST = 3650


@router.on(ListStale, reads=True)
async def on_list_stale(command: ListStale, scope: Scope) -> Reply:
    """Give one page, the hot ones first."""
    desk, actor = scope.desk, scope.actor
    days = _number(command.days, desk.company.response.stale_after_days)
    page = _number(command.page, 1)
    is_manager = actor.role in _LEADING
    found = await stale_leads(
        desk.tx, actor, until=desk.now - timedelta(days=days),
        at_most=stale_list.AT_MOST + 1, skipped=(page - 1) * stale_list.AT_MOST,
    )  # fmt: skip
    lines = [_line(scope, one, is_manager=is_manager) for one in found[: stale_list.AT_MOST]]
    has_more = len(found) > stale_list.AT_MOST
    card = stale_list.card(lines, days=days, page=page, has_more=has_more, is_manager=is_manager)
    # A press on one of its buttons is about that lead; the list stays for the next one.
    return Reply(card=card, topic=f"stale:{actor.id}")


def _line(scope: Scope, one: StaleLead, *, is_manager: bool) -> stale_list.Line:
    who = "·".join(part for part in (one.name, one.company) if part)
    idle = (scope.desk.now - one.since).days
    return stale_list.Line(one.lead_id, who, one.owner_name if is_manager else "", idle)


def _number(text: str, otherwise: int) -> int:
    """What was said, within bounds."""
    return min(max(int(text), 1), _LONGEST) if text.isascii() and text.isdigit() else otherwise
