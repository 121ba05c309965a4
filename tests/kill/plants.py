"""Bugs put in on purpose, each in the place of one part: a check that misses them would prove nothing."""

from __future__ import annotations

import asyncio
import dataclasses
import itertools
from collections.abc import Callable
from typing import Any

from sqlalchemy import bindparam, update

from bot.chat.inbound import Accepted, Delivery
from bot.chat.outbound import Outgoing, Repeat, Reply, SendCard, Sent
from bot.chat.router import Router
from bot.crm.commands import ClaimLead
from bot.handlers import Scope
from bot.store import claims, counters, ownership, sending
from bot.store.sending import Leased
from bot.store.tables.leads import leads, tenures
from bot.store.tables.machinery import outbox
from bot.store.tx import Tx
from bot.web.callbacks import Callbacks
from bot.worker.bench import Bench
from bot.worker.sender import Ready, Sender
from tests.kill.house import Plan, handlers
from tests.kill.wire import Platform


class AnswersFirst(Callbacks):
    """Answers 200 and commits afterwards."""

    def __init__(self, **parts: Any) -> None:
        super().__init__(**parts)
        self._keeping: set[asyncio.Task[None]] = set()

    async def _keep(self, accepted: Accepted) -> None:
        task = asyncio.create_task(super()._keep(accepted))
        self._keeping.add(task)


_OWN = (
    update(leads)
    .where(leads.c.id == bindparam("of"))
    .values(
        owner_id=bindparam("to_user"), epoch=leads.c.epoch + 1, status="assigned", owned_at=bindparam("at"),
        changed_at=bindparam("at"),
    )
)  # fmt: skip


def claims_blindly(bench: Callable[[], Bench]) -> Router[Scope]:
    """Looks whether a lead is free, and takes it a moment later without asking for its epoch again."""
    router: Router[Scope] = Router()

    @router.on(ClaimLead, reads=True)
    async def on_claim(command: ClaimLead, scope: Scope) -> Reply:
        seen = await ownership.standing(scope.desk.tx, command.lead_id)
        if seen is None or seen.owner_id is not None:
            return Reply(text="被领走了")
        lead, by = seen, scope.actor

        async def take(tx: Tx) -> None:
            desk = bench().desk(tx)
            await tx.run(_OWN, of=lead.id, to_user=by.id, at=desk.now)
            started = {
                "from_at": desk.now,
                "how": "claimed",
                "by": by.id,
                "reason": "",
                "team": "",
                "region": "",
            }
            row = {"lead_id": lead.id, "epoch": lead.epoch + 1, "owner_id": by.id, "pool_id": lead.pool_id}
            await tx.insert_new(tenures, {**row, **started})
            await claims.note(desk, lead_id=lead.id, by=by, pool_id=lead.pool_id or "", epoch=lead.epoch)
            key = claims.daily_key(desk, user_id=by.id, pool_id=lead.pool_id or "")
            await counters.take(tx, key, cap=None)
            await counters.take(tx, claims.holding_key(by.id), cap=None)

        await bench().store.write(take, lane_key=by.id)
        return Reply(text="是你的了")

    whole = handlers(bench)
    whole._routes.update(router._routes)
    return whole


_NOT_YET = (
    update(outbox)
    .where(outbox.c.id == bindparam("row_id"))
    .values(state="leased", attempts=outbox.c.attempts - 1, first_tried_at=None)
)


_SENT_ALREADY = (
    update(outbox).where(outbox.c.id == bindparam("row_id")).values(state="sent", lease_until=None)
)


class MarksAfterwards(Sender):
    """Writes the tombstone when the platform has answered."""

    async def _before(self, tx: Tx, leased: Leased, adapter: Any) -> Ready | None:
        ready = await super()._before(tx, leased, adapter)
        if ready is not None:
            await tx.run(_NOT_YET, row_id=leased.id)
        return ready

    async def _sent(self, tx: Tx, leased: Leased, sent: Sent) -> None:
        await sending.mark_sending(tx, leased, now=self._bench.clock())
        await super()._sent(tx, leased, sent)


class MarksBefore(Sender):
    """Writes that it was sent in the transaction before the call."""

    async def _before(self, tx: Tx, leased: Leased, adapter: Any) -> Ready | None:
        ready = await super()._before(tx, leased, adapter)
        if ready is not None:
            await tx.run(_SENT_ALREADY, row_id=leased.id)
        return ready


class TriesGroupsAgain(Platform):
    """Says of a text to a group that a second one does no harm."""

    def repeat(self, outgoing: Outgoing) -> Repeat:
        return Repeat.HARMLESS


class NamesEachTry(Platform):
    """Gives every request a key of its own, so that a repeat looks like another event."""

    _tries = itertools.count()

    def receive(self, delivery: Delivery, *, now: Any) -> Accepted:
        accepted = super().receive(delivery, now=now)
        return dataclasses.replace(accepted, key=f"{accepted.key}/{next(self._tries)}")


class NewKeyEachTry(Platform):
    """Gives every card that it sends a key of its own, as if it were another card."""

    async def send(self, outgoing: Outgoing) -> Sent:
        if isinstance(outgoing, SendCard):
            outgoing = dataclasses.replace(outgoing, card_key=f"{outgoing.card_key}/{len(self.wire.acts)}")
        return await super().send(outgoing)


#: Each with the word under which it must be found, and the places where it can be.
PLANTS = (
    (Plan("the answer goes before the commit", callbacks=AnswersFirst), "lost", ("deliver", "commit")),
    (Plan("a claim does not ask for the epoch", router=claims_blindly), "double claim", ("commit",)),
    (Plan("the tombstone is written after the call", sender=MarksAfterwards), "second text", ("wire",)),
    (Plan("it is marked as sent before the call", sender=MarksBefore), "lost", ("wire",)),
    (Plan("a lost answer to a group is tried again", platform=TriesGroupsAgain), "second text", ("wire",)),
    (Plan("repeats are known by the request", platform=NamesEachTry), "twice", ("deliver",)),
    (Plan("a card has a new key at each try", platform=NewKeyEachTry), "second card", ("wire",)),
)
