"""Work the lanes: what came in and what fell due, one person's things in order, people side by side."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import timedelta

import structlog

from bot.chat.inbound import DirectoryChanged
from bot.chat.outbound import Reply
from bot.crm.user import SYSTEM
from bot.errors import StaleEpochError, StoreBusyError
from bot.handlers import Scope
from bot.kit.wire import name_of, unpack
from bot.store import Tx, inbox, incidents, lanes, timers
from bot.store.desk import Desk
from bot.store.inbox import Kept
from bot.store.lanes import Lane
from bot.store.timers import Due
from bot.worker.answering import answer
from bot.worker.bench import Bench, wait
from bot.worker.reading import NOT_A_MEMBER, Nothing, Refused, Request, read

log = structlog.get_logger()

#: Lanes taken at once.
_LANES = 64
#: Deliveries of one lane in one unit: together they must not hold up the door.
_BATCH = 2
#: Seconds between looks when nobody wakes us.
_POLL = 0.5
#: Failures after which a delivery is set aside; deaths of the process count double.
_SOFT, _FATAL = 5, 2
_BACKOFF = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Deferred:
    """A command that only reads: it runs beside the writer."""

    kept: Kept
    request: Request


class LaneWorker:
    """Takes lanes that are ready and works each to its end."""

    def __init__(self, bench: Bench) -> None:
        self._bench = bench

    async def run(self) -> None:
        """Work until cancelled."""
        while True:
            try:
                worked = await self.step()
            except StoreBusyError:
                log.warning("lanes.store_busy")
                worked = 0
            if not worked:
                await wait(self._bench.woken, _POLL)

    async def step(self) -> int:
        """Take what is ready and work it; the number of lanes."""
        taken = await self._bench.store.write(self._take, lane_key="lanes")
        if taken:
            await asyncio.gather(*(self._work(lane) for lane in taken))
        return len(taken)

    async def _take(self, tx: Tx) -> list[Lane]:
        taken = await lanes.take(tx, by=self._bench.name, now=self._bench.clock(), most=_LANES)
        for lane in taken:
            # Before the work: a delivery that kills the process is known by its count.
            await inbox.count_attempt(tx, lane.key)
        return taken

    async def _work(self, lane: Lane) -> None:
        try:
            await self._try(lane, _BATCH)
        except StaleEpochError:
            log.warning("lane.taken_over", lane=lane.key)
        except StoreBusyError:
            log.warning("lane.store_busy", lane=lane.key)
        except Exception:  # noqa: BLE001 - one delivery must not stop the others; it is tried alone below
            await self._alone(lane)

    async def _try(self, lane: Lane, most: int) -> None:
        deferred = await self._bench.store.write(
            lambda tx: self._unit(tx, lane, most), lane_key=lane.key, within=5
        )
        self._bench.wake()
        if deferred is not None:
            await self._read_beside(lane, deferred)

    async def _alone(self, lane: Lane) -> None:
        try:
            await self._try(lane, 1)
        except StaleEpochError:
            log.warning("lane.taken_over", lane=lane.key)
        except StoreBusyError:
            # Not the delivery's fault: it is not counted against it.
            log.warning("lane.store_busy", lane=lane.key)
        except Exception as exc:
            log.exception("delivery.failed", lane=lane.key, error=type(exc).__name__)
            reason = type(exc).__name__
            await self._bench.store.write(lambda tx: self._failed(tx, lane, reason), lane_key=lane.key)

    async def _unit(self, tx: Tx, lane: Lane, most: int) -> Deferred | None:
        desk = self._bench.desk(tx)
        await lanes.hold(tx, lane, now=desk.now)
        kept = await inbox.waiting(tx, desk.vault, lane.key, most=most)
        # A first delivery that was tried before may be a poison: it goes alone.
        for delivery in kept[:1] if kept and kept[0].attempts > 1 else kept:
            deferred = await self._delivery(desk, delivery)
            if deferred is not None:
                return deferred
        if most > 1 or not kept:
            for due in await timers.due(tx, lane.key, now=desk.now, most=most):
                await self._timer(desk, due)
        await lanes.release(tx, lane, now=desk.now)
        return None

    async def _delivery(self, desk: Desk, kept: Kept) -> Deferred | None:
        if kept.failures >= _SOFT or kept.attempts - kept.failures > _FATAL:
            await self._quarantine(desk, kept, kept.failures >= _SOFT)
            return None
        try:
            inbound = self._bench.adapters[kept.platform].decode(kept.body)
        except (KeyError, ValueError) as exc:
            await _settle(desk, kept, state="quarantined", name="undecodable", reason=type(exc).__name__)
            return None
        if isinstance(inbound, DirectoryChanged):
            self._bench.directory_changed.set()
        asked = await read(desk, inbound)
        match asked:
            case Refused(name=name, reason=reason):
                if reason == NOT_A_MEMBER:
                    # Perhaps he joined a moment ago: the address book is read again.
                    self._bench.directory_changed.set()
                await _settle(desk, kept, state="refused", name=name, reason=reason)
            case Nothing(name=name, state=state):
                await _settle(desk, kept, state=state, name=name, reason=None)
            case Request():
                return await self._carry_out(desk, kept, asked)
        return None

    async def _carry_out(self, desk: Desk, kept: Kept, request: Request) -> Deferred | None:
        route = self._bench.router.route(request.command)
        if route.reads:
            return Deferred(kept, request)
        reply = await route.handler(request.command, scope(desk, request))
        await self._finish(desk, kept, request, reply)
        return None

    async def _finish(self, desk: Desk, kept: Kept, request: Request, reply: Reply) -> None:
        await answer(desk, request, reply, platform=kept.platform, key=f"{kept.platform}:{kept.key}")
        await inbox.settle(
            desk.tx, kept, state="done", name=name_of(request.command), reason=None, now=desk.now
        )

    async def _read_beside(self, lane: Lane, deferred: Deferred) -> None:
        request = deferred.request
        async with self._bench.store.read() as tx:
            route = self._bench.router.route(request.command)
            reply = await route.handler(request.command, scope(self._bench.desk(tx), request))

        async def settle(tx: Tx) -> None:
            desk = self._bench.desk(tx)
            await lanes.hold(tx, lane, now=desk.now)
            await self._finish(desk, deferred.kept, request, reply)
            await lanes.release(tx, lane, now=desk.now)

        await self._bench.store.write(settle, lane_key=lane.key, within=5)
        self._bench.wake()

    async def _timer(self, desk: Desk, due: Due) -> None:
        # First: a command may set its own timer again, and that one must stay.
        await timers.fired(desk.tx, due, now=desk.now)
        command = unpack(due.payload)
        await self._bench.router.route(command).handler(command, Scope(desk=desk, actor=SYSTEM))

    async def _quarantine(self, desk: Desk, kept: Kept, soft: bool) -> None:
        reason = "failed" if soft else "killed_the_process"
        await _settle(desk, kept, state="quarantined", name="poison", reason=reason)
        log.error("delivery.quarantined", id=kept.id, reason=reason)

    async def _failed(self, tx: Tx, lane: Lane, reason: str) -> None:
        desk = self._bench.desk(tx)
        await lanes.hold(tx, lane, now=desk.now)
        kept = await inbox.waiting(tx, desk.vault, lane.key, most=1)
        failures = 0
        if kept:
            await inbox.failed(tx, kept[0], reason=reason)
            failures = kept[0].failures
        else:
            failures = await timers.failed(tx, lane.key, reason=reason, now=desk.now, most=_SOFT)
        await lanes.release(tx, lane, now=desk.now, not_before=desk.now + _BACKOFF * 2**failures)


def scope(desk: Desk, request: Request) -> Scope:
    """What the handler is given."""
    return Scope(
        desk=desk,
        actor=request.actor,
        chat=request.chat,
        selected=request.selected,
        tapped=bool(request.card_key),
    )


async def _settle(desk: Desk, kept: Kept, *, state: str, name: str, reason: str | None) -> None:
    await inbox.settle(desk.tx, kept, state=state, name=name, reason=reason, now=desk.now)
    if state != "done":
        await incidents.count(desk.tx, f"delivery.{state}", f"{name}:{reason}" if reason else name, desk.now)
