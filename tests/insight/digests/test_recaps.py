"""Recaps of generated companies say what plain Python counts, each in its own scope and no other."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from bot.crm.metrics.registry import METRICS
from bot.insight import wording
from bot.insight.digests import recap, words
from bot.insight.digests.digest import Digest
from bot.insight.digests.view import View, view_of
from bot.store import users
from bot.store.desk import Desk
from bot.store.metrics.guard import Breach, NotPermittedError
from bot.store.metrics.sums import Figure
from tests.conftest import NOW, SHANGHAI
from tests.store.metrics_data import Maker, pour
from tests.store.metrics_oracle import Oracle

#: The week before that of NOW, and the month before.
LAST_WEEK, LAST_MONTH = (date(2026, 11, 9), date(2026, 11, 16)), (date(2026, 10, 1), date(2026, 11, 1))
LEADERS = ("boss", "m-上海组", "m-深圳组", "m-北京组")


class House:
    """A company from a seed and an oracle that knows it."""

    def __init__(self, desk: Desk, made: Any) -> None:
        self.desk, self.oracle = desk, Oracle(made)

    async def view(self, user_id: str) -> View:
        return await view_of(self.desk, await users.get(self.desk.tx, user_id))

    def said(self, metric: str, view: View, period: Any) -> str:
        """How the number is told; empty for one that stands on nothing."""
        value = self.oracle.answer(metric, (), dict(view.where), period)[()]
        return (
            f"{METRICS[metric].name} {wording.amount(METRICS[metric], Figure(value), 'CNY')}" if value else ""
        )


@pytest.fixture(params=[3, 8])
async def house(request, sqlite_url, lite, company, vault, random_bytes) -> AsyncIterator[House]:
    made = Maker(request.param, SHANGHAI, NOW, leads=160).make()
    pour(sqlite_url, made)
    async with lite.read() as tx:
        yield House(Desk(tx=tx, company=company, now=NOW, vault=vault, random_bytes=random_bytes), made)


def tells(found: Digest, expected: list[str]) -> None:
    lines = found.text.splitlines()
    for one in filter(None, expected):
        assert any(line == one or line.startswith((f"{one}（", f"{one}，")) for line in lines), (one, lines)


@pytest.mark.parametrize("who", LEADERS)
async def test_a_week_says_what_was_counted(house, who):
    """Every number, the funnel in its picture, and what was lost by reason."""
    view = await house.view(who)
    found = await recap.weekly(view)

    metrics = ("new_leads", "mql", "first_response_minutes", "on_time_rate", "follow_ups", "won_deals")
    tells(found, [house.said(one, view, LAST_WEEK) for one in (*metrics, "won_amount", "win_rate")])
    assert found.text.startswith(f"周报 · {view.scope} · 11-09 至 11-15")
    created = house.oracle.answer("new_leads", (), dict(view.where), LAST_WEEK)[()]
    assert (found.chart["series"][0]["values"][0] if found.chart else 0) == created
    lost = house.oracle.answer("lost_deals", ("lost_reason",), dict(view.where), LAST_WEEK)
    (line,) = [one for one in found.text.splitlines() if one.startswith("掉单")]
    assert line.startswith(f"掉单 {sum(lost.values())} 单")
    for (reason,), count in lost.items():
        assert f"{reason} {count}" in line
    assert len(found.text.encode()) <= words.MOST_BYTES


@pytest.mark.parametrize("who", LEADERS)
async def test_a_month_says_what_was_counted(house, who):
    """Results and the ranking: of people for a region, of regions for the company."""
    view = await house.view(who)
    found = await recap.monthly(view)

    metrics = ("won_amount", "won_deals", "win_rate", "avg_deal_amount", "sales_cycle_days", "payments")
    tells(found, [house.said(one, view, LAST_MONTH) for one in metrics])
    by = "region" if who == "boss" else "owner"
    ranked = house.oracle.answer("won_amount", (by,), dict(view.where), LAST_MONTH)
    # What is nobody's comes last, whatever it is.
    ranked = {key: value for key, value in ranked.items() if key != ("",)}
    best = max(ranked.values(), default=0)
    if best:
        assert f"1. {max(ranked, key=lambda key: ranked[key])[0]} " in found.text
        assert max(found.chart["series"][0]["values"]) == float(best)
    assert len(found.text.encode()) <= words.MOST_BYTES


async def test_no_two_blank_lines_follow_each_other(house):
    """Where a part has nothing to say its gap goes too."""
    nobody = replace(
        await house.view("m-上海组"), viewer=replace((await house.view("m-上海组")).viewer, region="没人")
    )
    for view in (nobody, await house.view("boss")):
        for found in (await recap.morning(view), await recap.daily(view), await recap.weekly(view),
                      await recap.monthly(view)):  # fmt: skip
            assert "\n\n\n" not in found.text
            assert found.text.strip() == found.text


async def test_a_managers_recap_names_nobody_of_another_region(house):
    """Names of the south are in no recap of the east; numbers differ from the company's."""
    east = await house.view("m-上海组")
    home = {one["id"]: one["region"] for one in house.oracle.made["users"]}
    for make in (recap.daily, recap.weekly, recap.monthly):
        text = (await make(east)).text
        named = {user for user in home if user.startswith("u") and f" {user} " in text.replace("、", " ")}
        deals = house.oracle.deals.values()
        closed = {one["closed_owner_id"] for one in deals if one["closed_region"] == east.viewer.region}
        assert all(home[user] == east.viewer.region or user in closed for user in named), named


async def test_whoever_has_no_region_gets_no_number(house):
    """A manager without a region is refused by the store, whatever a digest asks for."""
    boss = await house.view("boss")
    nobody = await view_of(house.desk, _without_region(await house.view("m-上海组")))

    assert (await recap.weekly(boss)).text
    with pytest.raises(NotPermittedError) as refused:
        await recap.weekly(nobody)
    assert refused.value.breach is Breach.NO_REGION


def _without_region(view: View) -> Any:
    return replace(view.viewer, region="")
