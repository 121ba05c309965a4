"""Connections that we hold: one holder, one opening a second, none that fights a stranger for its place."""

from __future__ import annotations

import asyncio
import random
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.chat.adapter import Closed, Ending
from bot.chat.inbound import Accepted
from bot.store import inbox, incidents, leases
from bot.worker import streams
from bot.worker.streams import StreamKeeper
from tests.worker.held import Robot, Time, Watched


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def robot(time) -> Robot:
    return Robot(time)


@pytest.fixture
def watched(store, time) -> Watched:
    return Watched(store, time)


@pytest.fixture
async def keeper(bench, time, robot, watched):
    """Make a keeper of a process; all that were made are stopped at the end."""
    running: list[asyncio.Task[None]] = []

    def make(name: str = "a", stream: Robot | None = None) -> asyncio.Task[None]:
        own = replace(bench, name=name, clock=time.clock, store=watched)

        async def express(accepted: Accepted) -> None:
            robot.expressed += 1
            await own.store.write(lambda tx: inbox.receive(tx, own.vault, accepted, now=own.clock()))

        kept = StreamKeeper(own, stream or robot, express=express, monotonic=time, sleep=time.sleep)
        running.append(asyncio.create_task(kept.run()))
        return running[-1]

    yield make
    for task in running:
        task.cancel()
    await asyncio.gather(*running, return_exceptions=True)


async def state(bench) -> str:
    (lease,) = await bench.store.write(leases.everything)
    return lease.state


async def counted(bench) -> dict[tuple[str, str], int]:
    return await bench.store.write(incidents.totals)


async def test_the_holder_connects_and_says_how_it_stands(bench, keeper, time, robot):
    keeper()
    await time.pass_(6)

    assert robot.live == 1
    assert await state(bench) == "connected"


async def test_two_processes_hold_one_connection(keeper, time, robot):
    """Field problem 11: a second connection would push the first one out."""
    keeper("a")
    keeper("b")
    await time.pass_(120)

    assert (len(robot.opened_at), robot.most_live) == (1, 1)


async def test_a_dead_holder_is_replaced_within_a_minute(bench, time, keeper, robot):
    await bench.store.write(
        lambda tx: leases.hold(tx, "robot", by="dead", now=time.clock(), for_=streams.LEASE)
    )
    keeper("b")
    await time.pass_(60)

    assert robot.live == 1


async def test_a_stopped_holder_gives_way_at_once(keeper, time, robot):
    first = keeper("a")
    await time.pass_(3)
    keeper("b")
    await time.pass_(3)
    assert len(robot.opened_at) == 1

    first.cancel()
    await asyncio.gather(first, return_exceptions=True)
    await time.pass_(streams.LOOK_S + 1)

    assert (len(robot.opened_at), robot.live) == (2, 1)


async def test_a_lost_lease_closes_the_connection(bench, keeper, time, robot):
    """A process that was frozen finds that another has taken over."""
    keeper("a")
    await time.pass_(3)
    assert robot.live == 1
    time.now += 60
    await bench.store.write(
        lambda tx: leases.hold(tx, "robot", by="b", now=time.clock(), for_=timedelta(hours=1))
    )
    await time.pass_(6)

    assert robot.live == 0


async def test_who_cannot_say_that_he_lives_closes_before_he_is_believed_dead(keeper, time, robot, watched):
    keeper("a")
    await time.pass_(3)
    assert robot.live == 1
    held = time.now
    watched.failures = 1000
    await time.until(lambda: robot.live == 0)
    watched.failures = 0

    assert time.now - held < streams.LEASE.total_seconds()
    await time.until(lambda: robot.live == 1)


async def test_after_each_kind_of_close_it_comes_back_a_little_later(keeper, time, robot):
    reasons = [
        "unreachable_ClientConnectorError",
        "closed_1006",
        "silent",
        "not_subscribed",
        "no_answer_to_subscribe",
        "closed_1000",
        "error",
    ]
    robot.fates = [Closed(Ending.DROPPED, reason) for reason in reasons]
    keeper()
    await time.until(lambda: robot.live == 1, within=200)

    assert len(robot.opened_at) == len(reasons) + 1
    assert all(1 <= gap <= 31 for gap in robot.gaps)
    assert robot.gaps[-1] > 4 * robot.gaps[0] or robot.gaps[-1] >= 15
    assert all(after >= before / 2 for before, after in zip(robot.gaps, robot.gaps[1:], strict=False))


async def test_a_connection_that_lived_long_starts_the_counting_anew(keeper, time, robot):
    robot.fates = [Closed(Ending.DROPPED, "closed_1006")] * 6
    keeper()
    await time.until(lambda: robot.live == 1, within=200)
    await time.pass_(90)
    robot.end(Ending.DROPPED)
    await time.pass_(2.5)

    assert robot.live == 1


async def test_a_stranger_who_took_our_place_is_not_pushed_out(bench, keeper, time, robot):
    """Field problem 11: coming back at once would push him out, and he us, for ever."""
    keeper()
    await time.pass_(3)
    robot.end(Ending.KICKED, "disconnected_event")
    await time.pass_(streams.QUIET_S - 30)

    assert len(robot.opened_at) == 1
    assert await state(bench) == "kicked"
    assert (await counted(bench))["stream.kicked", "disconnected_event"] == 1

    await time.pass_(60)
    assert robot.live == 1
    await time.pass_(6)
    assert await state(bench) == "connected"


async def test_wrong_credentials_are_tried_five_times_then_rarely(bench, keeper, time, robot):
    robot.fates = [Closed(Ending.REFUSED, "subscribe_40001")] * 7
    keeper()
    await time.until(lambda: len(robot.opened_at) == streams.REFUSALS)
    await time.pass_(300)

    assert len(robot.opened_at) == streams.REFUSALS
    assert await state(bench) == "refused"
    await time.pass_(streams.QUIET_S)
    assert len(robot.opened_at) == streams.REFUSALS + 1


async def test_asked_to_leave_it_opens_the_next_one_without_waiting(keeper, time, robot):
    """The platform closes the old one soon, and delivers nothing more on it."""
    keeper()
    await time.pass_(10)
    robot.end(Ending.LEAVING, "expired")
    await time.pass_(0.5)

    assert (len(robot.opened_at), robot.live) == (2, 1)


async def test_closes_are_counted_by_reason(bench, keeper, time, robot):
    robot.fates = [
        Closed(Ending.DROPPED, "silent"),
        Closed(Ending.DROPPED, "silent"),
        Closed(Ending.DROPPED, "closed_1000"),
    ]
    keeper()
    await time.until(lambda: robot.live == 1)
    await time.pass_(6)

    totals = await counted(bench)
    assert (totals["stream.dropped", "silent"], totals["stream.dropped", "closed_1000"]) == (2, 1)


def said(n: int, *, waits: bool = False) -> Accepted:
    return Accepted("wecom", f"robot:m{n}", f"wecom:user:u{n % 7}", f"{n}".encode(), waits=waits)


async def test_what_came_is_kept_though_the_store_is_busy_for_a_while(bench, keeper, time, robot, watched):
    """The platform says it once."""
    keeper()
    await time.pass_(3)
    watched.failures = 3
    keeping = asyncio.create_task(robot.host.keep(said(1)))
    await time.until(keeping.done)

    await keeping
    assert (await bench.store.write(inbox.counts))["pending"] == 1


@pytest.mark.parametrize(("before", "expressed"), [("died", 0), ("left", 1), ("nobody", 1)])
async def test_after_a_holder_who_vanished_a_tap_is_written_down_before_it_is_touched(
    bench, keeper, time, robot, before, expressed
):
    """What killed him may be the next thing that comes: carried out in its own unit it would never be counted."""
    if before != "nobody":
        await bench.store.write(
            lambda tx: leases.hold(tx, "robot", by="other", now=time.clock(), for_=streams.LEASE)
        )
    if before == "left":
        await bench.store.write(lambda tx: leases.release(tx, "robot", by="other"))
    keeper()
    await time.until(lambda: robot.live == 1)
    keeping = asyncio.create_task(robot.host.keep(said(1, waits=True)))
    await time.until(keeping.done)
    assert robot.expressed == expressed
    assert (await bench.store.write(inbox.counts))["pending"] == 1

    await time.pass_(streams.CAREFUL_S + 60)
    keeping = asyncio.create_task(robot.host.keep(said(2, waits=True)))
    await time.until(keeping.done)
    assert robot.expressed == expressed + 1


async def test_two_hundred_closes_under_load_lose_nothing(lite, company, vault, random_bytes, time, platform):
    """Clean and dirty, at random moments: what the platform says again is kept once, and we knock once a second."""
    from bot.chat.router import Router
    from bot.worker.bench import Bench

    bench = Bench(store=Watched(lite, time), adapters={"wecom": platform}, router=Router(), company=company, vault=vault,
                  clock=time.clock, random_bytes=random_bytes, name="a", monotonic=time)  # fmt: skip
    chance, unkept, kept, n = random.Random(7), [], set(), 0

    class Loaded(Robot):
        """Says things, and says again on the next connection what was not kept on this one."""

        async def run(self, host) -> Closed:
            nonlocal n
            self.opened_at.append(self.time.now)
            host.opened()
            for one in list(unkept):
                await host.keep(one)
                kept.add(one.key)
                unkept.remove(one)
            for _ in range(chance.randrange(12)):
                n += 1
                one = said(n)
                unkept.append(one)
                if chance.random() < 0.3:
                    return Closed(Ending.DROPPED, "closed_1006")
                await host.keep(one)
                kept.add(one.key)
                if chance.random() < 0.2:
                    # Kept, and said again all the same.
                    continue
                unkept.remove(one)
            await self.time.sleep(chance.choice((0.0, 0.2, 70.0)))
            return Closed(chance.choice((Ending.DROPPED, Ending.LEAVING)), "closed_1000")

    robot = Loaded(time)

    async def express(accepted: Accepted) -> None:
        raise AssertionError

    running = asyncio.create_task(
        StreamKeeper(bench, robot, express=express, monotonic=time, sleep=time.sleep).run()
    )
    await time.until(lambda: len(robot.opened_at) > 200, within=40_000, step=60)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)

    assert min(robot.gaps) >= 1
    counts = await lite.write(inbox.counts)
    assert counts == {"pending": len(kept)}
    assert len(kept) + len([one for one in unkept if one.key not in kept]) == n
    assert n > 300
