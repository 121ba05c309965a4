"""One message to many at once (公众号群发): gathered for a while, each one asked again, one call for all."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from functools import partial
from typing import TypeVar

import structlog

from bot.chat.channel import Batching, Channel, CustomerMessage
from bot.errors import StoreBusyError
from bot.intake import official
from bot.store import consents, touch_sending
from bot.store.desk import Desk
from bot.store.touch_plans import Plan
from bot.touch import deliver, set_aside
from bot.touch.answers import Answer, Outcome, outcome_of
from bot.touch.recall import recall
from bot.worker.bench import Bench, wait

log = structlog.get_logger()
T = TypeVar("T")

#: The first one waits so long for others with the same words.
GATHERS = timedelta(minutes=10)
#: In one call; so many can be unknown after a crash, and no more.
_MOST = 50
#: Seconds for a call with its one repeat; below the lease.
_CALL = 11.0
#: Seconds between the first tombstone and the wire after which it is no longer sure that all may get it.
_STILL = 8.0
#: The platform sends nothing to one alone: he waits for company.
_ALONE = timedelta(hours=1)
_FEWEST = 2
#: A stop that is older was seen when the tombstone was written; clocks of two processes differ by less.
_JUST_NOW = timedelta(seconds=30)

_Begun = tuple[Plan, CustomerMessage]


class BatchSender:
    """Takes what is due by the ways of channels that send to many at once."""

    def __init__(self, bench: Bench) -> None:
        self._bench = bench

    async def run(self) -> None:
        """Send until cancelled."""
        while True:
            try:
                taken = await self.step()
            except StoreBusyError:
                log.warning("batch.store_busy")
                taken = 0
            if not taken:
                await wait(self._bench.to_batch, self._bench.poll)

    async def step(self) -> int:
        """Send what has been gathered; how many people were taken."""
        taken = 0
        for channel in self._bench.channels.values():
            for way in sorted(channel.batches) if isinstance(channel, Batching) else ():
                taken += await self._way(channel, way)
        return taken

    async def _way(self, channel: Channel, way: str) -> int:
        bench = self._bench
        now = bench.clock()
        async with bench.store.read() as tx:
            if not await touch_sending.has_waited(tx, way, now=now, since=now - GATHERS):
                return 0
        taken = await bench.store.write(
            lambda tx: touch_sending.lease_way(tx, bench.vault, way, now=now, most=_MOST),
            lane_key="touch", within=5,
        )  # fmt: skip
        began, groups = bench.monotonic(), dict[tuple[str, str], list[_Begun]]()
        for leased in taken:
            message = await self._begun(leased)
            if message is not None:
                account = message.to.partition(":")[0]
                groups.setdefault((account, message.text), []).append((leased, message))
        for (account, _), group in groups.items():
            if bench.monotonic() - began > _STILL:
                await self._untouched(group)
            else:
                await self._together(channel, account, group)
        return len(taken)

    async def _begun(self, leased: Plan) -> CustomerMessage | None:
        """What goes on the wire for him, if it may; a look that fails stops him alone."""
        try:
            return await self._unit(leased, partial(deliver.begin, leased=leased, gathers=False))
        except StoreBusyError:
            raise
        except Exception as exc:
            log.exception("batch.crashed", id=leased.id, error=type(exc).__name__)
            await self._unit(leased, partial(set_aside.crashed, leased=leased))
            return None

    async def _together(self, channel: Channel, account: str, group: list[_Begun]) -> None:
        bench, group = self._bench, await self._without_stopped(group)
        outcome = Outcome(Answer.BUSY, why="alone", retry_after=_ALONE)
        if len(group) >= _FEWEST:
            outcome = await self._call(channel, [message for _, message in group])
        if outcome.answer is Answer.TAKEN and outcome.provider_id:
            ids = [leased.id for leased, _ in group]
            await bench.store.write(
                lambda tx: official.mass_taken(bench.desk(tx), account, outcome.provider_id, ids),
                lane_key="touch", within=5,
            )  # fmt: skip
        for leased, _ in group:
            # What stays SENDING because the store was busy is unknown when its lease is over.
            try:
                ended = partial(deliver.ended, leased=leased, outcome=outcome, is_keyed=False)
                await self._unit(leased, ended)
            except StoreBusyError:
                log.warning("batch.store_busy", id=leased.id)
        if outcome.answer is Answer.TAKEN and outcome.provider_id:
            # The platform may have told what came of it before all of this was written.
            await bench.store.write(
                lambda tx: official.mass_settled(bench.desk(tx), account, outcome.provider_id),
                lane_key="touch", within=5,
            )  # fmt: skip
        log.info("batch.ended", channel=channel.name, people=len(group), answer=outcome.answer.value)

    async def _without_stopped(self, group: list[_Begun]) -> list[_Begun]:
        """Those who have not said stop, and were not erased, between the tombstone and the wire."""
        bench = self._bench
        while group:
            async with bench.store.read() as tx:
                ids = [leased.id for leased, _ in group]
                stopped = await consents.stopped_since(tx, ids, bench.clock() - _JUST_NOW)
            if not stopped:
                break
            for leased, _ in group:
                if leased.id in stopped:
                    await self._unit(leased, partial(recall, leased=leased))
            # To take somebody out takes time, in which another may say stop: all are asked again.
            group = [one for one in group if one[0].id not in stopped]
        return group

    async def _call(self, channel: Channel, messages: list[CustomerMessage]) -> Outcome:
        if not isinstance(channel, Batching):
            raise TypeError(channel.name)
        try:
            async with asyncio.timeout(_CALL):
                return Outcome(Answer.TAKEN, provider_id=await channel.deliver_all(messages))
        except Exception as exc:  # noqa: BLE001 - whatever a channel raises, it may have gone
            return outcome_of(exc)

    async def _untouched(self, group: list[_Begun]) -> None:
        for leased, _ in group:
            await self._unit(leased, partial(deliver.untouched, leased=leased))
        log.warning("batch.stood_still", people=len(group))

    async def _unit(self, leased: Plan, work: Callable[[Desk], Awaitable[T]]) -> T:
        bench = self._bench
        return await bench.store.write(
            lambda tx: work(bench.desk(tx)), lane_key=f"lead:{leased.lead_id}", within=5
        )
