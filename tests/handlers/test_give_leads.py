"""Many leads at once, everything of a colleague, and why somebody got what he got."""

from __future__ import annotations

from typing import Any

import pytest

from bot.assignment import arrive, claim
from bot.assignment.fairness import announce
from bot.crm.commands import SetDuty
from bot.store import users
from tests.assignment.conftest import World
from tests.assignment.firm import Firm, with_rules
from tests.assignment.test_protect import at


@pytest.fixture
async def firm(world: World, company: Any, clock: Any) -> Firm:
    """Zhang San has taken L1 to L5 of the east; L6 lies in the pool."""
    firm = Firm(world, company, clock)
    for number in range(1, 7):
        lead = await world.lead(f"L{number}", name=f"客户{number}")
        await firm.unit(lambda desk, lead=lead, rings=number == 6: arrive.arrive(desk, lead, rings=rings))
        if number < 6:
            await firm.unit(lambda desk, taken=lead.id: _take(desk, taken, "zhangsan"))
    return firm


async def _take(desk: Any, lead_id: str, who: str) -> None:
    assert isinstance(await claim.claim(desk, lead_id, by=await users.get(desk.tx, who)), claim.Claimed)


async def owners(firm: Firm) -> list[str | None]:
    return [(await firm.world.get(f"L{n}")).owner_id for n in range(1, 7)]


async def told(firm: Firm, who: str) -> list[str]:
    from tests.assignment.test_reveal import texts_to

    return await texts_to(firm, who)


async def confirm(firm: Firm, who: str, said: str) -> Any:
    card = (await firm.says(who, said)).card
    assert card is not None
    return card, await firm.does(who, card.buttons[0].command, tapped=True)


async def test_several_leads_go_after_a_confirming_tap(firm: Firm):
    """Nothing moves before it; then all of them, some in each unit, and both sides read a summary."""
    card, _ = await confirm(firm, "zhaoliu", "改派 L1,L2,L3,L4,L6 给 李四")
    assert (card.title, card.note) == ("转给李四：5 条线索", "李四手上 0/50 条")
    assert (await owners(firm))[0] == "zhangsan"

    await firm.run_due()

    assert await owners(firm) == ["lisi"] * 4 + ["zhangsan", "lisi"]
    assert (await told(firm, "zhaoliu"))[-1] == "已转给李四：5 条线索。"
    assert (await told(firm, "lisi"))[-1].startswith("赵六把5 条线索转给了你")


async def test_what_cannot_go_is_named_with_its_reason(firm: Firm):
    """A number that does not exist, and one that is his already."""
    await confirm(firm, "zhaoliu", "改派 L1,L2 给 李四")
    await firm.run_due()

    card, _ = await confirm(firm, "zhaoliu", "改派 L1,L3,L99 给 李四")

    assert card.fields[0].value == "没转 2 条：L1 本来就是他的，L99 没有这条或不归你管"


async def test_a_rep_gives_only_his_own(firm: Firm):
    """Another's are refused, and it leaves a row."""
    reply = await firm.says("lisi", "改派 L1,L2 给 李四")

    assert reply.card is None
    assert reply.text.startswith("没有可以转的。")


async def test_everything_of_a_colleague_goes_with_tasks_and_deals(firm: Firm):
    """Before he leaves: leads, opportunities, what he had to do; the receiver gets one summary, no fifty cards."""
    await firm.says("zhangsan", "L1 转商机 专业版 5万 月底")
    await firm.says("zhangsan", "提醒我 明天9点 交周报")
    card, _ = await confirm(firm, "zhaoliu", "交接 张三 给 李四")
    assert card.title == "张三的转给李四：5 条线索"
    await firm.run_due()

    assert (await owners(firm))[:5] == ["lisi"] * 5
    received = [text for text in await told(firm, "lisi") if "张三" in text]
    assert received == ["赵六把张三的5 条线索、1 个商机、1 个任务转给了你。发「我的线索」看。"]
    assert await firm.world.cards_of("lisi", "lead:L2") == []
    assert (await told(firm, "zhangsan"))[-1] == "赵六把你的5 条线索、1 个商机、1 个任务转给了李四。"


async def test_a_manager_hands_over_nobody_of_another_region(firm: Firm):
    """Wang Wu is of the south."""
    assert (
        await firm.says("zhaoliu", "改派 王五 的全部线索 给 李四")
    ).text == "只能转自己的，或自己大区的同事的线索。"


async def test_it_is_said_who_is_meant_if_a_name_is_nobodys(firm: Firm):
    assert "没有找到" in (await firm.says("zhaoliu", "改派 L1,L2 给 钱七")).text


async def test_why_a_claimed_lead_is_his(firm: Firm):
    """The pool, the tap, and who was too slow; a version that can be compared."""
    await firm.unit(lambda desk: _take(desk, "L6", "lisi"))
    from bot.crm.commands import ClaimLead

    await firm.does("zhangsan", ClaimLead("L6"))

    said = (await firm.says("zhaoliu", "为什么 L6 给了李四")).text.splitlines()

    assert said[0] == "L6 由李四负责（11月18日 10:00:00 起）"
    assert "规则：「按区域进公海」，区域是华东大区，进华东公海" in said[1]
    assert said[2] == "11月18日 10:00:00 在公海先点领取；没领到的：张三 点领取时已被别人领走"
    assert said[3].startswith("规则版本 ")


async def test_why_not_me_is_answered_with_my_own_reason_alone(firm: Firm):
    """He tapped too late; of others he reads nothing but who has it."""
    await firm.unit(lambda desk: _take(desk, "L6", "lisi"))
    from bot.crm.commands import ClaimLead

    await firm.does("zhangsan", ClaimLead("L6"))

    said = (await firm.says("zhangsan", "为什么 L6 没给我")).text
    assert said.splitlines() == [
        "L6 没给你：",
        "· 点领取时已被别人领走",
        "· 李四是领取得到的（11月18日 10:00:00）",
    ]
    assert (await firm.says("zhangsan", "为什么 L6 没给赵六")).text.startswith("只能问和自己有关的")


async def test_why_a_rule_chose_him_and_passed_over_the_others(firm: Firm, company: Any):
    """Least busy: his figure, the others' figures for his manager; an old version is marked as such."""
    rule = {"name": "最少", "to": {"least_busy": ["zhangsan", "lisi", "wangwu"]}}
    firm.company = with_rules(company, rule)
    await firm.does("wangwu", SetDuty("off"))
    lead = await firm.world.lead("L7", name="客户7")
    await firm.unit(lambda desk: arrive.arrive(desk, lead, rings=True))

    said = (await firm.says("zhaoliu", "为什么 L7 给了李四")).text
    assert "规则：「最少」" in said
    assert "他手上最少（当时 0 条）" in said
    assert "没选：张三 没轮到（5 条），王五 当时不在班" in said
    firm.company = company
    assert "现在的规则已经改过" in (await firm.says("zhaoliu", "为什么 L7 给了李四")).text
    assert "· 「最少」时没轮到" in (await firm.says("zhaoliu", "为什么 L7 没给张三")).text


async def test_whoever_may_not_know_of_it_learns_nothing(firm: Firm):
    """The same answer as for a number that was never given out."""
    strange, nothing = (
        await firm.says("wangwu", "为什么 L1 没给我"),
        await firm.says("wangwu", "为什么 L99 没给我"),
    )

    assert strange.card == nothing.card
    assert strange.text == nothing.text == ""


async def test_leaders_get_the_months_report_on_its_first_working_day(firm: Firm):
    """On 1 December for November, once; a rep gets none."""
    firm.clock.now = at("2026-12-01 09:10")
    assert await firm.unit(announce) == 2
    assert await firm.unit(announce) == 0
    firm.clock.now = at("2026-12-02 09:10")
    assert await firm.unit(announce) == 0

    (report,) = [text for text in await told(firm, "zhaoliu") if text.startswith("2026年11月")]
    assert "张三：5 条（领取5），重点 0" in report
    assert "李四：0 条" in report
    assert "王五" not in report
    assert (await firm.says("zhaoliu", "上月分配公平")).text == report
    assert "给经理看" in (await firm.says("lisi", "分配公平")).text
