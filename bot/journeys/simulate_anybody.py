"""Anybody at all through a journey: made up, agrees to everything, can be reached everywhere."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.crm.company import Company
from bot.crm.company.journeys import Journey
from bot.journeys.course import course
from bot.journeys.person import Person
from bot.journeys.simulate import Happening, Simulation
from bot.journeys.simulate_known import Anybody
from bot.journeys.simulate_lead import DAYS, Way
from bot.journeys.simulate_touch import Foresight


async def anybody(company: Company, key: str, journey: Journey, now: datetime, *, days: int = DAYS) -> Way:
    """What would come to him from now on if he entered and did nothing; whoever he is, he is let in."""
    ways = {key: course(key, 0, journey)}
    until = now + timedelta(days=days)
    person = Person("somebody", company, {"created_at": now})
    simulation = Simulation(company, person, ways, planner=Foresight(Anybody(company, now)))
    lines = await simulation.play([Happening(now, "put", key)], begins_at=now, until=until)
    return Way(key, "", ways, tuple(lines), tuple(simulation.refused), now, until)
