"""One person, one lead, two platforms: everybody is reached where he reads, and cards flip on both."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.assignment import groups
from bot.chat.inbound import MemberLeft
from bot.chat.outbound import CloseTodo, Notice, OpenTodo, SendCard
from bot.crm.pool import pool_of
from bot.errors import PlatformRejectedError
from bot.store import chats, inbox, incidents, leads, logins, monthly, outbox
from bot.store.tables.leads import tenures
from bot.worker.lanes import LaneWorker
from tests.worker.two_platforms import Both, account, open_both, pressed

TAPS = 200


@pytest.fixture
def both(store, company, vault, clock, random_bytes, unit) -> Both:
    return open_both(store, company, vault, clock, random_bytes, unit)


async def test_everybody_gets_the_lead_where_he_reads_and_nobody_twice(both):
    """Of two platforms a card goes to the one where he last did something; a mixed group all get theirs."""
    await both.hire("mei", "wecom")
    await both.hire("jun", "dingtalk")
    await both.hire("bo", "dingtalk", "wecom")
    await both.hire("li", "wecom", "dingtalk")

    await both.lead()

    assert {card.to for card in both.wecom.cards()} == {"mei", "li"}
    assert {card.to for card in both.dingtalk.cards()} == {"ding-jun", "ding-bo"}


async def test_a_claim_on_one_platform_flips_the_others_on_both(both):
    """The winner has the lead; all others, wherever they read, see whose it is."""
    for one, on in (("mei", "wecom"), ("jun", "dingtalk"), ("bo", "dingtalk"), ("li", "wecom")):
        await both.hire(one, on)
    await both.lead()

    card = next(card for card in both.dingtalk.cards() if card.to == "ding-jun")
    await both.tap("dingtalk", "jun", card)
    await both.work()

    assert both.shown("dingtalk")["ding-jun"].kind == "lead_owned"
    for platform, who in (("dingtalk", "ding-bo"), ("wecom", "mei"), ("wecom", "li")):
        assert both.shown(platform)[who].kind == "lead_taken", who
    late = next(card for card in both.wecom.cards() if card.to == "mei")
    await both.tap("wecom", "mei", late)
    await both.work()
    assert both.shown("wecom")["mei"].kind == "lead_taken"
    assert (await both.unit(lambda desk: leads.get(desk.tx, "L7"))).owner_id == "jun"


async def test_a_group_hears_of_a_claim_on_the_other_platform(both, unit):
    """Where cards change by their key the group's card flips; where they do not, it is said beside it."""
    await both.hire("mei", "wecom")
    await both.hire("jun", "dingtalk")
    pool = pool_of(both.bench.company, None).id
    for on in ("wecom", "dingtalk"):
        await unit(lambda desk, at=on: chats.bind(desk, platform=at, chat="g1", pool_id=pool, by="mei"))
    await both.lead()
    assert both.shown("dingtalk")["g1"].kind == "lead_in_group"

    await both.say("dingtalk", "jun", "领取 L7")

    assert "jun" in both.shown("dingtalk")["g1"].note
    assert not both.shown("dingtalk")["g1"].buttons
    assert not both.dingtalk.texts("g1")


async def test_news_goes_to_the_group_that_the_configuration_names(both, unit):
    """With its platform's name it is a group there; without one it is ours on WeCom, if anybody is."""
    await both.hire("jun", "dingtalk")
    for chat in ("dingtalk:cid1", "leadbellwins"):
        await unit(lambda desk, to=chat: groups.post(desk, chat=to, name="喜报", key=to, text="赢单"))
    await both.work()
    assert both.dingtalk.texts("cid1") == ["赢单"]
    assert both.wecom.wire == []

    await both.hire("mei", "wecom")
    await unit(lambda desk: groups.post(desk, chat="leadbellwins", name="喜报", key="again", text="赢单"))
    await both.work()
    assert both.wecom.texts("leadbellwins") == ["赢单"]


async def test_notices_follow_him_and_old_cards_still_answer(both):
    """He writes on the other platform: what comes next goes there; his old card flips where it hangs."""
    await both.hire("mei", "wecom", "dingtalk")
    await both.lead()
    old = both.wecom.cards()[0]

    await both.say("dingtalk", "mei", "帮助")
    await both.unit(lambda desk: outbox.post(desk, Notice(to="mei", key="news", text="有新消息")))
    await both.work()
    assert "有新消息" in both.dingtalk.texts("ding-mei")

    said = await both.say("dingtalk", "mei", "领取 L7")
    assert both.shown("dingtalk")["ding-mei"].kind == "lead_owned", said
    assert both.shown("wecom")["mei"].kind == "lead_owned"

    await both.tap("wecom", "mei", old)
    await both.work()
    assert both.shown("wecom")["mei"].kind == "lead_owned"
    assert (await both.user("mei")).platform == "wecom"


async def test_where_one_platform_refuses_the_other_is_used(both):
    """He left the app there: the same message comes here, and so does what follows."""
    await both.hire("mei", "dingtalk", "wecom")
    both.dingtalk.faults = [PlatformRejectedError("dingtalk", "staffId.notExisted", "gone")]

    await both.unit(lambda desk: outbox.post(desk, Notice(to="mei", key="one", text="第一条")))
    await both.work()
    await both.unit(lambda desk: outbox.post(desk, Notice(to="mei", key="two", text="第二条")))
    await both.work()

    assert both.wecom.texts("mei") == ["第一条", "第二条"]
    assert both.dingtalk.texts() == []
    counted = await both.unit(lambda desk: incidents.totals(desk.tx))
    assert counted["notice.rerouted", "dingtalk:wecom"] == 1


async def test_a_refusal_on_both_ends(both):
    """Neither takes it: each was tried once, and that is known."""
    await both.hire("mei", "dingtalk", "wecom")
    both.dingtalk.faults = [PlatformRejectedError("dingtalk", "x", "no")] * 3
    both.wecom.faults = [PlatformRejectedError("wecom", 60111, "no")] * 3

    await both.unit(lambda desk: outbox.post(desk, Notice(to="mei", key="one", text="第一条")))
    await both.work()

    assert (len(both.dingtalk.faults), len(both.wecom.faults)) == (2, 2)


async def test_a_platform_that_is_off_is_passed_over(both):
    """Its settings were taken out: who has another login reads there, cards included."""
    await both.hire("mei", "dingtalk", "wecom")
    both.bench.adapters.pop("dingtalk")

    await both.lead()

    assert [card.to for card in both.wecom.cards()] == ["mei"]


async def test_leaving_one_platform_closes_that_login_alone(both):
    """With the other login he stays; with his last one he leaves, and his lead goes back."""
    await both.hire("mei", "wecom", "dingtalk")
    await both.lead()
    await both.say("wecom", "mei", "领取 L7")

    await both.bring("wecom", "mei", MemberLeft(platform="wecom", user_id="mei"))
    await both.work()
    assert (await both.user("mei")).active
    assert await both.unit(lambda desk: logins.of_user(desk.tx, "mei")) == [("dingtalk", "ding-mei")]
    assert (await both.unit(lambda desk: leads.get(desk.tx, "L7"))).owner_id == "mei"

    await both.bring("dingtalk", "mei", MemberLeft(platform="dingtalk", user_id="ding-mei"))
    await both.work()
    assert not (await both.user("mei")).active
    assert (await both.unit(lambda desk: leads.get(desk.tx, "L7"))).owner_id is None


async def test_tasks_stand_on_the_list_of_to_dos_where_there_is_one(both):
    """Opened with the task, moved with it, closed with it; the platform without a list hears nothing."""
    await both.hire("mei", "dingtalk", "wecom")
    await both.hire("jun", "wecom")
    await both.lead()
    await both.say("dingtalk", "mei", "领取 L7")
    await both.say("dingtalk", "mei", "提醒 L7 明天上午10点发合同")

    opened = [one for one in both.dingtalk.wire if isinstance(one, OpenTodo)]
    assert [(one.source_id, one.to, one.todo_id) for one in opened] == [("T1.mei", "ding-mei", "")]
    await both.say("dingtalk", "mei", "T1 推迟到明天下午3点")
    moved = [one for one in both.dingtalk.wire if isinstance(one, OpenTodo)][1]
    assert moved.todo_id
    assert moved.due_at > opened[0].due_at
    await both.say("dingtalk", "mei", "完成 T1")
    closed = [one for one in both.dingtalk.wire if isinstance(one, CloseTodo)]
    assert [(one.source_id, one.is_done, bool(one.todo_id)) for one in closed] == [("T1.mei", True, True)]
    assert not any(isinstance(one, OpenTodo | CloseTodo) for one in both.wecom.wire)


async def test_a_task_that_is_handed_over_changes_lists(both):
    """The one who had it has it no more; the one who gets it has one of his own."""
    await both.hire("mei", "dingtalk")
    await both.hire("jun", "dingtalk", name="李军")
    await both.lead()
    await both.say("dingtalk", "mei", "领取 L7")
    await both.say("dingtalk", "mei", "提醒 L7 明天上午10点发合同")

    await both.say("dingtalk", "mei", "T1 转交 李军")

    closed = [one for one in both.dingtalk.wire if isinstance(one, CloseTodo)]
    assert [(one.to, one.is_done) for one in closed] == [("ding-mei", False)]
    last = [one for one in both.dingtalk.wire if isinstance(one, OpenTodo)][-1]
    assert (last.source_id, last.to) == ("T1.jun", "ding-jun")


async def test_taps_from_both_platforms_at_once_have_one_winner(both):
    """Half of them on each; every card ends in the right state, and everybody was asked once."""
    people = [(f"u{n:03}", "wecom" if n % 2 else "dingtalk") for n in range(TAPS)]
    for one, on in people:
        await both.hire(one, on)
    await both.lead()
    cards = {card.to: card for card in (*both.wecom.cards(), *both.dingtalk.cards())}
    assert len(cards) == TAPS

    bench = both.bench
    taps = [both.delivery(on, one, pressed(on, one, cards[account(on, one)], "领取")) for one, on in people]
    for some in range(0, TAPS, 50):
        await bench.store.write(
            lambda tx, some=some: inbox.receive_all(
                tx, bench.vault, taps[some : some + 50], now=both.clock.now
            ),
            within=10,
        )
    await asyncio.gather(LaneWorker(bench).step(), LaneWorker(bench).step())
    await both.work()

    owner = (await both.unit(lambda desk: leads.get(desk.tx, "L7"))).owner_id
    rows = await both.unit(lambda desk: desk.tx.all(select(tenures).where(tenures.c.lead_id == "L7")))
    assert [row.owner_id for row in rows] == [owner]
    kinds = {to: card.kind for on in ("wecom", "dingtalk") for to, card in both.shown(on).items()}
    winners = [to for to, kind in kinds.items() if kind == "lead_owned"]
    assert winners == [account(dict(people)[owner], owner)]
    assert len([kind for kind in kinds.values() if kind == "lead_taken"]) == TAPS - 1
    assert len([one for one in (*both.wecom.wire, *both.dingtalk.wire) if isinstance(one, SendCard)]) == TAPS


async def test_the_month_is_counted_and_the_admins_are_told_once(both):
    """At 70 and at 90 per cent, of calls and of pushes; each time one message."""
    assert both.bench.company.channels.monthly["dingtalk"].calls == 5000
    await both.hire("root", "wecom", role="admin")
    await both.hire("mei", "dingtalk")
    await spend(both, 3498)

    for n in range(4):
        await both.unit(lambda desk, n=n: outbox.post(desk, Notice(to="mei", key=f"n{n}", text=f"第{n}条")))
    await both.work()

    told = [text for text in both.wecom.texts("root") if "70%" in text]
    assert len(told) == 1
    assert "3500 / 5000" in told[0]
    assert await used(both) == 3502


async def test_above_nine_tenths_what_can_wait_goes_together(both):
    """Single notices wait for the half hour and come as one; answers and new leads go at once."""
    await both.hire("mei", "dingtalk")
    await spend(both, 4500)
    for n in range(3):
        await both.unit(lambda desk, n=n: outbox.post(desk, Notice(to="mei", key=f"n{n}", text=f"第{n}条")))
    await both.work()
    assert both.dingtalk.texts() == []

    await both.lead()
    assert [card.card.kind for card in both.dingtalk.cards()] == ["lead_offered"]
    assert await both.say("dingtalk", "mei", "帮助")

    before = len(both.dingtalk.texts())
    both.clock.push(timedelta(minutes=30))
    await both.work()
    together = both.dingtalk.texts()[before:]
    assert len(together) == 1
    assert all(f"第{n}条" in together[0] for n in range(3))


async def spend(both: Both, n: int) -> None:
    month = monthly.month_of(both.clock.now, both.bench.company.org.zone)
    await both.unit(lambda desk: monthly.count(desk.tx, "dingtalk", "calls", month=month, by=n))


async def used(both: Both) -> int:
    month = monthly.month_of(both.clock.now, both.bench.company.org.zone)
    return await both.unit(lambda desk: monthly.used(desk.tx, "dingtalk", "calls", month=month))
