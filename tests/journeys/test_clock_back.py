"""A clock that ran ahead and was set back: nobody who enters afterwards waits for a time that never was."""

from __future__ import annotations

from datetime import timedelta

from tests.journeys.walking import DAY, ON_FORM, did, fleet_of


async def test_newcomers_begin_now(lite, company):
    """Nine months ahead somebody entered; whoever enters today does so today, and the cap holds."""
    names = ("L1", "L2", "L3", "L4")
    capped = {"enter": ON_FORM, "most_per_hour": 2, "steps": [{"touch": "a"}]}
    fleet = await fleet_of(lite, company, leads_of=names, one=capped)
    fleet.now += 300 * DAY
    await did(fleet, "form", "whitepaper", "L1")
    fleet.now -= 300 * DAY
    for lead_id in names[1:]:
        await did(fleet, "form", "whitepaper", lead_id)
    assert sorted(one.lead_id for one in fleet.asked) == ["L1", "L2", "L3"]

    fleet.now += timedelta(hours=1)
    await fleet.settle()
    assert sorted(one.lead_id for one in fleet.asked) == list(names)
