"""From a behaviour to the hand-over, what sales says of it, tags and segments: by words and presses."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from sqlalchemy import select

from bot.assignment import arrive
from bot.crm.company.scoring import Scoring
from bot.crm.lead import LeadStatus
from bot.crm.marketing_commands import (
    AcceptLead,
    ListSegments,
    RejectLead,
    ShowSegment,
    TagLead,
    UntagLead,
)
from bot.crm.user import Role, User
from bot.handlers.qualify_lead import on_accept_lead, on_reject_lead
from bot.handlers.segments import on_list_segments, on_show_segment
from bot.handlers.tag_lead import on_tag_lead, on_untag_lead
from bot.intake import rescore, scoring
from bot.intake.behave import behave, recount
from bot.rules.score import Behaviour
from bot.store import leads, tags
from bot.store.tables.behaviour import behaviours
from bot.store.tables.sales import tasks
from bot.store.tables.segments import sales_verdicts
from tests.assignment.conftest import hire, labels

MARY = User(id="mary", name="周婷", role=Role.MARKETER, region="", team="")
ROOT = User(id="root", name="管理员", role=Role.ADMIN, region="", team="")


def did(event: str, at, of: str = "") -> Behaviour:
    return Behaviour(event, at, of)


async def nurtured(world, *, points: int = 40):
    """A lead of 40 points that nobody was asked to take."""
    lead = await world.lead()

    async def count(desk):
        before = await leads.lock(desk.tx, lead.id)
        done = (did("form_submitted", desk.now, "whitepaper"),) if points == 40 else ()
        scored = await scoring.count(desk, before, *done)
        return await arrive.arrive(desk, scored.lead, rings=False)

    return await world.unit(count)


async def warmed(world, clock, *events: str):
    lead = await world.get()
    for event in events:
        clock.push(timedelta(minutes=1))
        scored = await world.unit(lambda desk, event=event: behave(desk, lead, did(event, desk.now, event)))
    return scored


async def test_at_the_line_it_is_handed_over_once(world, clock, ask):
    """40, mail 45, handbook 50, price page 60: the pool rings, 黄金窗口; more behaviour rings no more."""
    lead = await nurtured(world)
    assert (lead.score, lead.status, lead.tier) == (40, LeadStatus.NEW, "nurture")
    assert await world.cards_of("zhangsan") == []

    await warmed(world, clock, "mail_opened", "handbook_downloaded")
    assert (await world.get()).score == 50
    assert await world.cards_of("zhangsan") == []

    scored = await warmed(world, clock, "pricing_page_viewed")
    assert scored.became_sales_qualified
    lead = await world.get()
    assert (lead.score, lead.status, lead.tier) == (60, LeadStatus.OFFERED, "hot")
    assert "黄金窗口" in (await world.card_of("zhangsan")).note

    again = await warmed(world, clock, "key_page_viewed")
    assert not again.became_sales_qualified
    await world.card_of("zhangsan")


async def test_a_corrected_field_may_reach_the_line_too(world, clock):
    """50 points and a title that is worth 20 once it is spelled right."""
    from bot.intake.change import change

    await world.lead(title="总建")
    await warmed(world, clock, "mail_opened", "handbook_downloaded", "pricing_page_viewed", "key_page_viewed")
    await warmed(world, clock, "form_submitted")
    assert (await world.get()).status is LeadStatus.NEW

    await world.unit(lambda desk: change(desk, "L1", "职位", "总监", by="zhaoliu"))
    assert ((await world.get()).score, (await world.get()).status) == (70, LeadStatus.OFFERED)


async def test_an_owner_hears_of_it_with_an_urgent_task(world, clock):
    """Who has the lead already gets the word and the task, once."""
    lead = await nurtured(world)
    from bot.crm.commands import ClaimLead
    from bot.handlers import Scope
    from bot.handlers.claim import on_claim
    from bot.store import users

    async def claim(desk):
        return await on_claim(ClaimLead(lead.id), Scope(desk, await users.get(desk.tx, "zhangsan")))

    await world.unit(claim)
    await warmed(world, clock, "mail_opened", "handbook_downloaded", "pricing_page_viewed", "key_page_viewed")

    found = await world.unit(lambda desk: desk.tx.all(select(tasks).where(tasks.c.is_urgent)))
    assert [(row.lead_id, row.owner_id) for row in found] == [("L1", "zhangsan")]
    assert any("黄金窗口" in card.note for card in await world.cards_of("zhangsan"))


async def handed_over(world, clock, ask):
    from bot.crm.commands import ClaimLead
    from bot.handlers.claim import on_claim

    await nurtured(world)
    await warmed(world, clock, "mail_opened", "handbook_downloaded", "pricing_page_viewed")
    return await ask(on_claim, ClaimLead("L1"), "zhangsan")


async def test_sales_accepts(world, clock, ask):
    """The owner's card has 接受 and 退回市场 behind its corner until he has said it."""
    reply = await handed_over(world, clock, ask)
    assert [button.label for button in reply.card.menu] == ["加微码", "接受", "退回市场"]

    reply = await ask(on_accept_lead, AcceptLead("L1"), "zhangsan")
    assert [button.label for button in reply.card.menu] == ["加微码", "旅程"]
    assert (await world.get()).sales_accepted_at == clock.now
    reply = await ask(on_accept_lead, AcceptLead("L1"), "zhangsan")
    assert reply.card.note == "已经接受过了"
    rows = await world.unit(lambda desk: desk.tx.all(select(sales_verdicts)))
    assert [(row.accepted, row.score, row.owner_id) for row in rows] == [(True, 60, "zhangsan")]


async def test_sales_sends_back_and_gets_it_again_when_it_has_earned_more(world, clock, ask, company):
    """With a reason from the list; nobody is asked to take it, the SQL number forgets it, 20 points bring it back."""
    await handed_over(world, clock, ask)

    asking = await ask(on_reject_lead, RejectLead("L1"), "zhangsan")
    assert [label for _, label in asking.card.poll.options] == list(company.reasons.rejected)
    await ask(on_reject_lead, RejectLead("L1"), "zhangsan", selected={"reason": ("没有需求",)})
    lead = await world.get()
    assert (lead.owner_id, lead.status, lead.is_sales_qualified) == (None, LeadStatus.NEW, False)
    assert lead.sales_rejected_at == clock.now

    scored = await warmed(world, clock, "key_page_viewed")
    assert scored.lead.score == 70
    assert not scored.is_qualified
    clock.push(timedelta(days=1))
    scored = await warmed(world, clock, "pricing_page_viewed")
    assert scored.became_sales_qualified
    assert (await world.get()).status is LeadStatus.OFFERED
    rows = await world.unit(lambda desk: desk.tx.all(select(sales_verdicts)))
    assert [(row.accepted, row.reason, row.score) for row in rows] == [(False, "没有需求", 60)]


async def test_only_what_was_handed_over_can_be_sent_back(world, ask):
    """An urgent enquiry below the line is returned or invalid, not marketing's."""
    from bot.crm.commands import ClaimLead
    from bot.handlers.claim import on_claim

    lead = await world.lead()
    await world.unit(lambda desk: arrive.arrive(desk, lead, rings=True))
    await ask(on_claim, ClaimLead("L1"), "zhangsan")

    reply = await ask(on_reject_lead, RejectLead("L1", "没有需求"), "zhangsan")
    assert "不是市场转来的" in reply.card.note
    # Accepting makes it one by hand.
    await ask(on_accept_lead, AcceptLead("L1"), "zhangsan")
    assert (await world.get()).is_sales_qualified
    assert (await world.get()).score < 60


async def test_tags_by_hand(world, clock, ask):
    """By any of its words, one of a group where only one can be true, with a row for each change."""
    await handed_over(world, clock, ask)

    reply = await ask(on_tag_lead, TagLead("L1", "嫌贵"), "zhangsan")
    assert reply.card.note == "已打标签：价格敏感"
    assert ("标签", "价格敏感") in [(field.label, field.value) for field in reply.card.fields]
    await ask(on_tag_lead, TagLead("L1", "使用人"), "zhangsan")
    reply = await ask(on_tag_lead, TagLead("L1", "拍板人"), "zhangsan")
    assert reply.card.note == "已打标签：决策人，换掉了使用人"
    assert (await ask(on_tag_lead, TagLead("L1", "决策人"), "zhangsan")).text == "已经有“决策人”了"
    assert (await ask(on_tag_lead, TagLead("L1", "VIP"), "zhangsan")).text == "“重点客户”只能由主管或规则来打"
    assert (await ask(on_tag_lead, TagLead("L1", "VIP"), "zhaoliu")).card.note == "已打标签：重点客户"
    assert "是不是“价格敏感”？" in (await ask(on_tag_lead, TagLead("L1", "价格敏"), "zhangsan")).text
    await ask(on_untag_lead, UntagLead("L1", "价格敏感"), "zhangsan")
    assert (await ask(on_tag_lead, TagLead("L1", "价格敏感"), "wangwu")).card.kind == "lead_gone"

    history = await world.unit(lambda desk: tags.history(desk.tx, "L1"))
    assert [(one.tag, one.given, one.by) for one in history] == [
        ("价格敏感", True, "zhangsan"), ("使用人", True, "zhangsan"), ("决策人", True, "zhangsan"),
        ("使用人", False, "zhangsan"), ("重点客户", True, "zhaoliu"), ("价格敏感", False, "zhangsan"),
    ]  # fmt: skip


def ruled(company, rules: list[dict], **more):
    """The company with these scoring rules."""
    import json

    plain = json.loads(company.scoring.model_dump_json(exclude={"rules", "groups"}))
    found = Scoring.model_validate_json(json.dumps({**plain, **more, "rules": rules}))
    return replace(company, scoring=found)


def under(firm, work):
    return lambda desk: work(replace(desk, company=firm))


async def test_rules_set_tags_and_take_them_away(world, clock, company):
    """A rule's tag goes when the rule no longer holds; what a person took away, a field rule leaves away."""
    rules = [
        {
            "id": "boss",
            "reason": "总监",
            "when": {"field": "title", "op": "contains", "value": "总监"},
            "tag": "决策人",
        },
        {
            "id": "hot",
            "reason": "决策人",
            "when": {"field": "tags", "op": "contains", "value": "决策人"},
            "points": 7,
        },
        {
            "id": "price",
            "reason": "看价格",
            "event": "pricing_page_viewed",
            "counts": "daily",
            "tag": ["价格敏感"],
        },
    ]
    firm = ruled(company, rules)
    lead = await world.lead()

    async def now_has():
        return set(await world.unit(lambda desk: tags.of(desk.tx, "L1")))

    scored = await world.unit(under(firm, lambda desk: recount(desk, "L1")))
    assert (await now_has(), scored.lead.score) == ({"决策人"}, 7)

    await world.unit(lambda desk: tags.take(desk, "L1", "决策人", by="zhangsan", reason="手动"))
    scored = await world.unit(under(firm, lambda desk: recount(desk, "L1")))
    assert (await now_has(), scored.lead.score) == (set(), 0)

    seen = did("pricing_page_viewed", clock.now)
    await world.unit(under(firm, lambda desk: behave(desk, lead, seen)))
    assert await now_has() == {"价格敏感"}


async def test_groups_weigh_and_cap_and_old_points_fade(world, clock, company):
    """Half weight, at most 12 of the group; points that last ten days are gone on the eleventh."""
    groups = [{"key": "web", "label": "浏览", "weight": 50, "most": 12}]
    rules = [
        {"id": "mail", "reason": "邮件", "event": "mail_opened", "points": 8, "group": "web"},
        {
            "id": "page",
            "reason": "页面",
            "event": "key_page_viewed",
            "points": 9,
            "group": "web",
            "counts": "every_time",
        },
        {
            "id": "talk",
            "reason": "演示",
            "event": "handbook_downloaded",
            "points": 30,
            "decay": {"after_days": 10},
        },
    ]
    firm = ruled(company, rules, groups=groups)
    lead = await world.lead()

    async def after(event: str, of: str = "") -> int:
        clock.push(timedelta(seconds=1))
        done = did(event, clock.now, of)
        return (await world.unit(under(firm, lambda desk: behave(desk, lead, done)))).lead.score

    assert await after("mail_opened", "m1") == 4
    assert await after("key_page_viewed") == 9
    assert await after("key_page_viewed") == 12
    assert await after("handbook_downloaded") == 42
    clock.push(timedelta(days=10))
    assert await world.unit(under(firm, lambda desk: rescore.some(desk, after=""))) == rescore.Rescored(
        1, None
    )
    assert (await world.get()).score == 12


async def test_a_window_gives_points_and_takes_them_when_it_has_slid(world, clock, company):
    """Three looks within a week give points at once; a week later the night takes them away again."""
    eager = {"event": "pricing_page_viewed", "times": ">=", "value": 3, "within_days": 7}
    silent = {"since": "last_behaviour_at", "over_days": 30}
    firm = ruled(company, [
        {"id": "eager", "reason": "一周看了三次", "when": eager, "points": 15},
        {"id": "silent", "reason": "30 天没动静", "when": silent, "points": -10},
    ])  # fmt: skip
    lead = await world.lead()

    async def look(desk):
        row = {"message_id": f"m{desk.now}", "lead_id": "L1", "event": "pricing_page_viewed", "object": "/p"}
        row |= {"channel": "web", "properties": {}, "at": desk.now, "received_at": desk.now}
        await desk.tx.insert(behaviours, row)
        return await behave(desk, lead, did("pricing_page_viewed", desk.now, "/p"))

    async def night() -> int:
        await world.unit(under(firm, lambda desk: rescore.some(desk, after="")))
        return (await world.get()).score

    scores = []
    for _ in range(3):
        clock.push(timedelta(hours=1))
        scores.append((await world.unit(under(firm, look))).lead.score)
    assert scores == [0, 0, 15]
    assert await night() == 15
    clock.push(timedelta(days=7))
    assert await night() == 0
    clock.push(timedelta(days=30))
    assert await night() == -10


async def test_segments_by_message(world, clock, ask):
    """A manager gets people of his region, phone masked; a marketer a number; an admin nothing."""
    await handed_over(world, clock, ask)
    await world.unit(lambda desk: hire(desk, MARY, ROOT))

    card = (await ask(on_show_segment, ShowSegment("高意向"), "zhaoliu")).card
    assert card.title == "分群：高意向未成交"
    assert ("人数", "1 人") in [(field.label, field.value) for field in card.fields]
    assert any(field.label == "L1" and "****" in field.value and "13812345678" not in field.value
               for field in card.fields)  # fmt: skip
    assert card.text == "条件：评分 ≥ 60 且 购买次数 = 0 且 非（线索状态 = 无效）"
    assert labels(card) == ["看 L1", "所有分群"]

    card = (await ask(on_show_segment, ShowSegment("高意向未成交"), "mary")).card
    assert ("人数", "1 人") in [(field.label, field.value) for field in card.fields]
    assert labels(card) == ["所有分群"]
    card = (await ask(on_show_segment, ShowSegment("高意向未成交"), "wangwu")).card
    assert ("人数", "0 人") in [(field.label, field.value) for field in card.fields]
    assert "管理员" in (await ask(on_show_segment, ShowSegment("潜客"), "root")).text
    assert "私聊" in (await ask(on_show_segment, ShowSegment("潜客"), "zhaoliu", chat="group-1")).text
    assert (
        "是不是“高意向未成交”？" in (await ask(on_show_segment, ShowSegment("高意向没成交"), "zhaoliu")).text
    )
    said = (await ask(on_list_segments, ListSegments(), "boss")).text
    assert "· 高意向未成交：1 人" in said
    assert "· 高价值：0 人" in said
