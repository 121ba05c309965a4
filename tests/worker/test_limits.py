"""What the platform would drop in silence is never sent, whatever it is."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.chat.adapter import Throttle
from bot.chat.outbound import Notice
from bot.store import outbox
from bot.worker.sender import Sender

MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize("answers", [False, True], ids=["notices", "answers"])
async def test_answers_count_as_well_as_notices(bench, unit, mei, platform, clock, answers):
    """Somebody who asks forty times in a moment hears forty answers, but not more than 25 in any minute."""
    platform.throttle = Throttle(25, MINUTE)
    sent_at: list = []
    platform.before_send = lambda _: sent_at.append(clock.now)
    for i in range(40):
        await unit(
            lambda d, i=i: outbox.post(d, Notice(to=mei, key=f"k{i}", text=f"第{i}条", answers=answers))
        )
    sender = Sender(bench)
    for _ in range(240):
        for _ in range(50):
            if not await sender.step():
                break
        clock.push(timedelta(seconds=1))

    said = "\n".join(platform.texts())
    assert [i for i in range(40) if f"第{i}条" not in said] == []
    assert max(sum(at <= other < at + MINUTE for other in sent_at) for at in sent_at) <= 25
