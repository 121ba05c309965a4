"""What messages cost: booked with the sending, by piece, seen by every number of costs; and step by step."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import orjson
import pytest
from sqlalchemy import select

from bot.crm.query import Period, Query
from bot.crm.touch_signals import SmsHasCome
from bot.crm.touching import Purpose
from bot.crm.user import Role, User
from bot.errors import AnswerLostError
from bot.intake import sms_came
from bot.store import touches
from bot.store.metrics.guard import permit
from bot.store.metrics.read import read
from bot.store.reads.journey_nodes import Whom
from bot.store.reads.journey_touches import TouchCount, touch_counts
from bot.store.tables.behaviour import behaviours
from bot.store.tables.imports import costs, orders
from bot.store.tables.journeys import journey_enrollments
from bot.store.touches import Fate
from bot.worker.touching import TouchSender
from tests.touch.house import House, rejected

#: As config/channels.yaml has it.
PRICE = Decimal("0.055")
#: Of 70 signs and more: as many as two SMS are paid for.
LONG = "【客铃】" + "请" * 80
BOSS = User(id="boss", name="总", role=Role.EXECUTIVE, region="", team="")


@pytest.fixture
def long_house(lite_house) -> House:
    """A notice of two pieces."""
    house, bench = lite_house, lite_house.bench
    content = bench.company.content["notice"]
    sms = content.channels.sms.model_copy(update={"text": LONG})
    longer = content.model_copy(update={"channels": content.channels.model_copy(update={"sms": sms})})
    house.bench = replace(
        bench, company=replace(bench.company, content={**bench.company.content, "notice": longer})
    )
    return house


async def sends(house: House) -> None:
    sender = TouchSender(house.bench)
    while await sender.step():
        pass


async def text(house: House, key: str = "k1", lead_id: str = "L1", **more) -> None:
    known = {"purpose": Purpose.TRANSACTIONAL, "content": "notice", "channels": ("sms",), **more}
    await house.ask(key, lead_id, **known)
    await sends(house)


async def booked(house: House) -> list[tuple[str, str, Decimal]]:
    rows = await house.unit(lambda desk: desk.tx.all(select(costs).order_by(costs.c.on, costs.c.campaign)))
    return [(row.source, row.campaign, row.amount) for row in rows]


async def test_an_sms_is_booked_by_its_pieces(long_house):
    """Two of two pieces on one day are one row of costs; what is finer than a cent is not lost in between."""
    await text(long_house, "k1")
    assert await booked(long_house) == [("短信", "", PRICE * 2)]
    await long_house.lead("L2", n=2)
    await text(long_house, "k2", "L2")

    assert len(long_house.sent("sms")) == 2
    assert await booked(long_house) == [("短信", "", Decimal("0.22"))]


async def test_each_campaign_and_day_is_a_row_of_its_own(lite_house):
    """One piece each: 0.055 is rounded up to a cent, in the day's sum alone."""
    await text(lite_house, "k1", campaign="老客户回馈")
    await lite_house.lead("L2", n=2)
    await text(lite_house, "k2", "L2")
    lite_house.push(days=1)
    await text(lite_house, "k3", "L2", content="answer", purpose=Purpose.REPLY)

    assert await booked(lite_house) == [
        ("短信", "", Decimal("0.06")), ("短信", "老客户回馈", Decimal("0.06")), ("短信", "", Decimal("0.06")),
    ]  # fmt: skip


async def test_what_was_not_taken_and_what_has_no_price_costs_nothing(lite_house):
    lite_house.channels["sms"].faults = [rejected("sms")]
    await text(lite_house, "k1")
    await text(lite_house, "k2", channels=("email",))

    assert len(lite_house.sent("email")) == 1
    assert await booked(lite_house) == []


async def test_a_receipt_books_what_nobody_knew_and_mends_what_was_reckoned(lite_house):
    """Its answer was lost; three days later the provider says that it was delivered, as three pieces."""
    lite_house.channels["sms"].faults = [AnswerLostError("sms", "silence")]
    await text(lite_house, "k1")
    assert await booked(lite_house) == []
    row = await lite_house.row("k1")

    for pieces in (1, 3, 3):
        told = {
            "out_id": row.id, "id": "", "phone": "", "delivered": True, "code": "DELIVERED",
            "pieces": pieces, "at": "2026-11-22T10:00:00+08:00",
        }  # fmt: skip
        signal = SmsHasCome("aliyun", receipts=orjson.dumps(told).decode())
        await lite_house.unit(lambda desk, signal=signal: sms_came.came(desk, signal))

    assert await booked(lite_house) == [("短信", "", Decimal("0.17"))]


async def test_questions_about_costs_count_them(house):
    """渠道花费, whole and by source: what was booked with the sending is in it."""
    await text(house, "k1")
    day = house.clock().astimezone(house.bench.company.org.zone).date()
    period = Period(day, day + timedelta(days=1))

    async def ask(desk, by=()) -> dict:
        query = Query(metrics=("channel_cost",), period=period, by=by)
        allowed = await permit(desk.tx, query, BOSS, desk.company)
        return await read(desk.tx, allowed, "channel_cost", period, now=desk.now)

    async def sms(desk) -> dict:
        query = Query(metrics=("channel_cost",), period=period, where={"source": ("短信",)})
        allowed = await permit(desk.tx, query, BOSS, desk.company)
        return await read(desk.tx, allowed, "channel_cost", period, now=desk.now)

    whole = await house.unit(ask)
    parts = await house.unit(lambda desk: ask(desk, ("source",)))
    assert [one.value for one in whole.values()] == [Decimal("0.06")]
    assert [one.value for one in (await house.unit(sms)).values()] == [Decimal("0.06")]
    assert {key: one.value for key, one in parts.items()} == {("短信",): Decimal("0.06")}


WAY = "a" * 26


async def test_each_step_tells_what_became_of_its_messages(house):
    """Sent, delivered, clicked, answered, bought; failed and tried elsewhere; not sent, and why."""
    at = house.clock()

    async def enrol(desk) -> None:
        for n, lead_id in enumerate(("L1", "L2", "L3")):
            row = {"id": WAY[:-1] + "abc"[n], "journey": "欢迎", "version": 1, "lead_id": lead_id}
            row |= {"person": lead_id, "slot": "", "state": "done", "woken": "", "memory": {}, "n": 3}
            await desk.tx.insert(journey_enrollments, {**row, "entered_at": desk.now, "ended_how": "end"})

    await house.lead("L2", n=2)
    await house.lead("L3", n=3, agrees=False)
    await house.unit(enrol)
    for n, lead_id in enumerate(("L1", "L2", "L3")):
        house.channels["email"].faults = [rejected("email")] if lead_id == "L2" else []
        key = f"journey:{WAY[:-1]}{'abc'[n]}:touch-a:1"
        await house.ask(key, lead_id, journey="欢迎", channels=("email", "sms"), content="news1")
        await sends(house)
    house.push(hours=1)
    first = await house.row(f"journey:{WAY}:touch-a:1")

    async def happened(desk) -> None:
        for fate in (Fate.OPENED, Fate.CLICKED):
            assert await touches.mark(desk.tx, first.id, fate, at=desk.now)
        reply = {
            "message_id": f"reply:{first.id}",
            "event": "message_replied",
            "object": "",
            "channel": "email",
        }
        reply |= {"lead_id": "L1", "properties": {}, "at": desk.now, "received_at": desk.now}
        await desk.tx.insert(behaviours, reply)
        order = {"id": "O1", "lead_id": "L1", "product": "", "amount": Decimal(9)}
        await desk.tx.insert(orders, {**order, "ordered_at": desk.now, "created_at": desk.now})

    await house.unit(happened)
    params = Whom(journey="欢迎").params()
    found = await house.unit(lambda desk: touch_counts(desk.tx, params, days=30))

    assert set(found) == {"touch-a"}
    one: TouchCount = found["touch-a"]
    assert (one.sent, one.delivered, one.opened, one.clicked, one.replied) == (2, 1, 1, 1, 1)
    assert (one.failed, one.people, one.bought, one.reached) == (1, 2, 1, 0)
    assert dict(one.not_sent) == {"given_to_rep": 1}
    assert dict(one.channels) == {"email": 1, "sms": 1}
    assert (one.pieces, one.cost) == (1, int(PRICE * 10_000))
    assert house.clock() - at == timedelta(hours=1)
