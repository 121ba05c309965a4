"""What is unlike itself is told with its likely reason; what is as ever, or thin, is not."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone
from typing import Any

import pytest

from bot.chat.card import plain
from bot.crm.user import User
from bot.insight.digests.compose import compose
from bot.insight.digests.view import View, view_of
from bot.store.desk import Desk
from tests.conftest import NOW, SHANGHAI
from tests.insight.small_company import BY_ID, PEOPLE, lead
from tests.store.metrics_data import Made, pour

#: NOW is a Wednesday: the last working day is a Tuesday.
TUESDAY = date(2026, 11, 17)


def at(day: date, hour: int = 10) -> datetime:
    return datetime(day.year, day.month, day.day, hour, tzinfo=SHANGHAI).astimezone(timezone.utc)


class Past:
    """Tuesdays, and what happened on each."""

    def __init__(self) -> None:
        self.made = Made(SHANGHAI, NOW)
        self.n = 0
        for one in PEOPLE:
            row = {
                name: getattr(one, name) for name in ("id", "name", "region", "team", "position", "active")
            }
            self.made.put(
                "users",
                **row,
                role=one.role.value,
                on_duty=True,
                platform="wecom",
                joined_at=at(date(2026, 1, 1)),
            )

    def answers(self, day: date, who: str, minutes: int, times: int) -> None:
        """So many first answers of somebody, each after so long."""
        person = BY_ID[who]
        for _ in range(times):
            self.n += 1
            self.made.put(
                "follow_ups", id=f"F{self.n}", lead_id=f"L{self.n}", user_id=who, kind="call", text=b"",
                at=at(day), response_minutes=minutes, owner_id=who, team=person.team, region=person.region,
            )  # fmt: skip
            lead(self.made, f"L{self.n}", at(day, 9), owner=who, source="官网")

    def comes(self, day: date, source: str, times: int) -> None:
        for _ in range(times):
            self.n += 1
            lead(self.made, f"L{self.n}", at(day), owner=None, source=source, region="华东大区")


@pytest.fixture
async def look(sqlite_url, lite, company, vault, random_bytes) -> Any:
    """`await look(past, kind, who)`: what is told, or why nothing is."""

    async def looked(past: Past, kind: str, who: User) -> tuple[str, str]:
        pour(sqlite_url, past.made)
        async with lite.read() as tx:
            desk = Desk(tx=tx, company=company, now=NOW, vault=vault, random_bytes=random_bytes)
            view: View = await view_of(desk, who)
            found = await compose(view, kind, subscription="S1")
            return ("" if found.card is None else plain(found.card)), found.silent

    return looked


def weeks(n: int) -> list[date]:
    return [TUESDAY - timedelta(weeks=one) for one in range(1, n + 1)]


async def test_a_slower_first_answer_names_who_became_slower(look):
    """Six Tuesdays of twenty minutes, now fifty: it was Zhang San, not Li Na."""
    past = Past()
    for day in weeks(6):
        past.answers(day, "zhangsan", 20, 4)
        past.answers(day, "lina", 20, 4)
    past.answers(TUESDAY, "zhangsan", 80, 4)
    past.answers(TUESDAY, "lina", 20, 4)

    said, _ = await look(past, "response_up", BY_ID["wanglei"])
    assert "首响变慢了" in said
    assert "50 分钟" in said
    assert "往常：20 分钟" in said
    assert "可能原因：张三 80 分钟（共 4 次首次响应），近 4 周 20 分钟" in said
    # One of the six was a holiday.
    assert "过去 5 个周二的中位数" in said


async def test_one_person_elsewhere_is_not_his_to_hear_of(look):
    """The south is slow: the manager of the east hears nothing."""
    past = Past()
    for day in weeks(6):
        past.answers(day, "lina", 20, 6)
        past.answers(day, "chenchen", 20, 6)
    past.answers(TUESDAY, "lina", 21, 6)
    past.answers(TUESDAY, "chenchen", 300, 6)

    assert await look(past, "response_up", BY_ID["wanglei"]) == ("", "quiet")


@pytest.mark.parametrize(
    ("weeks_back", "times", "why"), [(2, 8, "thin"), (6, 2, "thin")], ids=["short", "few"]
)
async def test_thin_history_says_nothing(look, weeks_back, times, why):
    """Two Tuesdays, or two answers a day, are no ground for an alarm."""
    past = Past()
    for day in weeks(weeks_back):
        past.answers(day, "zhangsan", 20, times)
    past.answers(TUESDAY, "zhangsan", 200, times)

    assert await look(past, "response_up", BY_ID["wanglei"]) == ("", why)


async def test_a_source_that_dries_up_is_named(look):
    """Eight from 抖音 every Tuesday, none this one; 官网 as ever."""
    past = Past()
    for day in weeks(6):
        past.comes(day, "抖音", 8)
        past.comes(day, "官网", 6)
    past.comes(TUESDAY, "官网", 6)

    said, _ = await look(past, "source_dry", BY_ID["chenli"])
    assert "抖音的新线索断了" in said
    assert "往常：8 条" in said
    assert "别的来源照常" in said


async def test_a_holiday_among_the_tuesdays_is_not_a_dry_day(look):
    """6 October was off: it neither alarms nor makes the usual smaller."""
    past = Past()
    for day in weeks(7):
        if day != date(2026, 10, 6):
            past.comes(day, "抖音", 8)
    past.comes(TUESDAY, "抖音", 2)
    said, why = await look(past, "source_dry", BY_ID["chenli"])

    # A fifth of eight is more than one: two is no alarm, nought on a worked day would have been.
    assert (said, why) == ("", "quiet")
