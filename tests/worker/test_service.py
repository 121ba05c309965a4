"""微信客服 is pulled once: the cursor moves with what it brought, whatever is told twice or breaks off."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.chat.customer_service import Item, Page, Who
from bot.chat.router import Router
from bot.crm.service_signals import CustomerSaid
from bot.errors import PlatformBusyError
from bot.kit.wire import unpack
from bot.store import incidents, service_accounts
from bot.store.tables.machinery import inbox
from bot.store.tables.outreach import service_accounts as table
from bot.worker.bench import Bench
from bot.worker.service import ServiceKeeper


@dataclass
class Desk:
    """Gives its log two at a time; a cursor is how many were taken."""

    name: str = "wechat_service"
    is_keyed: bool = False
    log: list[Item] = field(default_factory=list)
    pulls: list[tuple[str, str]] = field(default_factory=list)
    faults: list[BaseException | None] = field(default_factory=list)
    empty: int = 0

    async def accounts(self) -> Sequence[str]:
        return ["wk1"]

    async def pull(self, account: str, *, cursor: str, token: str) -> Page:
        self.pulls.append((cursor, token))
        fault = self.faults.pop(0) if self.faults else None
        if fault is not None:
            raise fault
        begin = int(cursor or 0)
        if self.empty:
            self.empty -= 1
            return Page((), cursor, has_more=True)
        end = min(begin + 2, len(self.log))
        return Page(tuple(self.log[begin:end]), str(end), has_more=end < len(self.log))

    async def who(self, customers: Sequence[str]) -> Mapping[str, Who]:
        return {one: Who(f"客户{one}") for one in customers}

    async def give(self, account: str, customer: str, servicer: str) -> None:
        return None

    async def deliver(self, message: object) -> str:
        return ""

    async def close(self) -> None:
        return None


@pytest.fixture
def bench(store, company, clock, vault, random_bytes):
    return Bench(
        store=store, adapters={}, channels={"wechat_service": Desk()}, router=Router(), company=company,
        vault=vault, clock=clock, random_bytes=random_bytes, name="one",
    )  # fmt: skip


def said(n: int, customer: str = "wm1") -> Item:
    return Item(id=f"m{n}", kind="said", customer=customer, text=f"第{n}句")


async def taken(bench) -> list[str]:
    """The words that wait to be carried out, in order."""
    async with bench.store.read() as tx:
        rows = await tx.all(select(inbox).order_by(inbox.c.id))
    found = [unpack(bench.vault.open(row.body, "inbox.body").decode()) for row in rows]
    return [one.text for one in found if isinstance(one, CustomerSaid)]


async def cursor(bench) -> tuple[str, bool]:
    async with bench.store.read() as tx:
        [row] = await tx.all(select(table))
    return row.cursor, row.told > row.taken


async def told(bench, token: str = "T1") -> None:
    await bench.store.write(
        lambda tx: service_accounts.told(bench.desk(tx), "wecom", "wk1", token=token), within=10
    )


async def test_everything_is_taken_once_in_order(bench):
    """Three pages, an empty one first; whoever looks again finds nothing new."""
    desk = bench.channels["wechat_service"]
    desk.log, desk.empty = [said(n) for n in range(5)], 1
    await told(bench)
    keeper = ServiceKeeper(bench)
    while await keeper.step():
        pass
    await told(bench, "T2")
    await keeper.step()

    assert await taken(bench) == [f"第{n}句" for n in range(5)]
    assert await cursor(bench) == ("5", False)
    assert desk.pulls == [("", "T1"), ("", "T1"), ("2", "T1"), ("4", "T1"), ("5", "T2")]


async def test_what_was_written_before_anybody_told_us_is_pulled_too(bench):
    """The accounts are asked for; after that every ten minutes, though no call came through."""
    desk = bench.channels["wechat_service"]
    desk.log = [said(0)]
    keeper = ServiceKeeper(bench)
    await keeper.step()
    assert await taken(bench) == ["第0句"]
    desk.log.append(said(1))
    await keeper.step()
    assert await taken(bench) == ["第0句"]
    bench.clock.push(timedelta(minutes=11))
    await keeper.step()

    assert await taken(bench) == ["第0句", "第1句"]
    assert desk.pulls == [("", ""), ("1", "")]


async def test_a_pull_that_breaks_off_goes_on_where_it_was(bench):
    """The second page fails: the first one is kept, the trouble is counted, nothing comes twice."""
    desk = bench.channels["wechat_service"]
    desk.log = [said(n) for n in range(4)]
    desk.faults = [None, PlatformBusyError("wecom", timedelta(seconds=1))]
    await told(bench)
    keeper = ServiceKeeper(bench)
    with pytest.raises(PlatformBusyError):
        await keeper.step()
    assert (await taken(bench), await cursor(bench)) == (["第0句", "第1句"], ("2", True))
    await keeper.step()

    assert await taken(bench) == [f"第{n}句" for n in range(4)]
    async with bench.store.read() as tx:
        assert (await incidents.totals(tx))[("service.unreachable", "PlatformBusyError")] == 1


async def test_a_message_given_twice_is_taken_once(bench):
    """Within a page and over pages; another one of the same words is another message."""
    desk = bench.channels["wechat_service"]
    again = Item(id="m9", kind="said", customer="wm1", text="第0句")
    desk.log = [said(0), said(0), said(0), again]
    await told(bench)
    while await ServiceKeeper(bench).step():
        pass

    assert await taken(bench) == ["第0句", "第0句"]


async def test_of_two_processes_one_pulls(bench):
    """The lease decides; both together take each message once."""
    desk = bench.channels["wechat_service"]
    desk.log = [said(n) for n in range(4)]
    await told(bench)
    other = Bench(
        store=bench.store, adapters={}, channels=bench.channels, router=bench.router, company=bench.company,
        vault=bench.vault, clock=bench.clock, random_bytes=bench.random_bytes, name="two",
    )  # fmt: skip
    await asyncio.gather(ServiceKeeper(bench).step(), ServiceKeeper(other).step())

    assert await taken(bench) == [f"第{n}句" for n in range(4)]
    assert [one for one, _ in desk.pulls] == ["", "2"]


async def test_what_came_while_we_looked_is_looked_for_again(bench):
    """Told twice, pulled once: the second telling is not lost."""
    desk = bench.channels["wechat_service"]
    desk.log = [said(0)]
    await told(bench)
    pull, keeper = desk.pull, ServiceKeeper(bench)

    async def late(account: str, *, cursor: str, token: str) -> Page:
        page = await pull(account, cursor=cursor, token=token)
        if len(desk.pulls) == 1:
            desk.log.append(said(1))
            await told(bench, "T2")
        return page

    desk.pull = late
    while await keeper.step():
        pass

    assert await taken(bench) == ["第0句", "第1句"]


async def test_other_kinds_are_counted_and_ask_nothing(bench):
    """A colleague's own words, a change of shift: named, never an error."""
    desk = bench.channels["wechat_service"]
    desk.log = [Item(id="m1", kind="origin:5", customer="wm1"), Item(id="m2", kind="servicer_status_change")]
    await told(bench)
    await ServiceKeeper(bench).step()

    assert await taken(bench) == []
    async with bench.store.read() as tx:
        found = await incidents.totals(tx)
    assert {key for key in found if key[0] == "service.noted"} == {
        ("service.noted", "origin:5"), ("service.noted", "servicer_status_change"),
    }  # fmt: skip
