"""Somebody's subscriptions as he speaks of them: found by number or by words, and told in words."""

from __future__ import annotations

import re
from collections.abc import Iterable

from bot.cards.subscriptions import Line
from bot.cards.texts import digests as texts
from bot.crm.user import Role, User
from bot.insight.ask.normalise import squeeze
from bot.insight.digests import groups
from bot.insight.digests.question import CHOSEN
from bot.store.desk import Desk
from bot.store.subscriptions import STOPPED, Subscription

_ID = re.compile(r"[Ss]?(\d{1,9})")
_REPS = "day_report"


def name_of(found: Subscription) -> str:
    """周报, or his question."""
    return found.question.replace(CHOSEN, "：") if found.is_own else texts.NAMES[found.kind][0]


async def line_of(desk: Desk, found: Subscription) -> Line:
    """One of them in words."""
    zone = desk.company.org.zone
    muted = found.paused_until if found.paused_until and found.paused_until > desk.now else None
    return Line(
        id=found.id,
        what=name_of(found),
        when=found.cadence.say(),
        is_stopped=found.state == STOPPED,
        group=await groups.name_of(desk, found.chat),
        muted=f"{muted.astimezone(zone):%m-%d}" if muted else "",
        about=texts.ABOUT.get(found.kind, found.reading),
    )


def ordered(found: Iterable[Subscription]) -> list[Subscription]:
    """Each day's by the hour, then by weekday, then by day of the month; stopped ones last."""
    return sorted(found, key=lambda one: (one.state == STOPPED, one.cadence.place, name_of(one), one.id))


def meant(which: str, among: list[Subscription]) -> list[Subscription]:
    """Those that he may mean: the one of this number, else those of these words, the most alike first."""
    number = _ID.fullmatch(which.strip())
    if number:
        return [one for one in among if one.id == f"S{int(number[1])}"]
    wanted = squeeze(which)
    if not wanted:
        return []
    exact = [one for one in among if wanted in {squeeze(word) for word in _words(one)}]
    if exact:
        return exact
    return [one for one in among if any(_is_in(wanted, squeeze(word)) for word in _words(one))]


def kind_meant(which: str, role: Role) -> str | None:
    """Which of our digests somebody of this role means by this word."""
    wanted = squeeze(which)
    found = [kind for kind, names in texts.NAMES.items() if wanted in {squeeze(name) for name in names}]
    # 日报 is a rep's own, and a manager's of his people.
    order = sorted(found, key=lambda kind: (kind == _REPS) != (role is Role.REP))
    return order[0] if order else None


def of_this_role(desk: Desk, user: User, kind: str) -> bool:
    """Whether this digest is for his role."""
    return kind in desk.company.digests.wanted(user.role)


def _words(one: Subscription) -> tuple[str, ...]:
    return (name_of(one), one.reading) if one.is_own else texts.NAMES[one.kind]


def _is_in(wanted: str, words: str) -> bool:
    """All of its signs in their order: 华东漏斗 is in 每周华东的漏斗."""
    at = 0
    for sign in wanted:
        at = words.find(sign, at) + 1
        if not at:
            return False
    return True
