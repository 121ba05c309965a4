"""Before and after a change of the rules: equal working days, thin numbers named, other changes named."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from bot.crm.knobs import Change
from bot.insight.digests.before_after import spans_around
from bot.store import setting_changes
from tests.conftest import NOW
from tests.handlers.workday import ADMIN, LINA, WANG, Day, labels, staff, told


def days(spans, side):
    period = getattr(spans, side)
    return period.begins, period.last


def test_as_many_working_days_on_either_side(company):
    """A change on Thursday 8 October: the week of holidays before it is passed over."""
    found = spans_around(date(2026, 10, 8), date(2026, 10, 16), company.working_time)

    # 10 October is worked instead of a holiday.
    assert found.days == 6
    assert days(found, "after") == (date(2026, 10, 9), date(2026, 10, 15))
    assert days(found, "before")[1] == date(2026, 9, 30)
    worked = [
        day
        for n in range(30)
        if company.working_time.spans_on(day := date(2026, 9, 10) + timedelta(days=n))
        and found.before.begins <= day < found.before.ends
    ]
    assert len(worked) == 6


def test_at_most_two_weeks_and_at_least_three_days(company):
    """Today belongs to neither side: it is not over."""
    time = company.working_time
    assert spans_around(date(2026, 9, 1), date(2026, 11, 18), time).days == 10
    assert spans_around(date(2026, 11, 13), date(2026, 11, 18), time) == 2
    assert spans_around(date(2026, 11, 12), date(2026, 11, 18), time).days == 3


@pytest.fixture
async def day(unit, clock):
    """The reminder went from 30 to 20 minutes on the 2nd; since then Li Na had two leads, before none."""
    await unit(staff)
    day = Day(unit, clock)
    clock.now = NOW - timedelta(days=16)

    async def changes(desk):
        for name, before, after in (("首响提醒", "30 分钟", "20 分钟"), ("每日领取上限", "10 条", "8 条")):
            change = Change(name, "response", ("first_response",), 30, 20, before, after)
            number = await setting_changes.ask(desk, change, by="itops")
            await setting_changes.settle(desk.tx, number, applied=True, reason="", now=desk.now)

    await unit(changes)
    for n in range(2):
        clock.now = NOW - timedelta(days=12 - 3 * n)
        lead = await day.lead(of=LINA, phone=f"+861381234567{n}")
        day.push(minutes=30)
        await day.says(LINA, f"跟进 {lead.id} 已电话，客户要报价")
    clock.now = NOW
    return day


async def test_it_says_both_sides_and_what_else_changed(day):
    """The meant number first, with its spans, its thin ground and the other change of that day."""
    listed = await day.says(WANG, "改规则前后对比")
    assert labels(listed.card) == ["#2", "#1"]
    said = told(await day.presses(WANG, listed.card, "#1"))

    assert "改规则前后对比 · 华东大区" in said
    assert "11-02 首响提醒：30 分钟→20 分钟" in said
    assert "改后 11-03 至 11-16，改前" in said
    assert "各 10 个工作日" in said
    assert "首次响应时长 30 分钟（共 2 次首次响应）" in said
    assert "样本少" in said
    assert "还改了：每日领取上限（#2）。前后不同不等于就是它引起的。" in said


async def test_too_early_and_not_his(day, clock, unit):
    """Two days after it is too early; a rep and an admin see no numbers of it."""
    clock.now = NOW - timedelta(days=13)
    listed = await day.says(WANG, "改规则前后对比")
    assert labels(listed.card) == []
    assert "11-02 首响提醒：30 分钟→20 分钟（11-06 起能比）" in told(listed)
    assert "才过了 2 个工作日" in told(await day.says(WANG, "配置1前后对比"))
    assert "没有第 9 次" in told(await day.says(WANG, "配置9前后对比"))
    for who in (LINA, ADMIN):
        assert "经理以上" in told(await day.says(who, "配置1前后对比"))
