"""A journey before it runs, by message: one customer's way, the picture, a crowd, the past; who may ask."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import update

from bot.chat.outbound import Reply
from bot.crm.phrases import parse
from bot.crm.touching import Intent, Purpose
from bot.crm.user import Role, User
from bot.handlers import Scope
from bot.insight.pictures import draw, words
from bot.journeys.simulate import Happening
from bot.kit.masked import Email
from bot.store import consents, leads
from bot.store.consents import Consent
from bot.store.leads import Origin, Particulars
from bot.store.tables.leads import leads as table
from bot.touch.request import request
from tests.conftest import NOW
from tests.handlers.workday import LINA, ROUTER
from tests.intake.world import hire
from tests.journeys.agree import CONTENTS, Deciding
from tests.journeys.fleet import journey, with_journeys
from tests.store.leads_by_hand import with_segments

MARY = User(id="mary", name="周婷", role=Role.MARKETER, region="", team="", platform="wecom")
BOSS = User(id="boss", name="陈总", role=Role.DIRECTOR, region="", team="", platform="wecom")
GAO = User(id="gao", name="高峰", role=Role.REP, region="华南大区", team="深圳组", platform="wecom")
WAKE = {
    "enter": [{"form": "whitepaper"}, {"manual": True}],
    "only": {"field": "city", "op": "=", "value": "上海"},
    "steps": [
        {"touch": "a"},
        {"wait_for": {"event": "mail_opened"}, "within": "3天", "then": [{"task": "打个电话"}],
         "else": [{"score": 5, "reason": "旅程"}, {"touch": "c"}]},
        {"touch": "a"},
    ],
}  # fmt: skip


@pytest.fixture
async def fleet(lite, company) -> Deciding:
    """Nobody is in it yet: two who agreed, one who did not, one elsewhere."""
    own = with_journeys(
        with_segments(company, {"regulars": {"field": "city", "op": "filled"}}), {"唤醒": WAKE}
    )
    doors = replace(own.doors, channels=frozenset({"email"}))
    found = Deciding(lite, replace(own, content=CONTENTS, doors=doors), NOW)
    await found.do(lambda desk: hire(desk, MARY, BOSS, LINA, GAO))
    for n, city in enumerate(("上海", "上海", "上海", "北京"), 1):
        await found.do(lambda desk, n=n, city=city: customer(desk, f"L{n}", city, agrees=n != 3))
    await found.define()
    await found.settle()
    return found


async def customer(desk, lead_id: str, city: str, *, agrees: bool) -> None:
    """One of Lina's, with mail."""
    known = Particulars(name="林晓", company="星河科技", city=city, email=Email(f"{lead_id}@xinghe.cn"))
    await leads.create(desk, lead_id, known, Origin(source="官网", form="website"), by="system")
    await desk.tx.run(update(table).where(table.c.id == lead_id).values(owner_id=LINA.id, status="working"))
    if agrees:
        said = Consent(given=True, purpose="marketing", channel="form", text="我同意", version="1")
        await consents.record(desk, lead_id, said)


def intent_of(content: str, lead_id: str, now) -> Intent:
    """A marketing mail of some other journey."""
    return Intent(
        key=f"k:{now}", lead_id=lead_id, purpose=Purpose.MARKETING, content=content, journey="other"
    )


async def say(fleet, words: str, actor: User = MARY, chat: str = "private") -> Reply:
    """As the bot would: beside the writer, where nothing can be changed."""
    command = parse(words)
    route = ROUTER.route(command)
    assert route.reads, command
    async with fleet.store.read() as tx:
        return await route.handler(command, Scope(desk=fleet.desk(tx), actor=actor, chat=chat))


def told(reply: Reply) -> str:
    card = reply.card
    if card is None:
        return reply.text
    fields = [f"{one.label} {one.value}" for one in card.fields]
    return "\n".join((card.title, card.note, *fields, card.text, *(one.label for one in card.buttons)))


async def test_one_customers_way_day_by_day(fleet):
    """What goes, on which day, what not and why, and his score as it changes."""
    said = told(await say(fleet, "模拟 旅程 唤醒 L1", LINA)).splitlines()

    assert said[:4] == [
        "模拟「唤醒」：L1 林晓·星河科技",
        "第 1 天 2026-11-18 周三",
        "  10:00  发「资讯1」 → 发营销邮件",
        "  10:00  等打开邮件，最多 3天，开始等",
    ]
    assert "  10:00  评分 +5（到 5 分）" in said
    assert "  10:00  发「资讯1」 → 不发：同样的内容 11月18日 10:00 发过或已安排" in said


async def test_who_agreed_to_nothing_gets_nothing_and_his_owner_a_task(fleet):
    """The planner itself says why, way by way."""
    said = told(await say(fleet, "模拟 旅程 唤醒 L3", LINA))

    assert "给负责人建任务，由他联系（营销邮件：客户从没同意过营销消息；" in said
    assert "发营销邮件" not in said


async def test_quiet_hours_put_a_message_off(fleet):
    """At eleven at night it goes at nine in the morning, and the text says why."""
    fleet.now = NOW.replace(hour=15)

    said = told(await say(fleet, "模拟 旅程 唤醒 L1", LINA))

    assert "23:00  发「资讯1」 → 改到 11月19日 09:00 发营销邮件（免打扰时段）" in said


async def test_what_he_really_got_counts_under_the_caps(fleet):
    """He has had his one message of the day: this one goes tomorrow, and the text says why."""
    await fleet.do(lambda desk: request(desk, intent_of("c", "L1", fleet.now)))

    said = told(await say(fleet, "模拟 旅程 唤醒 L1", LINA))

    assert "发「资讯1」 → 改到 11月19日 09:00 发营销邮件（次数到上限）" in said


async def test_the_picture_marks_his_way(fleet):
    """Boxes that he comes to are marked, with their day; the other arm is there, and is not."""
    reply = await say(fleet, "画 旅程 唤醒 L1", LINA)
    chart = reply.image.chart
    wait = chart["steps"][1]

    assert [one["on"] for one in chart["steps"]] == [True, True, True]
    assert [(arm["label"], arm["on"]) for arm in wait["ways"]] == [("等到了", False), ("否则", True)]
    assert chart["steps"][0]["aside"] == "第 1 天 11-18 10:00，发营销邮件"
    assert draw(chart).count("<rect") > 8
    assert "评分 +5，第 4 天 11-21 10:00" in words(chart)


async def test_who_is_inside_goes_on_from_where_he_stands(fleet):
    """What he had is over; the days to come are shown."""
    await fleet.happen(Happening(NOW, "form", "whitepaper"), "L1")
    await fleet.settle()

    said = told(await say(fleet, "模拟 旅程 唤醒 L1", LINA))

    assert "已经在里面，从现在这一步往下模拟。" in said
    assert "第 1 天" not in said
    assert "第 4 天 2026-11-21 周六" in said


async def test_who_may_not_enter_is_said_and_shown_all_the_same(fleet):
    """Somebody elsewhere does not fit; what would come is shown as if he did."""
    said = told(await say(fleet, "模拟 旅程 唤醒 L4", LINA))

    assert "现在其实进不去：不符合进入条件。下面按进去了模拟。" in said
    assert "发「资讯1」 → 发营销邮件" in said


async def test_who_enters_by_a_date_is_shown_on_that_day(fleet):
    """L1 has one, L2 has none: neither is taken in today; somebody elsewhere would be kept out on his day."""
    by_date = {
        **WAKE,
        "enter": [{"date": "birthday", "yearly": True, "at": "10:00"}],
        "steps": [{"touch": "a"}],
    }
    fleet.company = replace(with_journeys(fleet.company, {"唤醒": by_date}), content=CONTENTS)
    for lead_id in ("L1", "L4"):
        await fleet.do(
            lambda desk, of=lead_id: desk.tx.run(
                update(table).where(table.c.id == of).values(custom={"birthday": "1990-12-01"})
            )
        )

    dated = told(await say(fleet, "模拟 旅程 唤醒 L1", LINA))
    undated = told(await say(fleet, "模拟 旅程 唤醒 L2", LINA))
    elsewhere = told(await say(fleet, "模拟 旅程 唤醒 L4", LINA))

    assert "第 14 天 2026-12-01 周二\n  10:00  发「资讯1」 → 发营销邮件" in dated
    assert "没有走任何一步" in undated
    assert "都没到进来的时候。进来的时候：每年生日 10:00" in undated
    assert "到那天其实进不去：不符合进入条件。下面按进去了模拟。" in elsewhere
    assert "第 14 天 2026-12-01 周二\n  10:00  发「资讯1」 → 发营销邮件" in elsewhere


async def test_the_picture_has_the_numbers_of_those_inside(fleet):
    """How many stand where, what was sent; whom nothing reached does not wait to open it."""
    for lead_id in ("L1", "L3"):
        await fleet.happen(Happening(NOW, "form", "whitepaper"), lead_id)
    await fleet.settle()

    reply = await say(fleet, "旅程 唤醒")
    drawn = await say(fleet, "画旅程 唤醒")

    chart = reply.image.chart
    assert reply.card is not None
    assert chart == drawn.image.chart
    assert chart["subtitle"] == "运行中 · 第 1 版 · 现在里面 1 人"
    assert chart["steps"][0]["aside"] == "发了 1 · 转销售 1"
    assert chart["steps"][1]["here"] == "1 人在这"


async def test_anybody_at_all_without_a_customer(fleet):
    """For those who see no customers: somebody who agrees to everything."""
    said = told(await say(fleet, "模拟 旅程 唤醒"))

    assert said.startswith("模拟「唤醒」：随便一位客户\n按一位什么都同意")
    assert "发「资讯1」 → 发" in said


async def test_a_segment_is_tried_and_nothing_is_written(fleet):
    """Three of four would enter; two get the first message, who agreed to nothing is his owner's work."""
    said = told(await say(fleet, "试算 旅程 唤醒 分群 regulars", BOSS))

    assert "会进入 3 人（看了 4 人）" in said
    assert "进不来 不符合进入条件 1" in said
    assert "消息 4 条，最多的一天 2 条（11月18日），一人最多 2 条；邮件 4" in said
    assert "不发 同样的内容发过 2" in said
    assert "任务 3 个：李娜 3（其中 3 个是没有渠道能自动发）" in said
    assert await fleet.ways() == []


async def test_marketing_is_told_how_much_work_not_whose(fleet):
    """Totals alone."""
    said = told(await say(fleet, "试算 旅程 唤醒 分群 regulars"))

    assert "任务 3 个，分给 1 人，最多的一人 3 个" in said
    assert "李娜" not in said


async def test_the_past_is_replayed(fleet):
    """Two sent the form ten days ago; one of them got a message and bought of himself."""
    for lead_id in ("L1", "L3"):
        await fleet.happen(Happening(NOW, "form", "whitepaper"), lead_id)
    fleet.now += timedelta(days=5)
    await fleet.happen(Happening(fleet.now, "order", "基础版", value=Decimal(100)), "L1")
    fleet.now += timedelta(days=5)

    said = told(await say(fleet, "回测 旅程 唤醒", BOSS))

    assert "会进入 2 人" in said
    assert "消息 2 条，最多的一天 1 条（11月18日），一人最多 2 条；邮件 2" in said
    assert "本来就买了 收到消息的 1 人里有 1 人在这段时间自己买了" in said


async def test_a_rule_is_tried_like_a_journey(fleet):
    """One step is a journey too."""
    rule = {"enter": [{"form": "whitepaper"}], "steps": [{"notify": "owner", "text": "看看"}]}
    fleet.company = replace(fleet.company, journeys={"rule": journey({"name": "提醒", **rule})})
    await fleet.happen(Happening(NOW, "form", "whitepaper"), "L1")
    fleet.now += timedelta(days=1)

    said = told(await say(fleet, "回测 旅程 提醒 7天", BOSS))

    assert "会进入 1 人" in said
    assert "提醒同事 1 次" in said


@pytest.mark.parametrize(
    "words_", ["模拟 旅程 唤醒 L1", "模拟 旅程 唤醒", "试算 旅程 唤醒 分群 regulars", "回测 旅程 唤醒"]
)
async def test_nothing_before_others(fleet, words_):
    """A group gets nothing personal, and no totals either."""
    assert told(await say(fleet, words_, LINA, chat="group")) == "旅程只能私聊问我。"


async def test_a_colleagues_customer_is_nobodys(fleet):
    """Whoever it does not concern is told what he is told of a number that nobody has."""
    his = told(await say(fleet, "模拟 旅程 唤醒 L1", GAO))
    nobodys = told(await say(fleet, "模拟 旅程 唤醒 L99", GAO))

    assert his == nobodys
    assert "林晓" not in his


async def test_reps_try_no_crowds(fleet):
    for said in ("试算 旅程 唤醒 分群 regulars", "回测 旅程 唤醒", "模拟 旅程 唤醒"):
        assert told(await say(fleet, said, GAO)).startswith("模拟旅程由市场、主管和总监做")


async def test_where_a_number_that_nobody_has_is(fleet):
    """「L99 在哪些旅程」: there is no such lead."""
    command = parse("L99 在哪些旅程")
    route = ROUTER.route(command)

    reply = await fleet.do(lambda desk: route.handler(command, Scope(desk=desk, actor=BOSS)))

    assert told(reply).startswith("没有这条线索")
