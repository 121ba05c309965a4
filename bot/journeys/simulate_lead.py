"""A stored lead put into a simulation as it stands: what is known of it, where it is and was."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.crm.company.journeys import Journey
from bot.journeys import rows
from bot.journeys.admission import NotAdmitted
from bot.journeys.book import Shelf, open_book
from bot.journeys.course import Course, course
from bot.journeys.person import Did, Order, Person
from bot.journeys.simulate import Happening, SimLine, Simulation
from bot.journeys.simulate_entry import is_by_time
from bot.journeys.simulate_known import Stored
from bot.journeys.simulate_touch import Foresight
from bot.store import enrollments, journeys_people, users
from bot.store.desk import Desk
from bot.store.enrollments import DONE, Row
from bot.store.journeys_people import Known

#: Days that are looked ahead.
DAYS = 90


@dataclass(frozen=True, slots=True)
class Way:
    """One lead's simulated way."""

    key: str
    lead_id: str
    ways: Mapping[str, Course]
    lines: tuple[SimLine, ...]
    refused: tuple[tuple[datetime, str, NotAdmitted], ...]
    begins: datetime
    until: datetime
    #: Why he would not enter now; what follows is as if he did.
    why_not: NotAdmitted | None = None
    #: He is in it already: what follows is from where he stands.
    is_inside: bool = False
    #: Segments that he comes into by what the simulation did, and when.
    came_into: tuple[tuple[datetime, str], ...] = ()
    #: What was taken for granted of somebody made up.
    taken: str = ""


def person(company_lead: Known, desk: Desk) -> Person:
    """As conditions can ask of him."""
    made = Person(company_lead.lead.id, desk.company, dict(company_lead.fields), set(company_lead.tags))
    made.did = [Did(one.event, one.at, one.object) for one in company_lead.did]
    made.orders = [Order(one.product, one.amount, one.at) for one in company_lead.bought]
    return made


async def one_lead(desk: Desk, key: str, journey: Journey, lead_id: str, *, days: int = DAYS) -> Way | None:
    """What would come to him from now on if he entered; None for a lead that is not there."""
    known = (await journeys_people.known(desk.tx, desk.company, [lead_id])).get(lead_id)
    if known is None:
        return None
    shelf = Shelf()
    book = await open_book(desk.tx, shelf)
    # Nobody moves in what rests.
    ways = {one: way for one, way in book.open.items() if not book.is_paused(one)}
    ways |= {key: course(key, 0, journey)}
    before = await enrollments.of_leads(desk.tx, [lead_id])
    until = desk.now + timedelta(days=days)
    simulation = Simulation(desk.company, person(known, desk), ways, planner=await foresight(desk, known))
    inside = await placed(desk, simulation, before, shelf)
    is_inside = key in inside and not journey.business_key
    by_time = is_by_time(journey)
    first = [] if is_inside or by_time else [Happening(desk.now, "enter", key)]
    lines = await simulation.play(first, begins_at=desk.now, until=until)
    came = any(one.journey == key for one in lines)
    kept_out = [] if came and by_time else [(at, why) for at, one, why in simulation.refused if one == key]
    then, why_not = next(((at, why) for at, why in kept_out if by_time or at == desk.now), (desk.now, None))
    if why_not is not None and not is_inside:
        simulation = Simulation(desk.company, person(known, desk), ways, planner=await foresight(desk, known))
        await placed(desk, simulation, before, shelf)
        lines = await simulation.play([Happening(then, "put", key)], begins_at=desk.now, until=until)
    return Way(
        key, lead_id, ways, tuple(lines), tuple(simulation.refused), desk.now, until,
        None if is_inside else why_not, is_inside, tuple(simulation.came_into),
    )  # fmt: skip


async def foresight(
    desk: Desk, known: Known, *, is_past: bool = False, but_of: frozenset[str] = frozenset()
) -> Foresight:
    """The planner of this lead's messages."""
    owner = await users.find(desk.tx, known.lead.owner_id) if known.lead.owner_id else None
    return Foresight(Stored(desk, known.lead, owner, dict(known.fields), is_past, but_of))


async def placed(desk: Desk, simulation: Simulation, before: list[Row], shelf: Shelf) -> frozenset[str]:
    """Where he is and was; in which journeys he is."""
    inside = set()
    for row in before:
        simulation.was_in(row.journey, row.entered_at, row.slot, row.id)
        if row.state != DONE and row.place is not None and row.journey in simulation.ways:
            inside.add(row.journey)
            way = await shelf.way(desk.tx, row.journey, row.version)
            simulation.stand(way, rows.standing(row))
    return frozenset(inside)
