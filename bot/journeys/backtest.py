"""A journey replayed over what really happened: who would have entered, what would have been sent to whom.

Everybody whom something concerned is put back to how he stood when the span began, as far as that was kept;
then what happened to him happens again, with the same runner and planner. What the journey itself did in
that time, if it ran, is left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from bot.crm.company.journey_triggers import OnDate, Scheduled
from bot.crm.company.journeys import Journey
from bot.journeys.course import Course
from bot.journeys.crowd import CHUNK, LOOKED_AT, Trial, breathe, people_of, spread, ways_of
from bot.journeys.matching import wanted
from bot.journeys.person import Did, Order, Person
from bot.journeys.simulate import Happening, Simulation
from bot.journeys.simulate_lead import foresight
from bot.journeys.sweeping import days_for, next_moment
from bot.journeys.tally import Tally
from bot.store import enrollments, journeys_dates, journeys_history, journeys_people
from bot.store.desk import Desk
from bot.store.enrollments import Row
from bot.store.journeys_history import Event
from bot.store.journeys_people import Known

#: Days that are looked back.
DAYS = 30


async def backtest(desk: Desk, key: str, journey: Journey, *, days: int = DAYS) -> Trial:
    """As if it had been there since so many days; nothing is written."""
    since = desk.now - timedelta(days=days)
    _, ways = await ways_of(desk, key, journey)
    concerned, is_known = await _concerned(desk, ways[key], since)
    tally = Tally(desk.company.org.zone)
    chosen = spread(concerned)
    for first in range(0, len(chosen), CHUNK):
        await _part(desk, ways, key, chosen[first : first + CHUNK], tally, since)
    sent = await journeys_history.really_sent(desk.tx, key, since, desk.now)
    return Trial(
        key, journey.name, since, desk.now, "", len(concerned), len(concerned) >= LOOKED_AT, len(concerned),
        {}, tally, await people_of(desk, tally), sent, is_unknown=not is_known,
    )  # fmt: skip


async def _concerned(desk: Desk, way: Course, since: datetime) -> tuple[list[str], bool]:
    """To whom anything happened with which it begins; whether anything can have."""
    found, is_known = set[str](), False
    for one in way.journey.enter:
        match one:
            case Scheduled():
                found |= set(await journeys_people.everybody(desk.tx, "", most=LOOKED_AT))
            case OnDate():
                found |= await _dated(desk, one, since)
            case _:
                asked = wanted(one, desk.company.registry)
                if asked is None:
                    continue
                found |= set(await journeys_history.whom(desk.tx, *asked, since, desk.now, most=LOOKED_AT))
        is_known = True
    return sorted(found)[:LOOKED_AT], is_known


async def _dated(desk: Desk, one: OnDate, since: datetime) -> set[str]:
    spec, zone = desk.company.registry[one.date], desk.company.org.zone
    found, moment = set[str](), next_moment(desk.company, one, since)
    while moment <= desk.now:
        days = days_for(desk.company, one, moment.astimezone(zone).date())
        if days:
            found |= set(
                await journeys_dates.on_days(desk, spec, days, yearly=one.yearly, after="", most=LOOKED_AT)
            )
        moment = next_moment(desk.company, one, moment)
    return found


async def _part(  # noqa: PLR0917 - one part's people and where they go
    desk: Desk, ways: dict[str, Course], key: str, part: Sequence[str], tally: Tally, since: datetime
) -> None:
    for one in await replay(desk, ways, part, since):
        first = tally.add(
            one.simulation.lines, one.simulation.refused, key=key, ways=frozenset(ways), owner=one.owner,
            until=desk.now,
        )  # fmt: skip
        got = any(line.said is not None and line.note in _CHANNELS for line in one.simulation.lines)
        tally.bought += bool(first is not None and got and any(at > first for at in one.bought_at))
        await breathe()


_CHANNELS = frozenset({"email", "sms", "wecom", "wechat_service", "wechat_official", "mini_program"})


@dataclass(frozen=True, slots=True)
class Replayed:
    """One person, gone through again."""

    lead_id: str
    owner: str | None
    simulation: Simulation
    bought_at: tuple[datetime, ...]


async def replay(
    desk: Desk, ways: dict[str, Course], lead_ids: Sequence[str], since: datetime
) -> list[Replayed]:
    """These people through these journeys from then until now."""
    tx = desk.tx
    known = await journeys_people.known(tx, desk.company, lead_ids)
    events: dict[str, list[Event]] = {}
    for event in await journeys_history.of_each(desk, lead_ids, since, desk.now):
        events.setdefault(event.lead_id, []).append(event)
    followed = await journeys_history.followed_before(tx, lead_ids, since)
    before: dict[str, list[Row]] = {}
    for row in await enrollments.of_leads(tx, lead_ids):
        if row.journey in ways and row.entered_at < since:
            before.setdefault(row.lead_id, []).append(row)
    found = []
    for lead_id in lead_ids:
        if lead_id in known:
            own = events.get(lead_id, [])
            known[lead_id].fields["last_follow_up_at"] = followed.get(lead_id)
            found.append(await _one(desk, ways, known[lead_id], own, before.get(lead_id, []), since))
            await breathe()
    return found


async def _one(  # noqa: PLR0917 - one person and what is known of him
    desk: Desk, ways: dict[str, Course], him: Known, events: list[Event], before: list[Row], since: datetime
) -> Replayed:
    own = frozenset(f"rule:journey.{key}" for key in ways)
    then = rewound(desk, him, events, since)
    planner = await foresight(desk, him, is_past=True, but_of=frozenset(ways))
    simulation = Simulation(desk.company, then, ways, planner=planner, moves=False)
    for row in before:
        simulation.was_in(row.journey, row.entered_at, row.slot, row.id)
    again = list(_happenings(him, [one for one in events if one.by not in own], since, desk.now))
    await simulation.play(again, begins_at=since, until=desk.now)
    bought = tuple(one.at for one in him.bought if one.at >= since)
    return Replayed(him.lead.id, him.lead.owner_id, simulation, bought)


def rewound(desk: Desk, him: Known, events: Sequence[Event], since: datetime) -> Person:
    """He as he stood then: what was kept of each change is taken back, the last one first."""
    then = Person(him.lead.id, desk.company, dict(him.fields), set(him.tags))
    for one in reversed(events):
        match one.kind:
            case "set" if one.name in desk.company.registry and one.name != "last_follow_up_at":
                then.fields[one.name] = one.before
            case "points":
                score = then.fields.get("score", 0)
                then.fields["score"] = (score if isinstance(score, int) else 0) - int(str(one.after))
            case "tag":
                then.tags.discard(one.name)
            case "untag":
                then.tags.add(one.name)
            case _:
                pass
    then.did = [Did(one.event, one.at, one.object) for one in him.did if one.at < since]
    then.orders = [Order(one.product, one.amount, one.at) for one in him.bought if one.at < since]
    then.fields["last_behaviour_at"] = max((one.at for one in then.did), default=None)
    return then


def _happenings(him: Known, events: Sequence[Event], since: datetime, until: datetime) -> Iterator[Happening]:
    """What happened, as a simulation is told of it."""
    if since <= him.lead.created_at < until:
        yield Happening(him.lead.created_at, "created", "lead")
    known = {(one.name, one.at) for one in events if one.kind == "bought"}
    # What was won counts as bought; only an order begins anything.
    for won in him.bought:
        if since <= won.at < until and (won.product, won.at) not in known:
            yield Happening(won.at, "won", won.product, value=won.amount)
    for one in events:
        match one.kind:
            case "bought":
                yield Happening(one.at, "order", one.name, value=Decimal(str(one.after)), source=one.source)
            case "left":
                pass
            case "set" | "points" | "tag" | "untag":
                yield Happening(one.at, one.kind, one.name, value=one.after, source=one.source)
            case _:
                yield Happening(one.at, one.kind, one.name, one.object, one.after, one.source)
