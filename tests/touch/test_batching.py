"""One text to many at once: gathered, each one asked again, one call, and never a second one."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest
from sqlalchemy import update

from bot.chat.channel import CustomerMessage
from bot.crm.capture_signals import FollowerHasCome
from bot.crm.touching import TouchState
from bot.errors import AnswerLostError
from bot.intake import followers, official_visitors
from bot.store import consents
from bot.store.tables.touch import touch_plans
from bot.store.unclaimed_permissions import Visitor
from bot.touch import set_aside
from bot.worker.batching import GATHERS, BatchSender
from bot.worker.touching import TouchSender
from tests.touch.house import STOPS, FakeChannel
from tests.touch.test_stop import Between

WAY = "wechat_official.mass"


@dataclass
class Many(FakeChannel):
    """Takes many at once."""

    batches: frozenset[str] = frozenset({WAY})
    calls: list[list[str]] = field(default_factory=list)

    async def deliver_all(self, messages: list[CustomerMessage]) -> str:
        if self.before is not None:
            await self.before(messages[0])
        self.calls.append(sorted(one.to for one in messages))
        if fault := (self.faults.pop(0) if self.faults else None):
            raise fault
        return "900"


@pytest.fixture
async def many(lite_house):
    """Three who agreed follow, and the same news waits for each of them."""
    house = lite_house
    channel = Many("wechat_official", house.clock)
    house.channels["wechat_official"] = channel
    house.bench.channels = dict(house.channels)
    for n in (2, 3):
        await house.lead(f"L{n}", n=n)
    for n in (1, 2, 3):
        await house.unit(lambda desk, n=n: _follows(desk, n))
        await house.ask(f"k{n}", f"L{n}", channels=(WAY,))
    return house, channel


async def _follows(desk, n: int) -> None:
    await followers.came(desk, FollowerHasCome("main", f"o{n}", is_new="yes", union_id=f"u{n}"))
    await desk.tx.run(_bind(n))
    await official_visitors.is_lead(desk, Visitor("wechat_official", "main", f"o{n}"), f"L{n}")


def _bind(n: int):
    from sqlalchemy import update

    from bot.store.tables.capture import followers as table

    return update(table).where(table.c.open_id == f"o{n}").values(lead_id=f"L{n}")


async def states(house) -> list[str]:
    return sorted(one.state.value for one in await house.rows())


async def test_they_are_gathered_and_go_by_one_call(many):
    """Nobody else sends them, nothing goes before the time is over, and a second look finds nothing."""
    house, channel = many
    sender = BatchSender(house.bench)
    assert (await TouchSender(house.bench).step(), await sender.step()) == (0, 0)
    house.clock.push(GATHERS)
    assert await sender.step() == 3
    assert await sender.step() == 0

    assert channel.calls == [["main:o1", "main:o2", "main:o3"]]
    assert await states(house) == ["sent"] * 3


async def test_one_who_cannot_be_looked_at_stops_nobody_else(many):
    """His look fails each time: the other two get theirs, he is given up and counted."""
    house, channel = many
    broken = update(touch_plans).where(touch_plans.c.key == "k2").values(purpose="nothing we know")
    await house.unit(lambda desk: desk.tx.run(broken))
    sender = BatchSender(house.bench)
    for _ in range(3 * set_aside.TRIES):
        house.clock.push(GATHERS * 3)
        await sender.step()

    assert channel.calls == [["main:o1", "main:o3"]]
    assert await states(house) == ["failed", "sent", "sent"]


async def test_a_lost_answer_is_unknown_for_all_and_sent_no_more(many):
    house, channel = many
    channel.faults = [AnswerLostError("wechat_official", "silence")]
    house.clock.push(GATHERS)
    sender = BatchSender(house.bench)
    await sender.step()
    house.push(hours=2)
    await sender.step()

    assert len(channel.calls) == 1
    assert await states(house) == ["unknown"] * 3


async def test_who_says_stop_before_it_leaves_is_not_in_it(many):
    """Also in the moment between his tombstone and the wire."""
    house, channel = many
    house.bench.store = Between(
        house.store, lambda: house.unit(lambda desk: consents.record(desk, "L1", STOPS))
    )
    house.clock.push(GATHERS)
    await BatchSender(house.bench).step()
    house.bench.store = house.store

    assert channel.calls == [["main:o2", "main:o3"]]
    assert (await house.row("k1")).state is TouchState.SKIPPED


async def test_one_alone_waits_for_company(many):
    """The platform sends nothing to one; he is asked again an hour later, not counted as sent."""
    house, channel = many
    for n in (2, 3):
        await house.unit(lambda desk, n=n: consents.record(desk, f"L{n}", STOPS))
    house.clock.push(GATHERS)
    await BatchSender(house.bench).step()

    assert channel.calls == []
    assert await states(house) == ["planned", "skipped", "skipped"]


@dataclass
class Meanwhile:
    """The last of three stops behind his tombstone; while he is taken out, the first one stops."""

    house: Any
    store: Any
    begun: list[str] = field(default_factory=list)
    first: str = ""

    async def write(self, unit: Any, **more: Any) -> Any:
        found = await self.store.write(unit, **more)
        if hasattr(found, "touch_id"):
            self.begun.append(found.touch_id)
            if len(self.begun) == 3:
                await self.stop(self.begun[-1])
        elif found is TouchState.SKIPPED and not self.first:
            self.first = await self.stop(self.begun[0])
        return found

    async def stop(self, touch_id: str) -> str:
        (lead_id,) = (row.lead_id for row in await self.house.rows() if row.id == touch_id)
        self.house.bench.store = self.store
        await self.house.unit(lambda desk: consents.record(desk, lead_id, STOPS))
        self.house.bench.store = self
        return str(lead_id)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.store, name)


async def test_who_stops_while_another_is_taken_out_is_in_no_call(many):
    """All are asked again before the call, as often as somebody had to be taken out."""
    house, channel = many
    between = house.bench.store = Meanwhile(house, house.store)
    house.clock.push(GATHERS)
    await BatchSender(house.bench).step()
    house.bench.store = between.store

    assert between.first
    assert all(f"main:o{between.first[1:]}" not in call for call in channel.calls)
