"""Work the lanes: what came in and what fell due, one person's things in order, people side by side."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import structlog

from bot.chat.inbound import PRIVATE, Accepted, DirectoryChanged, Tap
from bot.chat.links import PAGE
from bot.chat.outbound import Reply
from bot.crm.user import SYSTEM
from bot.errors import StaleEpochError, StoreBusyError
from bot.handlers import Scope
from bot.kit.wire import name_of, unpack
from bot.store import Tx, audit, inbox, incidents, lanes, timers
from bot.store.desk import Desk
from bot.store.inbox import Kept
from bot.store.lanes import Lane
from bot.store.timers import Due
from bot.worker import economy, given_up
from bot.worker.answering import answer, draw_again
from bot.worker.bench import Bench, wait
from bot.worker.reading import NOT_A_MEMBER, Nothing, Refused, Request, read

log = structlog.get_logger()

#: Lanes taken at once.
_LANES = 64
#: Deliveries of one lane in one unit: together they must not hold up the door.
_BATCH = 2
#: Failures after which a delivery is set aside; deaths of the process count double.
_SOFT, _FATAL = 5, 2
_BACKOFF = timedelta(seconds=1)
#: Takings nobody heard of that are looked after; what is older waits for its lease.
_UNHEARD = 16
#: Characters of an account that is no colleague's.
_ACCOUNT_MAX = 64


@dataclass(frozen=True, slots=True)
class Deferred:
    """A command that only reads: it runs beside the writer."""

    kept: Kept
    request: Request


@dataclass(slots=True)
class _Untried:
    """A lane whose try was to be counted; by the unit that may have been committed behind our back."""

    lane: Lane
    #: The number of the try, and whether of a delivery or of a timer; 0 as long as it did not run.
    counted: int = 0
    is_timer: bool = False


class LaneWorker:
    """Takes lanes that are ready and works each to its end."""

    def __init__(self, bench: Bench) -> None:
        self._bench = bench
        #: Lanes whose work the database did not take; their try is taken back at the next look.
        self._shut_out: list[Lane] = []
        #: Lanes that were given back without a try: nobody heard whether it was counted.
        self._untried: list[_Untried] = []
        #: A unit found that the address book is out of date.
        self._people_changed = False
        #: By lane: what its unit has just set aside.
        self._given_up: dict[str, Kept] = {}
        #: When lanes were taken of which we never heard.
        self._unheard: list[datetime] = []

    async def run(self) -> None:
        """Work until cancelled."""
        while True:
            try:
                worked = await self.step()
            except StoreBusyError:
                log.warning("lanes.store_busy")
                worked = 0
            if not worked:
                await wait(self._bench.woken, self._bench.poll)

    async def step(self) -> int:
        """Take what is ready and work it; the number of lanes."""
        now = self._bench.clock()
        shut_out, untried = len(self._shut_out), len(self._untried)
        try:
            taken = await self._bench.store.write(lambda tx: self._take(tx, now), lane_key="lanes")
        except StoreBusyError:
            self._unheard = [*self._unheard, now][-_UNHEARD:]
            raise
        del self._shut_out[:shut_out], self._untried[:untried]
        self._unheard.clear()
        await asyncio.gather(*(self._work(lane) for lane in taken if not lane.is_suspect))
        for lane in taken:
            if lane.is_suspect:
                await self._work_apart(lane)
        return len(taken)

    async def _work_apart(self, lane: Lane) -> None:
        """One at a time, counted just before: if the process dies again it is known over which."""
        untried = _Untried(lane)

        async def count(tx: Tx) -> None:
            desk = self._bench.desk(tx)
            await lanes.hold(tx, lane, now=desk.now)
            untried.is_timer = not await inbox.waiting(tx, desk.vault, lane.key, most=1)
            if untried.is_timer:
                untried.counted = await timers.count_attempt(tx, lane.key, now=desk.now)
            else:
                untried.counted = await inbox.count_attempt(tx, lane.key)

        try:
            await self._bench.store.write(count, lane_key=lane.key)
        except StaleEpochError:
            log.warning("lane.taken_over", lane=lane.key)
        except StoreBusyError:
            log.warning("lane.store_busy", lane=lane.key)
            self._untried.append(untried)
        else:
            await self._work(lane)

    async def at_once(self, accepted: Accepted) -> str | None:
        """Keep a tap and carry it out in the same unit, if its lane is free and nothing stands before it.

        Whatever prevents that leaves it to its lane, in its turn, like any other delivery. Gives the
        receiver in whose lane the answer now waits to be sent.
        """
        store = self._bench.store
        try:
            receiver = await store.write(
                lambda tx: self._kept_and_done(tx, accepted), lane_key=accepted.lane_key, urgent=True
            )
        except StoreBusyError:
            raise
        except Exception as exc:
            # Its own lane will try it again, and count.
            log.exception("tap.not_at_once", lane=accepted.lane_key, error=type(exc).__name__)
            vault, clock = self._bench.vault, self._bench.clock
            await store.write(
                lambda tx: inbox.receive(tx, vault, accepted, now=clock()),
                lane_key=accepted.lane_key,
                urgent=True,
            )
            return None
        self._tell_of_people()
        return receiver

    def _tell_of_people(self) -> None:
        """Units run in the writer's thread, which must not touch what belongs to the loop."""
        if self._people_changed:
            self._people_changed = False
            self._bench.directory_changed.set()

    async def _kept_and_done(self, tx: Tx, accepted: Accepted) -> str | None:
        desk = self._bench.desk(tx)
        if not await inbox.receive(tx, desk.vault, accepted, now=desk.now):
            # A page shows the present state by itself.
            return None if accepted.platform == PAGE else await self._answer_again(desk, accepted)
        lane = await lanes.take_one(tx, accepted.lane_key, by=self._bench.name, now=desk.now)
        if lane is None:
            return None
        first = await inbox.waiting(tx, desk.vault, lane.key, most=1)
        is_done = bool(first) and first[0].key == accepted.key
        if is_done and await self._delivery(desk, first[0]) is not None:
            # It only reads: that is done beside the writer, by whoever works the lane.
            is_done = False
        await lanes.release(tx, lane, now=desk.now)
        return self._audience(accepted) if is_done else None

    async def _answer_again(self, desk: Desk, accepted: Accepted) -> str | None:
        """Draw the card once more for a tap that we have had: its answer was lost on the way.

        One that is still to be worked has had none: what it will change is its answer.
        """
        if await inbox.is_pending(desk.tx, accepted):
            return None
        asked = await read(desk, self._bench.decode(accepted.platform, accepted.body))
        if not isinstance(asked, Request):
            return None
        await draw_again(desk, asked)
        return self._audience(accepted)

    def _audience(self, accepted: Accepted) -> str | None:
        tap = self._bench.decode(accepted.platform, accepted.body)
        if not isinstance(tap, Tap):
            return None
        return f"{tap.platform}:{tap.user_id if tap.chat == PRIVATE else tap.chat}"

    async def _take(self, tx: Tx, now: datetime) -> list[Lane]:
        unheard = [
            lane for at in self._unheard for lane in await lanes.taken_at(tx, by=self._bench.name, at=at)
        ]
        for lane in (*self._shut_out, *unheard):
            # The database was away; nobody died of the delivery, and nobody waits for the lease.
            if not await inbox.forgive_attempt(tx, lane):
                await timers.forgive_attempt(tx, lane, now=now)
        for one in self._untried:
            if one.is_timer:
                await timers.forgive_attempt(tx, one.lane, now=now, counted=one.counted)
            else:
                await inbox.forgive_attempt(tx, one.lane, counted=one.counted)
        for lane in (*self._shut_out, *unheard, *(one.lane for one in self._untried)):
            await lanes.release(tx, lane, now=now)
        taken = []
        for lane in await lanes.take(tx, by=self._bench.name, now=now, most=_LANES):
            is_counted = await inbox.begin_try(tx, lane.key)
            if is_counted is None:
                is_counted = await timers.begin_try(tx, lane.key, now=now)
            taken.append(replace(lane, is_suspect=not is_counted))
        return taken

    async def _work(self, lane: Lane) -> None:
        try:
            await self._try(lane, _BATCH)
        except StaleEpochError:
            log.warning("lane.taken_over", lane=lane.key)
        except StoreBusyError:
            self._not_now(lane)
        except Exception:  # noqa: BLE001 - one delivery must not stop the others; it is tried alone below
            await self._alone(lane)

    async def _try(self, lane: Lane, most: int) -> None:
        deferred = await self._bench.store.write(
            lambda tx: self._unit(tx, lane, most), lane_key=lane.key, within=5
        )
        self._bench.wake()
        self._tell_of_people()
        if (kept := self._given_up.pop(lane.key, None)) is not None:
            await given_up.tell(self._bench, kept)
        if deferred is not None:
            await self._read_beside(lane, deferred)

    async def _alone(self, lane: Lane) -> None:
        try:
            await self._try(lane, 1)
        except StaleEpochError:
            log.warning("lane.taken_over", lane=lane.key)
        except StoreBusyError:
            self._not_now(lane)
        except Exception as exc:
            log.exception("delivery.failed", lane=lane.key, error=type(exc).__name__)
            await self._count_failure(lane, type(exc).__name__)

    def _not_now(self, lane: Lane) -> None:
        """Not the delivery's fault: it is not counted against it."""
        log.warning("lane.store_busy", lane=lane.key)
        self._shut_out.append(lane)

    async def _count_failure(self, lane: Lane, reason: str) -> None:
        try:
            await self._bench.store.write(lambda tx: self._failed(tx, lane, reason), lane_key=lane.key)
        except StaleEpochError:
            log.warning("lane.taken_over", lane=lane.key)
        except StoreBusyError:
            self._not_now(lane)

    async def _unit(self, tx: Tx, lane: Lane, most: int) -> Deferred | None:
        desk = self._bench.desk(tx)
        await lanes.hold(tx, lane, now=desk.now)
        kept = await inbox.waiting(tx, desk.vault, lane.key, most=most)
        self._given_up.pop(lane.key, None)
        # A first delivery that was tried before may be a poison: it goes alone.
        for delivery in kept[:1] if kept and kept[0].attempts > 1 else kept:
            deferred = await self._delivery(desk, delivery)
            if deferred is not None:
                return deferred
        # Nor do timers run along with a suspect.
        if not kept or (most > 1 and kept[0].attempts <= 1):
            due = await timers.due(tx, lane.key, now=desk.now, most=most)
            for one in due[:1] if due and due[0].attempts > 1 else due:
                await self._timer(desk, one)
        await lanes.release(tx, lane, now=desk.now)
        return None

    async def _delivery(self, desk: Desk, kept: Kept) -> Deferred | None:
        if kept.failures >= _SOFT or kept.attempts - kept.failures > _FATAL:
            await self._quarantine(desk, kept, kept.failures >= _SOFT)
            self._given_up[kept.lane_key] = kept
            return None
        try:
            inbound = self._bench.decode(kept.platform, kept.body)
        except (KeyError, ValueError) as exc:
            await _settle(desk, kept, state="quarantined", name="undecodable", reason=type(exc).__name__)
            return None
        await economy.count_push(self._bench, desk, kept.platform, inbound)
        if isinstance(inbound, DirectoryChanged):
            self._people_changed = True
        asked = await read(desk, inbound)
        match asked:
            case Refused(name=name, reason=reason, pressed_by=account):
                if reason == NOT_A_MEMBER:
                    # Perhaps he joined a moment ago: the address book is read again.
                    self._people_changed = True
                if account:
                    actor = f"{kept.platform}:{account[:_ACCOUNT_MAX]}"
                    await audit.note(desk, actor=actor, action="press.refused", of=name, reason=reason)
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
        key = f"{kept.platform}:{kept.key}"
        platform = request.platform or kept.platform
        on_page = kept.platform == PAGE
        reply_to = "" if on_page else kept.key
        await answer(desk, request, reply, platform=platform, key=key, reply_to=reply_to, on_page=on_page)
        await inbox.settle(
            desk.tx, kept, state="done", name=name_of(request.command), reason=None, now=desk.now
        )

    async def _read_beside(self, lane: Lane, deferred: Deferred) -> None:
        request = deferred.request
        async with self._bench.store.read() as tx:
            route = self._bench.router.route(request.command)
            asked = replace(scope(self._bench.desk(tx), request), model=self._bench.model)
            reply = await route.handler(request.command, asked)

        async def settle(tx: Tx) -> None:
            desk = self._bench.desk(tx)
            await lanes.hold(tx, lane, now=desk.now)
            await self._finish(desk, deferred.kept, request, reply)
            await lanes.release(tx, lane, now=desk.now)

        await self._bench.store.write(settle, lane_key=lane.key, within=5)
        self._bench.wake()

    async def _timer(self, desk: Desk, due: Due) -> None:
        if due.attempts - due.failures > _FATAL:
            await timers.set_aside(desk.tx, due, reason="killed_the_process", now=desk.now)
            log.error("timer.quarantined", id=due.id, kind=due.kind)
            return
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
        platform=request.platform,
        selected=request.selected,
        tapped=bool(request.card_key),
    )


async def _settle(desk: Desk, kept: Kept, *, state: str, name: str, reason: str | None) -> None:
    await inbox.settle(desk.tx, kept, state=state, name=name, reason=reason, now=desk.now)
    if state != "done":
        await incidents.count(desk.tx, f"delivery.{state}", f"{name}:{reason}" if reason else name, desk.now)
