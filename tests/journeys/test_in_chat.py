"""Journeys by message: the list, one with its numbers, rest, publish with a plan, go back, put somebody in."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.chat.outbound import Reply
from bot.crm.journey_commands import JoinJourney
from bot.crm.phrases import parse
from bot.crm.user import Role, User
from bot.handlers import Scope
from bot.journeys import engine
from bot.journeys.book import Shelf
from bot.journeys.simulate import Happening
from bot.store import enrollments, journeys
from bot.store.tables.machinery import outbox
from tests.conftest import NOW
from tests.handlers.workday import EAST, LINA, ROUTER, WANG
from tests.intake.world import hire
from tests.journeys.fleet import Fleet, with_journeys

MARY = User(id="mary", name="周婷", role=Role.MARKETER, region="", team="", platform="wecom")
OTHER = User(id="other", name="外区", role=Role.MANAGER, region="华南大区", team="", platform="wecom")
ON_FORM = [{"form": "whitepaper"}, {"manual": True}]
OLD = {"enter": ON_FORM, "steps": [{"touch": "a"}, {"wait": "3天"}, {"touch": "b"}]}


@pytest.fixture
async def fleet(lite, company) -> Fleet:
    """One journey in which three are."""
    found = Fleet(lite, with_journeys(company, {"跟进": OLD}), NOW)
    await found.do(lambda desk: hire(desk, MARY, LINA))
    for n in range(1, 4):
        await found.lead(f"L{n}", name=f"客户{n}", external_id=f"e{n}", owner_id=LINA.id, status="working")
    await found.define()
    for n in range(1, 4):
        await found.happen(Happening(NOW, "form", "whitepaper"), f"L{n}")
    await found.settle()
    return found


async def say(fleet: Fleet, words: str | object, actor: User = MARY, chat: str = "private") -> Reply:
    command = parse(words) if isinstance(words, str) else words
    route = ROUTER.route(command)
    return await fleet.do(lambda desk: route.handler(command, Scope(desk=desk, actor=actor, chat=chat)))


def told(reply: Reply) -> str:
    card = reply.card
    if card is None:
        return reply.text
    fields = [f"{one.label} {one.value}" for one in card.fields]
    return "\n".join((card.title, card.note, *fields, card.text, *(one.label for one in card.buttons)))


async def test_the_list_says_how_many_are_in_each(fleet):
    assert "· 跟进（运行中）：现在 3 人" in told(await say(fleet, "旅程"))


async def test_one_shows_what_came_of_each_step(fleet):
    said = told(await say(fleet, "旅程 跟进"))

    assert "1. 发「a」：邮件 3" in said
    assert "2. 等 3天，现在 3 人" in said
    await fleet.pass_until(NOW + timedelta(days=4))
    said = told(await say(fleet, "旅程 跟进"))
    assert "3. 发「b」：邮件 3" in said
    assert "走完 3" in said


async def test_steps_that_only_some_take_say_who(fleet):
    """Whoever reads the list sees that 4 is not simply what comes after 3."""
    wait = {"wait_for": {"event": "mail_opened"}, "within": "3天", "else": [{"touch": "c"}, {"wait": "1天"}]}
    fleet.company = with_journeys(
        fleet.company, {"跟进": OLD, "等": {"enter": ON_FORM, "steps": [wait, {"touch": "d"}]}}
    )

    said = told(await say(fleet, "旅程 等"))

    assert "最多 3天\n　2. 否则：发「c」\n　3. 等 1天\n4. 发「d」" in said


async def test_what_is_written_later_is_a_draft_until_it_is_published(fleet):
    """To save a file reaches nobody, after a restart neither."""
    new = {"enter": ON_FORM, "steps": [{"touch": "c"}]}
    fleet.company = with_journeys(fleet.company, {"跟进": OLD, "新的": new})
    for _ in range(2):
        assert await fleet.do(lambda desk: engine.define(desk, Shelf())) == []
    await fleet.happen(Happening(NOW, "form", "whitepaper"), "L1")
    await fleet.settle()
    assert "· 新的（未发布）：现在 0 人" in told(await say(fleet, "旅程"))
    assert "c" not in {one.content for one in fleet.asked}

    asked = await say(fleet, "发布旅程 新的")
    assert "第一次发布" in told(asked)
    await say(fleet, asked.card.buttons[0].command)
    await fleet.happen(Happening(NOW + timedelta(minutes=1), "form", "whitepaper"), "L2")
    await fleet.settle()
    assert "c" in {one.content for one in fleet.asked}


async def test_a_rep_neither_sees_nor_changes_them(fleet):
    assert "旅程由市场和总监管" in told(await say(fleet, "旅程", LINA))
    assert "要市场或总监" in told(await say(fleet, "暂停旅程 跟进", LINA))
    assert (await states(fleet))["跟进"].state == "live"


async def states(fleet: Fleet):
    async with fleet.store.read() as tx:
        return await journeys.states(tx)


async def test_it_rests_and_goes_on(fleet):
    assert "已暂停" in told(await say(fleet, "暂停旅程 跟进"))
    await fleet.pass_until(NOW + timedelta(days=4))
    assert len(fleet.asked) == 3

    assert "已恢复" in told(await say(fleet, "恢复旅程 跟进"))
    assert "本来就是" in told(await say(fleet, "恢复旅程 跟进"))


async def test_to_stop_it_is_asked_first(fleet):
    """Three people would leave: that is said, and done at the second press."""
    asked = await say(fleet, "停止旅程 跟进")
    assert "3 人都会退出" in told(asked)
    assert (await states(fleet))["跟进"].state == "live"

    await say(fleet, asked.card.buttons[0].command)
    assert (await states(fleet))["跟进"].state == "stopped"


async def test_a_publication_says_who_would_get_something_twice(fleet):
    """They had `a`: a version that says `a` again behind the pause would say it twice, and they stay with the old one."""
    again = {"enter": ON_FORM, "steps": [{"touch": "a"}, {"wait": "3天"}, {"touch": "a"}]}
    fleet.company = with_journeys(fleet.company, {"跟进": again})

    asked = await say(fleet, "发布旅程 跟进")

    assert "3 人换了会重复收到" in told(asked)
    assert [one.label for one in asked.card.buttons] == ["发布", "如果上个月就有它", "先不发"]
    assert (await states(fleet))["跟进"].version == 1
    await say(fleet, asked.card.buttons[0].command)
    assert (await states(fleet))["跟进"].version == 2
    await fleet.pass_until(NOW + timedelta(days=4))
    assert [one.content for one in fleet.asked].count("b") == 3


async def test_a_publication_says_who_would_be_stranded(fleet):
    """Where they stand is not there any more: nobody is moved, nobody is lost."""
    fleet.company = with_journeys(fleet.company, {"跟进": {"enter": ON_FORM, "steps": [{"touch": "z"}]}})

    asked = await say(fleet, "发布旅程 跟进")

    assert "3 人所在的步骤新版没有" in told(asked)


async def test_whoever_can_goes_over(fleet):
    """A new text behind the pause: all three go on by the new version, and hear only what they did not."""
    new = {"enter": ON_FORM, "steps": [{"touch": "a"}, {"wait": "3天"}, {"touch": "c"}]}
    fleet.company = with_journeys(fleet.company, {"跟进": new})

    asked = await say(fleet, "发布旅程 跟进")
    assert "3 人可以换到新版" in told(asked)
    done = await say(fleet, next(b.command for b in asked.card.buttons if b.label == "发布并迁移"))
    await fleet.pass_until(NOW + timedelta(days=4))

    assert "里面 3 人已换到新版" in told(done)
    assert [one.content for one in fleet.asked] == ["a"] * 3 + ["c"] * 3


async def test_what_was_not_shown_is_not_published(fleet):
    """Between looking and pressing the file changed once more: it is shown again."""
    fleet.company = with_journeys(fleet.company, {"跟进": {**OLD, "priority": 1}})
    asked = await say(fleet, "发布旅程 跟进")
    fleet.company = with_journeys(fleet.company, {"跟进": {**OLD, "priority": 2}})

    await say(fleet, asked.card.buttons[0].command)

    assert (await states(fleet))["跟进"].version == 1


async def test_another_versions_steps_of_the_same_name_are_not_counted(fleet):
    """Turned around, the steps bear each other's names: each is told of its own version's people."""
    turned = {"enter": ON_FORM, "steps": [{"touch": "b"}, {"wait": "3天"}, {"touch": "a"}]}
    fleet.company = with_journeys(fleet.company, {"跟进": turned})
    asked = await say(fleet, "发布旅程 跟进")
    await say(fleet, asked.card.buttons[0].command)

    fresh = await say(fleet, "旅程 跟进")
    await fleet.lead("L4", name="客户4", external_id="e4", owner_id=LINA.id, status="working")
    await fleet.happen(Happening(fleet.now, "form", "whitepaper"), "L4")
    await fleet.settle()
    later = await say(fleet, "旅程 跟进")

    assert "现在在里面 3 人（其中 3 人在别的版本上）" in told(fresh)
    assert "1. 发「b」\n2. 等 3天\n3. 发「a」" in told(fresh)
    assert "1. 发「b」：邮件 1\n2. 等 3天，现在 1 人" in told(later)
    assert [step["aside"] for step in fresh.image.chart["steps"]] == ["", "", ""]
    assert "另有 3 人在别的版本上" in fresh.image.chart["note"]
    assert later.image.chart["steps"][1]["here"] == "1 人在这"


async def test_back_to_the_version_before(fleet):
    fleet.company = with_journeys(fleet.company, {"跟进": {**OLD, "priority": 1}})
    asked = await say(fleet, "发布旅程 跟进")
    await say(fleet, asked.card.buttons[0].command)

    asked = await say(fleet, "回退旅程 跟进")
    await say(fleet, asked.card.buttons[0].command)

    assert (await states(fleet))["跟进"].version == 1


async def test_what_was_done_leaves_nothing_to_press_twice(fleet):
    """The card of a publication and of a way back is the answer afterwards; who goes back may not."""
    fleet.company = with_journeys(fleet.company, {"跟进": {**OLD, "priority": 1}})
    asked = await say(fleet, "发布旅程 跟进")
    published = await say(fleet, asked.card.buttons[0].command)
    back = await say(fleet, "回退旅程 跟进")
    gone_back = await say(fleet, back.card.buttons[0].command)

    assert "第 2 版已发布" in published.card.text
    assert [one.label for one in back.card.buttons] == ["确定回退", "不回退"]
    assert "已回到第 1 版" in gone_back.card.text
    for done in (published, gone_back):
        assert [one.label for one in done.card.buttons] == ["旅程 跟进"]


async def test_a_later_publication_of_an_empty_journey_is_not_called_the_first(fleet):
    await fleet.pass_until(NOW + timedelta(days=4))
    fleet.company = with_journeys(fleet.company, {"跟进": {**OLD, "priority": 1}})

    said = told(await say(fleet, "发布旅程 跟进"))

    assert "第一次发布" not in said
    assert "现在里面没有人，之后进来的人走新版" in said


@pytest.mark.parametrize("words", ["暂停 白皮书", "白皮书跟进 暂停"])
async def test_a_journey_by_its_name_alone_is_asked_back(fleet, words):
    """Nothing rests before he says so; words that begin no journey's name are a question as before."""
    fleet.company = with_journeys(fleet.company, {"白皮书跟进": OLD, "跟进": OLD})
    await fleet.define()

    asked = await say(fleet, words)

    assert "是不是暂停旅程「白皮书跟进」？" in told(asked)
    assert (await states(fleet))["白皮书跟进"].state == "live"
    await say(fleet, asked.card.buttons[0].command)
    assert (await states(fleet))["白皮书跟进"].state == "paused"
    assert "是不是暂停旅程" not in told(await say(fleet, "暂停 接单"))
    assert "是不是暂停旅程" not in told(await say(fleet, words, LINA))


async def test_a_rep_puts_his_own_lead_in_and_takes_it_out(fleet):
    await fleet.lead("L9", name="新客户", external_id="e9", owner_id=LINA.id, status="working")
    assert "已进入" in told(await say(fleet, "L9 加入旅程 跟进", LINA))
    assert "已经在里面了" in told(await say(fleet, "L9 加入旅程 跟进", LINA))
    await fleet.settle()
    assert "正在「等 3天」" in told(await say(fleet, "L9 在哪些旅程", LINA))

    assert "已退出" in told(await say(fleet, "L9 退出旅程 跟进", LINA))
    await fleet.pass_until(NOW + timedelta(days=4))
    assert [one.content for one in fleet.asked if one.lead_id == "L9"] == ["a"]


async def test_a_lead_that_nobody_has_is_looked_at_by_those_who_lead_its_region(fleet):
    """As its card and its timeline are; to put it somewhere is nobody's yet."""
    await fleet.do(lambda desk: hire(desk, WANG, OTHER))
    await fleet.lead("L8", name="没人的", region=EAST, status="new")

    for words in ("L8 在哪些旅程", JoinJourney("L8")):
        reply = await say(fleet, words, WANG)
        assert "L8 的旅程" in told(reply)
        assert [one.label for one in reply.card.buttons] == ["线索卡片"]
    assert "不在你能看的范围里" in told(await say(fleet, "L8 在哪些旅程", OTHER))
    assert "L8 的旅程" not in told(await say(fleet, "L8 在哪些旅程", LINA))


async def test_an_empty_stock_is_said_before_and_when_it_runs_out(fleet):
    """In the list and at the publication while there is none, how to fill it; told once a day when one lacks."""
    steps = [{"coupon": "新客券"}, {"touch": "a"}]
    fleet.company = with_journeys(fleet.company, {"券": {"enter": [{"form": "event"}], "steps": steps}})
    await fleet.define()

    assert "补券 新客券" in told(await say(fleet, "旅程"))
    for n in (1, 2):
        await fleet.happen(Happening(NOW, "form", "event"), f"L{n}")
    await fleet.settle()
    async with fleet.store.read() as tx:
        keys = [row.key for row in await tx.all(select(outbox)) if "no_coupon:" in row.key]
    assert keys
    assert len(keys) == len(set(keys))

    await say(fleet, "补券 新客券 A1")
    assert "补券 新客券" not in told(await say(fleet, "旅程"))


async def test_coupons_are_given_once_each(fleet):
    """Two codes, three people: two get one, the third goes on without, and marketing is told once a day."""
    steps = [{"coupon": "新客券"}, {"touch": "a"}]
    fleet.company = with_journeys(fleet.company, {"券": {"enter": [{"form": "event"}], "steps": steps}})
    await fleet.define()
    assert "补了 2 个码" in told(await say(fleet, "补券 新客券 A1 A2 A1"))
    fleet.asked.clear()
    for n in range(1, 4):
        await fleet.happen(Happening(NOW, "form", "event"), f"L{n}")
    await fleet.settle()

    assert sorted(one.words.get("coupon", "") for one in fleet.asked) == ["", "A1", "A2"]
    assert "新客券：0 个" in told(await say(fleet, "券码"))
    async with fleet.store.read() as tx:
        assert (await enrollments.ended(tx, "券")) == {"end": 3}


@pytest.mark.parametrize("words", ["停止旅程", "暂停旅程", "恢复旅程", "发布旅程", "回退旅程", "旅程 结果"])
async def test_whoever_names_none_is_asked_which(fleet, words):
    said = told(await say(fleet, words))

    assert said.startswith("哪个旅程？请写上名称，例如「旅程 跟进」")
    assert (await states(fleet))["跟进"].state == "live"


async def test_a_name_that_is_nearly_right_is_asked_back(fleet):
    """With one mark at the end of the question."""
    said = told(await say(fleet, "暂停旅程 跟近"))

    assert said.splitlines()[0] == "没有“跟近”这个旅程，是不是“跟进”？"


async def test_a_group_hears_nothing(fleet):
    for words in ("旅程", "旅程 跟进", "暂停旅程 跟进"):
        assert "只能私聊" in told(await say(fleet, words, replace(MARY), chat="group1"))


async def test_a_lead_is_put_in_and_taken_out_by_buttons(fleet):
    """From the timeline or the lead's card: where it is, a list of what it can be put into, and the way out."""
    await fleet.lead("L9", name="新客户", external_id="e9", owner_id=LINA.id, status="working")
    lead_card = (await say(fleet, "L9", LINA)).card
    timeline = (await say(fleet, "时间线 L9", LINA)).card
    asked = {
        button.command for card in (lead_card, timeline) for button in card.presses if button.label == "旅程"
    }
    (open_it,) = asked

    card = (await say(fleet, open_it, LINA)).card
    assert card.choice.options == (("跟进", "跟进"),)
    joined = await press(fleet, card, "加入", chosen="跟进")
    await fleet.settle()
    again = (await say(fleet, open_it, LINA)).card
    out = await press(fleet, again, "退出跟进")
    await fleet.pass_until(NOW + timedelta(days=4))

    assert "L9 已进入「跟进」" in joined.card.note
    assert joined.card.choice is None
    assert "L9 已退出「跟进」" in out.card.note
    assert [one.content for one in fleet.asked if one.lead_id == "L9"] == ["a"]


async def press(fleet: Fleet, card, label: str, chosen: str = "") -> Reply:
    command = next(one.command for one in card.presses if one.label == label)
    selected = {card.choice.key: (chosen,)} if chosen else {}
    route = ROUTER.route(command)
    scope = {"actor": LINA, "tapped": True, "selected": selected}
    return await fleet.do(lambda desk: route.handler(command, Scope(desk=desk, **scope)))
