"""Have colleagues send what was planned for their customers (企业群发), and learn what became of it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeVar

import structlog

from bot.chat.group_sending import GroupSending, Made, Results
from bot.errors import AnswerLostError, PlatformBusyError, PlatformRejectedError, StoreBusyError
from bot.store import Tx, group_messages
from bot.store.desk import Desk
from bot.store.group_messages import ASKED, GATHERING, Group
from bot.touch import asking, batch_links
from bot.touch.asking import Next
from bot.worker.bench import Bench, wait

log = structlog.get_logger()
T = TypeVar("T")
_CHANNEL = "wecom"


class GroupMessageKeeper:
    """Takes one task at a time to its next state."""

    def __init__(self, bench: Bench) -> None:
        self._bench = bench

    async def run(self) -> None:
        """Work until cancelled; without a channel on which colleagues send there is nothing to do."""
        while True:
            try:
                worked = await self.step()
            except StoreBusyError:
                log.warning("group_message.store_busy")
                worked = False
            if not worked:
                await wait(self._bench.to_ask, self._bench.poll)

    async def step(self) -> bool:
        """Do what is due with one; False if nothing is."""
        bench = self._bench
        channel = bench.channels.get(_CHANNEL)
        if not isinstance(channel, GroupSending):
            return False
        async with bench.store.read() as tx:
            now = bench.clock()
            is_due = await group_messages.is_due(tx, now)
            hurries = await group_messages.is_stopped(tx, now)
        if hurries:
            await self._write(lambda tx: group_messages.hurry_stopped(tx, now))
        if not (is_due or hurries):
            return False
        group = await self._write(lambda tx: group_messages.lease(tx, now))
        if group is None:
            return False
        await self._act(channel, group)
        return True

    async def _act(self, channel: GroupSending, group: Group) -> None:
        match group.state:
            case _ if group.state == GATHERING:
                await self._ask(channel, group)
            case _ if group.state == ASKED:
                await self._look(channel, group)
            case _ if group.state == group_messages.LOST:
                await self._search(channel, group)
            case _:
                # SENDING, and its lease is over: whoever held it vanished in the call.
                log.warning("group_message.taken_over", id=group.id)
                await self._unit(lambda desk: asking.lost(desk, group))

    async def _ask(self, channel: GroupSending, group: Group) -> None:
        task = await self._unit(lambda desk: asking.close(desk, group))
        if task is None:
            return
        group = task.group
        to = [one.address for one in task.members]
        try:
            made = await channel.ask(sender=group.account, to=to, text=task.text)
        except PlatformBusyError as exc:
            after = exc.retry_after
            await self._all(lambda desk: asking.busy(desk, group, after))
        except PlatformRejectedError as exc:
            why = str(exc.code)
            log.warning("group_message.refused", id=group.id, code=why)
            await self._all(lambda desk: asking.refused(desk, group, why))
        except AnswerLostError:
            await self._unit(lambda desk: asking.lost(desk, group))
        else:
            await self._unit(lambda desk: asking.asked(desk, group, made))
            log.info("group_message.asked", id=group.id, customers=len(to))

    async def _search(self, channel: GroupSending, group: Group) -> None:
        async with self._bench.store.read() as tx:
            desk = self._bench.desk(tx)
            known = await group_messages.known_ids(tx, group.account)
            text = await batch_links.on_wire(desk, group)
        try:
            found = await channel.find(
                sender=group.account, text=text, since=group.began_at or group.opened_at,
                until=self._bench.clock(), but=known,
            )  # fmt: skip
        except (PlatformBusyError, AnswerLostError, PlatformRejectedError):
            found = None
        if found is None:
            await self._unit(lambda desk: asking.not_found(desk, group))
            return
        made = Made(found)
        await self._unit(lambda desk: asking.asked(desk, group, made))
        log.info("group_message.found", id=group.id)

    async def _look(self, channel: GroupSending, group: Group) -> None:
        results = await self._results(channel, group)
        if results is None:
            return
        found = await self._unit(lambda desk: asking.looked(desk, group))
        if found == Next.REMIND:
            try:
                await channel.remind(group.provider_id)
            except (PlatformBusyError, AnswerLostError, PlatformRejectedError) as exc:
                # Ours goes all the same; the platform may remind no more often than it likes.
                log.info("group_message.not_reminded", id=group.id, error=type(exc).__name__)
            await self._unit(lambda desk: asking.reminded(desk, group))
        elif found == Next.CANCEL:
            await self._cancel(channel, group)

    async def _cancel(self, channel: GroupSending, group: Group) -> None:
        """Take it back, and look once more: he may have sent it in the meantime."""
        is_refused = ""
        try:
            await channel.cancel(group.provider_id)
        except (PlatformBusyError, AnswerLostError) as exc:
            after = exc.retry_after if isinstance(exc, PlatformBusyError) else asking.AT_ONCE
            await self._unit(lambda desk: asking.later(desk, group, after))
            return
        except PlatformRejectedError as exc:
            is_refused = str(exc.code)
        results = await self._results(channel, group)
        if results is None:
            return
        if is_refused and not results.is_sent:
            await self._unit(lambda desk: asking.not_taken_back(desk, group, is_refused))
            return
        await self._all(lambda desk: asking.cancelled(desk, group))
        log.info("group_message.cancelled", id=group.id)

    async def _results(self, channel: GroupSending, group: Group) -> Results | None:
        """Ask how it stands and write that down; None if it could not be asked."""
        try:
            results = await channel.results(group.provider_id, group.account)
        except (PlatformBusyError, AnswerLostError, PlatformRejectedError) as exc:
            after = exc.retry_after if isinstance(exc, PlatformBusyError) else asking.LOOKS[0]
            await self._unit(lambda desk: asking.later(desk, group, after))
            return None
        async with self._bench.store.read() as tx:
            left = await group_messages.waiting(self._bench.desk(tx), group.id)
        left = sorted(left, key=lambda one: one.lead_id)
        for begin in range(0, len(left), asking.CHUNK):
            some = left[begin : begin + asking.CHUNK]
            await self._unit(lambda desk, some=some: asking.settle(desk, results, some))  # type: ignore[misc]
        return results

    async def _all(self, work: Callable[[Desk], Awaitable[bool]]) -> None:
        while await self._unit(work):
            pass

    async def _unit(self, work: Callable[[Desk], Awaitable[T]]) -> T:
        found = await self._write(lambda tx: work(self._bench.desk(tx)))
        self._bench.wake()
        return found

    async def _write(self, work: Callable[[Tx], Awaitable[T]]) -> T:
        return await self._bench.store.write(work, lane_key="group_messages", within=10)
