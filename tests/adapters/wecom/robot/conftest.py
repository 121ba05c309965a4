"""A robot on a line in memory."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest

from bot.adapters.wecom.robot.robot import Robot
from bot.chat.adapter import Closed
from tests.adapters.wecom.robot.line import Hall, Line, Time, robot, settle


@dataclass
class Talk:
    """A robot that is connected."""

    robot: Robot
    line: Line
    hall: Hall
    time: Time
    running: asyncio.Task[Closed]


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
async def talk(time: Time) -> AsyncIterator[Talk]:
    line, hall = Line(), Hall()
    built = robot(time, [line])
    running = asyncio.create_task(built.run(hall))
    await settle()
    assert hall.opened_times == 1
    yield Talk(built, line, hall, time, running)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
