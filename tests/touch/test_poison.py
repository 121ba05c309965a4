"""What is not sure stays unsure, and a message that cannot be looked at stops itself alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, timedelta

import pytest
from sqlalchemy import update

from bot.crm.touching import Purpose, TouchState
from bot.errors import AnswerLostError, PlatformBusyError, PlatformRejectedError
from bot.store import consents, incidents, touch_windows
from bot.store.tables.touch import touch_plans
from bot.touch import set_aside
from bot.worker.touching import TouchSender
from tests.touch.house import STOPS, _content
from tests.touch.kf import befriend

LOST = AnswerLostError("wecom", "no answer")
BUSY = PlatformBusyError("wecom", timedelta(seconds=1))
TOO_LATE = PlatformRejectedError("wecom", 41050, "invalid welcome code")


async def drain(house, steps: int, push: timedelta) -> None:
    sender = TouchSender(house.bench)
    for _ in range(steps):
        while await sender.step():
            pass
        house.clock.push(push)


async def totals(house):
    return await house.unit(lambda desk: incidents.totals(desk.tx))


@pytest.mark.parametrize("then", [[TOO_LATE], [BUSY, TOO_LATE]], ids=["refused", "busy, refused"])
async def test_a_greeting_that_may_have_gone_is_nobodys_task_tomorrow(lite_house, then):
    """The first answer was lost and the code is used up: he may have been greeted, so nobody greets again."""
    house, channel = lite_house, lite_house.channels["wecom"]
    channel.is_keyed, channel.acts_first = True, True
    channel.faults = [LOST, *then]
    content = {**house.bench.company.content, "hello": _content("问候", Purpose.ADDED)}
    house.bench.company = replace(house.bench.company, content=content)
    await house.unit(lambda desk: befriend(desk, "L1", "mei"))
    await house.unit(
        lambda desk: touch_windows.open_window(
            desk, "L1", way="wecom.welcome", kind="welcome", address="CODE"
        )
    )
    await house.ask(purpose=Purpose.ADDED, content="hello", channels=())
    await drain(house, 6, timedelta(seconds=1))

    rows = await house.rows()
    assert [(row.state, row.detail) for row in rows] == [(TouchState.UNKNOWN, "answer_lost")]
    assert len(house.sent()) == 1


async def test_who_stops_after_a_lost_answer_may_have_had_it(house):
    """Lost, then put off over night, then stopped: nobody knows whether it went, and it counts."""
    channel = house.channels["email"]
    channel.is_keyed, channel.acts_first, channel.faults = True, True, [LOST]
    zone = house.bench.company.org.zone
    local = house.clock.now.astimezone(zone)
    house.clock.now = local.replace(hour=20, minute=50).astimezone(UTC)
    await house.ask()
    await drain(house, 2, timedelta(minutes=15))
    waiting = await house.row()
    await house.unit(lambda desk: consents.record(desk, "L1", STOPS))
    await drain(house, 40, timedelta(hours=1))

    assert (waiting.state, waiting.detail) == (TouchState.PLANNED, "answer_lost")
    assert (await house.row()).state is TouchState.UNKNOWN
    assert len(house.sent()) == 1


@pytest.mark.parametrize(
    "broken", [{"purpose": "nothing we know"}, {"words": b"x" * 60}], ids=["row", "words"]
)
async def test_a_message_that_cannot_be_looked_at_is_given_up_and_others_go(house, broken):
    """Each look fails, as do sealed words whose key is gone: later each time, then ended, counted, and its
    place under the caps is free.
    """
    await house.lead("L2", n=2)
    await house.ask("bad", words={"note": "您好"})
    broken = update(touch_plans).where(touch_plans.c.key == "bad").values(**broken)
    await house.unit(lambda desk: desk.tx.run(broken))
    await house.ask("good", "L2")
    await drain(house, 3 * set_aside.TRIES, timedelta(minutes=30))

    assert [one.to for one in house.sent()] == ["lin2@xinghe.cn"]
    row = await house.row("bad")
    assert (row.state, row.detail, row.attempts) == (TouchState.FAILED, "crashed", 0)
    assert row.fence == set_aside.TRIES
    assert (await totals(house))[("touch.failed", "crashed")] == 1


async def test_who_may_have_had_it_is_not_looked_at_until_that_is_forgotten(lite_house):
    """Lost, and then it cannot be looked at: unknown at once, while the lost answer is still remembered."""
    house, channel = lite_house, lite_house.channels["email"]
    channel.is_keyed, channel.acts_first, channel.faults = True, True, [LOST]
    await house.ask("bad")
    await drain(house, 1, timedelta(0))
    waiting = await house.row("bad")
    broken = update(touch_plans).where(touch_plans.c.key == "bad").values(purpose="nothing we know")
    await house.unit(lambda desk: desk.tx.run(broken))
    await drain(house, 2, timedelta(minutes=30))

    assert (waiting.state, waiting.detail) == (TouchState.PLANNED, "answer_lost")
    row = await house.row("bad")
    assert (row.state, row.detail, row.attempts) == (TouchState.UNKNOWN, "crashed", 1)
