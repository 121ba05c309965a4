"""Send what the outbox holds: once at most where a second one would be seen, else until it is through."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from bot.cards import digest
from bot.chat.adapter import Adapter
from bot.chat.outbound import Notice, Outgoing, Repeat, SendCard, SendText, Sent, UpdateCard
from bot.errors import AnswerLostError, PlatformBusyError, PlatformRejectedError, StoreBusyError
from bot.store import Tx, incidents, outbox, sending
from bot.store.sending import Leased
from bot.worker.bench import Bench, wait

log = structlog.get_logger()

#: Things under way at once.
_MOST = 32
#: Seconds between looks when nobody wakes us.
_POLL = 0.5
#: A platform that swallows equal requests does so for four hours; half an hour is left for clocks.
_WINDOW = timedelta(hours=3, minutes=30)
_TRIES = 8
_LONGEST = timedelta(minutes=5)
#: More than this waiting for one receiver, while he must not be written to, becomes one text.
_DIGEST_FROM = 5


@dataclass(frozen=True, slots=True)
class Ready:
    """Marked SENDING and committed: this goes on the wire."""

    outgoing: Outgoing


class Sender:
    """Takes what is due, receiver by receiver, and sends it."""

    def __init__(self, bench: Bench) -> None:
        self._bench = bench

    async def run(self) -> None:
        """Send until cancelled."""
        while True:
            try:
                sent = await self.step()
            except StoreBusyError:
                log.warning("outbox.store_busy")
                sent = 0
            if not sent:
                await wait(self._bench.to_send, _POLL)

    async def step(self) -> int:
        """Send one thing to each receiver who waits; how many were taken."""
        stuck = await self._bench.store.write(self._stuck, lane_key="outbox")
        for leased in stuck:
            log.warning("send.taken_over", id=leased.id, kind=leased.kind)
        taken = await self._bench.store.write(
            lambda tx: sending.lease(tx, self._bench.vault, now=self._bench.clock(), most=_MOST),
            lane_key="outbox",
        )
        if taken:
            await asyncio.gather(*(self._one(leased) for leased in taken))
        return len(taken)

    async def _stuck(self, tx: Tx) -> list[Leased]:
        now = self._bench.clock()
        stuck = await sending.take_over_stuck(tx, self._bench.vault, now=now)
        for leased in stuck:
            await self._lost(tx, leased, "sender vanished", now)
        return stuck

    async def _one(self, leased: Leased) -> None:
        adapter = self._bench.adapters.get(leased.platform)
        try:
            ready = await self._bench.store.write(
                lambda tx: self._before(tx, leased, adapter), lane_key=leased.lane_key, within=5
            )
            if ready is None or adapter is None:
                return
            try:
                sent = await adapter.send(ready.outgoing)
            except (PlatformBusyError, PlatformRejectedError, AnswerLostError) as exc:
                failure: Exception = exc
                await self._write(leased, lambda tx: self._not_sent(tx, leased, failure))
            else:
                await self._write(leased, lambda tx: self._sent(tx, leased, sent))
        except StoreBusyError:
            # The tombstone stands; when the lease is over the row is taken over by its policy.
            log.warning("send.store_busy", id=leased.id)
        except Exception as exc:
            log.exception("send.failed", id=leased.id, kind=leased.kind, error=type(exc).__name__)

    async def _write(self, leased: Leased, unit: object) -> None:
        await self._bench.store.write(unit, lane_key=leased.lane_key, within=5)  # type: ignore[arg-type]
        self._bench.to_send.set()

    async def _before(self, tx: Tx, leased: Leased, adapter: Adapter | None) -> Ready | None:
        """Decide in the transaction that writes the tombstone; None: not now, or not at all."""
        now = self._bench.clock()
        if adapter is None:
            await self._skip(tx, leased, "platform_off", now)
            return None
        if leased.expires_at is not None and now >= leased.expires_at:
            await self._skip(tx, leased, "expired", now)
            return None
        outgoing = leased.outgoing
        if isinstance(outgoing, UpdateCard):
            prepared = await self._with_code(tx, leased, outgoing, now)
            if prepared is None:
                return None
            outgoing = prepared
        elif not await self._within_quota(tx, leased, adapter, now):
            return None
        return Ready(outgoing) if await sending.mark_sending(tx, leased, now=now) else None

    async def _with_code(
        self, tx: Tx, leased: Leased, change: UpdateCard, now: datetime
    ) -> UpdateCard | None:
        state = await sending.card_state(tx, change.card_key)
        if state == "queued":
            await sending.again(tx, leased, at=now + timedelta(seconds=1), reason="card not sent yet")
            return None
        code = None if state == "closed" else await sending.use_code(tx, leased, change.card_key, now=now)
        if code is None:
            await self._cannot_change(tx, leased, change, "no_code", now)
            return None
        return UpdateCard(
            to=change.to, card=change.card, card_key=change.card_key, buttons=change.buttons, code=code,
            answers=change.answers,
        )  # fmt: skip

    async def _cannot_change(
        self, tx: Tx, leased: Leased, change: UpdateCard, reason: str, now: datetime
    ) -> None:
        """The card stays as it is; the server refuses its buttons anyway. Who pressed it gets a new one."""
        if change.answers:
            await outbox.show_anew(self._bench.desk(tx), change, leased.key)
        await self._skip(tx, leased, reason, now)

    async def _within_quota(self, tx: Tx, leased: Leased, adapter: Adapter, now: datetime) -> bool:
        throttle = adapter.throttle
        if throttle is None or not isinstance(leased.outgoing, SendText | SendCard):
            return True
        # Bursts take two fifths, the rest comes steadily: together never more than the limit in its span.
        burst = max(1, throttle.sends * 2 // 5)
        interval = throttle.within / (throttle.sends - burst)
        until = await sending.quota(tx, f"send:{leased.lane_key}", now=now, interval=interval, burst=burst)
        if until is None:
            return True
        await sending.again(tx, leased, at=until, reason="throttled")
        await self._digest(tx, leased, now)
        return False

    async def _digest(self, tx: Tx, leased: Leased, now: datetime) -> None:
        lines = await sending.waiting_lines(tx, self._bench.vault, leased, now=now)
        if len(lines) < _DIGEST_FROM or leased.key.startswith("digest:"):
            return
        card = await sending.reader(tx, leased.lane_key)
        if card is None:
            return
        for row_id, _ in lines:
            await sending.mark_digested(tx, row_id, by=leased.id)
        text = digest.text([line for _, line in lines])
        await outbox.post(self._bench.desk(tx), Notice(to=card, key=f"digest:{lines[0][0]}", text=text))
        await incidents.count(tx, "notice.digested", "throttled", now)

    async def _skip(self, tx: Tx, leased: Leased, reason: str, now: datetime) -> None:
        await sending.end(tx, leased, state="skipped", now=now, reason=reason)
        await incidents.count(tx, "send.skipped", reason, now)

    async def _sent(self, tx: Tx, leased: Leased, sent: Sent) -> None:
        now = self._bench.clock()
        reason = "repeated" if sent.repeated else None
        if not await sending.end(
            tx, leased, state="sent", now=now, provider_id=sent.provider_id, data=sent.data, reason=reason
        ):
            return
        if isinstance(leased.outgoing, SendCard):
            await sending.set_card_state(tx, leased.outgoing.card_key, "live")
        if isinstance(leased.outgoing, SendCard | UpdateCard):
            await sending.add_code(tx, leased.outgoing.card_key, sent.data.get("code", ""), now=now)

    async def _not_sent(self, tx: Tx, leased: Leased, failure: Exception) -> None:
        now = self._bench.clock()
        match failure:
            case PlatformBusyError(retry_after=span):
                await self._later(tx, leased, max(span, _backoff(leased.attempts)), str(failure), now)
            case AnswerLostError():
                await self._lost(tx, leased, str(failure), now)
            case _:
                await self._rejected(tx, leased, failure, now)

    async def _rejected(self, tx: Tx, leased: Leased, failure: Exception, now: datetime) -> None:
        code = str(failure.code) if isinstance(failure, PlatformRejectedError) else type(failure).__name__
        if leased.attempts > 0 and self._repeat(leased) is Repeat.HARMLESS:
            # The first try got through and its answer was lost: there is nothing left to do.
            await sending.end(tx, leased, state="sent", now=now, reason=f"moot: {failure}")
            return
        if isinstance(leased.outgoing, UpdateCard) and leased.outgoing.answers:
            await outbox.show_anew(self._bench.desk(tx), leased.outgoing, leased.key)
        await sending.end(tx, leased, state="failed", now=now, reason=str(failure))
        await incidents.count(tx, "send.failed", f"{leased.kind}:{code}", now)

    async def _later(self, tx: Tx, leased: Leased, span: timedelta, reason: str, now: datetime) -> None:
        if leased.attempts + 1 >= _TRIES and span < _LONGEST:
            span = _LONGEST
        await sending.again(tx, leased, at=now + span, reason=reason)
        await incidents.count(tx, "send.postponed", leased.kind, now)

    def _repeat(self, leased: Leased) -> Repeat:
        adapter = self._bench.adapters.get(leased.platform)
        return Repeat.NEVER if adapter is None else adapter.repeat(leased.outgoing)

    async def _lost(self, tx: Tx, leased: Leased, reason: str, now: datetime) -> None:
        """The platform may have acted: its repeat policy decides, never a guess."""
        repeat = self._repeat(leased)
        tried_at = leased.first_tried_at or now
        if repeat in {Repeat.KEYED, Repeat.HARMLESS} or (
            repeat is Repeat.WINDOW and now - tried_at < _WINDOW
        ):
            await self._later(tx, leased, _backoff(leased.attempts), reason, now)
            return
        await sending.end(tx, leased, state="unknown", now=now, reason=reason)
        await incidents.count(tx, "send.unknown", leased.kind, now)


def _backoff(attempts: int) -> timedelta:
    return min(timedelta(seconds=2 * 2 ** min(attempts, 10)), _LONGEST)
