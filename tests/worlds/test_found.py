"""What worlds found first, told again without chance."""

from __future__ import annotations

import asyncio
import random
from datetime import timedelta

import pytest

from bot.chat.card import Button, Card
from bot.chat.outbound import Directory, Notice, Person, Welcome
from bot.chat.router import Router
from bot.crm.commands import ClaimLead
from bot.crm.signals import CustomerHasAdded, CustomerHasLeft
from bot.errors import PlatformBusyError, PlatformRejectedError
from bot.handlers import customer_added, customer_left
from bot.store import incidents, outbox, sending, users
from bot.worker import directory
from bot.worker.bench import Bench
from bot.worker.sender import Sender
from tests.fakes import FakeAdapter
from tests.intake.world import TEAM, act, hire
from tests.worlds.database import Disk, InlineStore
from tests.worlds.loop import run

OFFER = Card(kind="lead_offered", title="新线索", buttons=(Button("领取", ClaimLead("L7")),))
TAKEN = Card(kind="lead_taken", title="已被张三领取")
CUSTOMER = "wmEXTERNAL0001"


@pytest.fixture
def platform():
    return FakeAdapter()


@pytest.fixture
def bench(store, platform, company, vault, clock, random_bytes):
    return Bench(
        store=store, adapters={"wecom": platform}, router=Router(), company=company, vault=vault, clock=clock,
        random_bytes=random_bytes, name="test",
    )  # fmt: skip


@pytest.fixture
async def team(unit):
    async def come(desk):
        await hire(desk, *TEAM)

    await unit(come)


async def sent(bench, clock):
    sender = Sender(bench)
    for _ in range(5):
        while await sender.step():
            pass
        clock.push(timedelta(seconds=40))


async def test_nobody_waits_for_a_card_that_was_refused(bench, unit, team, platform, clock):
    """A change of it ends too, instead of being tried each second for ever."""
    platform.faults = [PlatformRejectedError("wecom", 81013, "all invalid")]
    await unit(lambda d: outbox.post(d, Notice(to="lina", key="offer", card=OFFER, topic="lead:L7")))
    shown = (await unit(lambda d: outbox.on_topic(d, "lead:L7")))[0]
    await unit(lambda d: outbox.redraw(d, shown, TAKEN))
    await sent(bench, clock)

    assert await unit(lambda d: sending.counts(d.tx)) == {"failed": 1, "skipped": 1}
    assert platform.wire == []


async def test_who_lost_a_row_to_another_sender_does_not_count_its_end(bench, unit, team, clock):
    """Frozen, woken, and refused by the fence: the other one counts."""
    notice = Notice(to="lina", key="k", text="你好", expires_at=clock.now)
    await unit(lambda d: outbox.post(d, notice))
    (frozen,) = await unit(lambda d: sending.lease(d.tx, d.vault, now=clock.now, most=1))
    clock.push(timedelta(minutes=1))
    await sent(bench, clock)
    await Sender(bench)._one(frozen)

    assert await unit(lambda d: sending.counts(d.tx)) == {"skipped": 1}
    assert await unit(lambda d: incidents.totals(d.tx)) == {("send.skipped", "expired"): 1}


@pytest.mark.parametrize("is_leased", [False, True], ids=["waiting", "leased"])
async def test_who_has_left_is_not_greeted(bench, unit, team, platform, clock, is_leased):
    """Not even when the greeting was about to go out; a greeting by another colleague stays."""
    at = clock.now.isoformat()

    def added(account, code):
        return CustomerHasAdded(
            platform="wecom", account=account, external_id=CUSTOMER, state="", welcome_code=code, at=at
        )

    await unit(lambda d: act(d, customer_added.router, added("wx-lina", "W1")))
    leased = []
    if is_leased:
        leased = await unit(lambda d: sending.lease(d.tx, d.vault, now=clock.now, most=1))
    await unit(lambda d: act(d, customer_added.router, added("wx-zhao", "W2")))
    left = CustomerHasLeft(platform="wecom", account="wx-lina", external_id=CUSTOMER, by_customer="yes")
    await unit(lambda d: act(d, customer_left.router, left))
    for one in leased:
        await Sender(bench)._one(one)
    while await Sender(bench).step():
        pass

    assert [one.code for one in platform.wire if isinstance(one, Welcome)] == ["W2"]
    assert (await unit(lambda d: incidents.totals(d.tx)))["send.skipped", "customer_left"] == 1


def test_an_address_book_that_could_not_be_read_is_read_again(company, vault, clock, random_bytes):
    """Nobody may ever say again that it changed."""
    platform = FakeAdapter(book=Directory((Person("qian", "钱多", ("1",)),), ()))
    answers = [PlatformBusyError("wecom", timedelta(seconds=5))]
    read = platform.directory

    async def unreadable_once():
        if answers:
            raise answers.pop()
        return await read()

    platform.directory = unreadable_once

    async def main(virtual):
        store = InlineStore(Disk(random.Random(1)))
        bench = Bench(
            store=store, adapters={"wecom": platform}, router=Router(), company=company, vault=vault,
            clock=clock, random_bytes=random_bytes, name="test",
        )  # fmt: skip
        following = virtual.create_task(directory.follow(bench))
        await asyncio.sleep(300)
        following.cancel()
        async with store.read() as tx:
            return await users.by_login(tx, "wecom", "qian")

    assert run(1, main).name == "钱多"
    assert answers == []
