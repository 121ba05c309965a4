"""Near matches are asked about, once, and never merged by themselves; switchboards and namesakes are not."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from bot.intake import likeness
from bot.store import lookalikes
from bot.store.tables.quality import lookalikes as pairs
from tests.handlers.workday import GAO, LINA, WANG, Day, labels, staff, told
from tests.intake.world import counted, enquire


@pytest.fixture
async def day(unit, clock):
    await unit(staff)
    return Day(unit, clock)


async def enter(day: Day, **fields):
    return await day.unit(lambda desk: enquire(desk, **{"company": "", "city": "", **fields}))


async def swept(day: Day) -> list[tuple[str, str, tuple[str, ...]]]:
    """Everything that came in is compared."""
    day.push(minutes=3)
    while await day.unit(lambda desk: likeness.sweep(desk, most=3)):
        pass
    rows = await day.unit(lambda desk: desk.tx.all(select(pairs).order_by(pairs.c.first, pairs.c.second)))
    return [(row[0], row[1], tuple(row.evidence)) for row in rows]


async def test_a_pair_is_shown_to_who_leads_both(day):
    """Same firm in another spelling, a number with one digit off: the manager gets a card with both."""
    await enter(day, name="王伟", phone="13812345678", company="云帆科技（上海）有限公司", city="上海")
    await enter(day, name="王伟", phone="13812345679", company="云帆科技", city="上海")

    found = await swept(day)
    (card,) = await day.cards_of(WANG, "pair:L1:L2")

    assert found == [("L1", "L2", ("same_name", "same_company", "same_city", "phone_close"))]
    assert "电话只差一位" in card.note
    assert labels(card) == ["合并", "不是同一个"]
    assert (await day.get("L2")).merged_into is None
    await day.presses(WANG, card, "合并")
    assert (await day.get("L2")).merged_into == "L1"


async def test_the_owner_of_both_decides_himself(day):
    """Nobody above him needs to be asked."""
    for number, name in ((8, "王小明"), (9, "王晓明")):
        lead = await enter(day, name=name, phone=f"1381234567{number}", company="云帆科技", city="上海")
        await day.says(LINA, f"领取 {lead.id}")

    await swept(day)

    assert len(await day.cards_of(LINA, "pair:L1:L2")) == 1
    assert await day.cards_of(WANG, "pair:L1:L2") == []
    assert "L1 王小明" in told(await day.says(LINA, "疑似重复"))
    assert told(await day.says(GAO, "疑似重复")) == "没有疑似重复的线索"


async def test_a_refused_pair_is_never_proposed_again(day):
    """Not by the sweep, and not when one of them is corrected."""
    await enter(day, name="王伟", phone="13812345678", company="云帆科技", city="上海")
    await enter(day, name="王伟", phone="13812345679", company="云帆科技", city="上海")
    await swept(day)
    (card,) = await day.cards_of(WANG, "pair:L1:L2")

    await day.presses(WANG, card, "不是同一个")
    again = await day.unit(lambda desk: likeness.compare(desk, "L2"))

    assert again == 0
    assert await day.unit(lambda desk: lookalikes.counts(desk.tx)) == {"apart": 1}
    assert await day.unit(lambda desk: counted(desk, "lookalike")) == {"proposed": 1, "apart": 1}


async def test_a_switchboard_makes_nobody_the_same_person(day):
    """Two colleagues give their office's number: two leads, and no question."""
    one = await enter(day, name="王伟", phone="021-62345678", company="云帆科技", city="上海")
    other = await enter(day, name="李芳", phone="(021)6234 5678", company="云帆科技", city="上海")
    again = await enter(day, name="王伟", phone="02162345678", company="云帆科技")

    assert one.id != other.id
    assert again.id == one.id
    assert await swept(day) == []
    checked = told(await day.says(LINA, "查重 021-62345678"))
    assert one.id in checked
    assert other.id in checked


async def test_namesakes_in_one_town_are_not_asked_about_for_ever(day):
    """张伟 in Shanghai, ten times: a name and a town say nothing any more."""
    for n in range(10):
        await enter(day, name="张伟", phone=f"139{n * 7919 + 1234:08d}", city="上海")

    found = await swept(day)

    # The first few may be one person; then it is a common name.
    assert len(found) <= 6
    assert (await day.unit(lambda desk: counted(desk, "lookalike.passed")))["common_name"] > 0


async def test_not_more_than_a_few_cards_a_day(day):
    """An import of duplicates fills the list, not the chat."""
    for n in range(20):
        await enter(
            day,
            name=f"欧阳{'一二三四五六七八九十'[n // 2]}远",
            phone=f"139{n:04d}{n * 7 % 10000:04d}",
            company=f"云帆{n // 2}",
            city="上海",
        )

    found = await swept(day)
    shown = 0
    for one, other, _ in found:
        shown += len(await day.cards_of(WANG, f"pair:{one}:{other}"))

    assert len(found) >= 10
    assert shown <= likeness.ASKED_PER_DAY + 1
    assert "疑似重复 5+ 对" in told(await day.says(WANG, "疑似重复"))
