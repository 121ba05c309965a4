"""Bugs put in on purpose, each in the place of one part: worlds that miss them would prove nothing.

Seeds played until the invariant that is broken said so, counted from seed 0; the suite allows eighty.
A change of the program gives each seed another life. A missing tombstone shows in one world of twelve
by itself; here the process is killed three times in each world just after a group was written to.

    ack-before-commit    3   I1 lost            group-again      1   I6 second text
    dedupe-by-second     2   I1 lost            no-tombstone     2   I6 second text
    dedupe-in-memory     1   I1 twice           logs-contents    2   I10 leak
    dedupe-by-request    1   I1 twice           silent-skip      1   I8 silent
    new-card-key         1   I6 second card     blind-claim      1   I3 double claim
"""

from __future__ import annotations

import asyncio
import dataclasses
import hashlib
from collections.abc import Callable
from typing import Any

import structlog
from sqlalchemy import bindparam, update

from bot.chat.adapter import Adapter
from bot.chat.inbound import Accepted, Delivery, Echo, Inbound
from bot.chat.outbound import Outgoing, Repeat, Reply, SendCard, Sent
from bot.chat.router import Router
from bot.crm.commands import ClaimLead
from bot.handlers import Scope
from bot.kit.xml import parse
from bot.store import Tx, sending
from bot.store.desk import Desk
from bot.store.sending import Leased
from bot.store.tables.leads import leads, tenures
from bot.store.tables.machinery import outbox
from bot.worker.sender import Ready, Sender
from tests.worlds.database import InlineStore
from tests.worlds.dingtalk import plants as dingtalk
from tests.worlds.house import Parts

log = structlog.get_logger()


class AnswersFirst(InlineStore):
    """Says that a delivery is kept before it is."""

    async def write(
        self, unit: Any, *, lane_key: str = "", within: float | None = None, urgent: bool = False
    ) -> Any:
        if not urgent or lane_key != "inbox":
            return await super().write(unit, lane_key=lane_key, within=within, urgent=urgent)
        task = asyncio.get_running_loop().create_task(super().write(unit, lane_key=lane_key, urgent=urgent))
        task.add_done_callback(lambda done: done.exception())
        return None


class _Around:
    """An adapter with one thing done wrong."""

    def __init__(self, inner: Adapter) -> None:
        self._inner = inner

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)


class NamesBySecond(_Around):
    """Tells events apart by sender and second, as the platform's documents advise."""

    def receive(self, delivery: Delivery, *, now: Any) -> Accepted | Echo:
        accepted = self._inner.receive(delivery, now=now)
        assert isinstance(accepted, Accepted)
        read = parse(accepted.body)
        if read.value("MsgId"):
            return accepted
        key = f"{read.value('FromUserName')}:{read.value('CreateTime')}"
        return dataclasses.replace(accepted, key=key, lane_key=f"wecom:user:{read.value('FromUserName')}")


class RemembersInMemory(_Around):
    """Knows repeats as long as its process lives."""

    def __init__(self, inner: Adapter) -> None:
        super().__init__(inner)
        self._seen: set[str] = set()

    def receive(self, delivery: Delivery, *, now: Any) -> Accepted | Echo:
        accepted = self._inner.receive(delivery, now=now)
        assert isinstance(accepted, Accepted)
        if accepted.key in self._seen:
            return accepted
        self._seen.add(accepted.key)
        return dataclasses.replace(accepted, key=f"{accepted.key}/{id(self)}")


class NamesByRequest(_Around):
    """Tells deliveries apart by their signature."""

    def receive(self, delivery: Delivery, *, now: Any) -> Accepted | Echo:
        accepted = self._inner.receive(delivery, now=now)
        assert isinstance(accepted, Accepted)
        return dataclasses.replace(accepted, key=dict(delivery.query)["msg_signature"])


class NewKeyEachTry(_Around):
    """Gives every try to send a card a key of its own."""

    def __init__(self, inner: Adapter) -> None:
        super().__init__(inner)
        self._tries = 0

    async def send(self, outgoing: Outgoing) -> Sent:
        if isinstance(outgoing, SendCard):
            self._tries += 1
            named = hashlib.sha256(f"{outgoing.card_key}/{self._tries}".encode()).hexdigest()[:26]
            outgoing = dataclasses.replace(outgoing, card_key=named)
        return await self._inner.send(outgoing)


class TriesGroupsAgain(_Around):
    """Says of a text to a group that a second one does no harm."""

    def repeat(self, outgoing: Outgoing) -> Repeat:
        return Repeat.HARMLESS


class Chatters(_Around):
    """Logs what came in."""

    def decode(self, body: bytes) -> Inbound:
        log.info("delivery.decoded", body=body.decode())
        return self._inner.decode(body)


_NOT_YET = (
    update(outbox)
    .where(outbox.c.id == bindparam("row_id"))
    .values(state="leased", attempts=outbox.c.attempts - 1, first_tried_at=None)
)


class MarksAfterwards(Sender):
    """Writes the tombstone when the platform has answered."""

    async def _before(self, tx: Tx, leased: Leased, *rest: Any) -> Ready | None:
        ready = await super()._before(tx, leased, *rest)
        if ready is not None:
            await tx.run(_NOT_YET, row_id=leased.id)
        return ready

    async def _sent(self, tx: Tx, leased: Leased, *rest: Any) -> None:
        await sending.mark_sending(tx, leased, now=self._bench.clock())
        await super()._sent(tx, leased, *rest)


class SkipsInSilence(Sender):
    """Leaves out what is too late, and counts nothing."""

    async def _skip(self, tx: Tx, leased: Leased, reason: str, now: Any) -> None:
        await sending.end(tx, leased, state="skipped", now=now, reason=reason)


_OWN = (
    update(leads)
    .where(leads.c.id == bindparam("of"))
    .values(
        owner_id=bindparam("to_user"), epoch=leads.c.epoch + 1, status="assigned", owned_at=bindparam("at")
    )
)


def claims_blindly(whole: Router[Scope]) -> Router[Scope]:
    """Takes a lead without asking whether it is still free."""
    blind: Router[Scope] = Router()

    @blind.on(ClaimLead)
    async def on_claim(command: ClaimLead, scope: Scope) -> Reply:
        desk: Desk = scope.desk
        lead = await desk.tx.first(leads.select().where(leads.c.id == bindparam("of")), of=command.lead_id)
        if lead is None:
            return Reply(text="没有")
        await desk.tx.run(_OWN, of=lead.id, to_user=scope.actor.id, at=desk.now)
        await desk.tx.insert_new(tenures, {
            "lead_id": lead.id, "epoch": lead.epoch + 1, "owner_id": scope.actor.id, "pool_id": lead.pool_id,
            "from_at": desk.now, "how": "claimed", "by": scope.actor.id, "reason": "", "team": "", "region": "",
        })  # fmt: skip
        return Reply(text="是你的了")

    mixed: Router[Scope] = Router(whole)
    mixed._routes.update(blind._routes)
    return mixed


def _sender(kind: type[Sender]) -> dict[str, Callable[[Any], Any]]:
    return {"sender": lambda bench: kind(bench).run}


#: By name: what is done wrong, and the invariant that finds it.
PLANTS: dict[str, Parts] = {
    "ack-before-commit": Parts("answers before the commit", store=AnswersFirst),
    "dedupe-by-second": Parts("tells events apart by sender and second", adapter=NamesBySecond),
    "dedupe-in-memory": Parts("forgets repeats with its process", adapter=RemembersInMemory),
    "dedupe-by-request": Parts("tells deliveries apart by their signature", adapter=NamesByRequest),
    "new-card-key": Parts("gives each try a key of its own", adapter=NewKeyEachTry),
    "group-again": Parts("tries a group again after a lost answer", adapter=TriesGroupsAgain),
    "logs-contents": Parts("logs what people wrote", adapter=Chatters),
    "no-tombstone": Parts("marks what is sent afterwards", loops=_sender(MarksAfterwards), kills_at="group"),
    "silent-skip": Parts("skips without counting", loops=_sender(SkipsInSilence)),
    "blind-claim": Parts("claims without asking for the epoch", router=claims_blindly),
    **dingtalk.PLANTS,
}
#: In the order of PLANTS.
FOUND_BY = {
    "ack-before-commit": "I1 lost", "dedupe-by-second": "I1 lost", "dedupe-in-memory": "I1 twice",
    "dedupe-by-request": "I1 twice", "new-card-key": "I6 second card", "group-again": "I6 second text",
    "logs-contents": "I10 leak", "no-tombstone": "I6 second text", "silent-skip": "I8 silent",
    "blind-claim": "I3 double claim", **dingtalk.FOUND_BY,
}  # fmt: skip
