"""The fairness report of a month, for whoever leads."""

from __future__ import annotations

from datetime import date, datetime, time

from bot.cards.texts import fairness as texts
from bot.chat.outbound import Notice
from bot.crm.user import Role, User
from bot.store import outbox, users
from bot.store.desk import Desk
from bot.store.reads.fairness import fairness

LEADING = frozenset({Role.MANAGER, Role.DIRECTOR, Role.EXECUTIVE})


def month_of(desk: Desk, said: str) -> date:
    """The first day of the month that was meant: `2026-10`, `last`, or empty for this one."""
    today = desk.now.astimezone(desk.company.org.zone).date()
    if said == "last":
        return _before(today.replace(day=1))
    if said:
        year, month = said.split("-")
        return date(int(year), int(month), 1)
    return today.replace(day=1)


async def report(desk: Desk, viewer: User, month: date) -> str:
    """In words; a manager reads of his region."""
    zone, line = desk.company.org.zone, desk.company.scoring.sales_qualified_at
    since = datetime.combine(month, time(), tzinfo=zone)
    until = datetime.combine(_after(month), time(), tzinfo=zone)
    shares = await fairness(desk.tx, viewer, since=since, until=until, hot_from=line)
    where = desk.company.org.company if viewer.sees_all() else viewer.region
    return texts.report(f"{month.year}年{month.month}月", where, shares, hot_from=line)


async def announce(desk: Desk) -> int:
    """On the first working day of a month each leader gets the report of the month before; how many."""
    today = desk.now.astimezone(desk.company.org.zone).date()
    calendar = desk.company.working_time.calendar
    if not calendar.is_working_day(today) or any(
        calendar.is_working_day(today.replace(day=day)) for day in range(1, today.day)
    ):
        return 0
    month, told = month_of(desk, "last"), 0
    for leader in [one for one in await users.active(desk.tx) if one.role in LEADING]:
        text = await report(desk, leader, month)
        key = f"fairness:{month.isoformat()}:{leader.id}"
        told += await outbox.post(desk, Notice(to=leader.id, key=key, text=text))
    return told


def _before(first: date) -> date:
    return date(first.year - 1, 12, 1) if first.month == 1 else first.replace(month=first.month - 1)


def _after(first: date) -> date:
    return date(first.year + 1, 1, 1) if first.month == 12 else first.replace(month=first.month + 1)  # noqa: PLR2004 - December
