"""值班, 请假, people who come and go, and who was left without a follow-up."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from bot.assignment import arrive
from bot.crm.commands import ClaimLead, ListStale, SetDuty
from bot.crm.signals import MemberHasEntered, MemberHasLeft
from bot.crm.user import SYSTEM
from bot.handlers import Scope
from bot.handlers.claim import on_claim
from bot.handlers.duty import on_set_duty
from bot.handlers.list_stale import on_list_stale
from bot.handlers.member_entered import on_member_entered
from bot.handlers.member_left import on_member_left
from bot.kit.wire import unpack
from bot.store import incidents
from bot.store.tables.machinery import outbox, timers
from bot.store.tables.people import user_changes
from tests.assignment.conftest import labels

SHANGHAI = ZoneInfo("Asia/Shanghai")


async def test_on_leave_until_a_day_ends_by_itself(world, ask, clock):
    """请假 到下周二: nothing new until then, and it is said in a date."""
    reply = await ask(on_set_duty, SetDuty("off", "到下周二"), "lisi", tapped=False)

    user = await world.user("lisi")
    assert reply.text.startswith("好，11月24日")
    assert not user.takes_leads(clock.now)
    assert user.takes_leads(datetime(2026, 11, 25, 9, 0, tzinfo=SHANGHAI))


async def test_on_leave_without_an_end_lasts_until_the_word(world, ask, clock):
    """请假, and later 值班."""
    await ask(on_set_duty, SetDuty("off"), "lisi", tapped=False)
    assert not (await world.user("lisi")).takes_leads(clock.now + timedelta(days=300))

    assert (await ask(on_set_duty, SetDuty("on"), "lisi", tapped=False)).text == "好，新线索会推给你。"
    assert (await world.user("lisi")).takes_leads(clock.now)


async def test_words_that_are_no_time_change_nothing(world, ask, clock):
    """He is asked again rather than put on leave for ever."""
    reply = await ask(on_set_duty, SetDuty("off", "等我心情好"), "lisi", tapped=False)

    assert reply.text.startswith("没看懂")
    assert (await world.user("lisi")).takes_leads(clock.now)


async def test_each_change_of_duty_is_kept(world, ask):
    """Who was on duty when a lead came can be answered later."""
    await ask(on_set_duty, SetDuty("off"), "lisi", tapped=False)

    rows = await world.unit(lambda desk: desk.tx.all(select(user_changes)))
    assert [(row.user_id, row.what, row.after["on_duty"]) for row in rows] == [("lisi", "duty", False)]


async def signal(world, handler, command):
    return await world.unit(lambda desk: handler(command, Scope(desk, SYSTEM)))


async def test_a_departure_runs_to_its_end_by_timers(world, ask):
    """Each unit does a part and asks for the next; then the manager reads what came of it."""
    for number in range(1, 6):
        lead = await world.lead(f"L{number}")
        await world.unit(lambda desk, lead=lead: arrive.arrive(desk, lead, rings=False))
        await ask(on_claim, ClaimLead(f"L{number}"), "zhangsan")
    command: object = MemberHasLeft("wecom", "zhangsan")

    for _ in range(10):
        await signal(world, on_member_left, command)
        row = await world.unit(
            lambda desk: desk.tx.first(select(timers).where(timers.c.key == "leave:wecom"))
        )
        assert row is not None
        command = unpack(row.payload)

    for number in range(1, 6):
        assert (await world.get(f"L{number}")).owner_id is None
    told = select(outbox).where(outbox.c.key.like("left:zhangsan:%"))
    assert len(await world.unit(lambda desk: desk.tx.all(told))) == 1


async def test_an_unknown_leaver_is_counted(world):
    """Nothing is passed over in silence."""
    await signal(world, on_member_left, MemberHasLeft("wecom", "nobody"))

    totals = await world.unit(lambda desk: incidents.totals(desk.tx))
    assert totals["member.unknown", "left"] == 1


async def test_who_is_given_the_app_is_greeted_once(world):
    """The platform may say it twice."""
    for _ in range(2):
        await signal(world, on_member_entered, MemberHasEntered("wecom", "lisi", "yes"))

    greeted = select(outbox).where(outbox.c.recipient == "lisi")
    assert len(await world.unit(lambda desk: desk.tx.all(greeted))) == 1


@pytest.fixture
async def idle(world, ask, clock):
    """Seven leads of two people, untouched for five days."""
    for number in range(1, 8):
        lead = await world.lead(f"L{number}")
        await world.unit(lambda desk, lead=lead: arrive.arrive(desk, lead, rings=False))
        await ask(on_claim, ClaimLead(f"L{number}"), "zhangsan" if number < 7 else "lisi")
    clock.push(timedelta(days=5))
    return world


async def test_a_manager_sees_who_left_what_lying_and_can_give_it_away(idle, ask):
    """Five on a page with names and days; each with 改派, and a button for more."""
    reply = await ask(on_list_stale, ListStale(), "zhaoliu", tapped=False)

    assert reply.card.title == "3 天没跟进的线索"
    assert reply.card.fields[0].value == "张三 · 林晓·星河科技 · 5 天"
    assert labels(reply.card) == ["改派 L1", "改派 L2", "改派 L3", "改派 L4", "改派 L5", "更多"]
    more = await ask(on_list_stale, ListStale("3", "2"), "zhaoliu")
    assert labels(more.card) == ["改派 L6", "改派 L7"]


async def test_a_rep_sees_his_own_alone(idle, ask):
    """With a button to follow up; a colleague's lead is not his business."""
    reply = await ask(on_list_stale, ListStale(), "lisi", tapped=False)

    assert labels(reply.card) == ["跟进 L7"]
    assert reply.card.fields[0].value == "林晓·星河科技 · 5 天"


async def test_a_manager_elsewhere_sees_none_of_it(idle, ask):
    """An empty list says so in words."""
    reply = await ask(on_list_stale, ListStale("10"), "zhaoliu", tapped=False)
    other = await ask(on_list_stale, ListStale(), "wangwu", tapped=False)

    assert reply.card.title == "没有超过 10 天没跟进的线索"
    assert other.card.title == "没有超过 3 天没跟进的线索"
