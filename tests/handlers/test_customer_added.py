"""A customer in WeChat: bound to his lead by our word, greeted once, told of, and let go."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from bot.chat.outbound import CreateContactWay, DeleteContactWay, Welcome
from bot.crm.signals import ContactWayExpired, CustomerHasAdded, CustomerHasLeft
from bot.handlers import contact_way_expired, customer_added, customer_left
from bot.intake import contact_way
from bot.store import consents, external_contacts, leads
from bot.store.desk import Desk
from bot.store.external_contacts import Tie
from bot.store.tables.leads import contact_ways
from bot.store.tables.leads import external_contacts as ties
from bot.store.tables.machinery import timers
from tests.intake.world import LINA, TEAM, act, counted, enquire, hire, queued, sent

CUSTOMER = "wmEXTERNAL0001"


async def tie_of(desk: Desk, user_id: str = "lina") -> Tie:
    found = await external_contacts.find(desk.tx, "wecom", CUSTOMER, user_id)
    assert found is not None
    return found


@pytest.fixture
async def state(unit: Any) -> str:
    """The word in the code that a lead of the region was shown."""

    async def show(desk: Desk) -> str:
        await hire(desk, *TEAM)
        lead = await enquire(desk)
        await contact_way.ask_for(desk, lead, "wecom")
        found = await contact_way.wanted(desk, lead, "wecom")
        assert found is not None
        return found[0]

    word: str = await unit(show)
    return word


def added(desk: Desk, state: str, **more: str) -> CustomerHasAdded:
    fields = {"account": "wx-lina", "welcome_code": "W1", "at": desk.now.isoformat(), **more}
    return CustomerHasAdded(platform="wecom", external_id=CUSTOMER, state=state, **fields)


async def test_the_code_is_for_those_on_duty_in_the_region(unit, state) -> None:
    """Its word is ours, short enough and not to be guessed; asked for once however often one looks."""

    async def look(desk: Desk) -> None:
        lead = await leads.get(desk.tx, "L1")
        await contact_way.ask_for(desk, lead, "wecom")
        (asked,) = await queued(desk, "contact_way")
        assert asked == CreateContactWay(state=state, user_ids=("wx-lina",), remark="L1")
        assert len(state) <= 30
        assert state.isalnum()

    await unit(look)


async def test_who_adds_us_by_his_code_is_bound_greeted_and_told_of(unit, state, clock) -> None:
    clock.push(timedelta(seconds=3))

    async def add(desk: Desk) -> None:
        await act(desk, customer_added.router, added(desk, state))
        lead = await leads.get(desk.tx, "L1")
        assert (lead.wechat_added_at, lead.external_contact_id) == (desk.now, CUSTOMER)
        assert (await tie_of(desk)).lead_id == "L1"
        assert await consents.holds(desk.tx, "L1", "wechat")
        assert await queued(desk, "welcome") == [
            Welcome(code="W1", text="您好，我是云帆软件的李娜，有什么想了解的，直接在这里问我。")
        ]
        (told,) = await queued(desk, "text")
        assert (told.to, told.text) == ("wx-lina", "L1 王伟·云帆科技 加了你的微信，可以直接聊了。")

    await unit(add)


async def test_half_and_whole_are_one_adding(unit, state, clock) -> None:
    """Both events with a code, in two units: one tie, one greeting, one word to the colleague."""

    async def half(desk: Desk) -> None:
        await act(desk, customer_added.router, added(desk, state, half="yes"))

    async def whole(desk: Desk) -> None:
        await act(desk, customer_added.router, added(desk, state, welcome_code="W2"))
        await act(desk, customer_added.router, added(desk, state, welcome_code=""))
        assert len(await desk.tx.all(select(ties))) == 1
        assert len(await queued(desk, "welcome")) == 1
        assert len(await queued(desk, "text")) == 1

    await unit(half)
    clock.push(timedelta(seconds=5))
    await unit(whole)


async def test_a_greeting_that_would_come_too_late_is_not_sent(unit, state, clock) -> None:
    """The platform gives 20 seconds; a greeting that cannot make it is counted, not tried."""

    async def late(desk: Desk) -> None:
        signal = added(desk, state, at=(desk.now - timedelta(seconds=19)).isoformat())
        await act(desk, customer_added.router, signal)
        assert await queued(desk, "welcome") == []
        assert (await tie_of(desk)).welcome == "missed"
        assert await counted(desk, "welcome.missed") == {"too_late": 1}
        assert (await leads.get(desk.tx, "L1")).wechat_added_at is not None

    await unit(late)


async def test_a_word_that_is_not_ours_binds_nobody(unit, state) -> None:
    """Kept, greeted, counted; no lead is touched."""

    async def add(desk: Desk) -> None:
        await act(desk, customer_added.router, added(desk, "lbsomebodyelses"))
        assert (await tie_of(desk)).lead_id is None
        assert (await leads.get(desk.tx, "L1")).wechat_added_at is None
        assert await counted(desk, "customer.unbound") == {"unknown_state": 1}
        assert len(await queued(desk, "welcome")) == 1

    await unit(add)


async def test_who_adds_a_second_colleague_is_still_the_same_lead(unit, state, clock) -> None:
    """加微 is counted once; the second one is told, too."""

    async def add(desk: Desk) -> Any:
        await act(desk, customer_added.router, added(desk, state))
        return (await leads.get(desk.tx, "L1")).wechat_added_at

    first = await unit(add)
    clock.push(timedelta(days=1))

    async def again(desk: Desk) -> None:
        await act(desk, customer_added.router, added(desk, "", account="wx-zhao", welcome_code="W9"))
        assert (await tie_of(desk, "zhao")).lead_id == "L1"
        assert (await leads.get(desk.tx, "L1")).wechat_added_at == first
        assert [text.to for text in await queued(desk, "text")] == ["wx-lina", "wx-zhao"]

    await unit(again)


async def test_who_leaves_is_told_of_once_and_may_come_back(unit, state, clock) -> None:
    async def leave(desk: Desk) -> None:
        await act(desk, customer_added.router, added(desk, state))
        gone = CustomerHasLeft("wecom", "wx-lina", CUSTOMER, by_customer="yes")
        await act(desk, customer_left.router, gone)
        await act(desk, customer_left.router, gone)
        assert (await tie_of(desk)).ended_at == desk.now
        assert [text.text for text in await queued(desk, "text")][1:] == ["L1 王伟·云帆科技 删除了你的微信。"]
        assert await counted(desk, "customer.left") == {"left_before": 1}

    async def back(desk: Desk) -> None:
        await act(desk, customer_added.router, added(desk, "", welcome_code="W2"))
        assert (await tie_of(desk)).ended_at is None
        assert len(await queued(desk, "welcome")) == 2

    await unit(leave)
    clock.push(timedelta(days=2))
    await unit(back)


async def test_who_was_never_added_leaves_a_count_alone(unit) -> None:
    async def leave(desk: Desk) -> None:
        await hire(desk, LINA)
        await act(desk, customer_left.router, CustomerHasLeft("wecom", "wx-lina", CUSTOMER))
        assert await counted(desk, "customer.left") == {"never_added": 1}

    await unit(leave)


async def test_a_code_that_served_is_taken_back(unit, state) -> None:
    """The adding sets its end for now; the end asks the platform once to delete what it made."""

    async def serve(desk: Desk) -> None:
        await sent(desk, "contact_way", config_id="C7", qr_code="https://wework.qpic.cn/q")
        await act(desk, customer_added.router, added(desk, state))
        (timer,) = await desk.tx.all(select(timers).where(timers.c.key == state))
        assert timer.due_at == desk.now
        for _ in range(2):
            await act(desk, contact_way_expired.router, ContactWayExpired(state))
        assert await queued(desk, "contact_way_end") == [DeleteContactWay(config_id="C7")]
        (row,) = await desk.tx.all(select(contact_ways))
        assert (row.used_at, row.deleted_at, row.config_id) == (desk.now, desk.now, "C7")

    await unit(serve)


async def test_a_code_that_nobody_uses_ends_after_a_month(unit, state) -> None:
    async def look(desk: Desk) -> None:
        (timer,) = await desk.tx.all(select(timers).where(timers.c.key == state))
        assert timer.due_at == desk.now + timedelta(days=30)
        await act(desk, contact_way_expired.router, ContactWayExpired(state))
        assert await queued(desk, "contact_way_end") == []
        assert await counted(desk, "contact_way.skipped") == {"never_made": 1}

    await unit(look)


async def test_a_colleague_whom_we_do_not_know_is_kept_and_counted(unit, state) -> None:
    async def add(desk: Desk) -> None:
        await act(desk, customer_added.router, added(desk, state, account="wx-nobody"))
        assert (await tie_of(desk, "wx-nobody")).lead_id == "L1"
        assert await counted(desk, "customer.added") == {"colleague_unknown": 1}

    await unit(add)
