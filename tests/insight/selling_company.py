"""A company that has sold for two years at a steady pace, so that the past says something of the future."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone
from decimal import Decimal
from typing import Any

from bot.crm.deal_history import Deal
from bot.crm.user import User
from tests.insight.small_company import BY_ID, NOW, PEOPLE, ZONE
from tests.store.metrics_data import Made

STAGES = ("初步接触", "需求确认", "方案报价", "商务谈判")
REASONS = ("价格", "竞品")
SELLERS = tuple(one for one in PEOPLE if one.team)
TODAY = NOW.astimezone(ZONE).date()


@dataclass(frozen=True)
class Drawn:
    """One deal: the days on which it came into each stage, and how it ended."""

    seller: User
    product: str
    amount: int
    steps: tuple[tuple[date, str], ...]
    closed: date | None
    won: bool

    @property
    def deal(self) -> Deal:
        """As arithmetic sees it; cents."""
        return Deal(
            created=self.steps[0][0].toordinal(),
            stages=tuple((day.toordinal(), stage) for day, stage in self.steps),
            closed=None if self.closed is None else self.closed.toordinal(),
            won=self.won,
            amount=self.amount * 100,
            product=self.product,
        )


def draw(seed: int, *, days: int = 720, a_day: float = 0.6, until: date = TODAY) -> list[Drawn]:
    """Deals go a stage further, are won or lost after random spans, each stage with its own odds."""
    chance = random.Random(seed)
    drawn, day = list[Drawn](), until - timedelta(days=days)
    while day < until:
        day += timedelta(days=round(chance.expovariate(a_day)))
        if day < until:
            drawn.append(_one(chance, day, until))
    return drawn


def _one(chance: random.Random, created: date, until: date) -> Drawn:
    steps, closed, won, day = [(created, STAGES[0])], None, False, created
    for place in range(len(STAGES)):
        day += timedelta(days=1 + round(chance.expovariate(1 / 14)))
        if day >= until:
            break
        if chance.random() < 0.22 or place == len(STAGES) - 1:
            closed, won = day, chance.random() < (0.1, 0.3, 0.55, 0.8)[place]
            break
        steps.append((day, STAGES[place + 1]))
    amount = round(chance.lognormvariate(10.5, 0.6))
    return Drawn(
        chance.choice(SELLERS), chance.choice(("专业版", "旗舰版")), amount, tuple(steps), closed, won
    )


def selling_company(seed: int = 1, drawn: list[Drawn] | None = None) -> Made:
    """The same people as the small company, with these deals."""
    made = Made(ZONE, NOW)
    for one in PEOPLE:
        row = {name: getattr(one, name) for name in ("id", "name", "region", "team", "position", "active")}
        made.put("users", **row, role=one.role.value, on_duty=True, platform="wecom", joined_at=NOW)
    for number, one in enumerate(draw(seed) if drawn is None else drawn, 1):
        put(made, f"D{number}", one)
    return made


def put(made: Made, deal_id: str, one: Drawn) -> None:
    """Its row, and how it went from stage to stage."""
    seller, closed = one.seller, None if one.closed is None else _at(one.closed)
    end = "赢单" if one.won else "输单"
    facts: dict[str, Any] = {"owner_id": seller.id, "team": seller.team, "region": seller.region}
    made.put(
        "opportunities", id=deal_id, account_id=f"A{deal_id}", lead_id=None, name="", owner_id=seller.id,
        product=one.product, stage=end if closed else one.steps[-1][1], amount=Decimal(one.amount),
        currency="CNY", source="官网", campaign="", industry="软件", created_at=_at(one.steps[0][0]),
        stage_since=closed or _at(one.steps[-1][0]), closed_at=closed,
        won=one.won if closed else None, lost_reason=REASONS[one.amount % 2] if closed and not one.won else None,
        created_owner_id=seller.id, created_team=seller.team, created_region=seller.region,
        closed_owner_id=seller.id if closed else None, closed_team=seller.team if closed else "",
        closed_region=seller.region if closed else "",
    )  # fmt: skip
    before = ""
    for day, stage in one.steps:
        made.put(
            "stage_changes", opportunity_id=deal_id, lead_id=None, before=before, after=stage, reason="",
            by=seller.id, at=_at(day), **facts,
        )  # fmt: skip
        before = stage
    if closed:
        made.put(
            "stage_changes", opportunity_id=deal_id, lead_id=None, before=before, after=end, reason="",
            by=seller.id, at=closed, **facts,
        )  # fmt: skip


def _at(day: date) -> datetime:
    return datetime.combine(day, time(9), ZONE).astimezone(timezone.utc)


__all__ = ["BY_ID", "NOW", "TODAY", "ZONE", "Drawn", "draw", "put", "selling_company"]
