"""An experiment that is over: people in three arms of a published journey, some of whom reached its goal and bought."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

from bot.crm.company import Company
from bot.store import journeys
from bot.store.desk import Desk
from bot.store.tables.imports import orders
from bot.store.tables.insight import touches
from bot.store.tables.journeys import journey_enrollments, journey_steps
from bot.store.tables.results import journey_goals, touch_costs
from bot.store.tables.touch import touch_plans
from tests.journeys.fleet import with_journeys
from tests.store.leads_by_hand import put

DAY = timedelta(days=1)
NAME = "新客欢迎"
JOURNEY: dict[str, Any] = {
    "enter": [{"form": "whitepaper"}],
    "goal": {"field": "score", "op": ">=", "value": 60},
    "steps": [
        {
            "split": "首封标题",
            "arms": [
                {"name": "直接报价", "percent": 40, "steps": [{"touch": "product_intro"}]},
                {"name": "先讲案例", "percent": 40, "steps": [{"touch": "case_story"}]},
            ],
            "hold_out": 20,
        },
        {"wait": "3天"},
        {"touch": "welcome", "id": "second"},
    ],
}


@dataclass(frozen=True, slots=True)
class Fell:
    """How many fell into an arm, and of them reached the goal, and bought for a hundred each."""

    n: int
    reached: int
    bought: int


FELL: Mapping[str, Fell] = {
    "直接报价": Fell(400, 64, 20), "先讲案例": Fell(404, 30, 9), "hold_out": Fell(196, 12, 2),
}  # fmt: skip
_SAYS = {"直接报价": "touch-product_intro", "先讲案例": "touch-case_story"}


def with_trial(company: Company) -> Company:
    """The same company with this journey alone."""
    return with_journeys(company, {NAME: JOURNEY})


async def lived(desk: Desk, fell: Mapping[str, Fell] = FELL, *, region: str = "华东大区") -> None:
    """Publish it, and put down what became of everybody."""
    await journeys.publish(desk, NAME, desk.company.journeys[NAME], by="shichang")
    number = 0
    for arm, one in fell.items():
        for n in range(one.n):
            number += 1
            await _one(desk, number, arm, region=region, reached=n < one.reached, bought=n < one.bought)


async def _one(desk: Desk, number: int, arm: str, *, region: str, reached: bool, bought: bool) -> None:
    lead_id, way, at = f"L{9000 + number}", f"{number:026d}", desk.now - 40 * DAY
    await put(desk, lead_id, region=region, name=f"客户{number}")
    row = {"id": way, "journey": NAME, "version": 1, "lead_id": lead_id, "person": lead_id, "slot": ""}
    row |= {"state": "done", "woken": "", "entered_at": at, "ended_at": at + 4 * DAY, "n": 4}
    row |= {"memory": {"arms": {"首封标题": arm}}, "ended_how": "end"}
    await desk.tx.insert(journey_enrollments, row)
    said = [_SAYS[arm]] if arm in _SAYS else []
    for n, (place, outcome) in enumerate(
        [("split", arm), *((place, "next") for place in said), ("wait", "next"), ("second", "next")], 1
    ):
        step = {"enrollment_id": way, "n": n, "place": place, "occurrence": 1, "outcome": outcome}
        await desk.tx.insert(journey_steps, {**step, "note": "", "at": at})
    for place in (*said, "second"):
        await _said(desk, way, lead_id, place, number, at=at)
    if reached:
        await desk.tx.insert(journey_goals, {"enrollment_id": way, "at": at + 9 * DAY})
    if bought:
        order = {"id": f"O{number}", "lead_id": lead_id, "product": "", "amount": Decimal(100)}
        await desk.tx.insert(orders, {**order, "ordered_at": at + 9 * DAY, "created_at": desk.now})


async def _said(desk: Desk, way: str, lead_id: str, place: str, number: int, *, at: Any) -> None:
    touch_id, goes = f"{way}-{place}", bool(number % 10)
    channel = "email" if place != "second" else "sms"
    row = {"id": touch_id, "key": f"journey:{way}:{place}:1", "lead_id": lead_id, "purpose": "marketing"}
    row |= {"content": "x", "campaign": "", "journey": NAME, "arm": "", "priority": 0, "way": "x"}
    row |= {"channel": channel, "state": "sent" if goes else "not_sent", "policy": "", "fence": 0}
    row |= {"reason": "" if goes else "no_consent", "detail": "", "skipped": {}, "wanted": {}, "facts": {}}
    row |= {"decided_at": at, "attempts": 0, "provider_id": ""}
    await desk.tx.insert(touch_plans, row)
    if not goes:
        return
    moments = {"sent_at": at, "delivered_at": at if number % 7 else None}
    moments |= {"opened_at": at if not number % 2 else None, "clicked_at": at if not number % 5 else None}
    moments |= {"unsubscribed_at": at if not number % 97 else None}
    known = {"id": touch_id, "lead_id": lead_id, "channel": channel, "campaign": "", "content": "x"}
    await desk.tx.insert(touches, {**known, "failure": "", "team": "", "region": "", **moments})
    if channel == "sms":
        cost = {"touch_id": touch_id, "channel": "sms", "campaign": "", "on": at.date()}
        await desk.tx.insert(touch_costs, {**cost, "pieces": 1, "cost": 550})


__all__ = ["FELL", "JOURNEY", "NAME", "Fell", "lived", "with_trial"]
