"""Whoever is held out of an experiment: nothing of its arms, in no version; what stands behind them is said."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from bot.crm.company.journey_conflicts import notices
from bot.store import journeys
from bot.store.tables.journeys import journey_enrollments
from tests.journeys.fleet import journey
from tests.journeys.walking import DAY, ON_FORM, did, fleet_of

ARM = {"name": "甲", "percent": 50, "steps": [{"touch": "a"}, {"wait": "1天"}, {"touch": "b"}]}
TRIAL: dict[str, Any] = {"split": "试验", "arms": [ARM], "hold_out": 50}
THOSE = tuple(f"L{n}" for n in range(1, 21))
ONE = {"name": "一", "enter": ON_FORM, "again": "always"}
B = {"touch": "b"}


async def test_nothing_of_the_arms_reaches_him_in_any_version(lite, company):
    """He comes again, and a later version has other steps before the same experiment: still nothing."""
    fleet = await fleet_of(lite, company, THOSE, one={**ONE, "steps": [TRIAL]})
    for lead_id in THOSE:
        await did(fleet, "form", "whitepaper", lead_id)
    await fleet.pass_until(fleet.now + 2 * DAY)
    later = journey({**ONE, "steps": [{"wait": "1天"}, {"loop": [TRIAL], "times": 2}]})
    await fleet.do(lambda desk: journeys.publish(desk, "one", later, by="m"))
    for lead_id in THOSE:
        await did(fleet, "form", "whitepaper", lead_id)
    await fleet.pass_until(fleet.now + 5 * DAY)

    async with fleet.store.read() as tx:
        rows = await tx.all(select(journey_enrollments))
    fell = {(row.lead_id, row.memory["arms"]["试验"]) for row in rows}
    held_out = {lead_id for lead_id, arm in fell if arm == "hold_out"}
    assert (len(rows), len(fell)) == (2 * len(THOSE), len(THOSE))
    assert held_out
    assert {one.lead_id for one in fleet.asked} == set(THOSE) - held_out
    assert len(fleet.asked) == 6 * (len(THOSE) - len(held_out))


@pytest.mark.parametrize(
    ("steps", "is_said"),
    [
        ([TRIAL], False),
        ([TRIAL, {"wait": "1天"}, {"tag": "看重功能"}], False),
        ([TRIAL, {"wait": "1天"}, B], True),
        ([TRIAL, {"wait_for": {"event": "mail_opened"}, "within": "1天", "then": [B]}], True),
        ([{"loop": [TRIAL], "times": 2}, B], True),
        ([B, {**TRIAL, "hold_out": 0, "arms": [{**ARM, "percent": 100}]}, B], False),
    ],
)
def test_that_a_control_hears_what_stands_behind_the_arms_is_noticed(steps, is_said):
    """Check, the list and a publication say so: whoever wants silence puts it into the arms."""
    found = [one for one in notices({"one": journey({**ONE, "steps": steps})}) if "对照组也会收到" in one]
    assert len(found) == int(is_said)
