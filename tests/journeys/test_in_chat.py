"""Journeys by message: the list, one with its numbers, rest, publish with a plan, go back, put somebody in."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.chat.outbound import Reply
from bot.crm.journey_commands import JoinJourney, PublishJourney
from bot.crm.phrases import parse
from bot.crm.user import Role, User
from bot.handlers import Scope
from bot.journeys import engine
from bot.journeys.book import Shelf
from bot.journeys.simulate import Happening
from bot.store import enrollments, journeys
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


async def move_three(lite, company, old: list, new: list) -> tuple[Fleet, str, str]:
    """Three stand in the first pause of the old steps; what the plan of the new ones said, and the answer to a move."""
    found = Fleet(lite, with_journeys(company, {"跟进": {"enter": ON_FORM, "steps": old}}), NOW)
    await found.do(lambda desk: hire(desk, MARY, LINA))
    for n in range(1, 4):
        await found.lead(f"L{n}", name=f"客户{n}", city="上海", external_id=f"e{n}", owner_id=LINA.id)
    await found.define()
    for n in range(1, 4):
        await found.happen(Happening(NOW, "form", "whitepaper"), f"L{n}")
    await found.settle()
    found.company = with_journeys(company, {"跟进": {"enter": ON_FORM, "steps": new}})
    asked = await say(found, "发布旅程 跟进")
    done = await say(found, PublishJourney("跟进", asked.card.buttons[0].command.sure, "yes"))
    return found, told(asked), told(done)


def _by_city(*others: dict) -> dict:
    shanghai = {
        "when": {"field": "city", "op": "=", "value": "上海"},
        "steps": [{"notify": "owner", "text": "约"}],
    }
    return {"branch": [shanghai], "else": list(others)}


async def test_nobody_is_moved_to_another_step_that_only_bears_the_name_of_his(lite, company):
    """Without the first pause the one inside the branch is called `wait`: on a way that none of them takes."""
    pause = {"wait": "1天"}
    old, new = [pause, _by_city(pause), {"touch": "b"}], [{"touch": "a"}, _by_city(pause), {"touch": "b"}]

    fleet, plan, done = await move_three(lite, company, old, new)

    assert "0 人可以换到新版；3 人所在的步骤新版没有" in plan
    assert "等 1天 3 人" in plan
    assert "里面 0 人已换到新版" in done
    await fleet.pass_until(NOW + timedelta(days=4))
    assert [one.content for one in fleet.asked] == ["b"] * 3


@pytest.mark.parametrize(
    ("new", "moved"),
    [
        pytest.param([{"wait": "3天"}, {"touch": "c"}], 3, id="all before him is as it was"),
        pytest.param(
            [{"tag": "新"}, {"wait": "3天"}, {"touch": "a"}, {"wait": "3天"}], 3, id="all after him is"
        ),
        pytest.param([{"wait": "5天"}, {"touch": "a"}, {"wait": "3天"}], 0, id="another pause"),
        pytest.param([{"touch": "a"}, {"wait": "3天"}], 0, id="his pause taken out"),
        pytest.param([{"touch": "a"}, {"wait": "3天"}, {"touch": "b"}], 0, id="his pause elsewhere"),
    ],
)
async def test_a_step_without_a_name_is_the_same_one_by_what_stands_around_it(lite, company, new, moved):
    old = [{"wait": "3天"}, {"touch": "a"}, {"wait": "3天"}]

    _, _, done = await move_three(lite, company, old, new)

    assert f"里面 {moved} 人已换到新版" in done


async def test_a_step_with_a_name_stays_his_wherever_it_goes(lite, company):
    """That is what `id` is for: the pause is longer, stands elsewhere, and is his."""
    old = [{"id": "rest", "wait": "3天"}, {"touch": "a"}]
    new = [{"touch": "c"}, _by_city({"touch": "d"}), {"id": "rest", "wait": "5天"}, {"touch": "b"}]

    fleet, plan, done = await move_three(lite, company, old, new)

    assert "3 人可以换到新版" in plan
    assert "里面 3 人已换到新版" in done
    assert "换到别的版本的人，算在换去的那一版" in told(await say(fleet, "旅程 跟进 结果 第 1 版"))
    assert "进入 3 人" in told(await say(fleet, "旅程 跟进 结果 第 2 版"))
    await fleet.pass_until(NOW + timedelta(days=6))
    assert [one.content for one in fleet.asked] == ["b"] * 3


async def test_a_name_given_to_a_step_that_had_none_is_another_one(lite, company):
    """`wait` was only what the first pause happened to be called."""
    old = [{"wait": "3天"}, {"touch": "a"}]
    new = [{"touch": "a"}, {"id": "wait", "wait": "3天"}, {"touch": "b"}]

    _, _, done = await move_three(lite, company, old, new)

    assert "里面 0 人已换到新版" in done


async def test_what_was_not_shown_is_not_published(fleet):
    """Between looking and pressing the file changed once more: it is shown again."""
    fleet.company = with_journeys(fleet.company, {"跟进": {**OLD, "priority": 1}})
    asked = await say(fleet, "发布旅程 跟进")
    fleet.company = with_journeys(fleet.company, {"跟进": {**OLD, "priority": 2}})

    await say(fleet, asked.card.buttons[0].command)

    assert (await states(fleet))["跟进"].version == 1


async def test_back_to_the_version_before(fleet):
    fleet.company = with_journeys(fleet.company, {"跟进": {**OLD, "priority": 1}})
    asked = await say(fleet, "发布旅程 跟进")
    await say(fleet, asked.card.buttons[0].command)

    asked = await say(fleet, "回退旅程 跟进")
    await say(fleet, asked.card.buttons[0].command)

    assert (await states(fleet))["跟进"].version == 1


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
    assert "还没有券码" in told(await say(fleet, "券码"))
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
