"""我的订阅: what is understood, when it comes, what is refused, and how it moves and stops."""

from __future__ import annotations

from datetime import datetime

import pytest

from bot.store import chats
from bot.store.tables.digests import subscriptions
from tests.conftest import SHANGHAI
from tests.handlers.workday import ADMIN, CHEN, GAO, LINA, LIU, WANG, ZHOU, Day, labels, staff, told


@pytest.fixture
async def day(unit, clock):
    """The team on a Wednesday morning; the group g1 is bound to the east's pool, g2 to the south's."""
    await unit(staff)

    async def bound(desk):
        for chat, pool in (("g1", "east"), ("g2", "south")):
            await chats.bind(desk, platform="wecom", chat=chat, pool_id=pool, by="zhou")

    await unit(bound)
    return Day(unit, clock)


async def mine(day, who, **where):
    return await day.rows(subscriptions, user_id=who.id, **where)


def local(moment: datetime) -> str:
    return f"{moment.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"


async def test_it_is_understood_at_once_and_shown_as_it_was_understood(day):
    """The reading, when it comes, when first, and the ways out."""
    reply = await day.says(WANG, "每周一9点发华东漏斗给我")

    said = told(reply)
    assert "订好了：每周一 09:00 发给你" in said
    assert "华东大区" in said
    assert "转化漏斗" in said
    assert "11月23日 周一 09:00" in said
    assert labels(reply.card) == ["现在看一次", "不要了"]
    (row,) = await mine(day, WANG)
    assert (row.question, row.cadence, local(row.next_at)) == ("华东漏斗", "week 0 09:00", "2026-11-23 09:00")


@pytest.mark.parametrize(
    ("text", "cadence", "first"),
    [
        ("每天18点发今天新增线索", "day - 18:00", "2026-11-18 18:00"),
        ("每月1号上午9点发上月业绩排名", "month 1 09:00", "2026-12-01 09:00"),
        ("每个工作日早上8点半给我推送昨天新增线索", "workday - 08:30", "2026-11-19 08:30"),
        ("每月最后一天下午6点发本月回款给我", "month 0 18:00", "2026-11-30 18:00"),
        ("每周一三五9点给我发本月业绩", "week 0,2,4 09:00", "2026-11-20 09:00"),
    ],
)
async def test_many_ways_to_say_when(day, text, cadence, first):
    """Days and hours as people say them, in the company's zone."""
    await day.says(WANG, text)

    (row,) = await mine(day, WANG)
    assert (row.cadence, local(row.next_at)) == (cadence, first)


async def test_what_is_not_understood_is_refused_then(day):
    """Nothing is kept that could not be asked."""
    weather = await day.says(WANG, "每周一9点发天气预报给我")
    assert "订好了" not in told(weather)
    said = told(await day.says(WANG, "每两周发一次漏斗给我"))

    assert "现在可以按每天、每个工作日" in said
    assert await mine(day, WANG) == []


async def test_what_is_ambiguous_is_asked_back(day):
    """Each way to take it is a button that subscribes it, and is asked so again each time."""
    asked = await day.says(WANG, "每周五下午5点发销售排名给我")
    assert await mine(day, WANG) == []

    begun = await day.presses(WANG, asked.card, "赢单金额")
    assert "销售排名：赢单金额" in told(await day.says(WANG, "我的订阅"))
    assert "按负责人" in told(begun) or "排名" in told(begun)
    now = told(await day.presses(WANG, begun.card, "现在看一次"))
    assert "李娜" in now
    assert "高峰" in now


async def test_what_is_not_his_is_refused_and_written_down(day):
    """A manager's other region, a rep's colleague, everybody's for a rep; an admin has no numbers."""
    for who, text in (
        (WANG, "每周一9点发华南漏斗给我"),
        (LINA, "每天18点发高峰今天的业绩给我"),
        (LINA, "每天18点发全公司业绩给我"),
        (ADMIN, "每天18点发今天新增线索给我"),
    ):
        reply = await day.says(who, text)
        assert await mine(day, who) == [], text
        assert "订好了" not in told(reply)


async def test_it_moves_by_a_word(day):
    """改成周二 is about the one that was spoken of last; what was not said stays."""
    await day.says(WANG, "每周一9点发华东漏斗给我")
    await day.says(WANG, "每天18点发今天新增线索给我")
    said = told(await day.says(WANG, "改成下午5点"))
    assert "今天新增线索，每天 17:00" in said

    said = told(await day.says(WANG, "把华东漏斗改成周二"))
    assert "华东漏斗，每周二 09:00" in said
    rows = {row.question: row.cadence for row in await mine(day, WANG)}
    assert rows == {"华东漏斗": "week 1 09:00", "今天新增线索": "day - 17:00"}


async def test_it_stops_by_a_word_or_a_press(day):
    """停掉, or the list's button; another's number is nothing."""
    await day.says(WANG, "每周一9点发华东漏斗给我")
    await day.says(LIU, "每周一9点发华南漏斗给我")
    (his,) = await mine(day, LIU)
    assert "没有叫" in told(await day.says(WANG, f"停掉 {his.id}"))

    listed = await day.says(WANG, "我的订阅")
    assert "华东漏斗" in told(listed)
    assert "华南" not in told(listed)
    (label,) = labels(listed.card)
    assert "已停：华东漏斗" in told(await day.presses(WANG, listed.card, label))
    assert "你还没有订阅" in told(await day.says(WANG, "我的订阅"))

    await day.says(LIU, "停掉华南漏斗")
    (row,) = await mine(day, LIU)
    assert row.state == "stopped"


async def test_several_that_fit_are_asked_about(day):
    """Two funnels: which one?"""
    await day.says(ZHOU, "每周一9点发华东漏斗给我")
    await day.says(ZHOU, "每周一9点发华南漏斗给我")
    reply = await day.says(ZHOU, "停掉漏斗")

    assert "哪一个" in told(reply)
    await day.presses(ZHOU, reply.card, labels(reply.card)[1])
    rows = {row.question: row.state for row in await mine(day, ZHOU)}
    assert rows == {"华东漏斗": "active", "华南漏斗": "stopped"}


async def test_said_again_it_moves_and_is_not_doubled(day):
    """The same question at another time is the same subscription."""
    await day.says(WANG, "每周一9点发华东漏斗给我")
    await day.says(WANG, "每周三10点发华东漏斗给我")

    (row,) = await mine(day, WANG)
    assert row.cadence == "week 2 10:00"


async def test_before_a_group_stand_totals_alone(day):
    """By person is refused with a way to say it; totals go, and a rep may not at all."""
    asked = await day.says(WANG, "每周五下午5点把销售排名发到群", platform="wecom", chat="g1")
    assert "群里只发合计" in told(await day.presses(WANG, asked.card, "赢单金额"))
    by_person = "每周五下午5点把业绩排名发到群"
    assert "群里只发合计" in told(await day.says(WANG, by_person, platform="wecom", chat="g1"))
    assert "经理以上" in told(
        await day.says(LINA, "每天18点把今天新增线索发到群", platform="wecom", chat="g1")
    )
    assert await mine(day, WANG) == []

    said = told(await day.says(WANG, "每周五下午5点把本周成交额发到群"))
    assert "每周五 17:00 发到华东公海群" in said
    assert "每周五 17:00 本周成交额（发到华东公海群）" in told(await day.says(WANG, "我的订阅"))
    (row,) = await mine(day, WANG)
    assert row.chat == "wecom:g1"


@pytest.mark.parametrize(
    ("who", "question"),
    [
        (WANG, "本周各组业绩"), (WANG, "本月业绩走势"), (WANG, "李娜本月业绩"), (ZHOU, "各大区本月业绩"),
        (ZHOU, "渠道花费"), (WANG, "上海组本月新增线索"), (WANG, "本月业绩"), (WANG, "每月业绩"),
    ],
)  # fmt: skip
async def test_what_is_not_said_before_a_group_is_not_posted_there(day, who, question):
    """Both are judged alike: whatever is refused when asked there cannot be subscribed to it either."""
    asked = await day.says(who, question, platform="wecom", chat="g1")
    is_said = "口径" in told(asked)
    begun = await day.says(who, f"每周五17点把{question}发到群", platform="wecom", chat="g1")

    assert ("订好了" in told(begun)) == is_said, (told(asked), told(begun))
    assert [row.chat for row in await mine(day, who)] == (["wecom:g1"] if is_said else [])


async def test_two_groups_of_one_pool_are_told_apart(day):
    """By where they are; a group that is free by now is said to be."""

    async def more(desk):
        await chats.bind(desk, platform="dingtalk", chat="g9", pool_id="east", by="zhou")

    await day.unit(more)
    which = await day.says(WANG, "每周五17点把本周业绩发到群")
    assert labels(which.card) == ["华东公海群（钉钉）", "华东公海群（企业微信）"]
    begun = await day.presses(WANG, which.card, "华东公海群（钉钉）")
    assert "发到华东公海群（钉钉）" in told(begun)
    await day.unit(lambda desk: chats.free(desk, platform="dingtalk", chat="g9"))
    assert "（发到已解绑的群）" in told(await day.says(WANG, "我的订阅"))


async def test_the_list_is_in_the_order_of_a_week(day):
    """What comes every day by the hour, then by weekday, then by day of the month, then by name."""
    for text in (
        "每月最后一天18点发本月回款给我", "每周五9点发新增线索给我", "每月1号9点发上月业绩给我",
        "每周一9点发华东漏斗给我", "每天18点发今天新增线索给我", "每周一9点发赢单率给我",
        "每天9点发昨天新增线索给我",
    ):  # fmt: skip
        await day.says(WANG, text)
    await day.says(WANG, "每周二8点半发周报给我")
    await day.says(WANG, "停掉周报")
    first = await day.says(WANG, "我的订阅")
    second = await day.presses(WANG, first.card, "更多")

    said = [field.value for reply in (first, second) for field in reply.card.fields]
    assert said == [
        "每天 09:00 昨天新增线索", "每天 18:00 今天新增线索", "每周一 09:00 华东漏斗", "每周一 09:00 赢单率",
        "每周五 09:00 新增线索", "每月1号 09:00 上月业绩", "每月最后一天 18:00 本月回款", "已停：周报",
    ]  # fmt: skip


async def test_the_last_page_leads_back_to_the_first(day):
    """Nothing comes after it, so it does not offer more."""
    for n in range(6):
        await day.says(
            WANG, f"每天{n + 8}点发今天新增线索给我" if n == 0 else f"每天9点发近{n + 1}天业绩给我"
        )
    first = await day.says(WANG, "我的订阅")
    assert labels(first.card)[-1] == "更多"
    last = await day.presses(WANG, first.card, "更多")
    assert labels(last.card)[-1] == "第 1 页"
    again = await day.presses(WANG, last.card, "第 1 页")
    assert again.card == first.card


async def test_for_me_said_in_a_group_is_for_him_alone_and_says_so(day):
    """The words that put it before the group are told, and do so."""
    reply = await day.says(WANG, "每周一9点发华东漏斗给我", platform="wecom", chat="g1")
    said = told(reply)
    assert "发给你" in said
    assert "只私聊发给你" in said
    (row,) = await mine(day, WANG)
    assert row.chat == ""

    words = said.partition("要发到群里，说「")[2].partition("」")[0]
    begun = told(await day.says(WANG, words, platform="wecom", chat="g1"))
    assert "发到华东公海群" in begun
    assert "只私聊" not in begun
    assert "只私聊" not in told(await day.says(WANG, "每周二9点发华东漏斗给我"))


async def test_a_leader_reads_the_morning_when_he_likes(day):
    """早报 is the last working day of his people; what comes by itself is named."""
    assert "团队日报" in told(await day.says(WANG, "每天9点发早报给我"))
    assert await mine(day, WANG) == []
    said = told(await day.says(WANG, "早报"))
    assert "团队早报 · 华东大区 · 11-17" in said
    assert "停掉团队早报" not in said


async def test_help_tells_of_the_dashboard(day):
    """帮助 看板, and what people call it."""
    said = told(await day.says(WANG, "帮助 看板"))
    assert "还没有" not in said
    assert "明细能导出 csv 和 Excel" in said
    assert told(await day.says(WANG, "帮助 驾驶舱")) == said


async def test_only_groups_of_what_he_leads(day):
    """Another region's group, one that nobody bound; who has two is asked which."""
    text = "每周五下午5点把本周成交额发到群"
    assert "不是你的大区" in told(await day.says(WANG, text, platform="wecom", chat="g2"))
    assert "不知道是哪个群" in told(await day.says(WANG, text, platform="wecom", chat="other"))
    assert await mine(day, WANG) == []

    which = await day.says(ZHOU, text)
    assert len(labels(which.card)) == 2
    await day.presses(ZHOU, which.card, labels(which.card)[1])
    (row,) = await mine(day, ZHOU)
    assert row.chat in {"wecom:g1", "wecom:g2"}


async def test_one_of_ours_is_stopped_and_taken_up_again(day):
    """停掉周报, 订阅周报; at another time by 每周二8点半发周报给我."""
    await day.says(WANG, "每周二8点半发周报给我")
    (row,) = await mine(day, WANG)
    assert (row.kind, row.cadence, row.own_time) == ("weekly", "week+ 1 08:30", True)

    stopped = await day.says(WANG, "停掉周报")
    assert labels(stopped.card) == ["恢复"]
    assert "已停：周报" in told(await day.says(WANG, "我的订阅"))
    await day.says(WANG, "订阅周报")
    (row,) = await mine(day, WANG)
    assert (row.state, row.cadence) == ("active", "week+ 1 08:30")
    assert "不发给你这个角色" in told(await day.says(GAO, "订阅月报"))


async def test_words_that_answer_a_question_are_no_subscription(day):
    """While a follow-up is being written, its text is its text."""
    lead = await day.lead(of=CHEN, region="华南大区", pool="south")
    await day.says(CHEN, f"跟进 {lead.id}")
    await day.says(CHEN, "取消了采购计划，改成周二再谈")

    assert await mine(day, CHEN) == []
    assert (await day.get(lead.id)).last_follow_up_at is not None


async def test_he_sees_it_once_now(day):
    """The answer as it is, at once."""
    await day.lead(of=LINA)
    begun = await day.says(WANG, "每天18点发今天新增线索给我")
    said = told(await day.presses(WANG, begun.card, "现在看一次"))

    assert "新增线索：1 条" in said
    assert "口径" in said
