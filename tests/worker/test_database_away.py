"""The database goes away and comes back: nobody waits for a lease, and nobody is blamed for a death."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from bot.chat.inbound import Accepted, Message
from bot.chat.outbound import Notice, Reply
from bot.crm.commands import Ask
from bot.crm.signals import RemindTask
from bot.errors import StoreBusyError
from bot.handlers import Scope
from bot.store import Store, inbox, outbox, sending, timers
from bot.store.tables.machinery import inbox as inbox_table
from bot.store.tables.machinery import outbox as outbox_table
from bot.store.tables.machinery import timers as timers_table
from bot.worker.lanes import LaneWorker
from bot.worker.sender import Sender

#: More outages than a delivery may have deaths.
OUTAGES = 5


class Deaf:
    """A store that commits, and loses the connection before anybody hears of it."""

    def __init__(self, store: Store) -> None:
        self._store = store
        #: The lane keys of the units whose answers are lost, one after the other.
        self.loses: list[str] = []
        #: Lost before the commit instead.
        self.before = False

    def read(self) -> Any:
        return self._store.read()

    async def write(self, unit: Any, *, lane_key: str = "", **how: Any) -> Any:
        lost = bool(self.loses) and self.loses[0] == lane_key
        if lost:
            self.loses.pop(0)
        if lost and self.before:
            raise StoreBusyError
        result = await self._store.write(unit, lane_key=lane_key, **how)
        if lost:
            raise StoreBusyError
        return result


@pytest.fixture
def deaf(store) -> Deaf:
    return Deaf(store)


@pytest.fixture
def bench(bench, deaf):
    return replace(bench, store=deaf)


@pytest.fixture
def heard(bench) -> list[str]:
    """What was carried out."""
    said: list[str] = []

    @bench.router.on(Ask)
    async def on_ask(command: Ask, scope: Scope) -> Reply:
        said.append(command.text)
        return Reply()

    @bench.router.on(RemindTask)
    async def on_timer(command: RemindTask, scope: Scope) -> Reply:
        said.append(command.task_id)
        return Reply()

    return said


async def _looks(step: Any, times: int) -> None:
    for _ in range(times):
        try:
            await step()
        except StoreBusyError:
            continue


@pytest.mark.parametrize("lost", ["lanes", "wecom:user:mei"])
@pytest.mark.parametrize("before", [False, True])
async def test_a_delivery_is_carried_out_when_the_database_is_back(
    bench, deaf, platform, store, vault, clock, mei, heard, lost, before
):
    """Whether its lane was taken unheard of or the work was; no time passes, so no lease has ended."""
    platform.inbound[b"m"] = Message(platform="wecom", user_id="mei", text="天气")
    accepted = Accepted("wecom", "m", "wecom:user:mei", b"m")
    await store.write(lambda tx: inbox.receive(tx, vault, accepted, now=clock()))
    deaf.loses, deaf.before = [lost] * OUTAGES, before
    worker = LaneWorker(bench)

    await _looks(worker.step, OUTAGES + 2)

    # What was committed unheard of is over: only the answer was lost.
    assert set(heard) == {"天气"}
    row = await store.write(lambda tx: tx.first(select(inbox_table)))
    assert (row.state, row.attempts) == ("done", 1)


@pytest.mark.parametrize("lost", ["lanes", "lead:L1"])
async def test_a_timer_survives_outages(bench, deaf, unit, store, clock, heard, lost):
    """It is not taken for one that kills the process."""
    due = clock() + timedelta(minutes=1)
    await unit(
        lambda d: timers.set_timer(d, lane_key="lead:L1", command=RemindTask("T1"), key="T1", due_at=due)
    )
    clock.push(timedelta(minutes=2))
    deaf.loses, deaf.before = [lost] * OUTAGES, lost != "lanes"
    worker = LaneWorker(bench)

    await _looks(worker.step, OUTAGES + 2)

    assert heard == ["T1"]
    row = await store.write(lambda tx: tx.first(select(timers_table)))
    assert (row.state, row.attempts) == ("fired", 1)


@pytest.mark.parametrize("before", [False, True])
@pytest.mark.parametrize("of", ["delivery", "timer"])
async def test_one_death_and_a_slow_disk_are_no_poison(
    bench, deaf, platform, unit, store, vault, clock, mei, heard, of, before
):
    """Suspect after one death: that a try was counted was not heard, so nothing was tried, and nothing counts."""
    lane, due = "wecom:user:mei", clock()
    if of == "timer":
        command = RemindTask("天气")
        await unit(lambda d: timers.set_timer(d, lane_key=lane, command=command, key="T", due_at=due))
    else:
        platform.inbound[b"m"] = Message(platform="wecom", user_id="mei", text="天气")
        accepted = Accepted("wecom", "m", lane, b"m")
        await store.write(lambda tx: inbox.receive(tx, vault, accepted, now=due))
    await store.write(lambda tx: LaneWorker(bench)._take(tx, clock()))
    clock.push(timedelta(minutes=1))
    deaf.loses, deaf.before = [lane] * OUTAGES, before

    await _looks(LaneWorker(bench).step, OUTAGES + 2)

    assert heard == ["天气"]
    table = timers_table if of == "timer" else inbox_table
    row = await store.write(lambda tx: tx.first(select(table)))
    assert (row.state, row.attempts) == ("fired" if of == "timer" else "done", 2)


@pytest.mark.parametrize("before", [False, True])
async def test_what_was_leased_unheard_of_is_sent_at_the_next_look(
    bench, deaf, unit, store, platform, mei, before
):
    """Else its receiver would wait for the lease, and so would everything that comes after it."""
    await unit(lambda d: outbox.post(d, Notice(to=mei, key="k", text="一")))
    lane = await _lane(store)
    sender = Sender(bench)
    deaf.loses, deaf.before = ["outbox"], before
    with pytest.raises(StoreBusyError):
        await sender.push(lane)

    await sender.step()

    assert platform.texts() == ["一"]
    assert await unit(lambda d: sending.counts(d.tx)) == {"sent": 1}


@pytest.mark.parametrize("before", [False, True])
async def test_a_tombstone_of_nothing_sent_is_taken_away(bench, deaf, unit, store, platform, mei, before):
    """It was never on the wire: it is sent once, as its first try."""
    await unit(lambda d: outbox.post(d, Notice(to=mei, key="k", text="一")))
    deaf.loses, deaf.before = [await _lane(store)] * OUTAGES, before
    sender = Sender(bench)

    await _looks(sender.step, OUTAGES)
    assert platform.texts() == []
    await sender.step()

    assert platform.texts() == ["一"]
    row = await store.write(lambda tx: tx.first(select(outbox_table)))
    assert (row.state, row.attempts) == ("sent", 1)


async def _lane(store: Store) -> str:
    """The lane of the one thing that waits to be sent."""
    row = await store.write(lambda tx: tx.first(select(outbox_table.c.lane_key)))
    lane: str = row.lane_key
    return lane
