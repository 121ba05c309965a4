"""What came back closes addresses: at once where nobody is there, after three times elsewhere."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import orjson
import pytest
from sqlalchemy import select

from bot.crm.touch_signals import SmsHasCome
from bot.handlers.sms_came import router
from bot.intake import responding
from bot.intake.mail.report import Report, Told
from bot.store import touch_texts, touches
from bot.store.desk import Desk
from bot.store.tables.behaviour import behaviours
from bot.store.tables.content import touch_texts as texts_table
from bot.store.tables.insight import touches as touches_table
from bot.store.tables.leads import consents
from bot.store.tables.machinery import inbox, incidents
from bot.store.tables.touch import touch_suppressions
from bot.store.touch_texts import Kept
from bot.store.touches import Fate, Touch
from tests.intake.world import act, address_of, enquire, hire

PHONE = "+8613812345678"


async def sent(desk: Desk, touch_id: str, lead_id: str, channel: str = "email") -> None:
    name = {"email": "邮件", "sms": "短信"}[channel]
    await touches.begin(
        desk, Touch(id=touch_id, lead_id=lead_id, channel=name, content="welcome"), owner=None
    )
    pieces = 2 if channel == "sms" else 0
    kept = Kept(touch_id=touch_id, content="welcome", channel=channel, version="v", pieces=pieces)
    await touch_texts.keep(desk, kept, await address_of(desk, lead_id, channel))
    await touches.mark(desk.tx, touch_id, Fate.SENT, at=desk.now)


async def customer(desk: Desk) -> str:
    await hire(desk)
    return (await enquire(desk, email="wang@example.com")).id


async def rows(desk: Desk, table: Any) -> list[Any]:
    return await desk.tx.all(select(table))


def receipt(**told: object) -> str:
    known = {
        "out_id": "",
        "id": "",
        "phone": PHONE,
        "delivered": True,
        "code": "DELIVERED",
        "pieces": 0,
        "at": "",
    }
    return orjson.dumps({**known, **told}).decode()


@pytest.mark.parametrize(
    ("status", "closed"),
    [("5.1.1", True), ("5.2.1", True), ("5.7.1", False), ("4.2.2", False), ("5.0.0", False)],
)
async def test_a_bounce_closes_an_address_where_nobody_is(unit, status: str, closed: bool) -> None:
    """5.1 and 5.2.1 at once; refused by a rule, full, or unclear: not yet."""

    async def inside(desk: Desk) -> None:
        lead_id = await customer(desk)
        await sent(desk, "t1", lead_id)
        await responding.told(desk, Report(Told.BOUNCED, "t1", status))
        (touch,) = await rows(desk, touches_table)
        assert touch.bounced_at is not None
        assert touch.failure == status
        assert bool(await rows(desk, touch_suppressions)) is closed

    await unit(inside)


async def test_three_within_a_week_close_it(unit) -> None:
    """A mailbox that is full three times is nobody's."""

    async def inside(desk: Desk) -> None:
        lead_id = await customer(desk)
        for n in range(3):
            assert await rows(desk, touch_suppressions) == []
            await sent(desk, f"t{n}", lead_id)
            await responding.told(desk, Report(Told.BOUNCED, f"t{n}", "4.2.2"))
        (closed,) = await rows(desk, touch_suppressions)
        assert (closed.channel, closed.reason) == ("email", "bounced")

    await unit(inside)


async def test_a_complaint_closes_it_and_strangers_reports_are_only_counted(unit) -> None:
    """Called spam: no more; a report about no mail of ours changes nothing."""

    async def inside(desk: Desk) -> None:
        lead_id = await customer(desk)
        await sent(desk, "t1", lead_id)
        await responding.told(desk, Report(Told.BOUNCED, "nobody", "5.1.1"))
        assert await rows(desk, touch_suppressions) == []
        for _ in range(2):
            await responding.told(desk, Report(Told.COMPLAINED, "t1"))
        (closed,) = await rows(desk, touch_suppressions)
        assert closed.reason == "complained"
        counted = {(row.name, row.reason): row.n for row in await rows(desk, incidents)}
        assert counted["mail.bounced", "repeated_or_none_of_ours"] == 1

    await unit(inside)


async def test_an_answer_is_something_that_he_did_once(unit) -> None:
    """Two mails in one thread are one answer to that touch."""

    async def inside(desk: Desk) -> None:
        lead_id = await customer(desk)
        await sent(desk, "t1", lead_id)
        for _ in range(2):
            await responding.told(desk, Report(Told.REPLIED, "t1"))
        assert [row.event for row in await rows(desk, behaviours) if row.channel == "mail"] == [
            "message_replied"
        ]

    await unit(inside)


async def test_a_sentence_that_asks_to_stop_is_obeyed_and_read(unit) -> None:
    """The number is closed at once; the owner hears what else he wrote."""

    async def inside(desk: Desk) -> None:
        lead_id = await customer(desk)
        await sent(desk, "t1", lead_id, "sms")
        said = orjson.dumps({"phone": PHONE, "text": "我要退订，订单也取消", "at": "1"}).decode()
        await act(desk, router, SmsHasCome("aliyun", replies=said))

        assert [row.reason for row in await rows(desk, touch_suppressions)] == ["unsubscribed"]
        assert [row.event for row in await rows(desk, behaviours) if row.channel == "sms"] == [
            "message_replied"
        ]

    await unit(inside)


async def test_a_reply_of_stop_ends_marketing_sms_and_anything_else_is_read_by_the_owner(unit) -> None:
    """R closes the number, also one that is nobody's; words are told to whoever owns the lead."""

    async def inside(desk: Desk) -> None:
        lead_id = await customer(desk)
        await sent(desk, "t1", lead_id, "sms")
        said = orjson.dumps({"phone": PHONE, "text": "明天下午可以", "at": "1"}).decode()
        for _ in range(2):
            await act(desk, router, SmsHasCome("aliyun", replies=said))
        assert [row.event for row in await rows(desk, behaviours) if row.channel == "sms"] == [
            "message_replied"
        ]
        assert await rows(desk, touch_suppressions) == []
        stops = "\n".join(
            orjson.dumps({"phone": phone, "text": "R", "at": "2"}).decode()
            for phone in (PHONE, "+8613900000000")
        )
        await act(desk, router, SmsHasCome("aliyun", replies=stops))
        closed = await rows(desk, touch_suppressions)
        assert [(one.kind, one.channel, one.reason) for one in closed] == [
            ("phone", "sms", "unsubscribed")
        ] * 2
        assert [row.purpose for row in await rows(desk, consents) if not row.given] == ["marketing_sms"]
        (touch,) = await rows(desk, touches_table)
        assert touch.unsubscribed_at is not None

    await unit(inside)


async def test_receipts_find_their_touch_in_three_ways(unit) -> None:
    """By our id; else the only one of that number that waits; one of two is nobody's."""

    async def inside(desk: Desk) -> None:
        lead_id = await customer(desk)
        await sent(desk, "t1", lead_id, "sms")
        await act(desk, router, SmsHasCome("aliyun", receipts=receipt(out_id="t1", pieces=2)))
        await sent(desk, "t2", lead_id, "sms")
        await act(
            desk, router, SmsHasCome("tencent", receipts=receipt(id="x:1", delivered=False, code="UNDELIV"))
        )
        found = {row.id: row for row in await rows(desk, touches_table)}
        assert found["t1"].delivered_at is not None
        assert (found["t2"].bounced_at is not None, found["t2"].failure) == (True, "UNDELIV")
        for touch_id in ("t3", "t4"):
            await sent(desk, touch_id, lead_id, "sms")
        await act(desk, router, SmsHasCome("tencent", receipts=receipt(id="x:2")))
        found = {row.id: row for row in await rows(desk, touches_table)}
        assert found["t3"].delivered_at is None
        assert found["t4"].delivered_at is None
        counted = {row.name: row.n for row in await rows(desk, incidents)}
        assert counted["sms.receipt_of_nothing"] == 1
        billed = {row.touch_id: row.billed for row in await rows(desk, texts_table)}
        assert billed["t1"] == 2

    await unit(inside)


async def test_a_large_batch_goes_on_in_the_next_unit(unit) -> None:
    """Twenty at a time; the rest waits sealed in the inbox."""

    async def inside(desk: Desk) -> None:
        lead_id = await customer(desk)
        many = "\n".join(receipt(out_id=f"u{n}") for n in range(25))
        for n in range(25):
            await sent(desk, f"u{n}", lead_id, "sms")
        await act(desk, router, SmsHasCome("aliyun", receipts=many))
        done = [row for row in await rows(desk, touches_table) if row.delivered_at is not None]
        assert len(done) == 20
        assert [row.lane_key for row in await rows(desk, inbox)] == ["sms:aliyun"]

    await unit(inside)


async def test_strikes_of_last_week_are_forgotten(unit, clock) -> None:
    """Two then and one now are not three."""

    async def first(desk: Desk) -> str:
        lead_id = await customer(desk)
        for n in range(2):
            await sent(desk, f"t{n}", lead_id)
            await responding.told(desk, Report(Told.BOUNCED, f"t{n}", "4.2.2"))
        return lead_id

    lead_id = await unit(first)
    clock.push(timedelta(days=8))

    async def second(desk: Desk) -> None:
        await sent(desk, "t2", lead_id)
        await responding.told(desk, Report(Told.BOUNCED, "t2", "4.2.2"))
        assert await rows(desk, touch_suppressions) == []

    await unit(second)
