"""查: one's own by name, phone and company; of others only who has them."""

from __future__ import annotations

from typing import Any

import pytest

from tests.handlers.workday import CHEN, GAO, LINA, SOUTH, WANG, ZHOU, Day, labels, staff, told

PHONE = "13812345678"


@pytest.fixture
async def day(unit: Any, clock: Any) -> Day:
    await unit(staff)
    return Day(unit, clock)


@pytest.mark.parametrize("said", ["林晓", "星河", "星河科技", "林"])
async def test_ones_own_are_found_by_part_of_name_or_company(day: Day, said: str):
    await day.lead()

    reply = await day.says(LINA, f"查 {said}")

    assert "林晓·星河科技 138****5678" in told(reply)
    assert PHONE not in told(reply)


async def test_signs_of_the_database_mean_themselves(day: Day):
    await day.lead()

    for said in ("%", "_", "星%技", "\\"):
        assert "没有找到" in told(await day.says(LINA, f"查 {said}"))


async def test_a_phone_finds_ones_own_however_it_is_written(day: Day):
    await day.lead()

    for said in (PHONE, "138 1234 5678", "+86 13812345678"):
        assert "林晓" in told(await day.says(LINA, f"查 {said}"))


async def test_a_colleagues_lead_is_only_said_to_be_his_since_when(day: Day):
    await day.lead()
    day.push(days=1)

    by_phone, by_name = await day.says(GAO, f"查 {PHONE}"), await day.says(GAO, "查 林晓")

    assert "L1 已由 李娜 负责（11月18日 周三起）" in told(by_phone)
    assert "林晓" not in told(by_phone).replace("找到", "")
    assert by_phone.card is not None
    assert by_phone.card.buttons == ()
    assert "没有找到" in told(by_name)


async def test_a_free_one_can_be_taken_at_once_by_whoever_may(day: Day):
    await day.lead(None)

    mine, others = await day.says(LINA, f"查 {PHONE}"), await day.says(CHEN, f"查 {PHONE}")

    assert mine.card is not None
    assert labels(mine.card) == ["领取 L1"]
    assert "没有找到" in told(others)


async def test_a_manager_finds_his_region_and_a_director_all(day: Day):
    await day.lead()
    await day.lead(CHEN, name="林东", region=SOUTH, pool="south", phone="+8613900000001")

    region, everything = await day.says(WANG, "查 林"), await day.says(ZHOU, "查 林")

    assert region.card is not None
    assert labels(region.card) == ["L1"]
    assert everything.card is not None
    assert sorted(labels(everything.card)) == ["L1", "L2"]


async def test_more_than_a_page_says_so(day: Day):
    for number in range(7):
        await day.lead(phone=f"+861390000000{number}")

    reply = await day.says(LINA, "查 星河")

    assert reply.card is not None
    assert len(reply.card.fields) == 5
    assert "还有更多" in told(reply)
