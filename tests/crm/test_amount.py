"""Money and discounts as they are written."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.crm.amount import find_amount, find_discount, read_amount, read_discount, say_amount, say_percent
from bot.crm.written import half_width, read_number

NUMBERS = {
    "48,000": 48000,
    "4.8万": 48000,
    "5w": 50000,
    "四万八": 48000,
    "十五": 15,
    "二十五": 25,
    "一百二": 120,
    "一百二十万": 1_200_000,
    "3万5千": 35000,
    "3万5000": 35000,
    "5万8": 58000,
    "三万零五": 30005,
    "三万零五百": 30500,
    "两千五": 2500,
    "两万五千六": 25600,
    "1.2亿": 120_000_000,
    "一亿两千万": 120_000_000,
    "3k": 3000,
}


@pytest.mark.parametrize(("said", "number"), [*NUMBERS.items()])
def test_numbers_in_digits_words_or_both(said: str, number: int):
    assert read_number(said) == number


@pytest.mark.parametrize("said", ["", "万", "五个", "4.8.1", "十,五", "价格"])
def test_what_is_no_number_is_none(said: str):
    assert read_number(said) is None


@pytest.mark.parametrize(
    ("said", "amount"),
    [
        ("48000", "48000.00"),
        ("¥48,000", "48000.00"),
        ("￥4.8万", "48000.00"),
        ("５万", "50000.00"),
        ("五万元", "50000.00"),
        ("5万块", "50000.00"),
        ("48000元整", "48000.00"),
        ("约5W", "50000.00"),
        ("199.9", "199.90"),
    ],
)
def test_amounts(said: str, amount: str):
    assert read_amount(said) == Decimal(amount)


@pytest.mark.parametrize("said", ["", "0", "-5", "很多", "4.888", "1000000000000000", "5万套", "48,00"])
def test_what_is_no_amount_is_none(said: str):
    assert read_amount(said) is None


@pytest.mark.parametrize(
    ("said", "amount"),
    [("2万 11月20日", 20000), ("11月20日 2万", 20000), ("昨天 20000", 20000), ("2026-11-20 收 3万", 30000)],
)
def test_an_amount_is_told_from_a_day(said: str, amount: int):
    found = find_amount(said)

    assert found is not None
    assert found.value == amount


@pytest.mark.parametrize("said", ["11月20日", "第2周", "95折", "下午3点", "5%"])
def test_days_and_discounts_are_no_amounts(said: str):
    assert find_amount(said) is None


@pytest.mark.parametrize(
    ("said", "off"),
    [
        ("折扣5%", 5),
        ("折扣 5", 5),
        ("优惠10%", 10),
        ("95折", 5),
        ("打95折", 5),
        ("九五折", 5),
        ("9折", 10),
        ("8.5折", 15),
        ("八五折", 15),
        ("八点八折", 12),
        ("降5个点", 5),
        ("7.5% off", Decimal("7.5")),
        ("不打折", 0),
        ("原价", 0),
        ("对折", 50),
    ],
)
def test_discounts_in_per_cent_off(said: str, off: int | Decimal):
    assert read_discount(said) == off


def test_a_bare_number_is_per_cent_off_and_money_is_none():
    assert read_discount("5") == 5
    assert read_discount("优惠5万") is None
    assert find_discount("没谈价格") is None


def test_money_is_said_with_separators_and_cents_only_where_there_are_some():
    assert say_amount(Decimal("48000.00")) == "¥48,000"
    assert say_amount(Decimal("199.90")) == "¥199.90"
    assert say_amount(Decimal(100), "USD") == "USD 100"
    assert say_percent(Decimal("7.50")) == "7.5%"


@given(st.decimals(min_value="0.01", max_value="999999999", places=2))
def test_what_is_said_can_be_read(amount: Decimal):
    assert read_amount(say_amount(amount)) == amount


def test_full_width_signs_become_half_width_and_keep_their_places():
    assert half_width("Ｌ７　，：￥") == "L7 ,:¥"
