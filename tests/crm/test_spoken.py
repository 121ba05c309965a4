"""How moments and names are said."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from bot.crm.spoken import mask_name, say_day, say_moment, say_span

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 11, 18, 10, 0, tzinfo=SHANGHAI)


def test_a_day_is_said_by_its_date():
    today = NOW.date()

    assert say_day(today, today) == "11月18日 周三"
    assert say_day(date(2026, 11, 24), today) == "11月24日 周二"
    assert say_day(date(2027, 1, 4), today) == "2027年1月4日 周一"


def test_a_moment_has_a_time_unless_only_the_day_was_meant():
    at = NOW + timedelta(days=1, hours=5)

    assert say_moment(at, now=NOW, zone=SHANGHAI) == "11月19日 周四 15:00"
    assert say_moment(at, now=NOW, zone=SHANGHAI, whole_day=True) == "11月19日 周四"


def test_spans_and_names():
    assert [say_span(timedelta(minutes=n)) for n in (0, 40, 130, 3000)] == [
        "1 分钟",
        "40 分钟",
        "2 小时",
        "2 天",
    ]
    assert (mask_name("张三"), mask_name("")) == ("张**", "未留姓名")
