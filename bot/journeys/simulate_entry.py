"""How somebody simulated comes into the journey: by a day or an hour, by what he does, else at the start."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from bot.crm.company import Company
from bot.crm.company.journey_triggers import Event, OnDate, Scheduled
from bot.crm.company.journeys import Journey
from bot.crm.condition import FieldRegistry
from bot.journeys.imagined import Happening
from bot.journeys.matching import Occurred, fits
from bot.journeys.sweeping import next_moment

_DONE = {"event": "event", "order": "bought"}


def first(
    key: str, journey: Journey, told: Sequence[Happening], begins: datetime, company: Company
) -> list[Happening]:
    """What lets him in at the start; nothing where a day, or something that he is told to do, will."""
    ahead = (one for one in told if one.at >= begins)
    is_begun = any(_begins(journey, one, company.registry) for one in ahead)
    return [] if is_by_time(journey) or is_begun else [Happening(begins, "enter", key)]


def is_by_time(journey: Journey) -> bool:
    """Whether nothing but a date or a schedule lets anybody in."""
    return all(isinstance(one, OnDate | Scheduled) for one in journey.enter)


def next_time(journey: Journey, company: Company, now: datetime) -> datetime:
    """When it next lets anybody in, if nothing but time does."""
    return min(_moments(journey, company, now), default=now) if is_by_time(journey) else now


def _moments(journey: Journey, company: Company, now: datetime) -> Iterator[datetime]:
    for one in journey.enter:
        if isinstance(one, OnDate | Scheduled):
            yield next_moment(company, one, now)


def _begins(journey: Journey, told: Happening, fields: FieldRegistry) -> bool:
    """Whether it is what a beginning means, the first time or the fourth."""
    if told.what not in _DONE:
        return False
    of = told.object if told.what == "event" else told.name
    happened = Occurred(_DONE[told.what], told.name, told.at, "", of)
    return any(
        fits(one, replace(happened, nth=one.nth or 0) if isinstance(one, Event) else happened, fields)
        for one in journey.enter
    )
