"""Send what the outbox holds: once at most where a second one would be seen, else until it is through."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import structlog

from bot.cards import digest
from bot.chat.adapter import Adapter, ChangesByKey, KeepsTodos, ShowsViews, Streaming
from bot.chat.outbound import (
    CloseTodo,
    Notice,
    OpenTodo,
    Outgoing,
    Repeat,
    SendCard,
    SendPicture,
    SendText,
    Sent,
    UpdateCard,
)
from bot.errors import AnswerLostError, PlatformBusyError, PlatformRejectedError, StoreBusyError
from bot.store import Tx, incidents, leases, outbox, overtaking, put_back, quotas, sending, todos
from bot.store.sending import Leased
from bot.worker import economy, late, painting, rerouting, stale_cards
from bot.worker.bench import Bench, wait

log = structlog.get_logger()

#: Things under way at once.
_MOST = 32
#: A platform that swallows equal requests does so for four hours; half an hour is left for clocks.
_WINDOW = timedelta(hours=3, minutes=30)
_TRIES = 8
_LONGEST = timedelta(minutes=5)
#: More than this waiting for one receiver, while he must not be written to, becomes one text.
_DIGEST_FROM = 5
#: One part in so many of what a receiver may get is kept for answers to himself.
_KEPT_FREE = 5
#: Takings nobody heard of that are looked after; what is older waits for its lease.
_UNHEARD = 16


@dataclass(frozen=True, slots=True)
class Ready:
    """Marked SENDING and committed: this goes on the wire."""

    outgoing: Outgoing


class Sender:
    """Takes what is due, receiver by receiver, and sends it."""

    def __init__(self, bench: Bench, *, calls: bool = True) -> None:
        self._bench = bench
        # Without calls it sends only what goes over connections that this process holds.
        self._calls = calls
        #: Taken, but the database went away before anything was sent: put back at the next look.
        self._unsent: list[Leased] = []
        #: When things were taken of which we never heard.
        self._unheard: list[datetime] = []

    async def run(self) -> None:
        """Send until cancelled."""
        while True:
            try:
                sent = await self.step()
            except StoreBusyError:
                log.warning("outbox.store_busy")
                sent = 0
            if not sent:
                await wait(self._bench.to_send, self._bench.poll)

    async def step(self) -> int:
        """Send one thing to each receiver who waits; how many were taken."""
        unsent, unheard = len(self._unsent), self._unheard
        stuck = await self._bench.store.write(self._stuck, lane_key="outbox")
        del self._unsent[:unsent]
        self._unheard = [at for at in self._unheard if at not in unheard]
        for leased in stuck:
            log.warning("send.taken_over", id=leased.id, kind=leased.kind)
        return await self._send(None)

    async def push(self, lane_key: str) -> None:
        """Send what waits for one receiver, beside everything else: he looks at a card meanwhile."""
        await self._send(lane_key)

    async def _send(self, lane_key: str | None) -> int:
        bench = self._bench
        now = bench.clock()

        async def lease(tx: Tx) -> list[Leased]:
            return await sending.lease(
                tx, bench.vault, now=now, most=_MOST, by=bench.name, calls=self._calls, lane=lane_key
            )

        try:
            taken = await bench.store.write(lease, lane_key="outbox", urgent=lane_key is not None)
        except StoreBusyError:
            self._unheard = [*self._unheard, now][-_UNHEARD:]
            raise
        if taken:
            await asyncio.gather(*(self._one(leased, urgent=lane_key is not None) for leased in taken))
        return len(taken)

    async def _stuck(self, tx: Tx) -> list[Leased]:
        for leased in self._unsent:
            await put_back.one(tx, leased)
        for at in self._unheard:
            await put_back.everything(tx, leased_at=at)
        now = self._bench.clock()
        stuck = await sending.take_over_stuck(tx, self._bench.vault, now=now)
        for leased in stuck:
            await self._lost(tx, leased, "sender vanished", now)
        return stuck

    async def _one(self, leased: Leased, *, urgent: bool = False) -> None:
        adapter = self._bench.adapters.get(leased.platform)
        try:
            leased = await painting.drawn(self._bench, leased)
            ready = await self._decided(leased, adapter, urgent=urgent)
            if ready is None or adapter is None:
                return
            # Asked before: afterwards it may no longer be known what was free.
            cost = economy.cost(adapter, ready.outgoing)
            try:
                sent = await adapter.send(ready.outgoing)
            except (PlatformBusyError, PlatformRejectedError, AnswerLostError) as exc:
                failure: Exception = exc
                await self._write(leased, lambda tx: self._not_sent(tx, leased, failure, cost))
            else:
                await self._write(leased, lambda tx: self._sent(tx, leased, sent, cost))
        except StoreBusyError:
            # The tombstone stands; when the lease is over the row is taken over by its policy.
            log.warning("send.store_busy", id=leased.id)
        except Exception as exc:
            log.exception("send.failed", id=leased.id, kind=leased.kind, error=type(exc).__name__)

    async def _decided(self, leased: Leased, adapter: Adapter | None, *, urgent: bool) -> Ready | None:
        try:
            return await self._bench.store.write(
                lambda tx: self._before(tx, leased, adapter),
                lane_key=leased.lane_key,
                within=5,
                urgent=urgent,
            )
        except StoreBusyError:
            # Nothing is on the wire: nobody has to wait for the lease, or to guess.
            self._unsent.append(leased)
            raise

    async def _write(self, leased: Leased, unit: object) -> None:
        await self._bench.store.write(unit, lane_key=leased.lane_key, within=5)  # type: ignore[arg-type]
        self._bench.to_send.set()

    async def _before(self, tx: Tx, leased: Leased, adapter: Adapter | None) -> Ready | None:
        """Decide in the transaction that writes the tombstone; None: not now, or not at all."""
        now = self._bench.clock()
        if adapter is None:
            await rerouting.elsewhere(self._bench, tx, leased)
            await self._skip(tx, leased, "platform_off", now)
            return None
        if leased.expires_at is not None and now >= leased.expires_at:
            await self._skip(tx, leased, "expired", now)
            return None
        outgoing = await self._prepared(tx, leased, adapter, now)
        if outgoing is None or await self._has_to_wait(tx, leased, outgoing, adapter, now):
            return None
        if not await sending.mark_sending(tx, leased, now=now):
            return None
        if isinstance(outgoing, SendCard) and outgoing.group and _shows_views(adapter):
            await sending.show_views(tx, outgoing.card_key)
        return Ready(outgoing)

    async def _prepared(self, tx: Tx, leased: Leased, adapter: Adapter, now: datetime) -> Outgoing | None:
        """What is to be sent, with what only the platform knows of it; None if that is not to be had."""
        match leased.outgoing:
            case UpdateCard():
                return await self._with_code(tx, leased, leased.outgoing, adapter, now)
            case OpenTodo() | CloseTodo():
                return await self._todo(tx, leased, leased.outgoing, adapter, now)
            case SendText() if leased.card_key and _changes_by_key(adapter):
                # Said beside a card that could not be changed; here the card says it.
                await self._skip(tx, leased, "card_says_it", now)
                return None
            case SendPicture(data=b"", url=""):
                # Its words were said before it.
                await self._skip(tx, leased, "not_drawn", now)
                return None
            case _:
                return await late.quoting(self._bench, tx, leased, now)

    async def _has_to_wait(
        self, tx: Tx, leased: Leased, outgoing: Outgoing, adapter: Adapter, now: datetime
    ) -> bool:
        """Leave it to another process, or to another time."""
        if await self._is_elsewhere(tx, leased, outgoing, adapter):
            return True
        if await economy.is_put_off(self._bench, tx, leased, adapter):
            return True
        return not isinstance(outgoing, UpdateCard) and not await self._within_quota(tx, leased, adapter, now)

    async def _is_elsewhere(self, tx: Tx, leased: Leased, outgoing: Outgoing, adapter: Adapter) -> bool:
        """Leave to another process what goes over a connection that it holds."""
        wire = adapter.wire(outgoing) if isinstance(adapter, Streaming) else ""
        if not wire or await leases.is_held(tx, wire, by=self._bench.name, now=self._bench.clock()):
            return False
        await sending.hand_over(tx, leased, wire=wire)
        return True

    async def _with_code(
        self, tx: Tx, leased: Leased, change: UpdateCard, adapter: Adapter, now: datetime
    ) -> UpdateCard | None:
        state = await sending.card_state(tx, change.card_key)
        if state == "queued":
            await sending.again(tx, leased, at=now + timedelta(seconds=1), reason="card not sent yet")
            return None
        code = None if state == "closed" else await sending.use_code(tx, leased, change.card_key, now=now)
        if code is None and state == "live" and _changes_by_key(adapter):
            code = ""
        if code is None:
            await self._cannot_change(tx, leased, change, "no_code", now)
            return None
        whole = await overtaking.change(tx, self._bench.vault, leased, change)
        return replace(whole, code=code)

    async def _todo(
        self, tx: Tx, leased: Leased, todo: OpenTodo | CloseTodo, adapter: Adapter, now: datetime
    ) -> OpenTodo | CloseTodo | None:
        """The to-do with the platform's own id of it; None if there is no list, or nothing to close."""
        if not (isinstance(adapter, KeepsTodos) and adapter.supports_todos):
            await self._skip(tx, leased, "no_todos", now)
            return None
        until = await overtaking.todo_waits(tx, leased, now=now)
        if until is not None:
            await sending.again(tx, leased, at=until, reason="another before it")
            return None
        theirs = await todos.provider_id(tx, leased.lane_key, leased.topic)
        if isinstance(todo, CloseTodo) and not theirs:
            await self._skip(tx, leased, "no_todo", now)
            return None
        return replace(todo, todo_id=theirs)

    async def _cannot_change(
        self, tx: Tx, leased: Leased, change: UpdateCard, reason: str, now: datetime
    ) -> None:
        """The card stays as it is; the server refuses its buttons anyway. Who pressed it gets a new one."""
        if change.answers:
            await outbox.show_anew(self._bench.desk(tx), change, leased.key)
        else:
            await stale_cards.tell(self._bench, tx, change)
        await self._skip(tx, leased, reason, now)

    async def _within_quota(self, tx: Tx, leased: Leased, adapter: Adapter, now: datetime) -> bool:
        spans = self._spans(leased, adapter)
        if not spans:
            return True
        until = await quotas.spend(tx, f"send:{leased.lane_key}", spans, now=now)
        if until is None:
            return True
        await sending.again(tx, leased, at=until, reason="throttled")
        await late.tell(self._bench, tx, leased, until, now)
        await self._digest(tx, leased, now)
        return False

    def _spans(self, leased: Leased, adapter: Adapter) -> list[tuple[int, timedelta]]:
        """How much this receiver may get: what he did not ask for leaves room for what he will."""
        outgoing = leased.outgoing
        if not isinstance(outgoing, SendText | SendCard | SendPicture):
            return []
        throttle = adapter.group_throttle if outgoing.group else adapter.throttle
        if throttle is None:
            return []
        spans = [(throttle.sends, throttle.within)]
        if not outgoing.group:
            spans = self._bench.company.channels.spans_of(leased.platform, *spans[0])
        if leased.rank == 0:
            # The last one is kept for the word that more will come.
            return (
                spans
                if outgoing.group or late.is_word_of_it(leased)
                else [(max(n - 1, 1), span) for n, span in spans]
            )
        return [(most - most // _KEPT_FREE, span) for most, span in spans]

    async def _digest(self, tx: Tx, leased: Leased, now: datetime) -> None:
        lines = await sending.waiting_lines(tx, self._bench.vault, leased, now=now)
        if len(lines) < _DIGEST_FROM or leased.key.startswith("digest:"):
            return
        is_group = isinstance(leased.outgoing, SendText | SendCard | SendPicture) and leased.outgoing.group
        to = leased.lane_key if is_group else await sending.reader(tx, leased.lane_key)
        if to is None:
            return
        for row_id, _ in lines:
            await sending.mark_digested(tx, row_id, by=leased.id)
        text = digest.text([line for _, line in lines], is_group=is_group)
        notice = Notice(to=to, key=f"digest:{lines[0][0]}", text=text, group=is_group)
        await outbox.post(self._bench.desk(tx), notice)
        await incidents.count(tx, "notice.digested", "throttled", now)

    async def _skip(self, tx: Tx, leased: Leased, reason: str, now: datetime) -> None:
        await self._never(tx, leased, "skipped", reason, now, counted=reason)

    async def _never(
        self, tx: Tx, leased: Leased, state: str, reason: str, now: datetime, *, counted: str
    ) -> None:
        """It will not be sent any more; changes of a card that nobody has must not wait for it."""
        if not await sending.end(tx, leased, state=state, now=now, reason=reason):
            # Somebody else holds the row by now, and counts what becomes of it.
            return
        if isinstance(leased.outgoing, SendCard):
            await sending.set_card_state(tx, leased.outgoing.card_key, "closed")
        await incidents.count(tx, f"send.{state}", counted, now)

    async def _sent(self, tx: Tx, leased: Leased, sent: Sent, cost: int) -> None:
        now = self._bench.clock()
        await economy.count_call(self._bench.desk(tx), leased.platform, cost)
        reason = "repeated" if sent.repeated else None
        if not await sending.end(
            tx, leased, state="sent", now=now, provider_id=sent.provider_id, data=sent.data, reason=reason
        ):
            return
        if isinstance(leased.outgoing, SendCard):
            await sending.set_card_state(tx, leased.outgoing.card_key, "live")
        if isinstance(leased.outgoing, SendCard | UpdateCard):
            await sending.add_code(tx, leased.outgoing.card_key, sent.data.get("code", ""), now=now)

    async def _not_sent(self, tx: Tx, leased: Leased, failure: Exception, cost: int) -> None:
        now = self._bench.clock()
        if not isinstance(failure, PlatformBusyError):
            # What the platform put off is not counted by it either.
            await economy.count_call(self._bench.desk(tx), leased.platform, cost)
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
        if isinstance(leased.outgoing, UpdateCard):
            if leased.outgoing.answers:
                await outbox.show_anew(self._bench.desk(tx), leased.outgoing, leased.key)
            else:
                await stale_cards.tell(self._bench, tx, leased.outgoing)
        await rerouting.elsewhere(self._bench, tx, leased)
        await self._never(tx, leased, "failed", str(failure), now, counted=f"{leased.kind}:{code}")

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
        await self._never(tx, leased, "unknown", reason, now, counted=leased.kind)


def _shows_views(adapter: Adapter) -> bool:
    return isinstance(adapter, ShowsViews) and adapter.shows_views


def _changes_by_key(adapter: Adapter) -> bool:
    return isinstance(adapter, ChangesByKey) and adapter.changes_by_key


def _backoff(attempts: int) -> timedelta:
    return min(timedelta(seconds=2 * 2 ** min(attempts, 10)), _LONGEST)
