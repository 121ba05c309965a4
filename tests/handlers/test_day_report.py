"""日报: drafted from what a rep wrote down, put into his words, and sent to his manager once."""

from __future__ import annotations

import pytest

from bot.store.tables.digests import day_reports
from tests.handlers.workday import ADMIN, CHEN, GAO, LINA, WANG, Day, labels, staff, told


@pytest.fixture
async def day(unit, clock):
    """Li Na called one of her leads and means to call again tomorrow."""
    await unit(staff)
    day = Day(unit, clock)
    await day.lead(of=LINA, name="王总", company="云帆科技")
    await day.says(LINA, "跟进 L1 已电话13912345678，客户要报价，明天下午3点发方案")
    return day


async def test_a_draft_says_what_he_did_and_what_comes_next(day):
    """In his own words, without anybody's number; nothing goes out by itself."""
    reply = await day.says(LINA, "日报")
    (draft,) = await day.texts_to("wx-lina")
    said = draft + told(reply)

    assert "日报 李娜 11月18日 周三" in said
    assert "跟进次数 1 次，跟进线索数 1 条，新增线索 1 条" in said
    assert "1. L1 王总·云帆科技 电话：已电话139****5678，客户要报价" in said
    assert "15:00 发方案" in said
    assert "发给 王磊" in said
    assert labels(reply.card) == ["发给经理", "改一改", "今天不发"]
    assert await day.texts_to("wx-wang") == []


async def test_it_goes_to_his_manager_once(day):
    """Pressed twice, it was sent; another region's manager has none of it."""
    card = (await day.says(LINA, "日报")).card
    assert "已发给 王磊" in told(await day.presses(LINA, card, "发给经理"))
    assert "已经发过" in told(await day.presses(LINA, card, "发给经理"))
    assert "已经发过" in told(await day.says(LINA, "日报"))

    (text,) = await day.texts_to("wx-wang")
    assert text.startswith("日报 李娜")
    assert "云帆科技" in text
    assert await day.texts_to("wx-liu") == []


async def test_his_own_words_take_the_drafts_place(day):
    """改一改 asks for them; what he wrote then is sent, with his name and without numbers."""
    card = (await day.says(LINA, "日报")).card
    assert "正文" in told(await day.presses(LINA, card, "改一改"))
    changed = await day.says(LINA, "今天拜访云帆，王总13912345678同意试用，明天改成周五签合同")
    assert "139****5678" in (await day.texts_to("wx-lina"))[-1]
    await day.presses(LINA, changed.card, "发给经理")

    (text,) = await day.texts_to("wx-wang")
    assert text.startswith("李娜：")
    assert "同意试用" in text
    assert "13912345678" not in text


async def test_none_today(day):
    """今天不发: it is left, and he may still change his mind in words of his own."""
    card = (await day.says(LINA, "日报")).card
    assert "今天不发日报" in told(await day.presses(LINA, card, "今天不发"))
    (row,) = await day.rows(day_reports)
    assert row.state == "left"
    assert await day.texts_to("wx-wang") == []


async def test_nobody_sends_anothers(day):
    """A button of hers pressed by him is about his own report of that day, of which there is none."""
    card = (await day.says(LINA, "日报")).card

    assert "没有这天的日报草稿" in told(await day.presses(GAO, card, "发给经理"))
    assert await day.texts_to("wx-wang") == []


async def test_a_long_one_is_asked_for_again(day):
    """Six hundred signs; the question stays open."""
    card = (await day.says(LINA, "日报")).card
    await day.presses(LINA, card, "改一改")
    assert "600 字以内" in told(await day.says(LINA, "长" * 601))
    await day.says(LINA, "短一点")
    assert (await day.texts_to("wx-lina"))[-1] == "短一点"


async def test_the_same_word_means_a_managers_recap(day):
    """日报 of a manager is of his people; each kind is for whom it is."""
    assert "团队日报 · 华东大区" in told(await day.says(WANG, "日报"))
    assert "周报 · 华东大区" in told(await day.says(WANG, "周报"))
    assert "经理以上" in told(await day.says(LINA, "周报"))
    assert "团队早报 · 华东大区" in told(await day.says(WANG, "早报"))
    assert "没有定时推送" in told(await day.says(ADMIN, "周报"))


async def test_a_morning_has_a_button_for_each(day):
    """What is late first, then new leads; nothing of a colleague's."""
    await day.lead(of=LINA, name="赵云", company="常山", phone="+8613812345679")
    await day.lead(
        of=CHEN, name="孙尚", company="江东", region="华南大区", pool="south", phone="+8613812345670"
    )
    day.push(days=1, hours=6)
    reply = await day.says(LINA, "今天要跟进的人")

    said = told(reply)
    assert "今天 2 件事" in said
    assert "逾期 1、新线索 1" in said
    assert "赵云" in said
    assert "孙尚" not in said
    assert labels(reply.card) == ["T1", "L2", "全部任务"]
    assert "发方案" in told(await day.presses(LINA, reply.card, "T1"))
    assert "没有到期的任务" in told(await day.says(GAO, "早报"))
