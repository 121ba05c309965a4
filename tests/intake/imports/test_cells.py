"""What Excel does to phones, days and amounts, and what is read nevertheless."""

from __future__ import annotations

from datetime import date, datetime, timezone
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from bot.intake.imports import cells
from bot.intake.imports.cells import BadCellError

ZONE = ZoneInfo("Asia/Shanghai")


@pytest.mark.parametrize(
    ("cell", "numbers"),
    [
        ("13800138000", ["+8613800138000"]),
        ("'13800138000", ["+8613800138000"]),
        ("13800138000.0", ["+8613800138000"]),
        ("1.3800138E+10", ["+8613800138000"]),
        ("１３８００１３８０００", ["+8613800138000"]),
        ("+86 138-0013-8000", ["+8613800138000"]),
        ("13800138000/13900139000", ["+8613800138000", "+8613900139000"]),
        ("13800138000、13900139000、13800138000", ["+8613800138000", "+8613900139000"]),
        ("13800138000，王总", ["+8613800138000"]),
        ("010-62345678 转 801", ["+861062345678"]),
        ("0755-26551234-123", None),
        ("1.38E+10", None),
        ("12345", None),
        ("电话见备注", None),
    ],
)
def test_phones(cell: str, numbers: list[str] | None) -> None:
    """Several numbers in a cell are all kept; digits that were rounded away are never made up."""
    if numbers is None:
        with pytest.raises(BadCellError):
            cells.read_phones(cell)
        return
    found = cells.read_phones(cell)
    assert [one.reveal() for one in (found.first, *found.more)] == numbers


@pytest.mark.parametrize(
    ("cell", "order", "local"),
    [
        ("2026-11-18", "", (2026, 11, 18, 0, 0)),
        ("2026/1/5", "", (2026, 1, 5, 0, 0)),
        ("2026年11月18日", "", (2026, 11, 18, 0, 0)),
        ("2026.11.18 9:30", "", (2026, 11, 18, 9, 30)),
        ("2026-11-18 09:30:00.000", "", (2026, 11, 18, 9, 30)),
        ("2026-11-18T01:30:00Z", "", (2026, 11, 18, 9, 30)),
        ("20261118", "", (2026, 11, 18, 0, 0)),
        ("45981", "", (2025, 11, 20, 0, 0)),
        ("45981.5", "", (2025, 11, 20, 12, 0)),
        ("10/20/2016", "", (2016, 10, 20, 0, 0)),
        ("26-02-2018 19:58", "", (2018, 2, 26, 19, 58)),
        ("01-02-2018", "day_first", (2018, 2, 1, 0, 0)),
        ("01/02/2018", "month_first", (2018, 1, 2, 0, 0)),
        ("5/5/2018", "", (2018, 5, 5, 0, 0)),
        ("01/02/2018", "", None),
        ("31/12/2018", "month_first", None),
        ("2026-02-30", "", None),
        ("明天", "", None),
        ("7", "", None),
    ],
)
def test_days(cell: str, order: str, local: tuple[int, ...] | None) -> None:
    """A day that can be read two ways is refused until it is said which."""
    if local is None:
        with pytest.raises(BadCellError):
            cells.read_day(cell, ZONE, order)
        return
    assert cells.read_day(cell, ZONE, order) == datetime(*local, tzinfo=ZONE).astimezone(timezone.utc)


def test_a_column_tells_its_own_order() -> None:
    """One day beyond the twelfth is enough."""
    assert cells.order_of(["01/02/2018", "13/02/2018"]) == "day_first"
    assert cells.order_of(["01/02/2018", "02/13/2018"]) == "month_first"
    assert cells.order_of(["01/02/2018", "", "2018-01-02"]) == ""


@pytest.mark.parametrize(
    ("cell", "amount"),
    [
        ("1,054.00", "1054"), ("¥4.8万", "48000"), ("5万元", "50000"), ("1054", "1054"), ("0", "0"),
        ("１２３", "123"), ("12.345", "12.34"), ("1e3", "1000"), ("-5", None), ("面议", None), ("nan", None),
    ],
)  # fmt: skip
def test_amounts(cell: str, amount: str | None) -> None:
    if amount is None:
        with pytest.raises(BadCellError):
            cells.read_money(cell)
        return
    assert cells.read_money(cell) == Decimal(amount)


def test_months() -> None:
    for cell in ("2026-11", "2026年11月", "2026/11/1", "2026-11-30"):
        assert cells.read_month(cell, ZONE) == date(2026, 11, 1)
