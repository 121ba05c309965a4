"""加微码: the owner gets the QR code of his lead as a picture, as soon as the platform has made it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import orjson
import pytest
from sqlalchemy import select, update

from bot.chat.outbound import CreateContactWay, SendPicture, SendText
from bot.chat.spelling import read
from bot.crm.signals import ContactWayAwaited
from bot.handlers import Scope, contact_way_awaited
from bot.kit.wire import unpack
from bot.store.desk import Desk
from bot.store.tables.leads import leads
from bot.store.tables.machinery import audit, outbox, timers
from tests.handlers.workday import GAO, LINA, Day, staff, told

QR = "https://wework.qpic.cn/wwpic/1.png"


@pytest.fixture
async def day(unit: Any, clock: Any) -> Day:
    await unit(staff)
    return Day(unit, clock)


async def queued(day: Day, *kinds: type) -> list[Any]:
    async def look(desk: Desk) -> list[Any]:
        rows = await desk.tx.all(select(outbox).order_by(outbox.c.id))
        bodies = [desk.vault.open(row.body, f"outbox.body:{row.lane_key}:{row.key}") for row in rows]
        return [one for one in (read(orjson.loads(body)) for body in bodies) if isinstance(one, kinds)]

    found: list[Any] = await day.unit(look)
    return found


async def made(day: Day, *, state: str = "sent") -> None:
    """The platform answers to the wish for a code."""
    answer = {"config_id": "C1", "qr_code": QR} if state == "sent" else None
    ended = update(outbox).where(outbox.c.kind == "contact_way").values(state=state, result=answer)
    await day.unit(lambda desk: desk.tx.run(ended))


async def awaited(day: Day) -> int:
    """Let the timers fall due that wait for a code; how many there were."""

    async def look(desk: Desk) -> int:
        rows = await desk.tx.all(select(timers).where(timers.c.state == "waiting"))
        signals = [one for row in rows if isinstance(one := unpack(row.payload), ContactWayAwaited)]
        await desk.tx.run(update(timers).values(state="fired"))
        for signal in signals:
            await contact_way_awaited.on_contact_way_awaited(signal, Scope(desk, LINA))
        return len(signals)

    day.clock.push(timedelta(seconds=1))
    count: int = await day.unit(look)
    return count


async def test_the_first_wish_has_the_code_made_and_then_shown(day: Day):
    """By the corner of his card or by word; the picture, its caption, and words in its place."""
    lead = await day.lead()
    card = (await day.says(LINA, lead.id)).card
    assert [button.label for button in card.menu] == ["加微码", "旅程"]

    reply = await day.presses(LINA, card, "加微码")
    assert told(reply) == "L1 的加微二维码正在生成，马上发来。"
    assert await awaited(day) == 1
    assert await queued(day, SendPicture) == []
    await made(day)
    assert await awaited(day) == 1

    (way,) = await queued(day, CreateContactWay)
    assert way.user_ids == ("wx-lina",)
    (picture,) = await queued(day, SendPicture)
    assert (picture.to, picture.url) == ("wx-lina", QR)
    assert QR in picture.instead
    (caption,) = await queued(day, SendText)
    assert caption.text == "把上面的二维码给客户用微信扫一扫，加上以后 L1 会自动记为已加微信。"
    assert await awaited(day) == 0


@pytest.mark.parametrize("said", ["L1 二维码", "加微码 L1", "发二维码 L1", "L1加微码"])
async def test_a_second_wish_shows_the_same_code_at_once(day: Day, said: str):
    await day.lead()
    await day.says(LINA, said)
    await made(day)
    day.clock.push(timedelta(minutes=1))

    reply = await day.says(LINA, said)

    assert told(reply) == ""
    assert len(await queued(day, CreateContactWay)) == 1
    assert [picture.url for picture in await queued(day, SendPicture)] == [QR]


async def test_two_wishes_are_two_occasions(day: Day):
    """The platform swallows an equal request, so each has a mark of its own."""
    await day.lead()
    await day.says(LINA, "L1 二维码")
    await made(day)
    for _ in range(2):
        day.clock.push(timedelta(minutes=1))
        await day.says(LINA, "L1 二维码")

    pictures = await queued(day, SendPicture)
    assert len({picture.mark for picture in pictures}) == len(pictures) == 2


@pytest.mark.parametrize("state", ["failed", "skipped", "unknown"])
async def test_a_code_that_will_not_come_is_said(day: Day, state: str):
    await day.lead()
    await day.says(LINA, "L1 二维码")
    await made(day, state=state)
    await awaited(day)

    assert "没有生成成功" in (await day.texts_to("wx-lina"))[-1]
    assert await queued(day, SendPicture) == []


async def test_nobody_waits_for_ever(day: Day):
    """Half a minute, then he is told."""
    await day.lead()
    await day.says(LINA, "L1 二维码")

    assert [await awaited(day) for _ in range(31)] == [1] * 30 + [0]
    assert "没有生成成功" in (await day.texts_to("wx-lina"))[-1]


async def test_a_customer_who_is_a_contact_already_needs_none(day: Day):
    lead = await day.lead()
    added = update(leads).where(leads.c.id == lead.id).values(wechat_added_at=day.clock.now)
    await day.unit(lambda desk: desk.tx.run(added))

    assert told(await day.says(LINA, "L1 二维码")) == "L1 的客户已经加上微信了。"
    assert (await day.says(LINA, lead.id)).card.menu[0].label == "旅程"


async def test_a_code_is_its_owners_alone(day: Day):
    """A colleague learns nothing, and leaves a row; before others nobody gets it."""
    await day.lead()

    reply = await day.says(GAO, "L1 二维码")
    assert reply.card.title == "没有这条线索"
    assert [row.detail["wanted"] for row in await day.rows(audit, action="access.refused")] == ["contact_way"]
    assert "私聊" in told(await day.says(LINA, "L1 二维码", chat="group1"))
    assert await queued(day, CreateContactWay, SendPicture) == []
