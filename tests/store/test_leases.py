"""One holder for what only one may do, believed for a while and no longer."""

from __future__ import annotations

from datetime import timedelta

from bot.store import leases

SPAN = timedelta(seconds=20)


def take(by: str):
    return lambda desk: leases.hold(desk.tx, "robot", by=by, now=desk.now, for_=SPAN)


async def test_only_one_holds_it(unit):
    assert await unit(take("a")) == 1
    assert await unit(take("b")) is None
    assert await unit(take("a")) == 1


async def test_a_silent_holder_is_believed_until_his_span_is_over(unit, clock):
    await unit(take("a"))
    clock.push(SPAN)
    assert await unit(take("b")) is None

    clock.push(timedelta(seconds=1))
    assert await unit(take("b")) == 2
    assert await unit(take("a")) is None


async def test_whoever_renews_stays(unit, clock):
    for _ in range(10):
        assert await unit(take("a")) == 1
        clock.push(timedelta(seconds=15))


async def test_given_back_it_is_free_at_once(unit):
    await unit(take("a"))
    await unit(lambda desk: leases.release(desk.tx, "robot", by="b"))
    assert await unit(take("b")) is None

    await unit(lambda desk: leases.release(desk.tx, "robot", by="a"))
    assert await unit(take("b")) == 1


async def test_how_it_stands_is_the_holders_word(unit, clock):
    await unit(take("a"))
    await unit(lambda desk: leases.tell(desk.tx, "robot", "kicked", by="b", now=desk.now))
    await unit(lambda desk: leases.tell(desk.tx, "robot", "connected", by="a", now=desk.now))
    (lease,) = await unit(lambda desk: leases.everything(desk.tx))
    assert (lease.holder, lease.state) == ("a", "connected")

    clock.push(SPAN + timedelta(seconds=1))
    await unit(take("b"))
    (lease,) = await unit(lambda desk: leases.everything(desk.tx))
    assert (lease.holder, lease.term, lease.state) == ("b", 2, "held")


async def test_holding_ends_with_the_span(unit, clock):
    def held(by: str):
        return lambda desk: leases.is_held(desk.tx, "robot", by=by, now=desk.now)

    await unit(take("a"))
    assert await unit(held("a"))
    assert not await unit(held("b"))

    clock.push(SPAN + timedelta(seconds=1))
    assert not await unit(held("a"))
