"""Who says stop, or asks to be erased, gets nothing from that commit on, whatever was under way."""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from bot.crm.touching import NotSent, TouchState
from bot.crm.user import SYSTEM, Role, User
from bot.errors import AnswerLostError, PlatformBusyError
from bot.intake.merge import merge
from bot.store import consents
from bot.store.consents import Consent
from bot.store.personal import erase
from bot.store.tables.insight import touches as counted
from bot.store.tables.touch import touch_plans
from bot.worker.touching import TouchSender
from tests.touch.house import AGREES, STOPS, rejected

BOSS = User(id="boss", name="周", role=Role.EXECUTIVE, region="", team="")
ELSEWHERE = Consent(given=False, purpose="marketing_sms", channel="sms", text="R", version="")


@dataclass
class Between:
    """The store, and something that happens right behind a message's tombstone, before its wire."""

    store: Any
    happens: Any
    done: list[str] = field(default_factory=list)

    async def write(self, unit: Any, **more: Any) -> Any:
        found = await self.store.write(unit, **more)
        if not self.done and hasattr(found, "touch_id"):
            self.done.append(found.touch_id)
            await self.happens()
        return found

    @contextlib.asynccontextmanager
    async def read(self) -> Any:
        async with self.store.read() as tx:
            yield tx

    def __getattr__(self, name: str) -> Any:
        return getattr(self.store, name)


async def stopped(house, word=STOPS):
    await house.unit(lambda desk: consents.record(desk, "L1", word))


async def erased(house):
    await house.unit(lambda desk: erase.begin(desk, "L1", by=SYSTEM, reason="本人要求"))


@pytest.mark.parametrize("says", [stopped, erased])
async def test_between_the_tombstone_and_the_wire(house, says):
    """The message is ready to leave: it does not."""
    await house.ask()
    between = house.bench.store = Between(house.store, lambda: says(house))
    await TouchSender(house.bench).step()
    house.bench.store = house.store
    row = await house.row()

    assert between.done == [row.id]
    assert house.sent() == []
    assert row.state is TouchState.SKIPPED
    assert row.reason in {"suppressed", "gone"}


async def test_of_who_is_merged_between_the_tombstone_and_the_wire(house):
    """He says stop under the number that he has since then; what was leased under the old one does not leave."""
    await house.hire(BOSS)
    await house.lead("L2", n=2)
    await house.ask("k1", "L2")

    async def happens():
        await house.unit(lambda desk: merge(desk, "L1", "L2", by=BOSS, how="card"))
        await stopped(house)

    between = house.bench.store = Between(house.store, happens)
    await TouchSender(house.bench).step()
    house.bench.store = house.store

    assert between.done
    assert house.sent() == []


@pytest.mark.parametrize("ahead", [2, 3600])
async def test_a_clock_that_was_ahead_when_he_agreed(lite_house, ahead):
    """What he said last holds, whatever the time of day at which it was written."""
    house = lite_house
    await house.lead("L2", n=2, agrees=False)
    house.push(seconds=ahead)
    await house.unit(lambda desk: consents.record(desk, "L2", AGREES))
    house.push(seconds=-ahead)
    await house.unit(lambda desk: consents.record(desk, "L2", STOPS))
    verdict = await house.ask("k", "L2")
    await TouchSender(house.bench).step()

    assert isinstance(verdict, NotSent)
    assert house.sent("email") == []


async def test_a_stop_on_another_channel_holds_it_up_and_lets_it_go(house):
    """He ended text messages just then: the mail goes a little later."""
    await house.ask()
    house.bench.store = Between(house.store, lambda: stopped(house, ELSEWHERE))
    await TouchSender(house.bench).step()
    house.bench.store = house.store
    before = len(house.sent())
    for _ in range(8):
        house.clock.now += (await house.row()).due_at - (await house.row()).decided_at
        await TouchSender(house.bench).step()

    assert (before, len(house.sent())) == (0, 1)


async def test_nothing_leaves_after_the_commit_of_a_stop(house):
    """Twenty people stop at any moment while everything is sent: the wire knows none of them afterwards."""
    for n in range(20):
        await house.lead(f"L{n + 2}", n=n + 2)
        await house.ask(f"s{n}", f"L{n + 2}")
    committed: set[str] = set()
    late: list[str] = []
    whose = {one.id: one.lead_id for one in await house.rows()}

    async def stop(lead_id, turns):
        for _ in range(turns):
            await asyncio.sleep(0)
        await house.unit(lambda desk: consents.record(desk, lead_id, STOPS))
        committed.add(lead_id)

    async def wire(message):
        if whose[message.touch_id] in committed:
            late.append(message.touch_id)

    house.channels["email"].before = wire
    sender = TouchSender(house.bench)
    await asyncio.gather(*(stop(f"L{n + 2}", n * 7) for n in range(20)), *(sender.step() for _ in range(3)))
    while await sender.step():
        pass

    assert late == []
    states = {one.state for one in await house.rows()}
    assert states <= {TouchState.SENT, TouchState.SKIPPED}
    assert len(house.sent()) + sum(one.state is TouchState.SKIPPED for one in await house.rows()) == 20


__all__ = ["touch_plans"]


@pytest.mark.parametrize(
    ("says", "stands"),
    [
        (None, TouchState.SENT),
        (rejected("email"), TouchState.FAILED),
        (PlatformBusyError("email", timedelta(0)), TouchState.FAILED),
        (AnswerLostError("email", "timed out"), TouchState.UNKNOWN),
    ],
    ids=["taken", "refused", "busy", "lost"],
)
async def test_an_answer_brings_nothing_of_the_erased_back(house, says, stands):
    """Erased between the tombstone and the answer: what it came to is counted, and no word of it is kept."""
    await house.ask("k1", words={"object": "林晓的体检报告"}, channels=("email", "sms"))

    async def forget(_message):
        await erased(house)
        while await house.unit(lambda desk: erase.step(desk, "L1")):
            pass

    house.channels["email"].before = forget
    house.channels["email"].faults = [says]
    sender = TouchSender(house.bench)
    while await sender.step():
        pass

    (row,) = await house.unit(lambda desk: desk.tx.all(select(touch_plans)))
    assert (row.state, row.words, row.provider_id, row.detail) == (stands.value, None, "", "")
    assert {one.failure for one in await house.unit(lambda desk: desk.tx.all(select(counted)))} == {""}


async def test_who_was_erased_is_asked_for_without_words(house):
    """Whatever asks for him later leaves a row that says no more than that he is gone."""
    await erased(house)
    await house.ask("k1", words={"object": "林晓的体检报告"})

    (row,) = await house.unit(lambda desk: desk.tx.all(select(touch_plans)))
    assert (row.state, row.reason, row.words) == ("not_sent", "gone", None)
