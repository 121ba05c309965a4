"""Who is known alike has the same facts: put together once, and the same document with each message."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from bot.crm.company import Company
from bot.kit.calendar import Calendar
from bot.store.touch_plans import Counted
from bot.store.touch_windows import Grant, OpenSpan
from bot.touch.facts import Facts, Waiting, Window
from bot.touch.planner import FARTHEST
from bot.touch.speaking import Sayable
from bot.touch.ways import WAYS, Mode

#: Days over which caps look back.
BACK = 30


class Known(NamedTuple):
    """All that one customer's facts hang on, beside the company and the moment."""

    gone: str = ""
    has_owner: bool = False
    is_closed: bool = False
    content: str = ""
    had_content_at: datetime | None = None
    zone: str = ""
    addresses: tuple[str, ...] = ()
    sayable: tuple[Sayable, ...] = ()
    consents: tuple[tuple[str, bool], ...] = ()
    suppressed: tuple[tuple[str, str], ...] = ()
    counted: tuple[Counted, ...] = ()
    windows: tuple[OpenSpan, ...] = ()
    grants: tuple[Grant, ...] = ()


class Alike:
    """The facts of many, at one moment."""

    def __init__(self, company: Company, now: datetime) -> None:
        self._company, self._now = company, now
        self._facts: dict[Known, Facts] = {}
        self._days: dict[str, tuple[int, frozenset[int]]] = {}

    def facts(self, known: Known) -> Facts:
        """Those of one; the very same for all who are known alike."""
        found = self._facts.get(known)
        if found is None:
            found = self._facts[known] = self._gone(known) if known.gone else self._put(known)
        return found

    def _gone(self, known: Known) -> Facts:
        return Facts(gone=known.gone, has_owner=known.has_owner, policy=self._company.touch)

    def _put(self, known: Known) -> Facts:
        company = self._company
        today, holidays = self._day(known.zone)
        counted = [one for one in known.counted if today - BACK <= one.day <= today + FARTHEST.days + BACK]
        library = company.content.get(known.content)
        return Facts(
            has_owner=known.has_owner,
            is_closed=known.is_closed,
            content_purpose=library.purpose.value if library else "",
            had_content_at=known.had_content_at,
            zone=known.zone,
            on=company.doors.channels,
            addresses=frozenset(known.addresses),
            texts={one.channel: one.says for one in known.sayable},
            consents=dict(known.consents),
            suppressed=dict(known.suppressed),
            windows=_windows(known.windows),
            grants=_grants(known.grants, known.sayable),
            counted=Counter(one.day for one in counted),
            counted_on=_by_channel(counted),
            waiting=_waiting(counted),
            holidays=holidays,
            policy=company.touch,
        )

    def _day(self, zone: str) -> tuple[int, frozenset[int]]:
        """Today there, and the days of rest from now on."""
        found = self._days.get(zone)
        if found is None:
            today = self._now.astimezone(ZoneInfo(zone)).date()
            rest = _holidays(self._company.working_time.calendar, today)
            found = self._days[zone] = (today.toordinal(), rest)
        return found


def _holidays(calendar: Calendar, today: date) -> frozenset[int]:
    """Days of rest from now on: those with a name, and the weekend that hangs together with them."""
    days = [today + timedelta(days=n) for n in range(-10, FARTHEST.days + 10)]
    found: set[int] = set()
    run: list[date] = []
    for day in days:
        if not calendar.is_working_day(day):
            run.append(day)
            continue
        if any(calendar.name_of(one) is not None for one in run):
            found |= {one.toordinal() for one in run}
        run = []
    return frozenset(one for one in found if one >= today.toordinal() - 1)


def _windows(spans: Sequence[OpenSpan]) -> dict[str, Window]:
    """By way: the span with messages left that ends first."""
    found: dict[str, Window] = {}
    for one in spans:
        if one.remaining > 0:
            window = Window(id=one.id, expires_at=one.expires_at, remaining=one.remaining)
            found.setdefault(one.way, window)
    return found


def _grants(grants: Sequence[Grant], sayable: Sequence[Sayable]) -> dict[str, str]:
    """By way: the oldest permission for the template that the content goes by there."""
    templates = {one.channel: one.template for one in sayable}
    found: dict[str, str] = {}
    for one in grants:
        way = WAYS.get(one.way)
        if way is not None and way.mode is Mode.TOKEN and templates.get(way.version) == one.template:
            found.setdefault(one.way, one.id)
    return found


def _by_channel(counted: Sequence[Counted]) -> dict[str, dict[int, int]]:
    found: dict[str, dict[int, int]] = {}
    for one in counted:
        days = found.setdefault(one.channel, {})
        days[one.day] = days.get(one.day, 0) + 1
    return found


def _waiting(counted: Sequence[Counted]) -> tuple[Waiting, ...]:
    return tuple(
        Waiting(touch_id=one.id, channel=one.channel, day=one.day, priority=one.priority)
        for one in sorted(counted, key=lambda one: one.id)
        if one.is_waiting
    )
