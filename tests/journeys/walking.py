"""A fleet of one journey and its people, and what is done to them and heard of them."""

from __future__ import annotations

from datetime import timedelta

from bot.journeys.simulate import Happening
from tests.conftest import NOW
from tests.journeys.fleet import Fleet, with_journeys

DAY = timedelta(days=1)


async def fleet_of(store, company, leads_of=("L1",), **those) -> Fleet:
    """These journeys published, these leads known."""
    fleet = Fleet(store, with_journeys(company, those), NOW)
    for lead_id in leads_of:
        await fleet.lead(lead_id, city="上海", external_id=lead_id)
    await fleet.define()
    await fleet.settle()
    return fleet


async def did(fleet: Fleet, what: str, name: str, lead_id: str = "L1", **more) -> None:
    await fleet.happen(Happening(fleet.now, what, name, **more), lead_id)
    await fleet.settle()


def said(fleet: Fleet) -> list[str]:
    return [one.content for one in fleet.asked]


ON_FORM = [{"form": "whitepaper"}]
