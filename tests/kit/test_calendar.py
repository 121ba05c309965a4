"""Which days are worked: every day from 2018 to 2026, and what is said of later years."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from bot.kit.calendar import Calendar, statutory

# Weekdays off and weekends worked, written down from the State Council's yearly notices
# (国务院办公厅关于…年部分节假日安排的通知; 2020's with the extension of the Spring Festival).
OFF = {
    2018: "0101 0215-0221 0405-0406 0430-0501 0618 0924 1001-1005 1231",
    2019: "0101 0204-0208 0405 0501-0503 0607 0913 1001-1007",
    2020: "0101 0124-0131 0406 0501-0505 0625-0626 1001-1008",
    2021: "0101 0211-0217 0405 0503-0505 0614 0920-0921 1001-1007",
    2022: "0103 0131-0204 0404-0405 0502-0504 0603 0912 1003-1007",
    2023: "0102 0123-0127 0405 0501-0503 0622-0623 0929-1006",
    2024: "0101 0212-0216 0404-0405 0501-0503 0610 0916-0917 1001-1007",
    2025: "0101 0128-0204 0404 0501-0505 0602 1001-1008",
    2026: "0101-0102 0216-0223 0406 0501-0505 0619 0925 1001-1007",
}
WORKED = {
    2018: "0211 0224 0408 0428 0929 0930 1229",
    2019: "0202 0203 0428 0505 0929 1012",
    2020: "0119 0426 0509 0628 0927 1010",
    2021: "0207 0220 0425 0508 0918 0926 1009",
    2022: "0129 0130 0402 0424 0507 1008 1009",
    2023: "0128 0129 0423 0506 0625 1007 1008",
    2024: "0204 0218 0407 0428 0511 0914 0929 1012",
    2025: "0126 0208 0427 0928 1011",
    2026: "0104 0214 0228 0509 0920 1010",
}


def days(year: int, text: str) -> set[date]:
    found: set[date] = set()
    for part in text.split():
        first, _, last = part.partition("-")
        day = date(year, int(first[:2]), int(first[2:]))
        end = date(year, int((last or first)[:2]), int((last or first)[2:]))
        while day <= end:
            found.add(day)
            day += timedelta(days=1)
    return found


@pytest.mark.parametrize("year", range(2018, 2027))
def test_every_day_of_the_year_is_right(year: int):
    """Working days are Monday to Friday, less the days off, plus the worked weekends."""
    off, worked = days(year, OFF[year]), days(year, WORKED[year])
    calendar = Calendar()
    day = date(year, 1, 1)

    wrong = []
    while day.year == year:
        expected = day in worked or (day.weekday() < 5 and day not in off)
        wrong += [day] if calendar.is_working_day(day) != expected else []
        day += timedelta(days=1)

    assert wrong == []
    assert calendar.decreed(year)


def test_days_off_have_chinese_names():
    """A plain weekend has none, nor has a working day."""
    calendar = Calendar()

    assert calendar.name_of(date(2026, 10, 1)) == "国庆节"
    assert "调休" in (calendar.name_of(date(2026, 10, 7)) or "")
    assert calendar.name_of(date(2026, 11, 21)) is None
    assert calendar.name_of(date(2026, 2, 14)) is None


@pytest.mark.parametrize("year", [1999, 2027, 2030])
def test_a_year_without_a_notice_is_known_as_such(year: int):
    """It says so, and its festivals are presumed all the same."""
    calendar = Calendar()

    assert not calendar.decreed(year)
    assert "尚未公布" in calendar.source(year)
    assert not calendar.is_working_day(date(year, 10, 1))
    assert statutory(year).worked_weekends == frozenset()


def test_undecreed_years_of_a_span_are_listed():
    """So that a due date in next year can say that it is provisional."""
    assert Calendar().undecreed(date(2026, 12, 30), date(2028, 1, 2)) == (2027, 2028)
    assert Calendar().undecreed(date(2026, 1, 1), date(2026, 12, 31)) == ()


def test_the_companys_own_days_win():
    """A working holiday, a free Wednesday, a worked Saturday that it does not work."""
    calendar = Calendar(
        days_off={date(2026, 11, 18): "公司周年", date(2026, 10, 10): "不调休"},
        worked=frozenset({date(2026, 10, 1), date(2026, 11, 22)}),
    )

    assert not calendar.is_working_day(date(2026, 11, 18))
    assert calendar.name_of(date(2026, 11, 18)) == "公司周年"
    assert not calendar.is_working_day(date(2026, 10, 10))
    assert calendar.is_working_day(date(2026, 10, 1))
    assert calendar.is_working_day(date(2026, 11, 22))


def test_a_notice_typed_in_by_hand_replaces_the_guess():
    """What the package only presumes of that year (here 3 May 2027) counts no longer."""
    assert not Calendar().is_working_day(date(2027, 5, 3))

    calendar = Calendar(days_off={date(2027, 5, 1): "劳动节"}, sources={2027: "某通知"})

    assert calendar.is_working_day(date(2027, 5, 3))
    assert calendar.decreed(2027)
    assert calendar.source(2027) == "某通知"


@pytest.mark.parametrize(
    ("day", "count", "found"),
    [
        (date(2026, 9, 30), 1, date(2026, 10, 8)),
        (date(2026, 10, 9), 1, date(2026, 10, 10)),
        (date(2026, 10, 9), 2, date(2026, 10, 12)),
        (date(2026, 10, 3), 1, date(2026, 10, 8)),
        (date(2026, 11, 20), 0, date(2026, 11, 20)),
        (date(2025, 12, 31), 1, date(2026, 1, 4)),
    ],
)
def test_working_days_are_counted_over_holidays(day: date, count: int, found: date):
    """The day itself does not count."""
    assert Calendar().add_working_days(day, count) == found


def test_a_table_without_working_days_is_noticed():
    """Rather than searched for ever."""
    first = date(2026, 1, 1)
    calendar = Calendar(days_off={first + timedelta(days=n): "关门" for n in range(4_000)})

    with pytest.raises(ValueError, match="no working day"):
        calendar.next_working_day(first)
