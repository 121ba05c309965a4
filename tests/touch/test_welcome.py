"""The greeting within 20 seconds: once, whatever becomes of the answer, and a colleague's tomorrow if not."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.crm.touching import Purpose, TouchState
from bot.errors import AnswerLostError, PlatformBusyError, PlatformRejectedError
from bot.store import touch_windows
from bot.worker.touching import TouchSender
from tests.touch.house import _content
from tests.touch.kf import befriend


@pytest.fixture
async def added(lite_house):
    """He has just added her; the platform gave a code."""
    house = lite_house
    house.channels["wecom"].is_keyed = True
    content = {**house.bench.company.content, "hello": _content("问候", Purpose.ADDED)}
    house.bench.company = replace(house.bench.company, content=content)
    await house.unit(lambda desk: befriend(desk, "L1", "mei"))
    await house.unit(
        lambda desk: touch_windows.open_window(
            desk, "L1", way="wecom.welcome", kind="welcome", address="CODE"
        )
    )
    await house.ask(purpose=Purpose.ADDED, content="hello", channels=())
    return house


async def drain(house, seconds: int) -> None:
    sender = TouchSender(house.bench)
    for _ in range(seconds):
        while await sender.step():
            pass
        house.clock.push(timedelta(seconds=1))


async def states(house):
    return {row.key: (row.way, row.state) for row in await house.rows()}


async def test_it_goes_by_the_code_at_once(added):
    """Not to his address; and nobody is asked to greet him tomorrow."""
    await drain(added, 1)
    (message,) = added.sent("wecom")

    assert (message.to, message.way) == ("CODE", "wecom.welcome")
    assert await states(added) == {"k1": ("wecom.welcome", TouchState.SENT)}


async def test_busy_is_tried_again_within_the_twenty_seconds(added):
    """Another app is greeting him (41096): a second later, not half a minute."""
    busy = PlatformBusyError("wecom", timedelta(seconds=1))
    added.channels["wecom"].faults = [busy, busy, None]
    await drain(added, 6)

    assert await states(added) == {"k1": ("wecom.welcome", TouchState.SENT)}


async def test_a_lost_answer_that_the_second_try_knows_was_sent(added):
    """The second one is refused with 41051: he was greeted, by us."""
    channel = added.channels["wecom"]
    channel.faults = [AnswerLostError("wecom", "no answer"), PlatformRejectedError("wecom", 41051, "started")]
    channel.acts_first = True
    await drain(added, 6)

    assert await states(added) == {"k1": ("wecom.welcome", TouchState.SENT)}


async def test_a_lost_answer_whose_span_is_over_is_unknown_and_not_said_again(added):
    """Nobody knows whether he was greeted, so nobody greets him tomorrow."""
    channel = added.channels["wecom"]
    channel.faults, channel.acts_first = [AnswerLostError("wecom", "no answer")], True
    sender = TouchSender(added.bench)
    await sender.step()
    added.push(seconds=30)
    await drain(added, 2)

    assert await states(added) == {"k1": ("wecom.welcome", TouchState.UNKNOWN)}
    assert len(added.sent("wecom")) == 1


async def test_who_talks_already_is_not_greeted_over_another_way(added):
    """41051 at the first try: the ledger says why, and that is all."""
    added.channels["wecom"].faults = [PlatformRejectedError("wecom", 41051, "started chatting")]
    await drain(added, 3)
    row = await added.row()

    assert await states(added) == {"k1": ("wecom.welcome", TouchState.FAILED)}
    assert row.detail == "41051"


async def test_a_code_that_came_too_late_is_a_colleagues_tomorrow(added):
    """41050: asked for over 企业群发 at nine on the next day."""
    added.channels["wecom"].faults = [PlatformRejectedError("wecom", 41050, "invalid welcome code")]
    await drain(added, 3)
    found = await states(added)
    later = await added.row("k1:elsewhere")

    assert found["k1"] == ("wecom.welcome", TouchState.FAILED)
    assert (later.way, later.skipped) == ("wecom.group_send", {"wecom.welcome": "no_window"})
    zone = added.bench.company.org.zone
    assert later.due_at.astimezone(zone).hour == 9
    assert later.due_at - added.clock.now < timedelta(days=1)
