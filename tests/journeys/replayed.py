"""What happened is what a replay of it says: the same life lived, then gone through again from what was kept."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from bot.crm.company import Company
from bot.journeys.backtest import replay
from bot.journeys.course import course
from bot.journeys.simulate import Happening
from bot.store import Store, lead_changes
from bot.store.desk import Desk
from bot.store.tables.leads import leads
from tests.conftest import NOW
from tests.journeys.agree import CONTENTS, DAYS, Deciding, customer, lived, passed, with_purposes
from tests.journeys.fleet import with_journeys
from tests.journeys.generate import Maker
from tests.touch.house import CHANNELS


class Remembering(Deciding):
    """As the product does it: who changes a field leaves a row."""

    async def _set(self, desk: Desk, one: Happening, lead_id: str) -> None:
        row = await desk.tx.first(select(leads).where(leads.c.id == lead_id))
        spec = self.company.registry[one.name]
        is_custom = spec.column.startswith("custom.")
        before = row.custom.get(one.name) if is_custom else getattr(row, spec.column)
        await super()._set(desk, one, lead_id)
        if before != one.value:
            await lead_changes.note(
                desk, lead_id, one.name, before=before or "", after=str(one.value), by="lina"
            )


async def compare(seed: int, store: Store, company: Company) -> tuple[list[Any], list[Any]]:
    """Steps as they were made, and as a replay over the same days makes them."""
    maker, lead = Maker(seed), f"L{seed}"
    own = with_journeys(company, with_purposes(maker.pair()))
    life = maker.life(NOW, DAYS)
    own = replace(own, content=CONTENTS, doors=replace(own.doors, channels=CHANNELS))
    fleet = Remembering(store, own, NOW)
    await fleet.do(lambda desk: customer(desk, maker, lead, opens=False))
    await fleet.define()
    await fleet.settle()
    await lived(fleet, lead, life)
    await passed(fleet, NOW + timedelta(days=DAYS + 60))
    happened = sorted(
        (journey, at, place, occurrence, outcome, note)
        for journey, _, steps in await fleet.ways()
        for at, place, occurrence, outcome, note in steps
    )
    ways = {key: course(key, 1, made) for key, made in own.journeys.items()}
    async with store.read() as tx:
        (again,) = await replay(fleet.desk(tx), ways, [lead], NOW)
    return happened, sorted(
        (one.journey, one.at, one.place, one.occurrence, one.outcome, one.note)
        for one in again.simulation.lines
    )
