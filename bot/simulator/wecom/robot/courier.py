"""Carries what people do to the robot's connection: once, and sometimes badly."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Coroutine
from dataclasses import replace
from datetime import timedelta
from typing import Any

from bot.simulator.wecom.model import Json
from bot.simulator.wecom.robot import line as lines
from bot.simulator.wecom.robot.line import Line
from bot.simulator.wecom.robot_model import Interaction
from bot.simulator.wecom.world import World


class Courier:
    """A callback that nobody hears is lost; there is no second delivery."""

    def __init__(self, world: World, line: Line, *, hold: timedelta) -> None:
        self._world = world
        self._line = line
        self._hold = hold.total_seconds()
        self._running: set[asyncio.Task[Any]] = set()
        #: Set when the delivery that overtakes a held one has been made.
        self._held: asyncio.Event | None = None

    def send(self, body: Json, asked: Interaction) -> asyncio.Task[bool]:
        """Deliver in the background; the result says whether the robot was connected."""
        return self.start(self._with_faults(body, asked))

    def start(self, work: Coroutine[None, None, bool]) -> asyncio.Task[bool]:
        """Run something that `idle` waits for."""
        task = asyncio.get_running_loop().create_task(work)
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        return task

    async def idle(self) -> None:
        """Wait until nothing is under way."""
        while self._running:
            await asyncio.gather(*self._running, return_exceptions=True)

    async def stop(self) -> None:
        """Give up what is under way."""
        for task in self._running:
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)

    async def _with_faults(self, body: Json, asked: Interaction) -> bool:
        faults = self._world.faults
        await faults.until_off("callback_pause")
        if faults.take("callback_drop"):
            return False
        slow = faults.take("callback_slow")
        if slow:
            await asyncio.sleep(slow.value)
        # A tap comes once and in its turn: no page speaks of anything else.
        is_tap = asked.post is not None
        behind, self._held = self._held, None
        if behind is None and not is_tap and faults.take("callback_out_of_order"):
            await self._wait_for_next()
        try:
            heard = await self._deliver(body, asked)
            if not is_tap and faults.take("callback_duplicate"):
                await self._deliver(body, replace(asked, req_id=self._line.mint_req_id(), streams={}))
            return heard
        finally:
            if behind is not None:
                behind.set()

    async def _deliver(self, body: Json, asked: Interaction) -> bool:
        asked.at = self._world.now()
        self._world.robot.interactions[asked.req_id] = asked
        cmd = lines.MESSAGE if body.get("msgtype") != "event" else lines.EVENT
        return await self._line.deliver(cmd, asked.req_id, body)

    async def _wait_for_next(self) -> None:
        overtaken = self._held = asyncio.Event()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(overtaken.wait(), self._hold)
        if self._held is overtaken:
            self._held = None
