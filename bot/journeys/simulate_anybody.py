"""Anybody at all through a journey: made up, with the consent and the channels that he is said to have."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from bot.cards.texts import journey_trials as texts
from bot.crm.company import Company
from bot.crm.company.journey_steps import (
    EnterJourney,
    GiveTag,
    Lifecycle,
    Score,
    SetField,
    SetStatus,
    TakeTag,
)
from bot.crm.company.journey_triggers import Entered, Tagged
from bot.crm.company.journeys import Journey
from bot.journeys.course import course
from bot.journeys.graph import walk
from bot.journeys.person import Person
from bot.journeys.simulate import Happening, Simulation
from bot.journeys.simulate_entry import next_time
from bot.journeys.simulate_known import CHANNELS, Anybody
from bot.journeys.simulate_lead import DAYS, Way
from bot.journeys.simulate_touch import Foresight

_SPLIT = "、"
#: Whoever it is.
_OWNER = "somebody"
#: Steps by which somebody may come into a segment.
_CHANGES = (GiveTag, TakeTag, SetField, Score, SetStatus, Lifecycle)


async def anybody(company: Company, key: str, journey: Journey, now: datetime, *, days: int = DAYS) -> Way:
    """What would come to him from now on if he entered and did nothing; whoever he is, he is let in."""
    person = Person("somebody", company, {"created_at": now})
    # Nobody knows his dates: he comes in at the hour at which they let people in.
    first = [Happening(next_time(journey, company, now), "put", key)]
    him = Anybody(company, now)
    way = await made_up(him, key, {key: journey}, person, first, until=now + timedelta(days=days))
    return replace(way, taken=texts.ANYBODY_NOTE, refused=())


async def made_up(
    him: Anybody,
    key: str,
    journeys: Mapping[str, Journey],
    person: Person,
    happenings: Sequence[Happening],
    *,
    until: datetime,
) -> Way:
    """His way, with whatever happens to him; what was before is known of him and sets nothing off."""
    ways = {one: course(one, 0, journeys[one]) for one in (key, *_leads_to(key, journeys))}
    if him.has_owner:
        person.fields.setdefault("owner", _OWNER)
    simulation = Simulation(him.company, person, ways, planner=Foresight(him))
    begins = him.begins
    for one in happenings:
        if one.at < begins:
            simulation.remember(one)
    ahead = [one for one in happenings if one.at >= begins]
    lines = await simulation.play(ahead, begins_at=begins, until=until)
    return Way(
        key, "", ways, tuple(lines), tuple(simulation.refused), begins, until,
        came_into=tuple(simulation.came_into), taken=taken(him),
    )  # fmt: skip


def _leads_to(key: str, journeys: Mapping[str, Journey]) -> Iterator[str]:
    """Others that this one puts people into, itself or by a tag or a segment that they come into by it."""
    steps = list(walk(journeys[key].steps))
    found = {step.enter for step in steps if isinstance(step, EnterJourney)}
    tags = {step.tag for step in steps if isinstance(step, GiveTag)}
    changes = any(isinstance(step, _CHANGES) for step in steps)
    for other, journey in journeys.items():
        for begins in journey.enter:
            by_tag = isinstance(begins, Tagged) and begins.tagged in tags
            if by_tag or (changes and isinstance(begins, Entered)):
                found.add(other)
    yield from sorted(one for one in found if one in journeys and one != key)


def taken(him: Anybody) -> str:
    """What is taken for granted of him, so that nobody takes it for what was found out."""
    return texts.TAKEN.format(
        reached=_named(him.company, him.reached), agrees=_named(him.company, him.agrees),
        owner=texts.HAS_OWNER if him.has_owner else texts.OWNERLESS,
    )  # fmt: skip


def _named(company: Company, channels: Sequence[str]) -> str:
    if tuple(channels) == CHANNELS:
        return texts.EVERY_CHANNEL
    names = {one.key: one.name for one in company.channels.channels}
    return _SPLIT.join(names.get(one, one) for one in channels) or texts.NO_CHANNEL
