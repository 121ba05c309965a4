"""合并 L7 L9: shown first, done by a press, undone by a word; who may not learns nothing."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from bot.crm.lead import LeadStatus
from bot.rules.score import Points
from bot.store import behaviours, follow_ups, lead_keys, leads, merges, scores, tasks
from bot.store.behaviours import Behaved
from bot.store.tables.machinery import audit, outbox, timers
from bot.store.tables.people import users
from bot.store.tables.sales import opportunities
from tests.conftest import NOW
from tests.handlers.workday import CHEN, GAO, LINA, WANG, ZHOU, Day, labels, staff, told

PHONES = ("+8613812345678", "+8613812345679", "+8613912340001")


@pytest.fixture
async def day(unit, clock):
    await unit(staff)
    return Day(unit, clock)


async def two(day: Day, of=LINA, other=LINA) -> None:
    """L1 in spring, L2 a day later."""
    await day.lead(of=of, phone=PHONES[0], name="王伟")
    day.push(days=1)
    await day.lead(of=other, phone=PHONES[1], name="王伟", city="上海")


async def test_the_earlier_lead_goes_on_with_what_both_have(day):
    """History of both hangs on it, gaps are filled, and both numbers find it."""
    await two(day)
    await day.says(LINA, "跟进 L2 已电话，客户要报价，下周二回访")

    asked = await day.says(LINA, "合并 L2 L1")
    done = await day.presses(LINA, asked.card, "合并")

    lead = await day.get("L1")
    assert "王伟" in told(asked)
    assert "138****5678 ｜ 138****5679" in told(asked)
    assert "已合并：L2 并入 L1" in told(done)
    assert lead.city == "上海"
    assert (await day.get("L2")).merged_into == "L1"
    assert [one.lead_id for one in await day.unit(lambda desk: follow_ups.of_lead(desk, "L1", most=5))] == [
        "L1"
    ]
    assert [one.lead_id for one in await day.unit(lambda desk: tasks.open_of_lead(desk, "L1"))] == ["L1"]
    for phone in PHONES[:2]:
        (key,) = await day.unit(lambda desk, phone=phone: keys(desk, phone))
        assert await day.unit(lambda desk, key=key: lead_keys.holder(desk.tx, key)) == "L1"


async def keys(desk, phone):
    return lead_keys.keys_of(desk.vault, phone=phone)


async def test_whose_words_count_can_be_chosen(day):
    """Where both have a value the card shows both, and the choice decides."""
    await two(day)

    asked = await day.says(LINA, "合并 L1 L2")
    await day.presses(LINA, asked.card, "合并", prefers="gone")

    assert (await day.get("L1")).phone_masked == "138****5679"


async def test_old_numbers_and_cards_lead_to_the_one_that_goes_on(day):
    """Who says L2 means L1; the card of L2 says what became of it."""
    await two(day)
    await merge(day, LINA)

    assert "L2 已并入 L1" in told(await day.says(LINA, "L2"))
    await day.says(LINA, "跟进 L2 已电话")
    assert (await day.get("L1")).last_follow_up_at is not None


async def merge(day: Day, who, one="L1", other="L2") -> str:
    asked = await day.says(who, f"合并 {one} {other}")
    return told(await day.presses(who, asked.card, "合并"))


async def test_tasks_and_deals_of_the_other_owner_go_to_whose_lead_it_is(day):
    """The manager merges leads of two reps: the earlier owner has it all, and both are told."""
    await two(day, LINA, GAO)
    await day.says(GAO, "提醒 L2 明天下午3点发合同")
    await day.says(GAO, "L2 转商机 专业版 48000")

    asked = await day.says(WANG, "合并 L1 L2")
    assert "高峰的1 个任务、1 个商机转给李娜" in told(asked).replace("2 个任务", "1 个任务")
    await day.presses(WANG, asked.card, "合并")

    assert {row.owner_id for row in await day.rows(opportunities)} == {"lina"}
    assert (await day.get("L1")).status is LeadStatus.CONVERTED
    assert any("L2 并入了 L1，由你负责" in text for text in await day.texts_to("wx-lina"))
    assert any("由李娜负责" in text for text in await day.texts_to("wx-gao"))


async def test_a_lead_without_an_owner_gets_the_others(day):
    """Nobody loses a customer whom he works on by merging him with one in the pool."""
    await two(day, None, LINA)

    await merge(day, WANG)

    lead = await day.get("L1")
    assert (lead.owner_id, lead.status) == ("lina", LeadStatus.ASSIGNED)


@pytest.mark.parametrize("who", [GAO, CHEN])
async def test_who_has_neither_learns_nothing(day, who):
    """Numbers of others say nothing, and the try leaves a row."""
    await two(day)

    for said in ("合并 L1 L2", "L1 L2 不是同一个", "撤销合并 L2"):
        answer = told(await day.says(who, said))
        assert "王伟" not in answer
    assert (await day.get("L2")).merged_into is None
    assert {actor for actor, _ in await day.refusals()} == {who.id}


async def test_who_has_one_of_them_has_the_manager_decide(day):
    """He knows of a duplicate that is a colleague's: the manager of both gets the card."""
    await two(day, LINA, GAO)

    answer = told(await day.says(LINA, "合并 L1 L2"))
    (card,) = await day.cards_of(WANG, "pair:L1:L2")

    assert "已请王磊决定" in answer
    assert "王伟" not in answer
    assert labels(card) == ["合并", "不是同一个"]
    await day.presses(WANG, card, "合并")
    assert (await day.get("L2")).merged_into == "L1"


async def test_undone_by_a_word(day):
    """撤销合并 L2: both are as they were."""
    await two(day, LINA, GAO)
    await merge(day, WANG)

    answer = told(await day.says(WANG, "撤销合并 L2"))

    assert "已撤销" in answer
    assert (await day.get("L2")).merged_into is None
    assert (await day.get("L2")).owner_id == "gao"
    actions = [row.action for row in await day.rows(audit)]
    assert {"lead.merged", "lead.unmerged"} <= set(actions)


async def test_what_happened_since_stays(day):
    """A follow-up and a correction made after merging are not lost by undoing it."""
    await two(day, LINA, LINA)
    await merge(day, LINA)
    await day.says(LINA, "跟进 L1 谈了价格")
    await day.says(LINA, "改 L1 城市 南京")

    answer = told(await day.says(LINA, "撤销合并 L2"))

    assert "保留现在的内容" in answer
    assert (await day.get("L1")).city == "南京"
    assert (await day.get("L1")).last_follow_up_at is not None
    assert (await day.get("L1")).phone_masked == "138****5678"


async def test_the_later_merging_has_to_be_undone_first(day):
    """L3 came into L1 after L2 did: that one first, and the answer says which."""
    await two(day)
    await day.lead(of=LINA, phone=PHONES[2], name="王伟")
    await merge(day, LINA)
    await merge(day, LINA, "L1", "L3")

    assert "请先发「撤销合并 M2」" in told(await day.says(LINA, "撤销合并 M1"))
    assert "已撤销" in told(await day.says(LINA, "撤销合并 M2"))
    assert "已撤销" in told(await day.says(LINA, "撤销合并 M1"))


async def test_a_chain_leads_to_its_end(day):
    """L3 into L2, then L2 into L1: L3 leads to L1, and after undoing to L2 again."""
    await two(day)
    await day.lead(of=LINA, phone=PHONES[2], name="王伟")
    await merge(day, LINA, "L2", "L3")
    await merge(day, LINA, "L1", "L2")

    assert (await day.get("L3")).merged_into == "L1"
    await day.says(LINA, "撤销合并 L2")
    assert (await day.get("L3")).merged_into == "L2"


async def test_after_thirty_days_it_is_too_late(day):
    """The journal holds names and numbers: it is kept for thirty days and no longer."""
    await two(day)
    await merge(day, LINA)
    day.push(days=31)

    assert "已超过 30 天" in told(await day.says(LINA, "撤销合并 L2"))
    now = day.clock.now
    assert await day.unit(lambda desk: merges.forget(desk.tx, now)) == 1


async def test_not_when_its_owner_has_left(day):
    """It would be a lead that nobody works on."""
    await two(day, LINA, GAO)
    await merge(day, WANG)
    gone = users.update().where(users.c.id == "gao").values(active=False)
    await day.unit(lambda desk: desk.tx.run(gone))

    assert "高峰已离职" in told(await day.says(WANG, "撤销合并 L2"))


async def test_clocks_of_the_one_that_is_gone_stand_still(day, unit):
    """Nobody is reminded of a lead that is no more, and after undoing he is."""
    await two(day, LINA, GAO)
    await day.says(ZHOU, "改派 L2 李娜")
    waiting = await waits(day)

    await merge(day, WANG)
    assert not [one for one in await waits(day) if one[0] == "lead:L2" and "response" in one[1]]

    day.push(minutes=5)
    await day.says(WANG, "撤销合并 L2")
    assert await waits(day) == waiting


async def waits(day: Day) -> list[tuple[str, str, object]]:
    return sorted((row.lane_key, row.kind, row.due_at) for row in await day.rows(timers, state="waiting"))


async def test_a_pair_that_is_not_one_is_not_asked_about_again(day):
    """不是同一个 is remembered."""
    await two(day, LINA, GAO)
    await day.says(LINA, "合并 L1 L2")
    (card,) = await day.cards_of(WANG, "pair:L1:L2")
    await day.presses(WANG, card, "不是同一个")

    assert "要由同时管两边的经理" in told(await day.says(LINA, "合并 L1 L2"))
    assert len(await day.cards_of(WANG, "pair:L1:L2")) == 1
    assert told(await day.says(WANG, "疑似重复")) == "没有疑似重复的线索"


async def scored(day: Day, lead_id: str, points: int) -> None:
    """Points for what somebody did."""
    gain = Points("by_hand", points, "看了价格页", f"test:{lead_id}")

    async def give(desk):
        await leads.lock(desk.tx, lead_id)
        score = await scores.add(desk, lead_id, [gain])
        await scores.settle(desk, lead_id, score, tier="", is_mql=score >= 40, is_sql=False)

    await day.unit(give)


async def test_two_who_qualify_only_together_ring(day):
    """Forty points and thirty, nobody's: merged they are over the line, and sales hears of it once."""
    await day.lead(of=None, phone=PHONES[0], name="王伟")
    await day.lead(of=None, phone=PHONES[1], name="王伟")
    await scored(day, "L1", 40)
    await scored(day, "L2", 30)

    asked = await day.says(ZHOU, "合并 L1 L2")
    await day.presses(ZHOU, asked.card, "合并")

    lead = await day.get("L1")
    assert lead.is_sales_qualified
    rung = await day.unit(
        lambda desk: desk.tx.all(select(outbox.c.recipient).where(outbox.c.topic == "lead:L1"))
    )
    assert f"wx-{LINA.id}" in {row.recipient for row in rung}


async def test_what_nobody_counted_yet_is_counted_for_the_one_that_stays(day):
    """A page that the other looked at a moment ago is woken in the lane of the one that goes on."""
    await two(day)
    looked = Behaved(
        message_id="m1", event="pricing_page_viewed", at=NOW, received_at=NOW, lead_id="L2", uncounted=True
    )
    await day.unit(lambda desk: behaviours.record(desk.tx, looked))

    asked = await day.says(LINA, "合并 L2 L1")
    await day.presses(LINA, asked.card, "合并")

    rows = await day.unit(lambda desk: desk.tx.all(select(timers)))
    assert any(row.lane_key == "lead:L1" and row.kind == "signal.lead.behaved" for row in rows)
