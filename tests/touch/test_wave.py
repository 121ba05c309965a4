"""A wave of messages while the ground gives way: no room on the disk, and a clock that is set."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import timedelta

import pytest

from bot.crm.touching import TouchState
from bot.errors import StoreBusyError
from bot.worker.touching import TouchSender
from tests.touch.house import bench_of

PEOPLE = 36


def pragma(house, said: str) -> int:
    """Ask SQLite's writing connection, as no part of the program does."""
    rows = house.store._writer._connection._db.execute(f"PRAGMA {said}").fetchall()
    return int(rows[0][0]) if rows else 0


async def wave(house) -> None:
    for n in range(PEOPLE):
        await house.lead(f"W{n}", n=n + 10)
        await house.ask(f"w{n}", f"W{n}")


async def sent_by(*senders: TouchSender) -> None:
    """Until nothing is due, or nothing can be kept."""

    async def one(sender: TouchSender) -> None:
        while await sender.step():
            pass

    found = await asyncio.gather(*(one(sender) for sender in senders), return_exceptions=True)
    assert {type(one) for one in found} <= {type(None), StoreBusyError}, found


@pytest.mark.parametrize("trouble", ["full", "read_only"])
async def test_a_disk_that_takes_no_more_doubles_nothing_and_loses_nothing(lite_house, trouble):
    """From the fifth mail on nothing can be written: what was under way is unknown, all else goes later."""
    house = lite_house
    await wave(house)
    wire = house.channels["email"]

    async def breaks(_message) -> None:
        if len(wire.wire) == 4:
            said = (
                "query_only=1" if trouble == "read_only" else f"max_page_count={pragma(house, 'page_count')}"
            )
            pragma(house, said)

    wire.before = breaks
    sender = TouchSender(house.bench)
    for _ in range(3):
        await sent_by(sender)
        house.push(seconds=45)
    during = len(wire.wire)
    wire.before = None
    pragma(house, "query_only=0" if trouble == "read_only" else "max_page_count=1000000")
    for _ in range(4):
        await sent_by(sender)
        house.push(seconds=45)

    got = Counter(one.to for one in house.sent())
    states = Counter(one.state for one in await house.rows())
    assert set(got.values()) == {1}
    assert states[TouchState.SENT] + states[TouchState.UNKNOWN] == len(got) == PEOPLE
    assert states[TouchState.UNKNOWN] <= 16
    if trouble == "read_only":
        assert during <= 16 + 4


async def test_a_clock_that_is_set_ahead_and_back_says_nothing_twice(house, company, vault, random_bytes):
    """A day ahead in the middle of a wave that two processes send, and back again: each has it once."""
    await wave(house)
    bench, channels = bench_of(house.store, house.bench.company, house.clock, vault, random_bytes, "other")
    wires = (house.channels["email"], channels["email"])
    moved = []

    async def jumps(_message) -> None:
        n = sum(len(one.wire) for one in wires)
        if n in {6, 14} and n not in moved:
            moved.append(n)
            house.clock.now += timedelta(days=1 if n == 6 else -1)

    for one in wires:
        one.before = jumps
    for _ in range(5):
        await sent_by(TouchSender(house.bench), TouchSender(bench))
        house.push(seconds=45)

    got = Counter(message.to for one in wires for _, message in one.wire)
    assert len(moved) == 2
    assert set(got.values()) == {1}
    assert len(got) == PEOPLE
    assert {one.state for one in await house.rows()} <= {TouchState.SENT, TouchState.UNKNOWN}
