"""Who goes first, how much anybody gets in any minute, and what becomes of a picture once it was sent."""

from __future__ import annotations

import random
from datetime import timedelta

from sqlalchemy import select

from bot.chat.adapter import Throttle
from bot.chat.card import Button, Card, Poll
from bot.chat.outbound import Image, Notice, SendPicture
from bot.crm.commands import ClaimLead
from bot.errors import PlatformRejectedError
from bot.store import outbox, quotas, sending
from bot.store.tables.machinery import outbox as rows
from bot.worker.sender import Sender

PNG = b"\x89PNG\r\n\x1a\n" + bytes(2000)


async def settle(bench) -> None:
    sender = Sender(bench)
    while await sender.step():
        pass


async def test_an_answer_goes_before_what_nobody_asked_for(bench, unit, mei, platform):
    """However much was queued before it; within each rank the older goes first."""
    for i in range(3):
        await unit(lambda d, i=i: outbox.post(d, Notice(to=mei, key=f"n{i}", text=f"通知{i}")))
    for i in range(2):
        await unit(lambda d, i=i: outbox.post(d, Notice(to=mei, key=f"a{i}", text=f"回答{i}", answers=True)))
    await settle(bench)

    assert platform.texts() == ["回答0", "回答1", "通知0", "通知1", "通知2"]


async def test_notices_leave_room_for_answers(bench, unit, mei, platform):
    """A flood of notices has used what it may; whoever taps now is answered now, or told that more will come."""
    platform.throttle = Throttle(25, timedelta(minutes=1))
    for i in range(24):
        await unit(lambda d, i=i: outbox.post(d, Notice(to=mei, key=f"n{i}", text=f"通知{i}")))
    await settle(bench)
    assert len(platform.texts()) == 20

    for i in range(6):
        await unit(lambda d, i=i: outbox.post(d, Notice(to=mei, key=f"a{i}", text=f"回答{i}", answers=True)))
    await settle(bench)

    assert platform.texts()[20:-1] == [f"回答{i}" for i in range(4)]
    assert "稍等" in platform.texts()[-1]
    assert len(platform.texts()) == 25


async def test_the_companys_own_limit_counts_if_it_is_lower(bench, unit, mei, platform, clock, company):
    """config/channels.yaml can slow us down, never speed us up."""
    platform.throttle = Throttle(1000, timedelta(minutes=1))
    per_minute = company.channels.throttles.wecom.per_member_per_minute
    for i in range(40):
        await unit(lambda d, i=i: outbox.post(d, Notice(to=mei, key=f"a{i}", text=f"{i}", answers=True)))
    await settle(bench)

    assert len(platform.texts()) == per_minute


async def test_an_answer_is_never_swallowed_by_a_digest(bench, unit, mei, platform, clock):
    """Lines of a digest stand for notices alone."""
    platform.throttle = Throttle(5, timedelta(minutes=1))
    for i in range(30):
        await unit(lambda d, i=i: outbox.post(d, Notice(to=mei, key=f"n{i}", text=f"通知{i}")))
        await unit(lambda d, i=i: outbox.post(d, Notice(to=mei, key=f"a{i}", text=f"回答{i}", answers=True)))
    for _ in range(12):
        await settle(bench)
        clock.push(timedelta(minutes=1))

    assert [text for text in platform.texts() if text.startswith("回答")] == [f"回答{i}" for i in range(30)]
    said = "\n".join(platform.texts())
    assert all(f"通知{i}" in said for i in range(30))


async def test_a_group_has_its_own_limit_and_its_own_digest(bench, unit, platform, clock):
    """What is over twenty a minute comes as one text, before the same group."""
    platform.group_throttle = Throttle(18, timedelta(minutes=1))
    for i in range(40):
        text = f"喜报{i}\n产品：专业版"
        await unit(
            lambda d, i=i, text=text: outbox.post(
                d, Notice(to="wecom:webhook:deals", key=f"g{i}", text=text, group=True)
            )
        )
    for _ in range(3):
        await settle(bench)
        assert len(platform.wire) <= 18
        clock.push(timedelta(seconds=20))
    for _ in range(3):
        await settle(bench)
        clock.push(timedelta(minutes=1))

    assert {w.to for w in platform.wire} == {"webhook:deals"}
    assert all(w.group for w in platform.wire)
    said = "\n".join(platform.texts())
    assert all(f"喜报{i}" in said for i in range(40))
    assert any(text.startswith("还有") for text in platform.texts())


async def test_never_more_than_the_limit_in_any_span(unit, clock):
    """Against a plain count, with random pauses, for two spans at once."""
    spans, rng, granted = [(5, timedelta(seconds=10)), (12, timedelta(minutes=1))], random.Random(11), []
    for _ in range(300):
        until = await unit(lambda d: quotas.spend(d.tx, "k", spans, now=d.now))
        if until is None:
            granted.append(clock.now)
            assert all(sum(clock.now - span < at for at in granted) <= most for most, span in spans)
        else:
            assert any(sum(clock.now - span < at for at in granted) == most for most, span in spans)
            assert until > clock.now
        clock.push(timedelta(milliseconds=rng.choice((0, 1, 400, 3000))))

    assert len(granted) > 40


async def test_when_there_is_room_again_is_told_exactly(unit, clock):
    """A millisecond earlier it is still refused."""
    spans = [(2, timedelta(seconds=10))]
    for _ in range(2):
        assert await unit(lambda d: quotas.spend(d.tx, "k", spans, now=d.now)) is None
    until = await unit(lambda d: quotas.spend(d.tx, "k", spans, now=d.now))

    clock.now = until - timedelta(milliseconds=1)
    assert await unit(lambda d: quotas.spend(d.tx, "k", spans, now=d.now)) == until
    clock.now = until
    assert await unit(lambda d: quotas.spend(d.tx, "k", spans, now=d.now)) is None


async def body_of(unit, key: str) -> bytes:
    row = await unit(lambda d: d.tx.first(select(rows.c.body).where(rows.c.key == key)))
    body: bytes = row.body
    return body


async def test_a_picture_is_forgotten_once_it_was_sent(bench, unit, mei, platform):
    """It waits sealed, whole, and is not kept for ever."""
    notice = Notice(to=mei, key="p", image=Image(data=PNG), text="看不了图片")
    await unit(lambda d: outbox.post(d, notice))
    assert PNG not in await body_of(unit, "p")
    assert len(await body_of(unit, "p")) > len(PNG)
    await settle(bench)

    (shown,) = platform.wire
    assert shown == SendPicture(to="mei", data=PNG, instead="看不了图片", mark="p")
    assert await body_of(unit, "p") == b""
    assert await unit(lambda d: sending.counts(d.tx)) == {"sent": 1}


async def test_a_picture_that_was_not_sent_is_kept(bench, unit, mei, platform):
    """For whoever looks what became of it."""
    platform.faults = [PlatformRejectedError("wecom", 40009, "invalid image size")]
    await unit(lambda d: outbox.post(d, Notice(to=mei, key="p", image=Image(data=PNG))))
    await settle(bench)

    assert await unit(lambda d: sending.counts(d.tx)) == {"failed": 1}
    assert await body_of(unit, "p") != b""


async def test_an_asking_card_is_closed_however_often_it_changed_meanwhile(bench, unit, mei, platform):
    """A change that was dropped for a later one leaves word of what hangs there."""
    asks = Card(
        kind="a", title="原因", poll=Poll("q", (("a", "甲"),)), buttons=(Button("确定", ClaimLead("L7")),)
    )
    await unit(lambda d: outbox.post(d, Notice(to=mei, key="k", card=asks, topic="lead:L7")))
    await settle(bench)
    for title in ("一", "二", "三"):
        shown = (await unit(lambda d: outbox.on_topic(d, "lead:L7")))[0]
        card = Card(kind="b", title=title)
        await unit(lambda d, shown=shown, card=card: outbox.redraw(d, shown, card, force=True))
    await settle(bench)

    (change,) = platform.updates()
    assert (change.card.title, change.before) == ("三", asks)
