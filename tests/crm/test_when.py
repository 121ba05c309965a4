"""Due times in Chinese words, said on Wednesday 18 November 2026 at ten in the morning."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.crm.company import Company
from bot.crm.when import (
    begins_with_moment,
    day_end,
    find_whens,
    names_moment,
    overdue_at,
    read_when,
    remind_at,
)

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 11, 18, 10, 0, tzinfo=SHANGHAI)
#: Said, day (of 2026 unless it says another year), and the time; none for a whole day.
DAYS = (
    ("今天", "11-18"),
    ("明天", "11-19"),
    ("明日", "11-19"),
    ("后天", "11-20"),
    ("大后天", "11-21"),
    ("周三", "11-18"),
    ("周五", "11-20"),
    ("周二", "11-24"),
    ("星期天", "11-22"),
    ("礼拜六", "11-21"),
    ("周末", "11-21"),
    ("下周二", "11-24"),
    ("下下周三", "12-02"),
    ("下周日", "11-29"),
    ("下周", "11-23"),
    ("下周初", "11-23"),
    ("下周中", "11-25"),
    ("本周内", "11-20"),
    ("两天后", "11-20"),
    ("3天后", "11-23"),
    ("３天后", "11-23"),
    ("三天之后", "11-23"),
    ("过两天", "11-20"),
    ("过几天", "11-23"),
    ("一周后", "11-25"),
    ("两个星期后", "12-02"),
    ("3个工作日后", "11-23"),
    ("下个工作日", "11-19"),
    ("半个月后", "12-03"),
    ("一个月后", "12-18"),
    ("半年后", "2027-05-18"),
    ("一年后", "2027-11-18"),
    ("月底", "11-30"),
    ("本月底", "11-30"),
    ("月底之前", "11-30"),
    ("下个月底", "12-31"),
    ("12月底", "12-31"),
    ("年底", "12-31"),
    ("季度末", "12-31"),
    ("下季度末", "2027-03-31"),
    ("月初", "12-01"),
    ("下月中", "12-15"),
    ("下个月", "12-01"),
    ("下个月5号", "12-05"),
    ("下月5日", "12-05"),
    ("28号", "11-28"),
    ("５号", "12-05"),
    ("3日", "12-03"),
    ("11月28日", "11-28"),
    ("十一月二十八日", "11-28"),
    ("12月3号", "12-03"),
    ("1月5日", "2027-01-05"),
    ("明年3月1日", "2027-03-01"),
    ("2026年12月1日", "12-01"),
    ("2026-12-01", "12-01"),
    ("2026/12/1", "12-01"),
    ("12/1", "12-01"),
    ("11-28", "11-28"),
    ("12.5", "12-05"),
    ("周五前", "11-20"),
    ("元旦后", "2027-01-04"),
    ("节后", "2027-01-04"),
    ("国庆后", "2027-10-06"),
)
TIMES = (
    ("明天上午", "11-19T10:00"),
    ("明天下午3点", "11-19T15:00"),
    ("明早", "11-19T09:00"),
    ("明晚", "11-19T20:00"),
    ("今晚", "11-18T20:00"),
    ("明早9点", "11-19T09:00"),
    ("周五下午3点", "11-20T15:00"),
    ("下周二的上午", "11-24T10:00"),
    ("后天上午十点半", "11-20T10:30"),
    ("12月3号10:30", "12-03T10:30"),
    ("11月28号下午3点半", "11-28T15:30"),
    ("明天下午3点到5点", "11-19T15:00"),
    ("明天一点", "11-19T13:00"),
    ("十点半", "11-18T10:30"),
    ("下午三点", "11-18T15:00"),
    ("3点", "11-18T15:00"),
    ("3:30", "11-18T15:30"),
    ("15：30", "11-18T15:30"),
    ("晚上八点一刻", "11-18T20:15"),
    ("中午12点", "11-18T12:00"),
    ("9点", "11-19T09:00"),
    ("二十点", "11-18T20:00"),
    ("下午", "11-18T15:00"),
    ("半小时后", "11-18T10:30"),
    ("半个小时后", "11-18T10:30"),
    ("10分钟后", "11-18T10:10"),
    ("一刻钟后", "11-18T10:15"),
    ("2小时内", "11-18T12:00"),
    ("一个半小时后", "11-18T11:30"),
    ("2个半小时后", "11-18T12:30"),
    ("两个钟头后", "11-18T12:00"),
)
NEVER = [
    "本周一",
    "上周五",
    "昨天",
    "11月10日",
    "每周一",
    "一周一次",
    "便宜一点",
    "三点建议",
    "提了两点要求",
    "4.8万",
    "3月5万",
    "第3天",
    "3天没接",
    "近3天内",
    "1-2天",
    "3-5家",
    "32号",
    "2月30日",
    "11月31日",
    "3号楼",
    "9.5折",
    "今后",
    "前天",
    "999天后",
    "月份",
    "周期",
    "半年度",
    "有点忙",
    "上午",
    "48000",
    "13800138000",
    "客户要报价",
]


@pytest.mark.parametrize(("said", "day"), DAYS)
def test_a_day_without_a_time_is_due_when_its_work_ends(company: Company, said: str, day: str):
    when = read_when(said, now=NOW, working_time=company.working_time)

    assert when is not None
    assert when.whole_day
    day = day if day.startswith("2027") else f"2026-{day}"
    assert f"{when.due_at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}" == f"{day} 18:00"


@pytest.mark.parametrize(("said", "moment"), TIMES)
def test_a_time_is_due_then(company: Company, said: str, moment: str):
    when = read_when(said, now=NOW, working_time=company.working_time)

    assert when is not None
    assert not when.whole_day
    assert f"{when.due_at.astimezone(SHANGHAI):%m-%dT%H:%M}" == moment


@pytest.mark.parametrize("said", NEVER)
def test_what_is_past_or_no_time_is_none(company: Company, said: str):
    assert read_when(said, now=NOW, working_time=company.working_time) is None


def test_it_says_where_it_was_found(company: Company):
    """With 之前 and the like, and in the text as it was typed."""
    text = "已电话，下周二下午３点前回访"

    when = read_when(text, now=NOW, working_time=company.working_time)

    assert when is not None
    assert text[when.begins : when.ends] == "下周二下午３点前"


def test_all_of_them_come_in_order(company: Company):
    found = find_whens("明天发报价，周五下午3点回访，月底签约", now=NOW, working_time=company.working_time)

    assert [f"{one.due_at.astimezone(SHANGHAI):%d %H}" for one in found] == ["19 18", "20 15", "30 18"]


@pytest.mark.parametrize(
    ("said", "day"),
    [("明天", "11-21"), ("周六", "11-21"), ("1天后", "11-23"), ("月底", "11-30"), ("3天后", "11-23")],
)
def test_what_is_named_stays_and_what_is_rough_falls_on_a_working_day(company: Company, said: str, day: str):
    """Said on a Friday."""
    friday = NOW + timedelta(days=2)

    when = read_when(said, now=friday, working_time=company.working_time)

    assert when is not None
    assert f"{when.due_at.astimezone(SHANGHAI):%m-%d}" == day


def test_a_day_said_after_its_work_is_due_before_midnight(company: Company):
    evening = NOW.replace(hour=20)

    when = read_when("今天", now=evening, working_time=company.working_time)

    assert when is not None
    assert when.due_at > evening


@pytest.mark.parametrize(
    ("due", "whole_day", "reminded"),
    [
        ("11-18T15:00", False, "11-18T15:00"),
        ("11-20T18:00", True, "11-20T09:00"),
        # At lunch and at night: when work ends before it.
        ("11-18T12:40", False, "11-18T12:00"),
        ("11-18T20:00", False, "11-18T18:00"),
        ("11-21T10:00", False, "11-20T18:00"),
        # Today: now.
        ("11-18T18:00", True, "11-18T10:00"),
    ],
)
def test_reminders_come_while_people_are_at_work(company: Company, due: str, whole_day: bool, reminded: str):
    due_at = datetime.fromisoformat(f"2026-{due}+08:00")

    at = remind_at(due_at, whole_day=whole_day, now=NOW, working_time=company.working_time)

    assert f"{at.astimezone(SHANGHAI):%m-%dT%H:%M}" == reminded


def test_who_plans_at_night_for_the_night_is_reminded_then(company: Company):
    night = NOW.replace(hour=20)

    at = remind_at(
        night + timedelta(minutes=30), whole_day=False, now=night, working_time=company.working_time
    )

    assert at == night + timedelta(minutes=30)


@pytest.mark.parametrize(("due", "late"), [("11-18T15:00", "11-19T09:00"), ("11-20T18:00", "11-23T09:00")])
def test_overdue_is_told_on_the_next_working_morning(company: Company, due: str, late: str):
    at = overdue_at(datetime.fromisoformat(f"2026-{due}+08:00"), company.working_time)

    assert f"{at.astimezone(SHANGHAI):%m-%dT%H:%M}" == late


def test_a_text_may_begin_with_a_day_or_only_name_one():
    assert begins_with_moment("明天下午回访")
    assert not begins_with_moment("客户明天回访")
    assert names_moment("客户明天回访")
    assert not names_moment("客户要报价")


def test_a_day_off_ends_like_any_other(company: Company):
    sunday = NOW.date() + timedelta(days=4)

    assert day_end(sunday, company.working_time).astimezone(SHANGHAI).hour == 18


@settings(max_examples=300, deadline=None)
@given(
    st.text(
        alphabet="今明后天周一二三下个月底号日点半小时分钟前内上午 0123456789:/.-年春节,，。了", max_size=24
    )
)
def test_no_text_breaks_it_and_nothing_lies_behind(company: Company, text: str):
    for when in find_whens(text, now=NOW, working_time=company.working_time):
        assert when.due_at > NOW
        assert 0 <= when.begins < when.ends <= len(text)
