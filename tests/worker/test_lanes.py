"""Deliveries are carried out once, in order, alone when they fail, and never lost."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from bot.chat.inbound import Accepted, Message
from bot.chat.outbound import Reply
from bot.chat.router import Router
from bot.crm.commands import Ask, ListMyLeads
from bot.crm.signals import RemindTask
from bot.errors import StaleEpochError
from bot.handlers import Scope
from bot.store import inbox, incidents, lanes, timers
from bot.store.tables.machinery import inbox as inbox_table
from bot.worker.lanes import LaneWorker
from bot.worker.sender import Sender


@pytest.fixture
def asked(bench) -> list[str]:
    """Questions that reached the handler, in order; «boom» fails, «slow» reads beside the writer."""
    heard: list[str] = []
    router: Router[Scope] = bench.router

    @router.on(Ask)
    async def on_ask(command: Ask, scope: Scope) -> Reply:
        if command.text == "boom":
            raise RuntimeError
        heard.append(command.text)
        return Reply(text=f"听到：{command.text}")

    @router.on(ListMyLeads, reads=True)
    async def on_list(command: ListMyLeads, scope: Scope) -> Reply:
        heard.append("list")
        with pytest.raises(RuntimeError, match="reading"):
            await scope.desk.tx.number("lead")
        return Reply(text="清单")

    @router.on(RemindTask)
    async def on_timer(command: RemindTask, scope: Scope) -> Reply:
        heard.append(f"timer {command.task_id}")
        return Reply()

    return heard


@pytest.fixture
def says(bench, platform, store, vault, mei):
    """Somebody writes: a delivery that is received like any other; False for a repeat."""

    async def say(text: str, *, key: str = "", lane: str = "wecom:user:mei") -> bool:
        body = f"{key or text}".encode()
        platform.inbound[body] = Message(platform="wecom", user_id="mei", text=text)
        accepted = Accepted("wecom", key or text, lane, body)
        return await store.write(lambda tx: inbox.receive(tx, vault, accepted, now=bench.clock()))

    return say


async def work(bench, clock, rounds: int = 12) -> None:
    worker, sender = LaneWorker(bench), Sender(bench)
    for _ in range(rounds):
        while await worker.step():
            pass
        while await sender.step():
            pass
        clock.push(timedelta(seconds=35))


async def states(store) -> dict[str, int]:
    return await store.write(inbox.counts)


async def test_what_is_written_is_answered(bench, says, asked, platform, clock, store):
    await says("天气如何")
    await work(bench, clock)

    assert platform.texts("mei") == ["听到：天气如何"]
    assert await states(store) == {"done": 1}


async def test_a_repeat_has_one_effect(bench, says, asked, clock):
    """The platform did not hear us and asks again."""
    assert [await says("天气", key="m1"), await says("天气", key="m1")] == [True, False]
    await work(bench, clock)
    assert await says("天气", key="m1") is False
    await work(bench, clock)

    assert asked == ["天气"]


async def test_one_persons_words_are_carried_out_in_order(bench, says, asked, clock):
    for i in range(30):
        await says(f"第{i}句", key=f"m{i}")
    await work(bench, clock)

    assert asked == [f"第{i}句" for i in range(30)]


async def test_a_handler_that_only_reads_runs_beside_the_writer(bench, says, asked, platform, clock, store):
    await says("我的线索")
    await says("天气")
    await work(bench, clock)

    assert asked == ["list", "天气"]
    assert platform.texts("mei") == ["清单", "听到：天气"]
    assert await states(store) == {"done": 2}


async def test_a_delivery_that_always_fails_is_set_aside_and_stops_nobody(bench, says, asked, clock, store):
    """Five tries, further and further apart; what comes after it is carried out."""
    await says("甲句", key="a")
    await says("boom", key="b")
    await says("丙句", key="c")
    await says("丁句", key="d", lane="wecom:user:jun")
    await work(bench, clock, rounds=20)

    assert set(asked) == {"甲句", "丙句", "丁句"}
    assert asked.index("丁句") < asked.index("丙句")
    assert await states(store) == {"done": 3, "quarantined": 1}
    totals = await store.write(incidents.totals)
    assert totals["delivery.quarantined", "poison:failed"] == 1


async def test_whoever_sent_what_was_set_aside_is_told_once(bench, says, platform, clock, store):
    """Neither silence nor a second word: he reads that nothing was changed, and what he can do."""
    await says("boom", key="b")
    await work(bench, clock, rounds=20)

    assert await states(store) == {"quarantined": 1}
    (said,) = platform.texts("mei")
    assert "没办成" in said


async def test_a_delivery_that_kills_the_process_is_known_by_its_count(bench, says, asked, clock, store):
    """Counted before the work: after two deaths it is set aside."""
    await says("毒", key="p")
    for looks in range(2):
        taken = await store.write(lambda tx: LaneWorker(bench)._take(tx, clock()))
        assert [one.is_suspect for one in taken] == [looks > 0]
        if looks:
            await store.write(lambda tx, key=taken[0].key: inbox.count_attempt(tx, key))
        clock.push(timedelta(minutes=1))
    await work(bench, clock)

    assert asked == []
    assert (await store.write(incidents.totals))["delivery.quarantined", "poison:killed_the_process"] == 1


async def test_work_done_under_an_old_epoch_is_undone(bench, says, asked, clock, store):
    """A worker that was frozen for an hour changes nothing."""
    await says("天气")
    frozen = (await store.write(lambda tx: lanes.take(tx, by="frozen", now=clock(), most=1)))[0]
    clock.push(timedelta(minutes=1))
    await work(bench, clock)
    assert asked == ["天气"]

    with pytest.raises(StaleEpochError):
        await store.write(lambda tx: lanes.hold(tx, frozen, now=clock()))


async def test_a_timer_fires_once_when_its_time_has_come(bench, unit, asked, clock):
    due = clock() + timedelta(hours=1)
    for key in ("T1", "T1", "T2"):
        await unit(
            lambda d, k=key: timers.set_timer(d, lane_key="lead:L1", command=RemindTask(k), key=k, due_at=due)
        )
    await unit(lambda d: timers.cancel_timer(d, lane_key="lead:L1", command_type=RemindTask, key="T2"))
    worker = LaneWorker(bench)
    assert await worker.step() == 0

    clock.push(timedelta(hours=1))
    await work(bench, clock)

    assert asked == ["timer T1"]


async def test_a_timer_set_again_moves(bench, unit, asked, clock):
    for hours in (1, 5):
        due = clock() + timedelta(hours=hours)
        await unit(
            lambda d, at=due: timers.set_timer(d, lane_key="l", command=RemindTask("T1"), key="k", due_at=at)
        )
    clock.push(timedelta(hours=2))
    await work(bench, clock, rounds=2)
    assert asked == []

    clock.push(timedelta(hours=4))
    await work(bench, clock, rounds=2)
    assert asked == ["timer T1"]


async def test_what_we_do_not_understand_is_kept_named_and_counted(bench, store, vault, clock):
    accepted = Accepted("wecom", "x", "wecom:user:x", b"strange")
    await store.write(lambda tx: inbox.receive(tx, vault, accepted, now=clock()))
    await work(bench, clock, rounds=2)

    assert await states(store) == {"unknown": 1}
    assert (await store.write(incidents.totals))["delivery.unknown", "strange"] == 1


async def test_words_of_somebody_who_is_not_ours_are_refused(bench, platform, store, vault, clock, asked):
    """Not in the address book, or gone: no effect, no answer."""
    platform.inbound[b"m"] = Message(platform="wecom", user_id="stranger", text="天气")
    accepted = Accepted("wecom", "m", "wecom:user:stranger", b"m")
    await store.write(lambda tx: inbox.receive(tx, vault, accepted, now=clock()))
    await work(bench, clock, rounds=2)

    assert (asked, platform.wire) == ([], [])
    assert await states(store) == {"refused": 1}


async def test_two_workers_share_the_lanes(bench, says, asked, clock, store):
    """Nothing twice, nothing left."""
    for i in range(40):
        await says(f"{i}", key=f"m{i}", lane=f"wecom:user:{i}")
    first, second = LaneWorker(bench), LaneWorker(bench)
    for _ in range(3):
        await asyncio.gather(first.step(), second.step())

    assert sorted(asked, key=int) == [f"{i}" for i in range(40)]


async def test_the_inbox_holds_nothing_readable(store, vault, says):
    """What people write holds names and numbers."""
    from sqlalchemy import select

    await says("客户电话 13812345678")
    rows = await store.write(lambda tx: tx.all(select(inbox_table)))

    assert all(b"13812345678" not in row.body for row in rows)
