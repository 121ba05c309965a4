"""Send what was planned for customers: one message at a time to each, never one that may have gone."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TypeVar

import structlog

from bot.chat.channel import Batching, Channel, CustomerMessage
from bot.chat.group_sending import GroupSending
from bot.crm.touching import Purpose, TouchState
from bot.errors import StoreBusyError
from bot.store import Tx, consents, touch_sending
from bot.store.desk import Desk
from bot.store.touch_plans import Plan
from bot.touch import deliver, set_aside
from bot.touch.answers import Answer, Outcome, outcome_of
from bot.touch.recall import recall
from bot.worker.bench import Bench, wait

log = structlog.get_logger()
T = TypeVar("T")

#: Things under way at once: so many can be unknown after a crash, and no more.
_MOST = 16
#: Seconds that a call may take; below the lease, so that nobody takes over what is under way.
CALL = 10.0
#: Seconds between the tombstone and the wire after which it is no longer sure that it is still permitted.
_STILL = 8.0
#: A stop that is older was seen when the tombstone was written; clocks of two processes differ by less.
_JUST_NOW = timedelta(seconds=30)


@dataclass(slots=True)
class _Pace:
    """How much of a minute's share of each channel is left."""

    minute: int = -1
    sent: dict[str, int] = field(default_factory=dict)


def batched(bench: Bench) -> frozenset[str]:
    """Ways by which one message goes to many at once; see bot/worker/batching.py."""
    found = [one.batches for one in bench.channels.values() if isinstance(one, Batching)]
    return frozenset().union(*found)


class TouchSender:
    """Takes what is due and hands it to its channel."""

    def __init__(self, bench: Bench) -> None:
        self._bench = bench
        self._pace = _Pace()

    async def run(self) -> None:
        """Send until cancelled."""
        while True:
            try:
                taken = await self.step()
            except StoreBusyError:
                log.warning("touch.store_busy")
                taken = 0
            if not taken:
                await wait(self._bench.to_touch, self._bench.poll)

    async def step(self) -> int:
        """Send one message to each customer for whom one is due; how many were taken."""
        bench = self._bench
        await self._reap()
        now, full = bench.clock(), self._full()

        async def lease(tx: Tx) -> list[Plan]:
            return await touch_sending.lease(
                tx, bench.vault, now=now, most=_MOST, but=full, but_ways=batched(bench)
            )

        taken = await bench.store.write(lease, lane_key="touch", within=5)
        if taken:
            await asyncio.gather(*(self._one(leased) for leased in taken))
        return len(taken)

    async def _one(self, leased: Plan) -> None:
        channel = self._bench.channels.get(leased.channel)
        try:
            began = self._bench.monotonic()
            gathers = isinstance(channel, GroupSending)
            message = await self._unit(leased, lambda desk: deliver.begin(desk, leased, gathers=gathers))
            if message is None:
                return
            if channel is None or self._bench.monotonic() - began > _STILL:
                await self._unit(leased, lambda desk: deliver.untouched(desk, leased))
                log.warning("touch.stood_still", id=leased.id)
                return
            if await self._has_said_stop(leased):
                self._note(leased, await self._unit(leased, lambda desk: recall(desk, leased)))
                return
            outcome = await self._call(channel, message)
            keyed = channel.is_keyed
            state = await self._unit(
                leased, lambda desk: deliver.ended(desk, leased, outcome, is_keyed=keyed)
            )
            self._note(leased, state)
        except StoreBusyError:
            # The tombstone stands; when the lease is over nobody knows, and that is what is written.
            log.warning("touch.store_busy", id=leased.id)
        except Exception as exc:
            log.exception("touch.crashed", id=leased.id, error=type(exc).__name__)
            with contextlib.suppress(StoreBusyError):
                await self._unit(leased, lambda desk: set_aside.crashed(desk, leased))

    async def _has_said_stop(self, leased: Plan) -> bool:
        """Whether he said stop, or was erased, between the tombstone and the wire: then it is asked again."""
        bench = self._bench
        # Who said stop may be answered, and told that it is so: then only that he was erased counts.
        is_answer = leased.purpose == Purpose.REPLY
        since = bench.clock() + (_JUST_NOW if is_answer else -_JUST_NOW)
        async with bench.store.read() as tx:
            return bool(await consents.stopped_since(tx, [leased.id], since))

    async def _call(self, channel: Channel, message: CustomerMessage) -> Outcome:
        self._pace.sent[channel.name] = self._pace.sent.get(channel.name, 0) + 1
        try:
            async with asyncio.timeout(CALL):
                return Outcome(Answer.TAKEN, provider_id=await channel.deliver(message))
        except Exception as exc:  # noqa: BLE001 - whatever a channel raises, it may have gone
            return outcome_of(exc)

    async def _unit(self, leased: Plan, work: Callable[[Desk], Awaitable[T]]) -> T:
        bench = self._bench
        return await bench.store.write(
            lambda tx: work(bench.desk(tx)), lane_key=f"lead:{leased.lead_id}", within=5
        )

    async def _reap(self) -> None:
        """What was under way when its sender vanished; what no colleague confirmed in time."""
        bench = self._bench
        async with bench.store.read() as tx:
            now = bench.clock()
            stuck = await touch_sending.stuck(tx, now)
            asked = await touch_sending.asked_before(tx, now - timedelta(days=bench.company.touch.ask_days))
        for one in stuck:
            await self._vanished(one)
        for touch_id in asked:
            await self._expired(touch_id)

    async def _vanished(self, stuck: Plan) -> None:
        channel = self._bench.channels.get(stuck.channel)
        keyed = channel is not None and channel.is_keyed
        state = await self._unit(stuck, lambda desk: deliver.vanished(desk, stuck, is_keyed=keyed))
        log.warning("touch.taken_over", id=stuck.id, state=str(state))

    async def _expired(self, touch_id: str) -> None:
        bench = self._bench
        await bench.store.write(
            lambda tx: deliver.confirmed(bench.desk(tx), touch_id, TouchState.EXPIRED, at=bench.clock()),
            within=5,
        )

    def _full(self) -> set[str]:
        """Channels whose share of this minute is used up."""
        minute = int(self._bench.monotonic() // 60)
        if minute != self._pace.minute:
            self._pace = _Pace(minute)
        most = self._bench.company.touch.pace_of
        return {name for name, n in self._pace.sent.items() if name in most and n >= most[name]}

    def _note(self, leased: Plan, state: object) -> None:
        if state is None:
            log.warning("touch.overtaken", id=leased.id)
        else:
            log.info("touch.ended", id=leased.id, channel=leased.channel, state=str(state))
