"""Touches in the store: one row each, every moment written once, in whichever order receipts come."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from bot.store import touches, voices
from bot.store.tables.insight import complaints, surveys
from bot.store.tables.insight import touches as table
from bot.store.touches import Fate, Touch
from bot.store.voices import Voice
from tests.intake.world import LINA, hire


@pytest.fixture
async def sent(unit: Any) -> Any:
    """A touch of Lina's lead on its way; gives its row."""
    assert await unit(
        lambda desk: touches.begin(desk, Touch(id="t1", lead_id="L1", channel="邮件"), owner=LINA)
    )

    async def row() -> Any:
        return await unit(lambda desk: desk.tx.first(select(table)))

    return row


async def mark(unit: Any, fate: Fate, clock: Any, why: str = "") -> bool:
    return bool(await unit(lambda desk: touches.mark(desk.tx, "t1", fate, at=clock.now, why=why)))


async def test_it_counts_for_whose_the_lead_was_when_it_was_written(unit, sent):
    """Owner, team and region stay, whatever becomes of them."""
    row = await sent()

    assert (row.owner_id, row.team, row.region, row.sent_at) == (LINA.id, LINA.team, LINA.region, None)


async def test_the_same_touch_is_written_once(unit, sent):
    """A sender that tries again names the same id."""
    again = await unit(
        lambda desk: touches.begin(desk, Touch(id="t1", lead_id="L2", channel="短信"), owner=None)
    )

    assert not again
    assert (await sent()).lead_id == "L1"


async def test_each_moment_is_written_once(unit, sent, clock):
    """A mail that is opened twice was opened when it was opened first."""
    assert await mark(unit, Fate.SENT, clock)
    first = clock.now
    assert await mark(unit, Fate.OPENED, clock)
    clock.push(timedelta(hours=1))

    assert not await mark(unit, Fate.OPENED, clock)
    assert (await sent()).opened_at == first


async def test_a_receipt_may_overtake_the_channels_answer(unit, sent, clock):
    """What was delivered was sent; the later answer changes nothing."""
    assert await mark(unit, Fate.DELIVERED, clock)

    row = await sent()
    assert (row.sent_at, row.delivered_at) == (clock.now, clock.now)
    assert not await mark(unit, Fate.SENT, clock)


async def test_what_failed_was_never_sent(unit, sent, clock):
    """The channel's own reason stays; receipts for it mean nothing."""
    assert await mark(unit, Fate.FAILED, clock, why="InvalidParameter")

    assert not await mark(unit, Fate.SENT, clock)
    assert not await mark(unit, Fate.DELIVERED, clock)
    row = await sent()
    assert (row.sent_at, row.delivered_at, row.failure) == (None, None, "InvalidParameter")


async def test_what_was_sent_does_not_fail_but_bounces(unit, sent, clock):
    """A number that does not exist is found out by the network, after the channel took it."""
    assert await mark(unit, Fate.SENT, clock)

    assert not await mark(unit, Fate.FAILED, clock)
    assert await mark(unit, Fate.BOUNCED, clock, why="UNDELIV")
    assert not await mark(unit, Fate.DELIVERED, clock)


async def test_what_came_back_was_not_delivered_after_all(unit, sent, clock):
    """Without receipts it counted as delivered when it was taken; whatever comes back counts once."""
    assert await mark(unit, Fate.DELIVERED, clock)

    async def comes_back(desk):
        return await touches.came_back(desk.tx, "t1", at=desk.now, why="5.1.1")

    assert await unit(comes_back)
    row = await sent()
    assert (row.sent_at is not None, row.delivered_at, row.failure) == (True, None, "5.1.1")
    assert not await unit(comes_back)
    assert not await mark(unit, Fate.DELIVERED, clock)


async def test_a_mark_is_from_one_to_five_and_its_words_are_sealed(unit, clock):
    """What a customer wrote is read by nobody who reads the database."""
    voice = Voice(id="v1", at=clock.now, lead_id="L1", text="张三态度很好 13812345678")
    await unit(hire)

    with pytest.raises(ValueError, match="a mark of 6"):
        await unit(lambda desk: voices.answer(desk, voice, survey="service", mark=6, owner=LINA))
    assert await unit(lambda desk: voices.answer(desk, voice, survey="service", mark=5, owner=LINA))
    assert not await unit(lambda desk: voices.answer(desk, voice, survey="service", mark=1, owner=LINA))

    row = await unit(lambda desk: desk.tx.first(select(surveys)))
    assert (row.mark, row.owner_id) == (5, LINA.id)
    assert b"13812345678" not in row.text


async def test_a_complaint_is_opened_once_and_closed_once(unit, clock):
    """It counts from its opening; closing it does not take it away."""
    voice = Voice(id="c1", at=clock.now, lead_id="L1")

    assert await unit(lambda desk: voices.complain(desk, voice, reason="交付", owner=None))
    assert not await unit(lambda desk: voices.complain(desk, voice, reason="价格", owner=LINA))
    assert await unit(lambda desk: voices.settle(desk, "c1"))
    assert not await unit(lambda desk: voices.settle(desk, "c1"))
    row = await unit(lambda desk: desk.tx.first(select(complaints)))
    assert (row.reason, row.owner_id, row.closed_at) == ("交付", None, clock.now)
