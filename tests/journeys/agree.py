"""What is simulated is what happens: the same life through both, compared row for row.

Every other seed has the real planner of messages decide on both sides: consent, caps, hours, spans.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, update

from bot.crm.company import Company
from bot.crm.touching import Intent, Verdict
from bot.journeys.course import course
from bot.journeys.person import Person
from bot.journeys.simulate import Answered, Asked, Happening, SimLine, Simulation
from bot.journeys.simulate_lead import foresight, person
from bot.kit.masked import Email, Phone
from bot.store import Store, consents, journeys_people, leads, touch_windows
from bot.store.consents import Consent
from bot.store.desk import Desk
from bot.store.leads import Origin, Particulars
from bot.store.tables.leads import leads as leads_table
from bot.store.tables.touch import touch_plans
from bot.touch.request import request_all
from tests.conftest import NOW
from tests.intake.world import hire
from tests.journeys.fleet import Fleet, with_journeys
from tests.journeys.generate import Maker
from tests.touch.house import CHANNELS, CONTENT, MEI

DAYS = 40
CONTENTS = {"a": CONTENT["news1"], "b": CONTENT["notice"], "c": CONTENT["birthday"]}
_PURPOSES = {"a": "marketing", "b": "transactional", "c": "marketing"}


class Deciding(Fleet):
    """A fleet whose messages are decided by the planner, and go when their time comes."""

    async def request(self, desk: Desk, intents: Sequence[Intent]) -> list[Verdict]:
        self.asked += intents
        return await request_all(desk, intents)

    async def settle(self) -> int:
        steps = 0
        while True:
            if (goes := await self._goes()) is not None and goes <= self.now:
                await self.do(_deliver)
            steps += await super().settle()
            # What was wanted just now and may go at once has gone before anybody looks again.
            if (goes := await self._goes()) is None or goes > self.now:
                return steps

    async def pass_until(self, moment: datetime) -> None:
        while (nearest := await self._goes()) is not None and nearest <= moment:
            await super().pass_until(max(nearest, self.now))
        await super().pass_until(moment)

    async def _goes(self) -> datetime | None:
        async with self.store.read() as tx:
            planned = select(touch_plans.c.due_at).where(touch_plans.c.state == "planned")
            return min((row.due_at for row in await tx.all(planned)), default=None)


async def _deliver(desk: Desk) -> int:
    due = update(touch_plans).where(touch_plans.c.state == "planned", touch_plans.c.due_at <= desk.now)
    return await desk.tx.run(due.values(state="sent", ended_at=touch_plans.c.due_at))


def _lines(simulation: Simulation) -> list[tuple[Any, ...]]:
    return sorted(_plain(one) for one in simulation.lines)


def _plain(one: SimLine) -> tuple[Any, ...]:
    return (one.journey, one.at, one.place, one.occurrence, one.outcome, one.note)


async def yes(asked: Asked) -> Answered:
    """Everything goes by mail."""
    return Answered("email")


async def compare(
    seed: int, store: Store, company: Company, *, decides: bool | None = None
) -> tuple[list[Any], list[Any]]:
    """Steps as they were made, and as they were foretold."""
    maker, lead = Maker(seed), f"L{seed}"
    pair = maker.pair()
    life = maker.life(NOW, DAYS)
    is_real = seed % 2 == 1 if decides is None else decides
    own = with_journeys(company, with_purposes(pair) if is_real else pair)
    until = NOW + timedelta(days=DAYS + 60)
    if is_real:
        doors = replace(own.doors, channels=CHANNELS)
        fleet: Fleet = Deciding(store, replace(own, content=CONTENTS, doors=doors), NOW)
        await fleet.do(lambda desk: customer(desk, maker, lead))
    else:
        fleet = Fleet(store, own, NOW)
        await fleet.lead(lead, city="上海", created_at=NOW, external_id=lead)
    await fleet.define()
    await fleet.settle()
    ways = {key: course(key, 1, made) for key, made in own.journeys.items()}
    if is_real:
        # Foretold before it happens, of what the store knows, which is not changed by it.
        async with store.read() as tx:
            known = (await journeys_people.known(tx, fleet.company, [lead]))[lead]
            desk = fleet.desk(tx)
            planner = await foresight(desk, known)
            simulation = Simulation(fleet.company, person(known, desk), ways, planner=planner)
            await simulation.play(life, begins_at=NOW, until=until)
    else:
        him = Person(lead, own, {"city": "上海", "created_at": NOW, "score": 0, "status": "new"})
        simulation = Simulation(own, him, ways, planner=yes)
        await simulation.play(life, begins_at=NOW, until=until)
    await lived(fleet, lead, life)
    await passed(fleet, until)
    happened = sorted(
        (journey, at, place, occurrence, outcome, note)
        for journey, _, steps in await fleet.ways()
        for at, place, occurrence, outcome, note in steps
    )
    return happened, _lines(simulation)


def with_purposes(found: Any) -> Any:
    """The same journeys, whose messages are what their contents are."""
    if isinstance(found, list):
        return [with_purposes(one) for one in found]
    if not isinstance(found, dict):
        return found
    made = {key: with_purposes(value) for key, value in found.items()}
    return made | {"purpose": _PURPOSES[made["touch"]]} if "touch" in made else made


async def customer(desk: Desk, maker: Maker, lead: str, *, opens: bool = True) -> None:
    """Somebody with addresses, with or without an owner, who agreed to something or to nothing.

    With `opens` he may have opened a span or granted a message too.
    """
    dice = maker.dice
    await hire(desk, MEI)
    known = Particulars(
        name="林晓", company="星河科技", city="上海", region=MEI.region, external_id=lead,
        phone=Phone("+8613800000001") if dice.random() < 0.8 else Phone(),
        email=Email("lin1@xinghe.cn") if dice.random() < 0.8 else Email(),
    )  # fmt: skip
    await leads.create(desk, lead, known, Origin(source="官网", form="website"), by="system")
    if dice.random() < 0.5:
        await desk.tx.run(update(leads_table).where(leads_table.c.id == lead).values(owner_id=MEI.id))
    for purpose in dice.choice([[], ["marketing"], ["marketing_email"], ["marketing_sms", "wechat"]]):
        said = Consent(given=dice.random() < 0.9, purpose=purpose, channel="form", text="我同意", version="1")
        await consents.record(desk, lead, said)
    if not opens:
        return
    if dice.random() < 0.5:
        way = dice.choice(["wechat_official.message", "wechat_service.message"])
        await touch_windows.open_window(desk, lead, way=way, kind="message", address="o1")
    for _ in range(dice.choice([0, 0, 2])):
        await touch_windows.grant(desk, lead, way="wechat_official.subscribe", template="T1", address="o1")


async def lived(fleet: Fleet, lead: str, life: Sequence[Happening]) -> None:
    """Let it happen to him; what happens at the very moment that a wait ends comes before its end."""
    for one in life:
        await passed(fleet, one.at - timedelta(microseconds=1))
        fleet.now = one.at
        await fleet.happen(one, lead)
        await fleet.settle()


async def passed(fleet: Fleet, moment: Any) -> None:
    """Stop at each due moment and at each moment of a walk through everybody."""
    from bot.journeys.sweeping import next_moment, triggers

    ways = [(way.journey, trigger) for way in _courses(fleet) for _, trigger in triggers(way)]
    while True:
        moments = [next_moment(fleet.company, trigger, fleet.now) for _, trigger in ways]
        nearest = min([m for m in moments if m <= moment], default=None)
        if nearest is None:
            break
        await fleet.pass_until(nearest)
    await fleet.pass_until(moment)


def _courses(fleet: Fleet) -> list[Any]:
    return [course(key, 1, made) for key, made in fleet.company.journeys.items()]
