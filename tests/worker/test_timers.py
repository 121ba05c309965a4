"""A timer's command is carried out once, however often and by however many its lane is looked at."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.chat.outbound import Reply
from bot.crm.signals import RemindTask
from bot.handlers import Scope
from bot.store import timers
from bot.store.tables.machinery import timers as timers_table
from bot.worker.lanes import LaneWorker

LOOKS = 6


@pytest.fixture
def fired(bench) -> list[str]:
    heard: list[str] = []

    @bench.router.on(RemindTask)
    async def on_timer(command: RemindTask, scope: Scope) -> Reply:
        heard.append(command.task_id)
        return Reply()

    return heard


async def test_a_timer_is_over_when_its_command_was_carried_out(bench, unit, clock, fired):
    """Two processes look again and again."""
    due = clock() + timedelta(minutes=1)
    for key in ("T1", "T2", "T3"):
        await unit(
            lambda d, k=key: timers.set_timer(d, lane_key="lead:L1", command=RemindTask(k), key=k, due_at=due)
        )
    clock.push(timedelta(minutes=2))
    first, second = LaneWorker(bench), LaneWorker(bench)

    for _ in range(LOOKS):
        await asyncio.gather(first.step(), second.step())
        clock.push(timedelta(minutes=1))

    assert fired == ["T1", "T2", "T3"]
    rows = await unit(lambda d: d.tx.all(select(timers_table.c.state)))
    assert [row.state for row in rows] == ["fired"] * 3
