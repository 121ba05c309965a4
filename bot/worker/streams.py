"""Hold the platforms' connections: one process for each, one opening a second, later after each failure.

Whoever has the lease holds the connection; he closes it before he could be believed dead. A stranger
who connects in our place (another installation with the same robot) is not pushed out again: that
would go on for ever, so people are told.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Final

import structlog

from bot.cards.texts import streams as texts
from bot.chat.adapter import Closed, Ending, Stream
from bot.chat.inbound import Accepted
from bot.errors import BotError, StoreBusyError, UnitTooSlowError
from bot.kit.clock import Monotonic
from bot.store import Tx, inbox, incidents, leases
from bot.worker.bench import Bench

log = structlog.get_logger()

#: For how long a holder is believed, how often he says that he lives, how often others look.
LEASE: Final = timedelta(seconds=20)
RENEW_S: Final = 5.0
LOOK_S: Final = 5.0
#: Seconds before the end of a lease that could not be renewed at which its holder lets go himself.
_MARGIN_S: Final = 4.0
#: Seconds between two openings at the least, and between tries at the most.
OPEN_EVERY_S: Final = 1.0
LONGEST_S: Final = 30.0
#: A connection that lived so many seconds was a good one: counting begins anew.
_GOOD_S: Final = 60.0
#: Refusals of our credentials before we stop knocking, and seconds until the next knock.
REFUSALS: Final = 5
QUIET_S: Final = 600.0
#: Seconds between tries to keep what came: most of these platforms say it only once.
_KEEP_AGAIN: Final = (0.2, 0.5, 1.0, 2.0, 4.0)
#: Seconds after the last holder vanished in which nothing is kept and carried out in one unit: what
#: killed him may come again, and must then be written down and counted before it is touched.
CAREFUL_S: Final = 600.0

Sleep = Callable[[float], Awaitable[None]]
#: Keeps a tap and carries it out at once if nothing stands before it.
Express = Callable[[Accepted], Awaitable[None]]


class StreamKeeper:
    """Holds one stream, as long as the lease is ours."""

    def __init__(
        self,
        bench: Bench,
        stream: Stream,
        *,
        express: Express,
        monotonic: Monotonic,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        self._bench = bench
        self._stream = stream
        self._express = express
        self._monotonic = monotonic
        self._sleep = sleep
        self._counted: Counter[tuple[str, str]] = Counter()
        self._opened_at: float | None = None
        self._failures = 0
        self._refusals = 0
        self._state = "held"
        self._term = 0
        self._careful_until = float("-inf")

    async def run(self) -> None:
        """Take the lease whenever it is free, and hold the connection while it is ours."""
        try:
            while True:
                until = await self._found_free()
                if until is None:
                    await self._sleep(LOOK_S)
                else:
                    await self._serve(until)
        finally:
            await self._leave()

    async def keep(self, accepted: Accepted) -> None:
        """Write it down, again and again if the store is busy; then it is carried out like any other."""
        for pause in (*_KEEP_AGAIN, None):
            try:
                await self._kept(accepted)
            except (StoreBusyError, UnitTooSlowError):
                if pause is None:
                    raise
                self.count("stream.keep_again", self._stream.name)
                await self._sleep(pause)
            else:
                self._bench.wake()
                return

    def opened(self) -> None:
        """The platform has accepted the connection."""
        self._refusals = 0
        self._state = "connected"
        log.info("stream.connected", stream=self._stream.name)

    def count(self, name: str, reason: str) -> None:
        """Count something; it is written down with the next sign of life."""
        self._counted[name, reason] += 1

    def greeting(self) -> str:
        """What to say to somebody who opens the chat for the first time of the day."""
        return texts.GREETING.format(company=self._bench.company.org.company)

    async def _kept(self, accepted: Accepted) -> None:
        if accepted.waits and self._monotonic() >= self._careful_until:
            await self._express(accepted)
            return
        bench = self._bench
        is_new = await bench.store.write(
            lambda tx: inbox.receive(tx, bench.vault, accepted, now=bench.clock()),
            lane_key=accepted.lane_key,
            urgent=True,
        )
        if accepted.waits and not is_new:
            # It was kept and counted before; the platform never heard the card that answered it.
            await self._express(accepted)

    async def _serve(self, until: float) -> None:
        """Connect again and again until the lease is lost; then close."""
        log.info("stream.held", stream=self._stream.name, holder=self._bench.name)
        connecting = asyncio.create_task(self._connect())
        renewing = asyncio.create_task(self._renew(until))
        try:
            done, _ = await asyncio.wait({connecting, renewing}, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                # A defect in one of them is news.
                task.result()
        finally:
            for task in (connecting, renewing):
                task.cancel()
            await asyncio.gather(connecting, renewing, return_exceptions=True)
        log.warning("stream.lease_lost", stream=self._stream.name)

    async def _renew(self, until: float) -> None:
        """Say that we live; end when somebody else has the lease, or could have it soon."""
        told = ""
        while True:
            await self._sleep(RENEW_S)
            try:
                renewed = await self._hold()
                if renewed is None:
                    return
                until = renewed
                await self._write_down(tell=self._state if self._state != told else "")
                told = self._state
            except BotError as exc:
                log.warning("stream.lease_not_renewed", stream=self._stream.name, error=type(exc).__name__)
                if self._monotonic() >= until - _MARGIN_S:
                    return

    async def _found_free(self) -> float | None:
        try:
            return await self._hold()
        except BotError as exc:
            log.warning("stream.lease_not_asked", stream=self._stream.name, error=type(exc).__name__)
            return None

    async def _hold(self) -> float | None:
        """Take or keep the lease; until when we may believe it, None if it is another's."""
        # Counted from before the asking: the answer may be slow, the lease is not longer for it.
        asked_at, bench = self._monotonic(), self._bench
        term = await bench.store.write(
            lambda tx: leases.hold(tx, self._stream.name, by=bench.name, now=bench.clock(), for_=LEASE),
            lane_key="leases",
            urgent=True,
        )
        if term is None:
            return None
        if term != self._term:
            # The first term follows a clean end, or nobody.
            self._careful_until = asked_at + CAREFUL_S if term > 1 else float("-inf")
            self._term = term
        return asked_at + LEASE.total_seconds()

    async def _connect(self) -> None:
        while True:
            await self._wait_to_open()
            self._opened_at = self._monotonic()
            closed = await self._stream.run(self)
            lived = self._monotonic() - self._opened_at
            log.warning(
                "stream.closed",
                stream=self._stream.name,
                ending=closed.ending.value,
                reason=closed.reason,
                lived_s=round(lived),
            )
            self.count(f"stream.{closed.ending.value}", closed.reason)
            if lived >= _GOOD_S:
                self._failures = 0
            await self._after(closed)

    async def _after(self, closed: Closed) -> None:
        """Wait as long as this end asks for."""
        match closed.ending:
            case Ending.LEAVING:
                self._state = "leaving"
            case Ending.DROPPED:
                self._state = "reconnecting"
                await self._back_off()
            case Ending.REFUSED:
                self._refusals += 1
                self._state = "refused"
                if self._refusals < REFUSALS:
                    await self._back_off()
                else:
                    log.error("stream.refused", stream=self._stream.name, text=texts.REFUSED)
                    await self._sleep(QUIET_S)
            case Ending.KICKED:
                await self._kicked()

    async def _kicked(self) -> None:
        """Find out by whom: a colleague process has the lease by now, a stranger has not."""
        with contextlib.suppress(BotError):
            if await self._hold() is None:
                # The task that renews finds the same and ends this one.
                await self._sleep(QUIET_S)
                return
        self._state = "kicked"
        log.error("stream.kicked", stream=self._stream.name, text=texts.KICKED)
        with contextlib.suppress(BotError):
            await self._write_down(tell=self._state)
        await self._sleep(QUIET_S)

    async def _back_off(self) -> None:
        longest = min(LONGEST_S, OPEN_EVERY_S * 2**self._failures)
        self._failures = min(self._failures + 1, 10)
        # Half of it is left to chance, so that many who lost the same server do not come back together.
        await self._sleep(longest * (1 + self._chance()) / 2)

    async def _wait_to_open(self) -> None:
        if self._opened_at is not None:
            wait = self._opened_at + OPEN_EVERY_S - self._monotonic()
            if wait > 0:
                await self._sleep(wait)

    def _chance(self) -> float:
        return int.from_bytes(self._bench.random_bytes(2), "big") / 65_535

    async def _write_down(self, *, tell: str = "") -> None:
        counted, self._counted = self._counted, Counter()
        bench, name = self._bench, self._stream.name

        async def unit(tx: Tx) -> None:
            now = bench.clock()
            for (what, reason), times in counted.items():
                await incidents.count(tx, what, reason, now, times=times)
            if tell:
                await leases.tell(tx, name, tell, by=bench.name, now=now)

        if not counted and not tell:
            return
        try:
            await bench.store.write(unit, lane_key="leases", within=5)
        except BotError:
            # Perhaps it is committed after all: counted twice is better than never.
            self._counted += counted
            raise

    async def _leave(self) -> None:
        """Give the lease back, so that another process need not wait until we are believed dead."""
        bench, name = self._bench, self._stream.name
        try:
            await self._write_down()
            await bench.store.write(
                lambda tx: leases.release(tx, name, by=bench.name), lane_key="leases", within=2
            )
        except BotError as exc:
            log.warning("stream.lease_not_released", stream=name, error=type(exc).__name__)
