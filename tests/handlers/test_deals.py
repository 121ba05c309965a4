"""Opportunities: from lead to money, each step with its gate and its history."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from bot.chat.card import Card
from bot.crm.lead import LeadStatus
from bot.store import opportunities
from bot.store.tables.leads import lifecycle_changes
from bot.store.tables.sales import accounts, opportunity_changes, payments, quotes, stage_changes
from bot.store.tables.sales import opportunities as deals
from tests.handlers.workday import CHEN, EAST, GAO, LINA, WANG, ZHOU, Day, button, labels, staff, told


@pytest.fixture
async def day(unit: Any, clock: Any) -> Day:
    await unit(staff)
    return Day(unit, clock)


@pytest.fixture
async def deal(day: Day) -> Card:
    """D4's card: L1 has become D1."""
    lead = await day.lead()
    reply = await day.says(LINA, f"转商机 {lead.id}")
    assert reply.card is not None
    return reply.card


async def stands(day: Day) -> Any:
    return await day.unit(lambda desk: opportunities.find(desk.tx, "D1"))


async def test_a_lead_becomes_an_account_and_an_opportunity(day: Day):
    lead = await day.lead()

    reply = await day.says(LINA, f"转商机 {lead.id} 专业版 5万 12月底")

    assert (await day.get(lead.id)).status is LeadStatus.CONVERTED
    (account,) = await day.rows(accounts)
    assert (account.id, account.name, account.owner_id) == ("A1", "星河科技", "lina")
    (row,) = await day.rows(deals)
    assert (row.id, row.name, row.product, row.stage) == ("D1", "星河科技·专业版", "专业版", "初步接触")
    assert (row.amount, row.expected_close_on) == (Decimal(50000), date(2026, 12, 31))
    assert (row.source, row.created_owner_id, row.created_team) == ("官网", "lina", "上海组")
    (stage,) = await day.rows(stage_changes)
    assert (stage.before, stage.after, stage.region) == ("", "初步接触", EAST)
    assert [change.after for change in await day.rows(lifecycle_changes, lead_id=lead.id)][-1] == "决策"
    assert "金额：¥50,000" in told(reply)
    assert reply.topic == "deal:D1"


async def test_the_same_company_is_one_account(day: Day):
    first = await day.lead(company="云帆软件有限公司")
    second = await day.lead(company="云帆软件（上海）有限公司", phone="+8613900000001")

    for lead in (first, second):
        await day.says(LINA, f"转商机 {lead.id}")

    assert len(await day.rows(accounts)) == 1
    assert len(await day.rows(deals)) == 2


async def test_converting_twice_shows_the_first(day: Day, deal: Card):
    reply = await day.says(LINA, "转商机 L1")

    assert "已经转过商机" in told(reply)
    assert len(await day.rows(deals)) == 1


async def test_a_product_nobody_sells_is_asked_about(day: Day):
    lead = await day.lead()

    reply = await day.says(LINA, f"转商机 {lead.id} 专业板")

    assert "你是不是想写「专业版」" in reply.text
    assert await day.rows(deals) == []


async def test_the_card_offers_what_can_be_done(deal: Card):
    assert labels(deal) == ["推进阶段", "报价", "赢单", "输单", "回款", "跟进"]
    assert deal.choice is not None
    assert [label for _, label in deal.choice.options] == ["需求确认", "方案报价", "商务谈判"]


async def test_a_gate_says_what_is_missing_and_how_to_fill_it(day: Day, deal: Card):
    refused = await day.presses(LINA, deal, "推进阶段", stage="商务谈判")

    assert "还差：产品、金额、预计成交日" in refused.text
    assert "商机 D1 产品" in refused.text
    for said in ("商机 D1 产品 专业版", "D1 金额 4.8万", "D1 预计成交 月底"):
        await day.says(LINA, said)
    moved = await day.presses(LINA, deal, "推进阶段", stage="商务谈判")
    assert "已推进到「商务谈判」" in told(moved)
    assert [(row.before, row.after) for row in await day.rows(stage_changes)][1:] == [
        ("初步接触", "商务谈判")
    ]
    changes = [(row.field, row.before, row.after) for row in await day.rows(opportunity_changes)]
    assert changes == [
        ("product", "", "专业版"),
        ("amount", None, "48000.00"),
        ("expected_close_on", None, "2026-11-30"),
    ]


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        ("D1 到火星", "没有「火星」这个阶段"),
        ("D1 到初步接触", "已经在「初步接触」"),
        ("D1 到赢单", "D1 赢单"),
        ("商机 D1 产品 专业板", "你是不是想写「专业版」"),
        ("商机 D1 金额 很多", "没看懂金额「很多」"),
        ("商机 D1 预计成交 改天", "没看懂日期「改天」"),
        ("商机 D1 预计成交 11月1日", "已经过去了"),
        ("报价 D1 48000 折扣95%", "折扣「95」太大"),
        ("回款 D1 2万 明天", "还没到"),
        ("D99 赢单", "没有找到你负责的商机「D99」"),
        ("L9 赢单", "先发「转商机 L9」"),
    ],
)
async def test_what_cannot_be_done_is_said_plainly(day: Day, deal: Card, said: str, answer: str):
    reply = await day.says(LINA, said)

    assert answer in told(reply)
    after = await stands(day)
    assert (after.stage, after.product, after.amount) == ("初步接触", "", None)
    assert await day.rows(payments) == []


async def test_a_quote_moves_an_early_deal_and_sets_its_amount(day: Day, deal: Card):
    reply = await day.says(LINA, "报价 D1 48000 九五折")

    (quote,) = await day.rows(quotes)
    assert (quote.amount, quote.discount, quote.by) == (Decimal(48000), 5, "lina")
    after = await stands(day)
    assert (after.stage, after.amount) == ("方案报价", Decimal(48000))
    assert "已记录报价 ¥48,000（优惠 5%）" in told(reply)
    assert await day.texts_to("wx-zhou") == []


async def test_a_later_quote_leaves_the_stage(day: Day, deal: Card):
    for said in ("报价 D1 48000", "D1 产品 专业版", "D1 预计成交 月底", "D1 到商务谈判", "报价 D1 45000"):
        await day.says(LINA, said)

    after = await stands(day)
    assert (after.stage, after.amount) == ("商务谈判", Decimal(45000))


@pytest.mark.parametrize(("discount", "is_told"), [("折扣15%", False), ("折扣15.5%", True), ("八折", True)])
async def test_the_director_hears_of_a_discount_of_more_than_fifteen_per_cent(
    day: Day, deal: Card, discount: str, is_told: bool
):
    await day.says(LINA, f"报价 D1 48000 {discount}")

    told_director = await day.texts_to("wx-zhou")
    assert bool(told_director) is is_told
    assert all("李娜 给 D1（星河科技）报价 ¥48,000" in text for text in told_director)


async def test_the_button_asks_for_the_amount_and_the_next_words_are_it(day: Day, deal: Card):
    asked = await day.presses(LINA, deal, "报价")
    await day.says(LINA, "4.8万 打95折")

    assert "D1 报价多少" in asked.text
    assert (await stands(day)).amount == Decimal(48000)


async def test_a_win_closes_it_rings_in_the_group_and_makes_a_buyer(day: Day, deal: Card):
    await day.says(LINA, "D1 产品 专业版")

    reply = await day.says(LINA, "D1 赢单 4.8万")

    after = await stands(day)
    assert (after.stage, after.won, after.amount) == ("赢单", True, Decimal(48000))
    (row,) = await day.rows(deals)
    assert (row.closed_owner_id, row.closed_team, row.closed_region) == ("lina", "上海组", EAST)
    (news,) = await day.texts_to("leadbellwins")
    assert news.splitlines()[0] == "喜报：李娜 签单 ¥48,000"
    assert "客户：星河科技" in news
    assert "林晓" not in news
    assert [one.after for one in await day.rows(lifecycle_changes, lead_id="L1")][-1] == "购买"
    assert reply.card is not None
    assert labels(reply.card) == ["回款", "跟进"]


async def test_who_pays_is_served_and_who_buys_again_is_loyal(day: Day, deal: Card):
    """A payment for a won deal is service; the firm's second deal is loyalty, and nothing leads back."""
    await day.says(LINA, "D1 产品 专业版")
    await day.says(LINA, "回款 D1 1万")
    await day.says(LINA, "D1 赢单 4.8万")
    await day.says(LINA, "回款 D1 2万")
    again = await day.lead(phone="+8613812345679")
    await day.says(LINA, f"转商机 {again.id} 专业版")
    await day.says(LINA, "D2 赢单 9800")
    await day.says(LINA, "回款 D2 9800")

    first, second = [
        [one.after for one in await day.rows(lifecycle_changes, lead_id=lead_id)]
        for lead_id in ("L1", again.id)
    ]
    assert first[-2:] == ["购买", "服务"]
    assert second[-2:] == ["决策", "忠诚"]


async def test_a_person_without_a_company_is_not_named_in_the_group(day: Day):
    lead = await day.lead(company="")
    await day.says(LINA, f"转商机 {lead.id} 专业版")

    await day.says(LINA, "D1 赢单 9800")

    (news,) = await day.texts_to("leadbellwins")
    assert "客户：林**" in news


async def test_a_press_on_win_asks_once_more(day: Day, deal: Card):
    """It cannot be taken back."""
    for said in ("D1 产品 专业版", "报价 D1 48000"):
        await day.says(LINA, said)

    asked = await day.presses(LINA, deal, "赢单")
    assert asked.card is not None
    assert (await stands(day)).won is None
    assert "金额：¥48,000" in told(asked)
    await day.presses(LINA, asked.card, "确认赢单")

    assert (await stands(day)).won is True


async def test_a_win_needs_an_amount_and_a_product(day: Day, deal: Card):
    asked = await day.says(LINA, "D1 赢单")
    gated = await day.says(LINA, "48000")

    assert "赢单金额是多少" in asked.text
    assert "还差：产品" in gated.text
    assert (await stands(day)).won is None


async def test_a_closed_deal_is_not_opened_again(day: Day, deal: Card):
    await day.says(LINA, "D1 输单 价格")

    for said in ("D1 赢单 5万", "D1 到需求确认", "报价 D1 5万", "商机 D1 金额 5万", "D1 输单 竞品"):
        assert "已经输单，不能再改" in (await day.says(LINA, said)).text
    assert "不能记回款" in (await day.says(LINA, "回款 D1 2万")).text
    after = await stands(day)
    assert (after.won, after.lost_reason) == (False, "价格")


async def test_a_loss_needs_a_reason_of_the_list(day: Day, deal: Card):
    asked = await day.presses(LINA, deal, "输单")
    assert asked.card is not None
    assert asked.card.poll is not None
    assert [label for _, label in asked.card.poll.options] == ["价格", "竞品", "预算", "时机", "失联"]
    wrong = await day.says(LINA, "输单 D1 心情不好")
    assert "输单原因要从这里选" in told(wrong)

    lost = await day.presses(LINA, asked.card, "确认输单", reason="竞品")

    assert "已输单，原因：竞品" in told(lost)
    assert [row.reason for row in await day.rows(stage_changes)][-1] == "竞品"


async def test_money_comes_in_with_its_day_and_adds_up(day: Day, deal: Card):
    for said in ("D1 产品 专业版", "D1 赢单 48000", "回款 D1 2万 昨天"):
        await day.says(LINA, said)

    reply = await day.says(LINA, "D1 回款 3万")

    rows = sorted(await day.rows(payments), key=lambda row: row.amount)
    assert [(row.amount, row.on) for row in rows] == [
        (Decimal(20000), date(2026, 11, 17)),
        (Decimal(30000), date(2026, 11, 18)),
    ]
    assert {(row.owner_id, row.team, row.region) for row in rows} == {("lina", "上海组", EAST)}
    assert "合计 ¥50,000，超过了合同金额 ¥48,000" in told(reply)


@pytest.mark.parametrize("who", [GAO, CHEN])
@pytest.mark.parametrize(
    "said", ["D1", "D1 赢单 5万", "D1 输单 价格", "报价 D1 5万", "回款 D1 2万", "D1 到需求确认"]
)
async def test_a_stranger_gets_nothing(day: Day, deal: Card, who: Any, said: str):
    reply = await day.says(who, said)

    assert "没有找到你负责的商机" in reply.text
    assert "星河" not in told(reply)
    assert await day.refusals() == [(who.id, "deal:D1")]
    assert (await stands(day)).is_open


async def test_the_manager_may_and_the_director_may(day: Day, deal: Card):
    assert "商机 D1" in told(await day.says(WANG, "D1"))

    await day.says(ZHOU, "D1 输单 预算")

    assert (await stands(day)).won is False


async def test_a_lead_stands_for_its_deal(day: Day, deal: Card):
    await day.says(LINA, "L1 报价 5万")

    assert (await stands(day)).amount == Decimal(50000)


async def test_my_deals_come_nearest_to_the_end_first(day: Day):
    for number, said in enumerate(("报价 D1 1万", "报价 D2 5万", "")):
        lead = await day.lead(phone=f"+861390000000{number}", company=f"客户{number}")
        await day.says(LINA, f"转商机 {lead.id}")
        if said:
            await day.says(LINA, said)

    reply = await day.says(LINA, "我的商机")

    assert reply.card is not None
    assert reply.card.title == "我的商机 3 个，共 ¥60,000"
    assert [field.label for field in reply.card.fields] == ["D2", "D1", "D3"]
    assert button(reply.card, "D2")
    assert "还没有在跟的商机" in told(await day.says(GAO, "我的商机"))


async def test_a_follow_up_on_a_deal_is_one_on_its_lead(day: Day, deal: Card):
    await day.presses(LINA, deal, "跟进")
    await day.says(LINA, "已演示，下周二签约")

    task = await day.task("T1")
    assert (task.lead_id, task.opportunity_id, task.title) == ("L1", "D1", "签约")
