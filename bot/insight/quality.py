"""The data-quality report as one person's card, and every week before those who lead."""

from __future__ import annotations

from datetime import timedelta

from bot.cards import quality_report
from bot.chat.card import Card
from bot.chat.outbound import Notice
from bot.crm.user import Role, User
from bot.store import outbox, users
from bot.store.desk import Desk
from bot.store.reads import quality
from bot.store.reads.quality import Figures

_LEADING = frozenset({Role.MANAGER, Role.DIRECTOR, Role.EXECUTIVE})


async def report_card(desk: Desk, viewer: User, *, weekly: bool) -> Card:
    """What he may see of it."""
    until = desk.now - timedelta(days=desk.company.response.stale_after_days)
    found = await quality.report(desk.tx, viewer, until=until)
    scope = (
        viewer.region if viewer.role is Role.MANAGER else ("" if viewer.role is not Role.REP else viewer.name)
    )
    owners = [_row(one) for one in found.owners] if viewer.role in _LEADING else []
    return quality_report.card(
        _row(found.all), [_row(one) for one in found.sources], owners, scope=scope, weekly=weekly,
        may_list=viewer.role is not Role.MARKETER,
    )  # fmt: skip


async def leaders(desk: Desk) -> list[User]:
    """Who gets it every week."""
    return [one for one in await users.active(desk.tx) if one.role in _LEADING]


async def tell(desk: Desk, leader: User) -> None:
    """Put this week's report before somebody, once."""
    week = "-".join(map(str, desk.now.astimezone(desk.company.org.zone).isocalendar()[:2]))
    card = await report_card(desk, leader, weekly=True)
    key = f"quality:{week}:{leader.id}"
    await outbox.post(desk, Notice(to=leader.id, key=key, card=card, topic=f"quality:{leader.id}"))


def _row(figures: Figures) -> quality_report.Row:
    return quality_report.Row(
        figures.name, figures.total, figures.incomplete, figures.invalid, figures.stale, figures.duplicate,
        figures.share,
    )  # fmt: skip
