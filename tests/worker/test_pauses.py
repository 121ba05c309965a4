"""A process may stand still at any moment, and wake when others have long taken over."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.adapters.wecom import client
from bot.chat.inbound import Accepted, Message
from bot.chat.outbound import Notice, Outgoing, Reply, Sent
from bot.crm.commands import Ask
from bot.handlers import Scope
from bot.store import Store, inbox, lanes, outbox, sending
from bot.store.tables.machinery import outbox as outbox_table
from bot.worker.lanes import LaneWorker
from bot.worker.sender import Sender
from tests.conftest import HandClock
from tests.fakes import FakeAdapter

#: What the platform answers at the latest, or the call has ended.
DEADLINE = timedelta(seconds=client.DEADLINE_S)


@dataclass
class Slow(FakeAdapter):
    """Looks at the database while a call is under way, and lets time pass and others work meanwhile."""

    store: Store | None = None
    clock: HandClock | None = None
    others: Sender | None = None
    #: State and tries of the row, as committed when its bytes go out.
    seen: list[tuple[str, int]] = field(default_factory=list)

    async def send(self, outgoing: Outgoing) -> Sent:
        assert self.store is not None
        async with self.store.read() as tx:
            rows = await tx.all(select(outbox_table.c.state, outbox_table.c.attempts))
        self.seen += [(row.state, row.attempts) for row in rows]
        if self.others is not None and self.clock is not None:
            others, self.others = self.others, None
            self.clock.push(DEADLINE)
            await others.step()
        return await super().send(outgoing)


@pytest.fixture
def platform(store, clock) -> Slow:
    return Slow(store=store, clock=clock)


async def test_the_tombstone_is_committed_before_the_first_byte(bench, unit, mei, platform):
    """Whoever finds the row after a crash knows that something may be out."""
    await unit(lambda d: outbox.post(d, Notice(to="wecom:wins", key="k", text="喜报", group=True)))

    await Sender(bench).step()

    assert platform.seen == [("sending", 1)]
    assert platform.texts() == ["喜报"]


async def test_a_call_that_takes_all_its_time_is_nobody_elses(bench, unit, mei, platform):
    """A lease is longer than a call may last: another sender finds nothing to take over."""
    platform.others = Sender(bench)
    await unit(lambda d: outbox.post(d, Notice(to=mei, key="k", text="一")))

    await Sender(bench).step()

    assert platform.texts() == ["一"]
    assert await unit(lambda d: sending.counts(d.tx)) == {"sent": 1}
    assert min(sending.LEASE, lanes.LEASE) > 2 * DEADLINE


async def test_a_worker_that_wakes_after_a_takeover_does_nothing(bench, platform, store, vault, clock, mei):
    """Its lane is another's by now: what it begins is undone before it has any effect."""
    heard: list[str] = []

    @bench.router.on(Ask)
    async def on_ask(command: Ask, scope: Scope) -> Reply:
        heard.append(command.text)
        return Reply(text="听到")

    platform.inbound[b"m"] = Message(platform="wecom", user_id="mei", text="天气")
    accepted = Accepted("wecom", "m", "wecom:user:mei", b"m")
    await store.write(lambda tx: inbox.receive(tx, vault, accepted, now=clock()))
    frozen, fresh = LaneWorker(bench), LaneWorker(bench)
    (old,) = await store.write(lambda tx: frozen._take(tx, clock()))
    clock.push(timedelta(minutes=1))
    (new,) = await store.write(lambda tx: fresh._take(tx, clock()))

    await frozen._work(old)
    assert heard == []
    assert await store.write(inbox.counts) == {"pending": 1}

    await fresh._work(new)
    assert heard == ["天气"]
