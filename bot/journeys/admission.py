"""May he enter now, and from when? Pure: by what he went through before, and by how many come at once."""

from __future__ import annotations

import enum
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from bot.crm.company.journeys import ALWAYS, NEVER, Journey
from bot.crm.journey_time import after
from bot.crm.working_time import WorkingTime

#: Entries of one person in a day; more is a circle, whatever its rule says.
MOST_A_DAY = 20
_DAY, _HOUR = timedelta(days=1), timedelta(hours=1)
_SPELLED = "%Y-%m-%dT%H"


class NotAdmitted(enum.StrEnum):
    """Why somebody does not enter; stored in counters."""

    ALREADY_IN = "already_in"
    #: Once in a lifetime, and that was before.
    ONCE = "once"
    #: Not long enough ago.
    TOO_SOON = "too_soon"
    #: This order, this contract has had its journey.
    SAME_KEY = "same_key"
    #: `only` does not fit him.
    NOT_FOR_HIM = "not_for_him"
    #: The lead is gone.
    GONE = "gone"
    STOPPED = "stopped"
    #: It happened too long ago to begin something now.
    TOO_OLD = "too_old"
    #: Again and again: two journeys that set each other off.
    LOOP = "loop"
    #: No value under the business key.
    NO_KEY = "no_key"
    #: Letting him in fails whenever it is tried.
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Before:
    """He was in it before, or is."""

    entered_at: datetime
    slot: str
    is_in: bool


def admit(
    journey: Journey,
    slot: str,
    before: Iterable[Before],
    *,
    now: datetime,
    zone: ZoneInfo,
    working: WorkingTime,
) -> NotAdmitted | None:
    """None if he may enter."""
    known = list(before)
    if journey.business_key and not slot:
        return NotAdmitted.NO_KEY
    if journey.business_key:
        return NotAdmitted.SAME_KEY if any(one.slot == slot for one in known) else _circles(known, now)
    if any(one.is_in for one in known):
        return NotAdmitted.ALREADY_IN
    if journey.again == NEVER and known:
        return NotAdmitted.ONCE
    gap = journey.gap
    if gap is not None and any(after(gap, one.entered_at, zone, working) > now for one in known):
        return NotAdmitted.TOO_SOON
    return _circles(known, now)


def _circles(before: Iterable[Before], now: datetime) -> NotAdmitted | None:
    lately = sum(one.entered_at > now - _DAY for one in before)
    return NotAdmitted.LOOP if lately >= MOST_A_DAY else None


@dataclass(frozen=True, slots=True)
class Turn:
    """When somebody's turn comes under a cap per hour."""

    at: datetime
    #: The hour that is being filled, and how many it has then.
    hour: str
    entered: int


def turn(
    most: int | None, *, hour: str, entered: int, now: datetime, counted_at: datetime | None = None
) -> Turn:
    """At once while there is room in this hour, else in the first that has some.

    What was counted by a clock that was more than an hour ahead is forgotten: nobody waits for that time.
    """
    present = now.astimezone(UTC).strftime(_SPELLED)
    if hour < present or (counted_at is not None and counted_at > now + _HOUR):
        hour, entered = present, 0
    if most is not None and entered >= most:
        hour, entered = _next(hour), 0
    at = datetime.strptime(hour, _SPELLED).replace(tzinfo=UTC)
    return Turn(max(now, at), hour, entered + 1)


def _next(hour: str) -> str:
    return (datetime.strptime(hour, _SPELLED).replace(tzinfo=UTC) + _HOUR).strftime(_SPELLED)


__all__ = ["ALWAYS", "MOST_A_DAY", "Before", "NotAdmitted", "Turn", "admit", "turn"]
