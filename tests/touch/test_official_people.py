"""People of 公众号 and 小程序 before and after we know who they are, on each database."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.crm.capture_signals import FollowerHasCome, FollowerHasLeft
from bot.crm.official_signals import (
    MassSendHasEnded,
    MessagesHaveArrived,
    SubscriptionsHaveChanged,
    VisitorHasActed,
)
from bot.crm.touching import Purpose, TouchState
from bot.intake import followers, official, official_visitors, wechat_identity
from bot.store import incidents, leads, touch_sending
from bot.store import touch_plans as plans
from bot.store.tables.insight import touches
from bot.store.tables.machinery import outbox as notices
from bot.store.tables.touch import touch_grants, touch_plans, touch_suppressions, touch_windows
from bot.store.unclaimed_permissions import Visitor
from bot.touch import deliver, explain
from bot.touch.answers import Answer, Outcome
from bot.worker.touching import TouchSender

HIM = Visitor("wechat_official", "main", "oAbc")
ASK = {"purpose": Purpose.TRANSACTIONAL, "content": "notice"}


def acted(kind: str = "message", text: str = "", at: str = "", number: str = "1") -> VisitorHasActed:
    return VisitorHasActed("wechat_official", "main", "oAbc", kind, text, number, at)


async def rows(house, table):
    return await house.unit(lambda desk: desk.tx.all(select(table)))


async def follows(house, lead_id: str = "L1") -> None:
    """He follows, and is the lead."""

    async def work(desk):
        await followers.came(desk, FollowerHasCome("main", "oAbc", is_new="yes", union_id="u1"))
        lead = await leads.get(desk.tx, lead_id)
        await wechat_identity.take(desk, lead, union_id="u1")
        await followers.is_lead(desk, "u1", lead_id)

    await house.unit(work)


async def test_what_a_stranger_allowed_is_his_when_he_is_known(house):
    """Two permissions and a span wait for him; the span runs from when he wrote, not from now."""

    async def before(desk):
        await followers.came(desk, FollowerHasCome("main", "oAbc", is_new="yes", union_id="u1"))
        for _ in range(2):
            given = SubscriptionsHaveChanged("wechat_official", "main", "oAbc", granted="T1")
            await official.subscribed(desk, given)
        await official.acted(desk, acted())

    await house.unit(before)
    assert await rows(house, touch_grants) == []
    wrote_at = house.clock.now
    house.push(hours=40)
    await follows(house)
    await follows(house)

    [span] = [one for one in await rows(house, touch_windows) if one.kind == "message"]
    assert (span.lead_id, span.expires_at) == ("L1", wrote_at + timedelta(hours=48))
    assert [one.template for one in await rows(house, touch_grants)] == ["T1", "T1"]


async def test_a_message_told_late_opens_no_span_of_today(lite_house):
    """The platform's clock counts; and what came before he left brings nobody back."""
    await follows(lite_house)
    old = (lite_house.clock.now - timedelta(hours=49)).isoformat()
    await lite_house.unit(lambda desk: official.acted(desk, acted(at=old)))
    assert [one for one in await rows(lite_house, touch_windows) if one.kind == "message"] == []
    earlier = lite_house.clock.now.isoformat()
    lite_house.push(minutes=1)
    await lite_house.unit(lambda desk: followers.left(desk, FollowerHasLeft("main", "oAbc")))
    await lite_house.unit(lambda desk: official.acted(desk, acted(at=earlier)))

    counted = await lite_house.unit(lambda desk: incidents.totals(desk.tx))
    assert counted["follower.acted", "after_leaving"] == 1
    assert [one for one in await rows(lite_house, touch_windows) if one.kind == "message"] == []


async def test_his_words_go_to_his_owner_once(lite_house):
    """A repeat of the delivery tells nobody again; another message does."""
    await lite_house.unit(lambda desk: official_visitors.seen(desk, HIM, at=desk.now))
    await follows(lite_house)
    for number in ("1", "1", "2"):
        await lite_house.unit(lambda desk, n=number: official.acted(desk, acted(text="在吗", number=n)))

    told = [one for one in await rows(lite_house, notices) if "wechat_official_reply" in one.key]
    assert len(told) == 2


async def test_a_receipt_before_the_answer_settles_the_only_one_that_waits(house):
    """It came there while we still did not know; the late answer changes nothing of that."""
    await follows(house)
    await house.ask("k1", channels=("wechat_official.template",), **ASK)
    plan = await house.row("k1")

    async def lease(desk):
        return await touch_sending.lease(desk.tx, desk.vault, now=desk.now, most=5)

    [leased] = await house.unit(lease)
    message = await house.unit(lambda desk: deliver.begin(desk, leased, gathers=False))
    assert message.to == "main:oAbc"
    receipt = MessagesHaveArrived(
        "wechat_official", "main", "oAbc", '{"id": "77", "delivered": true, "code": "success"}'
    )
    await house.unit(lambda desk: official.arrived(desk, receipt))
    taken = Outcome(Answer.TAKEN, provider_id="77")
    await house.unit(lambda desk: deliver.ended(desk, leased, taken, is_keyed=False))
    await house.unit(lambda desk: official.arrived(desk, receipt))

    [touch] = await rows(house, touches)
    assert (touch.id, touch.delivered_at is not None, touch.bounced_at) == (plan.id, True, None)
    assert (await house.row("k1")).state is TouchState.SENT


async def test_who_shut_the_account_out_gets_no_more_there(house):
    """`failed:user block`: the touch bounced, the address is closed until he follows again."""
    await follows(house)
    await house.ask("k1", channels=("wechat_official.template",), **ASK)

    await TouchSender(house.bench).step()
    [plan] = await rows(house, touch_plans)
    number = plan.provider_id
    blocked = f'{{"id": "{number}", "delivered": false, "code": "failed:user block"}}'
    arrived = MessagesHaveArrived("wechat_official", "main", "oAbc", blocked)
    await house.unit(lambda desk: official.arrived(desk, arrived))

    [row] = await rows(house, touch_suppressions)
    assert (row.reason, row.channel) == ("refused", "wechat_official")
    verdict = await house.ask("k2", channels=("wechat_official.template",), **ASK)
    assert verdict.skipped == {"wechat_official.template": "suppressed"}
    await follows(house)
    [row] = await rows(house, touch_suppressions)
    assert row.lifted_at is not None


@pytest.mark.parametrize("first", ["answer", "event"])
async def test_what_became_of_a_message_to_many_is_told_before_or_after_its_answer(house, first):
    """Whichever comes first; and it is told once."""
    await follows(house)
    await house.ask("k1", channels=("wechat_official.template",), **ASK)

    await TouchSender(house.bench).step()
    [plan] = await rows(house, touch_plans)
    ended = MassSendHasEnded("main", "55", "send success", total="1", sent="1", failed="0")

    async def taken(desk):
        await official.mass_taken(desk, "main", "55", [plan.id])

    async def told(desk):
        await official.mass_ended(desk, ended)

    for work in (taken, told, told) if first == "answer" else (told, taken, told):
        await house.unit(work)

    [touch] = await rows(house, touches)
    assert touch.delivered_at is not None


@pytest.mark.parametrize("first", ["answer", "event"])
async def test_a_message_to_many_that_reached_some_is_unknown_of_each(lite_house, first):
    """Sums are all that is told: nobody counts as reached, and who asks hears why."""
    house = lite_house
    await follows(house)
    await house.ask("k1", channels=("wechat_official.template",), **ASK)
    await TouchSender(house.bench).step()
    [plan] = await rows(house, touch_plans)
    partly = MassSendHasEnded("main", "55", "send success", total="4", sent="3", failed="1")

    async def taken(desk):
        await official.mass_taken(desk, "main", "55", [plan.id])

    async def told(desk):
        await official.mass_ended(desk, partly)

    for work in (taken, told, told) if first == "answer" else (told, taken, told):
        await house.unit(work)

    [touch], [row] = await rows(house, touches), await rows(house, touch_plans)
    assert (touch.sent_at is not None, touch.delivered_at, touch.bounced_at) == (True, None, None)
    assert (row.state, row.detail) == ("unknown", "partly:3/4")
    [kept] = await house.unit(lambda desk: plans.of_lead(desk.tx, "L1", most=10))
    counted = await house.unit(lambda desk: incidents.totals(desk.tx))
    assert counted["mass_send.partly", "platform_tells_sums"] == 1
    told_why = await house.unit(lambda desk: explain.explain(desk, kept))
    assert "群发给 4 人，平台只说送达 3 人" in told_why.lines[0]


async def test_a_message_to_many_that_reached_nobody_bounced(lite_house):
    """It went, as the platform says, and to none of them."""
    house = lite_house
    await follows(house)
    await house.ask("k1", channels=("wechat_official.template",), **ASK)
    await TouchSender(house.bench).step()
    [plan] = await rows(house, touch_plans)
    await house.unit(lambda desk: official.mass_taken(desk, "main", "55", [plan.id]))
    nobody = MassSendHasEnded("main", "55", "send success", total="4", sent="0", failed="4")
    await house.unit(lambda desk: official.mass_ended(desk, nobody))

    [touch] = await rows(house, touches)
    assert (touch.bounced_at is not None, touch.failure) == (True, "reached_nobody")


async def test_a_message_to_many_that_was_not_let_through_bounced(lite_house):
    """`err(10001)`: the platform's own word is kept, and counted."""
    await follows(lite_house)
    await lite_house.ask("k1", channels=("wechat_official.template",), **ASK)

    await TouchSender(lite_house.bench).step()
    [plan] = await rows(lite_house, touch_plans)
    await lite_house.unit(lambda desk: official.mass_taken(desk, "main", "55", [plan.id]))
    refused = MassSendHasEnded("main", "55", "err(10001)", total="1")
    await lite_house.unit(lambda desk: official.mass_ended(desk, refused))

    [touch] = await rows(lite_house, touches)
    assert (touch.bounced_at is not None, touch.failure) == (True, "err(10001)")
